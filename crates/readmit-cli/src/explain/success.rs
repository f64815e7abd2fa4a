//! What a status below 400 means.

use http::StatusCode;
use serde::Serialize;

use super::answer::Answer;
use super::way;

/// What an answer is that is no failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Failure,
    Informational,
    Redirect,
    Success,
}

/// What a status below 400 means, and what to do next.
pub(super) struct Meaning {
    pub(super) outcome: Outcome,
    pub(super) meaning: &'static str,
    pub(super) next: &'static str,
}

/// Says it of an answer, which may be that of a proxy before the answer proper.
pub(super) fn meaning_of(answer: &Answer) -> Meaning {
    if way::is_tunnel(answer) {
        let meaning = "The proxy has opened a tunnel; what comes next came through it.";
        return Meaning { outcome: Outcome::Informational, meaning, next: FINAL };
    }
    meaning(answer.status)
}

fn meaning(status: StatusCode) -> Meaning {
    let of = |outcome, meaning, next| Meaning { outcome, meaning, next };
    match status.as_u16() {
        100 => of(Outcome::Informational, "The server is ready for the body.", FINAL),
        101 => of(Outcome::Informational, "The connection changes its protocol.", "speak that one"),
        ..200 => of(Outcome::Informational, "The answer is still to come.", FINAL),
        201 => of(Outcome::Success, "Something was created.", "nothing; Location may say where"),
        202 => of(
            Outcome::Success,
            "The request was accepted, and is not done yet.",
            "ask for the result later; Location or the body may say where",
        ),
        204 => of(Outcome::Success, "It is done, and there is nothing to tell.", NOTHING),
        206 => of(Outcome::Success, "A part of it, as asked.", "ask for the rest, if it is wanted"),
        207 => of(
            Outcome::Success,
            "Each part has a status of its own.",
            "look at each part: some may have failed",
        ),
        200..300 => of(Outcome::Success, "The request did what it was to do.", NOTHING),
        301 | 308 => of(
            Outcome::Redirect,
            "The resource has another address from this day on.",
            "use the address in Location; take no credential to another origin",
        ),
        303 => of(
            Outcome::Redirect,
            "The result is at another address.",
            "get the address in Location; take no credential to another origin",
        ),
        304 => of(
            Outcome::Success,
            "Nothing has changed since the copy that the client has.",
            "use that copy",
        ),
        300..400 => of(
            Outcome::Redirect,
            "The resource is at another address for the moment.",
            "follow Location; take no credential to another origin",
        ),
        _ => of(
            Outcome::Success,
            "Without a dialect nothing says that this status is a failure.",
            "name the API with --host",
        ),
    }
}

/// What may be wrong although the status says that all is well.
pub(super) fn doubts(answer: &Answer) -> Vec<String> {
    let mut doubts = Vec::new();
    let location = answer.header("location").unwrap_or_default().to_ascii_lowercase();
    let to_sign_in =
        answer.status.is_redirection() && SIGN_IN.iter().any(|word| location.contains(word));
    if to_sign_in {
        let doubt = "it leads to what looks like a page to sign in: this server answers a missing \
                     or expired session with a redirect";
        doubts.push(doubt.to_owned());
    }
    if answer.status.is_success() {
        doubts.extend(in_body(answer));
    }
    doubts
}

/// Some APIs tell a failure in a success; only their dialect knows for sure.
fn in_body(answer: &Answer) -> Option<String> {
    if way::is_page(answer) {
        return Some(way::PAGE.to_owned());
    }
    let body = answer.body.trim_ascii_start();
    let body: serde_json::Map<_, _> = serde_json::from_slice(body).ok()?;
    let refuses = body.get("ok").or(body.get("success")) == Some(&false.into());
    let tells = ["error", "errors"].iter().any(|name| match body.get(*name) {
        None | Some(serde_json::Value::Null) => false,
        Some(told) => {
            *told != false && *told != "" && told.as_array().is_none_or(|it| !it.is_empty())
        }
    });
    (refuses || tells).then(|| {
        "the body speaks of an error: some APIs tell failures in a success; name the API with \
         --host to have that read"
            .to_owned()
    })
}

const NOTHING: &str = "nothing";
const FINAL: &str = "wait for the answer proper";
const SIGN_IN: &[&str] = &["login", "signin", "sign-in", "sign_in", "/auth", "/oauth", "/sso"];

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn each_class_has_a_meaning() {
        for (status, outcome) in [
            (100, Outcome::Informational),
            (102, Outcome::Informational),
            (200, Outcome::Success),
            (226, Outcome::Success),
            (304, Outcome::Success),
            (302, Outcome::Redirect),
            (399, Outcome::Redirect),
        ] {
            let told = meaning(StatusCode::from_u16(status).unwrap());

            assert_eq!(told.outcome, outcome, "{status}");
        }
    }

    #[test]
    fn a_success_that_speaks_of_an_error_is_doubted() {
        for body in [r#"{"ok": false}"#, r#"{"errors": [{"message": "x"}]}"#, "<!DOCTYPE html>"] {
            assert_eq!(doubts(&answer(200, body)).len(), 1, "{body}");
        }
        for body in [r#"{"ok": true, "error": null}"#, r#"{"errors": []}"#, "", "[]", "ok"] {
            assert_eq!(doubts(&answer(200, body)).len(), 0, "{body}");
        }
    }

    #[test]
    fn a_redirect_to_a_page_to_sign_in_is_no_ordinary_one() {
        let mut redirect = answer(302, "");
        redirect.headers.insert("location", "/users/sign_in".parse().unwrap());

        assert!(doubts(&redirect)[0].contains("session"));
        assert!(doubts(&answer(302, "")).is_empty());
    }

    fn answer(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer { body: body.as_bytes().to_vec(), ..Answer::new(status, SystemTime::UNIX_EPOCH) }
    }
}
