use std::fmt;

/// One kind of recovery.
///
/// # Example
///
/// ```
/// use readmit_recovery::Strategy;
///
/// assert_eq!(Strategy::ReAuthenticate.as_str(), "re_authenticate");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the recoveries that the design's table of kinds names"
)]
pub enum Strategy {
    /// Gets a credential with the claims that the server demanded.
    AnswerClaims,
    /// Gets a first credential.
    Fetch,
    /// Learns how far the local clock is off, and signs anew.
    LearnClock,
    /// Gets a new credential from scratch, for one that was invalid.
    ReAuthenticate,
    /// Gets a new credential for one that expired.
    Refresh,
    /// Sends again with the nonce that the server asked for.
    ResendWithNonce,
    /// Has the caller authenticate more strongly.
    StepUp,
    /// Gets a credential with the scopes that the server named.
    WidenScope,
}

impl Strategy {
    /// Every strategy, in the order of their names.
    pub(crate) const ALL: [Strategy; 8] = [
        Strategy::AnswerClaims,
        Strategy::Fetch,
        Strategy::LearnClock,
        Strategy::ReAuthenticate,
        Strategy::Refresh,
        Strategy::ResendWithNonce,
        Strategy::StepUp,
        Strategy::WidenScope,
    ];

    /// Returns the strategy in snake case, as signals have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Strategy::AnswerClaims => "answer_claims",
            Strategy::Fetch => "fetch",
            Strategy::LearnClock => "learn_clock",
            Strategy::ReAuthenticate => "re_authenticate",
            Strategy::Refresh => "refresh",
            Strategy::ResendWithNonce => "resend_with_nonce",
            Strategy::StepUp => "step_up",
            Strategy::WidenScope => "widen_scope",
        }
    }

    /// Returns a bit of its own for each strategy.
    pub(crate) fn bit(self) -> u8 {
        match self {
            Strategy::Fetch => 1,
            Strategy::LearnClock => 1 << 1,
            Strategy::ReAuthenticate => 1 << 2,
            Strategy::Refresh => 1 << 3,
            Strategy::ResendWithNonce => 1 << 4,
            Strategy::StepUp => 1 << 5,
            Strategy::AnswerClaims => 1 << 6,
            Strategy::WidenScope => 1 << 7,
        }
    }

    /// Returns the bits of the strategies of the same kind: all that get another credential for the
    /// same access are one.
    pub(crate) fn kind(self) -> u8 {
        match self {
            Strategy::Fetch | Strategy::ReAuthenticate | Strategy::Refresh => {
                Strategy::Fetch.bit() | Strategy::ReAuthenticate.bit() | Strategy::Refresh.bit()
            }
            Strategy::AnswerClaims
            | Strategy::LearnClock
            | Strategy::ResendWithNonce
            | Strategy::StepUp
            | Strategy::WidenScope => self.bit(),
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
