use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error_body::{drop_bottomless, take_text};
use crate::{ErrorBody, Failure};

/// Problem details as RFC 9457 writes them, read and written.
///
/// A member of the wrong type is ignored, as section 3.1 of the RFC wants it, and kept under
/// [`extensions`](Problem::extensions) so that nothing that arrived is lost.
/// [`Debug`] names the members and shows none of their values.
///
/// # Example
///
/// ```
/// use readmit_error::Problem;
///
/// let problem: Problem =
///     serde_json::from_str(r#"{"type": "about:blank", "status": 403, "balance": 30}"#)?;
/// assert_eq!(problem.status, Some(403));
/// assert_eq!(problem.extensions["balance"], 30);
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "Map<String, Value>", into = "Map<String, Value>")]
#[expect(clippy::exhaustive_structs, reason = "the RFC's members, and `extensions` for the rest")]
pub struct Problem {
    /// `type`: a URI that names the type of problem; `about:blank` where it is missing.
    pub kind: Option<String>,
    /// A summary of the type, the same for each occurrence.
    pub title: Option<String>,
    /// The status, for whoever sees only the body.
    pub status: Option<u16>,
    /// What happened this time.
    pub detail: Option<String>,
    /// A URI that names this occurrence.
    pub instance: Option<String>,
    /// The members that the RFC does not define.
    pub extensions: Map<String, Value>,
}

impl Problem {
    /// The media type of problem details.
    pub const MEDIA_TYPE: &str = "application/problem+json";
}

impl From<Map<String, Value>> for Problem {
    fn from(mut members: Map<String, Value>) -> Problem {
        drop_bottomless(&mut members);
        let [kind, title, detail, instance] =
            ["type", "title", "detail", "instance"].map(|name| take_text(&mut members, name));
        let status = members.get("status").and_then(Value::as_u64);
        let status = status.and_then(|status| u16::try_from(status).ok());
        if status.is_some() {
            members.remove("status");
        }
        Problem { kind, title, status, detail, instance, extensions: members }
    }
}

impl From<Problem> for Map<String, Value> {
    fn from(problem: Problem) -> Map<String, Value> {
        let mut members = problem.extensions;
        let texts = [
            ("type", problem.kind),
            ("title", problem.title),
            ("detail", problem.detail),
            ("instance", problem.instance),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                members.insert(name.to_owned(), Value::String(text));
            }
        }
        if let Some(status) = problem.status {
            members.insert("status".to_owned(), status.into());
        }
        members
    }
}

/// The problem that a failure is, for an API that answers with problem details.
///
/// The title is the meaning of the kind, the detail the server's sentence; `code`, `kind`,
/// `action`, `request_id` and the details stand beside them as extensions.
impl From<&Failure> for Problem {
    fn from(failure: &Failure) -> Problem {
        let mut extensions = Map::new();
        extensions.insert("kind".to_owned(), failure.kind().as_str().into());
        extensions.insert("action".to_owned(), failure.action().as_str().into());
        for (name, text) in [("code", failure.code()), ("request_id", failure.request_id())] {
            if let Some(text) = text {
                extensions.insert(name.to_owned(), text.into());
            }
        }
        if let Some(details) = failure.details().into_members() {
            extensions.insert("details".to_owned(), Value::Object(details));
        }
        Problem {
            kind: None,
            title: Some(failure.kind().meaning().trim_end_matches('.').to_owned()),
            status: failure.status(),
            detail: failure.description().map(str::to_owned),
            instance: None,
            extensions,
        }
    }
}

