use std::time::Duration;

/// A configuration that makes no sense.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A credential would be refreshed on every call, or only once its callers wait.
    #[error("an advisory window cannot have {percent} percent of a lifetime at most")]
    AdvisoryShare {
        /// The share.
        percent: u8,
    },
    /// The back-off would have to shrink.
    #[error("a back-off cannot start at {base:?} and be capped at {cap:?}")]
    BackoffInverted {
        /// The first back-off.
        base: Duration,
        /// The longest back-off.
        cap: Duration,
    },
    /// Callers would wait for a refresh that was never tried beside them.
    #[error(
        "a mandatory window of {mandatory:?} leaves nothing of an advisory window of {advisory:?}"
    )]
    MandatoryBeyondAdvisory {
        /// The window in which a credential is refreshed beside its use.
        advisory: Duration,
        /// The window in which callers wait.
        mandatory: Duration,
    },
    /// A refresh that fails would be repeated without a pause.
    #[error("a back-off cannot start at zero")]
    NoBackoff,
    /// A terminal failure would be repeated by every caller.
    #[error("a terminal failure cannot be remembered for no time")]
    NoMemory,
    /// Every refresh would be overdue when it starts.
    #[error("a refresh cannot have a timeout of zero")]
    NoTimeToRefresh,
}
