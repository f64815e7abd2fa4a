//! hyper as the transport, without what reqwest puts on top of it.

mod names;

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as ClientError, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use readmit_error::{Stage, Transport};
use rustls::crypto::aws_lc_rs;
use tower_service::Service;

use self::names::{Names, Unresolved};
use crate::fault::{causes, is_tls, never_arrived};
use crate::{Body, BoxError};

/// A light transport: hyper over rustls, with HTTP/1.1 and HTTP/2, and a pool of connections that
/// are closed after 90 s of rest.
///
/// A call costs less than half of the allocations that it costs over [`Reqwest`](crate::DefaultService).
/// What it does not have: the system's proxy, a proxy of any other kind, and decompression.
///
/// Certificates are judged as the operating system judges them.
/// A hyper client that was built elsewhere is a transport too, as it is; what it fails of is then
/// known less well.
///
/// # Example
///
/// ```
/// use readmit::{Client, Hyper};
/// # use readmit_testkit::Api;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let api = Api::new();
/// # let server = api.serve().await?;
/// # let (origin, token) = (server.url(), readmit::credentials::bearer(api.new_access_token()));
/// let client = Client::builder(origin).credentials(token).build_over(Hyper::new()?)?;
///
/// assert_eq!(client.get("/data_flows").send().await?.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Hyper {
    client: Client<HttpsConnector<HttpConnector<Names>>, Body>,
}

impl Hyper {
    /// Returns a transport of its own.
    ///
    /// # Errors
    ///
    /// The operating system's error where it does not say whom to trust.
    pub fn new() -> io::Result<Hyper> {
        let mut plain = HttpConnector::new_with_resolver(Names::default());
        plain.enforce_http(false);
        plain.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_platform_verifier(aws_lc_rs::default_provider())?
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .wrap_connector(plain);
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Hyper { client })
    }
}

impl Service<Request<Body>> for Hyper {
    type Response = Response<HyperBody>;
    type Error = HyperFault;
    type Future = HyperSending;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), HyperFault>> {
        // A connection is got for each request, and it is there that one waits for it.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> HyperSending {
        HyperSending { pending: self.client.request(request) }
    }
}

/// A call under way.
#[must_use = "a call does nothing until it is awaited"]
pub struct HyperSending {
    pending: ResponseFuture,
}

impl Future for HyperSending {
    type Output = Result<Response<HyperBody>, HyperFault>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = Pin::new(&mut self.pending).poll(cx);
        answer.map_ok(|response| response.map(|inner| HyperBody { inner })).map_err(sending)
    }
}

impl fmt::Debug for HyperSending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HyperSending")
    }
}

/// The body of an answer.
#[derive(Debug)]
pub struct HyperBody {
    inner: Incoming,
}

impl http_body::Body for HyperBody {
    type Data = Bytes;
    type Error = HyperFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HyperFault>>> {
        Pin::new(&mut self.inner).poll_frame(cx).map_err(answering)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// How hyper failed, classified by type.
#[derive(Debug, thiserror::Error)]
#[error("{transport}")]
pub struct HyperFault {
    transport: Transport,
    #[source]
    source: BoxError,
}

impl HyperFault {
    /// Returns how far the call had come.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }
}

fn sending(error: ClientError) -> HyperFault {
    let transport = Transport { stage: stage(&error), timed_out: causes(&error).any(is_late) };
    HyperFault { transport, source: error.into() }
}

fn answering(error: hyper::Error) -> HyperFault {
    let timed_out = causes(&error).any(is_late);
    let transport = Transport { stage: Stage::Answering, timed_out };
    HyperFault { transport, source: error.into() }
}

/// How far the request came, by the types in the chain of causes (rule 80).
fn stage(error: &ClientError) -> Stage {
    if causes(error).any(|cause| cause.is::<Unresolved>()) {
        return Stage::Dns;
    }
    // TLS that breaks later may take a request with it that was sent already.
    if error.is_connect() {
        return if causes(error).any(is_tls) { Stage::Tls } else { Stage::Connect };
    }
    if causes(error).any(never_arrived) { Stage::Unsent } else { Stage::Sent }
}

fn is_late(error: &(dyn std::error::Error + 'static)) -> bool {
    let by_io = error.downcast_ref::<io::Error>().map(io::Error::kind);
    by_io == Some(io::ErrorKind::TimedOut)
        || error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_timeout)
}

const IDLE: Duration = Duration::from_secs(90);
