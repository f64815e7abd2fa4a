//! What the standards say about the answers of an API, and what APIs do about them.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::{Duration, SystemTime};

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use readmit_classify::{Dialect, Evidence, classify};
use readmit_error::{Action, Failure, Kind, Replay, RetryAfter};

const CHALLENGE: &str = "www-authenticate";

#[test]
fn r74_a_success_is_not_read() {
    let headers = headers(&[(CHALLENGE, r#"Bearer error="invalid_token""#)]);
    for status in [200, 204, 304, 399] {
        let evidence = evidence(status, &headers).body(br#"{"error_code": "AUTH_003"}"#);

        assert_eq!(classify(&evidence), None, "{status}");
    }
}

#[test]
fn rfc_6750_the_error_of_a_challenge_decides() {
    for (status, challenge, kind) in [
        (401, r#"Bearer error="invalid_token""#, Kind::TokenExpired),
        (
            401,
            r#"Bearer error="invalid_token", error_description="JWT expired""#,
            Kind::TokenExpired,
        ),
        (
            401,
            r#"Bearer error="invalid_token", error_description="invalid or expired""#,
            Kind::TokenExpired,
        ),
        (
            401,
            r#"Bearer error="invalid_token", error_description="bad signature""#,
            Kind::InvalidCredentials,
        ),
        (403, r#"Bearer error="insufficient_scope""#, Kind::InsufficientPermissions),
        (400, r#"Bearer error="invalid_request""#, Kind::MalformedRequest),
        (401, r#"Bearer error="insufficient_user_authentication""#, Kind::StepUpRequired),
        (401, r#"Bearer error="insufficient_claims", claims="e30=""#, Kind::StepUpRequired),
        (401, r#"DPoP error="use_dpop_nonce""#, Kind::ChallengeNonce),
        (401, r#"Digest realm="a", nonce="b", stale=true"#, Kind::ChallengeNonce),
        (
            401,
            r#"Basic realm="x", Bearer error="insufficient_scope""#,
            Kind::InsufficientPermissions,
        ),
    ] {
        let failure = answer(status, &[(CHALLENGE, challenge)], "");

        assert_eq!(failure.kind(), kind, "{challenge}");
        assert!(!failure.challenges().is_empty());
    }
}

#[test]
fn r30_a_bearer_challenge_without_an_error_asks_for_a_credential() {
    let headers = headers(&[(CHALLENGE, r#"Bearer realm="example""#)]);
    let evidence = evidence(401, &headers);
    let kind = |evidence| classify(&evidence).unwrap().kind();

    assert_eq!(kind(evidence), Kind::MissingCredentials);
    assert_eq!(kind(evidence.credential_sent(false)), Kind::MissingCredentials);
    assert_eq!(kind(evidence.credential_sent(true)), Kind::InvalidCredentials);
}

#[test]
fn r29_a_401_without_a_challenge_is_classified_all_the_same() {
    assert_eq!(answer(401, &[], "").kind(), Kind::InvalidCredentials);
    assert_eq!(answer(401, &[], "").because(), "status 401");
}

#[test]
fn r37_the_parameters_of_a_malformed_challenge_decide_nothing() {
    let twice = r#"Bearer error="insufficient_scope", error="invalid_token""#;

    let failure = answer(401, &[(CHALLENGE, twice)], "");

    assert_eq!(failure.because(), "status 401");
    assert!(failure.challenges().is_empty());
}

#[test]
fn r37_the_words_of_a_malformed_challenge_may_still_serve_as_text() {
    let unquoted = r#"Bearer uri=https://example.com/, error="insufficient_claims", claims="e30=""#;

    let failure = answer(401, &[(CHALLENGE, unquoted)], "");

    assert_eq!(failure.kind(), Kind::StepUpRequired);
    assert_eq!(failure.because(), "text with the words insufficient claims");
    assert!(failure.challenges().is_empty());
}

#[test]
fn r36_a_407_is_the_proxys_whatever_else_it_carries() {
    let failure = answer(
        407,
        &[(CHALLENGE, r#"Bearer error="invalid_token""#), ("proxy-authenticate", "Basic realm=p")],
        r#"{"error_code": "AUTH_003"}"#,
    );

    assert_eq!(failure.kind(), Kind::MissingCredentials);
    assert_eq!(failure.because(), "status 407, from the proxy");
    assert_eq!(failure.challenges().len(), 1);
    assert_eq!(failure.challenges()[0].realm(), Some("p"));
}

#[test]
fn r54_a_captive_portal_gets_neither_a_token_nor_a_retry() {
    let failure = answer(511, &[], r#"{"error_code": "AUTH_003"}"#);

    assert_eq!(failure.kind(), Kind::Gateway);
    assert!(!failure.is_retryable());
    assert_eq!(failure.replay(), Replay::NotProcessed);
}

#[test]
fn r25_the_errors_of_a_token_endpoint_are_understood() {
    for (error, kind) in [
        ("invalid_grant", Kind::InvalidCredentials),
        ("invalid_client", Kind::InvalidCredentials),
        ("unauthorized_client", Kind::InsufficientPermissions),
        ("invalid_request", Kind::MalformedRequest),
        ("invalid_scope", Kind::ValidationFailed),
        ("authorization_pending", Kind::Pending),
        ("slow_down", Kind::Pending),
        ("temporarily_unavailable", Kind::Unavailable),
        ("server_error", Kind::ServerError),
        ("login_required", Kind::StepUpRequired),
        ("use_dpop_nonce", Kind::ChallengeNonce),
    ] {
        for body in [format!(r#"{{"error": "{error}"}}"#), format!("error={error}&x=y")] {
            let failure = answer(400, &[], &body);

            assert_eq!(failure.kind(), kind, "{body}");
            assert_eq!(failure.code(), Some(error));
        }
    }
}

#[test]
fn rfc_9457_problem_details_are_read_by_media_type_or_shape() {
    let body =
        r#"{"type": "https://example.com/probs/out-of-credit", "title": "No.", "detail": "d"}"#;
    for headers in [&[("content-type", "application/problem+json; charset=utf-8")][..], &[]] {
        let failure = answer(403, headers, body);

        assert_eq!(failure.kind(), Kind::QuotaExhausted);
        assert_eq!(failure.code(), Some("out-of-credit"));
        assert_eq!(failure.description(), Some("d"));
    }
}

#[test]
fn r77_a_403_may_be_a_rate_limit_or_an_expired_token() {
    for (headers, body, kind) in [
        (&[("retry-after", "60")][..], "", Kind::RateLimited),
        (&[("x-ratelimit-remaining", "0")], r#"{"error": "forbidden"}"#, Kind::RateLimited),
        (&[], r#"{"message": "API rate limit exceeded"}"#, Kind::RateLimited),
        (&[], r#"{"code": "ExpiredToken"}"#, Kind::TokenExpired),
        (&[], "<Error><Code>RequestTimeTooSkewed</Code></Error>", Kind::ClockSkew),
        (&[("x-ratelimit-remaining", "1")], "", Kind::InsufficientPermissions),
        (&[("retry-after", "soon")], "", Kind::InsufficientPermissions),
        (
            &[("retry-after", "60")],
            r#"{"error": "insufficient_scope"}"#,
            Kind::InsufficientPermissions,
        ),
    ] {
        assert_eq!(answer(403, headers, body).kind(), kind, "{headers:?} {body}");
    }
}

#[test]
fn r77_only_a_403_becomes_a_rate_limit_because_nothing_is_left() {
    for (status, kind) in [
        (400, Kind::MalformedRequest),
        (401, Kind::InvalidCredentials),
        (404, Kind::NotFound),
        (500, Kind::ServerError),
    ] {
        let failure = answer(status, &[("x-ratelimit-remaining", "0")], "");

        assert_eq!(failure.kind(), kind, "{status}");
    }
}

#[test]
fn r77_a_429_that_does_not_clear_is_a_spent_quota() {
    let failure =
        answer(429, &[("retry-after", "60")], r#"{"error": {"type": "insufficient_quota"}}"#);

    assert_eq!(failure.kind(), Kind::QuotaExhausted);
    assert_eq!(failure.retry_after(), None);
    assert!(!failure.is_retryable());
}

#[test]
fn r45_a_short_wait_on_a_429_outweighs_a_sentence_that_calls_the_limit_a_quota() {
    let body = r#"{"message": "API calls quota exceeded! maximum admitted 5 per 1 second."}"#;
    for (wait, kind) in
        [("1", Kind::RateLimited), ("3600", Kind::RateLimited), ("3601", Kind::QuotaExhausted)]
    {
        assert_eq!(answer(429, &[("retry-after", wait)], body).kind(), kind, "{wait}");
    }
    assert_eq!(answer(429, &[], body).kind(), Kind::QuotaExhausted);
}

#[test]
fn r77_a_quota_of_a_minute_is_a_rate() {
    for (code, text, kind) in [
        ("token_quota_exceeded", "Tokens per minute limit exceeded", Kind::RateLimited),
        ("token_quota_exceeded", "Requests per 10 seconds: limit exceeded", Kind::RateLimited),
        ("token_quota_exceeded", "Rate limit exceeded", Kind::QuotaExhausted),
        ("insufficient_quota", "Check your plan", Kind::QuotaExhausted),
    ] {
        let failure = answer(429, &[], &format!(r#"{{"code": "{code}", "message": "{text}"}}"#));

        assert_eq!(failure.kind(), kind, "{text}");
    }
}

#[test]
fn r77_a_status_that_is_used_for_something_else_gives_way_to_a_sentence_without_doubt() {
    for (status, text, kind) in [
        (403, "You cannot publish over the previously published versions", Kind::Conflict),
        (403, "The link is in use", Kind::InsufficientPermissions),
        (412, "One of the required input parameters is missing", Kind::ValidationFailed),
        (412, "The resource has changed", Kind::Conflict),
        (423, "Please confirm your password to continue", Kind::StepUpRequired),
        (423, "The file is locked", Kind::Conflict),
    ] {
        let failure = answer(status, &[], &format!(r#"{{"message": "{text}"}}"#));

        assert_eq!(failure.kind(), kind, "{status} {text}");
    }
}

#[test]
fn r77_a_fault_of_soap_is_a_500_whatever_it_says() {
    for (code, kind, replay) in [
        ("wsse:FailedAuthentication", Kind::InvalidCredentials, Replay::NotProcessed),
        ("soap:Client", Kind::ServerError, Replay::PossiblyProcessed),
    ] {
        let body = format!("<Fault><faultcode>{code}</faultcode></Fault>");

        let failure = answer(500, &[], &body);

        assert_eq!((failure.kind(), failure.replay()), (kind, replay), "{code}");
    }
}

#[test]
fn r45_a_wait_alone_makes_nothing_retryable() {
    for status in [400, 404, 409, 422] {
        let failure = answer(status, &[("retry-after", "60")], "");

        assert!(!failure.is_retryable(), "{status}");
        assert_eq!(failure.retry_after(), None, "{status}");
    }
    assert_eq!(answer(500, &[("retry-after", "60")], "").retry_after(), None);
}

#[test]
fn r45_the_header_goes_before_the_body_and_both_before_the_window() {
    let window = ("x-ratelimit-reset", "30");
    let body = r#"{"retry_after": 20}"#;
    for (headers, body, seconds) in [
        (&[window, ("retry-after", "10")][..], body, 10),
        (&[window], body, 20),
        (&[window], "", 30),
    ] {
        let hint = RetryAfter::new(Duration::from_secs(seconds), SystemTime::UNIX_EPOCH);

        assert_eq!(answer(429, headers, body).retry_after(), Some(hint));
    }
}

#[test]
fn r41_a_409_is_retried_where_the_first_request_is_still_under_way() {
    let plain = answer(409, &[("retry-after", "1")], "");
    let body = r#"{"title": "A request is outstanding for this Idempotency-Key"}"#;
    let running = answer(409, &[("retry-after", "1")], body);

    assert_eq!((plain.kind(), plain.is_retryable()), (Kind::Conflict, false));
    assert_eq!((running.kind(), running.is_retryable()), (Kind::Conflict, true));
    assert_eq!(running.action(), Action::WaitAndRetry);
    assert!(running.retry_after().is_some());
}

#[test]
fn r40_a_421_and_a_425_were_not_processed_and_a_408_perhaps() {
    assert_eq!(answer(421, &[], "").replay(), Replay::NotProcessed);
    assert_eq!(answer(425, &[], "").replay(), Replay::NotProcessed);
    assert_eq!(answer(408, &[], "").replay(), Replay::PossiblyProcessed);
    assert!(answer(421, &[], "").is_retryable() && answer(425, &[], "").is_retryable());
}

#[test]
fn r78_a_sentence_refines_a_word_that_says_little() {
    for (status, body, kind) in [
        (
            401,
            r#"{"error": "unauthorized", "message": "The token has expired."}"#,
            Kind::TokenExpired,
        ),
        (400, r#"{"error": "access_denied", "message": "Session expired"}"#, Kind::TokenExpired),
        (401, r#"{"code": "AUTH_002", "message": "Token expired"}"#, Kind::InvalidCredentials),
        (429, r#"{"message": "Check your plan and billing details."}"#, Kind::QuotaExhausted),
        (404, r#"{"message": "Token expired"}"#, Kind::NotFound),
        (
            400,
            r#"{"error": "invalid_grant", "error_description": "MFA needed"}"#,
            Kind::StepUpRequired,
        ),
    ] {
        assert_eq!(answer(status, &[], body).kind(), kind, "{body}");
    }
}

#[test]
fn r75_what_remains_of_a_broken_body_is_classified() {
    let headers = headers(&[("content-type", "image/png")]);
    for body in [
        &b"\xef\xbb\xbf{\"error_code\": \"AUTH_003\"}"[..],
        b"{\"error_code\": \"AUTH_003\", \"error_description\": \"cut he",
        b"{\"x\": \"\xff\xfe\", \"error_code\": \"AUTH_003\"}",
        b"{\"error_code\": \"OTHER\", \"error_code\": \"AUTH_003\"}",
        b"[{\"error_code\": \"AUTH_003\"}]",
    ] {
        let failure = classify(&evidence(401, &headers).body(body)).unwrap();

        assert_eq!(failure.kind(), Kind::TokenExpired, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn r75_a_header_value_that_is_no_text_is_passed_over() {
    let mut headers = HeaderMap::new();
    let bytes: Vec<u8> = (0x80..=0xff).collect();
    for name in [CHALLENGE, "retry-after", "date", "x-request-id", "x-ratelimit-remaining"] {
        headers.append(name, HeaderValue::from_bytes(&bytes).unwrap());
    }

    let failure = classify(&evidence(403, &headers)).unwrap();

    assert_eq!(failure.because(), "status 403");
    assert_eq!(failure.request_id(), None);
}

#[test]
fn r56_what_the_server_wrote_is_bounded_and_neutral() {
    let body =
        format!(r#"{{"error": "expired_token\u001b{}", "message": "\u202e"}}"#, "x".repeat(99));

    let failure = answer(401, &[], &body);

    assert!(!failure.because().contains('\u{1b}'), "{:?}", failure.because());
    assert_eq!(failure.description(), Some("\\u{202e}"));
}

#[test]
fn the_request_id_comes_from_the_body_or_from_the_header() {
    let header = [("x-request-id", "from_header")];

    let both = answer(500, &header, r#"{"requestId": "from_body"}"#);

    assert_eq!(both.request_id(), Some("from_body"));
    assert_eq!(answer(500, &header, "").request_id(), Some("from_header"));
}

#[test]
fn r54_nothing_that_stands_on_the_way_speaks_for_the_api() {
    let body = r#"{"error_code": "AUTH_003", "retryable": true}"#;
    for status in [407, 511] {
        let failure = answer(status, &[("x-should-retry", "true")], body);

        assert_eq!((failure.code(), failure.is_retryable()), (None, false), "{status}");
    }
    let proxy = answer(407, &[("proxy-authenticate", "Basic realm=\"p\"")], "");
    assert_eq!(proxy.challenges().len(), 1);
}

#[test]
fn what_says_nothing_hides_nothing() {
    let body = r#"{"detail": "", "message": "The name is too long", "error_code": ""}"#;

    let failure = answer(400, &[], body);

    assert_eq!(failure.description(), Some("The name is too long"));
    assert_eq!(failure.code(), None);
}

#[test]
fn a_number_of_three_digits_is_a_code_unless_it_is_the_status() {
    assert_eq!(answer(400, &[], r#"{"error": {"code": 190}}"#).code(), Some("190"));
    assert_eq!(answer(403, &[], r#"{"error": {"code": 403}}"#).code(), None);
}

#[test]
fn r55_what_may_be_a_credential_is_in_no_line() {
    let failure =
        answer(401, &[("www-authenticate", "ghp_16C7e42F")], r#"{"error": "a@b.example"}"#);

    let shown = format!("{failure} {failure:?} {}", failure.because());

    assert!(!failure.because().contains("ghp_"), "{}", failure.because());
    assert!(!shown.contains("a@b"), "{shown}");
}

#[test]
fn r40_part_of_a_success_may_have_been_done() {
    let headers = HeaderMap::new();
    let graphql = Dialect::named("graphql").unwrap();
    let replay = |body: &str| {
        let evidence = evidence(200, &headers).dialect(graphql).body(body.as_bytes());
        classify(&evidence).unwrap().replay()
    };
    let limited = r#""errors": [{"extensions": {"code": "RATE_LIMITED"}}]"#;

    assert_eq!(replay(&format!("{{{limited}}}")), Replay::NotProcessed);
    assert_eq!(
        replay(&format!(r#"{{"data": {{"pay": {{"id": 1}}}}, {limited}}}"#)),
        Replay::PossiblyProcessed
    );
    assert_eq!(replay(r#"{"errors": [{"message": "x"}]}"#), Replay::PossiblyProcessed);
}

fn answer(status: u16, fields: &[(&'static str, &str)], body: &str) -> Failure {
    let headers = headers(fields);
    classify(&evidence(status, &headers).body(body.as_bytes())).unwrap()
}

fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
    let value = |value| HeaderValue::from_str(value).unwrap();
    fields.iter().map(|&(name, it)| (HeaderName::from_static(name), value(it))).collect()
}

fn evidence(status: u16, headers: &HeaderMap) -> Evidence<'_> {
    let status = StatusCode::from_u16(status).unwrap();
    Evidence::answer(&Method::GET, status, headers, SystemTime::UNIX_EPOCH)
}
