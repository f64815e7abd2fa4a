use readmit_breaker::{Outcome, State};

use crate::settings::{Failures, Rule, Settings, Span};
use crate::{Action, Shown};

/// Keeps every call and every outcome, and counts them from the beginning for each question.
pub(crate) struct Reference {
    settings: Settings,
    pub(crate) now: u64,
    phase: Phase,
    /// The changes of state so far.
    epoch: usize,
    calls: Vec<Call>,
    samples: Vec<Sample>,
    /// When the first call was asked for: from there time is divided into parts.
    origin: Option<u64>,
    /// Every look at the calls under way: by the last it was known which are slow.
    looks: Vec<u64>,
    rejections: Vec<usize>,
    /// The lengths of the openings in a row.
    lengths: Vec<u64>,
    closed_at: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed { since: Option<u64> },
    Disabled,
    HalfOpen,
    Isolated(u32),
    MetricsOnly,
    Open { until: u64, tally: [usize; 4] },
}

struct Call {
    epoch: usize,
    at: u64,
    is_probe: bool,
    is_replaced: bool,
    is_over: bool,
}

#[derive(Clone, Copy)]
struct Sample {
    epoch: usize,
    at: u64,
    failed: bool,
    slow: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    Admitted { is_probe: bool },
    Rejected { retry_at: Option<u64> },
}

impl Reference {
    pub(crate) fn new(settings: Settings) -> Reference {
        Reference {
            settings,
            now: 0,
            phase: Phase::Closed { since: None },
            epoch: 0,
            calls: Vec::new(),
            samples: Vec::new(),
            origin: None,
            looks: Vec::new(),
            rejections: Vec::new(),
            lengths: Vec::new(),
            closed_at: None,
        }
    }

    pub(crate) fn acquire(&mut self, quarters: u8) -> Answer {
        self.origin.get_or_insert(self.now);
        if self.is_due() {
            self.enter(Phase::HalfOpen);
        }
        match self.phase {
            Phase::Disabled => self.admit(false),
            Phase::MetricsOnly => {
                self.looks.push(self.now);
                self.admit(false)
            }
            Phase::Isolated(_) => self.reject(None),
            Phase::Open { until, .. } => self.reject(Some(until)),
            Phase::HalfOpen => self.acquire_probe(),
            Phase::Closed { since } => {
                if self.became_slow() && self.is_exceeded() {
                    let until = self.open(None);
                    return self.reject(Some(until));
                }
                if let (Some(since), Some(ramp)) = (since, self.settings.ramp) {
                    // A quarter of the draw is at most a tenth, and nine tenths of what is gone.
                    let (gone, quarters) = (self.now - since, u64::from(quarters));
                    if gone < ramp && 4 * (ramp + 9 * gone) < 10 * ramp * quarters {
                        return self.reject(Some(since + ramp));
                    }
                }
                self.admit(false)
            }
        }
    }

    fn acquire_probe(&mut self) -> Answer {
        let lease = self.settings.lease;
        if self.probes().len() + self.window().len() >= self.settings.probes as usize {
            let now = self.now;
            let ended: Vec<_> =
                self.probes().into_iter().filter(|&at| self.calls[at].at + lease <= now).collect();
            for &at in &ended {
                self.calls[at].is_replaced = true;
            }
            if ended.is_empty() {
                return self.reject(self.first_lease());
            }
        }
        self.admit(true)
    }

    pub(crate) fn settle(&mut self, call: usize, outcome: Outcome, server: Option<u64>) {
        self.calls[call].is_over = true;
        let Call { epoch, at, is_probe, is_replaced, .. } = self.calls[call];
        let held = self.now - at;
        let failed = match outcome {
            Outcome::Abandon if held <= self.settings.abandon_counts_after => return,
            Outcome::Abandon | Outcome::Fail => true,
            Outcome::Ignore => return,
            Outcome::Succeed => false,
        };
        if epoch != self.epoch || is_replaced || matches!(self.phase, Phase::Disabled) {
            return;
        }
        let slow = self.settings.slow_after().is_some_and(|after| after < held);
        self.samples.push(Sample { epoch, at: self.now, failed, slow });
        match self.phase {
            Phase::Closed { .. } if (failed || slow) && self.is_exceeded() => {
                self.open(server);
            }
            Phase::HalfOpen if is_probe => {
                let needed = self.settings.needed as usize;
                let good = self.window().iter().filter(|it| !it.failed && !it.slow).count();
                let bad = self.window().len() - good;
                if good >= needed {
                    self.closed_at = Some(self.now);
                    self.enter(Phase::Closed { since: Some(self.now) });
                } else if bad + needed > self.settings.probes as usize {
                    self.open(server);
                }
            }
            Phase::Closed { .. }
            | Phase::Disabled
            | Phase::HalfOpen
            | Phase::Isolated(_)
            | Phase::MetricsOnly
            | Phase::Open { .. } => {}
        }
    }

