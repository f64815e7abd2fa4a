use std::sync::Arc;

use axum::body::Body;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use serde_json::Value;

/// An answer as a route or a fault makes it: whole, in memory, without the headers that every
/// answer has.
#[derive(Debug)]
pub(crate) struct Answer(Response<Bytes>);

/// Marks the answer that hands out an access token.
#[derive(Clone, Debug)]
pub(crate) struct HandsOut {
    /// The token's number.
    pub(crate) number: u32,
    /// Kept as long as the answer to a refresh is under way.
    #[expect(dead_code, reason = "that it is there is all it says")]
    pub(crate) under_way: Option<Arc<()>>,
}

impl Answer {
    pub(crate) fn empty(status: StatusCode) -> Answer {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = status;
        Answer(response)
    }

    pub(crate) fn json(status: StatusCode, body: &Value) -> Answer {
        Answer::text(status, "application/json", body.to_string())
    }

    pub(crate) fn text(status: StatusCode, content_type: &str, body: String) -> Answer {
        let mut answer = Answer::empty(status).header(CONTENT_TYPE, content_type);
        *answer.0.body_mut() = Bytes::from(body);
        answer
    }

    /// Adds a header; a value that no header can hold becomes an empty one.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Answer {
        let value = HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""));
        self.0.headers_mut().append(name, value);
        self
    }

    pub(crate) fn hands_out(mut self, token: HandsOut) -> Answer {
        self.0.extensions_mut().insert(token);
        self
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        self.0
    }
}

impl From<Response<Bytes>> for Answer {
    fn from(response: Response<Bytes>) -> Answer {
        Answer(response)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> axum::response::Response {
        self.0.map(Body::from)
    }
}
