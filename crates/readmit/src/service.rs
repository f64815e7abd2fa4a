use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use crate::{Body, BoxError};

/// Anything that sends a request and answers with a response: the one thing that the client is
/// generic over.
///
/// It is implemented for every [`tower_service::Service`] of that shape, and only through that.
/// reqwest is one (behind the feature of that name), a hyper client is one, and so is a router in
/// the same process.
///
/// An error that has a [`readmit_error::Transport`] in its `source()` chain is classified by it; of
/// any other, an [`std::io::Error`] tells what it can (rule 80).
pub trait HttpService:
    Service<
        Request<Body>,
        Response = Response<Self::Body>,
        Error = Self::Fault,
        Future = Self::Sending,
    > + Clone
    + Send
    + Sync
    + 'static
{
    /// The body of its responses.
    type Body: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static;
    /// How it fails where there is no response.
    type Fault: Into<BoxError>;
    /// The call under way.
    type Sending: Future<Output = Result<Response<Self::Body>, Self::Fault>> + Send;
}

impl<S, B> HttpService for S
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    type Body = B;
    type Fault = S::Error;
    type Sending = S::Future;
}
