use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use readmit_core::{Clock, Draw, Draws, Epoch, SystemClock};

use crate::hint::Hint;
use crate::mutants::mutate;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering};
use crate::{
    Breaker, Change, Config, InFlight, Outcome, OwnedInFlight, Permit, Rejected, Report, Snapshot,
    State,
};

mod calls;
mod operator;

/// A breaker that many threads share.
///
/// A success on a healthy circuit is two atomic loads, with no lock and no clock; everything else
/// locks the [machine](Breaker) for one step.
/// Nothing in here waits.
///
/// # Example
///
/// ```
/// use readmit_breaker::{Config, Outcome, Shared, State};
///
/// let breaker = Shared::new(Config::consecutive_failures(2).build()?);
/// for _ in 0..2 {
///     let call = breaker.try_acquire()?;
///     call.settle(Outcome::Fail);
/// }
///
/// let rejected = breaker.try_acquire().unwrap_err();
/// assert_eq!(
///     rejected.to_string(),
///     "the circuit is open: 2 calls in a row failed (the threshold is 2 in a row)"
/// );
/// assert!(rejected.retry_at().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Shared<C: Clock = SystemClock> {
    inside: Mutex<Inside>,
    /// What the machine says needs no lock: written under the lock, read without it.
    hint: AtomicU64,
    clock: C,
    draws: Draws,
    observer: Option<Box<Observer>>,
}

/// Who is told of changes.
type Observer = dyn Fn(&Change) + Send + Sync;

struct Inside {
    machine: Breaker,
    /// The draw for the next step; one that decided nothing is as good as new.
    draw: Draw,
}

impl Shared {
    /// Returns a closed circuit that reads the system's clock.
    #[must_use]
    pub fn new(config: Config) -> Shared {
        Shared::timed_by(SystemClock, config)
    }
}

impl<C: Clock> Shared<C> {
    /// Returns a closed circuit that reads this clock.
    #[must_use]
    pub fn timed_by(clock: C, config: Config) -> Shared<C> {
        let machine = Breaker::new(config);
        let hint = AtomicU64::new(machine.hint().word());
        let draws = Draws::from_process();
        let inside = Mutex::new(Inside { machine, draw: draws.draw() });
        Shared { inside, hint, clock, draws, observer: None }
    }

    /// Sets the source of the random numbers, for a test that is to repeat itself.
    ///
    /// Default: one that is seeded from the operating system.
    #[must_use]
    pub fn draws(mut self, draws: Draws) -> Shared<C> {
        self.inside().draw = draws.draw();
        self.draws = draws;
        self
    }

    /// Sets who is told of each change, after the lock is released.
    ///
    /// Changes of two threads may be told in another order than they happened.
    /// The observer may use the breaker itself; if it panics, so does the call that it is told by,
    /// and the breaker goes on as if the observer had returned.
    ///
    /// Default: nobody.
    #[must_use]
    pub fn on_change(mut self, observer: impl Fn(&Change) + Send + Sync + 'static) -> Shared<C> {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Asks for a permit to make one call, and never waits for it.
    ///
    /// The clock is read only where the answer depends on it, so the guard may not know since when
    /// it is held; [`try_acquire_at`](Shared::try_acquire_at) lets it know.
    ///
    /// # Errors
    ///
    /// [`Rejected`] where the call must not be made; it says when to come back, and why not now.
    #[inline]
    pub fn try_acquire(&self) -> Result<InFlight<'_, C>, Rejected> {
        match self.look().admitting() {
            Some(epoch) => Ok(InFlight::new(self, Permit::new(epoch, None))),
            None => Ok(InFlight::new(self, self.acquire(self.clock.now())?)),
        }
    }

