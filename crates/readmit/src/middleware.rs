//! A middleware of `reqwest-middleware`, around whatever comes after it.

mod bridge;

use std::fmt;
use std::pin::pin;

use async_trait::async_trait;
use http::Extensions;
use http_body_util::BodyExt;
use reqwest::{Request, Response, ResponseBuilderExt};
use reqwest_middleware::{Error as NextError, Middleware, Next};
use tower_service::Service;

use self::bridge::{AnsweredAt, Bridge, Crossing, Shore};
use crate::unless::unless;
use crate::{
    Body, BuildError, CallOptions, Client, ClientBuilder, Error, HttpService, Reqwest, ReqwestBody,
    ResponseBody,
};

impl ClientBuilder {
    /// Builds a middleware for a client of `reqwest-middleware`.
    ///
    /// Tokens are fetched over a [`Reqwest`] of its own, unless the builder was told
    /// [what else](ClientBuilder::tokens_over) to fetch them over: what comes after the middleware is
    /// there for the time of a call alone.
    ///
    /// # Errors
    ///
    /// [`BuildError`], which says what is wrong and how to mend it.
    pub fn middleware(mut self) -> Result<ClientMiddleware, BuildError> {
        if !self.has_token_transport() {
            self = self.tokens_over(Reqwest::new()?);
        }
        Ok(ClientMiddleware { client: self.build_over(Bridge)? })
    }
}

/// A [`Client`] as a middleware of `reqwest-middleware`: [`ClientBuilder::middleware`].
///
/// Each attempt runs through the middlewares that come after it, so what is to happen once in a call
/// belongs before it. An answer keeps its URL; that of a failure comes as it is, with the
/// [`Failure`](crate::error::Failure) in its extensions. Where there is none, the error is
/// `reqwest_middleware::Error::Middleware` with an [`Error`] inside, which
/// [`of`](ClientMiddleware::of) finds.
///
/// [`CallOptions`] among the extensions of a request are for readmit; its own timeout holds for each
/// attempt. The reqwest client must follow no redirects, because readmit does: what it follows by
/// itself takes along any header but `Authorization`, an API key too, wherever it is sent.
///
/// # Example
///
/// ```
/// use readmit::error::{Failure, Kind};
/// use readmit::{Client, credentials};
/// use reqwest::redirect::Policy;
/// use reqwest_middleware::ClientBuilder;
/// # use readmit_testkit::Api;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let api = Api::new();
/// # let server = api.serve().await?;
/// # let (origin, key) = (server.url(), api.service_key());
/// let key = credentials::service_key(format!("{origin}/token"), key);
/// let readmit = Client::builder(origin).credentials(key).middleware()?;
/// let client = reqwest::Client::builder().redirect(Policy::none()).build()?;
/// let client = ClientBuilder::new(client).with(readmit).build();
///
/// assert_eq!(client.get(format!("{origin}/data_flows")).send().await?.status(), 200);
/// let refused = client.get(format!("{origin}/organizations/7/members")).send().await?;
/// let failure = refused.extensions().get::<Failure>().unwrap();
/// assert_eq!(failure.kind(), Kind::InsufficientPermissions);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ClientMiddleware {
    client: Client<Bridge>,
}

impl ClientMiddleware {
    /// Returns the client behind it: to look at its health, sign out, or shut it down.
    ///
    /// Its own requests have nothing to go through, and fail.
    #[must_use]
    pub fn client(&self) -> &Client<impl HttpService> {
        &self.client
    }

    /// Returns readmit's error, where the error of a call is one.
    #[must_use]
    pub fn of(error: &NextError) -> Option<&Error> {
        match error {
            NextError::Middleware(error) => error.downcast_ref(),
            NextError::Reqwest(_) => None,
        }
    }
}

#[async_trait]
impl Middleware for ClientMiddleware {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response, NextError> {
        let (shore, mut crossings) = Shore::new();
        let request = taken(request, shore.clone(), extensions).await?;
        let mut call = pin!(self.client.clone().call(request));
        loop {
            let crossing = match unless(call.as_mut(), crossings.recv()).await {
                Ok(Some(crossing)) => crossing,
                // It lives as long as `shore` does.
                Ok(None) => return call.await.map(given_back).map_err(NextError::middleware),
                Err(ended) => return ended.map(given_back).map_err(NextError::middleware),
            };
            let Crossing { request, mut answer } = crossing;
            let running = next.clone().run(request, &mut *extensions);
            let answering = async move {
                // Who waits no more, as after a timeout, has no use for the rest.
                let answered = unless(pin!(answer.closed()), running).await;
                if let Ok(answered) = answered {
                    drop(answer.send(answered));
                }
            };
            if let Err(ended) = unless(call.as_mut(), answering).await {
                return ended.map(given_back).map_err(NextError::middleware);
            }
        }
    }
}

impl fmt::Debug for ClientMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientMiddleware").field(&self.client).finish()
    }
}

/// Makes readmit's request of reqwest's, which keeps its timeout among its extensions.
async fn taken(
    request: Request,
    shore: Shore,
    extensions: &Extensions,
) -> Result<http::Request<Body>, NextError> {
    let (mut head, body) = http::Request::<reqwest::Body>::try_from(request)?.into_parts();
    let body = match body.as_bytes() {
        Some(_) => Body::from(body.collect().await?.to_bytes()),
        None => Body::taken(body).await,
    };
    head.extensions.insert(shore);
    if let Some(options) = extensions.get::<CallOptions>() {
        head.extensions.insert(options.clone());
    }
    Ok(http::Request::from_parts(head, body))
}

/// Makes reqwest's answer of readmit's.
fn given_back(answer: http::Response<ResponseBody<ReqwestBody>>) -> Response {
    let (mut head, body) = answer.into_parts();
    if let Some(AnsweredAt(url)) = head.extensions.remove() {
        // Only a builder can tell reqwest.
        let mut told = http::Response::builder().url(url);
        head.extensions.extend(told.extensions_mut().map(std::mem::take).unwrap_or_default());
    }
    Response::from(http::Response::from_parts(head, reqwest::Body::wrap(body)))
}
