//! What a token says of itself. Nothing of it is trusted: its signature is not checked.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use readmit_error::{neutralise, rfc3339};
use serde_json::{Map, Value};

use super::check::Finding;

/// The claims of a JSON Web Token (RFC 7519), as it says them of itself.
#[derive(Clone, Debug)]
pub(super) struct Claims {
    algorithm: String,
    members: Map<String, Value>,
}

impl Claims {
    /// Reads a token; `None` where it is no JWT that can be read.
    pub(super) fn read(token: &str) -> Option<Claims> {
        let mut parts = token.split('.');
        let (head, body) = (object(parts.next()?)?, object(parts.next()?)?);
        parts.next()?;
        let algorithm = neutralise(head.get("alg")?.as_str()?, SHOWN);
        parts.next().is_none().then_some(Claims { algorithm, members: body })
    }

    /// Returns the scopes that it says it has; `None` where it does not speak of any.
    pub(super) fn scopes(&self) -> Option<Vec<String>> {
        let told = ["scope", "scp", "scopes", "permissions"]
            .iter()
            .find_map(|name| self.members.get(*name))?;
        let scopes: Vec<String> = match told {
            Value::String(text) => text.split([' ', ',']).map(str::to_owned).collect(),
            Value::Array(items) => {
                items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
        };
        let scopes = scopes.into_iter().filter(|scope| !scope.is_empty());
        Some(scopes.take(MOST).map(|scope| neutralise(&scope, SHOWN)).collect())
    }

    /// Judges its times by the clock of this machine.
    pub(super) fn expiry(&self, now: SystemTime) -> Finding {
        let finding = match (self.time("exp"), self.time("nbf")) {
            (Some(exp), _) if exp <= now => {
                let ago = now.duration_since(exp).unwrap_or_default();
                Finding::fail(format!("the token expired {} ago, as it says", length(ago)))
                    .fix("refresh the token, or sign in again")
            }
            (_, Some(nbf)) if now < nbf => {
                let ahead = nbf.duration_since(now).unwrap_or_default();
                Finding::warn(format!(
                    "the token is not valid for {} yet, as it says",
                    length(ahead)
                ))
                .fix("compare the clock of this machine with that of whoever issued the token")
            }
            (Some(exp), _) => {
                let left = exp.duration_since(now).unwrap_or_default();
                let told = format!("the token is good for {} more, as it says", length(left));
                if left < SOON { Finding::warn(told) } else { Finding::ok(told) }
            }
            (None, _) => Finding::skipped("the token does not say when it expires"),
        };
        let finding = match self.algorithm.to_ascii_lowercase().as_str() {
            "none" => finding.seen("it has no signature (alg none): no API should take it"),
            _ => finding.seen(format!("a JWT, {}; its signature was not checked", self.algorithm)),
        };
        ["iss", "aud", "exp", "nbf", "iat"].iter().fold(finding, |finding, name| {
            match self.shown(name) {
                Some(value) => finding.seen(format!("{name} {value}")),
                None => finding,
            }
        })
    }

    fn shown(&self, name: &str) -> Option<String> {
        if let Some(at) = self.time(name) {
            return Some(rfc3339::format(at));
        }
        let text = match self.members.get(name)? {
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                items.iter().filter_map(Value::as_str).take(MOST).collect::<Vec<_>>().join(", ")
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
        };
        Some(neutralise(&text, SHOWN))
    }

    /// Reads a time in whole seconds since 1970 (RFC 7519 section 2).
    fn time(&self, name: &str) -> Option<SystemTime> {
        let number = self.members.get(name)?;
        // Beyond the year 9999 nothing is a date.
        let seconds =
            number.as_f64().filter(|seconds| (0.0..=253_402_300_799.0).contains(seconds))?;
        let since = Duration::try_from_secs_f64(seconds.trunc()).ok()?;
        SystemTime::UNIX_EPOCH.checked_add(since)
    }
}

/// Judges a token that is no JWT.
pub(super) fn opaque(token: &str) -> Finding {
    if token.starts_with("eyJ") {
        return Finding::warn("the token begins like a JWT, and is not a whole one")
            .fix("copy it again: a JWT has three parts with dots between them");
    }
    Finding::skipped("the credential does not say when it expires: it is opaque")
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
}

/// Tells a length in its two greatest units.
pub(super) fn length(time: Duration) -> String {
    let seconds = time.as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    match () {
        () if 0 < days => format!("{days} d {hours} h"),
        () if 0 < hours => format!("{hours} h {minutes} min"),
        () if 0 < minutes => format!("{minutes} min {rest} s"),
        () => format!("{rest} s"),
    }
}

/// A token that expires within this time may expire on its way.
const SOON: Duration = Duration::from_secs(60);
const SHOWN: usize = 120;
/// Scopes and audiences that are read.
const MOST: usize = 100;

#[cfg(test)]
mod tests {
    use super::super::check::Status;
    use super::*;

