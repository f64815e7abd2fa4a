use std::net::IpAddr;

use url::{Host, Url};

/// The origins that a credential is for: scheme, host and port, nothing wider (rule 35).
#[derive(Clone, Debug)]
pub(crate) struct Origins {
    allowed: Vec<Url>,
}

impl Origins {
    pub(crate) fn new(allowed: &[Url]) -> Origins {
        Origins { allowed: allowed.to_vec() }
    }

    /// Returns whether it is one of them.
    pub(crate) fn knows(&self, url: &Url) -> bool {
        self.allowed.iter().any(|allowed| is_same(allowed, url))
    }

    /// Returns whether a credential may be sent there.
    pub(crate) fn trusts(&self, url: &Url) -> bool {
        is_private(url) && self.knows(url)
    }
}

/// Whether two URLs are of one origin: [`Url::origin`] says so too, and allocates.
pub(crate) fn is_same(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Whether nobody on the way can read what is sent there: over https, or within this machine.
pub(crate) fn is_private(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether it names a user or a password, which would go wherever the URL goes.
pub(crate) fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// A URL as an error message may show it: without user, query and fragment.
pub(crate) fn shown(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.has_host() => {
            format!("{}{}", url.origin().ascii_serialization(), url.path())
        }
        Ok(_) | Err(_) => "(not a URL)".to_owned(),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r35_a_credential_goes_to_its_origin_and_nowhere_else() {
        let origins = Origins::new(&[url("https://api.example.com/v1")]);

        assert!(origins.trusts(&url("https://api.example.com:443/other")));
        for elsewhere in [
            "http://api.example.com/v1",
            "https://api.example.com:8443/v1",
            "https://example.com/v1",
            "https://api.example.com.evil.test/v1",
            "https://api.example.com@evil.test/v1",
        ] {
            assert!(!origins.trusts(&url(elsewhere)), "{elsewhere}");
        }
    }

    #[test]
    fn r35_the_same_host_and_port_by_another_scheme_is_another_origin() {
        let origins = Origins::new(&[url("https://localhost:8443/")]);

        assert!(!origins.trusts(&url("http://localhost:8443/")));
    }

    #[test]
    fn an_error_message_shows_no_secret_of_a_url() {
        let url = "https://user:s3cret@api.example.com/v1?key=s3cret#s3cret";

        assert_eq!(shown(url), "https://api.example.com/v1");
        assert_eq!(shown("s3cret"), "(not a URL)");
    }

    #[test]
    fn r35_plain_http_is_for_this_machine_alone() {
        for near in ["http://127.0.0.1:1/", "http://[::1]/", "http://localhost/", "https://a.test/"]
        {
            assert!(is_private(&url(near)), "{near}");
        }
        for far in [
            "http://a.test/",
            "http://127.0.0.1.evil.test/",
            "http://evil-localhost/",
            "http://10.0.0.1/",
            "ftp://a/",
        ] {
            assert!(!is_private(&url(far)), "{far}");
        }
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }
}
