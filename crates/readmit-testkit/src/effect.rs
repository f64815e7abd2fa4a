use std::time::Duration;

use http::StatusCode;
use http::header::{HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use readmit_error::Stage;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::body::Ending;
use crate::fault::{Fault, Hint};
use crate::refusal::{Moment, Refusal};
use crate::timestamp::Timestamp;

/// What becomes of a request that has arrived.
#[derive(Debug)]
pub(crate) enum Effect {
    /// This answer comes, and the request is not performed.
    Answer(Answer, Ending),
    /// The connection breaks, and the request is not performed.
    Break(Stage),
    /// The request is performed and the answer lost.
    Lose,
    /// The request is performed, and its answer comes after a while and ends so.
    Perform { delay: Duration, ending: Ending },
    /// The request is performed, and a token issued on these terms.
    Issue(Terms),
    /// Nothing comes.
    Silence,
}

/// On what terms an endpoint issues a token, where they are not the usual ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    /// What `expires_in` says; null leaves it out.
    pub(crate) expires_in: Option<Value>,
    pub(crate) keeps_refresh_token: bool,
}

impl Effect {
    /// What becomes of a request that no fault was meant for.
    pub(crate) const NONE: Effect =
        Effect::Perform { delay: Duration::ZERO, ending: Ending::Whole };

    pub(crate) fn of(fault: Fault, moment: &Moment) -> Effect {
        match fault {
            Fault::Broken(stage) => Effect::broken(stage),
            Fault::Hang => Effect::Silence,
            Fault::LostAnswer => Effect::Lose,
            Fault::Slow(delay) => Effect::Perform { delay, ending: Ending::Whole },
            Fault::Stalled => Effect::perform(Ending::Stalled),

            Fault::Challenged(challenge) => Effect::whole(challenged(&challenge)),
            Fault::Unauthorized => Effect::whole(Answer::empty(StatusCode::UNAUTHORIZED)),
            Fault::InvalidAccessToken => Effect::refuse(Refusal::TokenInvalid, moment),
            Fault::ExpiredAccessToken => {
                Effect::refuse(Refusal::TokenExpired { at: moment.now }, moment)
            }
            Fault::InvalidServiceKey => Effect::refuse(Refusal::KeyInvalid, moment),
            Fault::InsufficientPermissions => Effect::refuse(Refusal::NotPermitted, moment),
            Fault::Demands(demand) => Effect::whole(demand.refuse(moment.scheme)),

            Fault::OAuth { error, description } => Effect::whole(oauth_error(&error, &description)),
            Fault::OAuthInSuccess { error, description } => {
                Effect::whole(Answer::json(StatusCode::OK, &oauth_body(&error, &description)))
            }
            Fault::ExpiresIn(told) => {
                Effect::Issue(Terms { expires_in: Some(told), ..Terms::default() })
            }
            Fault::KeptRefreshToken => {
                Effect::Issue(Terms { keeps_refresh_token: true, ..Terms::default() })
            }

            Fault::RateLimited { retry_after } => Effect::whole(rate_limited(&retry_after, moment)),
            Fault::RateLimitedAsForbidden { retry_after } => {
                Effect::whole(rate_limited_as_forbidden(&retry_after, moment))
            }
            Fault::ValidationFailed => Effect::refuse(invalid_email(), moment),

            Fault::InternalError => Effect::whole(internal_error(moment, "Something broke")),
            Fault::TruncatedError => {
                Effect::Answer(internal_error(moment, "Something broke"), Ending::Closed)
            }
            Fault::HugeError => Effect::whole(internal_error(moment, &"x".repeat(10 << 20))),
            Fault::BadGateway => Effect::whole(bad_gateway()),
            Fault::Unavailable { retry_after } => Effect::whole(unavailable(&retry_after, moment)),
            Fault::GatewayTimeout => Effect::whole(gateway_timeout()),
            Fault::HtmlInSuccess => Effect::whole(portal()),
            Fault::Halved => Effect::perform(Ending::Halved),

            Fault::Redirect { status, location } => {
                Effect::whole(Answer::empty(status).header(LOCATION, &location))
            }
            Fault::Respond(canned) => Effect::whole(Answer::from(canned.into_response())),
        }
    }

    fn broken(stage: Stage) -> Effect {
        match stage {
            Stage::Dns | Stage::Connect | Stage::Tls | Stage::Unsent | Stage::Sent => {
                Effect::Break(stage)
            }
            Stage::Answering => Effect::perform(Ending::Reset),
        }
    }

