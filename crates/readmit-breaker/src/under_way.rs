use std::ops::Range;
use std::time::Instant;

use crate::nanos;

/// Counts the calls that are under way, so that one which hangs counts as slow before it ends.
///
/// Time is divided into parts of an eighth of the slow time at most, and calls are counted by the
/// part in which they began, as long as none of them can be slow; what is older is slow.
#[derive(Debug)]
pub(crate) struct UnderWay {
    /// A part is two to the power of this many nanoseconds, so that no call costs a division.
    shift: u32,
    /// A call that began so many parts ago is slow.
    slow_age: u64,
    origin: Option<Instant>,
    /// Calls by the part in which they began; the latest one lies at `part % RING`.
    ring: [u32; RING],
    /// The latest part in which a call could have begun.
    part: u64,
    /// Calls that began before the parts of the ring.
    slow: u32,
}

impl UnderWay {
    pub(crate) fn new(after: u64) -> UnderWay {
        // The largest power of two that fits eight times, or one nanosecond.
        let shift = (after / 8).checked_ilog2().unwrap_or(0);
        let slow_age = after.div_ceil(1 << shift) + 1;
        UnderWay { shift, slow_age, origin: None, ring: [0; RING], part: 0, slow: 0 }
    }

    /// Takes note of a call that begins.
    pub(crate) fn enter(&mut self, now: Instant) {
        self.advance(now);
        let part = self.part_of(now);
        let count = self.count(part);
        *count = count.saturating_add(1);
    }

    /// Takes note of the end of a call that began then.
    pub(crate) fn leave(&mut self, began_at: Instant) {
        let part = self.part_of(began_at);
        let count = self.count(part);
        *count = count.saturating_sub(1);
    }

    /// Returns how many more calls have become slow since the last time.
    pub(crate) fn advance(&mut self, now: Instant) -> u32 {
        let before = self.slow;
        let part = nanos::since(*self.origin.get_or_insert(now), now) >> self.shift;
        for age in self.aging(part) {
            let began = &mut self.ring[place(age)];
            self.slow = self.slow.saturating_add(std::mem::take(began));
        }
        self.part = self.part.max(part);
        self.slow - before
    }

    /// Forgets all calls.
    pub(crate) fn clear(&mut self) {
        self.ring = [0; RING];
        self.slow = 0;
    }

    /// Returns whether no more calls have become slow since the last time.
    pub(crate) fn is_calm(&self, now: Instant) -> bool {
        self.slow(now) == self.slow
    }

    /// Returns how many calls are slow at `now`.
    pub(crate) fn slow(&self, now: Instant) -> u32 {
        let elapsed = self.origin.map_or(0, |origin| nanos::since(origin, now));
        let more = self.aging(elapsed >> self.shift).map(|age| self.ring[place(age)]);
        more.fold(self.slow, u32::saturating_add)
    }

    /// The parts whose calls become slow by the time that `part` begins.
    fn aging(&self, part: u64) -> Range<u64> {
        let slow_before = |part: u64| (part + 1).saturating_sub(self.slow_age);
        let until = slow_before(part.max(self.part));
        // Of a longer gap than the ring, each place has its turn once.
        slow_before(self.part).max(until.saturating_sub(RING as u64))..until
    }

    fn count(&mut self, part: u64) -> &mut u32 {
        if part + self.slow_age <= self.part { &mut self.slow } else { &mut self.ring[place(part)] }
    }

    /// The part in which a call began; no later than the latest one.
    fn part_of(&self, began_at: Instant) -> u64 {
        let elapsed = self.origin.map_or(0, |origin| nanos::since(origin, began_at));
        (elapsed >> self.shift).min(self.part)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a remainder of the ring fits any integer")]
fn place(part: u64) -> usize {
    (part % RING as u64) as usize
}

/// More than the parts that a call lives through before it is slow, of which there are 17 at most.
const RING: usize = 32;
