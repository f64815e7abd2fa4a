use std::sync::Arc;

use http::request::Parts;

use super::RequestBuilder;
use crate::shared::Core;
use crate::{Body, HttpService};

impl<S: HttpService> RequestBuilder<S> {
    /// Takes a request that was put together elsewhere.
    pub(crate) fn made_elsewhere(
        core: Arc<Core<S>>,
        parts: Parts,
        body: Body,
    ) -> RequestBuilder<S> {
        let Parts { method, uri, version, headers, extensions, .. } = parts;
        RequestBuilder::new(core, method, &uri.to_string()).and_then(|outgoing| {
            (outgoing.version, outgoing.headers) = (version, headers);
            (outgoing.extensions, outgoing.body) = (extensions, body);
            Ok(())
        })
    }
}
