//! What goes over the wire: every host is one API, and what was sent is kept.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Request, Response};
use readmit::Body;
use readmit_testkit::{Api, ApiBody};
use serde_json::Value;
use tokio::time::{Sleep, sleep};
use tower_service::Service;

pub(crate) struct Wire {
    api: Api,
    sent: Arc<Mutex<Vec<Sent>>>,
    /// How long it takes before it can send anything.
    busy_for: Duration,
    busy: Option<Pin<Box<Sleep>>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) at: SystemTime,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    body: Vec<u8>,
}

impl Wire {
    pub(crate) fn to(api: &Api) -> Wire {
        Wire { api: api.clone(), sent: Arc::default(), busy_for: Duration::ZERO, busy: None }
    }

    pub(crate) fn busy_for(mut self, time: Duration) -> Wire {
        self.busy_for = time;
        self
    }

    /// What was sent to addresses that begin like this.
    pub(crate) fn sent(&self, to: &str) -> Vec<Sent> {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|sent| sent.url.starts_with(to)).cloned().collect()
    }
}

impl Clone for Wire {
    fn clone(&self) -> Wire {
        Wire { busy_for: self.busy_for, sent: Arc::clone(&self.sent), ..Wire::to(&self.api) }
    }
}

impl Sent {
    /// What the proof says.
    pub(crate) fn proof(&self) -> Value {
        let proof = self.headers["dpop"].to_str().unwrap();
        let claims = URL_SAFE_NO_PAD.decode(proof.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice(&claims).unwrap()
    }

    /// A field of its form.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let mut fields = url::form_urlencoded::parse(&self.body);
        fields.find_map(|(other, value)| (other == name).then(|| value.into_owned()))
    }

    pub(crate) fn is_proven(&self) -> bool {
        self.headers.contains_key("dpop")
    }

    /// The scheme of its token.
    pub(crate) fn scheme(&self) -> Option<&str> {
        self.headers.get(AUTHORIZATION)?.to_str().unwrap().split(' ').next()
    }
}

impl Service<Request<Body>> for Wire {
    type Response = Response<ApiBody>;
    type Error = readmit_testkit::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let busy_for = self.busy_for;
        if busy_for.is_zero() {
            return Poll::Ready(Ok(()));
        }
        let busy = self.busy.get_or_insert_with(|| Box::pin(sleep(busy_for)));
        busy.as_mut().poll(cx).map(Ok)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (url, headers) = (request.uri().to_string(), request.headers().clone());
        let body = request.body().as_bytes().map(|bytes| bytes.to_vec()).unwrap_or_default();
        let at = self.api.clock().wall();
        self.sent.lock().unwrap().push(Sent { at, url, headers, body });
        Box::pin(self.api.service().call(request))
    }
}
