use std::borrow::Cow;

use http::{HeaderMap, HeaderValue};

/// An answer without what it repeats of the credential that it was asked with (rule 56).
///
/// What is read of an answer is bounded, and a bound that cuts a token in two leaves a half that
/// nobody can tell for what it is: so the whole is taken out first.
pub(crate) struct Clean<'a> {
    pub(crate) headers: Cow<'a, HeaderMap>,
    pub(crate) body: Cow<'a, [u8]>,
}

impl<'a> Clean<'a> {
    pub(crate) fn new(headers: &'a HeaderMap, body: &'a [u8]) -> Clean<'a> {
        Clean { headers: Cow::Borrowed(headers), body: Cow::Borrowed(body) }
    }

    /// Takes out one secret; an answer without it is not copied.
    pub(crate) fn without(mut self, secret: &str) -> Clean<'a> {
        if let Some(body) = replaced(&self.body, secret.as_bytes()) {
            self.body = Cow::Owned(body);
        }
        if self.headers.values().any(|value| find(value.as_bytes(), secret.as_bytes()).is_some()) {
            for value in self.headers.to_mut().values_mut() {
                let clean = replaced(value.as_bytes(), secret.as_bytes());
                let clean = clean.and_then(|clean| HeaderValue::from_bytes(&clean).ok());
                *value = clean.unwrap_or_else(|| value.clone());
            }
        }
        self
    }
}

fn replaced(text: &[u8], secret: &[u8]) -> Option<Vec<u8>> {
    let mut at = find(text, secret)?;
    let (mut clean, mut rest) = (Vec::with_capacity(text.len()), text);
    loop {
        clean.extend_from_slice(&rest[..at]);
        clean.extend_from_slice(MARK);
        rest = &rest[at + secret.len()..];
        match find(rest, secret) {
            Some(next) => at = next,
            None => break,
        }
    }
    clean.extend_from_slice(rest);
    Some(clean)
}

fn find(text: &[u8], secret: &[u8]) -> Option<usize> {
    if secret.is_empty() {
        return None;
    }
    text.windows(secret.len()).position(|part| part == secret)
}

const MARK: &[u8] = b"REDACTED";

#[cfg(test)]
mod tests {
    use http::header::WWW_AUTHENTICATE;

    use super::*;

    #[test]
    fn r56_every_echo_is_taken_out_before_anything_is_read() {
        let mut headers = HeaderMap::new();
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"s3cret\""));

        let clean = Clean::new(&headers, b"s3crets3cret, s3cret!").without("s3cret");

        assert_eq!(&*clean.body, b"REDACTEDREDACTED, REDACTED!");
        assert_eq!(clean.headers[WWW_AUTHENTICATE], "Bearer realm=\"REDACTED\"");
    }

    #[test]
    fn an_answer_without_an_echo_is_not_copied() {
        let headers = HeaderMap::new();

        let clean = Clean::new(&headers, b"s3cre").without("s3cret").without("");

        assert!(matches!(clean.body, Cow::Borrowed(b"s3cre")));
        assert!(matches!(clean.headers, Cow::Borrowed(_)));
    }
}
