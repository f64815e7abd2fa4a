use std::borrow::Cow;

use http::Uri;
use readmit_classify::Dialect;
use url::Url;

use crate::BuildError;
use crate::origins::is_same;

/// The dialects of a client's origins, found once.
///
/// Any other origin is one that nobody has seen before.
#[derive(Debug)]
pub(crate) struct Dialects {
    spoken: Vec<(Url, Cow<'static, Dialect>)>,
}

/// What the client was told of the dialect of its first origin.
#[derive(Debug)]
pub(crate) enum Spoken {
    ByHost,
    /// None, and none elsewhere.
    Generic,
    Named(String),
    Own(Box<Dialect>),
}

impl Dialects {
    pub(crate) fn new(told: Spoken, origins: &[Url]) -> Result<Dialects, BuildError> {
        let first = match told {
            Spoken::ByHost => None,
            Spoken::Generic => return Ok(Dialects { spoken: Vec::new() }),
            Spoken::Named(name) => match Dialect::named(&name) {
                Some(dialect) => Some(Cow::Borrowed(dialect)),
                None => return Err(BuildError::UnknownDialect { name }),
            },
            Spoken::Own(dialect) => Some(Cow::Owned(*dialect)),
        };
        let by_host = |origin: &Url| Some((origin.clone(), Cow::Borrowed(at_host(origin)?)));
        let first = origins.first().cloned().zip(first);
        // Of two for one origin the first is found.
        let spoken = first.into_iter().chain(origins.iter().filter_map(by_host)).collect();
        Ok(Dialects { spoken })
    }

    /// Returns what is spoken there.
    pub(crate) fn at(&self, url: &Url) -> Option<&Dialect> {
        self.spoken.iter().find(|(origin, _)| is_same(origin, url)).map(|(_, dialect)| &**dialect)
    }
}

/// Returns what a token endpoint speaks: what its host does, or plain OAuth 2.0.
pub(crate) fn of_token_endpoint(url: &Uri) -> Option<&'static Dialect> {
    url.host().and_then(Dialect::for_host).or_else(|| Dialect::named("oauth"))
}

fn at_host(origin: &Url) -> Option<&'static Dialect> {
    origin.host_str().and_then(Dialect::for_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_is_for_its_origin_and_for_no_other() {
        let origins = [url("https://slack.com/api"), url("https://api.github.com")];

        let dialects = Dialects::new(Spoken::ByHost, &origins).unwrap();

        assert_eq!(spoken(&dialects, "https://slack.com/other"), Some("slack"));
        assert_eq!(spoken(&dialects, "https://api.github.com/"), Some("github"));
        for other in ["https://graph.facebook.com/", "https://slack.com:8443/", "http://slack.com"]
        {
            assert_eq!(spoken(&dialects, other), None, "{other}");
        }
    }

    #[test]
    fn the_dialect_that_was_named_comes_before_that_of_the_host() {
        let origins = [url("https://slack.com"), url("https://api.github.com")];
        let named = Spoken::Named("GraphQL".to_owned());
        let own = Dialect::named("stripe").unwrap().clone();

        let named = Dialects::new(named, &origins).unwrap();
        let own = Dialects::new(Spoken::Own(Box::new(own)), &origins).unwrap();
        let generic = Dialects::new(Spoken::Generic, &origins).unwrap();

        for (dialects, here, also) in [
            (named, Some("graphql"), Some("github")),
            (own, Some("stripe"), Some("github")),
            (generic, None, None),
        ] {
            assert_eq!(spoken(&dialects, "https://slack.com/"), here);
            assert_eq!(spoken(&dialects, "https://api.github.com/"), also);
        }
    }

    #[test]
    fn a_dialect_that_nobody_knows_is_refused_with_the_cure() {
        let told = Spoken::Named("klingon".to_owned());

        let error = Dialects::new(told, &[url("https://api.test")]).unwrap_err().to_string();

        assert!(error.contains("\"klingon\"") && error.contains("own_dialect"), "{error}");
    }

    #[test]
    fn a_token_endpoint_speaks_as_its_host_does_or_as_oauth_says() {
        let name = |url: &'static str| of_token_endpoint(&Uri::from_static(url)).map(Dialect::name);

        assert_eq!(name("https://slack.com/api/oauth.v2.access"), Some("slack"));
        assert_eq!(name("https://auth.example.com/token"), Some("oauth"));
    }

    fn spoken<'a>(dialects: &'a Dialects, at: &str) -> Option<&'a str> {
        dialects.at(&url(at)).map(Dialect::name)
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }
}
