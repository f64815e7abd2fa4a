use std::future::ready;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use readmit_error::{Stage, Transport};
use reqwest_middleware::Error as NextError;
use tokio::sync::{mpsc, oneshot};
use tower_service::Service;
use url::Url;

use crate::reqwest_service::{ReqwestBody, ReqwestFault};
use crate::{Body, BoxError};

/// The transport of a middleware: it hands each request over to the future that has what comes after
/// the middleware, and that drives both.
///
/// What comes after is borrowed for one call, and a transport is there for all of them.
#[derive(Clone, Debug)]
pub(super) struct Bridge;

/// Where the requests of one call are handed over; it goes with them as an extension.
#[derive(Clone)]
pub(super) struct Shore {
    crossings: mpsc::Sender<Crossing>,
}

/// A request that is handed over.
pub(super) struct Crossing {
    pub(super) request: reqwest::Request,
    pub(super) answer: oneshot::Sender<Result<reqwest::Response, NextError>>,
}

/// Where an answer came from: an extension of it.
#[derive(Clone)]
pub(super) struct AnsweredAt(pub(super) Url);

impl Shore {
    pub(super) fn new() -> (Shore, mpsc::Receiver<Crossing>) {
        // A call sends one request at a time.
        let (crossings, received) = mpsc::channel(1);
        (Shore { crossings }, received)
    }

    fn hand_over(
        &self,
        request: Request<Body>,
    ) -> Result<oneshot::Receiver<Result<reqwest::Response, NextError>>, BoxError> {
        let request = reqwest::Request::try_from(request.map(reqwest::Body::from))
            .map_err(ReqwestFault::unsent)?;
        let (answer, answered) = oneshot::channel();
        self.crossings.try_send(Crossing { request, answer }).map_err(|_| lost())?;
        Ok(answered)
    }
}

impl Service<Request<Body>> for Bridge {
    type Response = Response<ReqwestBody>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<ReqwestBody>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let shore = request.extensions_mut().remove::<Shore>();
        let answered = shore.ok_or_else(lost).and_then(|shore| shore.hand_over(request));
        let answered = match answered {
            Ok(answered) => answered,
            Err(error) => return Box::pin(ready(Err(error))),
        };
        Box::pin(async move {
            match answered.await {
                Ok(Ok(response)) => {
                    let url = AnsweredAt(response.url().clone());
                    let mut response = ReqwestBody::response(response);
                    response.extensions_mut().insert(url);
                    Ok(response)
                }
                Ok(Err(NextError::Reqwest(error))) => Err(ReqwestFault::sending(error).into()),
                Ok(Err(NextError::Middleware(error))) => Err(error.into()),
                Err(_) => Err(lost()),
            }
        })
    }
}

/// The error of a request that nobody took over.
fn lost() -> BoxError {
    Transport { stage: Stage::Unsent, timed_out: false }.into()
}
