//! A service whose answers come in as the test sends them.

use std::collections::VecDeque;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Frame;
use readmit::{Body, BoxError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_service::Service;

use crate::document;

/// Gives its answers out in order.
#[derive(Clone, Default)]
pub(crate) struct Wire {
    answers: Arc<Mutex<VecDeque<Response<Pieces>>>>,
}

/// The far end of a body: it ends when this is dropped.
pub(crate) struct Far(UnboundedSender<Piece>);

/// A body that comes in pieces, whenever the far end sends one.
pub(crate) struct Pieces(UnboundedReceiver<Piece>);

type Piece = Result<Frame<Bytes>, BoxError>;

impl Wire {
    /// Adds an answer of 200 whose body is yet to come.
    pub(crate) fn answers(&self, media_type: &str) -> Far {
        let (far, near) = unbounded_channel();
        let answer = document(StatusCode::OK, media_type, Pieces(near));
        self.answers.lock().unwrap().push_back(answer);
        Far(far)
    }
}

impl Far {
    pub(crate) fn send(&self, data: impl Into<Bytes>) {
        self.0.send(Ok(Frame::data(data.into()))).unwrap();
    }

    pub(crate) fn end_with(self, trailers: HeaderMap) {
        self.0.send(Ok(Frame::trailers(trailers))).unwrap();
    }

    pub(crate) fn break_off(self) {
        self.0.send(Err("broke off".into())).unwrap();
    }

    /// Whether nobody holds the body any more.
    pub(crate) fn is_let_go(&self) -> bool {
        self.0.is_closed()
    }
}

impl Service<Request<Body>> for Wire {
    type Response = Response<Pieces>;
    type Error = BoxError;
    type Future = Ready<Result<Response<Pieces>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(self.answers.lock().unwrap().pop_front().ok_or_else(|| "no answer is left".into()))
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.0.poll_recv(cx)
    }
}
