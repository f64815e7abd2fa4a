mod standing;

use std::fmt;
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use http::HeaderMap;
use readmit_breaker::{OwnedInFlight, Refusal, Report, Snapshot, State};
use readmit_classify::rate_limit::Reset;
use readmit_core::Clock;
use readmit_error::Failure;
use readmit_error::event::{CallContext, Event};
use readmit_limit::{Denied, Feedback, Why};
use readmit_retry::{Allowance, Budget, GiveUp, Next, Spent};
use tokio::sync::Notify;

use self::standing::Told;
use super::feedback::Hold;
use super::origin_key::OriginKey;
use super::refused::Refused;
use super::traffic::Traffic;
use super::{circuit_events, feedback};
use crate::watch::Watch;
use crate::{Circuit, ToldLimit};

/// What all calls to one origin share: a circuit breaker, a limiter and a retry budget.
///
/// The trouble of one origin is no other's.
pub(crate) struct Gate {
    key: OriginKey<String>,
    circuit: String,
    breaker: Option<Arc<Circuit>>,
    limiter: Option<readmit_limit::Shared<Arc<dyn Clock>>>,
    /// Whether the limiter wants to hear of answers that tell no limit, too.
    adapts: bool,
    /// What the server said last of its limit.
    told: Told,
    budget: Budget,
    /// Wakes those who wait for what a probe finds.
    probed: Notify,
    watch: Watch,
    traffic: Option<Traffic>,
    /// Whether it was asked for since somebody last looked for one to forget.
    used: AtomicBool,
}

/// How gates are made.
#[derive(Clone)]
pub(crate) struct GateConfig {
    pub(crate) breaker: Option<readmit_breaker::Config>,
    pub(crate) limit: Option<readmit_limit::Config>,
    pub(crate) adapts: bool,
    pub(crate) allowance: Allowance,
    /// Stands before the origin in the name of a circuit.
    pub(crate) prefix: &'static str,
    pub(crate) watch: Watch,
}

/// A request that was let through, until it is known what became of it.
///
/// Dropped before, it is abandoned, which counts as nothing, or against the service where it took
/// long (rule 61).
pub(crate) struct Entry {
    gate: Arc<Gate>,
    /// None once it is settled, or without a breaker.
    permit: Option<OwnedInFlight<Arc<dyn Clock>>>,
}

impl GateConfig {
    /// Returns how those of token endpoints are made, whose circuits have names of their own.
    pub(crate) fn of_tokens(&self) -> GateConfig {
        GateConfig { prefix: "token ", ..self.clone() }
    }
}

impl Gate {
    pub(crate) fn new(config: &GateConfig, key: OriginKey<&str>) -> Gate {
        let circuit = format!("{}{key}", config.prefix);
        let clock = &config.watch.clock;
        let breaker = config.breaker.clone().map(|breaker| {
            let tell = circuit_events::teller(&circuit, key, config.watch.clone());
            let breaker = readmit_breaker::Shared::timed_by(Arc::clone(clock), breaker);
            Arc::new(breaker.on_change(tell))
        });
        let traffic = config.watch.monitor.clone();
        let limit = |limit| readmit_limit::Shared::on(Arc::clone(clock), limit);
        Gate {
            key: key.to_owned(),
            circuit,
            breaker,
            limiter: config.limit.clone().map(limit),
            adapts: config.adapts,
            told: Told::nothing(clock.now()),
            budget: Budget::new(config.allowance.clone()),
            probed: Notify::new(),
            watch: config.watch.clone(),
            traffic: traffic.map(|monitor| Traffic::new(monitor, key.host(), clock.now())),
            used: AtomicBool::new(true),
        }
    }

    /// Returns a gate that refuses nobody, for origins that there is no room for.
    pub(crate) fn always_open(config: &GateConfig) -> Gate {
        Gate {
            key: OriginKey::NOWHERE.to_owned(),
            circuit: String::new(),
            breaker: None,
            limiter: None,
            adapts: false,
            told: Told::nothing(config.watch.clock.now()),
            budget: Budget::new(config.allowance.clone()),
            probed: Notify::new(),
            watch: config.watch.clone(),
            traffic: None,
            used: AtomicBool::new(true),
        }
    }

    /// Returns why a request is certain to be refused at this moment, and takes nothing.
    pub(crate) fn peek(&self, now: Instant) -> Result<(), Refused> {
        match self.breaker.as_ref().and_then(|breaker| breaker.rejection_at(now)) {
            Some(rejected) => Err(Refused::Circuit(rejected)),
            None => Ok(()),
        }
    }

