mod elsewhere;
mod options;
mod send;

use std::borrow::Borrow;
use std::fmt::{self, Display};
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{
    Extensions, HeaderMap, HeaderName, HeaderValue, Method, Response as HttpResponse, Uri, Version,
};
use readmit_error::Failure;
use readmit_error::event::CallContext;
use serde::Serialize;
use url::{Url, form_urlencoded};

use crate::account::Scopes;
use crate::origins::has_user;
use crate::outgoing::Outgoing;
use crate::shared::Core;
use crate::{Body, BoxError, HttpService};

/// A request that is being put together.
///
/// What cannot be sent, such as a header value with a line break, is reported by
/// [`send`](RequestBuilder::send).
#[must_use = "a request does nothing until it is sent"]
pub struct RequestBuilder<S> {
    core: Arc<Core<S>>,
    outgoing: Result<Outgoing, BoxError>,
    fallback: Option<Box<Fallback>>,
    coalesced: bool,
}

type Fallback = dyn FnOnce(&Failure) -> Option<HttpResponse<Bytes>> + Send;

impl<S: HttpService> RequestBuilder<S> {
    pub(crate) fn new(core: Arc<Core<S>>, method: Method, path: &str) -> RequestBuilder<S> {
        let outgoing = resolve(&core.base, path).map(|url| Outgoing {
            method,
            url,
            uri: Uri::default(),
            version: Version::default(),
            headers: HeaderMap::new(),
            extensions: Extensions::new(),
            body: Body::empty(),
            deadline: None,
            attempt_timeout: None,
            once: false,
            context: CallContext::default(),
            scopes: Scopes::default(),
            keeper: None,
        });
        RequestBuilder { core, outgoing, fallback: None, coalesced: false }
    }

    /// Sets a header, in the place of any of that name.
    ///
    /// A request that brings an `Authorization` of its own, or the very header that the client's
    /// credential goes into, is sent without that credential, and not recovered.
    pub fn header(
        self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            let name = name.try_into().map_err(|_| "a header has no name that can be sent")?;
            let unfit = || format!("the value of the header {name} cannot stand in a header field");
            let value = value.try_into().map_err(|_| unfit())?;
            outgoing.headers.insert(name, value);
            Ok(())
        })
    }

    /// Sets these headers, in the place of any of their names, as [`header`](RequestBuilder::header)
    /// does with one.
    pub fn headers(self, headers: HeaderMap) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            outgoing.headers.extend(headers);
            Ok(())
        })
    }

    /// Adds pairs to the query, such as `[("page", 2)]`.
    pub fn query<K: AsRef<str>, V: Display>(
        self,
        pairs: impl IntoIterator<Item: Borrow<(K, V)>>,
    ) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            for pair in pairs {
                let (name, value) = pair.borrow();
                outgoing.url.query_pairs_mut().append_pair(name.as_ref(), &value.to_string());
            }
            if outgoing.url.query() == Some("") {
                outgoing.url.set_query(None);
            }
            Ok(())
        })
    }

    /// Sets the body to a value as JSON, and the content type with it.
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            outgoing.body = Body::from(serde_json::to_vec(value)?);
            outgoing.of_type("application/json");
            Ok(())
        })
    }

    /// Sets the body to pairs as a form sends them, and the content type with it.
    pub fn form<K: AsRef<str>, V: Display>(
        self,
        pairs: impl IntoIterator<Item: Borrow<(K, V)>>,
    ) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for pair in pairs {
                let (name, value) = pair.borrow();
                form.append_pair(name.as_ref(), &value.to_string());
            }
            outgoing.body = Body::from(form.finish());
            outgoing.of_type("application/x-www-form-urlencoded");
            Ok(())
        })
    }

    /// Sets the body; a [stream](Body::stream) is sent once and never replayed.
    pub fn body(self, body: impl Into<Body>) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            outgoing.body = body.into();
            Ok(())
        })
    }

    /// Answers in the place of an API that failed, where the closure has an answer: something
    /// cached, or a default.
    ///
    /// It is asked once, after everything else failed.
    /// [`Response::fallback_for`](crate::Response::fallback_for) tells such an answer from the API's
    /// own.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn run(client: readmit::Client) -> Result<(), readmit::Error> {
    /// use readmit::error::Category;
    ///
    /// let response = client
    ///     .get("/banner")
    ///     .fallback(|failure| {
    ///         let quiet = http::Response::new(bytes::Bytes::from_static(b"{}"));
    ///         (failure.kind().category() == Category::Service).then_some(quiet)
    ///     })
    ///     .send()
    ///     .await?;
    /// # let _ = response;
    /// # Ok(())
    /// # }
    /// ```
    pub fn fallback(
        mut self,
        fallback: impl FnOnce(&Failure) -> Option<HttpResponse<Bytes>> + Send + 'static,
    ) -> RequestBuilder<S> {
        self.fallback = Some(Box::new(fallback));
        self
    }

    /// Shares the call with whoever makes the same one of the same client at the same time, and
    /// coalesces as well.
    ///
    /// The same are method, URL, headers, times and whether there are retries. Each caller gets
    /// the answer or the error of the one call, and may leave at any moment: the call ends with the
    /// last of them. Nothing is cached: whoever comes after the end makes a call of their own.
    ///
    /// What may surprise:
    ///
    /// - The body of the answer is read to its end before anybody gets it, and may have 8 MiB at
    ///   most. A longer one is an error for everybody.
    /// - The deadline is that of whoever came first, so for the others it may pass earlier than they
    ///   asked for.
    /// - Events name the [context](RequestBuilder::context) of whoever came first, once.
    /// - The answer may be older than the request: it is no way to read what one has just written.
    /// - The call is made in a task of its own, without the caller's span.
    /// - Of more than 1,024 different reads under way, the further ones are shared with nobody.
    ///
    /// A [fallback](RequestBuilder::fallback) is asked for each caller.
    ///
    /// [`send`](RequestBuilder::send) refuses a request that is neither `GET` nor `HEAD`, or has a
    /// body. Of a failure whose body is longer than the 64 KiB that are read of it,
    /// [`send_raw`](RequestBuilder::send_raw) returns the error that `send` would.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::{Client, credentials};
    /// use readmit_testkit::Api;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let api = Api::new();
    /// # let key = credentials::service_key("https://api.test/token", api.service_key());
    /// # let client = Client::builder("https://api.test").credentials(key);
    /// # let client = client.clock(api.clock()).build_over(api.service())?;
    /// let flows = || client.get("/data_flows").coalesce().send();
    ///
    /// let (one, other) = tokio::join!(flows(), flows());
    ///
    /// assert_eq!(one?.text().await?, other?.text().await?);
    /// assert_eq!(api.seen().count("GET", "/data_flows"), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn coalesce(mut self) -> RequestBuilder<S> {
        self.coalesced = true;
        self
    }

    fn and_then(
        mut self,
        change: impl FnOnce(&mut Outgoing) -> Result<(), BoxError>,
    ) -> RequestBuilder<S> {
        self.outgoing = self.outgoing.and_then(|mut outgoing| {
            change(&mut outgoing)?;
            Ok(outgoing)
        });
        self
    }
}

