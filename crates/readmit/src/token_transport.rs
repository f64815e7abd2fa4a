//! What token requests go over.

#[cfg(feature = "tower")]
mod late;

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tower_service::Service;

#[cfg(feature = "tower")]
pub(crate) use self::late::Late;
use crate::{Body, BoxError, HttpService};

/// A transport of whatever type: tokens are fetched seldom, and a box more costs nothing there.
pub(crate) trait TokenTransport: Send + Sync {
    /// Returns a service for one request.
    fn service(&self) -> Result<TokenService, BoxError>;
}

pub(crate) type TokenService = Box<
    dyn Service<
            Request<Body>,
            Response = Response<TokenBody>,
            Error = BoxError,
            Future = Pin<Box<dyn Future<Output = Result<Response<TokenBody>, BoxError>> + Send>>,
        > + Send,
>;

pub(crate) type TokenBody = UnsyncBoxBody<Bytes, BoxError>;

/// A transport that is there from the beginning.
pub(crate) struct Over<S>(pub(crate) S);

impl<S: HttpService> TokenTransport for Over<S> {
    fn service(&self) -> Result<TokenService, BoxError> {
        Ok(Box::new(Erased(self.0.clone())))
    }
}

struct Erased<S>(S);

impl<S: HttpService> Service<Request<Body>> for Erased<S> {
    type Response = Response<TokenBody>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<TokenBody>, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let sending = self.0.call(request);
        Box::pin(async move {
            let response = sending.await.map_err(Into::into)?;
            Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()))
        })
    }
}
