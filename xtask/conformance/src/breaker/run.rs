use std::collections::HashMap;
use std::time::{Duration, Instant};

use readmit_breaker::{Breaker, Change, Outcome, Permit, Report, Snapshot, State};
use readmit_core::{Clock, Draw, SystemClock};
use serde_json::{Map, Value, json};

use crate::breaker::settings::{Policy, Settings};
use crate::breaker::step::{Action, Op, Step, Told};

/// A breaker on a virtual clock, and what has come of the steps so far.
#[derive(Debug)]
pub(super) struct Run<'a> {
    breaker: Breaker,
    policy: &'a Policy,
    t0: Instant,
    permits: HashMap<String, Permit>,
    opened: u64,
    failures_exceeded: u64,
    slow_exceeded: u64,
}

/// What is compared, what it must be, what it is.
pub(super) type Compared = (&'static str, Value, Value);

impl<'a> Run<'a> {
    pub(super) fn new(settings: &'a Settings) -> Result<Run<'a>, String> {
        let config = settings.config().map_err(|error| error.to_string())?;
        let mut breaker = Breaker::new(config);
        match settings.initial_state.as_deref() {
            None | Some("closed") => {}
            Some("metrics_only") => {
                breaker.metrics_only();
            }
            Some("disabled") => {
                breaker.disable();
            }
            Some(other) => return Err(format!("no circuit begins as {other}")),
        }
        Ok(Run {
            breaker,
            policy: &settings.outcome_policy,
            // The instants of a case count from this one, so which it is does not matter.
            t0: SystemClock.now(),
            permits: HashMap::new(),
            opened: 0,
            failures_exceeded: 0,
            slow_exceeded: 0,
        })
    }

    /// Takes a step, as often as it says, and returns all that is to be compared.
    pub(super) fn take(&mut self, step: &Step) -> Result<Vec<Compared>, String> {
        let now = self.t0 + Duration::from_millis(step.t);
        let mut compared = Vec::new();
        for _ in 0..step.repeat.unwrap_or(1) {
            let permitted = match step.op {
                Op::Acquire => self.acquire(now, step.call.clone()),
                Op::Call => {
                    let name = String::from("the call of this step");
                    let permitted = self.acquire(now, name.clone());
                    self.finish(now, &name, step)?;
                    permitted
                }
                Op::Control => {
                    self.control(now, step)?;
                    continue;
                }
                Op::Finish => {
                    self.finish(now, &step.call, step)?;
                    continue;
                }
                Op::Observe => continue,
            };
            if let Some(expected) = step.expect.get("permit") {
                compared.push(("permit", expected.clone(), json!(permitted)));
            }
        }
        compared.extend(self.compare(now, &step.expect)?);
        Ok(compared)
    }

    fn acquire(&mut self, now: Instant, name: String) -> bool {
        let step = self.breaker.try_acquire(now, Draw::MAX);
        self.note(step.change);
        match step.decision {
            Ok(permit) => {
                self.permits.insert(name, permit);
                true
            }
            Err(_) => false,
        }
    }

    /// Delivers the outcome; a call that was not permitted has none.
    fn finish(&mut self, now: Instant, name: &str, step: &Step) -> Result<(), String> {
        let Some(permit) = self.permits.remove(name) else { return Ok(()) };
        let told = step.outcome.ok_or("a call ends without an outcome")?;
        let mut report = Report::from(self.outcome(told)?);
        if let Some(took) = step.duration_ms {
            report = report.took(Duration::from_millis(took));
        }
        let change = self.breaker.settle(now, permit, report, Draw::MAX).change;
        self.note(change);
        Ok(())
    }

    fn outcome(&self, told: Told) -> Result<Outcome, String> {
        let policy = match told {
            Told::Failure => return Ok(Outcome::Fail),
            Told::Success => return Ok(Outcome::Succeed),
            Told::Cancelled => (&self.policy.cancelled, Outcome::Abandon),
            Told::Ignored => (&self.policy.ignored, Outcome::Ignore),
        };
        match policy.0.as_deref() {
            None | Some("neutral") => Ok(policy.1),
            Some("success") => Ok(Outcome::Succeed),
            Some("reopen") => Ok(Outcome::Fail),
            Some(other) => Err(format!("no outcome is treated as {other}")),
        }
    }

    fn control(&mut self, now: Instant, step: &Step) -> Result<(), String> {
        let breaker = &mut self.breaker;
        let change = match step.action.ok_or("an operator does nothing")? {
            Action::Close => breaker.close(),
            Action::Disable => breaker.disable(),
            Action::ForceOpen | Action::Isolate => breaker.isolate(),
            Action::HalfOpen => breaker.probe_now(now),
            Action::MetricsOnly => breaker.metrics_only(),
            Action::Open => breaker.trip(now, Draw::MAX),
            Action::OpenFor => {
                let length = step.arg.ok_or("a circuit opens for no time")?;
                breaker.trip_for(now, Duration::from_millis(length))
            }
            Action::ReleaseIsolation => breaker.release(),
            Action::Reset => breaker.reset(),
        };
        self.note(change);
        Ok(())
    }

    fn note(&mut self, change: Option<Change>) {
        match change {
            Some(Change::Opened { .. }) => self.opened += 1,
            Some(Change::Exceeded { failures, slow }) => {
                self.failures_exceeded += u64::from(failures);
                self.slow_exceeded += u64::from(slow);
            }
            Some(_) | None => {}
        }
    }

    fn compare(&self, now: Instant, expect: &Map<String, Value>) -> Result<Vec<Compared>, String> {
        let snapshot = self.breaker.snapshot(now);
        let mut compared = Vec::new();
        for (what, expected) in expect {
            let Some((name, got)) = self.told(what, &snapshot, now) else {
                match what.as_str() {
                    // Compared at each repetition already; no action of an operator is illegal.
                    "permit" | "control" => continue,
                    _ => return Err(format!("nothing is called {what}")),
                }
            };
            let got = if is_near(expected, &got) { expected.clone() } else { got };
            compared.push((name, expected.clone(), got));
        }
        Ok(compared)
    }

    fn told(&self, what: &str, snapshot: &Snapshot, now: Instant) -> Option<(&'static str, Value)> {
        let tally = snapshot.tally();
        Some(match what {
            "calls" => ("calls", json!(tally.calls())),
            "consecutive_failures" => ("consecutive_failures", json!(tally.consecutive_failures())),
            "failure_rate" => ("failure_rate", json!(snapshot.failure_rate())),
            "failure_rate_exceeded_events" => {
                ("failure_rate_exceeded_events", json!(self.failures_exceeded))
            }
            "failures" => ("failures", json!(tally.failures())),
            "not_permitted" => ("not_permitted", json!(snapshot.rejections())),
            "opened_events" => ("opened_events", json!(self.opened)),
            "retry_after_ms" => {
                let wait = snapshot.retry_at().map(|at| at.saturating_duration_since(now));
                let ms = wait.and_then(|wait| u64::try_from(wait.as_millis()).ok());
                ("retry_after_ms", json!(ms))
            }
            "slow" => ("slow", json!(tally.slow())),
            "slow_rate" => ("slow_rate", json!(snapshot.slow_rate())),
            "slow_rate_exceeded_events" => ("slow_rate_exceeded_events", json!(self.slow_exceeded)),
            "state" => ("state", json!(name(snapshot.state()))),
            "successes" => ("successes", json!(tally.successes())),
            _ => return None,
        })
    }
}

/// Whether two rates are the same to three places.
fn is_near(expected: &Value, got: &Value) -> bool {
    match (expected.as_f64(), got.as_f64()) {
        (Some(expected), Some(got)) => (expected - got).abs() < 0.000_5,
        (_, _) => false,
    }
}

fn name(state: State) -> &'static str {
    match state {
        State::Closed => "closed",
        State::Disabled => "disabled",
        State::HalfOpen => "half_open",
        State::Isolated => "forced_open",
        State::MetricsOnly => "metrics_only",
        State::Open => "open",
    }
}
