mod misread;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{Extensions, HeaderMap, Response as HttpResponse, StatusCode, Version};
use http_body::Body as _;
use http_body_util::{BodyExt, Collected};
use readmit_classify::classify_transport;
use readmit_core::Clock;
use readmit_error::{Failure, Kind, Origin, Replay, Stage, Transport};
use serde::de::DeserializeOwned;
use url::Url;

pub(crate) use self::misread::Reader;
use crate::call::Done;
use crate::fault::transport_of;
use crate::keeper::Held;
use crate::outgoing::Asked;
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
    /// Its URL is where the answer came from.
    asked: Asked,
    sent: Option<Arc<Held>>,
    reader: Arc<Reader>,
}

impl<B> Response<B> {
    pub(crate) fn new<S>(done: Done<B>, mut asked: Asked, core: &Core<S>) -> Response<B> {
        let Done { response: inner, deadline_at, attempts, recoveries, sent, moved_to, .. } = done;
        if let Some(url) = moved_to {
            asked.url = *url;
        }
        let (fallback_for, reader) = (None, Arc::clone(&core.reader));
        Response { inner, deadline_at, attempts, recoveries, fallback_for, asked, sent, reader }
    }

    pub(crate) fn fallback<S>(
        answer: HttpResponse<Bytes>,
        error: Error,
        asked: Asked,
        core: &Core<S>,
    ) -> Response<B> {
        Response {
            inner: answer.map(ResponseBody::fixed),
            deadline_at: None,
            attempts: error.attempts(),
            recoveries: error.recoveries(),
            fallback_for: Some(error.into_failure()),
            asked,
            sent: None,
            reader: Arc::clone(&core.reader),
        }
    }

    /// Returns the status: below 400, unless it is that of a fallback.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// Returns the version of HTTP that the answer came in.
    #[must_use]
    pub fn version(&self) -> Version {
        self.inner.version()
    }

    /// Returns where the answer came from: the URL that was called, or the last that the request was
    /// redirected to. For a fallback it is the one that was called.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.asked.url
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
    ///
    /// That body is an [`http_body::Body`], so whatever reads one reads this: as a stream of bytes
    /// with `BodyExt::into_data_stream` of `http-body-util`, and over
    /// [reqwest](crate::DefaultService) as a `reqwest::Response` with
    /// `reqwest::Response::from(response.into_http())`, which knows no URL.
    #[must_use]
    pub fn into_http(self) -> HttpResponse<ResponseBody<B>> {
        self.inner
    }
}

impl<B> Response<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin,
{
    /// Returns how long the body is, where that is known: by the header, or because it was read.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.inner.body().size_hint().exact()
    }

    /// Reads the body.
    ///
    /// # Errors
    ///
    /// [`Error`] where it breaks off, or the deadline passes first. Whether to make the call again
    /// is the caller's to decide: the server has answered.
    pub async fn bytes(self) -> Result<Bytes, Error> {
        let Response { inner, deadline_at, attempts, recoveries, reader, .. } = self;
        let read = whole(inner.into_body(), deadline_at, reader.clock()).await;
        read.map_err(|error| error.counts(attempts, recoveries))
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
                        return Err(
                            late(self.reader.clock()).counts(self.attempts, self.recoveries)
                        );
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
                    return Err(
                        broken(error, self.reader.clock()).counts(self.attempts, self.recoveries)
                    );
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
    /// As for [`bytes`](Response::bytes), and where the body is not JSON of that shape. A body that
    /// tells of an error, as `{"error": "rate_limit_exceeded"}` does, is then the failure that it
    /// tells of, with status, headers and body as those of any other; where it tells of none,
    /// [`is_decode`](Error::is_decode) holds. Either way [`NotThatJson`] is the
    /// [source](std::error::Error::source), and no message repeats a value of the body.
    ///
    /// Such a failure is told too late to be recovered from: the call has ended. An API that hides
    /// failures in successes has a [dialect](crate::ClientBuilder::dialect) that says so, by which
    /// they are found before.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::{Client, credentials};
    /// use readmit::error::Kind;
    /// # use readmit_testkit::{Api, Fault};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let api = Api::new();
    /// # let told = http::Response::new(r#"{"error": "rate_limit_exceeded"}"#);
    /// # api.fault(Fault::respond(told)).on("GET", "/data_flows").once();
    /// let token = credentials::bearer(api.new_access_token());
    /// let client = Client::builder("https://api.test").credentials(token);
    /// let client = client.build_over(api.service())?;
    ///
    /// // The server answers 200, and `{"error": "rate_limit_exceeded"}`.
    /// let response = client.get("/data_flows").send().await?;
    /// let error = response.json::<Vec<String>>().await.unwrap_err();
    ///
    /// assert_eq!(error.failure().kind(), Kind::RateLimited);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        let Response { inner, deadline_at, attempts, recoveries, asked, sent, reader, .. } = self;
        let (head, body) = inner.into_parts();
        let read = whole(body, deadline_at, reader.clock()).await;
        let body = read.map_err(|error| error.counts(attempts, recoveries))?;
        serde_json::from_slice(&body).map_err(|error| {
            let place = NotThatJson { line: error.line(), column: error.column() };
            let error = reader.misread(&asked, sent.as_deref(), &head, &body);
            error.counts(attempts, recoveries).cause(place)
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

/// Reads a body to its end, as long as there is time.
async fn whole<B>(
    body: ResponseBody<B>,
    deadline_at: Option<Instant>,
    clock: &dyn Clock,
) -> Result<Bytes, Error>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    let reading = body.collect();
    let read = match deadline_at {
        Some(at) => match tokio::time::timeout_at(at.into(), reading).await {
            Ok(read) => read,
            Err(_) => return Err(late(clock)),
        },
        None => reading.await,
    };
    read.map(Collected::to_bytes).map_err(|error| broken(error, clock))
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
