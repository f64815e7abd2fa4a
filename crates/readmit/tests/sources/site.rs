//! A service that answers as a function says, and keeps what it was asked.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use readmit::Body;
use tokio::time::Instant;
use tower_service::Service;
use url::form_urlencoded;

/// What was asked of it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) at: Instant,
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    form: Vec<(String, String)>,
}

#[derive(Clone)]
pub(crate) struct Site {
    answer: Arc<Answering>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

type Answering = dyn Fn(&Asked) -> (u16, String) + Send + Sync;

impl Site {
    /// Answers as the function says: a status and a body.
    pub(crate) fn new<B: Into<String>>(
        answer: impl Fn(&Asked) -> (u16, B) + Send + Sync + 'static,
    ) -> Site {
        let answer = move |asked: &Asked| {
            let (status, body) = answer(asked);
            (status, body.into())
        };
        Site { answer: Arc::new(answer), asked: Arc::default() }
    }

    /// Returns what was asked at a path, in the order in which it was.
    pub(crate) fn asked(&self, path: &str) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.path == path).cloned().collect()
    }
}

impl Asked {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let field = self.form.iter().find(|(other, _)| other == name);
        field.map(|(_, value)| value.as_str())
    }
}

impl Service<Request<Body>> for Site {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let form = request.body().as_bytes().cloned().unwrap_or_default();
        let authorization = request.headers().get("authorization");
        let asked = Asked {
            at: Instant::now(),
            path: request.uri().path().to_owned(),
            authorization: authorization.map(|value| value.to_str().unwrap().to_owned()),
            form: form_urlencoded::parse(&form).into_owned().collect(),
        };
        let (status, body) = (self.answer)(&asked);
        self.asked.lock().unwrap().push(asked);
        let response =
            Response::builder().status(status).header("content-type", "application/json");
        ready(Ok(response.body(Full::from(body)).unwrap()))
    }
}
