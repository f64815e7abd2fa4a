use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::driver::Driver;
use crate::{BoxError, Error};

/// A [`Response`](crate::Response) whose body is waited for.
pub struct Response<B> {
    inner: crate::Response<B>,
    driver: Arc<Driver>,
}

impl<B> Response<B> {
    pub(super) fn new(inner: crate::Response<B>, driver: Arc<Driver>) -> Response<B> {
        Response { inner, driver }
    }

    /// Returns the status: below 400.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// Returns how often the request was tried, the resends after a recovery not counted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts()
    }

    /// Returns how many recoveries it took, such as a refresh of the token.
    #[must_use]
    pub fn recoveries(&self) -> u32 {
        self.inner.recoveries()
    }
}

impl<B> Response<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin,
{
    /// Reads the body.
    ///
    /// # Errors
    ///
    /// As for [`Response::bytes`](crate::Response::bytes), here and below, and where it is called
    /// inside an async runtime.
    pub fn bytes(self) -> Result<Bytes, Error> {
        self.driver.wait(self.inner.bytes()).map_err(Error::unsendable)?
    }

    /// Reads the next piece of the body; `None` at its end.
    ///
    /// # Errors
    ///
    /// As for [`bytes`](Response::bytes).
    pub fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        self.driver.wait(self.inner.chunk()).map_err(Error::unsendable)?
    }

    /// Reads the body as text; bytes that are not UTF-8 become the replacement character.
    ///
    /// # Errors
    ///
    /// As for [`bytes`](Response::bytes).
    pub fn text(self) -> Result<String, Error> {
        self.driver.wait(self.inner.text()).map_err(Error::unsendable)?
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// As for [`bytes`](Response::bytes), and where the body is not JSON of that shape.
    pub fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.driver.wait(self.inner.json()).map_err(Error::unsendable)?
    }
}

impl<B> fmt::Debug for Response<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
