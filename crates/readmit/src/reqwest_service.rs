//! reqwest as the transport.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use http_body::{Frame, SizeHint};
use readmit_error::{Stage, Transport};
use tower_service::Service;
use url::Url;

use crate::fault::{causes, is_tls, never_arrived};
use crate::origins::is_private;
use crate::{Body, ResponseBody};

/// The transport of a client that was given no other: reqwest over rustls.
///
/// It follows no redirect and repeats nothing by itself, because the client does both.
/// It goes through the proxy that the system names, but for plain http within this machine: a proxy
/// could read that (rule 35).
#[derive(Clone, Debug)]
pub struct Reqwest {
    client: reqwest::Client,
    /// For plain http within this machine, where the other may have a proxy.
    direct: Option<reqwest::Client>,
}

impl Reqwest {
    /// Returns a transport of its own.
    ///
    /// # Errors
    ///
    /// reqwest's error where TLS cannot be set up.
    pub fn new() -> Result<Reqwest, reqwest::Error> {
        let builder = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
        };
        // It never speaks TLS, so it need not load whom to trust.
        let direct = Some(builder().no_proxy().tls_certs_only([]).build()?);
        Ok(Reqwest { client: builder().build()?, direct })
    }

    fn client_for(&mut self, url: &Url) -> &mut reqwest::Client {
        match &mut self.direct {
            Some(direct) if url.scheme() == "http" && is_private(url) => direct,
            Some(_) | None => &mut self.client,
        }
    }
}

/// A client that was built elsewhere: with a proxy, a certificate or a resolver of its own.
///
/// Its proxy, if it has one, can read what goes there over plain http.
/// Build it with `redirect(Policy::none())` and `retry(retry::never())`: what it follows by itself
/// is out of readmit's sight, and it takes along any header but `Authorization`, such as an API key,
/// wherever it is sent (rule 35).
impl From<reqwest::Client> for Reqwest {
    fn from(client: reqwest::Client) -> Reqwest {
        Reqwest { client, direct: None }
    }
}

impl Service<Request<Body>> for Reqwest {
    type Response = Response<ReqwestBody>;
    type Error = ReqwestFault;
    type Future = Sending;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ReqwestFault>> {
        Service::<reqwest::Request>::poll_ready(&mut self.client, cx).map_err(ReqwestFault::sending)
    }

    fn call(&mut self, request: Request<Body>) -> Sending {
        let state = match converted(request) {
            // Ready like the other: a client of reqwest always is.
            Ok(request) => State::Pending(self.client_for(request.url()).call(request)),
            Err(error) => State::Refused(Some(error)),
        };
        Sending { state }
    }
}

/// Makes a request of reqwest's, as `TryFrom` does, and with fewer allocations where it can.
fn converted(request: Request<Body>) -> Result<reqwest::Request, reqwest::Error> {
    let url = request.extensions().is_empty().then(|| url_of(request.uri())).flatten();
    let Some(url) = url else {
        return reqwest::Request::try_from(request.map(reqwest::Body::from));
    };
    let (head, body) = request.into_parts();
    let mut converted = reqwest::Request::new(head.method, url);
    *converted.version_mut() = head.version;
    *converted.headers_mut() = head.headers;
    *converted.body_mut() = Some(reqwest::Body::from(body));
    Ok(converted)
}

fn url_of(uri: &Uri) -> Option<Url> {
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?.as_str());
    let path = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let mut text = String::with_capacity(scheme.len() + "://".len() + authority.len() + path.len());
    for part in [scheme, "://", authority, path] {
        text.push_str(part);
    }
    Url::parse(&text).ok()
}

impl From<Body> for reqwest::Body {
    fn from(body: Body) -> reqwest::Body {
        match body.as_bytes() {
            Some(bytes) => reqwest::Body::from(bytes.clone()),
            None => reqwest::Body::wrap(body),
        }
    }
}

/// Makes a body of reqwest's of that of an answer, so that
/// `reqwest::Response::from(response.into_http())` is the answer as reqwest has it, but for
/// its URL, which is [`Response::url`](crate::Response::url).
impl From<ResponseBody<ReqwestBody>> for reqwest::Body {
    fn from(body: ResponseBody<ReqwestBody>) -> reqwest::Body {
        reqwest::Body::wrap(body)
    }
}

/// A call under way.
pub struct Sending {
    state: State,
}

enum State {
    Pending(<reqwest::Client as Service<reqwest::Request>>::Future),
    Refused(Option<reqwest::Error>),
}

impl Future for Sending {
    type Output = Result<Response<ReqwestBody>, ReqwestFault>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.state {
            State::Pending(pending) => {
                let answer = ready!(Pin::new(pending).poll(cx));
                Poll::Ready(answer.map(ReqwestBody::response).map_err(ReqwestFault::sending))
            }
            State::Refused(error) => match error.take() {
                Some(error) => Poll::Ready(Err(ReqwestFault::unsent(error))),
                // Polled after its end, which no caller may do.
                None => Poll::Pending,
            },
        }
    }
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sending")
    }
}

/// The body of an answer.
#[derive(Debug)]
pub struct ReqwestBody {
    inner: reqwest::Body,
}

impl ReqwestBody {
    pub(crate) fn response(answer: reqwest::Response) -> Response<ReqwestBody> {
        Response::<reqwest::Body>::from(answer).map(|inner| ReqwestBody { inner })
    }
}

impl http_body::Body for ReqwestBody {
    type Data = bytes::Bytes;
    type Error = ReqwestFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, ReqwestFault>>> {
        Pin::new(&mut self.inner).poll_frame(cx).map_err(ReqwestFault::answering)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// How reqwest failed, classified by type; its URL is taken out, because a query may be secret.
#[derive(Debug, thiserror::Error)]
#[error("{transport}")]
pub struct ReqwestFault {
    transport: Transport,
    #[source]
    source: reqwest::Error,
}

impl ReqwestFault {
    /// Returns how far the call had come.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }

    fn new(error: reqwest::Error, transport: Transport) -> ReqwestFault {
        ReqwestFault { transport, source: error.without_url() }
    }

    /// Returns the fault of a request that cannot be sent.
    pub(crate) fn unsent(error: reqwest::Error) -> ReqwestFault {
        ReqwestFault::new(error, Transport { stage: Stage::Unsent, timed_out: false })
    }

    pub(crate) fn sending(error: reqwest::Error) -> ReqwestFault {
        let transport = Transport { stage: stage(&error), timed_out: error.is_timeout() };
        ReqwestFault::new(error, transport)
    }

    fn answering(error: reqwest::Error) -> ReqwestFault {
        let transport = Transport { stage: Stage::Answering, timed_out: error.is_timeout() };
        ReqwestFault::new(error, transport)
    }
}

/// How far the request came, by the types in the chain of causes (rule 80).
fn stage(error: &reqwest::Error) -> Stage {
    if error.is_builder() {
        return Stage::Unsent;
    }
    if error.is_dns() {
        return Stage::Dns;
    }
    // TLS that breaks later may take a request with it that was sent already.
    if error.is_connect() {
        return if causes(error).any(is_tls) { Stage::Tls } else { Stage::Connect };
    }
    if causes(error).any(never_arrived) { Stage::Unsent } else { Stage::Sent }
}
