use std::num::NonZeroU32;
use std::ops::Range;

/// Which parts of a batch are to be sent yet: the whole, and then halves of what was refused.
///
/// No part is left over: a part is split only where both of its halves may still be sent.
pub(crate) struct Halves {
    /// The next one last, so that items keep their order.
    parts: Vec<Range<usize>>,
    /// Sends that no part in `parts` stands for.
    spare: u32,
}

impl Halves {
    /// Begins with the whole batch, which may be sent in so many requests in all.
    pub(crate) fn new(items: usize, max_sends: NonZeroU32) -> Halves {
        let whole = 0..items;
        Halves { parts: Vec::from([whole]), spare: max_sends.get().saturating_sub(1) }
    }

    /// Returns what to send next, or `None` where everything has been answered for.
    pub(crate) fn try_next(&mut self) -> Option<Range<usize>> {
        self.parts.pop()
    }

    /// Tells that this part was refused as a whole; returns whether its halves are tried alone.
    #[must_use]
    pub(crate) fn try_split(&mut self, part: &Range<usize>) -> bool {
        let (true, Some(spare)) = (1 < part.len(), self.spare.checked_sub(2)) else {
            return false;
        };
        self.spare = spare;
        let middle = part.start + part.len().div_ceil(2);
        self.parts.push(middle..part.end);
        self.parts.push(part.start..middle);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r73_one_bad_item_is_found_within_the_default_of_sends() {
        for items in [1_usize, 2, 3, 7, 64, 100, 1_000, 32_768] {
            for bad in [0, items / 2, items - 1] {
                let (sent, refused) = run(items, 32, |part| !part.contains(&bad));

                assert_eq!(refused, [(bad, bad + 1)], "{items} items");
                assert!(sent <= 32, "{sent} sends of {items} items");
            }
        }
    }

    #[test]
    fn the_sends_are_bounded_and_every_item_is_answered_for_once() {
        for max_sends in 1..40 {
            let (mut sent, mut answered) = (0, Vec::new());
            let mut halves = Halves::new(33, NonZeroU32::new(max_sends).unwrap());

            while let Some(part) = halves.try_next() {
                sent += 1;
                if !halves.try_split(&part) {
                    answered.extend(part);
                }
            }

            assert!(sent <= max_sends, "{sent} of {max_sends}");
            assert_eq!(answered, (0..33).collect::<Vec<_>>());
        }
    }

    #[test]
    fn one_item_is_not_split_and_one_send_splits_nothing() {
        assert_eq!(run(1, 32, |_| false), (1, Vec::from([(0, 1)])));
        assert_eq!(run(8, 1, |_| false), (1, Vec::from([(0, 8)])));
        assert_eq!(run(8, 2, |_| false), (1, Vec::from([(0, 8)])));
        assert_eq!(run(8, 3, |_| false), (3, Vec::from([(0, 4), (4, 8)])));
    }

    /// Sends until all is answered; returns how often, and what was refused for good.
    fn run(
        items: usize,
        max_sends: u32,
        accepts: impl Fn(&Range<usize>) -> bool,
    ) -> (u32, Vec<(usize, usize)>) {
        let mut halves = Halves::new(items, NonZeroU32::new(max_sends).unwrap());
        let (mut sent, mut refused) = (0, Vec::new());
        while let Some(part) = halves.try_next() {
            sent += 1;
            if !accepts(&part) && !halves.try_split(&part) {
                refused.push((part.start, part.end));
            }
        }
        (sent, refused)
    }
}