impl Outgoing {
    /// Sets the content type, unless the caller did.
    fn of_type(&mut self, media_type: &'static str) {
        self.headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(media_type));
    }
}

impl<S> fmt::Debug for RequestBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBuilder").field("outgoing", &self.outgoing).finish_non_exhaustive()
    }
}

/// Puts a path behind the base, or takes an absolute URL as it is.
fn resolve(base: &Url, path: &str) -> Result<Url, BoxError> {
    // What begins with a slash has no scheme.
    if !path.starts_with('/')
        && let Ok(url) = Url::parse(path)
    {
        let usable = matches!(url.scheme(), "http" | "https") && url.has_host();
        return match usable {
            true if has_user(&url) => Err("the URL names a user".into()),
            true => Ok(url),
            false => Err("the URL is not http or https".into()),
        };
    }
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    let mut url = base.clone();
    let path = path.trim_start_matches('/');
    match base.path().trim_end_matches('/') {
        // It begins with the slash that it lacks here.
        "" => url.set_path(path),
        before => url.set_path(&format!("{before}/{path}")),
    }
    url.set_query(query);
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_behind_the_path_of_the_origin() {
        for (base, path, whole) in [
            ("https://api.test", "/a", "https://api.test/a"),
            ("https://api.test/v1/", "a?b=c d", "https://api.test/v1/a?b=c%20d"),
            ("https://api.test/v1", "/a", "https://api.test/v1/a"),
            ("https://api.test/v1", "", "https://api.test/v1/"),
            ("https://api.test/v1", "https://other.test/x", "https://other.test/x"),
            ("https://api.test/v1", "//evil.test/x", "https://api.test/v1/evil.test/x"),
        ] {
            let url = resolve(&Url::parse(base).unwrap(), path).unwrap();

            assert_eq!(url.as_str(), whole);
        }
    }

    #[test]
    fn a_path_that_is_another_kind_of_url_is_refused() {
        let base = Url::parse("https://api.test").unwrap();

        assert!(resolve(&base, "file:///etc/passwd").is_err());
        assert!(resolve(&base, "data:,x").is_err());
    }
}
