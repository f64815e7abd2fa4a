//! The fields of a header that matter, found in one walk over it.

use http::{HeaderMap, HeaderValue};

use crate::lookup::Lookup;

/// What stood in the header.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a> {
    pub(crate) content_type: Option<&'a HeaderValue>,
    /// Whether there is a challenge, of the server or of a proxy.
    pub(crate) has_challenge: bool,
    /// Codes and sentences: whatever calls itself an error.
    pub(crate) errors: [Option<&'a str>; ERROR_LIMIT],
    /// Whether the server says that a later try may succeed.
    pub(crate) should_retry: Option<bool>,
    /// By their rank; most answers have their id in the body, so none is read before it is asked for.
    request_ids: [Option<&'a HeaderValue>; RANKS],
}

/// What a field is by its name.
#[derive(Clone, Copy, Debug)]
enum Part {
    Challenge,
    ContentType,
    Error,
    /// The id that support asks for; of several the lowest rank counts.
    RequestId(usize),
    ShouldRetry,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Fields<'a> {
        let mut fields = Fields::default();
        for (name, value) in headers {
            if let Some(part) = part(name.as_str()) {
                fields.take(part, value);
            }
        }
        fields
    }

    pub(crate) fn request_id(&self) -> Option<&'a str> {
        self.request_ids.iter().flatten().find_map(|value| text(value))
    }

    fn take(&mut self, part: Part, value: &'a HeaderValue) {
        match part {
            Part::Challenge => self.has_challenge = true,
            Part::ContentType => self.content_type = self.content_type.or(Some(value)),
            Part::Error => {
                if let Some(place) = self.errors.iter_mut().find(|place| place.is_none()) {
                    *place = text(value);
                }
            }
            Part::RequestId(rank) => {
                if let Some(place) = self.request_ids.get_mut(rank) {
                    *place = place.or(Some(value));
                }
            }
            Part::ShouldRetry => {
                let told = match value.as_bytes() {
                    b"true" => Some(true),
                    b"false" => Some(false),
                    _ => None,
                };
                self.should_retry = self.should_retry.or(told);
            }
        }
    }
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok().filter(|text| !text.is_empty())
}

fn part(name: &str) -> Option<Part> {
    let known = PARTS.get(name.as_bytes());
    // Whatever else an API calls its errors, such as `x-cld-error`.
    known.or_else(|| (name.len() <= 32 && name.ends_with("-error")).then_some(Part::Error))
}

static PARTS: Lookup<Part, 64> = Lookup::new(&[
    ("cf-ray", Part::RequestId(9)),
    ("content-type", Part::ContentType),
    ("proxy-authenticate", Part::Challenge),
    ("request-id", Part::RequestId(1)),
    ("stripe-should-retry", Part::ShouldRetry),
    ("www-authenticate", Part::Challenge),
    ("x-amz-request-id", Part::RequestId(3)),
    ("x-amzn-errortype", Part::Error),
    ("x-amzn-requestid", Part::RequestId(2)),
    ("x-authentication-denied-reason", Part::Error),
    ("x-correlation-id", Part::RequestId(8)),
    ("x-deny-reason", Part::Error),
    ("x-error-code", Part::Error),
    ("x-error-message", Part::Error),
    ("x-error-type", Part::Error),
    ("x-github-request-id", Part::RequestId(5)),
    ("x-ms-error-code", Part::Error),
    ("x-ms-request-id", Part::RequestId(4)),
    ("x-request-id", Part::RequestId(0)),
    ("x-should-retry", Part::ShouldRetry),
]);

/// Fields with a request id.
const RANKS: usize = 10;
/// Errors that are kept.
const ERROR_LIMIT: usize = 4;

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    #[test]
    fn the_fields_that_matter_are_found_wherever_they_stand() {
        let headers = headers(&[
            ("cf-ray", "ray"),
            ("x-cld-error", "deny or ACL failure"),
            ("x-request-id", "id"),
            ("x-amzn-errortype", "ExpiredToken"),
            ("x-should-retry", "perhaps"),
            ("stripe-should-retry", "false"),
            ("content-type", "text/html"),
        ]);

        let fields = Fields::of(&headers);

        assert_eq!(fields.request_id(), Some("id"));
        assert!(fields.errors.contains(&Some("deny or ACL failure")));
        assert!(fields.errors.contains(&Some("ExpiredToken")));
        assert_eq!(fields.should_retry, Some(false));
        assert_eq!(fields.content_type.map(HeaderValue::as_bytes), Some(&b"text/html"[..]));
    }

    #[test]
    fn r75_errors_without_number_and_bytes_that_are_no_text_are_left() {
        let mut headers = HeaderMap::new();
        for _ in 0..100 {
            headers.append("x-error-code", HeaderValue::from_bytes(b"\xff").unwrap());
        }
        headers.append("x-error-code", HeaderValue::from_static("Late"));
        headers.append("x-request-id", HeaderValue::from_bytes(b"\xff").unwrap());
        headers.append("cf-ray", HeaderValue::from_static("ray"));

        let fields = Fields::of(&headers);

        assert_eq!(fields.errors[0], Some("Late"));
        assert_eq!(fields.request_id(), Some("ray"));
    }

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let field = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        fields.iter().map(field).collect()
    }
}