    /// Asks for a permit to make one call, for a caller who knows the time.
    ///
    /// # Errors
    ///
    /// [`Rejected`], as for [`try_acquire`](Shared::try_acquire).
    #[inline]
    pub fn try_acquire_at(&self, now: Instant) -> Result<InFlight<'_, C>, Rejected> {
        match self.look().admitting() {
            Some(epoch) => Ok(InFlight::new(self, Permit::new(epoch, Some(now)))),
            None => Ok(InFlight::new(self, self.acquire(now)?)),
        }
    }

    /// Asks for a permit whose guard may go anywhere, at the price of a clone of the [`Arc`].
    ///
    /// # Errors
    ///
    /// [`Rejected`], as for [`try_acquire`](Shared::try_acquire).
    pub fn try_acquire_owned(self: &Arc<Self>) -> Result<OwnedInFlight<C>, Rejected> {
        Ok(OwnedInFlight::new(Arc::clone(self), self.try_acquire()?.into_permit()))
    }

    /// The same, for a caller who knows the time.
    ///
    /// # Errors
    ///
    /// [`Rejected`], as for [`try_acquire`](Shared::try_acquire).
    pub fn try_acquire_owned_at(
        self: &Arc<Self>,
        now: Instant,
    ) -> Result<OwnedInFlight<C>, Rejected> {
        Ok(OwnedInFlight::new(Arc::clone(self), self.try_acquire_at(now)?.into_permit()))
    }

    /// Returns what a call at this moment would be told that is certain to be rejected, and takes
    /// nothing.
    #[inline]
    #[must_use]
    pub fn rejection(&self) -> Option<Rejected> {
        if self.look().admitting().is_some() {
            return None;
        }
        self.rejection_at(self.clock.now())
    }

    /// The same, for a caller who knows the time.
    #[must_use]
    pub fn rejection_at(&self, now: Instant) -> Option<Rejected> {
        if self.look().admitting().is_some() {
            return None;
        }
        self.inside().machine.rejection(now)
    }

    /// Returns the state.
    #[must_use]
    pub fn state(&self) -> State {
        let now = self.clock.now();
        self.inside().machine.state(now)
    }

    /// Returns whether the circuit is closed, without a look at the clock.
    pub(crate) fn is_closed(&self) -> bool {
        self.inside().machine.is_closed()
    }

    /// Returns what there is to show.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let now = self.clock.now();
        self.inside().machine.snapshot(now)
    }

    #[inline]
    pub(crate) fn settle(&self, permit: Permit, report: impl Copy + Into<Report>) {
        let told: Report = report.into();
        if self.changes_nothing(&permit, told.outcome()) {
            return;
        }
        let (epoch, acquired_at, probe) = permit.into_parts();
        if told.is_bare_success() {
            self.settle_success(epoch, acquired_at, probe);
        } else {
            self.settle_parts(epoch, acquired_at, probe, report);
        }
    }

    #[inline]
    pub(crate) fn settle_at(&self, now: Instant, permit: Permit, report: impl Copy + Into<Report>) {
        let told: Report = report.into();
        if self.changes_nothing(&permit, told.outcome()) {
            return;
        }
        if told.is_bare_success() {
            self.succeed(now, permit);
        } else {
            self.settle_locked(now, permit, told);
        }
    }

    /// Returns whether the machine need not hear of this, without the lock and the clock.
    #[inline]
    fn changes_nothing(&self, permit: &Permit, outcome: Outcome) -> bool {
        match outcome {
            // A success of an earlier epoch is counted nowhere, so its epoch does not matter.
            Outcome::Succeed => mutate!(24, self.look().is_clear(), true),
            // Admitted without a look at the clock: it holds no slot, and its age is unknown.
            Outcome::Abandon | Outcome::Ignore => permit.acquired_at().is_none(),
            Outcome::Fail => false,
        }
    }

    /// Settles with the clock read here.
    ///
    /// It is not inlined, and its arguments fit into registers, so that the healthy path of its
    /// callers writes nothing to memory; so is the next one.
    #[inline(never)]
    fn settle_parts(
        &self,
        epoch: Epoch,
        acquired_at: Option<Instant>,
        probe: Option<NonZeroU32>,
        report: impl Into<Report>,
    ) {
        let permit = Permit::from_parts(epoch, acquired_at, probe);
        self.settle_locked(self.clock.now(), permit, report.into());
    }

    #[inline(never)]
    fn settle_success(
        &self,
        epoch: Epoch,
        acquired_at: Option<Instant>,
        probe: Option<NonZeroU32>,
    ) {
        self.succeed(self.clock.now(), Permit::from_parts(epoch, acquired_at, probe));
    }

    /// Settles a success, which most often decides nothing.
    fn succeed(&self, now: Instant, permit: Permit) {
        let mut inside = self.inside();
        if inside.machine.succeed_calmly(now, &permit).is_some() {
            self.publish(&inside);
            return;
        }
        drop(inside);
        self.settle_locked(now, permit, Outcome::Succeed.into());
    }

    #[inline(never)]
    fn settle_locked(&self, now: Instant, permit: Permit, report: Report) {
        let mut inside = self.inside();
        let draw = inside.draw;
        let change = inside.machine.settle(now, permit, report, draw).change;
        inside.redraw_if(change.is_some(), &self.draws);
        self.publish(&inside);
        drop(inside);
        self.tell(change);
    }

    #[inline(never)]
    fn acquire(&self, now: Instant) -> Result<Permit, Rejected> {
        let mut inside = self.inside();
        if let Some(permit) = inside.machine.admit_calmly(now) {
            return Ok(permit);
        }
        if let Some(rejected) = inside.machine.refuse(now) {
            return Err(rejected);
        }
        drop(inside);
        self.acquire_by_chance(now)
    }

    /// Asks where the answer may change the circuit, or where chance has a say.
    #[cold]
    fn acquire_by_chance(&self, now: Instant) -> Result<Permit, Rejected> {
        let mut inside = self.inside();
        let (draw, is_chance) = (inside.draw, inside.machine.is_ramping());
        let step = inside.machine.try_acquire(now, draw);
        inside.redraw_if(is_chance || step.change.is_some(), &self.draws);
        self.publish(&inside);
        drop(inside);
        // In a guard meanwhile, because an observer may panic.
        let asked = step.decision.map(|permit| InFlight::new(self, permit));
        self.tell(step.change);
        asked.map(InFlight::into_permit)
    }

    #[inline]
    fn look(&self) -> Hint {
        // Relaxed: whoever learned of a change from the thread that made it sees its store, and for
        // anyone else this call came before the change.
        Hint::from_word(self.hint.load(Ordering::Relaxed))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Nothing in there panics half way through a change, so what a poisoned lock holds is whole.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what the machine says, before the lock is released.
    fn publish(&self, inside: &Inside) {
        let word = inside.machine.hint().word();
        // Relaxed: the lock orders the stores, and `look` says why its load needs no more.
        // A store of the same word would only take the line from the threads that read it.
        if self.hint.load(Ordering::Relaxed) != word {
            self.hint.store(word, Ordering::Relaxed);
        }
    }

    fn tell(&self, change: Option<Change>) {
        if let (Some(change), Some(observer)) = (change, &self.observer) {
            observer(&change);
        }
    }
}

impl Inside {
    fn redraw_if(&mut self, is_used: bool, draws: &Draws) {
        if is_used {
            self.draw = draws.draw();
        }
    }
}

impl fmt::Debug for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.machine.fmt(f)
    }
}

impl<C: Clock> fmt::Debug for Shared<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("inside", &self.inside).finish_non_exhaustive()
    }
}

#[cfg(not(loom))]
#[cfg(test)]
mod tests;

#[cfg(loom)]
#[cfg(test)]
mod loom_tests;
