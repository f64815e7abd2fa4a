mod message;
mod predicates;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use readmit_error::event::RecoveryOutcome;
use readmit_error::{Failure, Kind, Origin};
use readmit_log::redact::Redactor;
use readmit_recovery::Demand;
use readmit_retry::GiveUp;

use crate::BoxError;

/// Why a call has no answer to give.
///
/// It is one pointer wide, and can be cloned for whoever shares the call; a clone has the same
/// [`source`](std::error::Error::source). [`failure`](Error::failure) says what happened and what to do; the rest
/// says what was tried. Neither [`Display`](fmt::Display) nor [`Debug`] holds a header value, a URL
/// or a body.
///
/// # Troubleshooting
///
/// A call that ran out of attempts, or for which a retry would have come too late, reports its last
/// real failure; [`is_exhausted`](Error::is_exhausted) and
/// [`is_out_of_time`](Error::is_out_of_time) say why it was not tried again.
#[derive(Clone)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    about: About,
    failure: Failure,
    host: Option<Arc<str>>,
    /// Who knows the secrets in use, which a server may have echoed.
    redactor: Option<Redactor>,
    attempts: u32,
    recoveries: u32,
    outcome: Option<RecoveryOutcome>,
    why: Option<GiveUp>,
    answer: Option<Answer>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What the failure is one of.
#[derive(Clone, Copy, Eq, PartialEq)]
enum About {
    /// The call itself.
    Call,
    /// The credential that the call wanted.
    Credential,
    /// A body that was read as what it is not.
    Body,
    /// A request that was never one.
    Request,
    /// A client that sends nothing further.
    ShutDown,
}

/// What the server answered.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) cut: bool,
}

impl Error {
    pub(crate) fn new(failure: Failure) -> Error {
        let (attempts, recoveries) = (0, 0);
        let (about, host, redactor, outcome) = (About::Call, None, None, None);
        let (why, answer, source) = (None, None, None);
        Error {
            inner: Box::new(Inner {
                about,
                failure,
                host,
                redactor,
                attempts,
                recoveries,
                outcome,
                why,
                answer,
                source,
            }),
        }
    }

    pub(crate) fn counts(mut self, attempts: u32, recoveries: u32) -> Error {
        self.inner.attempts = attempts;
        self.inner.recoveries = recoveries;
        self
    }

    /// Says who was called.
    pub(crate) fn of_host(mut self, host: &str) -> Error {
        self.inner.host = Some(host.into());
        self
    }

    /// Says who takes secrets out of what people are told.
    pub(crate) fn redacted_by(mut self, redactor: &Redactor) -> Error {
        self.inner.redactor = Some(redactor.clone());
        self
    }

    /// Says how its call ended.
    pub(crate) fn set_outcome(&mut self, outcome: RecoveryOutcome) -> &mut Error {
        self.inner.outcome = Some(outcome);
        self
    }

    /// Returns how its call ended; what became of no call was refused, or failed of its body.
    pub(crate) fn outcome(&self) -> RecoveryOutcome {
        let unsaid = match self.inner.attempts {
            0 => RecoveryOutcome::Rejected,
            1.. => RecoveryOutcome::NotAttempted,
        };
        self.inner.outcome.unwrap_or(unsaid)
    }

    pub(crate) fn why(mut self, why: GiveUp) -> Error {
        self.inner.why = Some(why);
        self
    }

    pub(crate) fn answer(mut self, answer: Answer) -> Error {
        self.inner.answer = Some(answer);
        self
    }

    pub(crate) fn cause(mut self, source: impl Into<BoxError>) -> Error {
        self.inner.source = Some(source.into().into());
        self
    }

    /// Returns a refusal to send the request at all.
    pub(crate) fn unsendable(message: impl Into<BoxError>) -> Error {
        let failure = Failure::builder(Kind::MalformedRequest, Origin::Local)
            .because("the request cannot be sent as it is")
            .build();
        let mut error = Error::new(failure).cause(message);
        error.inner.about = About::Request;
        error
    }

    /// Returns a refusal of a client that was shut down.
    pub(crate) fn shut_down(wall: SystemTime) -> Error {
        let failure = Failure::builder(Kind::Unavailable, Origin::Local)
            .retryable(false)
            .because("the client is shut down")
            .timestamp(wall)
            .build();
        let mut error = Error::new(failure);
        error.inner.about = About::ShutDown;
        error
    }

    /// Says that it is the credential that could not be had.
    pub(crate) fn of_credential(mut self) -> Error {
        self.inner.about = About::Credential;
        self
    }

    /// Says that the answer was good, and read as what it is not.
    pub(crate) fn of_body(mut self) -> Error {
        self.inner.about = About::Body;
        self
    }

