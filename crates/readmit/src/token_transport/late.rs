use std::fmt;
use std::sync::{Arc, OnceLock};

use readmit_error::{Stage, Transport};

use super::{Over, TokenService, TokenTransport};
use crate::{BoxError, HttpService};

/// A transport that comes later, when somebody has one.
#[derive(Clone, Default)]
pub(crate) struct Late(Arc<OnceLock<Box<dyn TokenTransport>>>);

impl Late {
    /// Takes the transport, unless there is one.
    pub(crate) fn come(&self, service: &impl HttpService) {
        self.0.get_or_init(|| Box::new(Over(service.clone())));
    }
}

impl TokenTransport for Late {
    fn service(&self) -> Result<TokenService, BoxError> {
        let absent = || Transport { stage: Stage::Unsent, timed_out: false };
        self.0.get().ok_or_else(absent)?.service()
    }
}

impl fmt::Debug for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Late")
    }
}
