use std::any::Any;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use http_body_util::BodyExt;

use super::{Body, Inner, boxed};
use crate::BoxError;
use crate::response_body::ResponseBody;

impl Body {
    /// Takes a body of another make: as bytes, where all of it is there, and else as a stream, of
    /// which one that is known to be short is [gathered](Body::gather) by the call.
    ///
    /// Nothing is waited for: the next piece of a conversation may not come before the answer to
    /// the last, and the deadline of the call does not run yet.
    pub(crate) async fn taken<B>(body: B) -> Body
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let mut given = Some(body);
        if let Some(own) = (&mut given as &mut dyn Any).downcast_mut::<Option<Body>>() {
            return own.take().unwrap_or_default();
        }
        let Some(body) = given.filter(|body| !body.is_end_stream()) else {
            return Body::empty();
        };
        let is_short = body.size_hint().upper().is_some_and(|length| length <= READ_AHEAD as u64);
        let mut body = ResponseBody::whole(body.map_err(Into::into).boxed_unsync());
        {
            // One byte more tells a body that is too long from one that is as long as it may be.
            let mut reading = pin!(body.read_ahead(READ_AHEAD + 1));
            poll_fn(|cx| Poll::Ready(reading.as_mut().poll(cx).is_ready())).await;
        }
        match body.into_bytes(READ_AHEAD) {
            Ok(bytes) => Body::from(bytes),
            Err(rest) if is_short => Body { inner: Inner::Short(boxed(rest)) },
            Err(rest) => Body::stream(rest),
        }
    }

    /// Returns whether it is to be [gathered](Body::gather) before it is sent.
    pub(crate) fn is_ungathered(&self) -> bool {
        matches!(self.inner, Inner::Short(_))
    }

    /// Reads a body that is known to be short, so that it can be sent again; one that is not, or
    /// that breaks off, or has trailers, is a stream from then on.
    ///
    /// Where this is dropped before its end, the body is lost.
    pub(crate) async fn gather(&mut self) {
        let ungathered = std::mem::replace(self, Body { inner: Inner::Spent });
        let mut body = ResponseBody::whole(ungathered);
        body.read_ahead(READ_AHEAD + 1).await;
        *self = body.into_bytes(READ_AHEAD).map_or_else(Body::stream, Body::from);
    }
}

/// The longest body that is read to be sent again: 64 KiB.
const READ_AHEAD: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::Context;

    use http::HeaderMap;
    use http_body::{Frame, SizeHint};
    use http_body_util::{Empty, Full};

    use super::*;

    #[tokio::test]
    async fn a_body_of_ones_own_stays_as_it_is() {
        let long = Body::taken(Body::from(vec![0; READ_AHEAD + 1])).await;
        let stream = Body::taken(Body::stream(Empty::<Bytes>::new())).await;

        assert!(long.is_replayable());
        assert!(!stream.is_replayable());
    }

    #[tokio::test]
    async fn a_short_body_is_read_and_can_be_sent_again() {
        assert_eq!(Body::taken(Empty::new()).await.as_bytes(), Some(&Bytes::new()));
        assert_eq!(Body::taken(Full::from("abc")).await.as_bytes(), Some(&Bytes::from("abc")));
        let most = Body::taken(Full::from(vec![0; READ_AHEAD])).await;
        assert_eq!(most.as_bytes().unwrap().len(), READ_AHEAD);
        assert!(!Body::taken(Full::from(vec![0; READ_AHEAD + 1])).await.is_replayable());
    }

    #[tokio::test]
    async fn a_body_of_unknown_length_is_read_as_far_as_it_is_there() {
        let message = Pieces::new([Some("abc"), Some("def")]);
        let conversation = Pieces::new([Some("abc"), None, Some("def")]);
        let known = Pieces { length: Some(6), ..Pieces::new([Some("abc"), None, Some("def")]) };

        let (message, mut known) = (Body::taken(message).await, Body::taken(known).await);
        let conversation = Body::taken(conversation).await;

        assert!(known.is_ungathered() && !conversation.is_ungathered());
        known.gather().await;
        assert_eq!(message.as_bytes(), Some(&Bytes::from("abcdef")));
        assert_eq!(known.as_bytes(), Some(&Bytes::from("abcdef")));
        assert!(!conversation.is_replayable());
        assert_eq!(conversation.collect().await.unwrap().to_bytes(), "abcdef");
    }

    #[tokio::test]
    async fn trailers_are_kept_by_a_stream_alone() {
        let sum = HeaderMap::from_iter([(http::header::ETAG, "a".parse().unwrap())]);
        let told = sum.clone();
        let body = Full::<Bytes>::from("abc").with_trailers(std::future::ready(Some(Ok(told))));

        let mut body = Body::taken(body).await;
        body.gather().await;

        assert!(!body.is_replayable());
        assert_eq!(body.collect().await.unwrap().trailers(), Some(&sum));
    }

    /// Pieces that are there at once, but for one after each `None`.
    struct Pieces {
        pieces: VecDeque<Option<&'static str>>,
        length: Option<u64>,
    }

    impl Pieces {
        fn new<const N: usize>(pieces: [Option<&'static str>; N]) -> Pieces {
            Pieces { pieces: pieces.into(), length: None }
        }
    }

    impl http_body::Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            match self.pieces.pop_front() {
                Some(Some(piece)) => Poll::Ready(Some(Ok(Frame::data(Bytes::from(piece))))),
                Some(None) => {
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                None => Poll::Ready(None),
            }
        }

        fn size_hint(&self) -> SizeHint {
            self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
        }
    }
}
