use std::fmt;

use crate::{Challenge, Failure, Kind, Origin, Problem};

/// The answer to give where one writes the API instead of calling it.
///
/// Made by [`Failure::answer`] or [`Failure::problem_answer`].
///
/// # Example
///
/// ```
/// use readmit_error::{Failure, Kind, Origin};
///
/// let answer = Failure::builder(Kind::TokenExpired, Origin::Local)
///     .code("AUTH_003")
///     .description("Access token has expired")
///     .build()
///     .answer("flows");
/// assert_eq!(answer.status(), 401);
/// assert_eq!(
///     answer.header("www-authenticate"),
///     Some(r#"Bearer realm="flows", error="invalid_token", error_description="The access token has expired.""#)
/// );
/// assert_eq!(
///     answer.body(),
///     r#"{"error":"token_expired","error_code":"AUTH_003","error_description":"Access token has expired"}"#
/// );
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Answer {
    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the header fields, their names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Returns the value of the header field of this name, which is compared without case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// Status and header names; the body may hold what is nobody else's business.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers().map(|(name, _)| name).collect();
        f.debug_struct("Answer").field("status", &self.status).field("headers", &names).finish()
    }
}

impl Failure {
    /// Renders the failure as an answer in the documented error format.
    ///
    /// `realm` names what is protected. A 401 carries a challenge, as RFC 9110 section 15.5.2
    /// demands; where no credential came, the challenge has no error (RFC 6750 section 3.1).
    #[must_use]
    pub fn answer(&self, realm: &str) -> Answer {
        let mut body = self.body();
        for (member, told) in [
            (&mut body.error_code, self.code()),
            (&mut body.error_description, self.description()),
            (&mut body.request_id, self.request_id()),
        ] {
            if let Some(told) = told {
                *member = Some(told.to_owned());
            }
        }
        body.error.get_or_insert_with(|| self.kind().as_str().to_owned());
        let body = serde_json::Value::Object(body.into_members()).to_string();
        self.render(realm, "application/json", body)
    }

    /// Renders the failure as an answer with problem details (RFC 9457).
    #[must_use]
    pub fn problem_answer(&self, realm: &str) -> Answer {
        let problem = Problem { status: Some(answer_status(self)), ..Problem::from(self) };
        let body = serde_json::Value::Object(problem.into()).to_string();
        self.render(realm, Problem::MEDIA_TYPE, body)
    }

    fn render(&self, realm: &str, media_type: &str, body: String) -> Answer {
        let status = answer_status(self);
        let mut headers = vec![("content-type", media_type.to_owned())];
        if let Some(challenge) = challenge(self, realm) {
            headers.push(("www-authenticate", challenge.to_string()));
        }
        if let Some(hint) = self.retry_after() {
            headers.push(("retry-after", hint.whole_seconds().to_string()));
        }
        Answer { status, headers, body }
    }
}

/// The status to answer with: the one that the failure came with where it is one of an error, else
/// the one of its kind.
fn answer_status(failure: &Failure) -> u16 {
    if let Origin::Answer { status: status @ 400..=599 } = failure.origin() {
        return status;
    }
    match failure.kind() {
        Kind::MissingCredentials
        | Kind::InvalidCredentials
        | Kind::TokenExpired
        | Kind::ChallengeNonce
        | Kind::ClockSkew
        | Kind::StepUpRequired
        | Kind::LockedOut
        | Kind::OutcomeUnknown => 401,
        Kind::InsufficientPermissions => 403,
        Kind::RateLimited | Kind::QuotaExhausted => 429,
        Kind::Pending | Kind::MalformedRequest => 400,
        Kind::ValidationFailed => 422,
        Kind::PayloadTooLarge => 413,
        Kind::NotFound => 404,
        Kind::Gone => 410,
        Kind::Conflict => 409,
        Kind::ServerError | Kind::Unknown => 500,
        Kind::Gateway | Kind::Dns | Kind::Connect | Kind::Tls | Kind::ConnectionLost => 502,
        Kind::Unavailable | Kind::CircuitOpen | Kind::RetriesExhausted => 503,
        Kind::Timeout | Kind::ClientTimeout | Kind::DeadlineExceeded => 504,
    }
}

