//! How far a request has come from where it may carry secrets, and what it carries from there on.

use std::borrow::Cow;

use http::header::{EXPECT, HOST, TRAILER, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName};
use url::Url;

use crate::keeper::Held;
use crate::origins::is_same;
use crate::outgoing::Outgoing;
use crate::secret_headers;
use crate::shared::Core;

/// How far the way of a request is trusted, from its first hop to the one at hand.
///
/// What is lost on the way does not come back: an origin that sees no secret could otherwise choose
/// where it goes.
#[derive(Clone, Copy)]
pub(crate) struct Reach {
    /// It has touched no origin but the client's.
    known: bool,
    /// And nobody could read along: the credential may go with it.
    pub(crate) trusted: bool,
    /// It has touched no origin but the client's and the one that the caller named.
    own: bool,
    /// It is at the origin that the caller named.
    at_start: bool,
}

impl Reach {
    /// Before the first hop.
    pub(crate) const START: Reach = Reach { known: true, trusted: true, own: true, at_start: true };
}

impl<S> Core<S> {
    /// Returns the reach of a way that goes on to `url`.
    pub(crate) fn beyond(&self, way: Reach, url: &Url, start: &Url) -> Reach {
        let trusted = way.trusted && self.origins.trusts(url);
        let at_start = is_same(url, start);
        Reach {
            known: way.known && self.origins.knows(url),
            trusted,
            own: way.own && (trusted || at_start),
            at_start,
        }
    }

    /// Returns the headers for one hop: what is secret only as far as its way is trusted.
    pub(crate) fn headers(
        &self,
        outgoing: &Outgoing,
        held: Option<&Held>,
        reach: Reach,
        sends_body: bool,
    ) -> HeaderMap {
        // With room for all, so that the map does not grow twice in a call.
        let room = self.headers.len() + outgoing.headers.len() + 1;
        let mut headers = HeaderMap::with_capacity(room);
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        if !reach.known {
            secret_headers::remove_all(&mut headers);
        } else if !reach.trusted {
            secret_headers::remove_marked(&mut headers);
        }
        let mut own = Cow::Borrowed(&outgoing.headers);
        if !reach.own {
            secret_headers::remove_all(own.to_mut());
        }
        if !reach.at_start {
            own.to_mut().remove(HOST);
        }
        headers.extend(own.into_owned());
        if !sends_body {
            remove_content(&mut headers);
        }
        if let Some(held) = held.filter(|_| reach.trusted) {
            headers.insert(held.token.name.clone(), held.token.value.clone());
        }
        headers
    }
}

/// Takes out what describes a body that is not sent (RFC 9110 section 15.4).
fn remove_content(headers: &mut HeaderMap) {
    let of_content = |name: &&HeaderName| name.as_str().starts_with("content-");
    let names: Vec<_> = headers.keys().filter(of_content).cloned().collect();
    for name in names.into_iter().chain([EXPECT, TRAILER, TRANSFER_ENCODING]) {
        headers.remove(name);
    }
}
