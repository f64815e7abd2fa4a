//! Headers and parameters that are known to hold no secret; whatever else there is, is hidden.

use crate::redact::name::Class;

/// Whether a header of this name says nothing that is secret.
pub(crate) fn header(name: &[u8]) -> bool {
    let mut lower = [0; LONGEST];
    let Some(lower) = lower.get_mut(..name.len()) else { return false };
    for (to, from) in lower.iter_mut().zip(name) {
        *to = if *from == b'_' { b'-' } else { from.to_ascii_lowercase() };
    }
    let Ok(name) = str::from_utf8(lower) else { return false };
    let is_listed = HEADERS.binary_search(&name).is_ok();
    let is_family = FAMILIES.iter().any(|family| name.starts_with(family))
        || ENDS.iter().any(|end| name.ends_with(end));
    is_listed || (is_family && Class::of(name.as_bytes()) == Class::Plain)
}

/// Whether a parameter of this name says nothing that is secret.
///
/// It is its last word that says so: `page`, `X-Amz-Expires`, `token_type`.
pub(crate) fn query(name: &[u8]) -> bool {
    if Class::of(name) != Class::Plain {
        return false;
    }
    let mut words = name.split(|byte| !byte.is_ascii_alphanumeric());
    let Some(last) = words.rfind(|word| !word.is_empty()) else { return false };
    let capitals = last.iter().skip(1).rposition(u8::is_ascii_uppercase);
    let mixed = last.iter().any(u8::is_ascii_lowercase);
    let last = match capitals {
        Some(at) if mixed => &last[at + 1..],
        _ => last,
    };
    let last = String::from_utf8_lossy(last).to_ascii_lowercase();
    QUERY.binary_search(&last.as_str()).is_ok()
}

const LONGEST: usize = 64;

/// In alphabetical order.
const HEADERS: &[&str] = &[
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-patch",
    "accept-ranges",
    "age",
    "allow",
    "alt-svc",
    "api-version",
    "cache-control",
    "cf-cache-status",
    "cf-ray",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-range",
    "content-type",
    "date",
    "deprecation",
    "etag",
    "expect",
    "expires",
    "forwarded",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "last-modified",
    "link",
    "location",
    "max-forwards",
    "origin",
    "pragma",
    "proxy-authenticate",
    "proxy-status",
    "range",
    "referer",
    "referrer-policy",
    "request-id",
    "retry-after",
    "server",
    "server-timing",
    "strict-transport-security",
    "sunset",
    "te",
    "traceparent",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "warning",
    "www-authenticate",
    "x-accepted-oauth-scopes",
    "x-amz-cf-id",
    "x-amz-id-2",
    "x-amz-version-id",
    "x-amzn-errortype",
    "x-b3-sampled",
    "x-b3-spanid",
    "x-b3-traceid",
    "x-cache",
    "x-cloud-trace-context",
    "x-content-type-options",
    "x-correlation-id",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-frame-options",
    "x-ms-error-code",
    "x-oauth-scopes",
    "x-powered-by",
    "x-request-id",
    "x-retry-after",
    "x-runtime",
    "x-served-by",
    "x-should-retry",
    "x-timer",
];

const FAMILIES: &[&str] =
    &["access-control-", "rate-limit-", "ratelimit", "sec-fetch-", "x-rate-limit-", "x-ratelimit-"];

const ENDS: &[&str] =
    &["-correlation-id", "-request-id", "-requestid", "-trace-id", "-traceid", "-version"];

/// In alphabetical order.
const QUERY: &[&str] = &[
    "after",
    "algorithm",
    "alt",
    "asc",
    "before",
    "charset",
    "cid",
    "client",
    "count",
    "country",
    "currency",
    "date",
    "day",
    "days",
    "depth",
    "desc",
    "descending",
    "dir",
    "direction",
    "display",
    "encoding",
    "end",
    "error",
    "events",
    "exclude",
    "expand",
    "expires",
    "fields",
    "filter",
    "format",
    "from",
    "headers",
    "height",
    "hl",
    "hour",
    "hours",
    "id",
    "ids",
    "in",
    "include",
    "interval",
    "lang",
    "language",
    "limit",
    "locale",
    "max",
    "method",
    "min",
    "mode",
    "month",
    "months",
    "name",
    "namespace",
    "offset",
    "order",
    "page",
    "path",
    "per",
    "period",
    "prefix",
    "project",
    "prompt",
    "q",
    "query",
    "range",
    "region",
    "search",
    "select",
    "since",
    "size",
    "skip",
    "sort",
    "source",
    "sslmode",
    "start",
    "status",
    "step",
    "tab",
    "tag",
    "tags",
    "time",
    "timezone",
    "to",
    "top",
    "type",
    "types",
    "tz",
    "uid",
    "unit",
    "units",
    "until",
    "uri",
    "url",
    "v",
    "version",
    "view",
    "width",
    "year",
    "zone",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order() {
        assert!(HEADERS.is_sorted());
        assert!(QUERY.is_sorted());
    }

    #[test]
    fn r82_only_what_is_known_to_be_harmless_is_shown() {
        for name in ["Retry-After", "CONTENT_TYPE", "X-RateLimit-Remaining", "x-github-request-id"]
        {
            assert!(header(name.as_bytes()), "{name}");
        }
        for name in [
            "X-Acme-Internal-Thing",
            "Authorization",
            "Cookie",
            "DPoP",
            "X-Request-Body",
            "access-control-token",
        ] {
            assert!(!header(name.as_bytes()), "{name}");
        }
        assert!(!header("é-".repeat(100).as_bytes()));
    }

    #[test]
    fn r82_the_last_word_of_a_parameter_says_what_it_is() {
        for name in [
            "page",
            "per_page",
            "X-Amz-Expires",
            "X-Goog-Algorithm",
            "token_type",
            "pageSize",
            "LIMIT",
            "createdAfter",
            "user_id",
            "expires_in",
        ] {
            assert!(query(name.as_bytes()), "{name}");
        }
        for name in [
            "appid",
            "code",
            "state",
            "key",
            "data",
            "sig",
            "session_id",
            "",
            "access_token",
            "password",
            "ticket",
        ] {
            assert!(!query(name.as_bytes()), "{name}");
        }
    }
}
