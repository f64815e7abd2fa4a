use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use readmit_core::{Draw, Step};

use crate::adaptive::Found;
use crate::gate::Moved;
use crate::mutants::mutate;
use crate::origin::{Origin, nanos};
use crate::pace::Pace;
use crate::plain::Plain;
use crate::window::{Told, Window};
use crate::{Change, Config, Denied, Feedback, Quota, Snapshot, Why};

/// Says which calls may be made and when: the machine, for one owner.
///
/// [`Shared`](crate::Shared) is for the others, and for whoever wants to wait.
///
/// ```text
///   try_acquire ─► held? ─────► server's window? ──► quota, or found rate? ─► allowed
///                    │ Held          │ Exhausted            │ Paced
///                    └───────────────┴───────────┬──────────┘
///                                                ▼
///   feed: hold, window, rate                  Denied: until when, and why
/// ```
///
/// A call must pass all three, and takes from the last two at once or from neither.
/// Time that goes backwards is no error: a call with an earlier `now` finds what is there already.
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
///
/// use readmit_core::{Clock, Draw, SystemClock};
/// use readmit_limit::{Config, Feedback, Limiter, Why};
///
/// let one = NonZeroU32::MIN;
/// let t0 = SystemClock.now();
/// let mut limiter = Limiter::new(Config::unlimited(), t0);
/// limiter.try_acquire(t0, one)?;
///
/// let wait = Duration::from_secs(30);
/// let step = limiter.feed(t0, &Feedback::throttled().retry_after(wait), Draw::MIN);
/// assert!(step.change.is_some());
///
/// assert_eq!(limiter.try_acquire(t0, one).map_err(|denied| denied.why()), Err(Why::Held));
/// limiter.try_acquire(t0 + wait, one)?;
/// # Ok::<(), readmit_limit::Denied>(())
/// ```
#[derive(Clone, Debug)]
pub struct Limiter {
    origin: Origin,
    quota: Option<Quota>,
    found: Option<Found>,
    jitter: Duration,
    /// Follows from the quota and from what was found.
    pace: Pace,
    /// When all that was taken will have come back; this and the instants below are in nanoseconds
    /// after the origin.
    tat: u64,
    /// The server said to wait until then.
    held_until: u64,
    window: Option<Window>,
}

/// When a call may be made, and what it waits for until then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) at: u64,
    pub(crate) why: Why,
}

impl Turn {
    pub(crate) fn wait(self, now: u64) -> Duration {
        Duration::from_nanos(self.at.saturating_sub(now))
    }

    /// Returns the denial of a call whose turn this is, and that is made too early.
    pub(crate) fn denied(self, now: u64, origin: Origin) -> Denied {
        Denied::until(self.wait(now), origin.instant(self.at), self.why)
    }
}

impl Limiter {
    /// Returns a limiter whose burst is there in full.
    ///
    /// `start` is about the present: no instant before it is told apart from it.
    #[must_use]
    pub fn new(config: Config, start: Instant) -> Limiter {
        let Config { quota, adaptive, jitter } = config;
        Limiter {
            origin: Origin::new(start),
            quota,
            found: adaptive.map(Found::new),
            jitter,
            pace: quota.as_ref().map_or(Pace::UNLIMITED, Pace::of),
            tat: 0,
            held_until: 0,
            window: None,
        }
    }

    /// Takes so many cells, all or none.
    ///
    /// # Errors
    ///
    /// [`Denied`], which says when they will be there.
    pub fn try_acquire(&mut self, now: Instant, cells: NonZeroU32) -> Result<(), Denied> {
        let now = self.origin.nanos(now);
        let cells = u64::from(cells.get());
        self.forget(now);
        let turn = self.turn(now, 0, cells)?;
        if now < turn.at {
            return Err(self.denied(now, turn));
        }
        if let Some(window) = &mut self.window {
            let taken = mutate!(10, cells, 0);
            window.remaining = window.remaining.saturating_sub(taken);
        }
        self.tat = self.pace.take(self.tat, now, cells).unwrap_or(self.tat);
        Ok(())
    }

