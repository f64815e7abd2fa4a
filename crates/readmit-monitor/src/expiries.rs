use std::time::{Duration, SystemTime};

use readmit_error::event::{Event, Record, RefreshTrigger};
use readmit_error::neutralise;

use crate::Now;
use crate::codes::NAME_LIMIT;
use crate::roster::Roster;

/// How often tokens expired before they were refreshed, and how late refreshes came (rule 91).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Expiries {
    /// How often a server refused a token because its time was over.
    pub expired_in_use: u64,
    /// The refreshes that came before a server refused anything.
    pub proactive: u64,
    /// The refreshes that a refusal set off.
    pub reactive: u64,
    /// The refreshes that failed.
    pub failed: u64,
    /// How late those were that are known to have come late.
    pub late: Lateness,
    /// When the tokens end whose end was told, by the name of the credential; 64 at most.
    pub ends: Vec<(String, SystemTime)>,
}

/// How late something was, over all the times that it was.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Lateness {
    /// How often.
    pub count: u64,
    /// In all.
    pub total: Duration,
    /// The worst of them.
    pub max: Duration,
}

impl Lateness {
    /// Returns how late it was on average; unknown where it never was.
    #[must_use]
    pub fn mean(self) -> Option<Duration> {
        let count = u32::try_from(self.count).unwrap_or(u32::MAX);
        (0 < count).then(|| self.total / count)
    }

    fn add(&mut self, late: Duration) {
        self.count = self.count.saturating_add(1);
        self.total = self.total.saturating_add(late);
        self.max = self.max.max(late);
    }
}

impl Expiries {
    /// Returns the share of the refreshes that came too late, because a server had refused the
    /// token, in `0.0..=1.0`; unknown where there was none.
    #[must_use]
    pub fn share_reactive(&self) -> Option<f64> {
        let all = self.proactive.saturating_add(self.reactive);
        (0 < all).then(|| self.reactive as f64 / all as f64)
    }
}

/// Counts [`Expiries`].
#[derive(Debug)]
pub(crate) struct ExpiryWatch {
    counted: Expiries,
    ends: Roster<String, Option<SystemTime>>,
}

impl ExpiryWatch {
    pub(crate) fn new() -> ExpiryWatch {
        ExpiryWatch { counted: Expiries::default(), ends: Roster::new(MAX_CREDENTIALS) }
    }

    pub(crate) fn record(&mut self, record: &Record) {
        let counted = &mut self.counted;
        match &record.event {
            Event::TokenExpired { .. } => {
                counted.expired_in_use = counted.expired_in_use.saturating_add(1);
                // The server itself may say when it ended, and what time it is.
                let details = record.failure.as_ref().map(|failure| failure.details());
                let told = details.and_then(|d| Some((d.token_expires_at()?, d.current_time()?)));
                if let Some(late) = told.and_then(|(end, now)| now.duration_since(end).ok()) {
                    counted.late.add(late);
                }
            }
            Event::RefreshSucceeded { trigger, .. } => {
                let count = match trigger {
                    RefreshTrigger::Proactive => &mut counted.proactive,
                    RefreshTrigger::Reactive => &mut counted.reactive,
                };
                *count = count.saturating_add(1);
            }
            Event::RefreshFailed { .. } => counted.failed = counted.failed.saturating_add(1),
            Event::AlertFired { .. }
            | Event::AlertResolved { .. }
            | Event::AuthzDenied { .. }
            | Event::CircuitClosed { .. }
            | Event::CircuitHalfOpened { .. }
            | Event::CircuitOpened { .. }
            | Event::CircuitRejected { .. }
            | Event::CredentialsRejected { .. }
            | Event::MonitorDisabled { .. }
            | Event::MonitorEnabled { .. }
            | Event::RateLimitHit { .. }
            | Event::RecoveryExhausted { .. }
            | Event::RecoverySucceeded { .. }
            | Event::RetryScheduled { .. }
            | Event::TokenRevoked { .. } => {}
            // A newer vocabulary may have more, and nothing is known of it.
            _ => {}
        }
    }

