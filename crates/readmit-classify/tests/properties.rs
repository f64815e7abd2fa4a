//! Whatever a server sends: no panic, one answer, and nothing that acts on a terminal.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::{Duration, SystemTime};

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use proptest::collection::vec;
use proptest::prelude::*;
use readmit_classify::{Evidence, challenges, classify, retry_after};
use readmit_error::{Category, Challenge, Failure};
use serde_json::Value;

proptest! {
    #[test]
    fn the_same_evidence_has_the_same_answer(
        status in 100_u16..1_000,
        headers in headers(),
        body in body(),
        cut in any::<bool>(),
        sent in any::<Option<bool>>(),
        seconds in 0_u64..4_000_000_000,
    ) {
        let code = StatusCode::from_u16(status).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let evidence = Evidence::answer(&Method::GET, code, &headers, at).body(&body).cut(cut);
        let evidence = sent.map_or(evidence, |sent| evidence.credential_sent(sent));

        let failure = classify(&evidence);

        prop_assert_eq!(&failure, &classify(&evidence));
        prop_assert_eq!(failure.is_some(), 400 <= status);
        if let Some(failure) = failure {
            prop_assert_eq!(failure.status(), Some(status));
            prop_assert!(!failure.because().is_empty());
            prop_assert!(!failure.because().chars().any(char::is_control));
            prop_assert!(!failure.is_retryable() || failure.action().is_automated());
            let family = failure.kind().category();
            prop_assert!(!matches!(family, Category::Local | Category::Network));
        }
    }

    #[test]
    fn any_bytes_are_a_body(body in vec(any::<u8>(), 0..512)) {
        let headers = HeaderMap::new();
        let evidence = |status| {
            Evidence::answer(&Method::GET, status, &headers, SystemTime::UNIX_EPOCH).body(&body)
        };

        for status in [StatusCode::BAD_REQUEST, StatusCode::INTERNAL_SERVER_ERROR] {
            prop_assert!(classify(&evidence(status)).is_some());
        }
    }

    #[test]
    fn r75_json_of_any_shape_has_one_answer_wherever_it_was_cut(
        value in json(),
        status in proptest::sample::select(vec![400_u16, 401, 403, 429, 500]),
    ) {
        let code = StatusCode::from_u16(status).unwrap();
        let headers = HeaderMap::new();
        let whole = value.to_string().into_bytes();

        for end in 0..=whole.len() {
            let body = &whole[..end];
            let evidence = Evidence::answer(&Method::GET, code, &headers, SystemTime::UNIX_EPOCH);
            let evidence = evidence.body(body).cut(end < whole.len());

            let failure = classify(&evidence);

            prop_assert_eq!(failure.as_ref().and_then(Failure::status), Some(status));
            prop_assert_eq!(failure, classify(&evidence), "{:?}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_challenge_is_read_as_it_was_written(told in vec(challenge(), 0..4), lines in any::<bool>()) {
        let written: Vec<_> = told.iter().map(Challenge::to_string).collect();

        let read = if lines {
            challenges::parse(&written)
        } else {
            challenges::parse([written.join(", ")])
        };

        prop_assert!(read.is_valid(), "{written:?}");
        prop_assert_eq!(read.well_formed(), told);
    }

    #[test]
    fn r37_what_is_well_formed_is_found_behind_anything(junk in vec(field(), 0..4)) {
        let good = b"Bearer error=\"invalid_token\"".to_vec();
        let values = junk.into_iter().chain([good]);

        let read = challenges::parse(values);

        prop_assert_eq!(read.well_formed().last().and_then(Challenge::error), Some("invalid_token"));
    }

    #[test]
    fn r44_any_bytes_are_a_wait_or_none(value in field(), seconds in any::<u32>()) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(seconds));
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);

        let wait = retry_after::parse(&value, now);

        prop_assert!(!digits || wait.is_some());
    }
}

fn headers() -> impl Strategy<Value = HeaderMap> {
    let name = proptest::sample::select(vec![
        "content-type",
        "date",
        "proxy-authenticate",
        "retry-after",
        "www-authenticate",
        "x-amzn-errortype",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-request-id",
    ]);
    vec((name, field()), 0..6).prop_map(|fields| {
        let value = |it: Vec<u8>| HeaderValue::from_bytes(&it).unwrap();
        fields.into_iter().map(|(name, it)| (HeaderName::from_static(name), value(it))).collect()
    })
}

/// Whatever a field can hold, much of it with the marks that matter in one.
fn field() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        proptest::sample::select(b" ,=\"\\;0123456789abBearerDigest\t".to_vec()),
        (0x20_u8..=0xff).prop_filter("DEL is no field byte", |byte| *byte != 0x7f),
    ];
    let telling = proptest::sample::select(vec![
        "0",
        "Bearer",
        "Bearer error=\"invalid_token\"",
        "DPoP error=\"use_dpop_nonce\"",
        "ExpiredToken",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "application/problem+json",
    ]);
    prop_oneof![vec(byte, 0..40), telling.prop_map(|text| text.as_bytes().to_vec())]
}

/// JSON, XML and forms of telling words in every place, whole and cut.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let word = proptest::sample::select(vec![
        "",
        "AUTH_001",
        "AUTH_003",
        "RATE_001",
        "code",
        "details",
        "error",
        "errors",
        "expired",
        "invalid_grant",
        "invalid_token",
        "message",
        "quota",
        "retry_after",
        "slow_down",
        "token",
        "2024-01-15T10:30:00Z",
        "\\u001b",
        "\u{202e}",
        "title",
        "type",
    ]);
    let mark = proptest::sample::select(vec![
        "{", "}", "[", "]", "\"", "\":\"", "\",\"", ":", ",", "<", ">", "</", "=", "&", " ", "\\",
        "5", "-1", "1e999", "null",
    ]);
    let piece = prop_oneof![word.clone(), mark];
    let soup = vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes());
    let object = vec((word.clone(), word), 0..6).prop_map(|members| {
        let members: Vec<_> =
            members.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    });
    prop_oneof![soup, object, vec(any::<u8>(), 0..64)]
}

/// An object or an array, with names and words that say something in it.
fn json() -> impl Strategy<Value = Value> {
    let word = proptest::sample::select(vec![
        "AUTH_001",
        "Token has expired. Try again in 5 seconds",
        "code",
        "details",
        "error",
        "errors",
        "\u{1b}\"\\é😀",
        "insufficient_scope",
        "message",
        "retry_after",
        "scope",
        "{\"error\": \"slow_down\"}",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1_000_i64..1_000).prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 12, 3, move |inner| {
        let members = vec((word.clone(), inner.clone()), 0..3);
        let object = members.prop_map(|members| {
            Value::Object(members.into_iter().map(|(name, it)| (name.to_owned(), it)).collect())
        });
        prop_oneof![object, vec(inner, 0..3).prop_map(Value::Array)]
    })
}

fn challenge() -> impl Strategy<Value = Challenge> {
    let params = proptest::collection::btree_map("[a-z]{1,8}", "[ -~]{0,12}", 0..4);
    let value = proptest::option::of("[A-Za-z0-9+/._~-]{1,8}={0,2}");
    ("[A-Za-z][A-Za-z0-9-]{0,8}", params, value).prop_map(|(scheme, params, value)| {
        let challenge = Challenge::new(scheme);
        match value {
            Some(value) if params.is_empty() => challenge.token68(value),
            _ => params.into_iter().fold(challenge, |it, (name, value)| it.param(name, value)),
        }
    })
}
