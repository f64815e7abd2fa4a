use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http_body::Frame;
use readmit::CallOptions;
use readmit::error::Kind;

/// A call, however it is made.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) header: Option<(&'static str, &'static str)>,
    pub(crate) content: Content,
    pub(crate) options: CallOptions,
}

#[derive(Clone)]
pub(crate) enum Content {
    Bytes(&'static str),
    Stream(&'static str),
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Told {
    /// `None` where there was no answer.
    pub(crate) status: Option<u16>,
    /// `None` where it went well.
    pub(crate) kind: Option<Kind>,
    pub(crate) body: String,
}

impl Ask {
    pub(crate) fn get(path: &'static str) -> Ask {
        Ask::new(Method::GET, path)
    }

    pub(crate) fn post(path: &'static str) -> Ask {
        Ask::new(Method::POST, path)
    }

    pub(crate) fn body(mut self, content: &'static str) -> Ask {
        self.content = Content::Bytes(content);
        self
    }

    pub(crate) fn stream(mut self, content: &'static str) -> Ask {
        self.content = Content::Stream(content);
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Ask {
        self.header = Some((name, value));
        self
    }

    pub(crate) fn key(mut self, key: &'static str) -> Ask {
        self.options = self.options.idempotency_key(key);
        self
    }

    pub(crate) fn once(mut self) -> Ask {
        self.options = self.options.without_retry();
        self
    }

    pub(crate) fn deadline(mut self, deadline: Duration) -> Ask {
        self.options = self.options.deadline(deadline);
        self
    }

    fn new(method: Method, path: &'static str) -> Ask {
        let (header, content) = (None, Content::Bytes(""));
        Ask { method, path, header, content, options: CallOptions::new() }
    }
}

/// A body of which nobody knows beforehand where it ends: the end is not there when the piece is.
pub(crate) struct Trickle {
    piece: Option<&'static str>,
    waited: bool,
}

impl Trickle {
    pub(crate) fn new(piece: &'static str) -> Trickle {
        Trickle { piece: Some(piece), waited: false }
    }
}

impl http_body::Body for Trickle {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(piece) = self.piece.take() {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from(piece)))));
        }
        if !std::mem::replace(&mut self.waited, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(None)
    }
}
