use std::num::NonZeroU32;
use std::sync::PoisonError;
use std::task::Waker;
use std::time::Instant;

use readmit_core::{Clock, Draws, SystemClock};

use crate::limiter::Turn;
use crate::mutants::mutate;
use crate::origin::Origin;
use crate::pace::Pace;
use crate::queue::Queue;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering};
use crate::word::{self, ASK, TAT};
use crate::{Change, Config, Denied, Feedback, Limiter, Quota, Snapshot, Why};

/// A limiter that many callers share.
///
/// As long as a quota alone decides, a call that is allowed moves one atomic word and takes no
/// lock; as long as not even that limits, it reads the word and no clock.
/// A call that is denied, and every call while a server's window or hold lasts or somebody waits,
/// takes a lock for a moment.
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
    /// What [`word`] says: the truth as long as the lock need not be asked.
    word: AtomicU64,
    /// The pace of that word.
    interval: AtomicU64,
    depth: AtomicU64,
    inner: Mutex<Inner>,
    draws: Draws,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) limiter: Limiter,
    pub(crate) queue: Queue,
    /// How often the word was written under the lock.
    version: u64,
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
        let limiter = Limiter::new(config, clock.now());
        let shared = Shared {
            clock,
            origin: limiter.origin(),
            word: AtomicU64::new(ASK),
            interval: AtomicU64::new(0),
            depth: AtomicU64::new(0),
            inner: Mutex::new(Inner { limiter, queue: Queue::default(), version: 0 }),
            draws: Draws::from_process(),
        };
        // Publishes the word.
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
        if self.is_unlimited() {
            return Ok(());
        }
        self.try_acquire_at(self.clock.now(), cells)
    }

    /// Takes so many cells, for a caller who has read the clock already.
    ///
    /// # Errors
    ///
    /// [`Denied`], which says when to come back.
    #[inline]
    pub fn try_acquire_at(&self, now: Instant, cells: NonZeroU32) -> Result<(), Denied> {
        if self.takes_from_word(now, cells) {
            return Ok(());
        }
        self.ask(now, cells)
    }

    /// Takes note of what a server's answer says, as [`Limiter::feed`] does.
    ///
    /// Who waits and can no longer be served by its deadline is refused at once.
    pub fn feed(&self, feedback: &Feedback) -> Option<Change> {
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
            Snapshot::new(0, turn.wait(now), snapshot.interval())
        })
    }

    pub(crate) fn clock(&self) -> &C {
        &self.clock
    }

    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns whether nobody knows this limiter and a new one would do as well.
    pub(crate) fn is_idle(&self) -> bool {
        let now = self.origin.nanos(self.clock.now());
        self.change(|inner| inner.queue.is_empty() && inner.limiter.is_idle(now))
    }

    /// Takes the cells from the word, where it may be asked and has them.
    #[inline]
    pub(crate) fn takes_from_word(&self, now: Instant, cells: NonZeroU32) -> bool {
        let now = self.origin.nanos(now);
        let cells = u64::from(cells.get());
        // Acquire: the pace that is read next is at least as new as the word.
        let mut seen = self.word.load(Ordering::Acquire);
        while seen & ASK == 0 {
            let taken = self.pace().take(seen & TAT, now, cells);
            let Some(next) = taken.filter(|next| *next <= TAT) else { return false };
            // Relaxed on success: it publishes nothing but itself, and whoever reads it is still
            // in the release sequence of the one who wrote the pace.
            match self.word.compare_exchange_weak(
                seen,
                word::moved(seen, next),
                Ordering::Relaxed,
                Ordering::Acquire,
            ) {
                Ok(_) => return true,
                Err(other) => seen = other,
            }
        }
        false
    }

    /// Runs what must be the only one to run, and takes over from the word while it does.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.lock();
        // Acquire and release: the pace is written after nobody can move the word any more, and
        // what is read here was moved under the pace of before.
        let seen = self.word.fetch_or(ASK, Ordering::AcqRel);
        if seen & ASK == 0 {
            inner.limiter.resume(seen & TAT);
        }
        let result = change(&mut inner);
        self.publish(&mut inner);
        result
    }

    /// Takes the cells under the lock, where nobody waits for theirs.
    #[cold]
    fn ask(&self, now: Instant, cells: NonZeroU32) -> Result<(), Denied> {
        self.change(|inner| {
            if inner.queue.is_empty() {
                return inner.limiter.try_acquire(now, cells);
            }
            let now = self.origin.nanos(now);
            let turn = inner.turn_behind(now, inner.queue.cells(), cells)?;
            Err(inner.limiter.denied(now, turn))
        })
    }

    /// Tells the limiter something, and whoever waits what follows from it.
    fn retell<T>(&self, now: Instant, tell: impl FnOnce(&mut Limiter) -> T) -> T {
        let (told, wakers) = self.change(|inner| {
            let told = tell(&mut inner.limiter);
            (told, inner.refuse_the_late(self.origin.nanos(now)))
        });
        wakers.into_iter().for_each(Waker::wake);
        told
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing in there panics half way through a change, so what a poisoned lock holds is whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands the arrival time back to the word, where it alone decides.
    fn publish(&self, inner: &mut Inner) {
        let plain = inner.limiter.plain().filter(|(_, tat)| *tat <= TAT);
        let alone = mutate!(15, inner.queue.is_empty(), true);
        let Some((pace, tat)) = plain.filter(|_| alone) else { return };
        inner.version = mutate!(16, inner.version.wrapping_add(1), inner.version);
        // Release: who reads this pace sees that the word was taken, and cannot move the old one.
        self.interval.store(pace.interval, Ordering::Release);
        self.depth.store(pace.depth, Ordering::Release);
        // Release: who reads this word sees its pace.
        self.word.store(word::pack(inner.version, tat), Ordering::Release);
    }

    /// Returns whether nothing limits, so that not even the time matters.
    #[inline]
    fn is_unlimited(&self) -> bool {
        // Acquire, in this order: where the word may be asked, and after that there is no interval,
        // there was a moment in between at which both was true.
        self.word.load(Ordering::Acquire) & ASK == 0
            && self.interval.load(Ordering::Acquire) == Pace::UNLIMITED.interval
    }

    #[inline]
    fn pace(&self) -> Pace {
        // Acquire: see `publish`.
        let interval = self.interval.load(Ordering::Acquire);
        Pace { interval, depth: self.depth.load(Ordering::Acquire) }
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