    /// Takes the turn of one request, and waits for it where need be; returns whether it waited.
    ///
    /// Callers are served in the order of arrival, and one that would be served after its deadline
    /// is refused at once (rules 71 and 72).
    pub(crate) async fn turn(
        &self,
        deadline_at: Option<Instant>,
        context: impl FnOnce() -> CallContext,
    ) -> Result<bool, Refused> {
        let Some(limiter) = &self.limiter else {
            return Ok(false);
        };
        let Err(denied) = limiter.try_acquire() else {
            return Ok(false);
        };
        // A call without a deadline waits as long as the retry of one would at most.
        let patience = || self.watch.clock.now().checked_add(PATIENCE);
        let deadline_at = deadline_at.or_else(patience);
        self.tell_wait(&denied, deadline_at, context);
        // Boxed, so that calls that need not wait are no larger for it.
        let waiting = limiter.acquire_with(tokio::time::sleep, NonZeroU32::MIN, deadline_at);
        Box::pin(waiting).await.map_err(Refused::Limit)?;
        Ok(true)
    }

    /// Lets a request through.
    pub(crate) fn enter(self: &Arc<Gate>, now: Instant) -> Result<Entry, Refused> {
        let permit = match &self.breaker {
            Some(breaker) => Some(breaker.try_acquire_owned_at(now).map_err(Refused::Circuit)?),
            None => None,
        };
        Ok(Entry { gate: Arc::clone(self), permit })
    }

    /// Lets a request through that cannot wait for its turn, such as one that was redirected here.
    pub(crate) fn enter_at_once(self: &Arc<Gate>, now: Instant) -> Result<Entry, Refused> {
        self.peek(now)?;
        if let Some(limiter) = &self.limiter {
            limiter.try_acquire().map_err(Refused::Limit)?;
        }
        self.enter(now)
    }

    /// Returns what comes next for a request that would find no way in before this is over.
    ///
    /// `throttled` says whether a server has just asked for less.
    pub(crate) fn once_open(
        &self,
        next: Next,
        now: Instant,
        throttled: bool,
        deadline_at: Option<Instant>,
    ) -> Next {
        let Next::RetryIn(delay) = next else {
            return next;
        };
        let needed = delay.max(self.shut_for(now, throttled));
        let retry_at = now.checked_add(needed);
        let left = deadline_at.map(|at| at.saturating_duration_since(now));
        match left.filter(|left| *left < needed) {
            Some(left) => Next::GiveUp(GiveUp::DeadlineTooNear { needed, left, retry_at }),
            None => Next::RetryIn(needed),
        }
    }

    /// Waits before a retry: for so long, and then for as long as a probe is under way that decides
    /// for everybody.
    pub(crate) async fn rest(&self, delay: Duration) {
        tokio::time::sleep(delay).await;
        loop {
            // Listening begins before the question, so that no probe ends between the two.
            let mut probed = pin!(self.probed.notified());
            probed.as_mut().enable();
            let Some(lease_ends) = self.probed_until(self.watch.clock.now()) else {
                return;
            };
            let _ended_or_told = tokio::time::timeout_at(lease_ends.into(), probed).await;
        }
    }

    /// Returns what retries of requests to here may cost.
    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Counts a request that is sent.
    pub(crate) fn sends(&self, now: Instant, route: Option<&str>) {
        if let Some(traffic) = &self.traffic {
            traffic.hit(now, route);
        }
    }

    /// Takes note of a call that succeeded, or that failed of itself (rule 52).
    pub(crate) fn succeeded(&self, last_retry: Option<Spent>) {
        match last_retry {
            Some(spent) => self.budget.refund(spent),
            None => self.budget.deposit(),
        }
    }

    /// Makes a failure of a refusal, and tells of it.
    pub(crate) fn refusal(
        &self,
        refused: &Refused,
        context: impl FnOnce() -> CallContext,
    ) -> Failure {
        let clock = &self.watch.clock;
        let failure = refused.failure(&self.circuit, clock.now(), clock.wall());
        if let Refused::Circuit(_) = refused {
            let event = Event::CircuitRejected { circuit: self.circuit.clone() };
            self.watch.tell(event, context(), Some(&failure));
        }
        failure
    }

