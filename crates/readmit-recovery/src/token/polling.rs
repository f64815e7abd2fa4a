use std::time::{Duration, Instant};

use super::device::DeviceAuthorization;
use super::error::TokenError;
use crate::mutants::mutate;

/// When a device asks whether its person is done (rule 34, RFC 8628 section 3.5).
///
/// ```text
///             authorization_pending: the same interval
///           ┌─ slow_down: 5 s more from here on
///           │  no answer, or trouble: twice as long each time
///           ▼
///  asked ─► Waiting ─► the interval is over: ask ─► a token, or
///              │                                    the person said no,
///              └─► the codes expired                or it cannot be
/// ```
///
/// # Example
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use http::Uri;
/// use readmit_core::{Clock, SystemClock};
/// use readmit_recovery::{ClientAuth, Polled, Polling, TokenAnswer, TokenRequest};
///
/// let t0 = SystemClock.now();
/// let mut polling = Polling::new(t0, Duration::from_secs(5), Duration::from_secs(900));
/// assert_eq!(polling.poll_at(), t0 + Duration::from_secs(5));
///
/// let url = Uri::from_static("https://auth.example.com/token");
/// let request = TokenRequest::device_code(&url, &"GmRh".into(), &ClientAuth::public("tv"))?;
/// let error = TokenAnswer::read(&request, 400, None, br#"{"error":"slow_down"}"#).unwrap_err();
///
/// let now = t0 + Duration::from_secs(5);
/// assert_eq!(polling.failed(now, &error), Polled::Again { at: now + Duration::from_secs(10) });
/// # Ok::<_, readmit_recovery::RequestError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Polling {
    interval: Duration,
    poll_at: Instant,
    expires_at: Instant,
    /// Polls in a row that had no answer.
    unanswered: u32,
}

/// What follows from a poll that brought no token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "again, or one of the ends")]
pub enum Polled {
    /// Ask again at this instant, and not before.
    Again {
        /// When.
        at: Instant,
    },
    /// The person said no.
    Denied,
    /// The codes are no more good: begin anew, if the person still wants to.
    Expired,
    /// The server will not give a token, whatever the person does: its error says why.
    Refused,
}

impl Polling {
    /// Returns the polling for codes that were issued just before `now`: the first poll is an
    /// interval away.
    #[must_use]
    pub fn new(now: Instant, interval: Duration, expires_in: Duration) -> Polling {
        Polling {
            interval,
            poll_at: later(now, interval),
            expires_at: later(now, expires_in),
            unanswered: 0,
        }
    }

    /// Returns the polling for these codes.
    #[must_use]
    pub fn of(now: Instant, device: &DeviceAuthorization) -> Polling {
        Polling::new(now, device.interval(), device.expires_in())
    }

    /// Tells that a poll brought no token, and returns what follows.
    pub fn failed(&mut self, now: Instant, error: &TokenError) -> Polled {
        let wait = match error.code() {
            Some("access_denied") => return Polled::Denied,
            Some("expired_token") => return Polled::Expired,
            Some("authorization_pending") => self.answered(),
            Some("slow_down") => {
                self.interval = mutate!(22, self.interval.saturating_add(SLOWER_BY), self.interval);
                self.answered()
            }
            Some(_) | None if error.is_terminal() => return Polled::Refused,
            Some(_) | None => self.backed_off(),
        };
        let wait = wait.max(error.retry_after().unwrap_or_default());
        self.poll_at = later(now, wait);
        if self.expires_at <= self.poll_at {
            return Polled::Expired;
        }
        Polled::Again { at: self.poll_at }
    }

    /// Returns when to ask.
    #[must_use]
    pub fn poll_at(&self) -> Instant {
        self.poll_at
    }

    /// Returns when the codes are no more good.
    #[must_use]
    pub fn expires_at(&self) -> Instant {
        self.expires_at
    }

    /// Returns how long to wait between two polls that are answered.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    fn answered(&mut self) -> Duration {
        self.unanswered = 0;
        self.interval
    }

    /// Doubles the wait with every poll in a row that had no answer, and never falls short of the
    /// interval.
    fn backed_off(&mut self) -> Duration {
        self.unanswered = self.unanswered.saturating_add(1);
        let factor = 1_u32.checked_shl(self.unanswered).unwrap_or(u32::MAX);
        let wait = self.interval.saturating_mul(factor).min(LONGEST_BACKOFF);
        mutate!(23, wait.max(self.interval), wait)
    }
}

/// RFC 8628 section 3.5.
/// Returns `at` moved on by `by`, or by thirty years where that is sooner (rule 15).
fn later(at: Instant, by: Duration) -> Instant {
    at.checked_add(by.min(FAR)).unwrap_or(at)
}

