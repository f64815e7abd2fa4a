use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use readmit_error::Stage;
use serde_json::Value;

use crate::demand::Demand;

/// What goes wrong with a request.
///
/// Unless its variant says otherwise, a fault takes the place of the route: the request is not
/// performed, so a flow is not created and a refresh token is not used.
/// A text that no header can hold is sent as an empty header.
///
/// The variants stand in the order in which a call meets them: the connection, who the caller is,
/// what it may and how often, the service itself, and anything else.
///
/// # Example
///
/// ```
/// use readmit_testkit::{Api, Fault, Hint};
///
/// let api = Api::new();
/// api.fault(Fault::Unavailable { retry_after: Hint::Seconds(2) }).on("GET", "/data_flows").next(3);
/// api.fault(Fault::BadGateway).at_percent(10);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The connection breaks at this stage.
    ///
    /// Up to [`Stage::Unsent`] the request does not arrive, and is not among the
    /// [`requests`](crate::Seen::requests) seen. With [`Stage::Sent`] it arrives and the connection
    /// is reset before an answer. With [`Stage::Answering`] it is performed, and the connection is
    /// reset in the middle of the body of the answer.
    ///
    /// On loopback the connection is there before the API reads a request, so the stages before
    /// `Sent` are a reset too.
    Broken(Stage),
    /// No answer ever comes.
    Hang,
    /// The request is performed, and the connection is reset before the answer.
    LostAnswer,
    /// The request is performed at once, and answered after this time.
    Slow(Duration),
    /// The request is performed, half of the body of the answer comes, and then nothing.
    Stalled,

    /// 401 with exactly this `WWW-Authenticate` and no body.
    Challenged(Cow<'static, str>),
    /// 401 with neither challenge nor body (rule 29).
    Unauthorized,
    /// `AUTH_001`, 401: the access token is invalid.
    InvalidAccessToken,
    /// `AUTH_001` with the time of expiry or `AUTH_003`, as the
    /// [`expiry_code`](crate::Builder::expiry_code) chooses, 401: the access token expired.
    ExpiredAccessToken,
    /// `AUTH_002`, 401: the service key is invalid or revoked.
    InvalidServiceKey,
    /// `AUTH_004`, 403: the caller may not do this.
    InsufficientPermissions,
    /// A request whose access token is good is refused until its token was issued for what is
    /// demanded; any other is performed. One that is performed counts as struck.
    Demands(Demand),

    /// An error of a token endpoint (RFC 6749 section 5.2): 401 for `invalid_client`, else 400.
    OAuth {
        /// The `error` code.
        error: Cow<'static, str>,
        /// The `error_description`.
        description: Cow<'static, str>,
    },
    /// The body of [`OAuth`](Fault::OAuth) under a 200 (rule 26).
    OAuthInSuccess {
        /// The `error` code.
        error: Cow<'static, str>,
        /// The `error_description`.
        description: Cow<'static, str>,
    },
    /// The request is performed, and `expires_in` says this, whatever the truth is; null leaves it
    /// out (rules 13 and 15). It means nothing but to an endpoint that issues tokens.
    ExpiresIn(Value),
    /// A refresh is performed, and its refresh token stays the one to use (rule 19). It means
    /// nothing but to an endpoint that issues tokens.
    KeptRefreshToken,

    /// `RATE_001`, 429.
    RateLimited {
        /// When to come back.
        retry_after: Hint,
    },
    /// A 403 that is a rate limit: `x-ratelimit-remaining: 0`, no code (rule 77).
    RateLimitedAsForbidden {
        /// When to come back.
        retry_after: Hint,
    },
    /// `VAL_001`, 400: the field `email` is wrong.
    ValidationFailed,

    /// 500, in JSON.
    InternalError,
    /// 500 whose JSON body ends halfway: `Content-Length` tells more than comes before the
    /// connection closes.
    TruncatedError,
    /// 500 with 10 MiB of JSON.
    HugeError,
    /// 502, a page of HTML as a proxy makes it.
    BadGateway,
    /// 503, in JSON.
    Unavailable {
        /// When to come back.
        retry_after: Hint,
    },
    /// 504, plain text as a proxy makes it.
    GatewayTimeout,

    /// 200, a page of HTML, as a portal makes it that stands in the way.
    HtmlInSuccess,
    /// The request is performed, and the first half of the body of its answer comes as if it were
    /// all.
    Halved,

    /// A redirect.
    Redirect {
        /// Usually a 3xx; sent as it is.
        status: StatusCode,
        /// The `Location`, absolute or not.
        location: String,
    },
    /// A given answer, made by [`Fault::respond`].
    Respond(Canned),
}

impl Fault {
    /// Returns the fault that answers with this response.
    ///
    /// `Date` and `X-Request-Id` are added where it has none; `Content-Length` is always that of
    /// the body.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit_testkit::{Api, Fault};
    ///
    /// let api = Api::new();
    /// let too_early = http::Response::builder().status(425).body("")?;
    /// api.fault(Fault::respond(too_early)).once();
    /// # Ok::<_, http::Error>(())
    /// ```
    #[must_use]
    pub fn respond<B: Into<Bytes>>(response: Response<B>) -> Fault {
        Fault::Respond(Canned(Box::new(response.map(Into::into))))
    }
}

/// An answer kept for [`Fault::Respond`]; its `Debug` shows the status alone.
#[derive(Clone)]
pub struct Canned(Box<Response<Bytes>>);

impl Canned {
    pub(crate) fn into_response(self) -> Response<Bytes> {
        *self.0
    }
}

impl fmt::Debug for Canned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canned").field("status", &self.0.status()).finish_non_exhaustive()
    }
}

/// How a fault says when to come back.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Hint {
    /// Not at all.
    Absent,
    /// Only in the body, as `details.retry_after`: the API's time, this much later, in RFC 3339.
    Body(Duration),
    /// In the body and as a `Retry-After` that is a date, the API's time this much later.
    Date(Duration),
    /// In the body and as a `Retry-After` of seconds.
    Seconds(u64),
    /// As a `Retry-After` of exactly this text, such as `soon` or `-1`.
    Text(Cow<'static, str>),
}
