use std::fmt;

use http::Uri;
use url::Url;

/// An origin as the key of what is kept for it: scheme, host and port.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OriginKey<S> {
    scheme: S,
    host: S,
    port: u16,
}

impl<'u> OriginKey<&'u str> {
    /// What no request goes to.
    pub(crate) const NOWHERE: OriginKey<&'static str> = OriginKey { scheme: "", host: "", port: 0 };

    /// Reads it off a URL, without an allocation.
    pub(crate) fn of(url: &'u Url) -> OriginKey<&'u str> {
        let port = url.port_or_known_default().unwrap_or(0);
        OriginKey { scheme: url.scheme(), host: url.host_str().unwrap_or_default(), port }
    }

    pub(crate) fn of_uri(uri: &'u Uri) -> OriginKey<&'u str> {
        let scheme = uri.scheme_str().unwrap_or_default();
        let port = uri.port_u16().unwrap_or(usual_port(scheme));
        OriginKey { scheme, host: uri.host().unwrap_or_default(), port }
    }

    pub(crate) fn is(self, other: &OriginKey<String>) -> bool {
        self.port == other.port
            && self.host.eq_ignore_ascii_case(&other.host)
            && self.scheme.eq_ignore_ascii_case(&other.scheme)
    }

    pub(crate) fn host(self) -> &'u str {
        self.host
    }

    pub(crate) fn port(self) -> u16 {
        self.port
    }

    pub(crate) fn to_owned(self) -> OriginKey<String> {
        let [scheme, host] = [self.scheme, self.host].map(str::to_owned);
        OriginKey { scheme, host, port: self.port }
    }
}

impl OriginKey<String> {
    pub(crate) fn borrowed(&self) -> OriginKey<&str> {
        OriginKey { scheme: &self.scheme, host: &self.host, port: self.port }
    }
}

impl fmt::Display for OriginKey<&str> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        if self.port == usual_port(self.scheme) { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

fn usual_port(scheme: &str) -> u16 {
    match scheme {
        "https" => 443,
        "http" => 80,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_and_a_uri_of_one_origin_are_one_place() {
        for (url, uri, shown) in [
            ("https://a.test/x?y", "https://A.test:443/z", "https://a.test"),
            ("http://a.test:8080/", "http://a.test:8080", "http://a.test:8080"),
            ("http://[::1]/", "http://[::1]:80/", "http://[::1]"),
        ] {
            let (url, uri) = (Url::parse(url).unwrap(), uri.parse::<Uri>().unwrap());

            assert!(OriginKey::of_uri(&uri).is(&OriginKey::of(&url).to_owned()), "{url}");
            assert_eq!(OriginKey::of(&url).to_string(), shown);
        }
    }

    #[test]
    fn places_differ_by_scheme_host_and_port() {
        let home = Url::parse("https://a.test/").unwrap();
        let home = OriginKey::of(&home).to_owned();

        for other in ["http://a.test:443/", "https://b.test/", "https://a.test:8443/"] {
            assert!(!OriginKey::of(&Url::parse(other).unwrap()).is(&home), "{other}");
        }
    }
}
