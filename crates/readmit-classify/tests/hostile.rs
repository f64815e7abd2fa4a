//! Input without an end, of the shapes that tempt a reader to look at it again and again (rule 75).

use std::time::SystemTime;

use http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use readmit_classify::{BODY_LIMIT, Dialect, Evidence, challenges, classify, rate_limit};
use readmit_error::{Challenge, Failure, Kind};

#[test]
fn r75_of_a_body_without_an_end_only_the_beginning_counts() {
    let headers = HeaderMap::new();
    for piece in PIECES {
        for start in ["", "{\"error\":\""] {
            let body = endless(start, piece, 10 << 20);
            for status in [StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS] {
                let answer = answer(status, &headers);

                let failure = classify(&answer.body(&body));

                let beginning = answer.body(&body[..BODY_LIMIT]).cut(true);
                assert_eq!(failure, classify(&beginning), "{start}{piece}");
                assert_eq!(failure.and_then(|it| it.status()), Some(status.as_u16()));
            }
        }
    }
}

#[test]
fn r75_a_body_without_an_end_is_read_in_every_dialect() {
    let headers = HeaderMap::new();
    for dialect in Dialect::shipped() {
        for piece in PIECES {
            let body = endless("{\"error\":", piece, 4 << 10);
            let answer = answer(StatusCode::BAD_REQUEST, &headers).dialect(dialect);

            let failure = classify(&answer.body(&body).cut(true));

            assert_eq!(failure.and_then(|it| it.status()), Some(400), "{}", dialect.name());
        }
    }
}

#[test]
fn r75_what_is_told_first_is_heard_before_a_body_without_an_end() {
    let headers = HeaderMap::new();
    for piece in ["[", "{\"a\":", "\"a\",", "1,", " ", "\\"] {
        let body = endless("{\"error_code\":\"AUTH_003\",\"a\":", piece, 10 << 20);

        let failure = classify(&answer(StatusCode::UNAUTHORIZED, &headers).body(&body));

        assert_eq!(failure.as_ref().map(Failure::kind), Some(Kind::TokenExpired), "{piece}");
        assert_eq!(failure.as_ref().and_then(Failure::code), Some("AUTH_003"), "{piece}");
    }
}

#[test]
fn r37_a_field_without_an_end_hides_no_challenge_on_the_next_line() {
    for piece in FIELD_PIECES {
        let junk = endless("", piece, 64 << 10);
        let mut headers = HeaderMap::new();
        headers.append(WWW_AUTHENTICATE, HeaderValue::from_bytes(&junk).unwrap());
        let good = HeaderValue::from_static("Bearer error=\"insufficient_scope\"");
        headers.append(WWW_AUTHENTICATE, good);

        let told = challenges::parse(headers.get_all(WWW_AUTHENTICATE));
        let failure = classify(&answer(StatusCode::UNAUTHORIZED, &headers));

        let last = told.well_formed().last();
        assert_eq!(last.and_then(Challenge::error), Some("insufficient_scope"), "{piece}");
        let kind = failure.map(|it| it.kind());
        assert_eq!(kind, Some(Kind::InsufficientPermissions), "{piece}");
    }
}

#[test]
fn r53_a_limit_without_an_end_says_nothing() {
    for name in ["ratelimit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after-ms"] {
        for piece in FIELD_PIECES {
            let name = HeaderName::from_static(name);
            let value = HeaderValue::from_bytes(&endless("", piece, 64 << 10)).unwrap();
            let headers = HeaderMap::from_iter([(name.clone(), value)]);

            let told = rate_limit::read(&headers, SystemTime::UNIX_EPOCH);

            assert_eq!(told.wait(None), None, "{name}: {piece}");
            assert!(!told.is_exhausted(), "{name}: {piece}");
        }
    }
}

#[test]
fn r44_digits_without_an_end_are_the_longest_wait_there_is() {
    let value = HeaderValue::from_bytes(&endless("", "9", 64 << 10)).unwrap();
    let headers = HeaderMap::from_iter([(RETRY_AFTER, value)]);

    let failure = classify(&answer(StatusCode::TOO_MANY_REQUESTS, &headers));

    let wait = failure.and_then(|it| it.retry_after()).map(|hint| hint.delay().as_secs());
    assert_eq!(wait, Some(u64::MAX));
}

fn answer(status: StatusCode, headers: &HeaderMap) -> Evidence<'_> {
    Evidence::answer(&Method::GET, status, headers, SystemTime::UNIX_EPOCH)
}

fn endless(start: &str, piece: &str, length: usize) -> Vec<u8> {
    let mut bytes = [start, &piece.repeat(length.div_ceil(piece.len()))].concat().into_bytes();
    bytes.truncate(length);
    bytes
}

/// What opens and never closes, and what is short and means something.
const PIECES: &[&str] = &[
    "[",
    "{\"a\":",
    "[{\"errors\":",
    "\"",
    "\\",
    "{\"error\":\"{\\\"",
    "<",
    "<a>",
    "<a b='",
    "<a><![CDATA[",
    "&a=",
    "%",
    "_",
    "\"code\":\"x_1\",",
    "retry after 5 ",
    "token expired. ",
    " ",
    "é",
    "\0",
];

const FIELD_PIECES: &[&str] =
    &[",", "\"", "\\", "\"\\", "a,", "a b=c,", "a b==,", "a=\"b\",", "(", ";", "=", " ", "\t", "x"];
