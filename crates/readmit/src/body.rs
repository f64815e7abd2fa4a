mod taken;

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tokio::sync::Notify;

use crate::BoxError;

/// The body of a request.
///
/// Bytes are kept until the call is over, so that an attempt can be repeated.
/// A stream passes through once: a call with one is sent once, has no deadline of its own by
/// default, and is never replayed.
///
/// # Example
///
/// ```
/// use readmit::Body;
///
/// assert!(Body::from("{}").is_replayable());
/// assert!(!Body::stream(http_body_util::Empty::<bytes::Bytes>::new()).is_replayable());
/// ```
pub struct Body {
    inner: Inner,
}

enum Inner {
    Bytes(Bytes),
    /// A stream that is known to be short, and is read before it is sent for the first time.
    Short(Stream),
    /// A stream that was taken for an attempt.
    Spent,
    Stream(Stream),
}

/// Locked by nobody who can be kept waiting: it makes a body that only one thread at a time may
/// touch one that a shared request may hold.
type Stream = Mutex<UnsyncBoxBody<Bytes, BoxError>>;

impl Body {
    /// Returns a body without content.
    #[must_use]
    pub fn empty() -> Body {
        Body::from(Bytes::new())
    }

    /// Returns a body that is produced while it is sent.
    pub fn stream<B>(body: B) -> Body
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Body { inner: Inner::Stream(boxed(body)) }
    }

    /// Returns whether the body can be sent again.
    #[must_use]
    pub fn is_replayable(&self) -> bool {
        matches!(self.inner, Inner::Bytes(_) | Inner::Short(_))
    }

    /// Returns the bytes of the body, or `None` where it is a stream.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.inner {
            Inner::Bytes(bytes) => Some(bytes),
            Inner::Short(_) | Inner::Spent | Inner::Stream(_) => None,
        }
    }

    /// Takes the body for one attempt: a copy of the handle to the bytes, or the stream itself,
    /// which is then spent.
    pub(crate) fn take_for_attempt(&mut self) -> Body {
        match &self.inner {
            Inner::Bytes(bytes) => Body::from(bytes.clone()),
            Inner::Short(_) | Inner::Spent | Inner::Stream(_) => {
                std::mem::replace(self, Body { inner: Inner::Spent })
            }
        }
    }

    /// Returns what is told when the body has been sent, or given up, where it is a stream.
    pub(crate) fn watch(&mut self) -> Option<Arc<Notify>> {
        match &self.inner {
            Inner::Bytes(_) => None,
            Inner::Short(_) | Inner::Spent | Inner::Stream(_) => {
                let sent = Arc::new(Notify::new());
                let stream = self.take_for_attempt();
                *self = Body::stream(Watched { stream, sent: Arc::clone(&sent) });
                Some(sent)
            }
        }
    }
}

impl Default for Body {
    fn default() -> Body {
        Body::empty()
    }
}

/// The length, where it is known; never the content.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner {
            Inner::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Inner::Spent => f.write_str("Body(spent)"),
            Inner::Short(_) | Inner::Stream(_) => f.write_str("Body(stream)"),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.inner {
            Inner::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Inner::Spent => Poll::Ready(None),
            Inner::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Inner::Short(stream) | Inner::Stream(stream) => {
                Pin::new(stream.get_mut().unwrap_or_else(PoisonError::into_inner)).poll_frame(cx)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Bytes(bytes) => bytes.is_empty(),
            Inner::Spent => true,
            // Sound here and below: a panic in between leaves it as whoever panicked left it.
            Inner::Short(stream) | Inner::Stream(stream) => {
                stream.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Inner::Spent => SizeHint::with_exact(0),
            Inner::Short(stream) | Inner::Stream(stream) => {
                stream.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
            }
        }
    }
}

fn boxed<B>(body: B) -> Stream
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    Mutex::new(body.map_err(Into::into).boxed_unsync())
}

/// A stream that tells when there is no more of it.
struct Watched {
    stream: Body,
    sent: Arc<Notify>,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.stream).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.stream.size_hint()
    }
}

/// A transport drops a body as soon as it has sent it.
impl Drop for Watched {
    fn drop(&mut self) {
        self.sent.notify_one();
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Body {
        Body { inner: Inner::Bytes(bytes) }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Body {
        Body::from(Bytes::from(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Body {
        Body::from(Bytes::from(text))
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Body {
        Body::from(Bytes::from_static(text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Empty;

    use super::*;

    #[test]
    fn bytes_are_there_for_every_attempt_and_a_stream_for_one() {
        let mut bytes = Body::from("abc");
        let mut stream = Body::stream(Empty::<Bytes>::new());

        assert_eq!(bytes.take_for_attempt().as_bytes(), bytes.as_bytes());
        assert!(!stream.take_for_attempt().is_replayable());
        assert!(!stream.is_replayable());
    }

    #[test]
    fn r55_debug_shows_no_content() {
        assert_eq!(format!("{:?}", Body::from("s3cret")), "Body(6 bytes)");
    }
}
