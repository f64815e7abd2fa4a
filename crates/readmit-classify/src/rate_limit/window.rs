//! The fields that belong together, put together.

use std::fmt;

use super::name::{Bucket, Form, Part};
use super::reset::{self, Received};
use super::span::Decimal;
use super::{Reset, Wait};

/// What the fields of one limit say, of any family but the current draft of the IETF.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Window<'a> {
    bucket: Bucket<'a>,
    limit: Option<u64>,
    remaining: Option<u64>,
    reset: Option<(Form, &'a [u8])>,
}

impl<'a> Window<'a> {
    /// Returns how much there is in the whole window.
    #[must_use]
    pub fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// Returns how much is left, without a fraction.
    #[must_use]
    pub fn remaining(&self) -> Option<u64> {
        self.remaining
    }

    /// Returns what stands before and behind the word for the part in the names of the fields:
    /// `("x-ratelimit-", "-tokens")` of `x-ratelimit-remaining-tokens`.
    #[must_use]
    pub fn name(&self) -> (&'a str, &'a str) {
        self.bucket.name()
    }

    pub(super) fn reset(&self, unit: Option<Reset>, received: Received<'_>) -> Option<Wait> {
        let (form, value) = self.reset?;
        reset::wait(value, form, unit, received)
    }

    fn new(bucket: Bucket<'a>) -> Window<'a> {
        Window { bucket, limit: None, remaining: None, reset: None }
    }

    fn add(&mut self, part: Part, value: &'a [u8]) {
        match part {
            Part::Limit => self.limit = self.limit.or_else(|| least(value)),
            Part::Remaining => {
                let told = least(value);
                self.remaining = self.remaining.min(told).or(self.remaining).or(told);
            }
            // Of `reset` and `reset-after` the second leaves no doubt; of two lines, the first.
            Part::Reset(form) => {
                if self.reset.is_none_or(|(known, _)| known < form) {
                    self.reset = Some((form, value));
                }
            }
        }
    }
}

impl fmt::Debug for Window<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window")
            .field("name", &self.name())
            .field("limit", &self.limit)
            .field("remaining", &self.remaining)
            .field("has_reset", &self.reset.is_some())
            .finish()
    }
}

/// The limits of an answer, at most as many as there is room for.
#[derive(Clone, Debug, Default)]
pub(super) struct Windows<'a> {
    windows: [Option<Window<'a>>; ROOM],
    /// Whether nothing is left of one, even of one that there is no room for.
    exhausted: bool,
}

impl<'a> Windows<'a> {
    pub(super) fn add(&mut self, part: Part, bucket: Bucket<'a>, value: &'a [u8]) {
        self.exhausted |= part == Part::Remaining && least(value) == Some(0);
        let fits = |place: &&mut Option<Window<'a>>| {
            place.as_ref().is_none_or(|window| window.bucket == bucket)
        };
        if let Some(place) = self.windows.iter_mut().find(fits) {
            place.get_or_insert(Window::new(bucket)).add(part, value);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Window<'a>> {
        self.windows.iter().map_while(Option::as_ref)
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Returns the wait that binds, of those that `wait` says.
    pub(super) fn binding(&self, wait: impl Fn(&Window<'a>) -> Option<Wait>) -> Option<Wait> {
        let longest = |remaining, unranked: bool| {
            let these = self.iter().filter(|it| it.remaining == remaining);
            let these = these.filter(|it| !unranked || it.bucket.is_unranked());
            these.filter_map(&wait).max_by_key(|wait| wait.delay())
        };
        if let Some(wait) = longest(Some(0), false) {
            return Some(wait);
        }
        let unsaid = self.iter().filter(|it| it.remaining.is_none() && it.reset.is_some());
        let first = unsaid.filter(|it| !it.bucket.is_unranked()).min_by_key(|it| it.bucket.rank());
        match first {
            Some(window) => wait(window),
            None => longest(None, true),
        }
    }
}

/// Reads the least number of a list, without the parameters of its members: `10, 10;w=1`.
///
/// Where one member is no number, the list says nothing.
fn least(value: &[u8]) -> Option<u64> {
    let mut least = None;
    for member in value.split(|byte| *byte == b',') {
        let number = member.split(|byte| *byte == b';').next()?;
        let number = Decimal::parse(number.trim_ascii())?.whole();
        least = Some(least.map_or(number, |least: u64| least.min(number)));
    }
    least
}

/// Limits that are kept: more than the providers with the most tell.
const ROOM: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r53_of_several_numbers_the_least_counts() {
        for (value, number) in [
            ("5", Some(5)),
            (" 5 ", Some(5)),
            ("597.0", Some(597)),
            ("0.5", Some(0)),
            ("76;w=21600", Some(76)),
            ("10, 10;w=1;name=\"a\", 7;w=60", Some(7)),
            ("99999999999999999999", Some(u64::MAX)),
            ("-1", None),
            ("5,", None),
            ("5, x", None),
            ("1e3", None),
            ("NaN", None),
            ("unlimited", None),
            ("", None),
        ] {
            assert_eq!(least(value.as_bytes()), number, "{value}");
        }
    }
}
