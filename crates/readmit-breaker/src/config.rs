use std::time::Duration;

use crate::Threshold;

mod builder;

pub use self::builder::{Builder, InARow, Windowed};

/// When a circuit opens, for how long, and what closes it again.
///
/// The rule is chosen by the constructor, and [`build`](Builder::build) checks the rest once:
/// a configuration that exists is one that works.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_breaker::Config;
///
/// // At 50 % failures or 80 % calls beyond 2 s, of those of the last minute.
/// let config = Config::over_time(Duration::from_secs(60))
///     .failure_rate(50)
///     .slow_rate(80, Duration::from_secs(2))
///     .min_calls(20)
///     .open_for(Duration::from_secs(5))
///     .build()?;
/// assert_eq!(config.open_for(), Duration::from_secs(5));
/// # Ok::<(), readmit_breaker::ConfigError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    pub(crate) rule: Rule,
    pub(crate) open: OpenRule,
    pub(crate) probes: ProbeRule,
    pub(crate) ramp: Option<u64>,
    abandon_counts_after: Duration,
}

/// What opens a circuit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Rule {
    pub(crate) span: Span,
    pub(crate) failures: Option<Limit>,
    pub(crate) slow: Option<SlowRule>,
}

/// Which outcomes are counted together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Span {
    /// The last so many.
    Calls(u32),
    /// All since the circuit closed.
    Everything,
    /// Those of the last so many nanoseconds.
    Time(u64),
}

/// A threshold, and how many calls it takes to look at it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Limit {
    pub(crate) threshold: Threshold,
    pub(crate) min_calls: u32,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct SlowRule {
    pub(crate) limit: Limit,
    /// In nanoseconds; a call that takes longer is slow.
    pub(crate) after: u64,
}

/// How long a circuit stays open; all lengths are in nanoseconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct OpenRule {
    pub(crate) first: u64,
    /// What each opening in a row lasts, in hundredths of the one before.
    pub(crate) growth: u32,
    pub(crate) max: u64,
    /// How much chance adds at most, in hundredths.
    pub(crate) jitter: u8,
    pub(crate) server_cap: u64,
}

/// How a half-open circuit decides.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ProbeRule {
    pub(crate) needed: u32,
    pub(crate) of: u32,
    pub(crate) lease: Duration,
}

impl Config {
    /// The configuration with every default: it opens at 50 % failures of the last 100 calls, from
    /// 20 calls on, for 5 s that double up to 120 s, with 20 % jitter; one probe decides.
    pub const DEFAULT: Config = Config {
        rule: Rule {
            span: Span::Calls(100),
            failures: Some(Limit { threshold: Threshold::Percent(50), min_calls: MIN_CALLS }),
            slow: None,
        },
        open: OpenRule {
            first: 5 * SECOND,
            growth: 200,
            max: 120 * SECOND,
            jitter: 20,
            server_cap: 3_600 * SECOND,
        },
        probes: ProbeRule { needed: 1, of: 1, lease: Duration::from_secs(60) },
        ramp: None,
        abandon_counts_after: Duration::from_secs(10),
    };

    /// The breaker of the textbooks: 5 failures in a row open it for 60 s, each time, to the
    /// nanosecond.
    ///
    /// One success among the failures is enough to keep it closed, which [`Config::DEFAULT`] does
    /// better.
    pub const FIVE_IN_A_ROW: Config = Config {
        rule: Rule {
            span: Span::Everything,
            failures: Some(Limit { threshold: Threshold::InARow(5), min_calls: 1 }),
            slow: None,
        },
        open: OpenRule {
            first: 60 * SECOND,
            growth: 100,
            max: 120 * SECOND,
            jitter: 0,
            ..Config::DEFAULT.open
        },
        ..Config::DEFAULT
    };

    /// Starts a configuration that opens when so many calls in a row have failed.
    pub const fn consecutive_failures(failures: u32) -> Builder<InARow> {
        Builder::new(InARow::new(failures))
    }

    /// Starts a configuration that opens when at least `percent` of the last `calls` calls have
    /// failed.
    ///
    /// It is short for [`over_calls`](Config::over_calls) with a
    /// [`failure_rate`](Builder::failure_rate).
    pub const fn failure_rate(percent: u8, calls: u32) -> Builder<Windowed> {
        Config::over_calls(calls).failure_rate(percent)
    }

    /// Starts a configuration that looks at the last `calls` outcomes.
    ///
    /// What opens the circuit is still to be said, by [`failure_rate`](Builder::failure_rate),
    /// [`failure_count`](Builder::failure_count) or [`slow_rate`](Builder::slow_rate).
    /// The window takes 2 bytes for each call.
    pub const fn over_calls(calls: u32) -> Builder<Windowed> {
        Builder::new(Windowed::calls(calls))
    }

    /// Starts a configuration that looks at the outcomes of the last so long.
    ///
    /// What opens the circuit is still to be said, as for [`over_calls`](Config::over_calls).
    /// Time is divided into sixty parts, and outcomes are forgotten a part at a time: never late,
    /// and early by one part at most.
    /// The window takes the same memory however many calls there are.
    pub const fn over_time(window: Duration) -> Builder<Windowed> {
        Builder::new(Windowed::time(window))
    }

