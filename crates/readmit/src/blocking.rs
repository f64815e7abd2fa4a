//! The client for programs without an async runtime.
//!
//! It is the same [`Client`](crate::Client) with the same settings, and a thread that drives it: begun
//! by the first call, and ended with the last handle. A call runs in the thread that makes it.
//!
//! # Example
//!
//! ```
//! use readmit::{Client, credentials};
//! # use readmit_testkit::Api;
//!
//! # let api = Api::new();
//! # let key = credentials::service_key("https://api.test/token", api.service_key());
//! let client = Client::builder("https://api.test").credentials(key);
//! let client = client.build_blocking_over(api.service())?;
//!
//! let flows: Vec<serde_json::Value> = client.get("/data_flows").send()?.json()?;
//!
//! assert!(flows.is_empty());
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod driver;
mod request;
mod response;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Method;

use self::driver::Driver;
pub use self::request::RequestBuilder;
pub use self::response::Response;
use crate::{BoxError, BuildError, ClientBuilder, Error, HttpService, SourceError};

impl ClientBuilder {
    /// Builds a client over reqwest and rustls for a program without an async runtime.
    ///
    /// # Errors
    ///
    /// [`BuildError`], which says what is wrong and how to mend it.
    #[cfg(feature = "reqwest")]
    pub fn build_blocking(self) -> Result<Client, BuildError> {
        self.build().map(Client::of)
    }

    /// Builds a client over any service for a program without an async runtime.
    ///
    /// # Errors
    ///
    /// As for [`build_over`](ClientBuilder::build_over).
    pub fn build_blocking_over<S: HttpService>(self, service: S) -> Result<Client<S>, BuildError> {
        self.build_over(service).map(Client::of)
    }
}

/// A [`Client`](crate::Client) whose calls return when they are over.
///
/// A call that is made inside an async runtime, where it would stop everything else, is refused; so
/// is one in a thread that a runtime lends for blocking work, which has a
/// [`Handle`](tokio::runtime::Handle) to run the async client with.
pub struct Client<S = crate::DefaultService> {
    inner: crate::Client<S>,
    driver: Arc<Driver>,
}

impl<S: HttpService> Client<S> {
    fn of(inner: crate::Client<S>) -> Client<S> {
        Client { inner, driver: Arc::default() }
    }

    /// Begins a request of this method: see [`Client::request`](crate::Client::request).
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RequestBuilder<S> {
        RequestBuilder::new(self.inner.request(method, path), &self.driver)
    }

    /// Begins a `GET`.
    pub fn get(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::GET, path)
    }

    /// Begins a `HEAD`.
    pub fn head(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::HEAD, path)
    }

    /// Begins a `POST`: see [`Client::post`](crate::Client::post).
    pub fn post(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::POST, path)
    }

    /// Begins a `PUT`.
    pub fn put(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::PUT, path)
    }

    /// Begins a `PATCH`.
    pub fn patch(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::PATCH, path)
    }

    /// Begins a `DELETE`.
    pub fn delete(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::DELETE, path)
    }

    /// Gets the credential that calls are sent with: see [`Client::sign_in`](crate::Client::sign_in).
    ///
    /// # Errors
    ///
    /// [`Error`] where there is no credential to be had.
    pub fn sign_in(&self) -> Result<(), Error> {
        self.driver.wait(self.inner.sign_in()).map_err(Error::unsendable)?
    }

    /// Forgets the credential: see [`Client::sign_out`](crate::Client::sign_out).
    ///
    /// # Errors
    ///
    /// [`SourceError`] where the server would not hear of it, or the store could not be emptied.
    pub fn sign_out(&self) -> Result<(), SourceError> {
        let refused = |refused: driver::Refused| SourceError::terminal(refused.to_string());
        self.driver.wait(self.inner.sign_out()).map_err(refused)?
    }

    /// Begins no more calls, and waits for what is under way:
    /// see [`Client::shutdown`](crate::Client::shutdown).
    ///
    /// # Errors
    ///
    /// [`Unfinished`](crate::Unfinished) where the time was not enough.
    pub fn shutdown(&self, within: Duration) -> Result<(), BoxError> {
        Ok(self.driver.wait(self.inner.shutdown(within))??)
    }

    /// Returns the async client that it is made of: for what is asked without waiting, such as
    /// [`circuits`](crate::Client::circuits) and [`monitor`](crate::Client::monitor).
    #[must_use]
    pub fn inner(&self) -> &crate::Client<S> {
        &self.inner
    }
}

impl<S> Clone for Client<S> {
    fn clone(&self) -> Client<S> {
        Client { inner: self.inner.clone(), driver: Arc::clone(&self.driver) }
    }
}

impl<S> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.inner).finish()
    }
}
