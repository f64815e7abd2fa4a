use std::time::SystemTime;

use http::{Method, StatusCode};
use readmit_classify::Dialect;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value;

use super::expect::Expect;
use crate::headers::Headers;
use crate::instant;

/// One line of the file.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) provider: Option<String>,
    pub(crate) request: Request,
    pub(crate) response: Response,
    /// When the answer came.
    #[serde(default, deserialize_with = "instant::read")]
    pub(crate) now: Option<SystemTime>,
    pub(crate) expect: Expect,
    /// Where the facts are from: a text, or an object of texts.
    #[serde(default)]
    pub(crate) source: Value,
    pub(crate) why: Option<String>,
}

#[derive(Debug, serde::Deserialize)]
pub(crate) struct Request {
    #[serde(deserialize_with = "method")]
    pub(crate) method: Method,
    pub(crate) url: Option<String>,
}

#[derive(Debug, serde::Deserialize)]
pub(crate) struct Response {
    #[serde(deserialize_with = "status")]
    pub(crate) status: StatusCode,
    #[serde(default)]
    pub(crate) headers: Headers,
    #[serde(default)]
    pub(crate) body: String,
}

impl Case {
    pub(crate) fn received_at(&self) -> SystemTime {
        self.now.unwrap_or_else(instant::unsaid)
    }

    /// Returns the shipped dialect of the provider, if there is one.
    ///
    /// A case says more than a name, `AWS Braket` or `GitHub, REST`: of the names that it begins
    /// with, as whole words, the longest counts. Whoever writes a case knows whose answer it is; a
    /// program that asks for a dialect has to name it exactly.
    pub(crate) fn dialect(&self) -> Option<&'static Dialect> {
        let mut name = self.provider.as_deref()?;
        loop {
            if let Some(dialect) = Dialect::named(name) {
                return Some(dialect);
            }
            name = name.get(..name.rfind(|next: char| !next.is_alphanumeric())?)?;
        }
    }
}

fn method<'de, D: Deserializer<'de>>(from: D) -> Result<Method, D::Error> {
    let name = String::deserialize(from)?;
    Method::from_bytes(name.as_bytes())
        .map_err(|_| D::Error::custom(format!("`{name}` is no method")))
}

fn status<'de, D: Deserializer<'de>>(from: D) -> Result<StatusCode, D::Error> {
    let code = u16::deserialize(from)?;
    StatusCode::from_u16(code).map_err(|_| D::Error::custom(format!("{code} is no status")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = r#"{"id": "a", "request": {"method": "GET"}, "response": {"status": 401}, "expect": {"kind": ["token_expired"]}}"#;

    #[test]
    fn what_may_be_left_out_has_a_fixed_meaning() {
        let case: Case = serde_json::from_str(CASE).unwrap();

        assert_eq!(case.received_at(), instant::unsaid());
        assert!(case.response.body.is_empty() && case.response.headers.map.is_empty());
    }

    #[test]
    fn the_dialect_is_that_of_the_longest_name_that_the_provider_begins_with() {
        for (provider, dialect) in [
            ("AWS", Some("aws")),
            ("AWS Braket, in Paris!", Some("aws")),
            ("GitHub (REST)", Some("github")),
            ("Google, the old format", Some("google")),
            ("AWSome", None),
            ("Example AWS", None),
            ("", None),
            (" - ", None),
        ] {
            let mut case: Case = serde_json::from_str(CASE).unwrap();
            case.provider = Some(provider.to_owned());

            assert_eq!(case.dialect().map(Dialect::name), dialect, "{provider}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused_with_the_reason() {
        for (good, bad, reason) in [
            ("401", "99", "99 is no status"),
            ("GET", "G T", "`G T` is no method"),
            ("401", r#"401, "headers": [["a b", "c"]]"#, "`a b` is no name of a header"),
            ("token_expired", "expired", "unknown variant `expired`"),
            (r#"["token_expired"]"#, "[]", "no kind"),
            (r#""id": "a""#, r#""id": "a", "now": "2026""#, "`2026` is no instant"),
        ] {
            let error = serde_json::from_str::<Case>(&CASE.replace(good, bad)).unwrap_err();

            assert!(error.to_string().contains(reason), "{error}");
            assert_eq!(error.line(), 1, "{error}");
        }
    }
}
