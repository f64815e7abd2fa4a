use std::fmt;
use std::time::{Duration, Instant};

/// Why a call is not tried again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "drivers match on it, and each cause is their business"
)]
pub enum GiveUp {
    /// Too many calls are being retried already (rule 46).
    BudgetEmpty {
        /// How long the call would have waited before the retry.
        ///
        /// Whoever polls, and would call again at once, waits as long first, or the budget saves
        /// the server nothing.
        delay: Duration,
        /// When the budget allows a retry again, if time alone brings it back.
        retry_at: Option<Instant>,
    },
    /// The next attempt would start after the deadline (rule 48).
    DeadlineTooNear {
        /// How long to wait before the next attempt.
        needed: Duration,
        /// How much time there was.
        left: Duration,
        /// When the next attempt could be made, unless that is beyond what the clock can say.
        retry_at: Option<Instant>,
    },
    /// There have been as many attempts as the policy allows.
    Exhausted {
        /// That many.
        attempts: u32,
    },
    /// The server asks to wait longer than the policy allows a server to ask (rule 43).
    ServerDelayTooLong {
        /// How long the server asks to wait.
        needed: Duration,
        /// How long it may ask.
        cap: Duration,
        /// When the next attempt could be made, unless that is beyond what the clock can say.
        retry_at: Option<Instant>,
    },
    /// The verdict was [`Verdict::Stop`](crate::Verdict::Stop).
    Stopped,
}

impl GiveUp {
    /// Returns when it would be worth making the call again, where that is known.
    #[must_use]
    pub fn retry_at(&self) -> Option<Instant> {
        match *self {
            GiveUp::BudgetEmpty { retry_at, .. }
            | GiveUp::DeadlineTooNear { retry_at, .. }
            | GiveUp::ServerDelayTooLong { retry_at, .. } => retry_at,
            GiveUp::Exhausted { .. } | GiveUp::Stopped => None,
        }
    }
}

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GiveUp::BudgetEmpty { .. } => f.write_str("the retry budget is empty"),
            GiveUp::DeadlineTooNear { needed, left, .. } => {
                write!(f, "the next attempt is {needed:?} away and the deadline {left:?}")
            }
            GiveUp::Exhausted { attempts } => {
                write!(f, "no more than {attempts} are allowed")
            }
            GiveUp::ServerDelayTooLong { needed, cap, .. } => {
                write!(f, "the server asks to wait {needed:?}, and {cap:?} is the most")
            }
            GiveUp::Stopped => f.write_str("the failure is not one to retry"),
        }
    }
}
