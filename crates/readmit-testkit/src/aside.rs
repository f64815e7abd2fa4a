use std::error::Error;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Limited};

/// What a server answers beside its API: for whoever scripts it from outside.
///
/// Requests that it answers are not seen by the API, and no fault strikes them.
///
/// # Example
///
/// ```
/// use std::net::TcpListener;
///
/// use readmit_testkit::{Api, Aside};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let api = Api::new();
/// let health = Aside::new("/__", |_| http::Response::new("up".into()));
///
/// let server = api.serve_on(TcpListener::bind("127.0.0.1:0")?, health)?;
///
/// assert_eq!(server.addr().ip().to_string(), "127.0.0.1");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Aside {
    prefix: String,
    answer: Arc<dyn Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync>,
}

impl Aside {
    /// Answers the requests whose path begins so.
    ///
    /// A body of more than 64 KiB is refused with a 413.
    pub fn new(
        prefix: impl Into<String>,
        answer: impl Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Aside {
        Aside { prefix: prefix.into(), answer: Arc::new(answer) }
    }

    pub(crate) fn is_for<B>(&self, request: &Request<B>) -> bool {
        request.uri().path().starts_with(&self.prefix)
    }

    pub(crate) async fn answer<B>(&self, request: Request<B>) -> Response<Bytes>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        match Limited::new(body, BODY_LIMIT).collect().await {
            Ok(body) => (self.answer)(Request::from_parts(head, body.to_bytes())),
            Err(_) => {
                let mut refusal = Response::new(Bytes::new());
                *refusal.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
                refusal
            }
        }
    }
}

impl fmt::Debug for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aside").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

const BODY_LIMIT: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[test]
    fn it_is_for_what_begins_with_its_prefix() {
        let aside = aside();

        for (path, is_for) in [("/__seen", true), ("/__", true), ("/data_flows/__", false)] {
            assert_eq!(aside.is_for(&Request::get(path).body(()).unwrap()), is_for, "{path}");
        }
    }

    #[tokio::test]
    async fn a_body_past_the_bound_is_refused() {
        let aside = aside();
        let request = |length| Request::new(Full::new(Bytes::from(vec![b'a'; length])));

        let fits = aside.answer(request(BODY_LIMIT)).await;
        let is_too_long = aside.answer(request(BODY_LIMIT + 1)).await;

        assert_eq!(fits.body().len(), BODY_LIMIT);
        assert_eq!(is_too_long.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    fn aside() -> Aside {
        Aside::new("/__", |request| Response::new(request.into_body()))
    }
}