fn challenge(failure: &Failure, realm: &str) -> Option<Challenge> {
    let bearer = Challenge::new("Bearer").param("realm", realm);
    let with = |challenge: Challenge, error| {
        challenge.param("error", error).param("error_description", failure.kind().meaning())
    };
    match (failure.kind(), answer_status(failure)) {
        (Kind::MissingCredentials, 401) => Some(bearer),
        (Kind::ChallengeNonce, 401) => {
            Some(with(Challenge::new("DPoP").param("realm", realm), "use_dpop_nonce"))
        }
        (Kind::StepUpRequired, 401) => Some(with(bearer, "insufficient_user_authentication")),
        (Kind::InsufficientPermissions, 403) => {
            let challenge = with(bearer, "insufficient_scope");
            let scopes = failure.denied().scopes.join(" ");
            Some(if scopes.is_empty() { challenge } else { challenge.param("scope", scopes) })
        }
        (_, 401) => Some(with(bearer, "invalid_token")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::{Denied, RetryAfter};

    #[test]
    fn every_401_carries_a_challenge() {
        for kind in Kind::ALL {
            let answer = Failure::builder(kind, Origin::Local).build().answer("api");

            let challenged = answer.header("WWW-Authenticate").is_some();

            assert!(challenged || answer.status() != 401, "{kind}");
        }
    }

    #[test]
    fn a_request_without_a_credential_is_told_no_error() {
        let failure = Failure::builder(Kind::MissingCredentials, Origin::Local).build();

        let answer = failure.answer("api");

        assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer realm="api""#));
    }

    #[test]
    fn r30_a_denial_names_the_scopes_that_would_do() {
        let denied =
            Denied { scopes: vec!["read".to_owned(), "write".to_owned()], ..Denied::default() };
        let failure =
            Failure::builder(Kind::InsufficientPermissions, Origin::Local).denied(denied).build();

        let header = failure.answer("api").header("www-authenticate").unwrap().to_owned();

        assert!(header.contains(r#"error="insufficient_scope""#), "{header}");
        assert!(header.ends_with(r#"scope="read write""#), "{header}");
    }

    #[test]
    fn r44_a_wait_is_told_in_whole_seconds_rounded_up() {
        let hint = RetryAfter::new(Duration::from_millis(1_001), SystemTime::UNIX_EPOCH);
        let failure = Failure::builder(Kind::RateLimited, Origin::Local).retry_after(hint).build();

        assert_eq!(failure.answer("api").header("retry-after"), Some("2"));
    }

    #[test]
    fn a_failure_is_never_answered_with_a_status_of_success() {
        for (came_with, answered) in [(200, 401), (304, 401), (600, 401), (419, 419), (502, 502)] {
            let origin = Origin::Answer { status: came_with };
            let failure = Failure::builder(Kind::TokenExpired, origin).build();

            assert_eq!(failure.answer("api").status(), answered, "{came_with}");
        }
    }

    #[test]
    fn an_answer_has_the_code_that_was_given() {
        let failure = Failure::builder(Kind::NotFound, Origin::Local)
            .json(r#"{"error_code": 42, "more": 7}"#)
            .code("given")
            .build();

        let answer = failure.answer("api");

        assert_eq!(answer.body(), r#"{"error":"not_found","error_code":"given","more":7}"#);
    }

    #[test]
    fn a_problem_answer_has_its_media_type_and_status() {
        let failure = Failure::builder(Kind::Gone, Origin::Local).build();

        let answer = failure.problem_answer("api");

        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert!(answer.body().contains(r#""status":410"#), "{}", answer.body());
    }
}
