use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use crate::{
    Body, BoxError, CallOptions, Client, Error, HttpService, RequestBuilder, ResponseBody,
};

/// A client is a service itself, for requests that are made elsewhere: by the client that was
/// generated for a gRPC service, by a proxy, by a library over any HTTP service.
///
/// It answers as [`send_raw`](RequestBuilder::send_raw) does: any answer that came, its body whole,
/// with the [`Failure`](crate::error::Failure) in its extensions where it is one.
///
/// - A relative URI is resolved against the client's origin, an absolute one taken as it is.
/// - The extensions of the request go with it to the transport, on every attempt and every hop;
///   [`CallOptions`] among them are for readmit.
/// - The body can be sent again where it is a [`Body`] of bytes, where it says that it has 64 KiB at
///   most, which are read first, as a part of the call, and where no more than that are there at
///   once, as in a unary gRPC call. Any other is a stream, and goes once.
/// - It is always ready: each attempt waits for a transport of its own to be, within its timeout.
///   A place that was reserved beforehand would be held while a token is fetched, perhaps through
///   the same transport.
///
/// # Example
///
/// ```
/// use http::Request;
/// use readmit::error::{Failure, Kind};
/// use readmit::{Body, Client, credentials};
/// use tower_service::Service;
/// # use readmit_testkit::Api;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let api = Api::new();
/// # let key = credentials::service_key("https://api.test/token", api.service_key());
/// let client = Client::builder("https://api.test").credentials(key);
/// let mut service = client.build_over(api.service())?;
///
/// let members = Request::get("/organizations/7/members").body(Body::empty())?;
/// let refused = service.call(members).await?;
///
/// assert_eq!(refused.status(), 403);
/// let failure = refused.extensions().get::<Failure>().unwrap();
/// assert_eq!(failure.kind(), Kind::InsufficientPermissions);
/// # Ok(())
/// # }
/// ```
impl<S, B> Service<Request<B>> for Client<S>
where
    S: HttpService,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<ResponseBody<S::Body>>;
    type Error = Error;
    type Future = Calling<S::Body>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Calling<S::Body> {
        let core = Arc::clone(&self.core);
        let inner = Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let body = Body::taken(body).await;
            let options = parts.extensions.remove::<CallOptions>();
            let request = RequestBuilder::made_elsewhere(core, parts, body);
            options.into_iter().fold(request, RequestBuilder::options).send_raw().await
        });
        Calling { inner }
    }
}

/// A call under way.
///
/// It may be dropped at any moment, as that of [`send`](RequestBuilder::send).
#[must_use = "a call does nothing until it is awaited"]
pub struct Calling<B> {
    inner: Pin<Box<dyn Future<Output = Ended<B>> + Send>>,
}

type Ended<B> = Result<Response<ResponseBody<B>>, Error>;

impl<B> Future for Calling<B> {
    type Output = Ended<B>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.inner.as_mut().poll(cx)
    }
}

impl<B> fmt::Debug for Calling<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calling")
    }
}
