use std::collections::VecDeque;
use std::fmt;
use std::sync::OnceLock;

use crate::redact::index::{Index, SHORTEST};
use crate::redact::spans::{MARK, Spans};

/// The secrets in use, in every spelling, ready to be looked for.
#[derive(Clone, Default)]
pub(crate) struct Registered {
    values: VecDeque<Value>,
    /// Made for the first text that is looked at: where nobody listens there is none.
    index: OnceLock<Index>,
}

#[derive(Clone)]
struct Value {
    text: String,
    /// How often it was added, and not removed since.
    holders: u32,
}

impl Registered {
    /// Adds a value, unless it is too short to be told from other text.
    ///
    /// Past the bound the oldest goes.
    pub(crate) fn insert(&mut self, value: &str) {
        if let Some(known) = self.values.iter_mut().find(|known| known.text == value) {
            known.holders = known.holders.saturating_add(1);
            return;
        }
        // A part of the mark would be found in every mark.
        if value.len() < SHORTEST || MARK.contains(value) {
            return;
        }
        if MOST <= self.values.len() {
            self.forget(0);
        }
        if let Some(index) = self.index.get_mut() {
            index.add(value);
        }
        self.values.push_back(Value { text: value.to_owned(), holders: 1 });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Removes a value that was added once; of one that was added more often, it takes one off.
    pub(crate) fn remove(&mut self, value: &str) {
        let Some(place) = self.values.iter().position(|known| known.text == value) else { return };
        let Some(known) = self.values.get_mut(place) else { return };
        known.holders -= 1;
        if known.holders == 0 {
            self.forget(place);
        }
    }

    /// Adds to the spans wherever the text echoes a secret.
    pub(crate) fn find(&self, text: &[u8], spans: &mut Spans) {
        if self.is_empty() {
            return;
        }
        let index = self.index.get_or_init(|| {
            let mut index = Index::default();
            self.values.iter().for_each(|value| index.add(&value.text));
            index
        });
        index.find(text, spans);
    }

    fn forget(&mut self, place: usize) {
        if let (Some(gone), Some(index)) = (self.values.remove(place), self.index.get_mut()) {
            index.remove(&gone.text);
        }
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registered").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

/// Values in use at the same time.
const MOST: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_secrets_side_by_side_or_one_within_another_are_found() {
        let registered = registered(&["first-secret", "secret-second", "cret"]);

        assert_eq!(found(&registered, "a first-secret-second b"), "a REDACTED b");
        assert_eq!(found(&registered, "first-secretfirst-secret"), "REDACTED");
        assert_eq!(found(&registered, "concrete"), "conREDACTEDe");
    }

    #[test]
    fn r56_a_part_of_a_secret_is_an_echo_of_it() {
        let registered = registered(&["0123456789abcdefghijklmnop"]);

        assert_eq!(found(&registered, "x 3456789abcde y"), "x REDACTED y");
        assert_eq!(found(&registered, "x 3456789abcd y"), "x 3456789abcd y");
    }

    #[test]
    fn a_value_too_short_is_not_looked_for() {
        assert_eq!(found(&registered(&["ab", ""]), "about"), "about");
    }

    #[test]
    fn r82_a_value_that_is_removed_is_ordinary() {
        let mut registered = registered(&["first-secret", "second-secret"]);

        registered.remove("first-secret");

        assert_eq!(found(&registered, "first-secret second-secret"), "first-secret REDACTED");
    }

    #[test]
    fn r82_a_value_is_known_until_each_who_added_it_has_removed_it() {
        let mut registered = registered(&["shared-secret", "shared-secret"]);

        registered.remove("shared-secret");
        registered.remove("another");
        assert_eq!(found(&registered, "shared-secret"), "REDACTED");

        registered.remove("shared-secret");
        assert_eq!(found(&registered, "shared-secret"), "shared-secret");
    }

    #[test]
    fn r82_what_has_gone_hides_nothing_and_what_stays_is_found() {
        let mut registered = Registered::default();
        // From here on it is kept, and not made anew.
        registered.insert("another-value");
        assert_eq!(found(&registered, "another-value"), "REDACTED");
        let value = |number| format!("value-{number:06}-of-many-that-are-somewhat-long");

        for number in 0..2_000 {
            registered.insert(&value(number));
            if 10 <= number {
                registered.remove(&value(number - 10));
            }
        }

        assert_eq!(found(&registered, &value(1_995)), "REDACTED");
        assert_eq!(registered.values.len(), 11);
    }

    #[test]
    fn the_values_are_bounded() {
        let mut registered = Registered::default();

        for number in 0..MOST + 1 {
            registered.insert(&format!("value-number-{number:06}"));
        }

        assert_eq!(registered.values.len(), MOST);
        assert_eq!(registered.values[0].text, "value-number-000001");
    }

    fn registered(values: &[&str]) -> Registered {
        let mut registered = Registered::default();
        values.iter().for_each(|value| registered.insert(value));
        registered
    }

    fn found(registered: &Registered, text: &str) -> String {
        let mut spans = Spans::default();
        registered.find(text.as_bytes(), &mut spans);
        spans.apply(text).into_owned()
    }
}
