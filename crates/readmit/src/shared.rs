use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use readmit_core::{Clock, Draws};
use readmit_retry::Policy;
use url::Url;

use crate::account::Account;
use crate::admission::Gates;
use crate::coalesced::Reads;
use crate::dialects::Dialects;
use crate::keeper::Keeper;
use crate::origins::Origins;
use crate::outgoing::Outgoing;
use crate::prover::Prover;
use crate::response::Reader;
use crate::step_up::StepUps;
use crate::under_way::UnderWay;
use crate::watch::Watch;

/// What all calls of a client share.
pub(crate) struct Core<S> {
    pub(crate) service: S,
    /// Reads under way that callers share.
    pub(crate) reads: Reads,
    common: Arc<Common>,
}

/// What is not of the transport, and what the clients of one layer have in common.
pub(crate) struct Common {
    /// What paths are relative to.
    pub(crate) base: Url,
    /// Where the credential may go.
    pub(crate) origins: Origins,
    pub(crate) dialects: Arc<Dialects>,
    /// What answers need to be read.
    pub(crate) reader: Arc<Reader>,
    pub(crate) account: Option<Arc<Account>>,
    /// Who signs requests.
    pub(crate) prover: Option<Arc<Prover>>,
    /// Who has a person authenticate again.
    pub(crate) step_ups: Option<Arc<StepUps>>,
    pub(crate) headers: HeaderMap,
    pub(crate) policy: Policy,
    pub(crate) gates: Gates,
    /// Token traffic opens no circuit of the API's, nor the other way round.
    pub(crate) token_gates: Arc<Gates>,
    /// Calls, and what they began that others wait for.
    pub(crate) under_way: Arc<UnderWay>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) watch: Watch,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) draws: Arc<Draws>,
}

impl<S> Core<S> {
    pub(crate) fn new(service: S, common: Arc<Common>) -> Core<S> {
        Core { service, reads: Reads::new(), common }
    }
}

impl<S> Deref for Core<S> {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.common
    }
}

impl Common {
    /// Returns who keeps the credential of a request.
    pub(crate) fn keeper_of<'a>(&'a self, outgoing: &'a Outgoing) -> Option<&'a Arc<Keeper>> {
        let own = || self.account.as_ref().map(|account| account.own_keeper());
        outgoing.keeper.as_ref().or_else(own)
    }
}

impl<S> fmt::Debug for Core<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Core").field(&self.common).finish()
    }
}

impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Common")
            .field("origin", &self.base.origin().ascii_serialization())
            .field("account", &self.account)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
