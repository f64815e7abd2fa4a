use crate::mutants::mutate;

/// What a server said is left of its window, counted down by what is taken.
///
/// All lengths and instants are in nanoseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Window {
    pub(crate) remaining: u64,
    /// When the server starts afresh.
    pub(crate) until: u64,
    /// What the windows after this one hold, if that was told.
    pub(crate) renewal: Option<Renewal>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Renewal {
    pub(crate) limit: u64,
    pub(crate) length: u64,
}

/// What one answer says of the server's window; at least what is left, or the renewal, is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) remaining: Option<u64>,
    pub(crate) until: Option<u64>,
    pub(crate) limit: Option<u64>,
    pub(crate) length: Option<u64>,
}

impl Window {
    /// Returns the window as it stands at `now`: itself, a later one, or none where nothing is
    /// known of those that follow.
    pub(crate) fn at(self, now: u64) -> Option<Window> {
        let ended = mutate!(4, self.until <= now, self.until < now);
        if !ended {
            return Some(self);
        }
        let renewal = self.renewal?;
        let windows = ((now - self.until) / renewal.length).saturating_add(1);
        let until = self.until.saturating_add(windows.saturating_mul(renewal.length));
        Some(Window { remaining: renewal.limit, until, ..self })
    }

    /// Returns whether so many cells can never be taken at once.
    pub(crate) fn is_too_many(self, cells: u64) -> bool {
        self.renewal.is_some_and(|renewal| renewal.limit < cells)
    }

    /// Returns when so many cells will have been there, one after the other, from `start` on, which
    /// is within this window.
    pub(crate) fn earliest(self, start: u64, cells: u64) -> u64 {
        let Some(missing) = cells.checked_sub(self.remaining).filter(|missing| 0 < *missing) else {
            return start;
        };
        let later = self
            .renewal
            .map_or(0, |renewal| ((missing - 1) / renewal.limit).saturating_mul(renewal.length));
        self.until.saturating_add(later)
    }

    /// Returns the window that follows from what one more answer says.
    ///
    /// Answers overtake each other, and calls are under way of which an answer does not know; of
    /// one and the same window, the least that is left is therefore the truth.
    /// Servers round to seconds, so instants that close are of the same window.
    /// A window that ends clearly before it was thought to does so: the end may have been a guess
    /// from the window's length, and nobody is to wait for it longer than the server says.
    pub(crate) fn told(before: Option<Window>, now: u64, told: Told) -> Option<Window> {
        let renewal = match (told.limit, told.length) {
            (Some(limit), Some(length)) => Some(Renewal { limit, length }),
            (Some(_) | None, Some(_) | None) => before.and_then(|window| window.renewal),
        };
        let most = told.limit.or(renewal.map(|renewal| renewal.limit)).unwrap_or(u64::MAX);

        let same = before.filter(|window| {
            let another = window.until.saturating_add(ROUNDING);
            told.until.is_none_or(|until| mutate!(5, until <= another, false))
        });
        if let Some(window) = same {
            let left = told.remaining.unwrap_or(u64::MAX).min(most);
            let remaining = mutate!(6, window.remaining.min(left), left);
            let sooner = |until: &u64| until.saturating_add(ROUNDING) < window.until;
            let until = mutate!(26, told.until.filter(sooner), None).unwrap_or(window.until);
            return Some(Window { remaining, until, renewal });
        }
        let remaining = told.remaining.or(renewal.map(|renewal| renewal.limit))?.min(most);
        let length = renewal.map(|renewal| now.saturating_add(renewal.length));
        Some(Window { remaining, until: told.until.or(length)?, renewal })
    }
}

/// In nanoseconds.
const ROUNDING: u64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_at_its_instant_and_not_before() {
        let window = Window { remaining: 0, until: 100, renewal: None };

        assert_eq!(window.at(99), Some(window));
        assert_eq!(window.at(100), None);
    }

    #[test]
    fn a_window_of_known_length_is_followed_by_others() {
        let renewal = Some(Renewal { limit: 5, length: 60 });
        let window = Window { remaining: 0, until: 100, renewal };

        let until = |now| window.at(now).map(|window| (window.remaining, window.until));

        assert_eq!(until(99), Some((0, 100)));
        assert_eq!(until(100), Some((5, 160)));
        assert_eq!(until(159), Some((5, 160)));
        assert_eq!(until(160), Some((5, 220)));
    }

    #[test]
    fn a_queue_is_served_over_as_many_windows_as_it_takes() {
        let renewal = Some(Renewal { limit: 5, length: 60 });
        let window = Window { remaining: 2, until: 100, renewal };

        let starts = [2, 3, 7, 8, 12, 13].map(|cells| window.earliest(50, cells));

        assert_eq!(starts, [50, 100, 100, 160, 160, 220]);
    }

    #[test]
    fn answers_that_overtake_each_other_do_not_give_a_call_back() {
        let second = ROUNDING;
        let told = |remaining, until| Told {
            remaining: Some(remaining),
            until: Some(until),
            limit: None,
            length: None,
        };
        let window = Window::told(None, 0, told(4, 10 * second)).unwrap();

        let late = Window::told(Some(window), 0, told(5, 11 * second)).unwrap();
        let next = Window::told(Some(window), 0, told(5, 11 * second + 1)).unwrap();

        assert_eq!((late.remaining, late.until), (4, 10 * second));
        assert_eq!((next.remaining, next.until), (5, 11 * second + 1));
    }

    #[test]
    fn a_window_ends_no_later_than_the_server_says() {
        let second = ROUNDING;
        let whole =
            Told { remaining: None, until: None, limit: Some(100), length: Some(3_600 * second) };
        let ends = |until| Told { remaining: Some(0), until: Some(until), ..whole };
        // Its end is a guess, from its length.
        let guessed = Window::told(None, 0, whole);

        let told = Window::told(guessed, 0, ends(10 * second)).unwrap();
        let rounded = Window::told(Some(told), 0, ends(9 * second)).unwrap();
        let sooner = Window::told(Some(told), 0, ends(9 * second - 1)).unwrap();

        assert_eq!(guessed.map(|window| window.until), Some(3_600 * second));
        assert_eq!((told.remaining, told.until), (0, 10 * second));
        assert_eq!((rounded.until, sooner.until), (10 * second, 9 * second - 1));
    }

    #[test]
    fn the_edges_of_the_arithmetic_saturate() {
        let renewal = Some(Renewal { limit: 1, length: u64::MAX });
        let window = Window { remaining: 0, until: 1, renewal };

        assert_eq!(window.earliest(0, u64::MAX), u64::MAX);
        assert_eq!(window.at(u64::MAX).map(|window| window.until), Some(u64::MAX));
    }
}
