//! A net of hosts, and what was sent to each.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http::header::{COOKIE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use readmit::{Body, Client, ClientBuilder, credentials};
use readmit_testkit::{Api, ApiBody, Fault};
use tower_service::Service;

pub(crate) const HOME: &str = "https://api.test";
pub(crate) const OTHER: &str = "https://other.test";
pub(crate) const SISTER: &str = "https://sister.test";
pub(crate) const KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Every host there is: `api.test` and `sister.test` are one [`Api`], all others another; what was
/// sent is kept.
#[derive(Clone)]
pub(crate) struct Net {
    pub(crate) home: Api,
    pub(crate) other: Api,
    token: String,
    sent: Arc<Mutex<Vec<Sent>>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: u64,
}

impl Net {
    pub(crate) fn new() -> Net {
        let home = Api::builder().access_token_prefix("s3cret").build();
        let token = home.new_access_token();
        let net = Net { home, other: Api::new(), token, sent: Arc::default() };
        net.other_answers(Fault::respond(Response::new("{}")));
        net
    }

    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// A client with a credential that never changes, and secrets in its default headers.
    pub(crate) fn client(&self) -> Client<Net> {
        let mut marked = HeaderValue::from_static("s3cret");
        marked.set_sensitive(true);
        home()
            .also(SISTER)
            .credentials(credentials::bearer(self.token.as_str()))
            .default_header(COOKIE, "session=s3cret")
            .default_header(HeaderName::from_static("x-marked"), marked)
            .default_header(KEY, "s3cret")
            .default_header(HeaderName::from_static("x-plain"), "plain")
            .build_over(self.clone())
            .unwrap()
    }

    /// A client whose credential is renewed at the token endpoint of `home`.
    pub(crate) fn renewing(&self, origin: &str) -> Client<Net> {
        let key = credentials::service_key(format!("{HOME}/token"), self.home.service_key());
        builder(origin).credentials(key).clock(self.home.clock()).build_over(self.clone()).unwrap()
    }

    pub(crate) fn request_with_secrets(&self) -> readmit::RequestBuilder<Net> {
        let mut marked = HeaderValue::from_static("s3cret");
        marked.set_sensitive(true);
        self.client()
            .get("/data_flows")
            .header(HOST, "api.test")
            .header(HeaderName::from_static("x-own"), marked)
            .header(HeaderName::from_static("x-auth-token"), "s3cret")
    }

    /// Scripts a redirect of the next request to `home`.
    pub(crate) fn redirect(&self, status: u16, location: &str) {
        self.home.fault(redirect(status, location)).on("*", "/data_flows").once();
    }

    pub(crate) fn other_answers(&self, fault: Fault) {
        self.other.clear_faults();
        self.other.fault(fault).always();
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    pub(crate) fn last(&self, authority: &str) -> Sent {
        let sent = self.sent();
        sent.into_iter().rfind(|sent| sent.authority == authority).unwrap()
    }
}

impl Sent {
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let secret = |value: &HeaderValue| value.to_str().unwrap().contains("s3cret");
        let secrets = self.headers.iter().filter(|(_, value)| secret(value));
        secrets.map(|(name, _)| name.as_str()).collect()
    }
}

impl Service<Request<Body>> for Net {
    type Response = Response<ApiBody>;
    type Error = readmit_testkit::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let uri = request.uri();
        let authority = uri.authority().unwrap().as_str().to_owned();
        self.sent.lock().unwrap().push(Sent {
            method: request.method().to_string(),
            authority: authority.clone(),
            path: uri.path().to_owned(),
            headers: request.headers().clone(),
            body: http_body::Body::size_hint(request.body()).lower(),
        });
        let is_home = matches!(&*authority, "api.test" | "sister.test");
        let is_home = is_home && uri.scheme_str() == Some("https");
        let mut service = if is_home { self.home.service() } else { self.other.service() };
        Box::pin(async move { service.call(request).await })
    }
}

pub(crate) fn builder(origin: &str) -> ClientBuilder {
    Client::builder(origin)
}

pub(crate) fn home() -> ClientBuilder {
    builder(HOME)
}

pub(crate) fn redirect(status: u16, location: &str) -> Fault {
    let status = StatusCode::from_u16(status).unwrap();
    Fault::Redirect { status, location: location.to_owned() }
}
