use std::error::Error as StdError;
use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, DATE, HeaderName};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;
use readmit_error::Stage;
use tower_service::Service;

use crate::answer::HandsOut;
use crate::api::Api;
use crate::arrival::{Arrival, access_token};
use crate::body::{ApiBody, Ending, Receipt};
use crate::effect::{Effect, Terms};
use crate::error::Error;
use crate::fault::Fault;
use crate::hold::Gate;
use crate::refusal::Moment;
use crate::routes;
use crate::tokens::Standing;

/// The API in process: a [`Service`] that is always ready and may be cloned at will.
///
/// Its futures wait in Tokio time and for nothing but Tokio time, the request's own body and a
/// [`Hold`](crate::Hold). Dropping one is what a client that goes away looks like.
///
/// # Example
///
/// ```
/// use http::{Request, StatusCode};
/// use readmit_testkit::Api;
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let api = Api::new();
///
/// let answer = api.service().call(Request::get("/data_flows").body(String::new())?).await?;
///
/// assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ApiService {
    api: Api,
    router: Router,
}

impl ApiService {
    pub(crate) fn new(api: Api) -> ApiService {
        ApiService { router: routes::router(api.clone()), api }
    }

    async fn answer<B>(self, request: Request<B>) -> Result<Response<ApiBody>, Error>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let fault = self.api.state().script.strike(&head.method, head.uri.path());
        if let Some(Fault::Broken(stage)) = fault
            && is_before_arrival(stage)
        {
            return Err(Error::broken(stage));
        }
        let body = body.collect().await.map_err(|error| Error::RequestBody(error.into()))?;
        let request = Request::from_parts(head, body.to_bytes());

        let arrival = Arrival::record(&self.api, &request);
        for gate in self.gates(&request) {
            gate.pass().await;
        }
        let answer = self.perform(fault, request, &arrival).await?;
        arrival.answered(answer.status(), answer.headers());
        Ok(answer)
    }

    /// Does what the fault says, or what the request asks for.
    async fn perform(
        &self,
        fault: Option<Fault>,
        request: Request<Bytes>,
        arrival: &Arrival,
    ) -> Result<Response<ApiBody>, Error> {
        let moment = self.api.moment(arrival.request_id());
        let fault = fault.filter(|fault| self.applies(fault, &request));
        let effect = fault.map_or(Effect::NONE, |fault| Effect::of(fault, &moment));
        let method = request.method().clone();
        match effect {
            Effect::Answer(answer, ending) => {
                let answer = answer.into_response();
                Ok(self.finish(&method, answer, ending, &moment.request_id))
            }
            Effect::Break(stage) => Err(Error::broken(stage)),
            Effect::Lose => {
                self.route(request, moment, Terms::default()).await;
                Err(Error::broken(Stage::Sent))
            }
            Effect::Perform { delay, ending } => {
                let answer = self.route(request, moment, Terms::default()).await;
                if !delay.is_zero() {
                    tokio::time::sleep(delay).await;
                }
                Ok(self.finish(&method, answer, ending, &arrival.request_id()))
            }
            Effect::Issue(terms) => {
                let answer = self.route(request, moment, terms).await;
                Ok(self.finish(&method, answer, Ending::Whole, &arrival.request_id()))
            }
            Effect::Silence => future::pending().await,
        }
    }

    /// Returns whether a fault is for this request: a demand is not where it is met, nor where
    /// the route will say more of the token.
    fn applies(&self, fault: &Fault, request: &Request<Bytes>) -> bool {
        let Fault::Demands(demand) = fault else { return true };
        let Some(token) = access_token(request.headers()) else { return false };
        let now = self.api.elapsed();
        let state = self.api.state();
        let is_good = state.tokens.standing(token, now) == Standing::Live;
        is_good && state.tokens.grant(token).is_some_and(|grant| !demand.is_met(grant, now))
    }

    async fn route(
        &self,
        request: Request<Bytes>,
        moment: Moment,
        terms: Terms,
    ) -> Response<Bytes> {
        let mut request = request.map(axum::body::Body::from);
        request.extensions_mut().insert(moment);
        request.extensions_mut().insert(terms);
        let answer = self.router.clone().call(request).await;
        let (mut head, body) = answer.unwrap_or_else(|never| match never {}).into_parts();
        let nonce = self.api.next_nonce().and_then(|nonce| HeaderValue::try_from(nonce).ok());
        head.headers.extend(nonce.map(|nonce| (HeaderName::from_static("dpop-nonce"), nonce)));
        // The routes answer from memory, so there is nothing that could break.
        let body = body.collect().await.map_or_else(|_| Bytes::new(), |body| body.to_bytes());
        Response::from_parts(head, body)
    }

    /// Adds what every answer has, and makes the body end as it is to.
    fn finish(
        &self,
        method: &Method,
        answer: Response<Bytes>,
        ending: Ending,
        request_id: &str,
    ) -> Response<ApiBody> {
        let (mut head, body) = answer.into_parts();
        let receipt = head
            .extensions
            .remove()
            .map(|token: HandsOut| Receipt { api: self.api.clone(), token });
        let body = if method == Method::HEAD {
            ApiBody::new(Bytes::new(), Ending::Whole, None)
        } else {
            ApiBody::new(body, ending, receipt)
        };
        let texts = [
            (DATE, self.api.now().http_date()),
            (HeaderName::from_static("x-request-id"), request_id.to_owned()),
        ];
        for (name, text) in texts {
            if let Ok(value) = HeaderValue::try_from(text) {
                head.headers.entry(name).or_insert(value);
            }
        }
        // A HEAD has the length of what is not sent, and a 204 none (RFC 9110 section 8.6).
        if method != Method::HEAD && head.status != StatusCode::NO_CONTENT {
            head.headers.insert(CONTENT_LENGTH, body.told_length().into());
        }
        Response::from_parts(head, body)
    }

    fn gates(&self, request: &Request<Bytes>) -> Vec<Arc<Gate>> {
        let (method, path) = (request.method(), request.uri().path());
        let state = self.api.state();
        state.gates.iter().filter(|gate| gate.covers(method, path)).cloned().collect()
    }
}

impl<B> Service<Request<B>> for ApiService
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = Response<ApiBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<ApiBody>, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}

impl fmt::Debug for ApiService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiService").field("api", &self.api).finish_non_exhaustive()
    }
}

fn is_before_arrival(stage: Stage) -> bool {
    match stage {
        Stage::Dns | Stage::Connect | Stage::Tls | Stage::Unsent => true,
        Stage::Sent | Stage::Answering => false,
    }
}
