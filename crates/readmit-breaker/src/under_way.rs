use std::ops::Range;

/// Counts the calls that are under way, so that one which hangs counts as slow before it ends.
///
/// Time is divided into parts of an eighth of the slow time at most, and calls are counted by the
/// part in which they began, as long as none of them can be slow; what is older is slow.
/// All instants are in nanoseconds, on the [timeline](crate::timeline::Timeline) of the machine.
#[derive(Debug)]
pub(crate) struct UnderWay {
    /// A part is two to the power of this many nanoseconds, so that no call costs a division.
    shift: u32,
    /// A call that began so many parts ago is slow.
    slow_age: u64,
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
        UnderWay { shift, slow_age, ring: [0; RING], part: 0, slow: 0 }
    }

    /// Takes note of a call that begins.
    #[inline]
    pub(crate) fn enter(&mut self, at: u64) {
        self.advance(at);
        let count = self.count(at);
        *count = count.saturating_add(1);
    }

    /// Takes note of the end of a call that began then.
    #[inline]
    pub(crate) fn leave(&mut self, began_at: u64) {
        let count = self.count(began_at);
        *count = count.saturating_sub(1);
    }

    /// Returns how many more calls have become slow since the last time.
    #[inline]
    pub(crate) fn advance(&mut self, at: u64) -> u32 {
        let part = at >> self.shift;
        if part <= self.part { 0 } else { self.move_to(part) }
    }

    /// Forgets all calls.
    pub(crate) fn clear(&mut self) {
        self.ring = [0; RING];
        self.slow = 0;
    }

    /// Returns whether no more calls have become slow since the last time.
    #[inline]
    pub(crate) fn is_calm(&self, at: u64) -> bool {
        at >> self.shift <= self.part || self.slow(at) == self.slow
    }

    /// Returns how many calls are slow at this instant.
    pub(crate) fn slow(&self, at: u64) -> u32 {
        let more = self.aging(at >> self.shift).map(|age| self.ring[place(age)]);
        more.fold(self.slow, u32::saturating_add)
    }

    /// Returns the part that an instant is in.
    pub(crate) fn part_around(&self, at: u64) -> Range<u64> {
        let part = at >> self.shift;
        part << self.shift..part.saturating_add(1).saturating_mul(1 << self.shift)
    }

    #[inline(never)]
    fn move_to(&mut self, part: u64) -> u32 {
        let before = self.slow;
        for age in self.aging(part) {
            let began = &mut self.ring[place(age)];
            self.slow = self.slow.saturating_add(std::mem::take(began));
        }
        self.part = part;
        self.slow - before
    }

    /// The parts whose calls become slow by the time that `part` begins.
    fn aging(&self, part: u64) -> Range<u64> {
        let slow_before = |part: u64| part.saturating_add(1).saturating_sub(self.slow_age);
        let until = slow_before(part.max(self.part));
        // Of a longer gap than the ring, each place has its turn once.
        slow_before(self.part).max(until.saturating_sub(RING as u64))..until
    }

    /// The count of the part in which a call began; no later than the latest one.
    #[inline]
    fn count(&mut self, began_at: u64) -> &mut u32 {
        let part = (began_at >> self.shift).min(self.part);
        if self.slow_age <= self.part - part { &mut self.slow } else { &mut self.ring[place(part)] }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a remainder of the ring fits any integer")]
fn place(part: u64) -> usize {
    (part % RING as u64) as usize
}

/// More than the parts that a call lives through before it is slow, of which there are 17 at most.
const RING: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_time_and_of_slowness_do_not_overflow() {
        for after in [1, 15, 16, u64::MAX] {
            let mut calls = UnderWay::new(after);

            calls.enter(0);
            calls.enter(u64::MAX);
            let slow = calls.slow(u64::MAX);
            calls.leave(0);
            calls.leave(u64::MAX);

            assert_eq!(slow, u32::from(after != u64::MAX), "{after} ns");
            assert_eq!(calls.slow(u64::MAX), 0, "{after} ns");
            let part = calls.part_around(u64::MAX);
            assert!(part.start <= part.end && part.end == u64::MAX, "{after} ns");
        }
    }
}
