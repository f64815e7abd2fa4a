use super::attribute::AlertSeverity;
use super::{Event, Level, Severity};

impl Event {
    /// Returns how loud the event is.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Event::CircuitRejected { .. } => Level::Debug,
            Event::RetryScheduled { attempt, .. } if *attempt < 3 => Level::Debug,
            Event::AlertResolved { .. }
            | Event::CircuitClosed { .. }
            | Event::CircuitHalfOpened { .. }
            | Event::RecoverySucceeded { .. }
            | Event::RefreshSucceeded { .. }
            | Event::RetryScheduled { .. }
            | Event::TokenExpired { refresh_follows: true, .. } => Level::Info,
            Event::AlertFired { severity: AlertSeverity::Medium, .. }
            | Event::CircuitOpened { .. }
            | Event::MonitorDisabled { .. }
            | Event::MonitorEnabled { .. }
            | Event::RateLimitHit { .. }
            | Event::RefreshFailed { permanent: false, .. }
            | Event::TokenExpired { .. }
            | Event::TokenRevoked { reused: false, .. } => Level::Warn,
            Event::AlertFired { .. }
            | Event::AuthzDenied { .. }
            | Event::CredentialsRejected { .. }
            | Event::RecoveryExhausted { .. }
            | Event::RefreshFailed { .. }
            | Event::TokenRevoked { .. } => Level::Error,
        }
    }

    /// Returns how grave the event is by itself; a log may grade single codes otherwise.
    ///
    /// [`Severity::Error`] is for what concerns security, however loud the rest is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Event::AuthzDenied { .. }
            | Event::CredentialsRejected { .. }
            | Event::TokenRevoked { reused: true, .. } => Severity::Error,
            Event::AlertFired { .. }
            | Event::AlertResolved { .. }
            | Event::CircuitClosed { .. }
            | Event::CircuitHalfOpened { .. }
            | Event::CircuitOpened { .. }
            | Event::CircuitRejected { .. }
            | Event::MonitorDisabled { .. }
            | Event::MonitorEnabled { .. }
            | Event::RateLimitHit { .. }
            | Event::RecoveryExhausted { .. }
            | Event::RecoverySucceeded { .. }
            | Event::RefreshFailed { .. }
            | Event::RefreshSucceeded { .. }
            | Event::RetryScheduled { .. }
            | Event::TokenExpired { .. }
            | Event::TokenRevoked { reused: false, .. } => match self.level() {
                Level::Debug | Level::Info => Severity::Info,
                Level::Warn | Level::Error => Severity::Warning,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Kind;
    use crate::event::{DelaySource, RefreshTrigger};

    #[test]
    fn levels_follow_what_comes_next() {
        let expired =
            |refresh_follows| Event::TokenExpired { refresh_follows, scheme: None, age: None };
        let retry = |attempt| Event::RetryScheduled {
            attempt,
            max_attempts: 5,
            delay: Duration::ZERO,
            reason: Kind::Timeout,
            source: DelaySource::Server,
        };

        assert_eq!((expired(true).level(), expired(false).level()), (Level::Info, Level::Warn));
        assert_eq!((retry(2).level(), retry(3).level()), (Level::Debug, Level::Info));
    }

    #[test]
    fn what_concerns_security_is_graver_than_what_is_merely_loud() {
        let denied = Event::AuthzDenied { required: vec![], granted: vec![], resource: None };
        let failed = Event::RefreshFailed {
            oauth_error: None,
            permanent: true,
            trigger: RefreshTrigger::Proactive,
        };

        assert_eq!((denied.level(), denied.severity()), (Level::Error, Severity::Error));
        assert_eq!((failed.level(), failed.severity()), (Level::Error, Severity::Warning));
    }
}
