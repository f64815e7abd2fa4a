use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use readmit_core::{Draw, Epoch, Step};

use crate::config::{Limit, Span};
use crate::evidence::{Evidence, Reason};
use crate::mutants::mutate;
use crate::open_time::OpenTimes;
use crate::probes::{Probes, Taken, Verdict};
use crate::ramp::Ramp;
use crate::tally::Sample;
use crate::timeline::Timeline;
use crate::under_way::UnderWay;
use crate::window::Window;
use crate::{Change, Config, Outcome, Permit, Refusal, Rejected, Report, State, Tally, nanos};

mod calm;
mod operator;
mod shown;
#[cfg(test)]
mod tests;

/// The circuit breaker, as a machine: it is given the time and the randomness, and it returns what
/// it decided and what changed.
///
/// ```text
///             threshold reached                open time over, first call
///   ┌────────┐ ─────────────────► ┌──────┐ ─────────────────► ┌───────────┐
///   │ Closed │                    │ Open │                    │ Half-open │
///   └────────┘ ◄─ ─ ─ close ─ ─ ─ └──────┘ ◄───────────────── └───────────┘
///        ▲                               m of n cannot succeed     │
///        └─────────────────────────────────────────────────────────┘
///                            m of n probes succeeded
///   isolate ► Isolated ► release ► Closed     disable, metrics_only ► … ► close
/// ```
///
/// [`Shared`](crate::Shared) wraps it for use by many threads.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_breaker::{Breaker, Config, Outcome, State};
/// use readmit_core::{Clock, Draw, SystemClock};
///
/// let t0 = SystemClock.now();
/// let config = Config::consecutive_failures(1).open_for(Duration::from_secs(5)).jitter(0);
/// let mut breaker = Breaker::new(config.build()?);
///
/// let permit = breaker.try_acquire(t0, Draw::MIN).decision?;
/// breaker.settle(t0, permit, Outcome::Fail, Draw::MIN);
///
/// assert_eq!(breaker.state(t0), State::Open);
/// assert_eq!(breaker.wake_at(), Some(t0 + Duration::from_secs(5)));
/// assert_eq!(breaker.state(t0 + Duration::from_secs(5)), State::HalfOpen);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Breaker {
    config: Config,
    phase: Phase,
    epoch: Epoch,
    timeline: Timeline,
    window: Window,
    /// Only where slow calls matter.
    under_way: Option<UnderWay>,
    open_times: OpenTimes,
    /// The cause of the last failure of this epoch.
    cause: Option<&'static str>,
    rejections: u64,
}

/// The state, with the data that it alone has.
#[derive(Debug)]
enum Phase {
    Closed { ramp: Option<Ramp> },
    Disabled,
    HalfOpen { probes: Probes, evidence: Arc<Evidence> },
    Isolated { times: NonZeroU32 },
    MetricsOnly { told: Exceeded },
    Open { until: Option<Instant>, evidence: Arc<Evidence> },
}

/// Which thresholds are reached.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Exceeded {
    failures: bool,
    slow: bool,
}

impl Breaker {
    /// Returns a closed circuit that has seen nothing.
    #[must_use]
    pub fn new(config: Config) -> Breaker {
        let is_timed = matches!(config.rule.span, Span::Time(_)) || config.rule.slow.is_some();
        Breaker {
            phase: Phase::Closed { ramp: None },
            epoch: Epoch::default(),
            timeline: Timeline::new(is_timed),
            window: Window::new(&config.rule),
            under_way: config.rule.slow.map(|rule| UnderWay::new(rule.after)),
            open_times: OpenTimes::new(config.open.clone()),
            cause: None,
            rejections: 0,
            config,
        }
    }