    fn perform(ending: Ending) -> Effect {
        Effect::Perform { delay: Duration::ZERO, ending }
    }

    fn refuse(refusal: Refusal, moment: &Moment) -> Effect {
        Effect::whole(refusal.answer(moment))
    }

    fn whole(answer: Answer) -> Effect {
        Effect::Answer(answer, Ending::Whole)
    }
}

impl Hint {
    /// Returns the time it names, where it names one.
    fn retry_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Hint::Absent | Hint::Text(_) => None,
            Hint::Body(wait) | Hint::Date(wait) => Some(now.plus(*wait)),
            Hint::Seconds(seconds) => Some(now.plus(Duration::from_secs(*seconds))),
        }
    }

    /// Adds the time it names to the details of a body.
    fn tell(&self, now: Timestamp, body: &mut Value) {
        if let Some(retry_at) = self.retry_at(now) {
            body["details"]["retry_after"] = retry_at.rfc3339().into();
        }
    }

    /// Adds its header, where it has one.
    fn put(&self, now: Timestamp, answer: Answer) -> Answer {
        match self {
            Hint::Absent | Hint::Body(_) => answer,
            Hint::Date(wait) => answer.header(RETRY_AFTER, &now.plus(*wait).http_date()),
            Hint::Seconds(seconds) => answer.header(RETRY_AFTER, &seconds.to_string()),
            Hint::Text(text) => answer.header(RETRY_AFTER, text),
        }
    }
}

/// An error of a token endpoint (RFC 6749 section 5.2).
pub(crate) fn oauth_error(error: &str, description: &str) -> Answer {
    let body = oauth_body(error, description);
    if error == "invalid_client" {
        Answer::json(StatusCode::UNAUTHORIZED, &body)
            .header(WWW_AUTHENTICATE, r#"Basic realm="readmit-testkit""#)
    } else {
        Answer::json(StatusCode::BAD_REQUEST, &body)
    }
}

fn oauth_body(error: &str, description: &str) -> Value {
    json!({ "error": error, "error_description": description })
}

fn challenged(challenge: &str) -> Answer {
    Answer::empty(StatusCode::UNAUTHORIZED).header(WWW_AUTHENTICATE, challenge)
}

fn rate_limited(hint: &Hint, moment: &Moment) -> Answer {
    let refusal = Refusal::RateLimited { retry_at: hint.retry_at(moment.now) };
    hint.put(moment.now, refusal.answer(moment))
}

fn rate_limited_as_forbidden(hint: &Hint, moment: &Moment) -> Answer {
    let mut body = json!({ "message": "You have exceeded a rate limit" });
    hint.tell(moment.now, &mut body);
    let answer = Answer::json(StatusCode::FORBIDDEN, &body)
        .header(HeaderName::from_static("x-ratelimit-remaining"), "0");
    hint.put(moment.now, answer)
}

fn invalid_email() -> Refusal {
    Refusal::Invalid {
        field: "email",
        message: "Invalid email format",
        value: "invalid-email".into(),
    }
}

fn internal_error(moment: &Moment, description: &str) -> Answer {
    let body = service_error(moment, "internal_error", description);
    Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &body)
}

fn unavailable(hint: &Hint, moment: &Moment) -> Answer {
    let mut body = service_error(moment, "service_unavailable", "Down for maintenance");
    hint.tell(moment.now, &mut body);
    hint.put(moment.now, Answer::json(StatusCode::SERVICE_UNAVAILABLE, &body))
}

fn service_error(moment: &Moment, error: &str, description: &str) -> Value {
    json!({
        "error": error,
        "error_description": description,
        "timestamp": moment.now.rfc3339(),
        "request_id": moment.request_id,
    })
}

fn bad_gateway() -> Answer {
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n\
                <body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";
    Answer::text(StatusCode::BAD_GATEWAY, "text/html", page.to_owned())
}

fn portal() -> Answer {
    let page = "<html>\r\n<head><title>Sign in to the network</title></head>\r\n\
                <body>\r\n<form action=\"/portal\"></form>\r\n</body>\r\n</html>\r\n";
    Answer::text(StatusCode::OK, "text/html", page.to_owned())
}

fn gateway_timeout() -> Answer {
    let words = "upstream request timeout".to_owned();
    Answer::text(StatusCode::GATEWAY_TIMEOUT, "text/plain", words)
}
