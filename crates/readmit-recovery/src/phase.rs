/// Where a credential stands in its life.
///
/// What a caller does with it is for [`Lifecycle::try_use`](crate::Lifecycle::try_use) to say; this
/// is for display.
///
/// # Example
///
/// ```
/// use readmit_core::SystemClock;
/// use readmit_recovery::{Config, Lifecycle, Now, Phase};
///
/// let lifecycle = Lifecycle::new(Config::DEFAULT);
/// let phase = lifecycle.phase(Now::read(&SystemClock));
///
/// assert_eq!(phase, Phase::Absent);
/// assert_eq!(phase.as_str(), "absent");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the life of a credential, in its order")]
pub enum Phase {
    /// There is none.
    Absent,
    /// It is used as it is.
    Fresh,
    /// It is used, and refreshed beside.
    Advisory,
    /// It is about to expire: callers wait for its refresh.
    Mandatory,
    /// Its lifetime is over.
    Expired,
    /// A server rejected it.
    Rejected,
}

impl Phase {
    /// Returns the phase in snake case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Absent => "absent",
            Phase::Fresh => "fresh",
            Phase::Advisory => "advisory",
            Phase::Mandatory => "mandatory",
            Phase::Expired => "expired",
            Phase::Rejected => "rejected",
        }
    }
}