    pub(crate) fn operate(&mut self, action: Action) {
        match (action, self.phase) {
            (Action::Release, Phase::Isolated(1)) | (Action::Reset, _) => self.begin_anew(),
            (Action::Release, Phase::Isolated(times)) => self.phase = Phase::Isolated(times - 1),
            (Action::Isolate, Phase::Isolated(times)) => self.phase = Phase::Isolated(times + 1),
            (Action::Release, _) | (_, Phase::Isolated(_)) => {}
            (Action::Close, _) => self.begin_anew(),
            (Action::Disable, _) => self.enter(Phase::Disabled),
            (Action::Isolate, _) => self.enter(Phase::Isolated(1)),
            (Action::MetricsOnly, _) => self.enter(Phase::MetricsOnly),
            (Action::ProbeNow, _) => self.enter(Phase::HalfOpen),
            (Action::Trip, _) => {
                self.open(None);
            }
            (Action::TripFor(ms), _) => {
                let (until, tally) = (self.now + ms, self.tally());
                self.enter(Phase::Open { until, tally });
            }
        }
    }

    pub(crate) fn shown(&self) -> Shown {
        let state = match self.phase {
            Phase::Closed { .. } => State::Closed,
            Phase::Disabled => State::Disabled,
            Phase::HalfOpen => State::HalfOpen,
            Phase::Isolated(_) => State::Isolated,
            Phase::MetricsOnly => State::MetricsOnly,
            Phase::Open { .. } if self.is_due() => State::HalfOpen,
            Phase::Open { .. } => State::Open,
        };
        let is_full = || {
            let lease = self.settings.lease;
            let is_busy = |&at: &usize| self.now < self.calls[at].at + lease;
            let used = self.probes().len() + self.window().len();
            used >= self.settings.probes as usize && self.probes().iter().all(is_busy)
        };
        let is_rejecting = match self.phase {
            Phase::Isolated(_) => true,
            Phase::Open { .. } => !self.is_due(),
            Phase::HalfOpen => is_full(),
            Phase::Closed { .. } | Phase::Disabled | Phase::MetricsOnly => false,
        };
        let rejections = self.rejections.iter().filter(|&&epoch| epoch == self.epoch).count();
        Shown {
            state,
            tally: self.tally(),
            rejections: rejections as u64,
            wake_at: self.wake_at(),
            is_rejecting,
        }
    }

    pub(crate) fn wake_at(&self) -> Option<u64> {
        match self.phase {
            Phase::Open { until, .. } => Some(until),
            Phase::HalfOpen => {
                let used = self.probes().len() + self.window().len();
                if used < self.settings.probes as usize { None } else { self.first_lease() }
            }
            Phase::Closed { .. } | Phase::Disabled | Phase::Isolated(_) | Phase::MetricsOnly => {
                None
            }
        }
    }

    /// The calls without an outcome, of whatever epoch.
    pub(crate) fn under_way(&self) -> Vec<usize> {
        (0..self.calls.len()).filter(|&at| !self.calls[at].is_over).collect()
    }

    fn admit(&mut self, is_probe: bool) -> Answer {
        let (epoch, at) = (self.epoch, self.now);
        self.calls.push(Call { epoch, at, is_probe, is_replaced: false, is_over: false });
        Answer::Admitted { is_probe }
    }

    fn reject(&mut self, retry_at: Option<u64>) -> Answer {
        self.rejections.push(self.epoch);
        Answer::Rejected { retry_at }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.epoch += 1;
    }

    fn begin_anew(&mut self) {
        self.lengths.clear();
        self.closed_at = None;
        self.enter(Phase::Closed { since: None });
    }

    fn open(&mut self, server: Option<u64>) -> u64 {
        let last = self.lengths.last().copied().unwrap_or(0);
        if self.closed_at.take().is_some_and(|at| at + last <= self.now) {
            self.lengths.clear();
        }
        let own = match self.lengths.last() {
            None => self.settings.open,
            Some(last) => {
                (last * u64::from(self.settings.growth) / 100).min(self.settings.max_open)
            }
        };
        self.lengths.push(own);
        let asked = server.unwrap_or(0).min(self.settings.server_cap);
        let (until, tally) = (self.now + own.max(asked), self.tally());
        self.enter(Phase::Open { until, tally });
        until
    }

