use serde_json::{Map, Value};

use crate::Challenge;
use crate::failure::Inner;

/// Replaces every occurrence of `secret` in what the server wrote.
pub(crate) fn redact(inner: &mut Inner, secret: &str) {
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
    if inner.because.contains(secret) {
        inner.because = inner.because.replace(secret, MARK).into();
    }
}

fn in_challenge(challenge: &mut Challenge, secret: &str) {
    let mut clean = Challenge::new(challenge.scheme().replace(secret, MARK));
    if let Some(token68) = challenge.as_token68() {
        clean = clean.token68(token68.replace(secret, MARK));
    }
    for (name, value) in challenge.params() {
        clean = clean.param(name.replace(secret, MARK), value.replace(secret, MARK));
    }
    *challenge = clean;
}

fn in_map(map: &mut Map<String, Value>, secret: &str) {
    if map.keys().any(|name| name.contains(secret)) {
        let members = std::mem::take(map);
        *map =
            members.into_iter().map(|(name, value)| (name.replace(secret, MARK), value)).collect();
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
    if text.contains(secret) {
        *text = text.replace(secret, MARK);
    }
    // Where the text was cut to its bound, it may end in the beginning of the secret.
    let Some(kept) = text.strip_suffix('…') else {
        return;
    };
    let beginnings = secret.char_indices().rev().map(|(end, _)| &secret[..end]);
    let beginning =
        beginnings.take_while(|b| TELLING <= b.len()).find(|b| kept.ends_with(b)).map(str::len);
    if let Some(length) = beginning {
        *text = format!("{}{MARK}…", &kept[..kept.len() - length]);
    }
}

const MARK: &str = "REDACTED";
/// Fewer bytes than this of a secret tell nothing.
const TELLING: usize = 4;

#[cfg(test)]
mod tests {
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
    fn an_empty_secret_changes_nothing() {
        let failure = Failure::builder(Kind::Unknown, Origin::Local).description("abc").build();

        assert_eq!(failure.clone().redact(""), failure);
    }
}
