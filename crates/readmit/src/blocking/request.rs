use std::borrow::Borrow;
use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde::Serialize;

use super::Response;
use super::driver::Driver;
use crate::{Body, CallOptions, Error, HttpService};

/// A [`RequestBuilder`](crate::RequestBuilder) whose [`send`](RequestBuilder::send) waits.
#[must_use = "a request does nothing until it is sent"]
pub struct RequestBuilder<S> {
    inner: crate::RequestBuilder<S>,
    driver: Arc<Driver>,
}

impl<S: HttpService> RequestBuilder<S> {
    pub(super) fn new(inner: crate::RequestBuilder<S>, driver: &Arc<Driver>) -> RequestBuilder<S> {
        RequestBuilder { inner, driver: Arc::clone(driver) }
    }

    /// Sets a header: see [`RequestBuilder::header`](crate::RequestBuilder::header).
    pub fn header(
        self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> RequestBuilder<S> {
        self.with(|inner| inner.header(name, value))
    }

    /// Adds pairs to the query.
    pub fn query<K: AsRef<str>, V: Display>(
        self,
        pairs: impl IntoIterator<Item: Borrow<(K, V)>>,
    ) -> RequestBuilder<S> {
        self.with(|inner| inner.query(pairs))
    }

    /// Sets the body to a value as JSON, and the content type with it.
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> RequestBuilder<S> {
        self.with(|inner| inner.json(value))
    }

    /// Sets the body to pairs as a form sends them, and the content type with it.
    pub fn form<K: AsRef<str>, V: Display>(
        self,
        pairs: impl IntoIterator<Item: Borrow<(K, V)>>,
    ) -> RequestBuilder<S> {
        self.with(|inner| inner.form(pairs))
    }

    /// Sets the body.
    pub fn body(self, body: impl Into<Body>) -> RequestBuilder<S> {
        self.with(|inner| inner.body(body))
    }

    /// Makes the request repeatable:
    /// see [`RequestBuilder::idempotency_key`](crate::RequestBuilder::idempotency_key).
    pub fn idempotency_key(self, key: impl AsRef<str>) -> RequestBuilder<S> {
        self.with(|inner| inner.idempotency_key(key))
    }

    /// Sets how long the call may take: see [`RequestBuilder::deadline`](crate::RequestBuilder::deadline).
    pub fn deadline(self, deadline: Duration) -> RequestBuilder<S> {
        self.with(|inner| inner.deadline(deadline))
    }

    /// Sets what only readmit knows of the request.
    pub fn options(self, options: CallOptions) -> RequestBuilder<S> {
        self.with(|inner| inner.options(options))
    }

    /// Sends the request, and returns when the call is over.
    ///
    /// # Errors
    ///
    /// As for [`RequestBuilder::send`](crate::RequestBuilder::send), and where it is called inside an
    /// async runtime.
    pub fn send(self) -> Result<Response<S::Body>, Error> {
        let RequestBuilder { inner, driver } = self;
        let answered = driver.wait(inner.send()).map_err(Error::unsendable)?;
        Ok(Response::new(answered?, driver))
    }

    fn with(
        self,
        change: impl FnOnce(crate::RequestBuilder<S>) -> crate::RequestBuilder<S>,
    ) -> RequestBuilder<S> {
        RequestBuilder { inner: change(self.inner), driver: self.driver }
    }
}

impl<S> fmt::Debug for RequestBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
