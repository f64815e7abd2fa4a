use std::borrow::Cow;

use crate::redact::registered::Registered;
use crate::redact::rules::Rules;
use crate::redact::spans::Spans;
use crate::redact::view::View;
use crate::redact::{json, text};

/// What is looked for in a text: the rules, and the secrets in use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts<'r> {
    pub(crate) rules: &'r Rules,
    pub(crate) registered: &'r Registered,
}

impl Texts<'_> {
    /// Redacts a text, or returns `None` where there is nothing to hide.
    pub(crate) fn redact<'a>(&self, text: &'a str, depth: u8) -> Option<Cow<'a, str>> {
        let spans = self.secrets(text, depth);
        if spans.is_empty() {
            return None;
        }
        let clean = spans.apply(text);
        (clean != text).then(|| Cow::Owned(clean.into_owned()))
    }

    /// Redacts the value of a field or a member, which may be JSON itself.
    pub(crate) fn redact_value(&self, text: &str, depth: u8) -> Option<String> {
        if depth < DEEPEST && json::may_be(text) {
            return json::redact(self, text, depth + 1);
        }
        self.redact(text, depth).map(Cow::into_owned)
    }

    /// Whether a text holds one of the secrets in use.
    pub(crate) fn is_registered(&self, text: &str) -> bool {
        let mut spans = Spans::default();
        self.registered.find(text.as_bytes(), &mut spans);
        !spans.is_empty()
    }

    fn secrets(&self, text: &str, depth: u8) -> Spans {
        let mut spans = text::scan(self.rules, text.as_bytes(), depth);
        self.registered.find(text.as_bytes(), &mut spans);
        if let Some(view) = View::of(text) {
            let mut seen = text::scan(self.rules, view.text(), depth);
            self.registered.find(view.text(), &mut seen);
            seen.iter().for_each(|part| spans.hide(view.place(part)));
        }
        spans
    }
}

/// Values within values that are taken for JSON.
const DEEPEST: u8 = 3;
