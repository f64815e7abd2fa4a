use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{Extensions, HeaderMap, Response as HttpResponse, StatusCode};
use http_body_util::BodyExt;
use readmit_classify::classify_transport;
use readmit_core::Clock;
use readmit_error::{Action, Failure, Kind, Origin, Replay, Stage, Transport};
use serde::de::DeserializeOwned;

use crate::call::Done;
use crate::fault::transport_of;
use crate::response_body::ResponseBody;
use crate::shared::Core;
use crate::{BoxError, Error};

/// An answer that is no failure.
///
/// Its body is yet to be read; reading it is a part of the call and ends with the call's deadline.
pub struct Response<B> {
    inner: HttpResponse<ResponseBody<B>>,
    deadline_at: Option<Instant>,
    attempts: u32,
    recoveries: u32,
    fallback_for: Option<Failure>,
    clock: Arc<dyn Clock>,
}

impl<B> Response<B> {
    pub(crate) fn new<S>(done: Done<B>, core: &Core<S>) -> Response<B> {
        let Done { response, deadline_at, attempts, recoveries, .. } = done;
        let clock = Arc::clone(&core.clock);
        Response { inner: response, deadline_at, attempts, recoveries, fallback_for: None, clock }
    }

    pub(crate) fn fallback<S>(
        answer: HttpResponse<Bytes>,
        error: Error,
        core: &Core<S>,
    ) -> Response<B> {
        Response {
            inner: answer.map(ResponseBody::fixed),
            deadline_at: None,
            attempts: error.attempts(),
            recoveries: error.recoveries(),
            fallback_for: Some(error.into_failure()),
            clock: Arc::clone(&core.clock),
        }
    }

    /// Returns the status: below 400, unless it is that of a fallback.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// Returns what the transport put beside the answer.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        self.inner.extensions()
    }

    /// Returns how often the request was tried, the resends after a recovery not counted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns how many recoveries it took, such as a refresh of the token.
    #[must_use]
    pub fn recoveries(&self) -> u32 {
        self.recoveries
    }

    /// Returns the failure that a [fallback](crate::RequestBuilder::fallback) stands in for, or
    /// `None` where the answer is the API's own.
    #[must_use]
    pub fn fallback_for(&self) -> Option<&Failure> {
        self.fallback_for.as_ref()
    }

    /// Returns the answer as the `http` crate has it, its body unread and without a deadline.
    #[must_use]
    pub fn into_http(self) -> HttpResponse<ResponseBody<B>> {
        self.inner
    }
}

impl<B> Response<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin,
{
    /// Reads the body.
    ///
    /// # Errors
    ///
    /// [`Error`] where it breaks off, or the deadline passes first. Whether to make the call again
    /// is the caller's to decide: the server has answered.
    pub async fn bytes(self) -> Result<Bytes, Error> {
        let Response { inner, deadline_at, attempts, recoveries, clock, .. } = self;
        let reading = inner.into_body().collect();
        let read = match deadline_at {
            Some(at) => match tokio::time::timeout_at(at.into(), reading).await {
                Ok(read) => read,
                Err(_) => return Err(late(&*clock).counts(attempts, recoveries)),
            },
            None => reading.await,
        };
        read.map(http_body_util::Collected::to_bytes)
            .map_err(|error| broken(error, &*clock).counts(attempts, recoveries))
    }

    /// Reads the next piece of the body; `None` at its end.
    ///
    /// # Errors
    ///
    /// As for [`bytes`](Response::bytes).
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let reading = self.inner.body_mut().frame();
            let frame = match self.deadline_at {
                Some(at) => match tokio::time::timeout_at(at.into(), reading).await {
                    Ok(frame) => frame,
                    Err(_) => {
                        return Err(late(&*self.clock).counts(self.attempts, self.recoveries));
                    }
                },
                None => reading.await,
            };
            match frame.transpose() {
                Ok(None) => return Ok(None),
                Ok(Some(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
                Err(error) => {
                    return Err(broken(error, &*self.clock).counts(self.attempts, self.recoveries));
                }
            }
        }
    }

    /// Reads the body as text; bytes that are not UTF-8 become the replacement character.
    ///
    /// # Errors
    ///
    /// As for [`bytes`](Response::bytes).
    pub async fn text(self) -> Result<String, Error> {
        let bytes = self.bytes().await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// As for [`bytes`](Response::bytes), and where the body is not JSON of that shape.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        let (status, clock) = (self.status().as_u16(), Arc::clone(&self.clock));
        let (attempts, recoveries) = (self.attempts, self.recoveries);
        let bytes = self.bytes().await?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let failure = Failure::builder(Kind::Unknown, Origin::Answer { status })
                .action(Action::ReviewRequest)
                .replay(Replay::Processed)
                .because("the body is not JSON of the shape that was asked for")
                .timestamp(clock.wall())
                .build();
            let place = NotThatJson { line: error.line(), column: error.column() };
            Error::new(failure).counts(attempts, recoveries).cause(place).of_body()
        })
    }
}

/// Where a body stops being the JSON that was asked for.
///
/// serde_json's own message would repeat values of the body.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the answer is not JSON of the shape that was asked for: line {line}, column {column}")]
#[non_exhaustive]
pub struct NotThatJson {
    /// The line, from 1 on.
    pub line: usize,
    /// The column, from 1 on.
    pub column: usize,
}

pub(crate) fn broken(error: BoxError, clock: &dyn Clock) -> Error {
    let told = transport_of(&*error);
    let transport = Transport { stage: Stage::Answering, timed_out: told.timed_out };
    Error::new(classify_transport(transport, clock.wall())).cause(error)
}

pub(crate) fn late(clock: &dyn Clock) -> Error {
    let failure = Failure::builder(Kind::DeadlineExceeded, Origin::Local)
        .replay(Replay::Processed)
        .because("the deadline of the call passed while its answer was read")
        .timestamp(clock.wall())
        .build();
    Error::new(failure)
}

impl<B> fmt::Debug for Response<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status())
            .field("attempts", &self.attempts)
            .field("recoveries", &self.recoveries)
            .field("body", self.inner.body())
            .finish_non_exhaustive()
    }
}