    #[test]
    fn times_are_judged_by_the_clock_of_this_machine() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        for (claims, status, words) in [
            (r#"{"exp": 1003600}"#, Status::Ok, "good for 1 h 0 min more"),
            (r#"{"exp": 1000000}"#, Status::Fail, "expired 0 s ago"),
            (r#"{"exp": 900000.5}"#, Status::Fail, "expired 1 d 3 h ago"),
            (r#"{"exp": 1000059}"#, Status::Warn, "good for 59 s more"),
            (r#"{"nbf": 1000060, "exp": 2000000}"#, Status::Warn, "not valid for 1 min 0 s yet"),
            (r#"{}"#, Status::Skipped, "does not say"),
            (r#"{"exp": "soon"}"#, Status::Skipped, "does not say"),
            (r#"{"exp": 1e300}"#, Status::Skipped, "does not say"),
            (r#"{"exp": -1}"#, Status::Skipped, "does not say"),
        ] {
            let finding = Claims::read(&token(r#"{"alg": "RS256"}"#, claims)).unwrap().expiry(now);

            assert_eq!(finding.status, status, "{claims}");
            assert!(finding.summary.contains(words), "{claims}: {}", finding.summary);
        }
    }

    #[test]
    fn whose_it_is_is_not_told() {
        let claims = r#"{"sub": "eve@example.com", "email": "eve@example.com", "iss": "a\u001b"}"#;
        let finding = Claims::read(&token(r#"{"alg": "none"}"#, claims))
            .unwrap()
            .expiry(SystemTime::UNIX_EPOCH);

        let told = finding.evidence.join("\n");

        assert!(told.contains("no signature") && told.contains("iss a\\u{1b}"), "{told}");
        assert!(!told.contains("eve"), "{told}");
    }

    #[test]
    fn scopes_are_a_text_or_a_list() {
        for claims in [r#"{"scope": "a b"}"#, r#"{"scp": ["a", "b"]}"#] {
            let scopes = Claims::read(&token(r#"{"alg": "x"}"#, claims)).unwrap().scopes();

            assert_eq!(scopes, Some(vec!["a".to_owned(), "b".to_owned()]));
        }
        assert_eq!(Claims::read(&token(r#"{"alg": "x"}"#, "{}")).unwrap().scopes(), None);
    }

    #[test]
    fn what_is_no_jwt_is_none() {
        for token in
            ["", "a", "a.b.c", "eyJhbGciOiJub25lIn0.e30", "e30.e30.x", "....", "\u{0}.\u{0}."]
        {
            assert!(Claims::read(token).is_none(), "{token}");
        }
        assert_eq!(opaque("eyJhbGci").status, Status::Warn);
        assert_eq!(opaque("ghp_1").status, Status::Skipped);
    }

    fn token(head: &str, claims: &str) -> String {
        format!("{}.{}.x", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims))
    }
}