    /// Returns what happened, whose move it is, and what to do next.
    #[must_use]
    pub fn failure(&self) -> &Failure {
        &self.inner.failure
    }

    /// Returns the failure alone.
    #[must_use]
    pub fn into_failure(self) -> Failure {
        self.inner.failure
    }

    /// Returns how often the request was tried, the first time included, and the resends after a
    /// recovery not.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Returns how many recoveries were tried, such as a refresh of the token.
    #[must_use]
    pub fn recoveries(&self) -> u32 {
        self.inner.recoveries
    }

    /// Returns the status of the last answer, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.answer.as_ref().map(|answer| answer.status)
    }

    /// Returns the headers of the last answer, where there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.inner.answer.as_ref().map(|answer| &answer.headers)
    }

    /// Returns the beginning of the last answer's body, at most 64 KiB.
    ///
    /// It is as the server sent it: nothing in it is redacted or neutralised.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.inner.answer.as_ref().map(|answer| &answer.body)
    }

    /// Returns whether [`body`](Error::body) is not the whole of it.
    #[must_use]
    pub fn is_body_cut(&self) -> bool {
        self.inner.answer.as_ref().is_some_and(|answer| answer.cut)
    }

    /// Returns how long to wait before the call is worth making again, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.failure.retry_after().map(|hint| hint.delay())
    }

    /// Returns what the server wants of a credential before it lets the same request in: a stronger
    /// or more recent authentication, claims, or scopes (rules 30 to 32).
    #[must_use]
    pub fn demand(&self) -> Option<Demand> {
        Demand::of(&self.inner.failure).ok().flatten()
    }

    /// Returns the host that was called, where the request came so far.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.inner.host.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = self.inner.source.as_ref();
        match (self.inner.about, source) {
            (About::Body, Some(place)) => return write!(f, "{place}: read it as what it is"),
            (About::Request, Some(why)) => {
                return write!(f, "The request cannot be sent as it is: {why}");
            }
            (About::ShutDown, _) => {
                return f.write_str("The request was not sent: the client is shut down");
            }
            (About::Credential, _) => f.write_str("No credential could be had for the call. ")?,
            (About::Body | About::Call | About::Request, _) => {}
        }
        self.inner.failure.fmt(f)?;
        let attempts = match self.inner.attempts {
            1 => "1 attempt".to_owned(),
            attempts => format!("{attempts} attempts"),
        };
        match (self.inner.attempts, self.inner.recoveries) {
            (0 | 1, 0) => Ok(()),
            (_, 0) => write!(f, " (after {attempts})"),
            (_, 1) => write!(f, " (after {attempts} and 1 recovery)"),
            (_, recoveries) => write!(f, " (after {attempts} and {recoveries} recoveries)"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("failure", &self.inner.failure)
            .field("attempts", &self.inner.attempts)
            .field("recoveries", &self.inner.recoveries)
            .field("why", &self.inner.why)
            .field("source", &self.inner.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source.as_ref().map(|source| &**source as _)
    }
}

/// An error of a call that readmit did not make, such as that of a [`BatchSend`](crate::BatchSend)
/// over a client of another make; it counts no attempts.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        Error::new(failure)
    }
}

impl AsRef<Failure> for Error {
    fn as_ref(&self) -> &Failure {
        self.failure()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }

    #[test]
    fn r55_neither_display_nor_debug_shows_headers_or_body() {
        let mut headers = HeaderMap::new();
        headers.insert("x-secret", "s3cret".parse().unwrap());
        let answer = Answer {
            status: StatusCode::UNAUTHORIZED,
            headers,
            body: Bytes::from_static(b"s3cret"),
            cut: false,
        };
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 });
        let error = Error::new(failure.build()).answer(answer).counts(1, 1);

        let shown = format!("{error} {error:?} {error:#?}");

        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.contains("1 attempt and 1 recovery"), "{shown}");
    }

    #[test]
    fn what_is_not_the_answer_of_the_api_is_not_blamed_on_it() {
        let failure = Failure::builder(Kind::NotFound, Origin::Answer { status: 404 }).build();

        let unsendable = Error::unsendable("the value of the header x-a cannot be sent");
        let credential = Error::new(failure.clone()).of_credential();
        let body = Error::new(failure.clone()).cause("line 1, column 2").of_body();

        assert_eq!(
            unsendable.to_string(),
            "The request cannot be sent as it is: the value of the header x-a cannot be sent"
        );
        assert_eq!(
            credential.to_string(),
            format!("No credential could be had for the call. {failure}")
        );
        assert_eq!(body.to_string(), "line 1, column 2: read it as what it is");
    }
}
