use std::time::Duration;

use readmit_breaker::{Builder, Config, ConfigError, Windowed};
use serde::Deserialize;

/// The configuration of a case; what is not among the choices is not read.
#[derive(Debug, Deserialize)]
pub(crate) struct Settings {
    window: Window,
    #[serde(default)]
    trip: Trip,
    #[serde(default)]
    evaluate_on: Option<String>,
    open: Open,
    half_open: HalfOpen,
    #[serde(default)]
    pub(super) outcome_policy: Policy,
    #[serde(default)]
    pub(super) initial_state: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Window {
    Consecutive { failures: u32 },
    Count { size: u32 },
    FixedTime { size_ms: u64 },
    Time { size_ms: u64 },
}

#[derive(Debug, Default, Deserialize)]
struct Trip {
    failure_rate: Option<f64>,
    failure_count: Option<u32>,
    cmp: Option<String>,
    min_calls: Option<u32>,
    slow_ms: Option<u64>,
    slow_rate: Option<f64>,
    slow_cmp: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Open {
    ms: Option<u64>,
    multiplier: Option<f64>,
    max_ms: Option<u64>,
    #[serde(default)]
    schedule_ms: Vec<u64>,
    deadline: Option<String>,
}

#[derive(Debug, Deserialize)]
struct HalfOpen {
    permitted: u32,
    decision: String,
    successes_required: Option<u32>,
    probe_lease_ms: Option<u64>,
}

/// How an outcome that is no verdict is told.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Policy {
    pub(super) ignored: Option<String>,
    pub(super) cancelled: Option<String>,
}

impl Settings {
    /// Returns the configuration, without jitter.
    pub(super) fn config(&self) -> Result<Config, ConfigError> {
        match self.window {
            Window::Consecutive { failures } => {
                self.finish(Config::consecutive_failures(failures)).build()
            }
            Window::Count { size } => {
                self.finish(self.thresholds(Config::over_calls(size), size)).build()
            }
            Window::FixedTime { size_ms } | Window::Time { size_ms } => {
                let window = Config::over_time(Duration::from_millis(size_ms));
                self.finish(self.thresholds(window, u32::MAX)).build()
            }
        }
    }

    /// Returns whether a call that took so long is slow.
    pub(super) fn is_slow(&self, duration_ms: Option<u64>) -> bool {
        self.trip.slow_ms.is_some_and(|slow| duration_ms.is_some_and(|took| slow < took))
    }

    pub(super) fn evaluates_any(&self) -> bool {
        self.evaluate_on.as_deref() == Some("any")
    }

    pub(super) fn decides_otherwise(&self) -> Option<&'static str> {
        // Of a single probe each of them says the same.
        let says_the_same = self.half_open.permitted == 1 && self.half_open.decision != "none";
        let is_m_of_n =
            matches!(self.half_open.decision.as_str(), "all_success" | "m_of_n" | "single");
        (!is_m_of_n && !says_the_same)
            .then_some("probes decide as m of n, as soon as that is certain (rule 60)")
    }

    pub(super) fn ends_otherwise(&self) -> Option<&'static str> {
        (self.open.deadline.as_deref() == Some("exclusive"))
            .then_some("a probe is admitted at the very end of the open time (rule 58)")
    }

    pub(super) fn compares_otherwise(&self) -> Option<&'static str> {
        [&self.trip.cmp, &self.trip.slow_cmp]
            .into_iter()
            .any(is_above)
            .then_some("a threshold is reached, not surpassed (rule 57)")
    }

    pub(super) fn tumbles(&self) -> Option<&'static str> {
        matches!(self.window, Window::FixedTime { .. })
            .then_some("a window of time slides (rule 59)")
    }

    fn thresholds(&self, builder: Builder<Windowed>, size: u32) -> Builder<Windowed> {
        let trip = &self.trip;
        let mut builder = builder;
        if let Some(rate) = trip.failure_rate {
            builder = builder.failure_rate(percent(rate, &trip.cmp));
        }
        if let Some(count) = trip.failure_count {
            builder = builder.failure_count(count + u32::from(is_above(&trip.cmp)));
        }
        if let (Some(rate), Some(after)) = (trip.slow_rate, trip.slow_ms) {
            let percent = percent(rate, &trip.slow_cmp);
            builder = builder.slow_rate(percent, Duration::from_millis(after));
        }
        match trip.min_calls {
            // A larger window than the case has is never full.
            Some(min_calls) => builder.min_calls(min_calls.min(size)),
            None => builder,
        }
    }

    fn finish<R>(&self, builder: Builder<R>) -> Builder<R> {
        let open = &self.open;
        let first = open.ms.or(open.schedule_ms.first().copied()).unwrap_or_default();
        let max = open.max_ms.or(open.schedule_ms.last().copied());
        let half_open = &self.half_open;
        let needed = match half_open.decision.as_str() {
            "all_success" | "m_of_n" => half_open.successes_required,
            _ => Some(1),
        };
        let of = if half_open.decision == "single" { 1 } else { half_open.permitted };
        builder
            .open_for(Duration::from_millis(first))
            .open_growth(self.growth())
            .max_open(max.map_or(Duration::MAX, Duration::from_millis))
            .jitter(0)
            .probes(needed.unwrap_or(of), of)
            .probe_lease(half_open.probe_lease_ms.map_or(LEASE, Duration::from_millis))
    }

    /// In hundredths, of a factor or of the first step of a schedule.
    fn growth(&self) -> u32 {
        let factor = match (self.open.multiplier, &self.open.schedule_ms[..]) {
            (Some(factor), _) => factor,
            (None, [first, second, ..]) if 0 < *first => *second as f64 / *first as f64,
            (None, _) => 1.0,
        };
        hundredths(factor)
    }
}

/// A share as a percentage; one that is to be surpassed is reached one percent later.
fn percent(rate: f64, cmp: &Option<String>) -> u8 {
    let percent = hundredths(rate) + u32::from(is_above(cmp));
    // A rate above 1 says never, and the highest that there is never comes to it before the
    // minimum of calls.
    u8::try_from(percent.min(100)).unwrap_or(100)
}

fn is_above(cmp: &Option<String>) -> bool {
    cmp.as_deref() == Some(">")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float saturates, and no factor is negative"
)]
fn hundredths(factor: f64) -> u32 {
    (factor * 100.0).round() as u32
}

const LEASE: Duration = Duration::from_secs(86_400);
