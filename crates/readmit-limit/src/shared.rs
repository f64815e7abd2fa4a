use std::num::NonZeroU32;
use std::sync::PoisonError;
use std::task::Waker;
use std::time::Instant;

use readmit_core::{Clock, Draws, SystemClock};

use crate::gate::{Gate, Shown, Stopped};
use crate::limiter::Turn;
use crate::mutants::mutate;
use crate::origin::Origin;
use crate::queue::Queue;
use crate::sync::{Mutex, MutexGuard};
use crate::{Change, Config, Denied, Feedback, Limiter, Quota, Snapshot, Why};

/// A limiter that many callers share.
///
/// As long as one thing alone decides, which is the quota, or a rate that was found, or what a
/// server has left of its window, a call moves one atomic word and takes no lock; as long as nothing
/// limits, it reads one flag and no clock.
/// While a hold lasts, while a quota and a server's window are to be kept at once, and while
/// somebody waits, a call takes a lock for a moment.
///
/// Callers who wait are served in the order of arrival, and nobody overtakes them (rule 72).
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
///
/// use readmit_limit::{Config, Quota, Shared, Why};
///
/// let limiter = Shared::new(Config::quota(Quota::per_second(NonZeroU32::MIN)));
///
/// assert_eq!(limiter.try_acquire(), Ok(()));
/// let denied = limiter.try_acquire().unwrap_err();
/// assert_eq!(denied.why(), Why::Paced);
/// ```
#[derive(Debug)]
pub struct Shared<C = SystemClock> {
    clock: C,
    origin: Origin,
    /// Whether every answer says something about the rate.
    adapts: bool,
    /// The truth of how far the limit has been used, as long as the lock need not be asked.
    gate: Gate,
    inner: Mutex<Inner>,
    draws: Draws,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) limiter: Limiter,
    pub(crate) queue: Queue,
    shown: Shown,
}

impl Shared {
    /// Returns a limiter on the system's clock, whose burst is there in full.
    #[must_use]
    pub fn new(config: Config) -> Shared {
        Shared::on(SystemClock, config)
    }
}

impl<C: Clock> Shared<C> {
    /// Returns a limiter on this clock, whose burst is there in full.
    #[must_use]
    pub fn on(clock: C, config: Config) -> Shared<C> {
        let adapts = config.adaptive.is_some();
        let limiter = Limiter::new(config, clock.now());
        let shared = Shared {
            clock,
            origin: limiter.origin(),
            adapts,
            gate: Gate::new(),
            inner: Mutex::new(Inner { limiter, queue: Queue::default(), shown: Shown::default() }),
            draws: Draws::from_process(),
        };
        // Opens the gate.
        shared.change(|_inner| {});
        shared
    }

    /// Takes one cell.
    ///
    /// # Errors
    ///
    /// [`Denied`], which says when to come back.
    #[inline]
    pub fn try_acquire(&self) -> Result<(), Denied> {
        self.try_acquire_many(NonZeroU32::MIN)
    }

    /// Takes so many cells, all or none.
    ///
    /// # Errors
    ///
    /// [`Denied`], which says when to come back.
    #[inline]
    pub fn try_acquire_many(&self, cells: NonZeroU32) -> Result<(), Denied> {
        if self.gate.is_unlimited() {
            return Ok(());
        }
        self.take(self.clock.now(), cells)
    }

    /// Takes so many cells, for a caller who has read the clock already.
    ///
    /// # Errors
    ///
    /// [`Denied`], which says when to come back.
    #[inline]
    pub fn try_acquire_at(&self, now: Instant, cells: NonZeroU32) -> Result<(), Denied> {
        if self.gate.is_unlimited() {
            return Ok(());
        }
        self.take(now, cells)
    }

    /// Takes note of what a server's answer says, as [`Limiter::feed`] does.
    ///
    /// Who waits and can no longer be served by its deadline is refused at once.
    /// What says nothing of a limit costs nothing, unless the rate is to be found.
    pub fn feed(&self, feedback: &Feedback) -> Option<Change> {
        if feedback.says_nothing() && !self.adapts {
            return None;
        }
        let (now, draw) = (self.clock.now(), self.draws.draw());
        self.retell(now, |limiter| limiter.feed(now, feedback, draw).change)
    }

    /// Sets the quota, or takes it away; what was taken stays taken, as far as the new burst can
    /// hold it (rule 70).
    pub fn set_quota(&self, quota: Option<Quota>) -> Option<Change> {
        let now = self.clock.now();
        self.retell(now, |limiter| limiter.set_quota(now, quota).change)
    }

    /// Lifts a hold and forgets the server's window, as an operator may who knows better.
    pub fn release(&self) -> Option<Change> {
        let now = self.clock.now();
        self.retell(now, |limiter| limiter.release(now).change)
    }

