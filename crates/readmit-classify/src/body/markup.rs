//! XML and HTML, read as far as an error needs it: the elements that hold nothing but text, and
//! the attributes.

use std::borrow::Cow;

use super::{Format, Path, Value, Visitor};

/// Walks over `<Name attribute="text">text</Name>`; of a page made for people only over what a
/// person sees first.
pub(super) fn walk<'a>(text: &'a str, visitor: &mut impl Visitor<'a>) -> Format {
    let is_page = is_html(text);
    let mut left = ELEMENT_LIMIT;
    let mut rest = text;
    while let Some((_, inside)) = rest.split_once('<') {
        if left == 0 {
            break;
        }
        // A tag ends before the next one begins, so that no number of open ones costs more.
        let Some(end) = inside.find(['<', '>']) else { break };
        let tag = inside.get(..end).unwrap_or_default();
        rest = inside.get(end..).unwrap_or_default();
        let Some(after) = rest.strip_prefix('>') else { continue };
        let (name, attributes) = tag.split_once(is_space).unwrap_or((tag, ""));
        // `<b:Code>` is a `Code`, whatever the namespace.
        let name = name.rsplit(':').next().unwrap_or_default();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || (is_page && !is_headline(name)) {
            continue;
        }
        left -= 1;
        if !is_page {
            walk_attributes(attributes, visitor);
        }
        let (content, behind) = content(after);
        rest = behind;
        if !tag.ends_with('/') && !content.is_empty() {
            let name = if is_page { "title" } else { name };
            visitor.member(&Path::of(name), Value::Text(unescape(content)));
        }
    }
    if is_page { Format::Prose } else { Format::Marked }
}

/// Returns the name of the outermost element.
pub(super) fn root(text: &str) -> Option<&str> {
    let mut tags = text.split('<').skip(1).take(ELEMENT_LIMIT);
    let tag = tags.find(|tag| !tag.starts_with(['?', '!']))?;
    let name = tag.split(|c: char| c == '>' || c == '/' || is_space(c)).next()?;
    name.rsplit(':').next()
}

fn is_html(text: &str) -> bool {
    let starts =
        |mark: &str| text.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark));
    starts("<!doctype html") || starts("<html") || starts("<head") || starts("<body")
}

fn is_headline(name: &str) -> bool {
    ["title", "h1", "h2", "pre"].iter().any(|headline| name.eq_ignore_ascii_case(headline))
}

/// Returns the text behind a tag, up to the next one or as its `CDATA` has it, and the rest.
fn content(after: &str) -> (&str, &str) {
    let (content, behind) = match after.trim_start().strip_prefix("<![CDATA[") {
        Some(data) => data.split_once("]]>").unwrap_or((data, "")),
        None => after.split_at(after.find('<').unwrap_or(after.len())),
    };
    (content.trim(), behind)
}

fn walk_attributes<'a>(attributes: &'a str, visitor: &mut impl Visitor<'a>) {
    let mut rest = attributes;
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return };
        let Some((value, behind)) = after.get(1..).and_then(|it| it.split_once(quote)) else {
            return;
        };
        rest = behind;
        if !value.is_empty() {
            visitor.member(&Path::of(name.trim()), Value::Text(unescape(value)));
        }
    }
}

fn is_space(c: char) -> bool {
    c.is_ascii_whitespace()
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    // The ampersand last, so that nothing is undone twice.
    let escapes = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    let undo = |text: String, (escape, mark)| text.replace(escape, mark);
    Cow::Owned(escapes.into_iter().fold(text.to_owned(), undo))
}

/// Elements that are looked at.
const ELEMENT_LIMIT: usize = 64;

#[cfg(test)]
mod tests {
    use crate::body::tests::lines;

    #[test]
    fn the_elements_with_text_and_the_attributes_are_members() {
        let xml = "<?xml version=\"1.0\"?><e:Error xmlns=\"x\"><e:Code a='b'>Ex&lt;</e:Code>\
                   <Empty/><Message><![CDATA[<m>]]></Message></e:Error>";

        assert_eq!(lines(xml), ["xmlns=\"x\"", "a=\"b\"", "Code=\"Ex<\"", "Message=\"<m>\""]);
    }

    #[test]
    fn of_a_page_only_the_headlines_are_read() {
        let page =
            "<!DOCTYPE html><html lang=\"en\"><title>T</title><h1 class=\"x\">H</h1><p>x</p>";

        assert_eq!(lines(page), ["title=\"T\"", "title=\"H\""]);
    }

    #[test]
    fn r75_a_tag_without_an_end_is_left() {
        assert_eq!(lines("<Code>a</Code><Mess"), ["Code=\"a\""]);
        assert!(lines("<<<<<<").is_empty());
        assert_eq!(lines("<Mess<Code>a</Code>"), ["Code=\"a\""]);
        assert!(lines("<a b='c d=\"e").is_empty());
    }

    #[test]
    fn r75_open_tags_without_number_are_read_in_one_pass() {
        // Were each read up to the one end that there is, this would take hours.
        let text = format!("{}Code>a", "<".repeat(4 << 20));

        assert_eq!(lines(&text), ["Code=\"a\""]);
    }
}
