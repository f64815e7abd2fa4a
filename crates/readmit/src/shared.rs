use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use readmit_core::{Clock, Draws};
use readmit_retry::Policy;
use url::Url;

use crate::admission::Gates;
use crate::coalesced::Reads;
use crate::dialects::Dialects;
use crate::keeper::Keeper;
use crate::origins::Origins;
use crate::watch::Watch;

/// What all calls of a client share.
pub(crate) struct Core<S> {
    pub(crate) service: S,
    /// What paths are relative to.
    pub(crate) base: Url,
    /// Where the credential may go.
    pub(crate) origins: Origins,
    pub(crate) dialects: Dialects,
    pub(crate) keeper: Option<Arc<Keeper>>,
    pub(crate) headers: HeaderMap,
    pub(crate) policy: Policy,
    pub(crate) gates: Gates,
    pub(crate) attempt_timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) watch: Watch,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) draws: Draws,
    /// Reads under way that callers share.
    pub(crate) reads: Reads,
}

impl<S> fmt::Debug for Core<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("origin", &self.base.origin().ascii_serialization())
            .field("keeper", &self.keeper)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
