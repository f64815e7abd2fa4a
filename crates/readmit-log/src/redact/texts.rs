use std::borrow::Cow;

use crate::redact::registered::Registered;
use crate::redact::rules::Rules;
use crate::redact::spans::Spans;
use crate::redact::stops::{Stops, Which};
use crate::redact::view::{self, View};
use crate::redact::{json, sieve, text};

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

    /// Looks a text over once, to tell of its parts whether they need a closer look.
    pub(crate) fn glance<'t>(&self, text: &'t str) -> Glance<'t> {
        let is_seen = !view::differs(text);
        let is_ordinary = is_seen && !self.rules.has_added_names() && !self.is_registered(text);
        let stops = is_ordinary.then(|| Stops::new(text.as_bytes(), Which::Odd));
        Glance { text: text.as_bytes(), stops, next: 0 }
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
        let views = [View::decoded, View::unescaped].into_iter();
        for view in views.filter(|_| !self.registered.is_empty()).filter_map(|view| view(text)) {
            let mut seen = Spans::default();
            self.registered.find(view.text(), &mut seen);
            seen.iter().for_each(|part| spans.hide(view.place(part)));
        }
        if let Some(view) = View::of(text) {
            let mut seen = text::scan(self.rules, view.text(), depth);
            self.registered.find(view.text(), &mut seen);
            seen.iter().for_each(|part| spans.hide(view.place(part)));
        }
        spans
    }
}

/// A first look at a text, which tells of most of its parts that they are ordinary.
#[derive(Debug)]
pub(crate) struct Glance<'t> {
    text: &'t [u8],
    /// `None` where every part needs a closer look.
    stops: Option<Stops<'t>>,
    /// The first stop behind the part that was asked for last.
    next: usize,
}

/// What a glance at a part has told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Whether it may be or hold a secret.
    pub(crate) is_odd: bool,
    /// Whether it may be the name of one.
    pub(crate) may_name: bool,
}

impl<'t> Glance<'t> {
    /// Looks at a part, with or without quotes; parts are asked for in their order.
    pub(crate) fn at(&mut self, start: usize, end: usize) -> Seen {
        let text = self.text;
        let Some(stops) = &mut self.stops else { return Seen { is_odd: true, may_name: true } };
        if self.next <= start {
            self.next = stops.next(start).unwrap_or(usize::MAX);
        }
        let may_name = self.next < end;
        let mut at = start;
        while self.next < end {
            // Of a slash or a backslash only what follows tells.
            let (from, to) = stops.word(at, self.next);
            if from == to || !sieve::is_ordinary(text, from, to) || text[from..to].contains(&b'%') {
                return Seen { is_odd: true, may_name };
            }
            at = to;
            self.next = stops.next(at).unwrap_or(usize::MAX);
        }
        // A value that is JSON itself is read as such.
        let inside = text[start..end].trim_ascii_start();
        let inside = inside.strip_prefix(b"\"").unwrap_or(inside).trim_ascii_start();
        Seen { is_odd: matches!(inside.first(), Some(b'{' | b'[')), may_name }
    }
}

/// Values within values that are taken for JSON.
const DEEPEST: u8 = 3;

#[cfg(test)]
mod tests {
    use crate::redact::Redactor;

    #[test]
    fn r82_a_value_is_found_whichever_of_its_characters_are_percent_encoded() {
        let redactor = Redactor::new();
        redactor.register("first-secret");

        for text in ["first%2Dsecret", "%66irst-secret", "first%2dsecre%74"] {
            assert_eq!(redactor.text(&format!("a {text} 5% b")), "a REDACTED 5% b");
        }
    }

    #[test]
    fn r82_a_value_is_found_whichever_of_its_characters_are_escaped() {
        let redactor = Redactor::new();
        redactor.register("a\"b\\c/\u{e9}\u{1f511}+d");

        for text in [
            r#"a\u0022b\u005Cc\/\u00E9\uD83D\uDD11\u002Bd"#,
            r#"a\"b\\c/\u00e9\ud83d\udd11+d"#,
            r#"a\\\"b\\\\c/\u00e9\ud83d\udd11+d"#,
        ] {
            assert_eq!(redactor.text(&format!(r"x {text} C:\new y")), r"x REDACTED C:\new y");
        }
    }
}