    /// Asks for a permit to make one call.
    ///
    /// The draw decides on admission after a close, and on the open time where calls under way
    /// turn out to be so many slow ones that the circuit opens.
    pub fn try_acquire(
        &mut self,
        now: Instant,
        draw: Draw,
    ) -> Step<Result<Permit, Rejected>, Change> {
        self.at(now);
        if let Some(rejected) = self.refuse(now) {
            return Step::still(Err(rejected));
        }
        if let Some(permit) = self.admit_calmly(now) {
            return Step::still(Ok(permit));
        }
        match &mut self.phase {
            Phase::Closed { .. } => self.try_acquire_closed(now, draw),
            Phase::Disabled => Step::still(Ok(Permit::new(self.epoch, Some(now)))),
            Phase::MetricsOnly { .. } => {
                let change = if self.more_are_slow(now) { self.tell_exceeded(now) } else { None };
                Step { decision: Ok(self.admit(now)), change }
            }
            Phase::HalfOpen { .. } => Step::still(self.try_probe(now)),
            Phase::Open { evidence, .. } => {
                let evidence = Arc::clone(evidence);
                let change = self.half_open(evidence);
                Step::changed(self.try_probe(now), change)
            }
            Phase::Isolated { .. } => Step::still(Err(self.reject(Refusal::Isolated, None))),
        }
    }

    /// Tells what became of a call, and spends its permit.
    ///
    /// A report on a permit from an earlier epoch says nothing and is counted nowhere (rule 63).
    /// The draw decides on the open time, where this opens the circuit.
    pub fn settle(
        &mut self,
        now: Instant,
        permit: Permit,
        report: impl Into<Report>,
        draw: Draw,
    ) -> Step<(), Change> {
        if mutate!(11, permit.epoch() != self.epoch, false) {
            return Step::still(());
        }
        let report = report.into();
        if report.is_bare_success() && self.succeed_calmly(now, &permit).is_some() {
            return Step::still(());
        }
        let at = self.at(now);
        if let (Some(under_way), Some(began_at), None) =
            (&mut self.under_way, permit.acquired_at(), permit.probe())
        {
            under_way.leave(self.timeline.at(began_at));
        }
        let sample = self.sample(now, &permit, &report);
        if sample.is_some_and(Sample::is_bad) {
            self.cause = report.cause().or(self.cause);
        }
        let change = match (&mut self.phase, sample) {
            (Phase::Closed { .. }, Some(sample)) => self.record(now, sample, &report, draw),
            (Phase::MetricsOnly { .. }, Some(sample)) => {
                self.window.add(at, sample);
                self.tell_exceeded(now)
            }
            (Phase::HalfOpen { probes, .. }, sample) => {
                let verdict = permit.probe().map(|probe| probes.settle(probe, sample));
                verdict.and_then(|verdict| self.decide(now, verdict, &report, draw))
            }
            (Phase::Closed { .. } | Phase::MetricsOnly { .. }, None)
            | (Phase::Disabled | Phase::Isolated { .. } | Phase::Open { .. }, _) => None,
        };
        Step { decision: (), change }
    }

    /// Returns the state at `now`: half-open as soon as the open time is over (rule 60).
    #[must_use]
    pub fn state(&self, now: Instant) -> State {
        match self.phase {
            Phase::Closed { .. } => State::Closed,
            Phase::Disabled => State::Disabled,
            Phase::HalfOpen { .. } => State::HalfOpen,
            Phase::Isolated { .. } => State::Isolated,
            Phase::MetricsOnly { .. } => State::MetricsOnly,
            Phase::Open { .. } if self.is_due(now) => State::HalfOpen,
            Phase::Open { .. } => State::Open,
        }
    }

    /// Returns what a call at `now` would be told that is certain to be rejected, and takes
    /// nothing.
    ///
    /// It spares the work before a call; only a permit says that it may be made.
    #[must_use]
    #[inline]
    pub fn rejection(&self, now: Instant) -> Option<Rejected> {
        match &self.phase {
            Phase::Closed { .. } | Phase::Disabled | Phase::MetricsOnly { .. } => None,
            Phase::HalfOpen { probes, .. } => match probes.peek(now) {
                Ok(()) => None,
                Err(Taken { until }) => Some(self.rejected(Refusal::Probing, until)),
            },
            Phase::Isolated { .. } => Some(self.rejected(Refusal::Isolated, None)),
            Phase::Open { .. } if self.is_due(now) => None,
            Phase::Open { until, evidence } => {
                Some(Rejected::new(Refusal::Open, *until, Some(Arc::clone(evidence))))
            }
        }
    }

