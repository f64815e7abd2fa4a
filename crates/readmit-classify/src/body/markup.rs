//! XML and HTML, read as far as an error needs it: the elements that hold nothing but text.

use serde_json::{Map, Value};

use super::{Body, Format, MEMBER_LIMIT};

/// Collects `<Name>text</Name>`, the first of each name; of a page made for people only the title.
pub(super) fn read(text: &str) -> Body {
    let page = is_html(text);
    let format = if page { Format::Prose } else { Format::Marked };
    let mut members: Map<String, Value> = Map::new();
    let mut rest = text;
    while let Some((_, inside)) = rest.split_once('<') {
        // A tag ends before the next one begins, so that no number of open ones costs more.
        let Some(end) = inside.find(['<', '>']) else { break };
        let tag = &inside[..end];
        rest = &inside[end..];
        let Some(after) = rest.strip_prefix('>') else { continue };
        let content = after.split('<').next().unwrap_or_default();
        let name = tag.split([' ', '\t', '\r', '\n']).next().unwrap_or_default();
        // `<b:Code>` is a `Code`, whatever the namespace.
        let name = name.rsplit(':').next().unwrap_or_default();
        let wanted = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && !tag.ends_with('/')
            && !content.trim().is_empty()
            && (!page || name.eq_ignore_ascii_case("title"));
        if wanted && members.len() < MEMBER_LIMIT {
            members.entry(name).or_insert_with(|| Value::String(unescape(content.trim())));
        }
    }
    Body { members, format }
}

fn is_html(text: &str) -> bool {
    let starts =
        |mark: &str| text.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark));
    starts("<!doctype html") || starts("<html")
}

fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // The ampersand last, so that nothing is undone twice.
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (escape, mark)| text.replace(escape, mark))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_elements_with_text_are_members() {
        let xml = "<?xml version=\"1.0\"?><e:Error xmlns=\"x\"><e:Code a=\"b\">Ex&lt;</e:Code>\
                   <Empty/><Message>m</Message><Code>later</Code></e:Error>";

        let members = Value::Object(read(xml).members);

        assert_eq!(members, json!({"Code": "Ex<", "Message": "m"}));
    }

    #[test]
    fn r75_a_tag_without_an_end_is_left() {
        assert_eq!(Value::Object(read("<Code>a</Code><Mess").members), json!({"Code": "a"}));
        assert!(read("<<<<<<").members.is_empty());
        assert_eq!(Value::Object(read("<Mess<Code>a</Code>").members), json!({"Code": "a"}));
    }

    #[test]
    fn r75_open_tags_without_number_are_read_in_one_pass() {
        // Were each read up to the one end that there is, this would take hours.
        let text = format!("{}Code>a", "<".repeat(4 << 20));

        assert_eq!(Value::Object(read(&text).members), json!({"Code": "a"}));
    }
}
