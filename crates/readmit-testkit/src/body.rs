use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use readmit_error::Stage;

use crate::answer::HandsOut;
use crate::api::Api;
use crate::error::Error;

/// The body of an answer, which may end otherwise than it should.
///
/// It comes in frames of at most 64 KiB. Where it breaks off, it ends in
/// [`Error::Broken`](crate::Error::Broken) with [`Stage::Answering`], having told its full length
/// before.
#[derive(Debug)]
pub struct ApiBody {
    coming: Bytes,
    missing: u64,
    ending: Ending,
    receipt: Option<Receipt>,
    has_flushed: bool,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ending {
    /// The connection closes halfway, in good order.
    Closed,
    /// The first half comes as if it were all.
    Halved,
    /// The connection is reset halfway.
    Reset,
    /// Nothing comes after half of it.
    Stalled,
    /// As it should.
    Whole,
}

/// Says to the API that the client has an access token in its hands.
pub(crate) struct Receipt {
    pub(crate) api: Api,
    pub(crate) token: HandsOut,
}

impl ApiBody {
    pub(crate) fn new(mut whole: Bytes, ending: Ending, receipt: Option<Receipt>) -> ApiBody {
        if ending == Ending::Halved {
            whole.truncate(whole.len() / 2);
            return ApiBody::new(whole, Ending::Whole, None);
        }
        // An empty body has no middle to break in, so it tells of a byte that never comes.
        let length = match ending {
            Ending::Whole | Ending::Halved => whole.len(),
            Ending::Closed | Ending::Reset | Ending::Stalled => whole.len().max(1),
        };
        if ending != Ending::Whole {
            whole.truncate(whole.len() / 2);
        }
        let missing = u64::try_from(length - whole.len()).unwrap_or(u64::MAX);
        ApiBody { coming: whole, missing, ending, receipt, has_flushed: false }
    }

    /// Returns the length that the answer tells, in bytes, of which not all need come.
    pub(crate) fn told_length(&self) -> u64 {
        u64::try_from(self.coming.len()).unwrap_or(u64::MAX).saturating_add(self.missing)
    }

    pub(crate) fn ends_in_reset(&self) -> bool {
        self.ending == Ending::Reset
    }

    fn end(&mut self, cx: &Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match self.ending {
            Ending::Whole | Ending::Halved => Poll::Ready(None),
            Ending::Stalled => Poll::Pending,
            Ending::Closed | Ending::Reset if self.has_flushed => {
                Poll::Ready(Some(Err(Error::broken(Stage::Answering))))
            }
            Ending::Closed | Ending::Reset => {
                // A server that waits for more flushes what it has: the half must arrive.
                self.has_flushed = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

impl Body for ApiBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.coming.is_empty() {
            return self.end(cx);
        }
        let length = self.coming.len().min(FRAME);
        let frame = self.coming.split_to(length);
        if self.is_end_stream()
            && let Some(receipt) = self.receipt.take()
        {
            receipt.hand_out();
        }
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.coming.is_empty() && self.ending == Ending::Whole
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.told_length())
    }
}

impl Receipt {
    fn hand_out(self) {
        self.api.state().tokens.hand_out(self.token.number);
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt").field("number", &self.token.number).finish_non_exhaustive()
    }
}

const FRAME: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use http_body_util::BodyExt;
    use readmit_error::Transport;

    use super::*;

    #[tokio::test]
    async fn a_whole_body_comes_whole_in_frames() {
        let mut body = ApiBody::new(Bytes::from(vec![7; FRAME + 1]), Ending::Whole, None);

        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let rest = body.collect().await.unwrap().to_bytes();

        assert_eq!((first.len(), rest.len()), (FRAME, 1));
    }

    #[tokio::test]
    async fn a_broken_body_gives_half_and_a_typed_error() {
        for ending in [Ending::Closed, Ending::Reset] {
            let mut body = ApiBody::new(Bytes::from_static(b"12345678"), ending, None);
            assert_eq!(body.size_hint().exact(), Some(8));

            let half = body.frame().await.unwrap().unwrap().into_data().unwrap();
            let error = body.frame().await.unwrap().unwrap_err();

            assert_eq!(half, "1234");
            let transport = Transport { stage: Stage::Answering, timed_out: false };
            assert!(matches!(error, Error::Broken(broken) if broken == transport));
        }
    }

    #[tokio::test]
    async fn half_a_body_ends_as_if_it_were_all() {
        let body = ApiBody::new(Bytes::from_static(b"12345678"), Ending::Halved, None);

        assert_eq!(body.told_length(), 4);
        assert_eq!(body.collect().await.unwrap().to_bytes(), "1234");
    }

    #[tokio::test]
    async fn even_an_empty_body_breaks() {
        let mut body = ApiBody::new(Bytes::new(), Ending::Reset, None);

        assert_eq!(body.told_length(), 1);
        assert!(!body.is_end_stream());
        assert!(body.frame().await.unwrap().is_err());
    }

    #[test]
    fn a_stalled_body_stays_pending() {
        let mut body = ApiBody::new(Bytes::from_static(b"12"), Ending::Stalled, None);
        let mut cx = Context::from_waker(Waker::noop());

        assert!(Pin::new(&mut body).poll_frame(&mut cx).is_ready());
        assert!(Pin::new(&mut body).poll_frame(&mut cx).is_pending());
        assert!(Pin::new(&mut body).poll_frame(&mut cx).is_pending());
    }
}
