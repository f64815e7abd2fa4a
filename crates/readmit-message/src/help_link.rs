use std::borrow::Cow;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::topic::Topic;

/// Why an address cannot be a help link, or the base of one (rule 96).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadLink {
    /// It holds a character that no address has; a space, a backslash or a quote, for instance.
    #[error("the address holds {0:?}; write such a character percent-encoded")]
    Character(char),
    /// It has a user or a password before the host.
    #[error("the address holds a user; leave out what stands before the `@`")]
    Credentials,
    /// There is nothing in it.
    #[error("the address is empty; write one, or leave it out")]
    Empty,
    /// It has no host.
    #[error("the address has no host; write one behind `https://`")]
    Host,
    /// It begins with a scheme other than `https`, or names a host without a scheme.
    #[error("the address is not https; write `https://…`, or an address relative to the base")]
    Scheme,
    /// It goes up in the path, or stays where it is.
    #[error("the address has a `.` or `..` in its path; write where it leads")]
    Traversal,
}

/// Where to read more: an `https` address, or one relative to the base.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct HelpLink(String);

/// What relative links are resolved against: an `https` address, or `http` on this machine.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct HelpBase(Cow<'static, str>);

impl HelpLink {
    pub(crate) fn parse(link: &str) -> Result<HelpLink, BadLink> {
        check_characters(link)?;
        let path = link.split(['?', '#']).next().unwrap_or_default();
        if link.starts_with("https://") {
            check_authority(link)?;
        } else if link.starts_with("//") || path.split('/').next().unwrap_or_default().contains(':')
        {
            return Err(BadLink::Scheme);
        }
        if path.split('/').any(is_dots) {
            return Err(BadLink::Traversal);
        }
        Ok(HelpLink(link.to_owned()))
    }

    /// Returns the link to an entry of the catalogue: a fragment, so that one page is enough.
    pub(crate) fn to(topic: Topic) -> HelpLink {
        HelpLink(format!("#{}", topic.name().to_ascii_lowercase()))
    }

    /// Returns the absolute address (RFC 3986 section 5.2, without the dots that no link has).
    pub(crate) fn resolve(&self, base: &HelpBase) -> String {
        let HelpLink(link) = self;
        if link.starts_with("https://") {
            return link.clone();
        }
        let page = base.0.split('#').next().unwrap_or_default();
        if link.starts_with('#') {
            return format!("{page}{link}");
        }
        let path = page.split('?').next().unwrap_or_default();
        if link.starts_with('?') {
            return format!("{path}{link}");
        }
        let host = path.find("://").map_or(0, |scheme| scheme + "://".len());
        let root = path.get(host..).and_then(|rest| rest.find('/')).map(|slash| host + slash);
        let kept =
            if link.starts_with('/') { root } else { path.rfind('/').filter(|_| root.is_some()) };
        let kept = kept.and_then(|slash| path.get(..slash)).unwrap_or(path);
        format!("{kept}/{}", link.trim_start_matches('/'))
    }
}

impl HelpBase {
    /// The page of this crate's documentation that has an entry for each kind.
    pub(crate) const DEFAULT: HelpBase = HelpBase(Cow::Borrowed(
        "https://docs.rs/readmit-message/latest/readmit_message/help/index.html",
    ));

    pub(crate) fn parse(base: &str) -> Result<HelpBase, BadLink> {
        check_characters(base)?;
        let https = base.strip_prefix("https://").map(|_| base.to_owned());
        // The rules for the rest are the same.
        let local = base.strip_prefix("http://").map(|rest| format!("https://{rest}"));
        let local = local.filter(|url| is_loopback(authority(url)));
        let url = https.or(local).ok_or(BadLink::Scheme)?;
        HelpLink::parse(&url)?;
        Ok(HelpBase(Cow::Owned(base.to_owned())))
    }
}

fn check_characters(link: &str) -> Result<(), BadLink> {
    if link.is_empty() {
        return Err(BadLink::Empty);
    }
    let allowed = |c: &char| c.is_ascii_graphic() && !"\"'<>\\^`{|}".contains(*c);
    match link.chars().find(|c| !allowed(c)) {
        Some(c) => Err(BadLink::Character(c)),
        None => Ok(()),
    }
}

fn check_authority(url: &str) -> Result<(), BadLink> {
    let authority = authority(url);
    if authority.contains('@') {
        return Err(BadLink::Credentials);
    }
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    if host.is_empty() { Err(BadLink::Host) } else { Ok(()) }
}

fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

fn is_loopback(authority: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    ["localhost", "127.0.0.1", "[::1]"].into_iter().any(|host| {
        let rest = authority.strip_prefix(host);
        rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
    })
}

