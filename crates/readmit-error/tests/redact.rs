//! Property tests of redaction: a secret that a server echoed is in nothing that a failure shows,
//! however the JSON of the body spells it.

use proptest::prelude::*;
use readmit_error::{Challenge, Denied, Failure, Kind, Origin};
use serde_json::Value;

proptest! {
    #[test]
    fn r56_no_rendering_holds_a_secret_that_was_taken_out(
        secret in secret(),
        escaped in proptest::collection::vec(any::<bool>(), 40),
        number in number(),
        is_problem in any::<bool>(),
    ) {
        let spelled = spell(&secret, &escaped);
        let number = if secret.starts_with(MARK) { "7".to_owned() } else { number.of(&secret) };
        let json = format!(
            r#"{{"error": "{spelled}", "error_description": "token {spelled} is bad",
                "error_code": "{spelled}", "timestamp": "{spelled}", "request_id": "{spelled}",
                "type": "https://example.com/{spelled}", "title": "{spelled}", "detail": "{spelled}",
                "details": {{"value": {number}, "{spelled}": ["{spelled}", {{"{spelled}": {number}}}]}},
                "{spelled}": "{spelled}", "number": {number}}}"#
        );
        let builder = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 });
        let builder = if is_problem { builder.problem_json(&json) } else { builder.json(&json) };
        let failure = builder
            .code(&secret)
            .description(format!("token {secret} is bad"))
            .request_id(&secret)
            .because(format_args!("code {secret}"))
            .denied(Denied { scopes: vec![secret.clone()], ..Denied::default() })
            .challenge(Challenge::new("Bearer").param("error", &secret))
            .build();
        prop_assert!(holds(&serde_json::to_value(failure.body()).unwrap(), &secret), "{}", json);

        let clean = failure.redact(&secret);

        let written = serde_json::to_value(&clean).unwrap();
        let answer = clean.answer("api");
        let shown = format!("{clean} {clean:?} {clean:#?} {:?} {written} {}", clean.details(), answer.body());
        prop_assert!(!holds(&written, &secret), "{}", written);
        prop_assert!(!holds(clean.details().value().unwrap(), &secret), "{}", written);
        prop_assert!(!shown.contains(&secret), "{}", shown);
        prop_assert!(!shown.contains(format!("{secret:?}").trim_matches('"')), "{}", shown);
    }

    #[test]
    fn r56_a_body_without_the_secret_stays_as_it_is(
        secret in secret(),
        other in r#"[ -~]{0,40}"#,
    ) {
        prop_assume!(!other.contains(&secret));
        let failure = Failure::builder(Kind::Unknown, Origin::Local)
            .json(&serde_json::json!({"error": other, "value": [other, 1.5, 7]}).to_string())
            .build();

        prop_assert_eq!(failure.clone().redact(&secret), failure);
    }
}

/// Digits, which may be a number, or anything that JSON escapes behind what no member's name holds.
fn secret() -> impl Strategy<Value = String> {
    let text = r#"[a-c0-9"/\\\u{e9}\u{1f600}]{2,18}"#;
    prop_oneof!["[1-9][0-9]{5,14}", text.prop_map(|text| format!("{MARK}{text}"))]
}

/// Spells a text as the inside of a JSON string, with the characters escaped that are to be.
fn spell(text: &str, escaped: &[bool]) -> String {
    let spelled = text.chars().zip(escaped).map(|(c, &escaped)| match c {
        _ if escaped => {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        }
        '"' | '\\' => format!("\\{c}"),
        _ => c.to_string(),
    });
    spelled.collect()
}

/// How a number is written.
#[derive(Clone, Copy, Debug)]
enum Number {
    Exponent,
    Fraction,
    Plain,
}

fn number() -> impl Strategy<Value = Number> {
    proptest::sample::select(vec![Number::Exponent, Number::Fraction, Number::Plain])
}

impl Number {
    fn of(self, digits: &str) -> String {
        match self {
            Number::Exponent => {
                let (first, rest) = digits.split_at(1);
                format!("{first}.{rest}e{}", rest.len())
            }
            Number::Fraction => format!("{digits}.0"),
            Number::Plain => digits.to_owned(),
        }
    }
}

/// Whether a text, a number or a name in the value holds the secret.
fn holds(value: &Value, secret: &str) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::Number(number) => number.to_string().contains(secret),
        Value::String(text) => text.contains(secret),
        Value::Array(items) => items.iter().any(|item| holds(item, secret)),
        Value::Object(members) => {
            members.iter().any(|(name, value)| name.contains(secret) || holds(value, secret))
        }
    }
}

/// Begins a secret that is no number.
const MARK: &str = "Q~";
