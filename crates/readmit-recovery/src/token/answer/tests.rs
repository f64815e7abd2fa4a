use http::Uri;
use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::*;

#[test]
fn r15_a_lifetime_is_read_in_all_its_forms() {
    let secs = |secs| Lifetime::For(Duration::from_secs(secs));
    let cases = [
        ("3600", secs(3600)),
        ("\"3600\"", secs(3600)),
        ("\" 3600 \"", secs(3600)),
        ("3599.5", Lifetime::For(Duration::from_millis(3_599_500))),
        ("\"3600.0\"", secs(3600)),
        ("0", secs(0)),
        ("-5", secs(0)),
        ("\"-5\"", secs(0)),
        ("-0.5", secs(0)),
        ("18446744073709551615", secs(u64::MAX)),
        ("18446744073709551616", Lifetime::For(Duration::MAX)),
        ("1e300", Lifetime::For(Duration::MAX)),
        ("\"99999999999999999999999\"", Lifetime::For(Duration::MAX)),
        ("null", Lifetime::Unknown),
        ("true", Lifetime::Unknown),
        ("\"soon\"", Lifetime::Unknown),
        ("\"NaN\"", Lifetime::Unknown),
        ("\"inf\"", Lifetime::Unknown),
        ("\"\"", Lifetime::Unknown),
        ("[3600]", Lifetime::Unknown),
    ];

    for (told, lifetime) in cases {
        let answer = good(&format!(r#"{{"access_token":"t","expires_in":{told}}}"#));
        assert_eq!(answer.lifetime(), lifetime, "{told}");
    }
    assert_eq!(good(r#"{"access_token":"t"}"#).lifetime(), Lifetime::Unknown);
}

#[test]
fn an_absolute_end_is_read_where_no_lifetime_is_told() {
    let end = Lifetime::Until(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));

    for body in [
        r#"{"access_token":"t","expires_at":1800000000}"#,
        r#"{"access_token":"t","expires_on":"1800000000"}"#,
    ] {
        assert_eq!(good(body).lifetime(), end);
    }
    let both = good(r#"{"access_token":"t","expires_in":5,"expires_at":1800000000}"#);
    assert_eq!(both.lifetime(), Lifetime::For(Duration::from_secs(5)));
    let words = good(r#"{"access_token":"t","expires_at":"2027-01-15T08:00:00Z"}"#);
    assert_eq!(words.lifetime(), Lifetime::Unknown);
}

#[test]
fn what_is_missing_or_of_the_wrong_type_is_left_out() {
    let bare = good(r#"{"access_token":"t","token_type":7,"refresh_token":"","scope":null}"#);

    assert_eq!(bare.token_type(), "Bearer");
    assert!(bare.refresh_token().is_none());
    assert_eq!(bare.scope(), None);
}

#[test]
fn what_is_told_is_read() {
    let body = "\u{feff}{\"access_token\":\"t\",\"token_type\":\"DPoP\",\"refresh_token\":\"r\",\
                \"scope\":\"a b\",\"more\":[1]}";

    let answer = good(body);

    assert_eq!(answer.access_token().expose_secret(), "t");
    assert_eq!(answer.token_type(), "DPoP");
    assert_eq!(answer.refresh_token().unwrap().expose_secret(), "r");
    assert_eq!(answer.scope(), Some("a b"));
    // A token that was traded for one of another kind has no type that is a scheme.
    for bearer in ["bearer", "BEARER", "N_A"] {
        let body = format!(r#"{{"access_token":"t","token_type":"{bearer}"}}"#);
        assert_eq!(good(&body).token_type(), "Bearer");
    }
}

#[test]
fn r26_a_good_status_with_a_bad_body_is_malformed() {
    let inside = |whose_move, code| Fault::ErrorInside { whose_move, code };
    let cases = [
        ("", Fault::NotJson),
        ("<html>planted</html>", Fault::NotJson),
        ("[\"planted\"]", Fault::NotJson),
        (r#"{"access_token":"planted""#, Fault::NotJson),
        ("{}", Fault::NoAccessToken),
        (r#"{"access_token":""}"#, Fault::NoAccessToken),
        (r#"{"access_token":7}"#, Fault::NoAccessToken),
        (r#"{"access_token":"planted\r\nX: y"}"#, Fault::UnfitAccessToken),
        (r#"{"access_token":"plänted"}"#, Fault::UnfitAccessToken),
        (r#"{"access_token":"t","token_type":"planted x"}"#, Fault::UnfitTokenType),
        (
            r#"{"error":"invalid_grant","error_description":"planted"}"#,
            inside(WhoseMove::Person, Some("invalid_grant")),
        ),
        (r#"{"error":"planted"}"#, inside(WhoseMove::Operator, None)),
        (r#"{"error":"server_error"}"#, inside(WhoseMove::Provider, Some("server_error"))),
    ];

    for (body, fault) in cases {
        let error = read(200, body).unwrap_err();
        assert_eq!(error, TokenError::Malformed { status: 200, fault }, "{body}");
        assert!(!format!("{error} {error:?}").contains("planted"), "{body}");
    }
    assert!(!read(200, "<html>").unwrap_err().is_terminal());
    assert!(read(200, r#"{"error":"invalid_grant"}"#).unwrap_err().is_terminal());
}

#[test]
fn r26_an_answer_beyond_measure_is_not_read() {
    let body = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(MAX_BODY));

    let error = read(200, &body).unwrap_err();

    assert_eq!(error, TokenError::Malformed { status: 200, fault: Fault::TooLong });
    assert!(good(&body.replace(&"a".repeat(MAX_BODY), "t")).refresh_token().is_none());
}

#[test]
fn r25_the_documented_code_comes_first() {
    let body = r#"{"error":"Unauthorized","error_code":"AUTH_002","message":"revoked"}"#;

    let error = read(401, body).unwrap_err();

    assert_eq!(
        error,
        TokenError::Refused {
            status: 401,
            code: "AUTH_002".to_owned(),
            description: Some("revoked".to_owned()),
            whose_move: WhoseMove::Operator,
            retry_after: None,
        }
    );
    assert!(error.is_terminal());
    assert_eq!(error.to_string(), "the token endpoint answered 401: AUTH_002");
}

#[test]
fn r25_a_code_of_its_own_serves_where_there_is_no_other() {
    let error = read(400, r#"{"error":"","error_code":"KEY_17"}"#).unwrap_err();
    assert_eq!(error.to_string(), "the token endpoint answered 400: KEY_17");

    let error = read(400, r#"{"error":"invalid_grant","error_code":"KEY_17"}"#).unwrap_err();
    assert_eq!(error.whose_move(), WhoseMove::Person);
}

#[test]
fn r25_the_status_decides_where_no_code_is_told() {
    for (status, whose_move) in [
        (302, WhoseMove::Operator),
        (400, WhoseMove::Operator),
        (401, WhoseMove::Operator),
        (404, WhoseMove::Operator),
        (408, WhoseMove::Provider),
        (429, WhoseMove::Provider),
        (503, WhoseMove::Provider),
    ] {
        let error = read(status, "<html>").unwrap_err();
        assert_eq!(error.whose_move(), whose_move, "{status}");
        assert!(error.to_string().ends_with(&format!("HTTP_{status}")));
    }
}

#[test]
fn r10_a_refusal_carries_the_wait_that_was_asked_for() {
    let body = br#"{"error_code":"RATE_001"}"#;
    let wait = Some(Duration::from_secs(7));

    let refused = TokenAnswer::read(&request(), 429, wait, body);

    assert_eq!(refused.unwrap_err().retry_after(), wait);
}

#[test]
fn r55_nothing_secret_is_printed() {
    let answer = good(r#"{"access_token":"planted-a","refresh_token":"planted-r"}"#);
    let echo = |code: &str, words: &str| {
        read(400, &format!(r#"{{"error":"{code}","error_description":"{words}"}}"#)).unwrap_err()
    };
    // The key as it was sent, in a word, and as the code itself.
    let errors = [
        echo("invalid_client", "bad key planted-service-key!"),
        echo("invalid_client", "bad key 'planted-service-key!'\\n"),
        echo("planted-service-key!", "x"),
        echo("x", "cGxhbnRlZC1zZXJ2aWNlLWtleSE planted%2Dservice%2Dkey%21 planted-service-key!"),
    ];

    let printed = format!("{answer:?} {errors:?} {}", errors[2]);

    assert!(!printed.contains("planted-"), "{printed}");
    assert!(printed.contains("REDACTED"));
}

#[test]
fn r55_a_client_secret_is_known_in_every_spelling_it_was_sent_in() {
    let auth = crate::ClientAuth::basic("id", "s3cr3t & more of it");
    let url = Uri::from_static("https://h/");
    let request = TokenRequest::client_credentials(&url, &auth, None).unwrap();
    let sent = request.headers()["authorization"].to_str().unwrap();
    let spellings = ["s3cr3t & more of it", "s3cr3t+%26+more+of+it", sent];

    for spelling in spellings {
        let body = format!(r#"{{"error":"invalid_client","error_description":"<{spelling}>"}}"#);
        let error = TokenAnswer::read(&request, 401, None, body.as_bytes()).unwrap_err();

        let printed = format!("{error:?}");
        assert!(!printed.contains(spelling), "{printed}");
        assert!(printed.contains("REDACTED>"), "{printed}");
    }
}

#[test]
fn r55_a_refresh_token_and_a_secret_in_the_body_are_known_too() {
    let url = Uri::from_static("https://h/");
    let auth = crate::ClientAuth::body("id", "planted-secret");
    let token = SecretString::from("planted-token");
    let request = TokenRequest::refresh_token(&url, &token, Some(&auth), None).unwrap();
    let body = br#"{"error":"invalid_grant","error_description":"planted-token planted-secret"}"#;

    let error = TokenAnswer::read(&request, 400, None, body).unwrap_err();

    let printed = format!("{error:?}");
    assert!(printed.contains(r#""REDACTED REDACTED""#), "{printed}");
}

proptest! {
    #[test]
    fn r26_any_bytes_are_read_without_a_panic(
        status in any::<u16>(),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = TokenAnswer::read(&request(), status, None, &body);
    }

    #[test]
    fn r26_any_members_are_read_without_a_panic(
        status in prop::sample::select(vec![200_u16, 400, 500]),
        name in prop::sample::select(vec![
            "access_token", "token_type", "expires_in", "expires_at", "refresh_token", "error",
            "error_code", "error_description", "details",
        ]),
        value in prop_oneof![
            any::<f64>().prop_map(|n| n.to_string()),
            any::<i64>().prop_map(|n| n.to_string()),
            any::<String>().prop_map(|text| Value::from(text).to_string()),
            any::<u64>().prop_map(|n| format!(r#"{{"retry_after":{n}}}"#)),
        ],
    ) {
        let body = format!(r#"{{"access_token":"t","{name}":{value}}}"#);

        let answer = TokenAnswer::read(&request(), status, None, body.as_bytes());

        if let Ok(answer) = answer {
            prop_assert!(misfit(answer.access_token().expose_secret()).is_none());
        }
    }
}

fn read(status: u16, body: &str) -> Result<TokenAnswer, TokenError> {
    TokenAnswer::read(&request(), status, None, body.as_bytes())
}

fn good(body: &str) -> TokenAnswer {
    read(200, body).unwrap()
}

fn request() -> TokenRequest {
    let url = Uri::from_static("https://auth.example.com/token");
    TokenRequest::service_key(&url, &SecretString::from("planted-service-key!")).unwrap()
}
