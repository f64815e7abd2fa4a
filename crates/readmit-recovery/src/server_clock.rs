use std::time::{Duration, SystemTime};

use readmit_core::Now;

use crate::mutants::mutate;
use crate::offset::Offset;

/// What is known of one server's clock: how far it is off from the local one (rule 51).
///
/// The offset is measured from every answer with a `Date`, a success too, against the middle of the
/// exchange. The last measurement counts, so an offset that is no more true is corrected without a
/// failure. Keep one for each origin.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_core::SystemClock;
/// use readmit_recovery::{Dated, Now, ServerClock, Suspicion};
///
/// let sent = Now::read(&SystemClock);
/// let received = Now { mono: sent.mono + Duration::from_secs(2), wall: sent.wall + Duration::from_secs(2) };
/// let date = sent.wall + Duration::from_secs(301);
/// let mut clock = ServerClock::default();
/// let signed_with = clock.offset();
///
/// clock.heard(&Dated::new(sent, received, date))?;
///
/// // The request was refused for its signature, and five minutes explain it: sign anew.
/// assert!(clock.sign_anew(signed_with, Suspicion::Probable).is_some());
/// assert_eq!(clock.signing_time(received), received.wall + Duration::from_secs(300));
/// # Ok::<_, readmit_recovery::NotLearned>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ServerClock {
    offset: Offset,
}

impl ServerClock {
    /// Returns a clock that is known to be this far off; by [default](ServerClock::default) it
    /// agrees with the local one.
    #[must_use]
    pub fn new(offset: Offset) -> ServerClock {
        ServerClock { offset }
    }

    /// Learns the offset from an answer, and returns it.
    ///
    /// # Errors
    ///
    /// Returns [`NotLearned`] where the answer tells nothing that can be trusted; what was known
    /// stays.
    pub fn heard(&mut self, answer: &Dated) -> Result<Offset, NotLearned> {
        self.offset = answer.offset()?;
        Ok(self.offset)
    }

    /// Returns how far the clock is off.
    #[must_use]
    pub fn offset(&self) -> Offset {
        self.offset
    }

    /// Returns the time to sign and date a request with, at the moment at which it is sent
    /// (rule 47).
    ///
    /// The expiry of a link that is signed in advance is not shifted: whoever uses it reads it by
    /// another clock.
    #[must_use]
    pub fn signing_time(&self, now: Now) -> SystemTime {
        self.offset.at_server(now.wall)
    }

    /// Returns the offset to sign a refused request with again, or `None` where the clocks do not
    /// explain the refusal.
    ///
    /// `signed_with` is the offset that the refused request was signed with. It is worth one resend
    /// in a call (rule 27).
    #[must_use]
    pub fn sign_anew(&self, signed_with: Offset, suspicion: Suspicion) -> Option<Offset> {
        let is_explained = match suspicion {
            // A request that was long on its way is helped by the present time, whatever the offset.
            Suspicion::Definite => true,
            Suspicion::Probable => THRESHOLD <= self.offset.apart(signed_with),
        };
        is_explained.then_some(self.offset)
    }
}

/// An answer that tells the server's time, and when the exchange was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Dated {
    sent: Now,
    received: Now,
    date: SystemTime,
    from_cache: bool,
}

impl Dated {
    /// Returns an answer that was `received` to what was `sent`, with this `Date`.
    #[must_use]
    pub fn new(sent: Now, received: Now, date: SystemTime) -> Dated {
        Dated { sent, received, date, from_cache: false }
    }

    /// Adds that there is an `Age`: a cache answered, and the date is that of another exchange.
    #[must_use]
    pub fn from_cache(mut self) -> Dated {
        self.from_cache = true;
        self
    }

    fn offset(&self) -> Result<Offset, NotLearned> {
        if mutate!(19, self.from_cache, false) {
            return Err(NotLearned::FromCache);
        }
        let mono = self.received.mono.saturating_duration_since(self.sent.mono);
        if LONGEST_EXCHANGE < self.received.elapsed_since(self.sent) {
            return Err(NotLearned::TooSlow);
        }
        let wall = self.received.wall.duration_since(self.sent.wall);
        let is_steady = |wall: Duration| wall.abs_diff(mono) <= UNSTEADY;
        if !wall.is_ok_and(is_steady) {
            return Err(NotLearned::ClockMoved);
        }
        let half = mutate!(18, mono / 2, mono);
        let middle = self.sent.wall.checked_add(half).unwrap_or(self.sent.wall);
        Ok(Offset::between(middle, self.date))
    }
}

