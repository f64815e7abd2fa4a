use std::fmt;
use std::time::SystemTime;

use http::{HeaderMap, Method, StatusCode};

use crate::Dialect;

/// What is known of an answer: the whole input of [`classify`](crate::classify()).
///
/// It borrows everything and copies nothing. [`Debug`] shows sizes and no contents.
///
/// # Example
///
/// ```
/// use http::{HeaderMap, Method, StatusCode};
/// use readmit_classify::Evidence;
/// use readmit_core::{Clock, SystemClock};
///
/// let headers = HeaderMap::new();
/// let evidence =
///     Evidence::answer(&Method::GET, StatusCode::UNAUTHORIZED, &headers, SystemClock.wall())
///         .body(br#"{"error_code": "AUTH_003"}"#)
///         .credential_sent(true);
/// assert_eq!(evidence.status(), StatusCode::UNAUTHORIZED);
/// ```
#[derive(Clone, Copy)]
#[must_use]
pub struct Evidence<'a> {
    method: &'a Method,
    status: StatusCode,
    headers: &'a HeaderMap,
    received_at: SystemTime,
    body: &'a [u8],
    cut: bool,
    credential_sent: Option<bool>,
    dialect: Option<&'a Dialect>,
    misread: bool,
}

/// The most of a body that is looked at, in bytes: 64 KiB (rule 75).
pub const BODY_LIMIT: usize = 64 * 1024;

impl<'a> Evidence<'a> {
    /// Begins with the head of an answer, and when it came by the wall clock of the client.
    ///
    /// The time is what a date in the answer is compared with where the server does not tell its
    /// own, so it is not optional.
    pub fn answer(
        method: &'a Method,
        status: StatusCode,
        headers: &'a HeaderMap,
        received_at: SystemTime,
    ) -> Evidence<'a> {
        Evidence {
            method,
            status,
            headers,
            received_at,
            body: &[],
            cut: false,
            credential_sent: None,
            dialect: None,
            misread: false,
        }
    }

    /// Adds the body, as much of it as was read.
    ///
    /// What lies behind [`BODY_LIMIT`] is not looked at.
    pub fn body(mut self, body: &'a [u8]) -> Evidence<'a> {
        match body.get(..BODY_LIMIT) {
            Some(head) if head.len() < body.len() => {
                self.body = head;
                self.cut = true;
            }
            _ => self.body = body,
        }
        self
    }

    /// Says whether the server sent more of the body than was read.
    ///
    /// A body that was cut is not expected to be whole, and is read for what is in it.
    pub fn cut(mut self, cut: bool) -> Evidence<'a> {
        self.cut |= cut;
        self
    }

    /// Says whether the request carried a credential.
    ///
    /// A 401 that does not say why means something else to a request without one.
    /// Where this is not said, the answer alone is judged.
    pub fn credential_sent(mut self, sent: bool) -> Evidence<'a> {
        self.credential_sent = Some(sent);
        self
    }

    /// Says which dialect the server speaks.
    ///
    /// [`Dialect::for_host`] and [`Dialect::named`] find one. Without any, the answer is read as
    /// that of an API that nobody has seen before.
    pub fn dialect(mut self, dialect: &'a Dialect) -> Evidence<'a> {
        self.dialect = Some(dialect);
        self
    }

    /// Says that the body of a success is not what was asked for.
    ///
    /// Then it is looked at after all: an object that tells of an error at its outside, as
    /// `{"error": …}` does, is a failure, whatever the dialect.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{HeaderMap, Method, StatusCode};
    /// use readmit_classify::{Evidence, classify};
    /// use readmit_core::{Clock, SystemClock};
    /// use readmit_error::Kind;
    ///
    /// let (headers, now) = (HeaderMap::new(), SystemClock.wall());
    /// let answer = Evidence::answer(&Method::GET, StatusCode::OK, &headers, now);
    ///
    /// let told = answer.body(br#"{"error": "rate_limit_exceeded"}"#).misread();
    /// assert_eq!(classify(&told).ok_or("no failure")?.kind(), Kind::RateLimited);
    ///
    /// let other = answer.body(br#"{"name": "another shape"}"#).misread();
    /// assert!(classify(&other).is_none());
    /// # Ok::<_, &str>(())
    /// ```
    pub fn misread(mut self) -> Evidence<'a> {
        self.misread = true;
        self
    }

    /// Returns the method of the request.
    #[must_use]
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// Returns the status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the header of the answer.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// Returns when the answer came, by the wall clock of the client.
    #[must_use]
    pub fn received_at(&self) -> SystemTime {
        self.received_at
    }

    /// Returns the answer of HTTP that one of another protocol is likened to.
    pub(crate) fn likened_to<'b>(&self, status: StatusCode, body: &'b [u8]) -> Evidence<'b>
    where
        'a: 'b,
    {
        Evidence { status, dialect: None, cut: false, ..*self }.body(body)
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.body
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    pub(crate) fn is_misread(&self) -> bool {
        self.misread
    }

    pub(crate) fn spoken(&self) -> Option<&'a Dialect> {
        self.dialect
    }

    pub(crate) fn sent(&self) -> Option<bool> {
        self.credential_sent
    }
}

impl fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("method", &self.method)
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("received_at", &self.received_at)
            .field("body", &self.body.len())
            .field("cut", &self.cut)
            .field("credential_sent", &self.credential_sent)
            .field("dialect", &self.dialect.map(Dialect::name))
            .field("misread", &self.misread)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r75_a_body_past_the_bound_is_cut_there() {
        let headers = HeaderMap::new();
        let answer = Evidence::answer(
            &Method::GET,
            StatusCode::BAD_REQUEST,
            &headers,
            SystemTime::UNIX_EPOCH,
        );
        let (whole, long) = (vec![b' '; BODY_LIMIT], vec![b' '; BODY_LIMIT + 1]);

        assert!(!answer.body(&whole).is_cut());
        assert!(answer.body(&long).is_cut());
        assert_eq!(answer.body(&long).bytes().len(), BODY_LIMIT);
    }

    #[test]
    fn a_dialect_is_named_and_kept() {
        let headers = HeaderMap::new();
        let status = StatusCode::BAD_REQUEST;
        let answer = Evidence::answer(&Method::GET, status, &headers, SystemTime::UNIX_EPOCH);

        let spoken = Dialect::shipped().next().map(|dialect| answer.dialect(dialect).spoken());

        assert!(answer.spoken().is_none());
        assert_eq!(
            spoken.map(|dialect| dialect.map(Dialect::name)),
            Dialect::shipped().next().map(|dialect| Some(dialect.name()))
        );
    }

    #[test]
    fn r55_debug_shows_sizes_and_no_contents() {
        let mut headers = HeaderMap::new();
        headers.insert("x-token", http::HeaderValue::from_static("s3cret"));
        let evidence = Evidence::answer(
            &Method::GET,
            StatusCode::BAD_REQUEST,
            &headers,
            SystemTime::UNIX_EPOCH,
        )
        .body(b"s3cret");

        assert!(!format!("{evidence:?}").contains("s3cret"));
    }
}