    /// Hears what an answer says of limits.
    pub(crate) fn hear(&self, headers: &HeaderMap, hold: Option<Hold>, unit: Option<Reset>) {
        let Some(limiter) = &self.limiter else {
            return;
        };
        let told = feedback::feedback(headers, hold, unit, || self.watch.clock.wall());
        if let Some((remaining, reset)) = told.as_ref().and_then(Feedback::left) {
            self.note_limit(remaining, reset);
        }
        if let Some(feedback) = told.or(self.adapts.then(Feedback::accepted)) {
            let _ = limiter.feed(&feedback);
        }
    }

    /// Returns the name of its circuit and how that stands, where it has one.
    pub(crate) fn circuit(&self) -> Option<(String, Snapshot)> {
        Some((self.circuit.clone(), self.breaker.as_ref()?.snapshot()))
    }

    /// Returns its circuit, where it has one.
    pub(crate) fn breaker(&self) -> Option<Arc<Circuit>> {
        self.breaker.clone()
    }

    pub(crate) fn is_of(&self, key: OriginKey<&str>) -> bool {
        key.is(&self.key)
    }

    /// Takes note that it is of use.
    pub(crate) fn mark_used(&self) {
        // Relaxed: it orders nothing. Written only where that changes it, so that callers share it
        // without contention.
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
    }

    /// Returns whether it may be forgotten: nobody used it since this was last asked, and a new one
    /// would let through the same (rule 68).
    pub(crate) fn is_idle(&self) -> bool {
        // Relaxed: as above.
        let was_used = self.used.swap(false, Ordering::Relaxed);
        let closed = |breaker: &Arc<Circuit>| {
            // A permit under way holds the breaker.
            Arc::strong_count(breaker) == 1 && breaker.state() == State::Closed
        };
        !was_used
            && self.breaker.as_ref().is_none_or(closed)
            && self.limiter.as_ref().is_none_or(readmit_limit::Shared::is_idle)
    }

    /// Returns how long a request would be kept out; how long a probe takes is not known, and
    /// [`rest`](Gate::rest) waits for it.
    fn shut_for(&self, now: Instant, throttled: bool) -> Duration {
        let rejected = self.breaker.as_ref().and_then(|breaker| breaker.rejection_at(now));
        let opens_at = rejected
            .filter(|rejected| rejected.refusal() != Refusal::Probing)
            .and_then(|rejected| rejected.retry_at());
        let open = opens_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        // Without a hold the limiter only paces, and has a queue for that.
        let held = match &self.limiter {
            Some(limiter) if throttled => limiter.peek().wait(),
            Some(_) | None => Duration::ZERO,
        };
        open.max(held)
    }

    /// Returns when the first lease ends of the probes that keep others out.
    fn probed_until(&self, now: Instant) -> Option<Instant> {
        let rejected = self.breaker.as_ref()?.rejection_at(now)?;
        match rejected.refusal() {
            Refusal::Probing => rejected.retry_at(),
            Refusal::Isolated | Refusal::Open | Refusal::Ramping => None,
        }
    }

    /// Tells of a wait that the server asked for; that a quota of one's own makes calls wait is no
    /// news.
    fn tell_wait(
        &self,
        denied: &Denied,
        deadline_at: Option<Instant>,
        context: impl FnOnce() -> CallContext,
    ) {
        let in_time = denied.retry_at().zip(deadline_at).is_some_and(|(at, by)| at <= by);
        match denied.why() {
            Why::Exhausted | Why::Held if in_time => {
                let told = self.limit_told(self.watch.clock.now());
                let event = Event::RateLimitHit {
                    limit: None,
                    remaining: told.map(|told: ToldLimit| told.remaining),
                    reset: told.map(|told| told.resets_in),
                    policy: None,
                    retry_after: denied.wait(),
                };
                self.watch.tell(event, context(), None);
            }
            // A refusal is told as the failure that it is.
            Why::Exhausted | Why::Held | Why::Paced | Why::Queued | Why::TooMany => {}
        }
    }
}

impl Entry {
    /// Returns the gate that it was let through.
    pub(crate) fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Tells what became of the request.
    pub(crate) fn settle(mut self, report: impl Copy + Into<Report>) {
        self.end(|permit| permit.settle(report));
    }

    fn end(&mut self, end: impl FnOnce(OwnedInFlight<Arc<dyn Clock>>)) {
        let Some(permit) = self.permit.take() else {
            return;
        };
        let is_probe = permit.is_probe();
        end(permit);
        if is_probe {
            self.gate.probed.notify_waiters();
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.end(drop);
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("circuit", &self.circuit).finish_non_exhaustive()
    }
}

/// The longest wait that [`readmit_retry::Policy::DEFAULT`] lets a server ask for.
const PATIENCE: Duration = Duration::from_secs(3_600);
