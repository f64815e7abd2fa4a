use std::time::Duration;

use crate::config::{Limit, MIN_CALLS, OpenRule, ProbeRule, Rule, SlowRule, Span};
use crate::{Config, ConfigError, Threshold, nanos};

/// Collects the settings of a [`Config`].
///
/// The parameter is the rule that opens the circuit; what makes sense for one rule alone can be
/// said of it alone.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder<R> {
    rule: R,
    open_for: Duration,
    open_growth: u32,
    max_open: Option<Duration>,
    jitter: u8,
    server_cap: Duration,
    probes: (u32, u32),
    probe_lease: Duration,
    ramp: Option<Duration>,
    abandon_counts_after: Duration,
}

/// The rule that counts failures in a row.
#[derive(Clone, Debug)]
pub struct InARow {
    failures: u32,
}

/// The rules that look at a window of outcomes.
#[derive(Clone, Debug)]
pub struct Windowed {
    window: Window,
    failures: Option<Threshold>,
    slow: Option<(u8, Duration)>,
    min_calls: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Window {
    Calls(u32),
    Time(Duration),
}

impl InARow {
    pub(super) const fn new(failures: u32) -> InARow {
        InARow { failures }
    }
}

impl Windowed {
    pub(super) const fn calls(calls: u32) -> Windowed {
        Windowed { window: Window::Calls(calls), failures: None, slow: None, min_calls: None }
    }

    pub(super) const fn time(time: Duration) -> Windowed {
        Windowed { window: Window::Time(time), failures: None, slow: None, min_calls: None }
    }

    fn build(self) -> Result<Rule, ConfigError> {
        let span = self.span()?;
        let min_calls = match (self.min_calls, self.window) {
            (None, Window::Calls(calls)) => MIN_CALLS.min(calls),
            (None, Window::Time(_)) => MIN_CALLS,
            (Some(min_calls), Window::Calls(window)) if window < min_calls => {
                return Err(ConfigError::MinCallsAboveWindow { min_calls, window });
            }
            (Some(min_calls), Window::Calls(_) | Window::Time(_)) => min_calls,
        };
        let failures = match self.failures {
            None => None,
            Some(Threshold::Percent(percent)) => {
                Some(Limit { threshold: rate(percent)?, min_calls })
            }
            // A count is a minimum by itself.
            Some(threshold @ (Threshold::Count(_) | Threshold::InARow(_))) => {
                Some(Limit { threshold, min_calls: self.min_calls.unwrap_or(1) })
            }
        };
        let slow = match self.slow {
            None => None,
            Some((_, Duration::ZERO)) => return Err(ConfigError::ZeroSlow),
            Some((percent, after)) => {
                let limit = Limit { threshold: rate(percent)?, min_calls };
                Some(SlowRule { limit, after: nanos::of(after) })
            }
        };
        if failures.is_none() && slow.is_none() {
            return Err(ConfigError::NoThreshold);
        }
        Ok(Rule { span, failures, slow })
    }

    fn span(&self) -> Result<Span, ConfigError> {
        match (self.window, self.failures) {
            (Window::Calls(calls), _) if !(1..=MAX_WINDOW).contains(&calls) => {
                Err(ConfigError::WindowOutOfRange { calls })
            }
            (Window::Calls(window), Some(Threshold::Count(failures)))
                if !(1..=window).contains(&failures) =>
            {
                Err(ConfigError::WindowTooSmall { failures, window })
            }
            (Window::Time(_), Some(Threshold::Count(0))) => Err(ConfigError::NoThreshold),
            (Window::Time(Duration::ZERO), _) => Err(ConfigError::ZeroWindow),
            (Window::Calls(calls), _) => Ok(Span::Calls(calls)),
            (Window::Time(time), _) => Ok(Span::Time(nanos::of(time))),
        }
    }
}

impl Builder<InARow> {
    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where they make no sense, alone or together.
    pub fn build(self) -> Result<Config, ConfigError> {
        let failures = self.rule.failures;
        if failures == 0 {
            return Err(ConfigError::NoThreshold);
        }
        let limit = Limit { threshold: Threshold::InARow(failures), min_calls: 1 };
        self.finish(Rule { span: Span::Everything, failures: Some(limit), slow: None })
    }
}

impl Builder<Windowed> {
    /// Opens the circuit when at least so many of a hundred calls have failed, 1 to 100.
    ///
    /// It takes the place of a [`failure_count`](Builder::failure_count).
    pub const fn failure_rate(mut self, percent: u8) -> Builder<Windowed> {
        self.rule.failures = Some(Threshold::Percent(percent));
        self
    }

    /// Opens the circuit when so many calls of the window have failed.
    ///
    /// It takes the place of a [`failure_rate`](Builder::failure_rate).
    pub const fn failure_count(mut self, failures: u32) -> Builder<Windowed> {
        self.rule.failures = Some(Threshold::Count(failures));
        self
    }

    /// Opens the circuit when at least so many of a hundred calls, 1 to 100, took longer than
    /// `after`, whether they failed or not.
    ///
    /// A call that is still under way counts once it is slow, at the latest when an eighth of
    /// `after` has passed beyond, so that a backend which hangs opens the circuit before its
    /// callers have given up.
    /// A slow probe counts against the service.
    ///
    /// With this rule each call reads the clock twice and takes the lock twice.
    ///
    /// Default: no such rule.
    pub const fn slow_rate(mut self, percent: u8, after: Duration) -> Builder<Windowed> {
        self.rule.slow = Some((percent, after));
        self
    }