/// Whether a segment means this folder or the one above, percent-encoded too.
fn is_dots(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    matches!(plain.as_str(), "." | "..")
}

impl fmt::Display for HelpBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for HelpLink {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HelpLink, D::Error> {
        let link = String::deserialize(deserializer)?;
        HelpLink::parse(&link).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for HelpBase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HelpBase, D::Error> {
        let base = String::deserialize(deserializer)?;
        HelpBase::parse(&base).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn r93_a_relative_link_is_resolved_against_the_base() {
        for (base, link, resolved) in [
            ("https://a.example/help/", "#dns", "https://a.example/help/#dns"),
            ("https://a.example/help/?l=de#x", "#dns", "https://a.example/help/?l=de#dns"),
            ("https://a.example/help/?l=de", "?code=1", "https://a.example/help/?code=1"),
            ("https://a.example/help/", "errors/dns", "https://a.example/help/errors/dns"),
            ("https://a.example/help", "errors/dns", "https://a.example/errors/dns"),
            ("https://a.example/help?q=/x", "dns", "https://a.example/dns"),
            ("https://a.example/help/", "/docs/dns", "https://a.example/docs/dns"),
            ("https://a.example", "/docs/dns", "https://a.example/docs/dns"),
            ("https://a.example", "docs/dns", "https://a.example/docs/dns"),
            ("https://a.example", "#dns", "https://a.example#dns"),
            ("http://127.0.0.1:8080/a/", "b", "http://127.0.0.1:8080/a/b"),
            ("https://a.example/", "https://b.example/x", "https://b.example/x"),
        ] {
            let base = HelpBase::parse(base).unwrap();

            assert_eq!(HelpLink::parse(link).unwrap().resolve(&base), resolved, "{base} {link}");
        }
    }

    #[test]
    fn r96_what_leads_elsewhere_is_no_help_link() {
        for (link, reason) in [
            ("", BadLink::Empty),
            ("javascript:alert(1)", BadLink::Scheme),
            ("JavaScript:alert(1)", BadLink::Scheme),
            ("java\nscript:alert(1)", BadLink::Character('\n')),
            ("data:text/html,x", BadLink::Scheme),
            ("http://a.example/", BadLink::Scheme),
            ("HTTPS://a.example/", BadLink::Scheme),
            ("//evil.test/x", BadLink::Scheme),
            ("https://docs.example.test\\@evil.test/", BadLink::Character('\\')),
            ("https://docs.example.test@evil.test/", BadLink::Credentials),
            ("https:///x", BadLink::Host),
            ("https://:443/x", BadLink::Host),
            ("../secret", BadLink::Traversal),
            ("a/%2E%2e/b", BadLink::Traversal),
            ("x\" onclick=\"y", BadLink::Character('"')),
            ("\u{202e}x", BadLink::Character('\u{202e}')),
        ] {
            assert_eq!(HelpLink::parse(link), Err(reason), "{link}");
        }
    }

    #[test]
    fn only_this_machine_may_be_a_base_without_encryption() {
        for base in ["http://localhost/", "http://[::1]:80/", "https://a.example"] {
            assert!(HelpBase::parse(base).is_ok(), "{base}");
        }
        for base in ["http://a.example/", "http://localhost.evil.test/", "docs/", "#x", "http:"] {
            assert_eq!(HelpBase::parse(base), Err(BadLink::Scheme), "{base}");
        }
    }

    #[test]
    fn the_default_base_is_one() {
        let HelpBase(base) = HelpBase::DEFAULT;

        assert_eq!(HelpBase::parse(&base), Ok(HelpBase::DEFAULT));
    }

    proptest! {
        #[test]
        fn r96_whatever_is_resolved_stays_on_the_base_or_is_https(link in any::<String>()) {
            let base = HelpBase::parse("https://help.example/a/b?c#d").unwrap();

            if let Ok(parsed) = HelpLink::parse(&link) {
                let resolved = parsed.resolve(&base);
                prop_assert!(
                    resolved.starts_with("https://help.example/") || link.starts_with("https://"),
                    "{resolved}"
                );
            }
        }

        #[test]
        fn r96_the_same_of_what_looks_like_a_link(link in "[/.:#?@%2eEa-c]{1,12}") {
            let base = HelpBase::parse("https://help.example/a/b?c#d").unwrap();

            if let Ok(parsed) = HelpLink::parse(&link) {
                let resolved = parsed.resolve(&base);
                prop_assert!(resolved.starts_with("https://help.example/"), "{resolved}");
            }
        }
    }
}
