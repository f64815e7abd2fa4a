use http::header::LOCATION;
use http::{HeaderMap, Method, StatusCode, Uri};
use url::Url;

use crate::origins::is_private;

/// Where an answer sends the request.
#[derive(Debug, PartialEq)]
pub(crate) struct Hop {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// The same for the transport.
    pub(crate) uri: Uri,
    pub(crate) keeps_body: bool,
}

/// Reads a redirect that is to be followed (RFC 9110 section 15.4).
///
/// It is not followed, and the answer is the caller's, where it has no usable `Location`; where it
/// leaves https, or comes from https or this machine and goes where others can read along; where a
/// body would have to be sent again that cannot be; and where a body would go to another origin
/// than the one it was meant for.
pub(crate) fn hop(
    status: StatusCode,
    headers: &HeaderMap,
    method: &Method,
    url: &Url,
    replayable: bool,
    has_body: bool,
) -> Option<Hop> {
    let (method, keeps_body) = match status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if *method == Method::POST => {
            (Method::GET, false)
        }
        StatusCode::SEE_OTHER if *method != Method::HEAD => (Method::GET, false),
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => (method.clone(), true),
        _ => return None,
    };
    let mut target = url.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    if target.fragment().is_none() {
        target.set_fragment(url.fragment());
    }
    // Who redirects says where to go, and not as whom.
    target.set_username("").ok()?;
    target.set_password(None).ok()?;
    let uri = Uri::try_from(target.as_str()).ok()?;
    let leaves_origin = target.origin() != url.origin();
    let sends_body = keeps_body && (has_body || !replayable);
    if !matches!(target.scheme(), "http" | "https")
        || url.scheme() == "https" && target.scheme() == "http"
        || is_private(url) && !is_private(&target)
        || sends_body && (leaves_origin || !replayable)
    {
        return None;
    }
    Some(Hop { method, url: target, uri, keeps_body })
}

/// How many redirects one attempt follows.
pub(crate) const MAX_HOPS: u32 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_resolved_against_the_request() {
        let hop = follow(302, "../b?c", Method::GET, true, false).unwrap();

        assert_eq!(hop.url.as_str(), "https://api.test/b?c");
    }

    #[test]
    fn a_post_becomes_a_get_where_the_standard_says_so() {
        for (status, method, keeps) in
            [(301, "GET", false), (302, "GET", false), (303, "GET", false), (307, "POST", true)]
        {
            let hop = follow(status, "/b", Method::POST, true, true).unwrap();

            assert_eq!((hop.method.as_str(), hop.keeps_body), (method, keeps), "{status}");
        }
        assert_eq!(follow(303, "/b", Method::HEAD, true, false).unwrap().method, Method::HEAD);
    }

    #[test]
    fn r35_what_would_leak_or_cannot_be_repeated_is_not_followed() {
        assert_eq!(follow(302, "http://api.test/b", Method::GET, true, false), None);
        assert_eq!(follow(302, "http://127.0.0.1/b", Method::GET, true, false), None);
        assert_eq!(follow(302, "file:///etc/passwd", Method::GET, true, false), None);
        assert_eq!(follow(307, "https://other.test/b", Method::POST, true, true), None);
        assert_eq!(follow(307, "/b", Method::POST, false, true), None);
        assert_eq!(follow(304, "/b", Method::GET, true, false), None);
        assert!(follow(302, "https://other.test/b", Method::GET, true, false).is_some());
    }

    fn follow(status: u16, to: &str, method: Method, replayable: bool, body: bool) -> Option<Hop> {
        let url = Url::parse("https://api.test/v1/a").unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, to.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        hop(status, &headers, &method, &url, replayable, body)
    }
}