    fn is_due(&self) -> bool {
        matches!(self.phase, Phase::Open { until, .. } if until <= self.now)
    }

    /// The probes under way of this epoch.
    fn probes(&self) -> Vec<usize> {
        let is_probe = |it: &Call| it.epoch == self.epoch && it.is_probe && !it.is_replaced;
        self.under_way().into_iter().filter(|&at| is_probe(&self.calls[at])).collect()
    }

    fn first_lease(&self) -> Option<u64> {
        self.probes().into_iter().map(|at| self.calls[at].at + self.settings.lease).min()
    }

    fn tally(&self) -> [usize; 4] {
        if let Phase::Open { tally, .. } = self.phase {
            return if self.is_due() { [0; 4] } else { tally };
        }
        let window = self.window();
        let slow_now = match self.phase {
            Phase::Closed { .. } | Phase::MetricsOnly => self.slow_by(self.now),
            Phase::Disabled | Phase::HalfOpen | Phase::Isolated(_) | Phase::Open { .. } => 0,
        };
        let count = |is: fn(&Sample) -> bool| window.iter().filter(|it| is(it)).count();
        let all = self.samples.iter().filter(|it| it.epoch == self.epoch);
        let in_a_row = all.rev().take_while(|it| it.failed).count();
        [
            count(|_| true) + slow_now,
            count(|it| it.failed),
            count(|it| it.slow) + slow_now,
            in_a_row,
        ]
    }

    /// The outcomes of this epoch that are still looked at.
    fn window(&self) -> Vec<Sample> {
        let all: Vec<_> =
            self.samples.iter().filter(|it| it.epoch == self.epoch).copied().collect();
        match self.settings.rule {
            _ if matches!(self.phase, Phase::HalfOpen) => all,
            Rule::InARow(_) => all,
            Rule::Window { span: Span::Calls(calls), .. } => {
                all[all.len().saturating_sub(calls as usize)..].to_vec()
            }
            Rule::Window { span: Span::Time(length), .. } => {
                let origin = self.origin.unwrap_or(self.now);
                let part = |at: u64| (at - origin) * 60 / length;
                let now = self.now;
                all.into_iter().filter(|it| part(now) - part(it.at) < 60).collect()
            }
        }
    }

    /// Takes a look at the calls under way, and says whether more are slow than at the last one.
    fn became_slow(&mut self) -> bool {
        let last = self.looks.last().copied().unwrap_or(self.now);
        self.looks.push(self.now);
        self.slow_by(last) < self.slow_by(self.now)
    }

    /// How many calls under way are certain to be slow at an instant.
    ///
    /// Time since the origin is divided into parts, and a call is slow when the part in which
    /// it began lies so far back that even its last nanosecond does.
    fn slow_by(&self, instant: u64) -> usize {
        let Some(after) = self.settings.slow_after() else { return 0 };
        let (Some(origin), after) = (self.origin, after * 1_000_000) else { return 0 };
        let mut width = 1;
        while width * 2 * 8 <= after {
            width *= 2;
        }
        let part = |at: u64| (at - origin) * 1_000_000 / width;
        let is_slow = |it: &Call| {
            let last_of_part = (part(it.at) + 1) * width - 1;
            last_of_part + after < part(instant) * width
        };
        let is_ours = |it: &Call| it.epoch == self.epoch && !it.is_probe && it.at <= instant;
        self.under_way()
            .into_iter()
            .filter(|&at| is_ours(&self.calls[at]) && is_slow(&self.calls[at]))
            .count()
    }

    fn is_exceeded(&self) -> bool {
        let [calls, failures, slow, in_a_row] = self.tally();
        match self.settings.rule {
            Rule::InARow(threshold) => in_a_row >= threshold as usize,
            Rule::Window { failures: threshold, slow: rule, min_calls, .. } => {
                let settled = self.window().len();
                let too_many = match threshold {
                    Failures::Count(count) => failures >= count as usize,
                    Failures::Percent(percent) => failures * 100 >= settled * usize::from(percent),
                };
                let too_slow =
                    rule.is_some_and(|(percent, _)| slow * 100 >= calls * usize::from(percent));
                let min_calls = min_calls as usize;
                (settled >= min_calls && too_many) || (calls >= min_calls && too_slow)
            }
        }
    }
}
