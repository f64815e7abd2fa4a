//! Answers that are not what they were read as, and what an answer says of itself.

use std::error::Error as _;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Response, Version};
use readmit::error::{Kind, Replay};
use readmit::{NotThatJson, credentials};
use readmit_testkit::{Api, Fault, Hint};
use serde::Deserialize;

use crate::{client, over};

#[derive(Debug, Deserialize)]
struct Named {
    #[expect(dead_code, reason = "its presence is what is tested")]
    name: String,
}

#[tokio::test(start_paused = true)]
async fn a_success_that_is_an_error_document_is_the_failure_that_it_tells_of() {
    for (body, kind, retryable) in [
        (r#"{"error": "rate_limit_exceeded"}"#, Kind::RateLimited, true),
        (
            r#"{"error_code": "AUTH_004", "error_description": "no"}"#,
            Kind::InsufficientPermissions,
            false,
        ),
        (r#"{"success": false, "error": {"code": "not_found"}}"#, Kind::NotFound, false),
    ] {
        let error = read(body).await;

        assert_eq!((error.failure().kind(), error.is_retryable()), (kind, retryable), "{body}");
        assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (200, 1));
        assert_eq!(error.body().unwrap(), body.as_bytes());
        assert!(!error.is_decode() && error.host() == Some("api.test"));
        let place = error.source().and_then(|source| source.downcast_ref::<NotThatJson>());
        assert_eq!(place.map(|place| place.line), Some(1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_of_another_shape_says_where_and_repeats_no_value() {
    for body in [
        r#"{"name": 7, "secret": "planted"}"#,
        r#"{"planted": 1}"#,
        "planted",
        "<p>planted</p>",
        "",
    ] {
        let error = read(body).await;

        assert!(error.is_decode(), "{body}");
        assert_eq!(
            (error.failure().kind(), error.failure().replay()),
            (Kind::Unknown, Replay::Processed)
        );
        assert!(error.to_string().contains("line "), "{error}");
        assert!(
            !format!("{error} {error:?} {:?}", error.source()).contains("planted"),
            "{error:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn r56_an_error_document_that_echoes_a_secret_is_not_believed_to_be_harmless() {
    let api = Api::new();
    let token = api.new_access_token();
    let echo = format!(r#"{{"error": "odd", "error_description": "saw {token} and planted-key"}}"#);
    api.fault(Fault::respond(Response::new(echo))).on("GET", "/data_flows").always();
    let client = over(&api).credentials(credentials::bearer(token.clone()));
    let client = client.build_over(api.service()).unwrap();
    let mut key = HeaderValue::from_static("planted-key");
    key.set_sensitive(true);

    let answer = client.get("/data_flows").header("x-api-key", key).send().await.unwrap();
    let error = answer.json::<Named>().await.unwrap_err();

    let told =
        format!("{error} {error:?} {:?} {}", error.failure().description(), error.user_message());
    assert_eq!(error.failure().description(), Some("saw REDACTED and REDACTED"));
    assert!(!told.contains(&token) && !told.contains("planted"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_says_where_it_came_from_and_how_long_it_is() {
    let api = Api::new();
    let client = client(&api);

    let answer = client.get("/data_flows").query([("page", 2)]).send().await.unwrap();

    assert_eq!(answer.url().as_str(), "https://api.test/data_flows?page=2");
    assert_eq!(answer.version(), Version::HTTP_11);
    let length = answer.content_length();
    assert_eq!(Some(answer.bytes().await.unwrap().len() as u64), length);
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_a_redirect_came_from_there_and_a_fallback_from_nowhere_else() {
    let api = Api::new();
    let client = client(&api);
    let moved =
        Response::builder().status(307).header("location", "/data_flows/1").body("").unwrap();
    api.fault(Fault::respond(moved)).on("GET", "/data_flows").once();
    let found = Response::new("{}");
    api.fault(Fault::respond(found)).on("GET", "/data_flows/{id}").once();
    let quiet = |_: &_| Some(Response::new(bytes::Bytes::from_static(b"{}")));

    let moved = client.get("/data_flows").send().await.unwrap();
    let fallen_back = client.get("/nowhere").fallback(quiet).send().await.unwrap();

    assert_eq!(moved.url().path(), "/data_flows/1");
    assert_eq!(fallen_back.url().path(), "/nowhere");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_tried_once_is_recovered_and_not_repeated() {
    let api = Api::new();
    let client = client(&api);
    client.get("/data_flows").send().await.unwrap();
    api.revoke_access_tokens();

    let recovered = client.get("/data_flows").without_retry().send().await.unwrap();
    api.fault(Fault::Unavailable { retry_after: Hint::Seconds(1) })
        .on("GET", "/data_flows")
        .always();
    let error = client.get("/data_flows").without_retry().send().await.unwrap_err();

    assert_eq!((recovered.attempts(), recovered.recoveries()), (1, 1));
    assert_eq!((error.attempts(), error.is_exhausted()), (1, false));
}

#[tokio::test(start_paused = true)]
async fn r49_an_attempt_has_the_time_that_its_request_gives_it() {
    let api = Api::new();
    let client = client(&api);
    client.sign_in().await.unwrap();
    api.fault(Fault::Slow(Duration::from_secs(45))).on("GET", "/data_flows").always();
    let get = || client.get("/data_flows").without_retry();

    let in_time = get().attempt_timeout(Duration::from_secs(50)).send().await;
    let too_late = get().attempt_timeout(Duration::from_secs(2)).send().await.unwrap_err();

    assert!(in_time.is_ok());
    assert!(too_late.is_timeout() && !too_late.is_out_of_time());
    assert_eq!(too_late.failure().kind(), Kind::ClientTimeout);
}

#[tokio::test(start_paused = true)]
async fn headers_are_set_in_the_place_of_those_of_their_names() {
    let api = Api::new();
    let mut headers = HeaderMap::new();
    headers.insert("accept", HeaderValue::from_static("text/plain"));
    headers.append("x-tag", HeaderValue::from_static("one"));
    headers.append("x-tag", HeaderValue::from_static("two"));

    let request = client(&api).get("/data_flows").header("accept", "text/html").headers(headers);
    request.send().await.unwrap();

    let seen = api.seen();
    let sent = seen.requests().last().unwrap().headers();
    let values = |name: &str| sent.get_all(name).iter().cloned().collect::<Vec<_>>();
    assert_eq!(values("accept"), ["text/plain"]);
    assert_eq!(values("x-tag"), ["one", "two"]);
}

async fn read(body: &str) -> readmit::Error {
    let api = Api::new();
    api.fault(Fault::respond(Response::new(body.to_owned()))).on("GET", "/data_flows").always();
    let answer = client(&api).get("/data_flows").send().await.unwrap();
    answer.json::<Named>().await.unwrap_err()
}