    /// Sets how many calls must be in the window before a threshold is looked at.
    ///
    /// Default: 20, or all calls of a smaller window; 1 for a count of failures, which is a minimum
    /// by itself.
    pub const fn min_calls(mut self, min_calls: u32) -> Builder<Windowed> {
        self.rule.min_calls = Some(min_calls);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where they make no sense, alone or together.
    pub fn build(self) -> Result<Config, ConfigError> {
        let rule = self.rule.clone().build()?;
        self.finish(rule)
    }
}

impl<R> Builder<R> {
    pub(super) const fn new(rule: R) -> Builder<R> {
        Builder {
            rule,
            open_for: Duration::from_secs(5),
            open_growth: 200,
            max_open: None,
            jitter: 20,
            server_cap: Duration::from_secs(3_600),
            probes: (1, 1),
            probe_lease: Duration::from_secs(60),
            ramp: None,
            abandon_counts_after: Duration::from_secs(10),
        }
    }

    /// Sets how long the circuit stays open the first time, before jitter (rule 58).
    ///
    /// Default: 5 s.
    pub const fn open_for(mut self, length: Duration) -> Builder<R> {
        self.open_for = length;
        self
    }

    /// Sets how long each opening in a row lasts, in hundredths of the one before; 100 or more
    /// (rule 65).
    ///
    /// Openings are in a row until the circuit has stayed closed for as long as the last one was to
    /// last, before jitter and whatever a server asked for.
    ///
    /// Default: 200, that is, the time doubles.
    pub const fn open_growth(mut self, percent: u32) -> Builder<R> {
        self.open_growth = percent;
        self
    }

    /// Sets the longest open time that growth leads to, before jitter.
    ///
    /// Default: 120 s, or the first open time where that is longer.
    pub const fn max_open(mut self, length: Duration) -> Builder<R> {
        self.max_open = Some(length);
        self
    }

    /// Sets how much chance adds to an open time at most, in hundredths of it, 0 to 100.
    ///
    /// It only ever adds, so that a server is left alone for as long as it asked, and keeps the
    /// clients that it drove away from coming back in the same instant.
    ///
    /// Default: 20.
    pub const fn jitter(mut self, percent: u8) -> Builder<R> {
        self.jitter = percent;
        self
    }

    /// Sets the longest open time that a server may ask for, before jitter; what it asks beyond is
    /// cut to this.
    ///
    /// Default: 1 hour.
    pub const fn server_cap(mut self, length: Duration) -> Builder<R> {
        self.server_cap = length;
        self
    }

    /// Closes the circuit when `needed` of `of` probes succeed, and opens it again as soon as they
    /// cannot any more; at most `of` of them are under way at a time (rule 60).
    ///
    /// `of` is at most 1,000.
    ///
    /// Default: 1 of 1.
    pub const fn probes(mut self, needed: u32, of: u32) -> Builder<R> {
        self.probes = (needed, of);
        self
    }

    /// Sets after how long a probe that has not reported is replaced by another one (rule 62).
    ///
    /// It must not be shorter than the timeout of a call, or a slow service is asked by more
    /// probes at a time than are permitted.
    ///
    /// Default: 60 s.
    pub const fn probe_lease(mut self, length: Duration) -> Builder<R> {
        self.probe_lease = length;
        self
    }

    /// Admits a growing share of calls for so long after the circuit has closed: a tenth at first,
    /// all in the end, and chance says which.
    ///
    /// Default: all calls are admitted at once.
    pub const fn ramp(mut self, length: Duration) -> Builder<R> {
        self.ramp = Some(length);
        self
    }

    /// Sets how long a permit must have been held for its being abandoned to count as a failure
    /// (rule 61); [`Duration::MAX`] for never.
    ///
    /// Default: 10 s.
    pub const fn abandon_counts_after(mut self, length: Duration) -> Builder<R> {
        self.abandon_counts_after = length;
        self
    }

    fn finish(self, rule: Rule) -> Result<Config, ConfigError> {
        let (first, (needed, of)) = (self.open_for, self.probes);
        let max = self.max_open.unwrap_or(DEFAULT_MAX.max(first));
        if max < first {
            return Err(ConfigError::MaxOpenBelowFirst { first, max });
        }
        if self.open_growth < 100 {
            return Err(ConfigError::OpenTimeShrinks { percent: self.open_growth });
        }
        if 100 < self.jitter {
            return Err(ConfigError::PercentOutOfRange { percent: self.jitter });
        }
        if !(1..=of).contains(&needed) || MAX_PROBES < of {
            return Err(ConfigError::ProbesOutOfRange { needed, of });
        }
        if self.probe_lease.is_zero() {
            return Err(ConfigError::ZeroLease);
        }
        let open = OpenRule {
            first: nanos::of(first),
            growth: self.open_growth,
            max: nanos::of(max),
            jitter: self.jitter,
            server_cap: nanos::of(self.server_cap),
        };
        let probes = ProbeRule { needed, of, lease: self.probe_lease };
        let ramp = self.ramp.map(nanos::of).filter(|&length| 0 < length);
        Ok(Config { rule, open, probes, ramp, abandon_counts_after: self.abandon_counts_after })
    }
}

fn rate(percent: u8) -> Result<Threshold, ConfigError> {
    match percent {
        1..=100 => Ok(Threshold::Percent(percent)),
        0 | 101.. => Err(ConfigError::PercentOutOfRange { percent }),
    }
}

const DEFAULT_MAX: Duration = Duration::from_secs(120);

/// Two megabytes of them.
const MAX_WINDOW: u32 = 1_000_000;

const MAX_PROBES: u32 = 1_000;