    /// Takes note of what a server's answer says; `draw` is how much jitter comes on top of a wait.
    ///
    /// - A Retry-After, and `remaining: 0` with a time of reset, hold every call until then; an
    ///   earlier hold that lasts longer stays (rule 71).
    /// - What remains until a reset is counted down by what is taken, beside the quota.
    /// - A limit with its window bounds each window after that in the same way.
    /// - With [`Config::adaptive`], answers raise and lower the rate.
    pub fn feed(&mut self, now: Instant, feedback: &Feedback, draw: Draw) -> Step<(), Change> {
        let now = self.origin.nanos(now);
        self.forget(now);
        self.hear_window(now, feedback);
        let held = self.hear_hold(now, feedback, draw);

        let before = self.pace.interval;
        if let Some(found) = &mut self.found {
            found.told(now, feedback.throttled);
            self.repace(now);
        }
        let paced =
            (self.pace.interval != before).then_some(Change::Paced { interval: self.interval() });
        Step { decision: (), change: held.or(paced) }
    }

    /// Sets the quota, or takes it away; what was taken under the one before stays taken, as far as
    /// the new burst can hold it (rule 70).
    pub fn set_quota(&mut self, now: Instant, quota: Option<Quota>) -> Step<(), Change> {
        let now = self.origin.nanos(now);
        self.forget(now);
        let before = self.pace.interval;
        self.quota = quota;
        self.repace(now);
        if self.pace.interval == before {
            return Step::still(());
        }
        Step::changed((), Change::Paced { interval: self.interval() })
    }

    /// Lifts a hold and forgets the server's window, as an operator may who knows better.
    pub fn release(&mut self, now: Instant) -> Step<(), Change> {
        let now = self.origin.nanos(now);
        self.forget(now);
        let told = self.held_until != 0 || self.window.is_some();
        (self.held_until, self.window) = (0, None);
        if told { Step::changed((), Change::Released) } else { Step::still(()) }
    }

    /// Returns how the limiter stands at `now`, and takes nothing (rule 70).
    #[must_use]
    pub fn peek(&self, now: Instant) -> Snapshot {
        let now = self.origin.nanos(now);
        let held = now < self.held_until;
        let left = self.window.and_then(|window| window.at(now)).map(|window| window.remaining);
        let available = self.pace.available(self.tat, now).min(left.unwrap_or(u64::MAX));
        let turn = self.turn_after(now, 1);
        Snapshot::new(if held { 0 } else { available }, turn.wait(now), self.interval())
    }

    /// Returns when a call that takes so many cells may be made, after others that take `ahead`.
    pub(crate) fn turn(&self, now: u64, ahead: u64, cells: u64) -> Result<Turn, Denied> {
        let of_window = self.window.is_some_and(|window| window.is_too_many(cells));
        if of_window || self.pace.is_too_many(cells) {
            return Err(Denied::never());
        }
        Ok(self.turn_after(now, ahead.saturating_add(cells)))
    }

    /// Returns the denial of a call whose turn comes later.
    pub(crate) fn denied(&self, now: u64, turn: Turn) -> Denied {
        turn.denied(now, self.origin)
    }

    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns what decides on a call, where one thing alone does.
    pub(crate) fn plain(&self) -> Option<Plain> {
        if self.held_until != 0 {
            return None;
        }
        match self.window {
            None if self.pace == Pace::UNLIMITED => Some(Plain::Unlimited),
            None => Some(Plain::Paced { pace: self.pace, tat: self.tat }),
            Some(Window { remaining, until, .. }) if self.pace == Pace::UNLIMITED => {
                Some(Plain::Counted { left: remaining, until })
            }
            Some(_) => None,
        }
    }

    /// Returns all that the turns to come follow from: the hold, the window, the pace and what was
    /// taken.
    pub(crate) fn outlook(&self, now: u64) -> (u64, Option<Window>, Pace, u64) {
        let window = self.window.and_then(|window| window.at(now));
        (self.held_until.max(now), window, self.pace, self.tat)
    }