/// How sure it is that a refusal is about the time.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "it says so, or it may be")]
pub enum Suspicion {
    /// The refusal says so, as `RequestTimeTooSkewed` does.
    Definite,
    /// The refusal may come from that, as one of a signature may.
    Probable,
}

/// Why an answer taught nothing about the server's clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotLearned {
    /// The local clock was set, or the machine slept, during the exchange.
    #[error("the local clock moved during the exchange")]
    ClockMoved,
    /// A cache answered.
    #[error("the answer came from a cache")]
    FromCache,
    /// The exchange took more than 15 minutes.
    #[error("the exchange took too long")]
    TooSlow,
}

/// A smaller difference does not explain a refusal: services allow 5 minutes.
const THRESHOLD: Duration = Duration::from_secs(4 * 60);

const LONGEST_EXCHANGE: Duration = Duration::from_secs(15 * 60);

/// What two clocks may differ by over an exchange: more is a jump.
const UNSTEADY: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use readmit_core::SystemClock;

    use super::*;

    #[test]
    fn r51_the_offset_is_measured_from_the_middle_of_the_exchange() {
        let t0 = t0();
        let mut clock = ServerClock::default();

        let learned = clock.heard(&Dated::new(t0, t0.later(secs(2)), t0.wall + secs(301)));

        assert_eq!(learned, Ok(offset(300)));
        assert_eq!(clock.signing_time(t0), t0.wall + secs(300));
    }

    #[test]
    fn r47_a_request_is_dated_when_it_is_sent_and_not_when_the_wait_began() {
        let t0 = t0();
        let clock = ServerClock::new(offset(300));

        let after_the_wait = clock.signing_time(t0.later(secs(60)));

        assert_eq!(after_the_wait, t0.wall + secs(360));
    }

    #[test]
    fn r51_a_later_answer_corrects_an_older_one() {
        let t0 = t0();
        let mut clock = ServerClock::new(offset(300));

        clock.heard(&Dated::new(t0, t0, t0.wall)).unwrap();

        assert_eq!(clock.offset(), Offset::ZERO);
    }

    #[test]
    fn r51_what_cannot_be_trusted_teaches_nothing() {
        let t0 = t0();
        let slow = secs(900) + TICK;
        let slept = Now { mono: t0.mono, wall: t0.wall + secs(600) };
        let set_back = Now { mono: t0.mono + secs(1), wall: t0.wall - secs(1) };
        let cases = [
            (Dated::new(t0, t0, t0.wall).from_cache(), NotLearned::FromCache),
            (Dated::new(t0, t0.later(slow), t0.wall), NotLearned::TooSlow),
            (Dated::new(t0, slept, t0.wall), NotLearned::ClockMoved),
            (Dated::new(t0, set_back, t0.wall), NotLearned::ClockMoved),
        ];

        for (answer, why) in cases {
            let mut clock = ServerClock::new(offset(7));
            assert_eq!(clock.heard(&answer), Err(why));
            assert_eq!(clock.offset(), offset(7));
        }
        let longest = Dated::new(t0, t0.later(secs(900)), t0.wall + secs(450));
        assert_eq!(ServerClock::default().heard(&longest), Ok(Offset::ZERO));
    }

    #[test]
    fn r51_only_what_the_clocks_explain_is_signed_anew() {
        let signed_with = offset(10);
        let of = |apart| {
            let clock = ServerClock::new(Offset::between(
                SystemTime::UNIX_EPOCH,
                SystemTime::UNIX_EPOCH + secs(10) + apart,
            ));
            clock.sign_anew(signed_with, Suspicion::Probable)
        };

        assert_eq!(of(secs(240) - TICK), None);
        assert_eq!(of(secs(240)), Some(offset(250)));
        let same = ServerClock::new(signed_with);
        assert_eq!(same.sign_anew(signed_with, Suspicion::Definite), Some(signed_with));
    }

    fn offset(ahead: u64) -> Offset {
        Offset::between(SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + secs(ahead))
    }

    fn t0() -> Now {
        Now::read(&SystemClock)
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    /// The least that the clocks of all systems tell apart: that of Windows counts by 100 ns.
    const TICK: Duration = Duration::from_nanos(100);
}