/// The documented error format, filled from problem details.
///
/// A member of that format that stands among the extensions is taken as it is. Else `title` becomes
/// the error and `detail` the description; the code is the first of the extensions `errorCode` and
/// `code` that is a text, or the last segment of `type`; the request id is `requestId` or `traceId`.
/// What has no place in the format is kept under [`extra`](ErrorBody::extra), `type` and `instance`
/// too.
impl From<Problem> for ErrorBody {
    fn from(problem: Problem) -> ErrorBody {
        let text = |name: &str| problem.extensions.get(name)?.as_str().map(str::to_owned);
        let named = problem.kind.as_deref().filter(|kind| *kind != "about:blank");
        let segment = named.and_then(|kind| kind.rsplit(['/', ':', '#']).find(|s| !s.is_empty()));
        let code = ["errorCode", "code"].into_iter().find_map(text);
        let code = code.or_else(|| segment.map(str::to_owned));
        let request_id = ["requestId", "traceId"].into_iter().find_map(text);
        let mut members = Map::from(problem);
        for (name, other) in [("error", "title"), ("error_description", "detail")] {
            if lacks(&members, name)
                && let Some(text) = take_text(&mut members, other)
            {
                members.insert(name.to_owned(), Value::String(text));
            }
        }
        for (name, told) in [("error_code", code), ("request_id", request_id)] {
            if let Some(told) = told.filter(|_| lacks(&members, name)) {
                members.insert(name.to_owned(), Value::String(told));
            }
        }
        ErrorBody::from_members(members)
    }
}

fn lacks(members: &Map<String, Value>, name: &str) -> bool {
    members.get(name).is_none_or(Value::is_null)
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(Map::from(self.clone()).keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Kind, Origin};

    #[test]
    fn the_example_of_the_rfc_is_read_and_written_whole() {
        let written = json!({
            "type": "https://example.com/probs/out-of-credit",
            "title": "You do not have enough credit.",
            "detail": "Your current balance is 30, but that costs 50.",
            "instance": "/account/12345/msgs/abc",
            "status": 403,
            "balance": 30,
            "accounts": ["/account/12345", "/account/67890"],
        });

        let problem: Problem = serde_json::from_value(written.clone()).unwrap();
        let body = ErrorBody::from(problem.clone());

        assert_eq!(serde_json::to_value(&problem).unwrap(), written);
        assert_eq!(body.error_code.as_deref(), Some("out-of-credit"));
        assert_eq!(body.error.as_deref(), Some("You do not have enough credit."));
        assert_eq!(body.extra["balance"], 30);
        assert_eq!(body.extra["type"], written["type"]);
        assert_eq!(body.extra["instance"], written["instance"]);
        assert_eq!(body.extra.len(), 5);
    }

    #[test]
    fn what_a_problem_says_in_the_documented_format_is_not_lost() {
        let written = json!({
            "title": "t",
            "error": "e",
            "detail": "d",
            "error_description": null,
            "error_code": 42,
            "code": "c",
            "traceId": "r",
        });

        let problem: Problem = serde_json::from_value(written).unwrap();

        assert_eq!(
            serde_json::to_value(ErrorBody::from(problem)).unwrap(),
            json!({
                "title": "t",
                "error": "e",
                "error_description": "d",
                "error_code": 42,
                "code": "c",
                "request_id": "r",
                "traceId": "r",
            })
        );
    }

    #[test]
    fn a_member_of_the_wrong_type_is_ignored_and_kept() {
        let written = json!({"status": "403", "title": 7});

        let problem: Problem = serde_json::from_value(written.clone()).unwrap();

        assert_eq!((problem.status, problem.title.clone()), (None, None));
        assert_eq!(serde_json::to_value(&problem).unwrap(), written);
    }

    #[test]
    fn a_blank_type_is_no_code() {
        let problem = Problem { kind: Some("about:blank".to_owned()), ..Problem::default() };

        assert_eq!(ErrorBody::from(problem).error_code, None);
    }

    #[test]
    fn a_failure_becomes_a_problem() {
        let failure = Failure::builder(Kind::TokenExpired, Origin::Answer { status: 401 })
            .code("AUTH_003")
            .build();

        let written = serde_json::to_value(Problem::from(&failure)).unwrap();

        assert_eq!(
            written,
            json!({
                "title": "The access token has expired",
                "status": 401,
                "kind": "token_expired",
                "action": "refresh_token",
                "code": "AUTH_003",
            })
        );
    }
}
