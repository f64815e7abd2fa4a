use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::Challenge;
use crate::failure::Inner;

/// Replaces every occurrence of `secret` in what the server wrote.
pub(crate) fn redact_all(inner: &mut Inner, secret: &str) {
    if secret.is_empty() {
        return;
    }
    let body = &mut inner.body;
    let texts = [
        &mut body.error,
        &mut body.error_description,
        &mut body.error_code,
        &mut body.timestamp,
        &mut body.request_id,
        &mut inner.denied.role,
        &mut inner.denied.organization,
        &mut inner.denied.resource,
    ];
    for text in texts.into_iter().flatten() {
        in_text(text, secret);
    }
    for text in inner.denied.permissions.iter_mut().chain(&mut inner.denied.scopes) {
        in_text(text, secret);
    }
    if let Some(details) = &mut body.details {
        in_map(details, secret);
    }
    in_map(&mut body.extra, secret);
    for challenge in &mut inner.challenges {
        in_challenge(challenge, secret);
    }
    if let Cow::Owned(clean) = redact(&inner.because, secret) {
        inner.because = Cow::Owned(clean);
    }
}

fn in_challenge(challenge: &mut Challenge, secret: &str) {
    let mut clean = Challenge::new(redact(challenge.scheme(), secret));
    if let Some(token68) = challenge.as_token68() {
        clean = clean.token68(redact(token68, secret));
    }
    for (name, value) in challenge.params() {
        clean = clean.param(redact(name, secret), redact(value, secret));
    }
    *challenge = clean;
}

fn in_map(map: &mut Map<String, Value>, secret: &str) {
    if map.keys().any(|name| matches!(redact(name, secret), Cow::Owned(_))) {
        let members = std::mem::take(map).into_iter();
        *map = members.map(|(name, value)| (redact(&name, secret).into_owned(), value)).collect();
    }
    for value in map.values_mut() {
        in_value(value, secret);
    }
}

fn in_value(value: &mut Value, secret: &str) {
    match value {
        Value::String(text) => in_text(text, secret),
        Value::Array(items) => items.iter_mut().for_each(|item| in_value(item, secret)),
        Value::Object(map) => in_map(map, secret),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn in_text(text: &mut String, secret: &str) {
    if let Cow::Owned(clean) = redact(text, secret) {
        *text = clean;
    }
}

/// Takes a secret out of text that somebody else wrote: each occurrence becomes `REDACTED`.
///
/// Twelve bytes in a row out of a longer secret are taken for an echo of it, so that one that was
/// cut in two, or shown in part, is found as well (rule 56). An empty secret changes nothing.
///
/// # Example
///
/// ```
/// use readmit_error::redact;
///
/// assert_eq!(redact("token abc is bad", "abc"), "token REDACTED is bad");
/// assert_eq!(redact("token 0123456789ab… is bad", "0123456789abcdef"), "token REDACTED… is bad");
/// ```
#[must_use]
pub fn redact<'a>(text: &'a str, secret: &str) -> Cow<'a, str> {
    let length = secret.len().min(TELLTALE);
    if length == 0 || text.len() < length {
        return Cow::Borrowed(text);
    }
    let pieces: HashSet<&[u8]> = secret.as_bytes().windows(length).collect();
    let mut secret_bytes = vec![false; text.len()];
    for (at, seen) in text.as_bytes().windows(length).enumerate() {
        if pieces.contains(seen) {
            secret_bytes[at..at + length].fill(true);
        }
    }
    if !secret_bytes.contains(&true) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut in_secret = false;
    for (at, c) in text.char_indices() {
        let is_secret = secret_bytes[at..at + c.len_utf8()].contains(&true);
        match (is_secret, in_secret) {
            (true, false) => clean.push_str(MARK),
            (true, true) => {}
            (false, _) => clean.push(c),
        }
        in_secret = is_secret;
    }
    Cow::Owned(clean)
}

/// Stands for a secret.
const MARK: &str = "REDACTED";
/// So many bytes of a secret in a row are taken for an echo of it.
const TELLTALE: usize = 12;

#[cfg(test)]
mod tests {
    use super::redact;
    use crate::{Challenge, Denied, ErrorBody, Failure, Kind, Origin};

    #[test]
    fn r56_an_echoed_token_is_taken_out_of_every_text() {
        let body = ErrorBody::read(
            br#"{"error": "s3cret", "error_description": "token s3cret is bad", "error_code": "s3cret",
                "timestamp": "s3cret", "request_id": "s3cret", "s3cret": 1,
                "details": {"value": ["s3cret", {"s3cret": "s3cret"}]}}"#,
        )
        .unwrap();
        let denied = Denied {
            permissions: vec!["s3cret".to_owned()],
            scopes: vec!["s3cret".to_owned()],
            role: Some("s3cret".to_owned()),
            organization: Some("s3cret".to_owned()),
            resource: Some("s3cret".to_owned()),
        };
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
            .body(body)
            .denied(denied)
            .challenge(Challenge::new("s3cret").token68("s3cret").param("s3cret", "s3cret"))
            .because("text s3cret")
            .build();

        let clean = failure.redact("s3cret");

        let everything = serde_json::to_string(&clean).unwrap();
        assert!(!everything.contains("s3cret"), "{everything}");
        assert_eq!(clean.description(), Some("token REDACTED is bad"));
    }

    #[test]
    fn r56_a_secret_that_the_bound_cut_in_two_is_taken_out_too() {
        let secret = "s3cret-".repeat(20);
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
            .description(format!("{}{secret}", "x".repeat(480)))
            .build();

        let clean = failure.redact(&secret);

        let shown = clean.description().unwrap();
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.ends_with("xREDACTED…"), "{shown}");
    }

    #[test]
    fn r56_a_short_secret_is_redacted_whole() {
        assert_eq!(redact("(pä)", "pä"), "(REDACTED)");
        assert_eq!(redact("(p)", "pä"), "(p)");
        assert_eq!(redact("plain", ""), "plain");
    }

    #[test]
    fn r56_two_secrets_side_by_side_are_one_mark() {
        assert_eq!(redact("s3crets3cret!", "s3cret"), "REDACTED!");
    }

    #[test]
    fn an_empty_secret_changes_nothing() {
        let failure = Failure::builder(Kind::Unknown, Origin::Local).description("abc").build();

        assert_eq!(failure.clone().redact(""), failure);
    }
}
