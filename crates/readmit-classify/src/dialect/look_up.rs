//! What a dialect knows of the pieces of an answer.
//!
//! Nothing here allocates, and no cost grows with the number of rules: a code costs a hash, and a
//! word of a text three and the phrases that begin with the same three words.

use std::cmp::Reverse;

use super::Dialect;
use super::phrase::{self, HEAD, Phrase, head, words};
use super::rule::{By, Context, Found};
use super::success::Told;
use crate::fold::{self, Path};
use crate::words::last_segment;

impl Dialect {
    /// Finds the first rule that a code fits; `at` is where it stands, if that is in the body.
    ///
    /// A namespace is cut off. The code is looked up as it is, then without an `Exception` at its
    /// end, then, where it is a number, behind the prefix of the dialect.
    pub(crate) fn code(
        &self,
        code: &str,
        at: Option<Path>,
        context: &Context<'_>,
    ) -> Option<Found<'_>> {
        let code = last_segment(code).trim();
        let is_number = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = Some(self.prefix.as_ref()).filter(|it| is_number && !it.is_empty());
        self.by_code("", code, at, context)
            .or_else(|| self.by_code("", without_exception(code)?, at, context))
            .or_else(|| self.by_code(prefix?, code, at, context))
    }

    /// Finds the rule that a text fits: by a code in it that begins with the prefix of the dialect,
    /// else by a phrase of a rule without a code. Of several the first in the file decides.
    pub(crate) fn text(&self, text: &str, context: &Context<'_>) -> Option<Found<'_>> {
        if self.prefix.is_empty() && self.phrases.is_empty() {
            return None;
        }
        let mut best: Option<Found<'_>> = None;
        let mut rest = words(text);
        loop {
            let here = rest.clone();
            let Some(word) = rest.next() else { return best };
            let code = self.prefixed(word, context);
            let found = code.or_else(|| self.by_phrase(here, best.as_ref(), context));
            best = best.into_iter().chain(found).min_by_key(Found::trust);
        }
    }

    /// Finds the first rule that a status fits by itself.
    pub(crate) fn status(&self, context: &Context<'_>) -> Option<Found<'_>> {
        let first = self.statuses.partition_point(|&(status, _)| status < context.status);
        let run = self.statuses.get(first..).unwrap_or_default().iter();
        run.take_while(|&&(status, _)| status == context.status)
            .find_map(|&(_, rule)| self.holding(rule, By::Status, "", None, context))
    }

    /// Returns how telling the code in a place is, 0 the most, if this is a place for codes.
    pub(crate) fn place(&self, path: Path) -> Option<u8> {
        let rank = self.places.iter().position(|&place| place == path)?;
        Some(u8::try_from(rank).unwrap_or(u8::MAX))
    }

    /// The headers whose value is a code.
    pub(crate) fn code_headers(&self) -> impl Iterator<Item = &str> {
        self.code_headers.iter().map(AsRef::as_ref)
    }

    /// Returns whether a member of the body makes a failure of an answer below 400.
    pub(crate) fn fails(&self, at: Path, told: Told<'_>) -> bool {
        self.success.iter().any(|test| test.fails(at, told))
    }

    /// Looks up a code that is in two pieces.
    fn by_code(
        &self,
        head: &str,
        tail: &str,
        at: Option<Path>,
        context: &Context<'_>,
    ) -> Option<Found<'_>> {
        let hash = fold::name(fold::hash(head), tail.as_bytes());
        let mut run = self.codes.run(hash, |says| fold::same_joined(says, head, tail));
        run.find_map(|key| self.holding(key.rule, By::Code, &key.says, at, context))
    }

    /// Looks up a word of a text that is a code.
    fn prefixed(&self, word: &str, context: &Context<'_>) -> Option<Found<'_>> {
        let (head, digits) = word.split_at_checked(self.prefix.len())?;
        let is_code = !head.is_empty()
            && head.eq_ignore_ascii_case(&self.prefix)
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { self.by_code(head, digits, None, context) } else { None }
    }

    /// Looks up the phrases that a text begins with; `here` is the text from a word on.
    ///
    /// What would not change the best so far is not looked at.
    fn by_phrase<'t>(
        &self,
        here: impl Clone + Iterator<Item = &'t str>,
        best: Option<&Found<'_>>,
        context: &Context<'_>,
    ) -> Option<Found<'_>> {
        let bound = best.map_or(u16::MAX, |best| if best.by == By::Text { best.order } else { 0 });
        let with_head = |words: usize| {
            let told = here.clone().take(words);
            let begins_so = {
                let told = told.clone();
                move |says: &str| same(head(says), told.clone())
            };
            let run = self.phrases.run(phrase::hash(told), begins_so);
            run.take_while(|key| key.rule < bound)
                .filter(|key| Phrase(&key.says).begins(here.clone()))
                .find_map(|key| self.holding(key.rule, By::Text, &key.says, None, context))
        };
        (1..=HEAD).filter_map(with_head).min_by_key(Found::order)
    }

    /// Returns a rule if all of its conditions hold.
    fn holding<'a>(
        &'a self,
        order: u16,
        by: By,
        says: &'a str,
        at: Option<Path>,
        context: &Context<'_>,
    ) -> Option<Found<'a>> {
        let rule = self.rules.get(usize::from(order))?;
        let (from, to) = rule.when;
        let conditions = self.conditions.get(usize::from(from)..usize::from(to))?;
        let holds = conditions.iter().all(|condition| condition.holds(at, context));
        holds.then_some(Found { rule, order, by, says })
    }
}

impl Found<'_> {
    /// Puts codes before phrases, and of two of a kind the first in the file.
    fn trust(&self) -> (Reverse<By>, u16) {
        (Reverse(self.by), self.order)
    }
}

/// Whether these are the same words, and as many.
fn same<'s, 't>(
    mut some: impl Iterator<Item = &'s str>,
    mut others: impl Iterator<Item = &'t str>,
) -> bool {
    some.all(|word| others.next().is_some_and(|other| other.eq_ignore_ascii_case(word)))
        && others.next().is_none()
}

/// Cuts the `Exception` off a code.
fn without_exception(code: &str) -> Option<&str> {
    let (rest, end) = code.split_at_checked(code.len().checked_sub(EXCEPTION.len())?)?;
    let has_more = fold::folded(rest).next().is_some();
    Some(rest).filter(|_| has_more && end.eq_ignore_ascii_case(EXCEPTION))
}

const EXCEPTION: &str = "Exception";
