use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{Extensions, HeaderMap, HeaderName, Method, Request, Uri, Version};
use readmit_error::event::CallContext;
use url::Url;

use crate::Body;
use crate::account::Scopes;
use crate::keeper::Keeper;

/// A request as the caller made it, before credentials.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// The same for the transport, once the request is found to be one that can be sent.
    pub(crate) uri: Uri,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    /// What the transport is told beside the request, on every hop.
    pub(crate) extensions: Extensions,
    pub(crate) body: Body,
    pub(crate) deadline: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    /// Whether there is to be one attempt at most.
    pub(crate) once: bool,
    pub(crate) context: CallContext,
    /// What its credential has to be good for.
    pub(crate) scopes: Scopes,
    /// Who keeps that credential, where it is another one than all others are sent with.
    pub(crate) keeper: Option<Arc<Keeper>>,
}

/// What was asked for, as far as its answer is read by it.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
}

/// The header that makes any request repeatable (draft-ietf-httpapi-idempotency-key-header).
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

impl Outgoing {
    /// Returns whether the request may be repeated although the server may have acted on it: by
    /// its method (RFC 9110 section 9.2.2), or because a key lets the server notice (rule 40).
    pub(crate) fn is_repeatable(&self) -> bool {
        self.method.is_idempotent() || self.headers.contains_key(IDEMPOTENCY_KEY)
    }

    /// Returns the request for one hop, without its headers.
    pub(crate) fn hop(&self, method: Method, uri: Uri, body: Body) -> Request<Body> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.version_mut() = self.version;
        request.extensions_mut().clone_from(&self.extensions);
        request
    }

    /// Returns what logs and metrics may know of the call.
    pub(crate) fn context(&self) -> CallContext {
        let mut context = self.context.clone();
        context.method = Some(self.method.as_str().to_owned());
        context.server = self.url.host_str().map(str::to_owned);
        context.port = self.url.port_or_known_default();
        context
    }
}

impl From<Outgoing> for Asked {
    fn from(outgoing: Outgoing) -> Asked {
        let Outgoing { method, url, headers, .. } = outgoing;
        Asked { method, url, headers }
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("method", &self.method)
            .field("origin", &self.url.origin().ascii_serialization())
            .field("body", &self.body)
            .field("deadline", &self.deadline)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