    /// Returns what [`try_acquire`](Shared::try_acquire) would find, and takes nothing (rule 70).
    #[must_use]
    pub fn peek(&self) -> Snapshot {
        let now = self.clock.now();
        self.change(|inner| {
            let snapshot = inner.limiter.peek(now);
            if inner.queue.is_empty() {
                return snapshot;
            }
            let now = self.origin.nanos(now);
            let turn = inner.limiter.turn_after(now, inner.queue.cells().saturating_add(1));
            let behind = Snapshot::new(0, turn.wait(now), snapshot.interval());
            behind.behind(inner.queue.cells())
        })
    }

    pub(crate) fn clock(&self) -> &C {
        &self.clock
    }

    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns whether nobody waits and a new limiter would let through as much, but for a rate that
    /// was found: whoever keeps many may drop it (rule 68).
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let now = self.origin.nanos(self.clock.now());
        self.change(|inner| inner.queue.is_empty() && inner.limiter.is_idle(now))
    }

    pub(crate) fn is_unlimited(&self) -> bool {
        self.gate.is_unlimited()
    }

    /// Takes the cells without the lock, where that can be.
    #[inline]
    pub(crate) fn passes(&self, now: Instant, cells: NonZeroU32) -> bool {
        let cells = u64::from(cells.get());
        self.gate.is_unlimited() || self.gate.passes(self.origin.nanos(now), cells)
    }

    /// Runs what must be the only one to run, with the gate closed while it does.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.lock();
        let moved = self.gate.close(&inner.shown);
        inner.limiter.resume(moved);
        let result = change(&mut inner);
        let alone = mutate!(15, inner.queue.is_empty(), true);
        let plain = inner.limiter.plain().filter(|_| alone);
        self.gate.open(&mut inner.shown, plain);
        result
    }

    // Not inlined, so that a caller whom nothing limits pays for no more than the flag.
    #[inline(never)]
    fn take(&self, now: Instant, cells: NonZeroU32) -> Result<(), Denied> {
        let nanos = self.origin.nanos(now);
        if self.gate.passes(nanos, u64::from(cells.get())) {
            return Ok(());
        }
        self.ask(now, nanos, cells)
    }

    /// Takes the cells under the lock, where nobody waits for theirs; asks for the lock only where
    /// the gate does not say when they are there.
    #[cold]
    #[inline(never)]
    fn ask(&self, now: Instant, nanos: u64, cells: NonZeroU32) -> Result<(), Denied> {
        match self.gate.stopped(nanos, u64::from(cells.get())) {
            Stopped::Ask => {}
            Stopped::Paced(at) => {
                return Err(Turn { at, why: Why::Paced }.denied(nanos, self.origin));
            }
            Stopped::TooMany => return Err(Denied::never()),
        }
        self.change(|inner| {
            if inner.queue.is_empty() {
                return inner.limiter.try_acquire(now, cells);
            }
            let turn = inner.turn_behind(nanos, inner.queue.cells(), cells)?;
            Err(inner.limiter.denied(nanos, turn))
        })
    }

    /// Tells the limiter something, and whoever waits what follows from it.
    fn retell<T>(&self, now: Instant, tell: impl FnOnce(&mut Limiter) -> T) -> T {
        let now = self.origin.nanos(now);
        let (told, wakers) = self.change(|inner| {
            let before = inner.limiter.outlook(now);
            let told = tell(&mut inner.limiter);
            // Most answers say nothing new, and then nobody need be asked how late it gets.
            let is_new = before != inner.limiter.outlook(now);
            let wakers =
                if mutate!(24, is_new, true) { inner.refuse_the_late(now) } else { vec![] };
            (told, wakers)
        });
        wakers.into_iter().for_each(Waker::wake);
        told
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing in there panics half way through a change, so what a poisoned lock holds is whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Returns when a caller is served behind those in the queue who take `ahead`.
    pub(crate) fn turn_behind(
        &self,
        now: u64,
        ahead: u64,
        cells: NonZeroU32,
    ) -> Result<Turn, Denied> {
        let turn = self.limiter.turn(now, ahead, u64::from(cells.get()))?;
        Ok(Turn { why: Why::Queued, ..turn })
    }

    /// Takes everybody out of the queue who cannot be served in time, and returns whom to wake.
    fn refuse_the_late(&mut self, now: u64) -> Vec<Waker> {
        let Inner { limiter, queue, .. } = self;
        queue.refuse(|ahead, waiter| {
            let turn = match limiter.turn(now, ahead, u64::from(waiter.cells.get())) {
                Ok(turn) => turn,
                Err(never) => return Some(never),
            };
            let late = waiter.deadline.is_some_and(|deadline| deadline < turn.at);
            mutate!(17, late.then(|| limiter.denied(now, turn)), None)
        })
    }
}

#[cfg(not(loom))]
#[cfg(test)]
mod tests;

#[cfg(loom)]
#[cfg(test)]
mod loom_tests;
