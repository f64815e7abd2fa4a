use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::attribute::{AlertSeverity, CircuitState, DelaySource, RefreshTrigger};
use super::seconds;
use crate::Kind;

/// One situation of a client's life.
///
/// An event serialises to its OpenTelemetry attributes, with its name under `event`; it holds no
/// value that is secret.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_error::Kind;
/// use readmit_error::event::{DelaySource, Event};
///
/// let event = Event::RetryScheduled {
///     attempt: 1,
///     max_attempts: 3,
///     delay: Duration::from_millis(250),
///     reason: Kind::Unavailable,
///     source: DelaySource::Backoff,
/// };
/// let written = serde_json::to_value(&event)?;
/// assert_eq!(written["event"], "readmit.retry.scheduled");
/// assert_eq!(written["readmit.retry.delay_s"], 0.25);
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum Event {
    /// An alert began.
    #[serde(rename = "readmit.alert.fired")]
    AlertFired {
        /// The name of its rule.
        #[serde(rename = "security_rule.name")]
        rule: String,
        /// What was measured.
        #[serde(rename = "readmit.alert.value")]
        value: f64,
        /// What it was measured against.
        #[serde(rename = "readmit.alert.threshold")]
        threshold: f64,
        /// The time that it was measured over.
        #[serde(rename = "readmit.alert.window_s", with = "seconds")]
        window: Duration,
        /// How far above the threshold.
        #[serde(rename = "readmit.alert.severity")]
        severity: AlertSeverity,
    },
    /// An alert ended.
    #[serde(rename = "readmit.alert.resolved")]
    AlertResolved {
        /// The name of its rule.
        #[serde(rename = "security_rule.name")]
        rule: String,
        /// How long it lasted.
        #[serde(rename = "readmit.alert.duration_s", with = "seconds")]
        lasted: Duration,
    },
    /// The server knows the caller, and said no.
    #[serde(rename = "readmit.authz.denied")]
    AuthzDenied {
        /// The permissions or scopes that would do.
        #[serde(rename = "readmit.permission.required")]
        required: Vec<String>,
        /// The permissions or scopes that the credential has; empty unless asked for.
        #[serde(rename = "readmit.permission.granted")]
        granted: Vec<String>,
        /// What was to be touched.
        #[serde(rename = "readmit.permission.resource", skip_serializing_if = "Option::is_none")]
        #[serde(default)]
        resource: Option<String>,
    },
    /// A circuit closed again.
    #[serde(rename = "readmit.circuit.closed")]
    CircuitClosed {
        /// The circuit.
        #[serde(rename = "readmit.circuit.name")]
        circuit: String,
        /// What it was before.
        #[serde(rename = "readmit.circuit.previous_state")]
        previous: CircuitState,
    },
    /// A circuit lets probes through.
    #[serde(rename = "readmit.circuit.half_opened")]
    CircuitHalfOpened {
        /// The circuit.
        #[serde(rename = "readmit.circuit.name")]
        circuit: String,
        /// What it was before.
        #[serde(rename = "readmit.circuit.previous_state")]
        previous: CircuitState,
    },
    /// A circuit opened.
    #[serde(rename = "readmit.circuit.opened")]
    CircuitOpened {
        /// The circuit.
        #[serde(rename = "readmit.circuit.name")]
        circuit: String,
        /// The share of failures that opened it, in `0.0..=1.0`.
        #[serde(rename = "readmit.circuit.failure_ratio")]
        failure_ratio: f64,
        /// How long it stays open.
        #[serde(rename = "readmit.circuit.open_for_s", with = "seconds")]
        open_for: Duration,
        /// Which rule opened it.
        #[serde(rename = "readmit.circuit.trigger")]
        trigger: String,
        /// What it was before.
        #[serde(rename = "readmit.circuit.previous_state")]
        previous: CircuitState,
    },
    /// An open circuit refused a call.
    #[serde(rename = "readmit.circuit.rejected")]
    CircuitRejected {
        /// The circuit.
        #[serde(rename = "readmit.circuit.name")]
        circuit: String,
    },
    /// The server refused the credential.
    #[serde(rename = "readmit.auth.credentials.rejected")]
    CredentialsRejected {
        /// The challenge's `error` (RFC 6750).
        #[serde(rename = "readmit.auth.challenge.error", skip_serializing_if = "Option::is_none")]
        #[serde(default)]
        challenge_error: Option<String>,
        /// How many rejections in a row this was, from 1 on.
        #[serde(rename = "readmit.auth.consecutive_failures")]
        consecutive: u32,
    },
    /// A monitor stopped watching.
    #[serde(rename = "readmit.monitor.disabled")]
    MonitorDisabled {
        /// The monitor.
        #[serde(rename = "readmit.monitor.name")]
        monitor: String,
    },
    /// A monitor watches again.
    #[serde(rename = "readmit.monitor.enabled")]
    MonitorEnabled {
        /// The monitor.
        #[serde(rename = "readmit.monitor.name")]
        monitor: String,
    },
    /// The server wants fewer requests.
    #[serde(rename = "readmit.rate_limit.hit")]
    RateLimitHit {
        /// The requests allowed.
        #[serde(rename = "readmit.rate_limit.limit", skip_serializing_if = "Option::is_none")]
        #[serde(default)]
        limit: Option<u64>,
        /// How many of them are left.
        #[serde(rename = "readmit.rate_limit.remaining", skip_serializing_if = "Option::is_none")]
        #[serde(default)]
        remaining: Option<u64>,
        /// In what time there are as many again.
        #[serde(rename = "readmit.rate_limit.reset_s", skip_serializing_if = "Option::is_none")]
        #[serde(with = "seconds::optional", default)]
        reset: Option<Duration>,
        /// The server's name for the limit.
        #[serde(rename = "readmit.rate_limit.policy", skip_serializing_if = "Option::is_none")]
        #[serde(default)]
        policy: Option<String>,
        /// How long it asked to be left alone.
        #[serde(rename = "readmit.retry.after_s", skip_serializing_if = "Option::is_none")]
        #[serde(with = "seconds::optional", default)]
        retry_after: Option<Duration>,
    },
    /// A call failed although all was tried that could be.
    #[serde(rename = "readmit.recovery.exhausted")]
    RecoveryExhausted {
        /// Whether the failure is one of authentication.
        #[serde(rename = "readmit.recovery.authentication")]
        authentication: bool,
        /// How often the request was sent.
        #[serde(rename = "readmit.recovery.attempts")]
        attempts: u32,
        /// What was tried.
        #[serde(rename = "readmit.recovery.strategies_tried")]
        strategies: Vec<String>,
        /// How long the call took.
        #[serde(rename = "readmit.recovery.elapsed_s", with = "seconds")]
        elapsed: Duration,
    },
    /// A call that had failed succeeded.
    #[serde(rename = "readmit.recovery.succeeded")]
    RecoverySucceeded {
        /// Whether the failure was one of authentication.
        #[serde(rename = "readmit.recovery.authentication")]
        authentication: bool,
        /// What helped.
        #[serde(rename = "readmit.recovery.strategy")]
        strategy: String,
        /// How often the request was sent.
        #[serde(rename = "readmit.recovery.attempts")]
        attempts: u32,
        /// How long the call took.
        #[serde(rename = "readmit.recovery.elapsed_s", with = "seconds")]
        elapsed: Duration,
    },
    /// A credential could not be refreshed.
    #[serde(rename = "readmit.auth.refresh.failed")]
    RefreshFailed {
        /// The token endpoint's `error` (RFC 6749 section 5.2).
        #[serde(rename = "readmit.auth.oauth.error", skip_serializing_if = "Option::is_none")]
        #[serde(default)]
        oauth_error: Option<String>,
        /// Whether trying again is of no use.
        #[serde(rename = "readmit.auth.refresh.permanent")]
        permanent: bool,
        /// What set the refresh off.
        #[serde(rename = "readmit.auth.refresh.trigger")]
        trigger: RefreshTrigger,
    },
    /// A credential was refreshed.
    #[serde(rename = "readmit.auth.refresh.succeeded")]
    RefreshSucceeded {
        /// How long the new credential lives, where that is known.
        #[serde(rename = "readmit.auth.token.expires_in_s", with = "seconds::optional")]
        #[serde(skip_serializing_if = "Option::is_none", default)]
        expires_in: Option<Duration>,
        /// What set the refresh off.
        #[serde(rename = "readmit.auth.refresh.trigger")]
        trigger: RefreshTrigger,
        /// How many calls waited for it.
        #[serde(rename = "readmit.auth.refresh.coalesced_waiters")]
        coalesced_waiters: usize,
    },
    /// A failed attempt is to be repeated.
    #[serde(rename = "readmit.retry.scheduled")]
    RetryScheduled {
        /// The attempts made so far.
        #[serde(rename = "readmit.retry.attempt")]
        attempt: u32,
        /// The attempts allowed.
        #[serde(rename = "readmit.retry.max")]
        max_attempts: u32,
        /// The wait before the next.
        #[serde(rename = "readmit.retry.delay_s", with = "seconds")]
        delay: Duration,
        /// Why the attempt failed.
        #[serde(rename = "readmit.retry.reason")]
        reason: Kind,
        /// Who set the wait.
        #[serde(rename = "readmit.retry.source")]
        source: DelaySource,
    },
    /// The server says that the token has expired.
    #[serde(rename = "readmit.auth.token.expired")]
    TokenExpired {
        /// Whether readmit refreshes it.
        #[serde(rename = "readmit.auth.refresh.follows")]
        refresh_follows: bool,
        /// The scheme that the token was presented with.
        #[serde(rename = "readmit.auth.scheme", skip_serializing_if = "Option::is_none", default)]
        scheme: Option<String>,
        /// How old the token was.
        #[serde(rename = "readmit.auth.token.age_s", skip_serializing_if = "Option::is_none")]
        #[serde(with = "seconds::optional", default)]
        age: Option<Duration>,
    },
    /// The server says that the token was revoked.
    #[serde(rename = "readmit.auth.token.revoked")]
    TokenRevoked {
        /// Whether the server called it a reuse of a token that works once.
        #[serde(rename = "readmit.auth.token.reused")]
        reused: bool,
        /// A keyed hash of the token, never the token.
        #[serde(rename = "readmit.auth.token.hash", skip_serializing_if = "Option::is_none")]
        #[serde(default)]
        hash: Option<String>,
    },
}

