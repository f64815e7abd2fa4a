use std::time::{Duration, Instant, SystemTime};

use readmit_core::Clock;

use crate::timestamp::Timestamp;

/// How far the wall clock of the API is off.
///
/// It shows in `Date` and in the times that error bodies tell, and in nothing else: lifetimes are
/// measured on a monotonic clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a clock is off in one of two directions")]
pub enum Skew {
    /// The API's clock shows a later time than the true one.
    Ahead(Duration),
    /// The API's clock shows an earlier time than the true one.
    Behind(Duration),
}

impl Skew {
    pub(crate) const NONE: Skew = Skew::Ahead(Duration::ZERO);

    pub(crate) fn apply(self, time: Timestamp) -> Timestamp {
        match self {
            Skew::Ahead(by) => time.plus(by),
            Skew::Behind(by) => time.minus(by),
        }
    }
}

/// The time as Tokio has it, so that a paused Tokio clock moves client and API together.
#[derive(Debug)]
pub(crate) struct ApiClock {
    start: tokio::time::Instant,
    base: SystemTime,
}

impl ApiClock {
    pub(crate) fn starting_at(base: SystemTime) -> ApiClock {
        ApiClock { start: tokio::time::Instant::now(), base }
    }

    /// Returns how long the API has been there.
    pub(crate) fn elapsed(&self) -> Duration {
        tokio::time::Instant::now().saturating_duration_since(self.start)
    }
}

impl Clock for ApiClock {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn wall(&self) -> SystemTime {
        self.base.checked_add(self.elapsed()).unwrap_or(self.base)
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn both_readings_move_with_tokio_time() {
        let clock = ApiClock::starting_at(UNIX_EPOCH);
        let before = clock.now();

        tokio::time::advance(Duration::from_secs(90)).await;

        assert_eq!(clock.now() - before, Duration::from_secs(90));
        assert_eq!(clock.wall(), UNIX_EPOCH + Duration::from_secs(90));
    }

    #[test]
    fn r51_skew_moves_the_wall_clock_either_way() {
        let noon = Timestamp::of(UNIX_EPOCH + Duration::from_secs(12 * 3_600));
        let five_minutes = Duration::from_secs(300);

        assert_eq!(Skew::Ahead(five_minutes).apply(noon).rfc3339(), "1970-01-01T12:05:00Z");
        assert_eq!(Skew::Behind(five_minutes).apply(noon).rfc3339(), "1970-01-01T11:55:00Z");
        assert_eq!(Skew::NONE.apply(noon), noon);
    }
}
