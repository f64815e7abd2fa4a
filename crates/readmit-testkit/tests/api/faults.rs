use std::error::Error as _;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::{Duration, UNIX_EPOCH};

use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use readmit_error::{Stage, Transport};
use readmit_testkit::{Api, Error, Fault, Hint};
use serde_json::json;
use tower_service::Service;

use crate::client::{Reply, get, post, send, with_bearer};

#[tokio::test(start_paused = true)]
async fn a_connection_breaks_at_the_stage_that_was_scripted() {
    for stage in [Stage::Dns, Stage::Connect, Stage::Tls, Stage::Unsent, Stage::Sent] {
        let api = Api::new();
        api.fault(Fault::Broken(stage)).once();

        let error = send(&api, create(&api)).await.unwrap_err();

        let transport = error.source().unwrap().downcast_ref::<Transport>();
        assert_eq!(transport, Some(&Transport { stage, timed_out: false }));
        assert_eq!(api.seen().requests().len(), usize::from(stage == Stage::Sent), "{stage:?}");
        assert_eq!(api.seen().created("m"), 0);
        assert!(send(&api, create(&api)).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_reset_in_the_middle_comes_after_the_head_and_half_of_the_body() {
    let api = Api::new();
    api.fault(Fault::Broken(Stage::Answering)).once();

    let answer = api.service().call(create(&api)).await.unwrap();
    let (head, mut body) = answer.into_parts();
    let half = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let error = body.frame().await.unwrap().unwrap_err();

    assert_eq!(head.status, StatusCode::CREATED);
    assert_eq!(head.headers["content-length"], (half.len() * 2 + 1).to_string().as_str());
    assert!(matches!(error, Error::Broken(Transport { stage: Stage::Answering, .. })));
    assert_eq!(api.seen().created("m"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_leaves_the_work_done() {
    let api = Api::new();
    api.fault(Fault::LostAnswer).once();

    let error = send(&api, create(&api)).await.unwrap_err();
    send(&api, create(&api)).await.unwrap();

    assert!(matches!(error, Error::Broken(Transport { stage: Stage::Sent, .. })));
    assert_eq!((api.seen().created("m"), api.seen().duplicates()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_hang_never_answers() {
    let api = Api::new();
    api.fault(Fault::Hang).once();

    let call = tokio::time::timeout(Duration::from_secs(86_400), send(&api, create(&api)));

    assert!(call.await.is_err());
    assert_eq!(api.seen().requests()[0].status(), None);
    assert_eq!(api.seen().created("m"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_comes_at_its_instant_to_work_done_at_once() {
    let api = Api::new();
    let start = api.clock().now();
    api.fault(Fault::Slow(Duration::from_secs(5))).once();

    let mut call = pin!(send(&api, create(&api)));
    let early = tokio::time::timeout(Duration::from_millis(4_999), &mut call).await;
    let created = api.seen().created("m");
    let reply = call.await.unwrap();

    assert!(early.is_err());
    assert_eq!((created, reply.status), (1, StatusCode::CREATED));
    assert_eq!(api.clock().now() - start, Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_stalled_answer_stays_halfway() {
    let api = Api::new();
    api.fault(Fault::Stalled).once();

    let mut body = api.service().call(create(&api)).await.unwrap().into_body();

    assert!(body.frame().await.unwrap().is_ok());
    let rest = pin!(body.frame());
    assert!(rest.poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[tokio::test(start_paused = true)]
async fn the_documented_errors_have_their_codes_without_a_challenge() {
    for (fault, status, code) in [
        (Fault::InvalidAccessToken, 401, "AUTH_001"),
        (Fault::ExpiredAccessToken, 401, "AUTH_001"),
        (Fault::InvalidServiceKey, 401, "AUTH_002"),
        (Fault::InsufficientPermissions, 403, "AUTH_004"),
        (Fault::RateLimited { retry_after: Hint::Absent }, 429, "RATE_001"),
        (Fault::ValidationFailed, 400, "VAL_001"),
    ] {
        let reply = struck_by(fault).await;

        assert_eq!(reply.status, status);
        assert_eq!(reply.json()["error_code"], code);
        assert_eq!(reply.header("www-authenticate"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_documented_validation_error_is_exact() {
    let reply = struck_by(Fault::ValidationFailed).await;

    assert_eq!(
        reply.json(),
        json!({
            "error": "validation_failed",
            "error_description": "Request validation failed",
            "error_code": "VAL_001",
            "details": {
                "field": "email",
                "message": "Invalid email format",
                "value": "invalid-email",
            },
        })
    );
}

#[tokio::test(start_paused = true)]
async fn r29_a_401_comes_with_a_challenge_or_without() {
    let challenge = r#"Bearer error="invalid_token""#;

    let with = struck_by(Fault::Challenged(challenge.into())).await;
    let without = struck_by(Fault::Unauthorized).await;

    assert_eq!((with.status, with.header("www-authenticate")), (UNAUTHORIZED, Some(challenge)));
    assert_eq!((without.status, without.header("www-authenticate")), (UNAUTHORIZED, None));
    assert!(with.body.is_empty() && without.body.is_empty());
}

#[tokio::test(start_paused = true)]
async fn r44_a_hint_takes_every_form() {
    let at = json!("1970-01-01T00:00:30Z");
    let thirty = Duration::from_secs(30);
    for (hint, header, body) in [
        (Hint::Absent, None, json!(null)),
        (Hint::Body(thirty), None, at.clone()),
        (Hint::Date(thirty), Some("Thu, 01 Jan 1970 00:00:30 GMT"), at.clone()),
        (Hint::Seconds(30), Some("30"), at),
        (Hint::Seconds(u64::MAX), Some("18446744073709551615"), json!("9999-12-31T23:59:59Z")),
        (Hint::Text("soon".into()), Some("soon"), json!(null)),
        (Hint::Text("-1".into()), Some("-1"), json!(null)),
    ] {
        for (fault, status) in [
            (Fault::RateLimited { retry_after: hint.clone() }, 429),
            (Fault::Unavailable { retry_after: hint.clone() }, 503),
        ] {
            let reply = struck_by(fault).await;

            assert_eq!(reply.status, status);
            assert_eq!(reply.header("retry-after"), header, "{hint:?}");
            assert_eq!(reply.json()["details"]["retry_after"], body, "{hint:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r77_a_rate_limit_may_come_as_a_403() {
    let retry_after = Hint::Seconds(7);

    let reply = struck_by(Fault::RateLimitedAsForbidden { retry_after }).await;

    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(reply.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(reply.header("retry-after"), Some("7"));
}

#[tokio::test(start_paused = true)]
async fn the_errors_of_servers_and_proxies_look_like_theirs() {
    for (fault, status, content_type) in [
        (Fault::InternalError, 500, "application/json"),
        (Fault::BadGateway, 502, "text/html"),
        (Fault::GatewayTimeout, 504, "text/plain"),
    ] {
        let reply = struck_by(fault).await;

        assert_eq!(reply.status, status);
        assert_eq!(reply.header("content-type"), Some(content_type));
        assert!(!reply.body.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn r75_an_error_body_may_be_cut_or_huge() {
    let api = Api::new();
    api.fault(Fault::TruncatedError).once();

    let cut = send(&api, create(&api)).await.unwrap_err();
    let huge = struck_by(Fault::HugeError).await;

    assert!(matches!(cut, Error::Broken(Transport { stage: Stage::Answering, .. })));
    assert_eq!(huge.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(10 << 20 < huge.body.len());
}

#[tokio::test(start_paused = true)]
async fn a_redirect_goes_where_it_was_told() {
    let status = StatusCode::TEMPORARY_REDIRECT;
    let location = "http://127.0.0.1:9/elsewhere".to_owned();

    let reply = struck_by(Fault::Redirect { status, location }).await;

    assert_eq!(reply.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(reply.header("location"), Some("http://127.0.0.1:9/elsewhere"));
}

#[tokio::test(start_paused = true)]
async fn r36_any_answer_at_all_can_be_given() {
    let response = Response::builder()
        .status(407)
        .header("proxy-authenticate", "Basic")
        .header("date", "Thu, 01 Jan 1970 00:00:00 GMT")
        .body("proxy")
        .unwrap();

    let reply = struck_by(Fault::respond(response)).await;

    assert_eq!(reply.status, StatusCode::PROXY_AUTHENTICATION_REQUIRED);
    assert_eq!(reply.header("proxy-authenticate"), Some("Basic"));
    assert_eq!(reply.header("date"), Some("Thu, 01 Jan 1970 00:00:00 GMT"));
    assert_eq!(reply.body, "proxy");
}

#[tokio::test(start_paused = true)]
async fn the_length_told_is_the_length_sent_and_a_204_tells_none() {
    let wrong = Response::builder().header("content-length", "99").body("four").unwrap();
    let nothing = Response::builder().status(204).body("").unwrap();

    let wrong = struck_by(Fault::respond(wrong)).await;
    let nothing = struck_by(Fault::respond(nothing)).await;

    assert_eq!(wrong.header("content-length"), Some("4"));
    assert_eq!(nothing.header("content-length"), None);
}

#[tokio::test(start_paused = true)]
async fn a_text_that_no_header_can_hold_becomes_empty() {
    let reply = struck_by(Fault::Challenged("Bearer\nX: y".into())).await;

    assert_eq!(reply.header("www-authenticate"), Some(""));
}

#[tokio::test(start_paused = true)]
async fn a_fault_strikes_only_where_it_was_scripted() {
    let api = Api::new();
    let token = api.new_access_token();
    api.fault(Fault::InternalError).on("GET", "/organizations/{id}/members").always();
    api.fault(Fault::BadGateway).on("POST", "/token").always();

    assert_eq!(get(&api, "/data_flows", &token).await.status, StatusCode::OK);
    assert_eq!(get(&api, "/organizations/7/members", &token).await.status, 500);
    assert_eq!(post(&api, "/token", &token, "").await.status, 502);
    api.clear_faults();
    assert_eq!(post(&api, "/token", &token, "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_off_never_arrives() {
    let api = Api::new();
    let frames = [Ok("half".into()), Err(std::io::Error::other("gone"))];
    let body = readable(frames);

    let request = Request::post("/data_flows").body(body).unwrap();
    let error = api.service().call(request).await.unwrap_err();

    assert_eq!(error.source().unwrap().to_string(), "gone");
    assert!(api.seen().requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_streamed_body_is_read_whole() {
    let api = Api::new();
    let frames = [Ok(r#"{"na"#.into()), Ok(r#"me":"a"}"#.into())];
    let request = with_bearer(Request::post("/data_flows"), &api.new_access_token());

    let answer = api.service().call(request.body(readable(frames)).unwrap()).await.unwrap();

    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(api.seen().requests()[0].body_len(), 12);
}

/// Returns what an API gives, at the beginning of 1970, to a request that this fault strikes.
async fn struck_by(fault: Fault) -> Reply {
    let api = Api::builder().wall(UNIX_EPOCH).build();
    api.fault(fault).once();
    get(&api, "/data_flows", &api.new_access_token()).await
}

fn create(api: &Api) -> Request<String> {
    let request = with_bearer(Request::post("/data_flows"), &api.new_access_token());
    request.body(r#"{"name":"flow","marker":"m"}"#.to_owned()).unwrap()
}

/// A body of these frames.
fn readable<const N: usize>(
    frames: [Result<bytes::Bytes, std::io::Error>; N],
) -> impl http_body::Body<Data = bytes::Bytes, Error = std::io::Error> + Send + 'static {
    Frames(frames.into_iter().collect())
}

struct Frames(std::collections::VecDeque<Result<bytes::Bytes, std::io::Error>>);

impl http_body::Body for Frames {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, std::io::Error>>> {
        std::task::Poll::Ready(self.0.pop_front().map(|frame| frame.map(http_body::Frame::data)))
    }
}

const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;