impl Event {
    /// Returns the OpenTelemetry name of the event.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Event::AlertFired { .. } => "readmit.alert.fired",
            Event::AlertResolved { .. } => "readmit.alert.resolved",
            Event::AuthzDenied { .. } => "readmit.authz.denied",
            Event::CircuitClosed { .. } => "readmit.circuit.closed",
            Event::CircuitHalfOpened { .. } => "readmit.circuit.half_opened",
            Event::CircuitOpened { .. } => "readmit.circuit.opened",
            Event::CircuitRejected { .. } => "readmit.circuit.rejected",
            Event::CredentialsRejected { .. } => "readmit.auth.credentials.rejected",
            Event::MonitorDisabled { .. } => "readmit.monitor.disabled",
            Event::MonitorEnabled { .. } => "readmit.monitor.enabled",
            Event::RateLimitHit { .. } => "readmit.rate_limit.hit",
            Event::RecoveryExhausted { .. } => "readmit.recovery.exhausted",
            Event::RecoverySucceeded { .. } => "readmit.recovery.succeeded",
            Event::RefreshFailed { .. } => "readmit.auth.refresh.failed",
            Event::RefreshSucceeded { .. } => "readmit.auth.refresh.succeeded",
            Event::RetryScheduled { .. } => "readmit.retry.scheduled",
            Event::TokenExpired { .. } => "readmit.auth.token.expired",
            Event::TokenRevoked { .. } => "readmit.auth.token.revoked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_serialises_under_its_own_name_and_is_read_back() {
        for event in one_of_each() {
            let written = serde_json::to_value(&event).unwrap();

            assert_eq!(written["event"], event.name());
            assert_eq!(serde_json::from_value::<Event>(written).unwrap(), event);
        }
    }

    fn one_of_each() -> Vec<Event> {
        let circuit = || "api".to_owned();
        let second = Duration::from_secs(1);
        vec![
            Event::AlertFired {
                rule: "AUTH_002".to_owned(),
                value: 11.0,
                threshold: 10.0,
                window: Duration::from_secs(3_600),
                severity: AlertSeverity::Medium,
            },
            Event::AlertResolved { rule: "AUTH_002".to_owned(), lasted: second },
            Event::AuthzDenied { required: vec!["a".to_owned()], granted: vec![], resource: None },
            Event::CircuitClosed { circuit: circuit(), previous: CircuitState::HalfOpen },
            Event::CircuitHalfOpened { circuit: circuit(), previous: CircuitState::Open },
            Event::CircuitOpened {
                circuit: circuit(),
                failure_ratio: 0.5,
                open_for: second,
                trigger: "rate".to_owned(),
                previous: CircuitState::Closed,
            },
            Event::CircuitRejected { circuit: circuit() },
            Event::CredentialsRejected { challenge_error: None, consecutive: 1 },
            Event::MonitorDisabled { monitor: "m".to_owned() },
            Event::MonitorEnabled { monitor: "m".to_owned() },
            Event::RateLimitHit {
                limit: Some(100),
                remaining: Some(0),
                reset: Some(second),
                policy: Some("default".to_owned()),
                retry_after: Some(second),
            },
            Event::RecoveryExhausted {
                authentication: true,
                attempts: 3,
                strategies: vec!["refresh".to_owned()],
                elapsed: second,
            },
            Event::RecoverySucceeded {
                authentication: false,
                strategy: "retry".to_owned(),
                attempts: 2,
                elapsed: second,
            },
            Event::RefreshFailed {
                oauth_error: Some("invalid_grant".to_owned()),
                permanent: true,
                trigger: RefreshTrigger::Reactive,
            },
            Event::RefreshSucceeded {
                expires_in: None,
                trigger: RefreshTrigger::Proactive,
                coalesced_waiters: 63,
            },
            Event::RetryScheduled {
                attempt: 1,
                max_attempts: 3,
                delay: second,
                reason: Kind::Dns,
                source: DelaySource::Backoff,
            },
            Event::TokenExpired { refresh_follows: true, scheme: None, age: Some(second) },
            Event::TokenRevoked { reused: true, hash: None },
        ]
    }
}
