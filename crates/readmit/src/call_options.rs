use std::fmt;
use std::time::Duration;

use readmit_error::event::CallContext;

use crate::{HttpService, RequestBuilder};

/// What only readmit knows of a request, for those that are made elsewhere: an extension of the
/// request.
///
/// Each does what the method of that name does to a [`RequestBuilder`].
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit::{Body, CallOptions};
///
/// let options = CallOptions::new().route("/items/{id}").deadline(Duration::from_secs(5));
/// let request = http::Request::get("/items/7").extension(options).body(Body::empty())?;
/// assert!(request.extensions().get::<CallOptions>().is_some());
/// # Ok::<_, http::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct CallOptions {
    attempt_timeout: Option<Duration>,
    deadline: Option<Duration>,
    once: bool,
    idempotency_key: Option<String>,
    scopes: Option<String>,
    route: Option<String>,
    context: Option<CallContext>,
}

impl CallOptions {
    /// Returns none.
    pub fn new() -> CallOptions {
        CallOptions::default()
    }

    /// See [`RequestBuilder::deadline`].
    pub fn deadline(mut self, deadline: Duration) -> CallOptions {
        self.deadline = Some(deadline);
        self
    }

    /// See [`RequestBuilder::attempt_timeout`].
    pub fn attempt_timeout(mut self, timeout: Duration) -> CallOptions {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// See [`RequestBuilder::without_retry`].
    pub fn without_retry(mut self) -> CallOptions {
        self.once = true;
        self
    }

    /// See [`RequestBuilder::idempotency_key`].
    pub fn idempotency_key(mut self, key: impl Into<String>) -> CallOptions {
        self.idempotency_key = Some(key.into());
        self
    }

    /// See [`RequestBuilder::requires`].
    pub fn requires(mut self, scope: impl Into<String>) -> CallOptions {
        self.scopes = Some(scope.into());
        self
    }

    /// See [`RequestBuilder::route`].
    pub fn route(mut self, template: impl Into<String>) -> CallOptions {
        self.route = Some(template.into());
        self
    }

    /// See [`RequestBuilder::context`].
    pub fn context(mut self, context: CallContext) -> CallOptions {
        self.context = Some(context);
        self
    }

    pub(crate) fn apply<S: HttpService>(self, to: RequestBuilder<S>) -> RequestBuilder<S> {
        let to = self.deadline.into_iter().fold(to, RequestBuilder::deadline);
        let to = self.attempt_timeout.into_iter().fold(to, RequestBuilder::attempt_timeout);
        let to = if self.once { to.without_retry() } else { to };
        let to = self.idempotency_key.into_iter().fold(to, RequestBuilder::idempotency_key);
        let to = self.scopes.into_iter().fold(to, RequestBuilder::requires);
        let to = self.route.into_iter().fold(to, RequestBuilder::route);
        self.context.into_iter().fold(to, RequestBuilder::context)
    }
}

/// Without what a caller may want to keep to itself: the key, and who makes the call.
impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("attempt_timeout", &self.attempt_timeout)
            .field("deadline", &self.deadline)
            .field("once", &self.once)
            .field("scopes", &self.scopes)
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

impl<S: HttpService> RequestBuilder<S> {
    /// Sets each of these options, such as those that several requests have in common.
    pub fn options(self, options: CallOptions) -> RequestBuilder<S> {
        options.apply(self)
    }
}
