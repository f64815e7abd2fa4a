use std::time::Duration;

use readmit_error::Kind;
use readmit_error::event::{DelaySource, Event, RefreshTrigger};
use serde::Deserialize;

use super::word::{Number, Word};

/// The attributes that nearly all entries have: those of the call, and those of the events that a
/// log is full of.
///
/// Serde reads an event of any kind from JSON, and takes twice the time of all the rest of a line;
/// what is here is read in one pass. A test holds both to the same.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Attributes<'l> {
    #[serde(borrow, rename = "http.request.method")]
    pub(super) method: Word<'l>,
    #[serde(borrow, rename = "server.address")]
    pub(super) server: Word<'l>,
    #[serde(rename = "server.port")]
    pub(super) port: Number,
    #[serde(borrow, rename = "readmit.auth.challenge.error")]
    challenge_error: Word<'l>,
    #[serde(rename = "readmit.auth.consecutive_failures")]
    consecutive: Option<u32>,
    #[serde(rename = "readmit.auth.refresh.follows")]
    follows: Option<bool>,
    #[serde(borrow, rename = "readmit.auth.scheme")]
    scheme: Word<'l>,
    #[serde(rename = "readmit.auth.token.age_s")]
    age: Option<f64>,
    #[serde(rename = "readmit.auth.token.expires_in_s")]
    expires_in: Option<f64>,
    #[serde(rename = "readmit.auth.refresh.trigger")]
    trigger: Option<RefreshTrigger>,
    #[serde(rename = "readmit.auth.refresh.coalesced_waiters")]
    waiters: Option<usize>,
    #[serde(rename = "readmit.recovery.authentication")]
    authentication: Option<bool>,
    #[serde(borrow, rename = "readmit.recovery.strategy")]
    strategy: Word<'l>,
    #[serde(rename = "readmit.recovery.attempts")]
    attempts: Option<u32>,
    #[serde(rename = "readmit.recovery.elapsed_s")]
    elapsed: Option<f64>,
    #[serde(rename = "readmit.rate_limit.limit")]
    limit: Option<u64>,
    #[serde(rename = "readmit.rate_limit.remaining")]
    remaining: Option<u64>,
    #[serde(rename = "readmit.rate_limit.reset_s")]
    reset: Option<f64>,
    #[serde(borrow, rename = "readmit.rate_limit.policy")]
    policy: Word<'l>,
    #[serde(rename = "readmit.retry.after_s")]
    retry_after: Option<f64>,
    #[serde(rename = "readmit.retry.attempt")]
    attempt: Option<u32>,
    #[serde(rename = "readmit.retry.max")]
    max_attempts: Option<u32>,
    #[serde(rename = "readmit.retry.delay_s")]
    delay: Option<f64>,
    #[serde(rename = "readmit.retry.reason")]
    reason: Option<Kind>,
    #[serde(rename = "readmit.retry.source")]
    source: Option<DelaySource>,
}

impl Attributes<'_> {
    /// Returns the event of this name; none where serde has to read it.
    pub(super) fn event(&self, name: &str) -> Option<Event> {
        let owned = |word: &Word<'_>| word.0.as_deref().map(str::to_owned);
        Some(match name {
            "readmit.auth.credentials.rejected" => Event::CredentialsRejected {
                challenge_error: owned(&self.challenge_error),
                consecutive: self.consecutive?,
            },
            "readmit.auth.refresh.succeeded" => Event::RefreshSucceeded {
                expires_in: optional(self.expires_in)?,
                trigger: self.trigger?,
                coalesced_waiters: self.waiters?,
            },
            "readmit.auth.token.expired" => Event::TokenExpired {
                refresh_follows: self.follows?,
                scheme: owned(&self.scheme),
                age: optional(self.age)?,
            },
            "readmit.rate_limit.hit" => Event::RateLimitHit {
                limit: self.limit,
                remaining: self.remaining,
                reset: optional(self.reset)?,
                policy: owned(&self.policy),
                retry_after: optional(self.retry_after)?,
            },
            "readmit.recovery.succeeded" => Event::RecoverySucceeded {
                authentication: self.authentication?,
                strategy: self.strategy.0.as_deref()?.to_owned(),
                attempts: self.attempts?,
                elapsed: duration(self.elapsed?)?,
            },
            "readmit.retry.scheduled" => Event::RetryScheduled {
                attempt: self.attempt?,
                max_attempts: self.max_attempts?,
                delay: duration(self.delay?)?,
                reason: self.reason?,
                source: self.source?,
            },
            _ => return None,
        })
    }
}

fn duration(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

/// Reads a length that may be missing; none where it is no length.
fn optional(seconds: Option<f64>) -> Option<Option<Duration>> {
    match seconds {
        None => Some(None),
        Some(seconds) => Some(Some(duration(seconds)?)),
    }
}