    /// Returns how long the circuit stays open the first time, before jitter.
    #[must_use]
    pub fn open_for(&self) -> Duration {
        Duration::from_nanos(self.open.first)
    }

    /// Returns how long a call takes that is slow, where slow calls are counted.
    #[must_use]
    pub fn slow_after(&self) -> Option<Duration> {
        self.rule.slow.map(|rule| Duration::from_nanos(rule.after))
    }

    /// Returns how many probes may be under way at a time.
    #[must_use]
    pub fn probes(&self) -> u32 {
        self.probes.of
    }

    /// Returns after how long a probe that has not reported is replaced.
    #[must_use]
    pub fn probe_lease(&self) -> Duration {
        self.probes.lease
    }

    /// Returns how long a permit must have been held for its being abandoned to count as a failure.
    #[must_use]
    pub fn abandon_counts_after(&self) -> Duration {
        self.abandon_counts_after
    }
}

impl Default for Config {
    fn default() -> Config {
        Config::DEFAULT
    }
}

const MIN_CALLS: u32 = 20;

/// In nanoseconds.
const SECOND: u64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ConfigError;

    #[test]
    fn the_presets_are_what_their_builders_build() {
        let five =
            Config::consecutive_failures(5).open_for(secs(60)).open_growth(100).jitter(0).build();

        assert_eq!(Config::failure_rate(50, 100).build(), Ok(Config::DEFAULT));
        assert_eq!(five, Ok(Config::FIVE_IN_A_ROW));
        assert_eq!(Config::default(), Config::DEFAULT);
    }

    #[test]
    fn the_minimum_of_calls_fits_into_a_small_window() {
        let min = |calls| {
            let config = Config::failure_rate(50, calls).build().unwrap();
            config.rule.failures.unwrap().min_calls
        };

        assert_eq!((min(1), min(19), min(20), min(1_000)), (1, 19, 20, 20));
    }

    #[test]
    fn a_threshold_is_refused_where_it_cannot_be_met() {
        for percent in [0, 101] {
            let error = Err(ConfigError::PercentOutOfRange { percent });
            assert_eq!(Config::failure_rate(percent, 100).build(), error);
            assert_eq!(Config::over_calls(9).slow_rate(percent, secs(1)).build(), error);
        }
        for (failures, window) in [(0, 4), (5, 4)] {
            let error = Err(ConfigError::WindowTooSmall { failures, window });
            assert_eq!(Config::over_calls(window).failure_count(failures).build(), error);
        }
        assert_eq!(Config::over_calls(4).build(), Err(ConfigError::NoThreshold));
        assert_eq!(
            Config::failure_rate(50, 10).min_calls(11).build(),
            Err(ConfigError::MinCallsAboveWindow { min_calls: 11, window: 10 })
        );
        assert_eq!(Config::consecutive_failures(0).build(), Err(ConfigError::NoThreshold));
        assert!(Config::over_calls(4).failure_count(4).build().is_ok());
        assert!(Config::failure_rate(100, 10).min_calls(10).build().is_ok());
    }

    #[test]
    fn a_window_is_refused_where_it_holds_nothing_or_too_much() {
        for calls in [0, 1_000_001] {
            let error = Err(ConfigError::WindowOutOfRange { calls });
            assert_eq!(Config::failure_rate(50, calls).build(), error);
        }
        let no_time = Config::over_time(Duration::ZERO).failure_rate(50);
        let no_slowness = Config::over_calls(9).slow_rate(50, Duration::ZERO);

        assert!(Config::failure_rate(50, 1_000_000).build().is_ok());
        assert_eq!(no_time.build(), Err(ConfigError::ZeroWindow));
        assert_eq!(no_slowness.build(), Err(ConfigError::ZeroSlow));
    }

    #[test]
    fn open_times_and_probes_are_refused_where_they_contradict_themselves() {
        let builder = || Config::consecutive_failures(5);

        assert_eq!(
            builder().open_for(secs(9)).max_open(secs(8)).build(),
            Err(ConfigError::MaxOpenBelowFirst { first: secs(9), max: secs(8) })
        );
        assert_eq!(
            builder().open_growth(99).build(),
            Err(ConfigError::OpenTimeShrinks { percent: 99 })
        );
        assert_eq!(
            builder().jitter(101).build(),
            Err(ConfigError::PercentOutOfRange { percent: 101 })
        );
        for (needed, of) in [(0, 1), (3, 2), (1, 1_001)] {
            let error = Err(ConfigError::ProbesOutOfRange { needed, of });
            assert_eq!(builder().probes(needed, of).build(), error);
        }
        assert_eq!(builder().probe_lease(Duration::ZERO).build(), Err(ConfigError::ZeroLease));
        assert!(builder().open_for(secs(500)).build().is_ok());
        assert!(builder().probes(1_000, 1_000).build().is_ok());
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }
}
