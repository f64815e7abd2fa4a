use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;

use crate::BoxError;

/// The body of a response: as the transport gives it, or with its beginning read already.
///
/// Reading it to the end yields the whole body either way, and breaks off where the transport did.
pub struct ResponseBody<B> {
    /// What was read, and not yet given out.
    read: VecDeque<Bytes>,
    rest: Rest<B>,
}

/// What follows upon what was read.
enum Rest<B> {
    /// The transport broke off, and nobody was told yet.
    Broken(BoxError),
    Ended,
    Trailers(Box<HeaderMap>),
    Unread(B),
}

/// A body that was read to its end, for any number of readers.
#[derive(Clone)]
pub(crate) struct WholeBody {
    read: VecDeque<Bytes>,
    trailers: Option<Box<HeaderMap>>,
}

/// Why there is no [`WholeBody`] of a body.
pub(crate) enum NotWhole {
    Broken(BoxError),
    /// There is more of it than was to be read.
    Longer,
}

/// The beginning of a body.
pub(crate) struct Excerpt {
    pub(crate) bytes: Bytes,
    /// Whether it is not the whole body.
    pub(crate) cut: bool,
}

impl<B> ResponseBody<B> {
    pub(crate) fn whole(body: B) -> ResponseBody<B> {
        ResponseBody { read: VecDeque::new(), rest: Rest::Unread(body) }
    }

    pub(crate) fn fixed(bytes: Bytes) -> ResponseBody<B> {
        ResponseBody { read: VecDeque::from([bytes]), rest: Rest::Ended }
    }

    pub(crate) fn of_whole(body: WholeBody) -> ResponseBody<B> {
        let rest = body.trailers.map_or(Rest::Ended, Rest::Trailers);
        ResponseBody { read: body.read, rest }
    }

    /// Returns the body, where it was read to its end and has no more than `limit` bytes.
    pub(crate) fn into_whole(self, limit: usize) -> Result<WholeBody, NotWhole> {
        let ResponseBody { read, rest } = self;
        let trailers = match rest {
            Rest::Broken(error) => return Err(NotWhole::Broken(error)),
            Rest::Unread(_) => return Err(NotWhole::Longer),
            Rest::Trailers(trailers) => Some(trailers),
            Rest::Ended => None,
        };
        if limit < read.iter().map(Bytes::len).sum::<usize>() {
            return Err(NotWhole::Longer);
        }
        Ok(WholeBody { read, trailers })
    }

    /// Returns the bytes, where the body was read to its end and has no more than `limit` of them.
    pub(crate) fn into_bytes(self, limit: usize) -> Result<Bytes, ResponseBody<B>> {
        let length = self.read.iter().map(Bytes::len).sum::<usize>();
        match self.rest {
            Rest::Ended if length <= limit => Ok(self.excerpt(limit).bytes),
            Rest::Broken(_) | Rest::Ended | Rest::Trailers(_) | Rest::Unread(_) => Err(self),
        }
    }

