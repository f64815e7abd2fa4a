use crate::mutants::mutate;
use crate::pace::Pace;
use crate::plain::Plain;
use crate::sync::{AtomicBool, AtomicU64, Ordering};
use crate::word::{self, ASK, LEFT, TAT, Word};

/// What callers decide without the lock: one word that they move, and the terms on which they may.
///
/// It is open while one thing alone limits and nobody waits, and then it is the truth of how far
/// that has been used; whoever holds the lock closes it first, goes on from there and opens it
/// again.
#[derive(Debug)]
pub(crate) struct Gate {
    word: Alone<AtomicU64>,
    /// Nothing limits; then the word is closed, because there is nothing to move.
    unlimited: AtomicBool,
    /// The terms of a paced word.
    interval: AtomicU64,
    depth: AtomicU64,
    /// The terms of a counted word: when its window ends, in nanoseconds after the origin.
    until: AtomicU64,
}

/// Why a caller did not pass.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stopped {
    /// The lock must be asked.
    Ask,
    /// The cells are there from this instant on, in nanoseconds after the origin.
    Paced(u64),
    TooMany,
}

/// What was moved while the gate was open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Moved {
    Nothing,
    /// So many cells of the window were taken.
    Taken(u64),
    /// The arrival time is this one.
    To(u64),
}

/// What was put on show last, for whoever holds the lock.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// How often the terms were others.
    version: u64,
    terms: Option<Terms>,
    /// The cells of a counted word.
    left: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Terms {
    Counted { until: u64 },
    Paced(Pace),
}

/// Has a cache line of its own, so that moving the word does not take the terms away from others.
#[derive(Debug)]
#[repr(align(64))]
struct Alone<T>(T);

impl Gate {
    /// Returns a gate that is closed.
    pub(crate) fn new() -> Gate {
        Gate {
            word: Alone(AtomicU64::new(ASK)),
            unlimited: AtomicBool::new(false),
            interval: AtomicU64::new(0),
            depth: AtomicU64::new(0),
            until: AtomicU64::new(0),
        }
    }

    /// Returns whether nothing limits, so that not even the time matters.
    #[inline]
    pub(crate) fn is_unlimited(&self) -> bool {
        // Relaxed: it says nothing but itself, and whoever holds the lock changes it at once.
        self.unlimited.load(Ordering::Relaxed)
    }

    /// Takes the cells, where the gate is open and has them.
    #[inline]
    pub(crate) fn passes(&self, now: u64, cells: u64) -> bool {
        // Acquire: the terms that are read next are at least as new as the word.
        let seen = self.word.0.load(Ordering::Acquire);
        let Some(next) = self.next(seen, now, cells) else { return false };
        match self.advance(seen, next) {
            Ok(_) => true,
            Err(seen) => self.contends(seen, now, cells),
        }
    }

    /// Says why the cells could not be taken, as far as the gate knows.
    pub(crate) fn stopped(&self, now: u64, cells: u64) -> Stopped {
        // Acquire: as in `passes`.
        let seen = self.word.0.load(Ordering::Acquire);
        let pace = self.pace();
        // Relaxed: the terms were read with acquire, so a word that is still of the same terms was
        // not closed before they were read.
        let again = self.word.0.load(Ordering::Relaxed);
        let whole = mutate!(28, word::same_terms(seen, again), true);
        match word::read(seen) {
            Word::Paced(tat) if whole && pace.take(tat, now, cells).is_none() => {
                if pace.is_too_many(cells) {
                    return Stopped::TooMany;
                }
                Stopped::Paced(pace.earliest(tat, now, cells))
            }
            Word::Ask | Word::Counted(_) | Word::Paced(_) => Stopped::Ask,
        }
    }

    /// Closes the gate, for whoever holds the lock, and returns what was moved since it was opened.
    pub(crate) fn close(&self, shown: &Shown) -> Moved {
        // Acquire and release: the terms are written after nobody can move the word any more, and
        // what is read here was moved on the terms of before.
        let seen = mutate!(
            27,
            self.word.0.swap(ASK, Ordering::AcqRel),
            self.word.0.load(Ordering::Acquire)
        );
        match word::read(seen) {
            Word::Ask => Moved::Nothing,
            Word::Counted(left) => Moved::Taken(shown.left.saturating_sub(left)),
            Word::Paced(tat) => Moved::To(tat),
        }
    }

    /// Opens the gate, for whoever holds the lock, where one thing alone decides.
    pub(crate) fn open(&self, shown: &mut Shown, plain: Option<Plain>) {
        // Relaxed: see `is_unlimited`.
        self.unlimited.store(plain == Some(Plain::Unlimited), Ordering::Relaxed);
        let word = match plain {
            Some(Plain::Counted { left, until }) => {
                shown.left = left.min(LEFT);
                self.agree(shown, Terms::Counted { until });
                word::counted(shown.version, shown.left)
            }
            Some(Plain::Paced { pace, tat }) if tat <= TAT => {
                self.agree(shown, Terms::Paced(pace));
                word::paced(shown.version, tat)
            }
            Some(Plain::Paced { .. } | Plain::Unlimited) | None => return,
        };
        // Release: who reads this word sees its terms.
        self.word.0.store(word, Ordering::Release);
    }

    #[cfg(all(test, not(loom)))]
    pub(crate) fn seen(&self) -> u64 {
        self.word.0.load(Ordering::Relaxed)
    }

    /// Puts the terms on show.
    fn agree(&self, shown: &mut Shown, terms: Terms) {
        if shown.terms == Some(terms) {
            return;
        }
        shown.terms = Some(terms);
        shown.version = mutate!(16, shown.version.wrapping_add(1), shown.version);
        // Release: who reads these terms sees that the word was taken, and cannot move the old one.
        match terms {
            Terms::Counted { until } => self.until.store(until, Ordering::Release),
            Terms::Paced(pace) => {
                self.interval.store(pace.interval, Ordering::Release);
                self.depth.store(pace.depth, Ordering::Release);
            }
        }
    }

    /// Takes the cells as soon as nobody else moves the word meanwhile.
    #[cold]
    fn contends(&self, mut seen: u64, now: u64, cells: u64) -> bool {
        while let Some(next) = self.next(seen, now, cells) {
            match self.advance(seen, next) {
                Ok(_) => return true,
                Err(other) => seen = other,
            }
        }
        false
    }

    /// Returns the word after the cells were taken, if they can be taken without the lock.
    #[inline]
    fn next(&self, seen: u64, now: u64, cells: u64) -> Option<u64> {
        match word::read(seen) {
            Word::Ask => None,
            // Acquire: see `agree`.
            Word::Counted(left) => {
                let lasts = now < self.until.load(Ordering::Acquire);
                (cells <= left && mutate!(25, lasts, true)).then(|| seen - cells)
            }
            Word::Paced(tat) => {
                let next = self.pace().take(tat, now, cells).filter(|next| *next <= TAT)?;
                Some(word::moved(seen, next))
            }
        }
    }

    #[inline]
    fn advance(&self, seen: u64, next: u64) -> Result<u64, u64> {
        // Relaxed on success: it publishes nothing but itself, and whoever reads it is still in the
        // release sequence of the one who wrote the terms. Acquire on failure: as in `passes`.
        self.word.0.compare_exchange_weak(seen, next, Ordering::Relaxed, Ordering::Acquire)
    }

    #[inline]
    fn pace(&self) -> Pace {
        // Acquire: see `agree`.
        let interval = self.interval.load(Ordering::Acquire);
        Pace { interval, depth: self.depth.load(Ordering::Acquire) }
    }
}
