//! Rules that never decide: nothing holds for them, or one before them always does.

use std::collections::BTreeMap;
use std::ops::Range;

use super::head::Head;
use super::reader::{Reader, Text, quote};
use super::rule::{Draft, Header};
use crate::dialect::phrase::Phrase;
use crate::fold;

/// Notes each place and status that no answer has where the rule is asked, and each code, phrase
/// and status that an earlier rule always takes.
pub(super) fn check(reader: &mut Reader<'_>, head: &Head<'_>, drafts: &[Draft<'_>]) {
    for draft in drafts {
        place(reader, head, draft);
        successes(reader, head, draft);
    }
    codes(reader, drafts);
    let by_text: Vec<_> = drafts.iter().filter(|it| it.is_found_by_text()).collect();
    for (at, later) in by_text.iter().enumerate() {
        let taken = |phrase: &Text<'_>| {
            let takes = |earlier: &Draft<'_>| {
                earlier.has_phrase_in(phrase.text) && earlier.takes_where_and_when(later)
            };
            by_text.iter().take(at).find(|earlier| takes(earlier)).map(|it| it.span.clone())
        };
        for phrase in &later.texts {
            if let Some(earlier) = taken(phrase) {
                never(reader, &quote(phrase.text), &phrase.span, &earlier);
            }
        }
    }
    let by_status: Vec<_> = drafts.iter().filter(|it| it.is_found_by_status()).collect();
    for (at, later) in by_status.iter().enumerate() {
        for (status, span) in &later.statuses {
            let mut earlier = by_status.iter().take(at);
            let takes = earlier.find(|earlier| {
                let has_it = earlier.statuses.iter().any(|(other, _)| other == status);
                has_it && takes_header(earlier.header.as_ref(), later.header.as_ref())
            });
            if let Some(earlier) = takes {
                never(reader, &format!("`{status}`"), span, &earlier.span);
            }
        }
    }
}

/// A code is known to stand in a place only where the dialect looks for codes there.
fn place(reader: &mut Reader<'_>, head: &Head<'_>, draft: &Draft<'_>) {
    let Some(at) = draft.place.as_ref().filter(|_| !draft.codes.is_empty()) else { return };
    if !head.places.contains(&at.path) {
        let what = format!(
            "{} is not in `codes`, so no code is looked for there: add it to the list at the top, \
             or leave `at` out",
            quote(at.told.text)
        );
        reader.mistake(&at.told.span, what);
    }
}

/// An answer below 400 is read only where the dialect says what makes a failure of it.
fn successes(reader: &mut Reader<'_>, head: &Head<'_>, draft: &Draft<'_>) {
    if !head.success.is_empty() {
        return;
    }
    for (status, span) in draft.statuses.iter().filter(|(status, _)| *status < 400) {
        let what = format!(
            "{status} is below 400, and no such answer is read: say with `success` at the top what \
             makes a failure of it, or leave {status} out"
        );
        reader.mistake(span, what);
    }
}

fn codes<'d>(reader: &mut Reader<'_>, drafts: &'d [Draft<'_>]) {
    let mut before: BTreeMap<Vec<u8>, Vec<&'d Draft<'_>>> = BTreeMap::new();
    for later in drafts {
        for code in &later.codes {
            let earlier = before.entry(fold::folded(code.text).collect()).or_default();
            let takes = earlier.iter().find(|earlier| {
                !std::ptr::eq(**earlier, later)
                    && earlier.takes_where_and_when(later)
                    && earlier.takes_texts(later)
            });
            if let Some(takes) = takes {
                never(reader, &quote(code.text), &code.span, &takes.span);
            }
            earlier.push(later);
        }
    }
}

fn never(reader: &mut Reader<'_>, what: &str, span: &Range<usize>, earlier: &Range<usize>) {
    let line = reader.line(earlier.start);
    let what = format!(
        "{what} never decides here: the rule in line {line} takes it first; remove one, or put \
         the narrower rule first"
    );
    reader.mistake(span, what);
}

impl Draft<'_> {
    fn is_found_by_text(&self) -> bool {
        self.codes.is_empty() && !self.texts.is_empty()
    }

    fn is_found_by_status(&self) -> bool {
        self.codes.is_empty() && self.texts.is_empty()
    }

    fn has_phrase_in(&self, text: &str) -> bool {
        self.texts.iter().any(|phrase| Phrase(phrase.text).stands_in(text))
    }

    /// Whether place, status and header hold for this rule whenever they hold for a later one.
    fn takes_where_and_when(&self, later: &Draft<'_>) -> bool {
        let path = |draft: &Draft<'_>| draft.place.as_ref().map(|at| at.path);
        let place = self.place.is_none() || path(self) == path(later);
        let has = |(status, _): &(u16, _)| self.statuses.iter().any(|(own, _)| own == status);
        let status = self.statuses.is_empty()
            || (!later.statuses.is_empty() && later.statuses.iter().all(has));
        place && status && takes_header(self.header.as_ref(), later.header.as_ref())
    }

    /// Whether a phrase of this rule is there whenever one of a later rule is.
    fn takes_texts(&self, later: &Draft<'_>) -> bool {
        let has = |phrase: &Text<'_>| self.has_phrase_in(phrase.text);
        self.texts.is_empty() || (!later.texts.is_empty() && later.texts.iter().all(has))
    }
}

fn takes_header(earlier: Option<&Header<'_>>, later: Option<&Header<'_>>) -> bool {
    match (earlier, later) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(earlier), Some(later)) => {
            let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
            let value = earlier.value.is_none_or(|own| later.value.is_some_and(|it| same(own, it)));
            same(earlier.name, later.name) && value
        }
    }
}
