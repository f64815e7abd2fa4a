//! Elements of XML and HTML within a text.

use std::ops::Range;

use crate::redact::name::Class;
use crate::redact::rules::Rules;
use crate::redact::text::Scan;
use crate::redact::{looks, value};

impl Scan<'_> {
    /// Hides what the element that begins here holds, where its name or an attribute says that it is
    /// a secret, and returns where to go on.
    pub(super) fn tag(&mut self, at: usize) -> usize {
        // `Option<Token>` is a type.
        let is_type =
            at.checked_sub(1).is_some_and(|before| self.text[before].is_ascii_alphanumeric());
        let Some(tag) = Tag::at(self.text, at).filter(|_| !is_type) else { return at + 1 };
        let Role { holds_secret, names_next } = tag.role(self.rules, self.text);
        if let Some(part) = tag.attribute_value(self.rules, self.text) {
            self.spans.hide(part);
        }
        if holds_secret && !tag.is_empty {
            let content = content(self.text, tag.end);
            self.spans.hide(content);
        } else if names_next {
            let name = content(self.text, tag.end);
            let class = self.rules.class(&self.text[name.clone()]);
            if !matches!(class, Class::Plain | Class::Holder)
                && let Some(next) =
                    self.text[name.end..].iter().skip(1).position(|byte| *byte == b'<')
                && let Some(sibling) = Tag::at(self.text, name.end + 1 + next)
            {
                let part = content(self.text, sibling.end);
                if class != Class::Suspect || looks::is_random(&self.text[part.clone()]) {
                    self.spans.hide(part);
                }
            }
        }
        // The attributes are looked at as any other text.
        tag.name.end
    }
}

/// The beginning of an element.
#[derive(Debug)]
pub(crate) struct Tag {
    /// Without the prefix of a namespace.
    pub(crate) name: Range<usize>,
    attributes: Vec<(Range<usize>, Range<usize>)>,
    /// Behind the bracket that closes it.
    pub(crate) end: usize,
    /// Whether it ends by itself.
    pub(crate) is_empty: bool,
}

#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) holds_secret: bool,
    /// Whether it holds the name of what the next element holds, as in property lists.
    names_next: bool,
}

impl Tag {
    /// Reads the tag that begins here, if one does that is not longer than any is.
    pub(crate) fn at(text: &[u8], at: usize) -> Option<Tag> {
        let text = &text[..text.len().min(at.saturating_add(LONGEST))];
        if text.get(at) != Some(&b'<') || !text.get(at + 1)?.is_ascii_alphabetic() {
            return None;
        }
        let full = run(text, at + 1, is_name);
        let colon = text[full.clone()].iter().rposition(|byte| *byte == b':');
        let name = full.start + colon.map_or(0, |colon| colon + 1)..full.end;
        let mut attributes = Vec::new();
        let mut next = full.end;
        loop {
            match *text.get(next)? {
                b'>' => {
                    let is_empty = text[next - 1] == b'/';
                    return Some(Tag { name, attributes, end: next + 1, is_empty });
                }
                b'<' => return None,
                byte if is_name(byte) => {
                    let attribute = run(text, next, is_name);
                    next = attribute.end;
                    if text.get(next) == Some(&b'=') {
                        let (part, after) = value::quoted(text, (next + 1).min(text.len() - 1))
                            .unwrap_or_else(|| {
                                let part = run(text, next + 1, |byte| {
                                    !byte.is_ascii_whitespace() && byte != b'>'
                                });
                                (part.clone(), part.end)
                            });
                        attributes.push((attribute, part));
                        next = after;
                    }
                }
                _ => next += 1,
            }
        }
    }

    pub(crate) fn role(&self, rules: &Rules, text: &[u8]) -> Role {
        let is_secret = |class| matches!(class, Class::Secret | Class::Credentials | Class::Cookie);
        let name = &text[self.name.clone()];
        let by_attribute = self.named(text).is_some_and(|named| is_secret(rules.class(named)));
        let names_next = [&b"key"[..], b"name"].iter().any(|it| name.eq_ignore_ascii_case(it));
        Role { holds_secret: is_secret(rules.class(name)) || by_attribute, names_next }
    }

    /// Returns the attribute that holds the value, where another says that it is a secret.
    fn attribute_value(&self, rules: &Rules, text: &[u8]) -> Option<Range<usize>> {
        let class = rules.class(self.named(text)?);
        let part = self.attribute(text, &["value", "content"])?;
        let is_secret = match class {
            Class::Plain | Class::Holder => false,
            Class::Suspect => looks::is_random(&text[part.clone()]),
            Class::Cookie | Class::Credentials | Class::Secret => true,
        };
        is_secret.then_some(part)
    }

    fn named<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        Some(&text[self.attribute(text, &["name", "key", "id"])?])
    }

    fn attribute(&self, text: &[u8], names: &[&str]) -> Option<Range<usize>> {
        names.iter().find_map(|name| {
            let is =
                |range: &Range<usize>| text[range.clone()].eq_ignore_ascii_case(name.as_bytes());
            self.attributes
                .iter()
                .find(|(attribute, _)| is(attribute))
                .map(|(_, part)| part.clone())
        })
    }
}

/// Returns what an element holds, up to the next tag.
fn content(text: &[u8], from: usize) -> Range<usize> {
    if text[from..].starts_with(CDATA) {
        let end = super::shape::find(&text[from..], b"]]>");
        return from + CDATA.len()..end.map_or(text.len(), |end| from + end);
    }
    let end = text[from..].iter().position(|byte| *byte == b'<').map_or(text.len(), |at| from + at);
    let found = &text[from..end];
    let start = from + (found.len() - found.trim_ascii_start().len());
    start..start.max(from + found.trim_ascii_end().len())
}

fn run(text: &[u8], from: usize, is_part: impl Fn(u8) -> bool) -> Range<usize> {
    let rest = text.get(from..).unwrap_or_default();
    from..from + rest.iter().take_while(|byte| is_part(**byte)).count()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte) || 0x80 <= byte
}

/// Bytes of a tag.
const LONGEST: usize = 2_048;
const CDATA: &[u8] = b"<![CDATA[";
