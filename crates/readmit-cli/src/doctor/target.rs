use std::net::IpAddr;

use readmit_error::neutralise;
use url::{Host, Url};

use super::check::Finding;
use super::options::Options;
use crate::trouble::Trouble;

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Target {
    url: Url,
    had_password: bool,
}

impl Target {
    /// # Errors
    ///
    /// It is no address of HTTP.
    pub(super) fn of(options: &Options) -> Result<Target, Trouble> {
        let mut url = options.url.clone();
        if let Some(path) = &options.whoami {
            url = url.join(path).map_err(|error| Trouble::usage(format!("--whoami: {error}")))?;
        }
        let is_http = matches!(url.scheme(), "http" | "https") && url.host().is_some();
        if !is_http {
            return Err(Trouble::usage("this is no address of HTTP")
                .cure("write it with its scheme: readmit doctor https://api.example.com/me"));
        }
        if url.origin() != options.url.origin() {
            return Err(Trouble::usage("--whoami leaves the origin")
                .cure("readmit doctor https://api.example.com --whoami /me"));
        }
        let had_password = !url.username().is_empty() || url.password().is_some();
        // Neither can fail: the address has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        Ok(Target { url, had_password })
    }

    pub(super) fn finding(&self) -> Finding {
        let shown = self.shown();
        match () {
            () if !self.may_carry_credential() => {
                Finding::fail(format!("{shown} is not encrypted: the credential is not sent there"))
                    .fix("use https")
            }
            () if self.had_password => {
                Finding::warn(format!("{shown}; the password in the address was left out"))
                    .fix("give it as a credential with --scheme Basic; addresses end up in logs")
            }
            () => Finding::ok(shown),
        }
    }

    /// The address without its query, which may be secret.
    pub(super) fn shown(&self) -> String {
        let mut url = self.url.clone();
        url.set_query(None);
        neutralise(url.as_str(), 300)
    }

    /// Whether nobody on the way can read along (rule 35).
    pub(super) fn may_carry_credential(&self) -> bool {
        self.is_tls() || self.is_loopback()
    }

    pub(super) fn is_tls(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(super) fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The name or the address of the host, without brackets.
    pub(super) fn host(&self) -> String {
        match self.url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => String::new(),
        }
    }

    pub(super) fn address(&self) -> Option<IpAddr> {
        self.host().parse().ok()
    }

    pub(super) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }

    /// Host and port as `Host` has them.
    pub(super) fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// What stands in the request line: path and query, or all of it for a proxy.
    pub(super) fn request_target(&self, in_full: bool) -> String {
        if in_full {
            return self.url.as_str().to_owned();
        }
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::check::Status;
    use super::*;

    #[test]
    fn r55_what_may_be_secret_in_an_address_is_not_shown() {
        let target = target(&["https://eve:s3cret@api.example.com/a?key=s3cret#s3cret"]).unwrap();

        assert_eq!(target.shown(), "https://api.example.com/a");
        assert_eq!(target.request_target(false), "/a?key=s3cret");
        assert!(!format!("{:?}", target.finding()).contains("s3cret"));
        assert_eq!(target.finding().status, Status::Warn);
    }

    #[test]
    fn r35_a_credential_is_for_https_and_this_machine() {
        for (url, may) in [
            ("https://api.example.com", true),
            ("http://api.example.com", false),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]", true),
            ("http://localhost", true),
            ("http://localhost.example.com", false),
            ("http://127.0.0.1.example.com", false),
        ] {
            assert_eq!(target(&[url]).unwrap().may_carry_credential(), may, "{url}");
        }
    }

    #[test]
    fn whoami_stays_where_the_address_is() {
        let path = target(&["https://api.example.com/v1/", "--whoami", "/me"]).unwrap();
        let elsewhere = target(&["https://api.example.com", "--whoami", "//evil.example/me"]);

        assert_eq!(path.shown(), "https://api.example.com/me");
        assert!(elsewhere.unwrap_err().to_string().contains("leaves the origin"));
        assert!(target(&["file:///etc/passwd"]).is_err());
        assert!(target(&["mailto:eve@example.com"]).is_err());
    }

    #[test]
    fn host_and_port_are_as_the_protocol_wants_them() {
        let target = target(&["https://[2001:db8::1]:8443/"]).unwrap();

        assert_eq!((target.host().as_str(), target.port()), ("2001:db8::1", 8443));
        assert_eq!(target.authority(), "[2001:db8::1]:8443");
        assert!(target.address().is_some());
    }

    fn target(words: &[&str]) -> Result<Target, Trouble> {
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            options: Options,
        }
        let words = [&["doctor"], words].concat();
        Target::of(&Line::parse_from(words).options)
    }
}
