//! `challenges.json`: values of `WWW-Authenticate`, of `RateLimit` and of `Retry-After`.

use readmit_classify::challenges::{self, Challenges};
use readmit_error::Challenge;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::headers::latin1;
use crate::line::{Check, Line};
use crate::page::{Page, value};
use crate::rate_limit;
use crate::retry_after;
use crate::suite::{Fault, Outcome, Suite};

pub(crate) const SUITE: Suite = Suite { file: "challenges.json", lines: LINES, run, explain };

const LINES: &[&str] = &[STRICT, SALVAGE, rate_limit::LINE, retry_after::LINE];

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    cases: Vec<Case>,
    #[serde(default)]
    ratelimit_fields: Vec<rate_limit::Case>,
    #[serde(default)]
    retry_after: Vec<retry_after::Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    /// Values of the field, in order.
    headers: Vec<Octets>,
    strict: Strict,
    salvage: Salvage,
    note: Option<String>,
}

/// A value in which each character stands for an octet.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Octets(Vec<u8>);

impl TryFrom<String> for Octets {
    type Error = String;

    fn try_from(text: String) -> Result<Octets, String> {
        latin1(&text).map(Octets)
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// What the grammar says.
#[derive(Debug, Deserialize)]
struct Strict {
    valid: bool,
    #[serde(default)]
    challenges: Vec<Written>,
}

/// What a client keeps.
#[derive(Debug, Deserialize)]
struct Salvage {
    challenges: Vec<Written>,
    #[serde(default)]
    malformed_schemes: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Written {
    scheme: String,
    token68: Option<String>,
    #[serde(default)]
    params: Vec<(String, String)>,
}

fn run(text: &str) -> Outcome {
    let file: File = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => return Outcome::broken(Fault::of_json(&error, 0)),
    };
    let [mut strict, mut salvage] = [STRICT, SALVAGE].map(Line::new);
    for case in &file.cases {
        let told = challenges::parse(&case.headers);
        strict.add(&case.id, case.strict.check(&told));
        salvage.add(&case.id, case.salvage.check(&told));
    }
    let limits = rate_limit::line(&file.ratelimit_fields, rate_limit::read);
    let waits = retry_after::line(&file.retry_after);
    Outcome { lines: vec![strict, salvage, limits, waits], faults: Vec::new() }
}

fn explain(text: &str, id: &str) -> Vec<String> {
    let Ok(file) = serde_json::from_str::<File>(text) else { return Vec::new() };
    let cases = file.cases.iter().filter(|case| case.id == id).map(Case::page);
    let limits = rate_limit::explain(&file.ratelimit_fields, id);
    cases.chain(limits).chain(retry_after::explain(&file.retry_after, id)).collect()
}

impl Case {
    fn page(&self) -> String {
        let told = challenges::parse(&self.headers);
        let mut page = Page::new(&self.id);
        if let Some(note) = &self.note {
            page.row("note", note);
        }
        page.section("values of the field");
        for octets in &self.headers {
            page.row("value", &octets.0.iter().copied().map(char::from).collect::<String>());
        }
        for (title, check, got) in [
            ("the grammar", self.strict.check(&told), Strict::told(&told)),
            ("what is kept", self.salvage.check(&told), Salvage::told(&told)),
        ] {
            page.section(title);
            match check {
                Check::Failed { expected, got } => {
                    page.row("expected", &value(&expected));
                    page.row("got, WRONG", &value(&got));
                }
                Check::Absent | Check::Passed | Check::Skipped(_) => {
                    page.row("got, right", &value(&got));
                }
            }
        }
        page.into_text()
    }
}

impl Strict {
    fn check(&self, told: &Challenges) -> Check {
        let expected = if self.valid { written(&self.challenges) } else { json!(INVALID) };
        Check::equal(expected, Strict::told(told))
    }

    fn told(told: &Challenges) -> Value {
        if told.is_valid() { parsed(told.well_formed()) } else { json!(INVALID) }
    }
}

impl Salvage {
    fn check(&self, told: &Challenges) -> Check {
        let malformed = self.malformed_schemes.iter().map(|scheme| scheme.to_lowercase());
        let expected = json!({
            "challenges": written(&self.challenges),
            "malformed_schemes": malformed.collect::<Vec<_>>(),
        });
        Check::equal(expected, Salvage::told(told))
    }

    fn told(told: &Challenges) -> Value {
        let malformed: Vec<_> = told.malformed_schemes().map(str::to_lowercase).collect();
        json!({"challenges": parsed(told.well_formed()), "malformed_schemes": malformed})
    }
}

fn written(challenges: &[Written]) -> Value {
    let challenges = challenges.iter().map(|it| {
        let params = it.params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        uncased(&it.scheme, it.token68.as_deref(), params)
    });
    challenges.collect()
}

fn parsed(challenges: &[Challenge]) -> Value {
    challenges.iter().map(|it| uncased(it.scheme(), it.as_token68(), it.params())).collect()
}

/// Schemes and names are the same whatever their case; values are not.
fn uncased<'a>(
    scheme: &str,
    token68: Option<&str>,
    params: impl Iterator<Item = (&'a str, &'a str)>,
) -> Value {
    let params: Vec<_> = params.map(|(name, value)| (name.to_lowercase(), value)).collect();
    json!({"scheme": scheme.to_lowercase(), "token68": token68, "params": params})
}

const STRICT: &str = "challenges.strict";
const SALVAGE: &str = "challenges.salvage";
const INVALID: &str = "invalid";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_and_names_are_compared_without_case_and_values_with_it() {
        let case = |told: &str| {
            case(told, r#"{"valid": true, "challenges": [BEARER]}"#, r#"{"challenges": [BEARER]}"#)
        };

        assert_eq!(misses(&case(r#"["BEARER REALM=a"]"#)), [0, 0]);
        assert_eq!(misses(&case(r#"["Bearer realm=A"]"#)), [1, 1]);
        assert_eq!(misses(&case(r#"["Bearer realm=a, x=y"]"#)), [1, 1]);
        assert_eq!(misses(&case(r#"["Bearer a"]"#)), [1, 1]);
    }

    #[test]
    fn r37_what_is_kept_beside_what_is_malformed_is_compared_too() {
        let (told, invalid) = (r#"["Bearer realm=a, Bad x=y=z"]"#, r#"{"valid": false}"#);
        let kept = |malformed: &str| {
            let salvage = r#"{"challenges": [BEARER], "malformed_schemes": [BAD]}"#;
            case(told, invalid, &salvage.replace("BAD", malformed))
        };

        assert_eq!(misses(&kept(r#""BAD""#)), [0, 0]);
        assert_eq!(misses(&kept("")), [0, 1]);
        assert_eq!(misses(&kept(r#""Basic""#)), [0, 1]);
    }

    #[test]
    fn what_must_be_invalid_is_not_right_when_it_is_read() {
        let read =
            case(r#"["Bearer realm=a"]"#, r#"{"valid": false}"#, r#"{"challenges": [BEARER]}"#);

        assert_eq!(misses(&read), [1, 0]);
    }

    #[test]
    fn a_character_that_is_no_octet_is_refused_with_its_line() {
        let text =
            case(r#"["Bearer realm=\u20ac"]"#, r#"{"valid": false}"#, r#"{"challenges": []}"#);

        let outcome = run(&format!("\n{text}"));

        assert_eq!(outcome.faults[0].line, Some(2));
        assert!(outcome.faults[0].reason.contains("Latin-1"), "{}", outcome.faults[0]);
    }

    #[test]
    fn a_case_is_told_with_what_was_read() {
        let text =
            case(r#"["Bearer realm=a"]"#, r#"{"valid": false}"#, r#"{"challenges": [BEARER]}"#);

        let pages = explain(&text, "a");

        assert!(pages[0].contains("expected       invalid\n"), "{}", pages[0]);
        assert!(pages[0].contains("got, WRONG"), "{}", pages[0]);
        assert!(pages[0].contains("got, right"), "{}", pages[0]);
    }

    /// How many cases failed, strict and salvaged.
    fn misses(text: &str) -> [usize; 2] {
        let outcome = run(text);
        assert_eq!(outcome.faults, []);
        [STRICT, SALVAGE]
            .map(|name| outcome.lines.iter().find(|line| line.name == name).unwrap().misses.len())
    }

    fn case(headers: &str, strict: &str, salvage: &str) -> String {
        let bearer = r#"{"scheme": "Bearer", "token68": null, "params": [["realm", "a"]]}"#;
        let case = format!(
            r#"{{"cases": [{{"id": "a", "headers": {headers}, "strict": {strict}, "salvage": {salvage}}}]}}"#
        );
        case.replace("BEARER]", &format!("{bearer}]"))
    }
}
