use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, HOST, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use serde_json::Value;

use crate::jwt::Jwt;

/// A request that arrived.
#[derive(Clone)]
pub struct Recorded {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body_len: usize,
    has_authorization: bool,
    token: Option<u32>,
    superseded_by: Option<u32>,
    has_rejected_token: bool,
    marker: Option<String>,
    status: Option<StatusCode>,
}

impl Recorded {
    pub(crate) fn new(
        request: &Request<Bytes>,
        token: Option<u32>,
        superseded_by: Option<u32>,
    ) -> Recorded {
        Recorded {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: masked(request.headers()),
            body_len: request.body().len(),
            has_authorization: request.headers().contains_key(AUTHORIZATION),
            token,
            superseded_by,
            has_rejected_token: false,
            marker: marker_of(request),
            status: None,
        }
    }

    /// Records the outcome.
    pub(crate) fn answer(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    pub(crate) fn mark_rejected(&mut self) {
        self.has_rejected_token = true;
    }

    pub(crate) fn has_rejected_token(&self) -> bool {
        self.has_rejected_token
    }

    /// Returns whether it had a proof of possession with a nonce.
    pub(crate) fn has_nonce(&self) -> bool {
        let proof = self.header("dpop").and_then(Jwt::parse);
        proof.is_some_and(|proof| proof.claims["nonce"].is_string())
    }

    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// Returns the query, as it was sent.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    /// Returns the host and port it was meant for: of its URI if that is absolute, else of `Host`.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        let named = self.uri.authority().map(http::uri::Authority::as_str);
        named.or_else(|| self.header(HOST.as_str()))
    }

    /// Returns the headers; the values of secret ones (`Authorization`, `Proxy-Authorization`,
    /// `Cookie`, `X-Api-Key`, and what is marked sensitive) read `[hidden]`.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the first value of a header, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns whether it had an `Authorization`, of any scheme.
    #[must_use]
    pub fn has_authorization(&self) -> bool {
        self.has_authorization
    }

    /// Returns the number of its access token, where the API ever issued it.
    #[must_use]
    pub fn token(&self) -> Option<u32> {
        self.token
    }

    /// Returns the number of the newest access token that its client had in its hands when it
    /// arrived, where that is newer than its own.
    #[must_use]
    pub fn superseded_by(&self) -> Option<u32> {
        self.superseded_by
    }

    /// Returns its marker.
    #[must_use]
    pub fn marker(&self) -> Option<&str> {
        self.marker.as_deref()
    }

    /// Returns the length of its body in bytes.
    #[must_use]
    pub fn body_len(&self) -> usize {
        self.body_len
    }

    /// Returns the status it was answered with; none where it was not.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded")
            .field("method", &self.method)
            .field("path", &self.path())
            .field("has_authorization", &self.has_authorization)
            .field("token", &self.token)
            .field("superseded_by", &self.superseded_by)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Returns what tells this piece of work from another.
pub(crate) fn marker(body: &Value, idempotency_key: Option<&str>) -> Option<String> {
    body["marker"].as_str().or(idempotency_key).map(str::to_owned)
}

fn marker_of(request: &Request<Bytes>) -> Option<String> {
    if request.method() != Method::POST {
        return None;
    }
    let body = serde_json::from_slice::<Value>(request.body()).unwrap_or_default();
    let key = request.headers().get(IDEMPOTENCY_KEY);
    marker(&body, key.and_then(|key| key.to_str().ok()))
}

fn masked(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for (name, value) in &mut headers {
        if value.is_sensitive() || SECRET.contains(name) {
            *value = HeaderValue::from_static("[hidden]");
        }
    }
    headers
}

pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

const SECRET: [HeaderName; 4] =
    [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, HeaderName::from_static("x-api-key")];