    /// Returns the first `limit` bytes of what was read.
    pub(crate) fn excerpt(&self, limit: usize) -> Excerpt {
        let length = self.read.iter().map(Bytes::len).sum::<usize>();
        let more = matches!(self.rest, Rest::Broken(_) | Rest::Unread(_));
        let bytes = match self.read.front() {
            // A slice would keep all of a large chunk in memory.
            Some(only) if self.read.len() == 1 && length <= limit => only.clone(),
            _ => {
                let mut joined = BytesMut::with_capacity(length.min(limit));
                for chunk in &self.read {
                    let room = limit - joined.len();
                    joined.extend_from_slice(&chunk[..chunk.len().min(room)]);
                }
                joined.freeze()
            }
        };
        Excerpt { bytes, cut: more || limit < length }
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin> ResponseBody<B> {
    /// Reads until there are `limit` bytes, or the body ends or breaks off.
    ///
    /// It is cancel-safe: what was read until then is kept.
    pub(crate) async fn read_ahead(&mut self, limit: usize) {
        let mut length = self.read.iter().map(Bytes::len).sum::<usize>();
        while length < limit {
            let Rest::Unread(rest) = &mut self.rest else {
                return;
            };
            match rest.frame().await.map(|frame| frame.map(Frame::into_data)) {
                // A flood of empty pieces is not kept: it would be bounded by time alone.
                Some(Ok(Ok(data))) if data.is_empty() => {}
                Some(Ok(Ok(data))) => {
                    length += data.len();
                    self.read.push_back(data);
                }
                Some(Ok(Err(frame))) => {
                    if let Ok(trailers) = frame.into_trailers() {
                        self.rest = Rest::Trailers(Box::new(trailers));
                    }
                }
                Some(Err(error)) => self.rest = Rest::Broken(error.into()),
                None => self.rest = Rest::Ended,
            }
        }
        if matches!(&self.rest, Rest::Unread(rest) if rest.is_end_stream()) {
            self.rest = Rest::Ended;
        }
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(data) = self.read.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if let Rest::Unread(rest) = &mut self.rest {
            return Pin::new(rest).poll_frame(cx).map_err(Into::into);
        }
        Poll::Ready(match std::mem::replace(&mut self.rest, Rest::Ended) {
            Rest::Broken(error) => Some(Err(error)),
            Rest::Trailers(trailers) => Some(Ok(Frame::trailers(*trailers))),
            Rest::Ended | Rest::Unread(_) => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty()
            && match &self.rest {
                Rest::Ended => true,
                Rest::Broken(_) | Rest::Trailers(_) => false,
                Rest::Unread(rest) => rest.is_end_stream(),
            }
    }

    fn size_hint(&self) -> SizeHint {
        let read = self.read.iter().map(|chunk| chunk.len() as u64).sum::<u64>();
        let Rest::Unread(rest) = &self.rest else {
            return SizeHint::with_exact(read);
        };
        let rest = rest.size_hint();
        let mut hint = SizeHint::new();
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(read));
        }
        hint.set_lower(rest.lower().saturating_add(read));
        hint
    }
}

/// The lengths; never the content.
impl<B> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = self.read.iter().map(Bytes::len).sum::<usize>();
        f.debug_struct("ResponseBody")
            .field("read", &read)
            .field("ended", &!matches!(self.rest, Rest::Unread(_)))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::CONTENT_LENGTH;
    use http_body_util::StreamBody;

    use super::*;

    #[tokio::test]
    async fn r75_a_body_is_read_to_the_bound_and_is_whole_for_who_reads_it_later() {
        let mut body = ResponseBody::whole(chunks(&["abc", "def", "ghi"]));

        body.read_ahead(4).await;
        let excerpt = body.excerpt(4);

        assert_eq!((&excerpt.bytes[..], excerpt.cut), (&b"abcd"[..], true));
        assert_eq!(body.collect().await.unwrap().to_bytes(), "abcdefghi");
    }

    #[tokio::test]
    async fn a_short_body_is_not_cut() {
        let mut body = ResponseBody::whole(chunks(&["abc"]));

        body.read_ahead(4).await;

        assert!(!body.excerpt(4).cut);
    }

    #[tokio::test]
    async fn r75_what_came_before_a_break_is_kept_and_the_break_is_told() {
        let broken = StreamBody::new(Chunks(vec![Ok("abc"), Err("broke off")].into()));
        let mut body = ResponseBody::whole(broken);

        body.read_ahead(100).await;
        let excerpt = body.excerpt(100);

        assert_eq!((&excerpt.bytes[..], excerpt.cut), (&b"abc"[..], true));
        assert_eq!(body.collect().await.unwrap_err().to_string(), "broke off");
    }

    #[tokio::test]
    async fn r75_empty_pieces_are_not_kept() {
        let mut body = ResponseBody::whole(chunks(&["", "abc", "", ""]));

        body.read_ahead(100).await;

        assert_eq!(body.read.len(), 1);
        assert_eq!(body.collect().await.unwrap().to_bytes(), "abc");
    }

    #[tokio::test]
    async fn r75_trailers_come_after_what_was_read_and_are_no_more_of_it() {
        let sum = HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from_static("3"))]);
        let told = sum.clone();
        let mut body =
            ResponseBody::whole(chunks(&["abc"]).with_trailers(std::future::ready(Some(Ok(told)))));

        body.read_ahead(4).await;

        assert!(!body.excerpt(4).cut && !body.is_end_stream());
        assert_eq!(body.size_hint().exact(), Some(3));
        let whole = body.collect().await.unwrap();
        assert_eq!(whole.trailers(), Some(&sum));
        assert_eq!(whole.to_bytes(), "abc");
    }

    fn chunks(texts: &[&'static str]) -> StreamBody<Chunks> {
        StreamBody::new(Chunks(texts.iter().map(|text| Ok(*text)).collect()))
    }

    struct Chunks(VecDeque<Result<&'static str, &'static str>>);

    impl futures_core::Stream for Chunks {
        type Item = Result<Frame<Bytes>, BoxError>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Ready(self.0.pop_front().map(|next| match next {
                Ok(text) => Ok(Frame::data(Bytes::from_static(text.as_bytes()))),
                Err(error) => Err(error.into()),
            }))
        }
    }
}
