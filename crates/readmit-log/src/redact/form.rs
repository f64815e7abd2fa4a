use crate::redact::name::Class;
use crate::redact::spans::Spans;
use crate::redact::{Texts, percent};

/// Finds what is secret in a form's body (`application/x-www-form-urlencoded`).
///
/// Of a form, a value whose name only suggests a secret counts as one: it is where grants and codes
/// are sent.
pub(crate) fn secrets(texts: &Texts<'_>, form: &str, depth: u8) -> Spans {
    let mut spans = Spans::default();
    let mut start = 0;
    for pair in form.as_bytes().split(|byte| *byte == b'&') {
        let equals = pair.iter().position(|byte| *byte == b'=');
        let name = percent::decode(&pair[..equals.unwrap_or(pair.len())], true);
        let from = start + equals.map_or(0, |equals| equals + 1);
        let end = start + pair.len();
        let is_state = name.eq_ignore_ascii_case(b"state");
        match texts.rules.class(&name) {
            Class::Plain if !is_state => {
                let decoded = percent::decode(&form.as_bytes()[from..end], true);
                if texts.redact_value(&String::from_utf8_lossy(&decoded), depth).is_some() {
                    spans.hide(from..end);
                }
            }
            Class::Plain
            | Class::Suspect
            | Class::Holder
            | Class::Cookie
            | Class::Credentials
            | Class::Secret => spans.hide(from..end),
        }
        start = end + 1;
    }
    spans
}
