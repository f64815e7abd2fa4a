use super::{AlertSeverity, Event};

impl Event {
    /// Returns the event in the OWASP logging vocabulary, where that has a word for it.
    ///
    /// `user` stands where the vocabulary names one; pass a pseudonym where the log must not hold
    /// the name.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_error::event::Event;
    ///
    /// let event = Event::AuthzDenied { required: vec![], granted: vec![], resource: None };
    /// assert_eq!(event.owasp("u_1").as_deref(), Some("authz_fail:u_1"));
    /// ```
    #[must_use]
    pub fn owasp(&self, user: &str) -> Option<String> {
        match self {
            Event::TokenExpired { .. } => Some(format!("session_expired:{user},token_expired")),
            Event::CredentialsRejected { .. } => Some(format!("authn_login_fail:{user}")),
            Event::TokenRevoked { reused: true, .. } => Some("authn_token_reuse".to_owned()),
            Event::TokenRevoked { hash, .. } => {
                Some(with(format!("authn_token_revoked:{user}"), hash.as_deref()))
            }
            Event::AuthzDenied { resource, .. } => {
                Some(with(format!("authz_fail:{user}"), resource.as_deref()))
            }
            Event::RateLimitHit { limit, .. } => {
                let limit = limit.map(|limit| limit.to_string());
                Some(with(format!("excess_rate_limit_exceeded:{user}"), limit.as_deref()))
            }
            Event::RefreshSucceeded { .. } => Some(format!("authn_token_created:{user}")),
            Event::RefreshFailed { .. } => Some(format!("authn_login_fail:{user}")),
            Event::RecoverySucceeded { authentication: true, attempts, .. } => {
                Some(format!("authn_login_successafterfail:{user},{attempts}"))
            }
            Event::RecoveryExhausted { authentication: true, attempts, .. } => {
                Some(format!("authn_login_fail_max:{user},{attempts}"))
            }
            Event::MonitorDisabled { monitor } => {
                Some(format!("sys_monitor_disabled:{user},{monitor}"))
            }
            Event::MonitorEnabled { monitor } => {
                Some(format!("sys_monitor_enabled:{user},{monitor}"))
            }
            Event::AlertFired { severity: AlertSeverity::High | AlertSeverity::Medium, .. }
            | Event::AlertResolved { .. }
            | Event::CircuitClosed { .. }
            | Event::CircuitHalfOpened { .. }
            | Event::CircuitOpened { .. }
            | Event::CircuitRejected { .. }
            | Event::RecoveryExhausted { .. }
            | Event::RecoverySucceeded { .. }
            | Event::RetryScheduled { .. } => None,
        }
    }
}

fn with(event: String, argument: Option<&str>) -> String {
    match argument {
        Some(argument) => format!("{event},{argument}"),
        None => event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expired_token_is_no_attack() {
        let event = Event::TokenExpired { refresh_follows: true, scheme: None, age: None };

        let word = event.owasp("u").unwrap();

        assert!(!word.contains("session_use_after_expire"), "{word}");
        assert_eq!(word, "session_expired:u,token_expired");
    }

    #[test]
    fn reuse_is_only_what_the_server_called_reuse() {
        let revoked = Event::TokenRevoked { reused: false, hash: Some("h1".to_owned()) };
        let reused = Event::TokenRevoked { reused: true, hash: None };

        assert_eq!(revoked.owasp("u").as_deref(), Some("authn_token_revoked:u,h1"));
        assert_eq!(reused.owasp("u").as_deref(), Some("authn_token_reuse"));
    }
}