    /// Goes on from what others have moved meanwhile.
    pub(crate) fn resume(&mut self, moved: Moved) {
        match moved {
            Moved::Nothing => {}
            Moved::Taken(cells) => {
                if let Some(window) = &mut self.window {
                    window.remaining = window.remaining.saturating_sub(cells);
                }
            }
            Moved::To(tat) => self.tat = tat,
        }
    }

    /// Returns whether a new limiter would do as well, but for what was learned.
    pub(crate) fn is_idle(&self, now: u64) -> bool {
        let window = self.window.and_then(|window| window.at(now));
        let untouched = window.is_none_or(|window| {
            window.renewal.is_some_and(|renewal| renewal.limit == window.remaining)
        });
        self.tat <= now && self.held_until <= now && untouched
    }

    /// Returns when the last of so many cells can be taken that are taken one after the other, and
    /// what alone would last longest until then.
    pub(crate) fn turn_after(&self, now: u64, cells: u64) -> Turn {
        let window_at = |from| {
            let window = self.window.and_then(|window| window.at(from));
            window.map_or(from, |window| window.earliest(from, cells))
        };
        let pace_at = |from| self.pace.earliest(self.tat, from, cells);

        let start = now.max(self.held_until);
        let at = window_at(start).max(pace_at(start));
        let (window_at, pace_at) = (window_at(now), pace_at(now));
        let why = if pace_at.max(window_at) <= start && start != now {
            Why::Held
        } else if pace_at <= window_at {
            Why::Exhausted
        } else {
            Why::Paced
        };
        Turn { at, why }
    }

    /// Forgets what the server said of a time that is over.
    fn forget(&mut self, now: u64) {
        let over = mutate!(11, self.held_until <= now, self.held_until < now);
        if over {
            self.held_until = 0;
        }
        self.window = self.window.and_then(|window| window.at(now));
    }

    fn hear_window(&mut self, now: u64, feedback: &Feedback) {
        let until = |length| now.saturating_add(nanos(length));
        let told = Told {
            remaining: feedback.remaining,
            until: feedback.reset_after.map(until),
            limit: feedback.limit.filter(|limit| 0 < *limit),
            length: feedback.window.map(nanos).filter(|length| 0 < *length),
        };
        if told.remaining.is_some() || (told.limit.is_some() && told.length.is_some()) {
            self.window = Window::told(self.window, now, told).or(self.window);
        }
    }

    fn hear_hold(&mut self, now: u64, feedback: &Feedback, draw: Draw) -> Option<Change> {
        let exhausted = feedback.reset_after.filter(|_| feedback.remaining == Some(0));
        let wait = feedback.retry_after.max(exhausted).filter(|wait| !wait.is_zero())?;
        let on_top = nanos((wait / 10).min(self.jitter));
        let on_top = mutate!(12, share(on_top, draw), 0);

        let until = now.saturating_add(nanos(wait)).saturating_add(on_top);
        if until <= mutate!(13, self.held_until, 0) {
            return None;
        }
        self.held_until = until;
        let wait = Duration::from_nanos(until - now);
        Some(Change::Held { wait, until_at: self.origin.instant(until) })
    }

    /// Makes the pace that the quota and the found rate amount to.
    fn repace(&mut self, now: u64) {
        let own = self.quota.as_ref().map(Pace::of);
        let burst = self.quota.map_or(NonZeroU32::MIN, |quota| quota.max_burst());
        let found = self.found.as_ref().and_then(|found| found.pace(burst.get()));
        let slower = |found: &Pace| own.is_none_or(|own| own.interval < found.interval);
        let next = found.filter(slower).or(own).unwrap_or(Pace::UNLIMITED);
        if next != self.pace {
            self.tat = self.pace.carry(self.tat, now, next);
            self.pace = next;
        }
    }

    fn interval(&self) -> Option<Duration> {
        (self.pace.interval != 0).then_some(Duration::from_nanos(self.pace.interval))
    }
}

/// Returns the part of `whole` that was drawn.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast from a float drops the fraction and saturates, and here it is never negative"
)]
fn share(whole: u64, draw: Draw) -> u64 {
    // Rounding `whole` to a float may lift it by a little.
    ((whole as f64 * draw.get()) as u64).min(whole)
}

#[cfg(test)]
mod tests;