/// Beyond any lifetime that codes have, and within what every platform's clock holds.
const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

const SLOWER_BY: Duration = Duration::from_secs(5);

const LONGEST_BACKOFF: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use http::Uri;
    use readmit_core::{Clock, SystemClock};
    use readmit_error::{Stage, Transport};

    use super::*;
    use crate::{ClientAuth, TokenAnswer, TokenRequest};

    #[test]
    fn r34_pending_keeps_the_interval() {
        let (mut polling, t0) = polling();

        for _ in 0..3 {
            let again = polling.failed(t0, &refused(400, "authorization_pending"));
            assert_eq!(again, Polled::Again { at: t0 + secs(5) });
        }
    }

    #[test]
    fn r34_slow_down_adds_five_seconds_for_good() {
        let (mut polling, t0) = polling();

        for (code, wait) in [
            ("slow_down", 10),
            ("authorization_pending", 10),
            ("slow_down", 15),
            ("authorization_pending", 15),
        ] {
            let again = polling.failed(t0, &refused(400, code));
            assert_eq!(again, Polled::Again { at: t0 + secs(wait) }, "{code}");
        }
        assert_eq!(polling.interval(), secs(15));
    }

    #[test]
    fn r34_trouble_backs_off_and_leaves_the_interval() {
        let (mut polling, t0) = polling();
        let lost = TokenError::from(Transport { stage: Stage::Sent, timed_out: true });
        let troubles =
            [lost.clone(), refused(503, "authorization"), lost.clone(), lost.clone(), lost];

        let waits = troubles.map(|error| polling.failed(t0, &error));

        let expected = [10, 20, 40, 60, 60].map(|wait| Polled::Again { at: t0 + secs(wait) });
        assert_eq!(waits, expected);
        let pending = polling.failed(t0, &refused(400, "authorization_pending"));
        assert_eq!(pending, Polled::Again { at: t0 + secs(5) });
    }

    #[test]
    fn r34_a_long_interval_is_never_lowered() {
        let t0 = SystemClock.now();
        let mut polling = Polling::new(t0, secs(100), secs(900));

        let again = polling.failed(t0, &refused(503, "x"));

        assert_eq!(again, Polled::Again { at: t0 + secs(100) });
    }

    #[test]
    fn r34_the_ends_stop_it() {
        for (status, code, end) in [
            (400, "access_denied", Polled::Denied),
            (400, "expired_token", Polled::Expired),
            (400, "invalid_grant", Polled::Refused),
            (401, "invalid_client", Polled::Refused),
        ] {
            let (mut polling, t0) = polling();
            assert_eq!(polling.failed(t0, &refused(status, code)), end, "{code}");
        }
    }

    #[test]
    fn r34_a_poll_after_the_expiry_is_not_made() {
        let (mut polling, t0) = polling();
        let pending = refused(400, "authorization_pending");
        let nanosecond = Duration::from_nanos(1);

        let last = polling.failed(t0 + secs(895) - nanosecond, &pending);
        let over = polling.failed(t0 + secs(895), &pending);

        assert_eq!(last, Polled::Again { at: polling.expires_at() - nanosecond });
        assert_eq!(over, Polled::Expired);
    }

    #[test]
    fn r34_pending_under_a_good_status_is_pending() {
        // As GitHub answers.
        let (mut polling, t0) = polling();

        let again = polling.failed(t0, &refused(200, "authorization_pending"));
        let slower = polling.failed(t0, &refused(200, "slow_down"));

        assert_eq!(again, Polled::Again { at: t0 + secs(5) });
        assert_eq!(slower, Polled::Again { at: t0 + secs(10) });
    }

    #[test]
    fn r34_a_longer_wait_that_is_asked_for_is_kept() {
        let (mut polling, t0) = polling();
        let error = error(429, Some(secs(30)), "slow_down");

        assert_eq!(polling.failed(t0, &error), Polled::Again { at: t0 + secs(30) });
    }

    fn polling() -> (Polling, Instant) {
        let t0 = SystemClock.now();
        (Polling::new(t0, secs(5), secs(900)), t0)
    }

    fn refused(status: u16, code: &str) -> TokenError {
        error(status, None, code)
    }

    fn error(status: u16, wait: Option<Duration>, code: &str) -> TokenError {
        let url = Uri::from_static("https://auth.example.com/token");
        let auth = ClientAuth::public("tv");
        let request = TokenRequest::device_code(&url, &"D".into(), &auth).unwrap();
        let body = format!(r#"{{"error":"{code}"}}"#);
        TokenAnswer::read(&request, status, wait, body.as_bytes()).unwrap_err()
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }
}