    /// Takes the end of a token that was issued just now, in place of the one before it.
    pub(crate) fn issued(&mut self, now: Now, credential: &str, end: Option<SystemTime>) {
        let before = self.ends.touch(neutralise(credential, NAME_LIMIT), || None);
        let late = before.and_then(|before| now.wall.duration_since(before).ok());
        *before = end;
        if let Some(late) = late.filter(|late| !late.is_zero()) {
            self.counted.late.add(late);
        }
    }

    pub(crate) fn counted(&self) -> Expiries {
        let known = self.ends.iter().filter_map(|(name, end)| Some((name.clone(), (*end)?)));
        let mut ends: Vec<(String, SystemTime)> = known.collect();
        ends.sort_by_key(|(_, end)| *end);
        Expiries { ends, ..self.counted.clone() }
    }
}

const MAX_CREDENTIALS: usize = 64;

#[cfg(test)]
mod tests {
    use readmit_core::SystemClock;
    use readmit_error::{Failure, Kind, Origin};

    use super::*;

    #[test]
    fn r91_expiries_and_refreshes_are_counted() {
        let mut watch = ExpiryWatch::new();

        watch.record(&expired(r#"{"details": {}}"#));
        for trigger in [RefreshTrigger::Reactive, RefreshTrigger::Proactive] {
            for _ in 0..3 {
                watch.record(&refreshed(trigger));
            }
        }

        let counted = watch.counted();
        assert_eq!((counted.expired_in_use, counted.late.mean()), (1, None));
        assert_eq!(counted.share_reactive(), Some(0.5));
        assert_eq!(Expiries::default().share_reactive(), None);
    }

    #[test]
    fn r91_a_server_that_tells_both_times_tells_how_late_it_was() {
        let mut watch = ExpiryWatch::new();

        for current in ["2024-01-15T10:30:30Z", "2024-01-15T10:31:30Z"] {
            watch.record(&expired(&format!(
                r#"{{"details": {{"token_expires_at": "2024-01-15T10:30:00Z",
                "current_time": "{current}"}}}}"#
            )));
        }

        let late = watch.counted().late;
        assert_eq!((late.mean(), late.max), (Some(MINUTE), Duration::from_secs(90)));
    }

    #[test]
    fn r91_a_refresh_past_the_end_of_the_token_before_it_is_late() {
        let now = Now::read(&SystemClock);
        let later = |minutes: u32| now.at(now.mono + minutes * MINUTE);
        let mut watch = ExpiryWatch::new();
        watch.issued(now, "api", Some(now.wall + 10 * MINUTE));
        watch.issued(now, "other", Some(now.wall + 5 * MINUTE));

        watch.issued(later(9), "api", Some(now.wall + 20 * MINUTE));
        assert_eq!(watch.counted().late.count, 0);
        watch.issued(later(23), "api", None);

        let counted = watch.counted();
        assert_eq!((counted.late.count, counted.late.max), (1, 3 * MINUTE));
        assert_eq!(counted.ends, [("other".to_owned(), now.wall + 5 * MINUTE)]);
    }

    const MINUTE: Duration = Duration::from_secs(60);

    fn expired(body: &str) -> Record {
        let event = Event::TokenExpired { refresh_follows: true, scheme: None, age: None };
        let failure = Failure::builder(Kind::TokenExpired, Origin::Answer { status: 401 });
        Record::new(SystemTime::UNIX_EPOCH, event).failure(failure.json(body).build())
    }

    fn refreshed(trigger: RefreshTrigger) -> Record {
        let event = Event::RefreshSucceeded { expires_in: None, trigger, coalesced_waiters: 0 };
        Record::new(SystemTime::UNIX_EPOCH, event)
    }
}
