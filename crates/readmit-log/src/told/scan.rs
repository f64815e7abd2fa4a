use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::NotTold;

/// The members of a JSON object, one after the other, each borrowed from the text.
///
/// It knows nothing of what it reads, which makes it three times as fast as asking serde for a
/// struct; what is rare, such as an escape, serde reads. It accepts what serde_json accepts, which a
/// test holds it to, and a member that comes twice.
#[derive(Debug)]
pub(super) struct Members<'l> {
    rest: &'l str,
    is_begun: bool,
}

/// The value of a member.
#[derive(Debug, PartialEq)]
pub(super) enum Value<'l> {
    Number(u64),
    /// An object, as it stands in the text, and not looked into.
    Object(&'l str),
    /// What no field of an entry has.
    Other,
    Text(Cow<'l, str>),
}

impl<'l> Members<'l> {
    pub(super) fn of(object: &'l str) -> Result<Members<'l>, NotTold> {
        let rest = object.strip_prefix('{').ok_or(NotTold::Unreadable)?;
        Ok(Members { rest, is_begun: false })
    }

    /// Returns the next member; none behind the end of the object, where nothing else may stand.
    pub(super) fn next(&mut self) -> Result<Option<(Cow<'l, str>, Value<'l>)>, NotTold> {
        self.rest = blank(self.rest);
        if let Some(behind) = self.rest.strip_prefix('}') {
            return if blank(behind).is_empty() { Ok(None) } else { Err(NotTold::Unreadable) };
        }
        if self.is_begun {
            self.rest = blank(self.rest.strip_prefix(',').ok_or(NotTold::Unreadable)?);
        }
        self.is_begun = true;
        let key = self.text()?;
        self.rest = blank(blank(self.rest).strip_prefix(':').ok_or(NotTold::Unreadable)?);
        Ok(Some((key, self.value()?)))
    }

    fn value(&mut self) -> Result<Value<'l>, NotTold> {
        match self.rest.as_bytes().first() {
            Some(b'"') => self.text().map(Value::Text),
            Some(b'{') => self.nested().map(Value::Object),
            Some(b'[') => {
                let list = self.nested()?;
                valid(list).map(|()| Value::Other)
            }
            _ => {
                let is_over = |byte: u8| matches!(byte, b',' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
                let end = self.rest.bytes().position(is_over).ok_or(NotTold::Unreadable)?;
                let scalar = self.take(end)?;
                if scalar == "null" {
                    return Ok(Value::Other);
                }
                match scalar.parse() {
                    Ok(number) if scalar.starts_with(|c: char| ('1'..='9').contains(&c)) => {
                        Ok(Value::Number(number))
                    }
                    _ => valid(scalar)
                        .map(|()| if scalar == "0" { Value::Number(0) } else { Value::Other }),
                }
            }
        }
    }

    fn text(&mut self) -> Result<Cow<'l, str>, NotTold> {
        let inside = self.rest.strip_prefix('"').ok_or(NotTold::Unreadable)?;
        let acts = |byte: u8| byte == b'"' || byte == b'\\' || byte < b' ';
        let end = inside.bytes().position(acts).ok_or(NotTold::Unreadable)?;
        match inside.as_bytes().get(end) {
            Some(b'"') => {
                self.take(1)?;
                let text = self.take(end)?;
                self.take(1)?;
                Ok(Cow::Borrowed(text))
            }
            Some(b'\\') => {
                let length = quoted(self.rest).ok_or(NotTold::Unreadable)?;
                let text = serde_json::from_str(self.take(length)?);
                text.map(Cow::Owned).map_err(|_| NotTold::Unreadable)
            }
            _ => Err(NotTold::Unreadable),
        }
    }

    /// Takes what the brackets hold; whether it is JSON, whoever looks into it finds out.
    fn nested(&mut self) -> Result<&'l str, NotTold> {
        let mut depth = 0_usize;
        let mut at = 0;
        while let Some(byte) = self.rest.as_bytes().get(at) {
            match byte {
                b'"' => {
                    let text = self.rest.get(at..).and_then(quoted);
                    at += text.ok_or(NotTold::Unreadable)?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                return self.take(at);
            }
        }
        Err(NotTold::Unreadable)
    }

    fn take(&mut self, length: usize) -> Result<&'l str, NotTold> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(NotTold::Unreadable)?;
        self.rest = rest;
        Ok(taken)
    }
}

/// Whether a value is JSON.
pub(super) fn valid(value: &str) -> Result<(), NotTold> {
    serde_json::from_str::<IgnoredAny>(value).map(|_| ()).map_err(|_| NotTold::Unreadable)
}

fn blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\r', '\n'])
}

/// How long the string is, with its quotes, that a text begins with.
fn quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn members_are_told_in_their_order() {
        let text = r#" "a" : "x\n\"" , "b":7,"c":{"d":"}"},"e":[1,{}],"f":null,"g":-1.5e3,"h":0} "#;

        assert_eq!(
            read(&format!("{{{text}")).unwrap(),
            [
                ("a", Value::Text("x\n\"".into())),
                ("b", Value::Number(7)),
                ("c", Value::Object("{\"d\":\"}\"}")),
                ("e", Value::Other),
                ("f", Value::Other),
                ("g", Value::Other),
                ("h", Value::Number(0)),
            ]
            .map(|(key, value)| (key.into(), value))
        );
    }

    proptest! {
        #[test]
        fn it_accepts_what_serde_json_accepts(
            text in r#"\{?( ?"[a-c\\"n]{0,3}" ?: ?("[a\\n"u]{0,3}"|-?0?[0-9.e]{0,3}|true|nul{1,2}|\[[1,\]]{0,4}|\{[a":1\}]{0,6}|), ?){0,3}"z":1 ?\}? ?.?"#,
        ) {
            let read = read(&text);

            let expected = serde_json::from_str::<serde_json::Value>(&text);
            let mut objects = read.iter().flatten().filter_map(|(_, value)| match value {
                Value::Object(text) => Some(valid(text).is_ok()),
                Value::Number(_) | Value::Other | Value::Text(_) => None,
            });
            let are_valid = objects.all(|one| one);
            prop_assert_eq!(read.is_ok() && are_valid, expected.is_ok(), "{}", text);
        }
    }

    fn read(text: &str) -> Result<Vec<(Cow<'_, str>, Value<'_>)>, NotTold> {
        let mut members = Members::of(text)?;
        let mut read = Vec::new();
        while let Some(member) = members.next()? {
            read.push(member);
        }
        Ok(read)
    }
}