    /// Returns when time alone will let a call through that is rejected before: the end of the open
    /// time, or of the first lease of the probes.
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Open { until, .. } => *until,
            Phase::HalfOpen { probes, .. } => probes.wake_at(),
            Phase::Closed { .. }
            | Phase::Disabled
            | Phase::Isolated { .. }
            | Phase::MetricsOnly { .. } => None,
        }
    }

    /// Returns the configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns whether chance has a say in who is admitted.
    pub(crate) fn is_ramping(&self) -> bool {
        matches!(self.phase, Phase::Closed { ramp: Some(_) })
    }

    fn try_acquire_closed(
        &mut self,
        now: Instant,
        draw: Draw,
    ) -> Step<Result<Permit, Rejected>, Change> {
        if self.more_are_slow(now)
            && let Some(change) = self.open_if_exceeded(now, draw, None)
        {
            let rejected = self.reject(Refusal::Open, self.wake_at());
            return Step::changed(Err(rejected), change);
        }
        if let Phase::Closed { ramp: ramp @ Some(_) } = &mut self.phase
            && let Some(slope) = *ramp
        {
            if slope.is_over(now) {
                *ramp = None;
            } else if !slope.admits(now, draw) {
                return Step::still(Err(self.reject(Refusal::Ramping, slope.ends_at())));
            }
        }
        Step::still(Ok(self.admit(now)))
    }

    /// Takes note of the calls under way that have become slow, and says whether there are any.
    fn more_are_slow(&mut self, now: Instant) -> bool {
        let at = self.at(now);
        self.under_way.as_mut().is_some_and(|calls| 0 < calls.advance(at))
    }

    #[inline]
    fn admit(&mut self, now: Instant) -> Permit {
        let at = self.at(now);
        if let Some(under_way) = &mut self.under_way {
            under_way.enter(at);
        }
        Permit::new(self.epoch, Some(now))
    }

    fn try_probe(&mut self, now: Instant) -> Result<Permit, Rejected> {
        let Phase::HalfOpen { probes, .. } = &mut self.phase else {
            return Ok(Permit::new(self.epoch, Some(now)));
        };
        match probes.try_take(now) {
            Ok(probe) => Ok(Permit::of_probe(self.epoch, now, probe)),
            Err(taken) => Err(self.reject(Refusal::Probing, taken.until)),
        }
    }

    /// What an outcome says of the service, if anything.
    fn sample(&self, now: Instant, permit: &Permit, report: &Report) -> Option<Sample> {
        let held = || permit.acquired_at().map_or(0, |then| nanos::since(then, now));
        let failed = match report.outcome() {
            Outcome::Succeed => false,
            Outcome::Fail => true,
            Outcome::Abandon => {
                let counts_after = nanos::of(self.config.abandon_counts_after());
                if mutate!(12, held() <= counts_after, held() < counts_after) {
                    return None;
                }
                true
            }
            Outcome::Ignore => return None,
        };
        let took = || report.duration().map_or_else(held, nanos::of);
        let slow = self.config.rule.slow.is_some_and(|rule| rule.after < took());
        Some(Sample { failed, slow })
    }

    fn record(
        &mut self,
        now: Instant,
        sample: Sample,
        report: &Report,
        draw: Draw,
    ) -> Option<Change> {
        let at = self.at(now);
        self.window.add(at, sample);
        if mutate!(13, sample.is_bad(), true) {
            self.open_if_exceeded(now, draw, Some(report))
        } else {
            None
        }
    }

    fn open_if_exceeded(
        &mut self,
        now: Instant,
        draw: Draw,
        report: Option<&Report>,
    ) -> Option<Change> {
        let rule = &self.config.rule;
        let (reason, limit) = match self.exceeded(now) {
            Exceeded { failures: true, .. } => (Reason::Failures, rule.failures),
            Exceeded { slow: true, .. } => (Reason::SlowCalls, rule.slow.map(|rule| rule.limit)),
            Exceeded { failures: false, slow: false } => return None,
        };
        let evidence = Evidence::new(reason, self.tally(now))
            .against(limit.map(|limit| limit.threshold))
            .because(self.cause);
        Some(self.open(now, draw, evidence, report))
    }

    fn decide(
        &mut self,
        now: Instant,
        verdict: Verdict,
        report: &Report,
        draw: Draw,
    ) -> Option<Change> {
        match verdict {
            Verdict::Undecided => None,
            Verdict::Close => {
                self.open_times.closed(now);
                let ramp = self.config.ramp.map(|length| Ramp::new(now, length));
                Some(self.enter(Phase::Closed { ramp }))
            }
            Verdict::Open => {
                let evidence = Evidence::new(Reason::Probes, self.tally(now)).because(self.cause);
                Some(self.open(now, draw, evidence, Some(report)))
            }
        }
    }

    fn open(
        &mut self,
        now: Instant,
        draw: Draw,
        evidence: Evidence,
        report: Option<&Report>,
    ) -> Change {
        let asked = report.and_then(Report::delay);
        let length = self.open_times.next(now, draw, asked);
        self.enter(Phase::Open { until: now.checked_add(length), evidence: Arc::new(evidence) })
    }

    fn half_open(&mut self, evidence: Arc<Evidence>) -> Change {
        let probes = Probes::new(self.config.probes.clone());
        self.enter(Phase::HalfOpen { probes, evidence })
    }

    /// The only place that changes the state: what was admitted before has no say from here on.
    fn enter(&mut self, phase: Phase) -> Change {
        let change = match &phase {
            Phase::Closed { .. } => Change::Closed,
            Phase::Disabled => Change::Disabled,
            Phase::HalfOpen { .. } => Change::HalfOpened,
            Phase::Isolated { .. } => Change::Isolated,
            Phase::MetricsOnly { .. } => Change::MetricsOnly,
            Phase::Open { until, evidence } => {
                Change::Opened { until: *until, evidence: **evidence }
            }
        };
        self.phase = phase;
        self.epoch = mutate!(14, self.epoch.next(), self.epoch);
        self.window.clear();
        if let Some(under_way) = &mut self.under_way {
            under_way.clear();
        }
        self.cause = None;
        self.rejections = 0;
        change
    }

    /// Tells each threshold once when it is reached, and again when it was not in between.
    ///
    /// A success tells it too, where it completes the minimum: nothing opens by that (rule 57).
    fn tell_exceeded(&mut self, now: Instant) -> Option<Change> {
        let exceeded = self.exceeded(now);
        let Phase::MetricsOnly { told } = &mut self.phase else { return None };
        let (failures, slow) = (exceeded.failures && !told.failures, exceeded.slow && !told.slow);
        *told = exceeded;
        (failures || slow).then_some(Change::Exceeded { failures, slow })
    }

    fn exceeded(&self, now: Instant) -> Exceeded {
        let reached = |limit: Limit, tally: Tally, bad: u32| {
            mutate!(15, limit.min_calls <= tally.calls(), true)
                && limit.threshold.is_reached(bad, tally.calls(), tally.consecutive_failures())
        };
        let at = self.timeline.at(now);
        let settled = self.window.tally(at);
        // A call without an outcome is no reason to think better of the failures.
        let with_slow = settled.with_slow(self.slow_under_way(at));
        let rule = &self.config.rule;
        Exceeded {
            failures: rule.failures.is_some_and(|it| reached(it, settled, settled.failures())),
            slow: rule.slow.is_some_and(|it| reached(it.limit, with_slow, with_slow.slow())),
        }
    }

    fn slow_under_way(&self, at: u64) -> u32 {
        self.under_way.as_ref().map_or(0, |calls| mutate!(16, calls.slow(at), 0))
    }

    /// Whether the circuit is open and its open time is over; at its very end it is (rule 58).
    #[inline]
    fn is_due(&self, now: Instant) -> bool {
        match self.phase {
            Phase::Open { until: Some(until), .. } => mutate!(17, until <= now, until < now),
            Phase::Open { until: None, .. }
            | Phase::Closed { .. }
            | Phase::Disabled
            | Phase::HalfOpen { .. }
            | Phase::Isolated { .. }
            | Phase::MetricsOnly { .. } => false,
        }
    }

    fn reject(&mut self, refusal: Refusal, retry_at: Option<Instant>) -> Rejected {
        self.rejections = self.rejections.saturating_add(1);
        self.rejected(refusal, retry_at)
    }

    #[inline]
    fn rejected(&self, refusal: Refusal, retry_at: Option<Instant>) -> Rejected {
        Rejected::new(refusal, retry_at, self.evidence().map(Arc::clone))
    }

    #[inline]
    fn evidence(&self) -> Option<&Arc<Evidence>> {
        match &self.phase {
            Phase::Open { evidence, .. } | Phase::HalfOpen { evidence, .. } => Some(evidence),
            Phase::Closed { .. }
            | Phase::Disabled
            | Phase::Isolated { .. }
            | Phase::MetricsOnly { .. } => None,
        }
    }
}
