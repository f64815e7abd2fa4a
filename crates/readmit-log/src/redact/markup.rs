//! XML and HTML: everything within an element whose name is that of a secret.

use crate::redact::Texts;
use crate::redact::shape::find;
use crate::redact::spans::Spans;
use crate::redact::tag::Tag;

/// Finds what is secret in markup by its elements; attributes and texts are for the text's rules.
///
/// An element that is not closed holds all that follows.
pub(crate) fn secrets(texts: &Texts<'_>, markup: &str) -> Spans {
    let text = markup.as_bytes();
    let mut spans = Spans::default();
    let mut at = 0;
    while let Some(next) = find(&text[at..], b"<") {
        at += next;
        let Some(tag) = Tag::at(text, at) else {
            at += 1;
            continue;
        };
        at = tag.end;
        if tag.role(texts.rules, text).holds_secret && !tag.is_empty {
            let end = close(text, &tag);
            spans.hide(tag.end..end);
            at = end;
        }
    }
    spans
}

/// Finds the end of what an element holds, elements of the same name within it left out.
fn close(text: &[u8], tag: &Tag) -> usize {
    let name = &text[tag.name.clone()];
    let mut depth = 1_usize;
    let mut at = tag.end;
    while let Some(next) = find(&text[at..], b"<") {
        at += next;
        if let Some(inner) = Tag::at(text, at) {
            let is_same = text[inner.name.clone()].eq_ignore_ascii_case(name);
            depth += usize::from(is_same && !inner.is_empty);
            at = inner.end;
            continue;
        }
        let closes = text[at..].starts_with(b"</") && {
            let end = text[at..].iter().take(256).position(|byte| *byte == b'>').unwrap_or(0);
            let closed = text[at..at + end].get(2..).unwrap_or_default().trim_ascii_end();
            let local = closed.iter().rposition(|byte| *byte == b':').map_or(0, |colon| colon + 1);
            closed[local..].eq_ignore_ascii_case(name)
        };
        depth -= usize::from(closes);
        if depth == 0 {
            return at;
        }
        at += 1;
    }
    text.len()
}
