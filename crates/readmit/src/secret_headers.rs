//! Which headers are nobody else's business (rule 35).

use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Takes out what authenticates by its very name, and what was marked sensitive.
pub(crate) fn remove_marked(headers: &mut HeaderMap) {
    remove(headers, |name, value| value.is_sensitive() || AUTHENTICATES.contains(name));
}

/// Takes out, beside those, whatever sounds like a secret: an API key that nobody marked.
pub(crate) fn remove_all(headers: &mut HeaderMap) {
    remove(headers, |name, value| value.is_sensitive() || sounds_secret(name));
}

/// Returns what a server must not be heard repeating (rule 56): the values, and what stands behind
/// the scheme where one begins with it.
pub(crate) fn secrets(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let secret = |(name, value): &(&HeaderName, &HeaderValue)| {
        value.is_sensitive() || AUTHENTICATES.contains(name)
    };
    let values = headers.iter().filter(secret).filter_map(|(_, value)| value.to_str().ok());
    values.map(|text| text.split_once(' ').map_or(text, |(_, secret)| secret))
}

fn remove(headers: &mut HeaderMap, is_secret: impl Fn(&HeaderName, &HeaderValue) -> bool) {
    let secret = headers.iter().filter(|(name, value)| is_secret(name, value));
    let secret: Vec<_> = secret.map(|(name, _)| name.clone()).collect();
    for name in secret {
        headers.remove(name);
    }
}

/// It may be wrong about a harmless header, which costs a request to another origin a header that
/// was not meant for it.
fn sounds_secret(name: &HeaderName) -> bool {
    let is_word = |word| name.as_str().split(['-', '_']).any(|part| part == word);
    PARTS.iter().any(|part| name.as_str().contains(part)) || WORDS.into_iter().any(is_word)
}

const AUTHENTICATES: [HeaderName; 3] = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION];

const PARTS: [&str; 9] =
    ["apikey", "auth", "cookie", "credential", "passw", "secret", "session", "signature", "token"];

const WORDS: [&str; 4] = ["jwt", "key", "pwd", "sid"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r35_an_api_key_is_a_secret_though_nobody_marked_it() {
        for name in ["authorization", "cookie", "x-api-key", "apikey", "x-auth-token", "x-amz-sid"]
        {
            assert!(sounds_secret(&HeaderName::from_static(name)), "{name}");
        }
        for name in ["accept", "user-agent", "x-request-id", "monkey", "range", "traceparent"] {
            assert!(!sounds_secret(&HeaderName::from_static(name)), "{name}");
        }
    }

    #[test]
    fn r56_a_secret_is_what_stands_behind_the_scheme() {
        let mut marked = HeaderValue::from_static("k3y");
        marked.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer t0ken"));
        headers.insert(HeaderName::from_static("x-key"), marked);
        headers.insert(HeaderName::from_static("accept"), HeaderValue::from_static("a/b"));

        let mut found: Vec<_> = secrets(&headers).collect();
        found.sort_unstable();

        assert_eq!(found, ["k3y", "t0ken"]);
    }

    #[test]
    fn r35_what_was_marked_goes_whatever_its_name() {
        let mut marked = HeaderValue::from_static("s3cret");
        marked.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-plain"), HeaderValue::from_static("a"));
        headers.append(HeaderName::from_static("x-two"), HeaderValue::from_static("a"));
        headers.append(HeaderName::from_static("x-two"), marked);

        remove_marked(&mut headers);

        assert_eq!(headers.keys().collect::<Vec<_>>(), ["x-plain"]);
    }
}
