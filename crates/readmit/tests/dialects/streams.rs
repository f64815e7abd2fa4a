//! Successes that take their time, or never end.

use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use readmit::Client;
use readmit::error::Kind;
use tokio::time::Instant;

use crate::secs;
use crate::wire::Wire;

#[tokio::test(start_paused = true)]
async fn r74_a_stream_of_another_type_is_given_out_at_once() {
    let wire = Wire::default();
    let far = wire.answers("text/event-stream");
    let began = Instant::now();

    let mut answer = slack(&wire).get("/a").send().await.unwrap();
    let waited = began.elapsed();
    far.send("data: 1\n\n");
    let first = answer.chunk().await.unwrap().unwrap();

    assert_eq!((waited, &first[..]), (secs(0), &b"data: 1\n\n"[..]));
    assert!(!far.is_let_go());
}

#[tokio::test(start_paused = true)]
async fn r74_a_dialect_that_reads_no_success_gives_json_out_at_once() {
    for origin in ["https://api.test", "https://api.stripe.com"] {
        let wire = Wire::default();
        let far = wire.answers("application/json");
        far.send(r#"{"error":"#);
        let client = Client::builder(origin).build_over(wire.clone()).unwrap();
        let began = Instant::now();

        let answer = client.get("/a").send().await.unwrap();

        assert_eq!(began.elapsed(), secs(0));
        assert!(!far.is_let_go());
        // Nothing of it was read.
        assert!(format!("{answer:?}").contains("read: 0"), "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r75_a_success_beyond_the_bound_is_not_held_back() {
    let wire = Wire::default();
    let far = wire.answers("application/json");
    far.send(r#"{"ok":true,"text":""#);
    far.send("x".repeat(70_000));
    let began = Instant::now();

    let answer = slack(&wire).get("/a").send().await.unwrap();
    let waited = began.elapsed();
    far.send("y\"}");
    drop(far);
    let text = answer.text().await.unwrap();

    assert_eq!(waited, secs(0));
    assert_eq!(text, format!(r#"{{"ok":true,"text":"{}y"}}"#, "x".repeat(70_000)));
}

#[tokio::test(start_paused = true)]
async fn r75_a_failure_is_found_in_a_success_that_never_ends() {
    let wire = Wire::default();
    let far = wire.answers("application/json");
    far.send(r#"{"ok":false,"error":"missing_scope","text":""#);
    far.send("x".repeat(70_000));

    let error = slack(&wire).get("/a").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::InsufficientPermissions);
    assert_eq!((error.is_body_cut(), error.body().unwrap().len()), (true, 64 << 10));
    assert!(far.is_let_go());
}

#[tokio::test(start_paused = true)]
async fn a_success_that_stalls_costs_the_attempt_timeout_and_nothing_of_its_body() {
    let wire = Wire::default();
    let far = wire.answers("application/json");
    far.send(r#"{"ok":"#);
    let began = Instant::now();

    let answer = slack(&wire).get("/a").send().await.unwrap();
    let waited = began.elapsed();
    far.send("true}");
    drop(far);

    assert_eq!((waited, answer.attempts()), (secs(30), 1));
    assert_eq!(answer.text().await.unwrap(), r#"{"ok":true}"#);
}

#[tokio::test(start_paused = true)]
async fn a_success_that_stalls_until_the_deadline_is_given_out_in_time() {
    let wire = Wire::default();
    let far = wire.answers("application/json");
    far.send(r#"{"ok":"#);

    let answer = slack(&wire).get("/a").deadline(secs(5)).send().await.unwrap();
    let late = answer.bytes().await.unwrap_err();

    assert!(late.is_out_of_time());
    assert!(far.is_let_go());
}

#[tokio::test(start_paused = true)]
async fn trailers_come_after_what_was_read_ahead() {
    for length in [1, 70_000] {
        let wire = Wire::default();
        let far = wire.answers("application/json");
        far.send(r#"{"ok":true,"text":""#);
        far.send("x".repeat(length));
        far.send("\"}");
        let sum = HeaderValue::from_static("abc");
        far.end_with(HeaderMap::from_iter([("digest".parse().unwrap(), sum.clone())]));

        let answer = slack(&wire).get("/a").send().await.unwrap();
        let body = answer.into_http().into_body().collect().await.unwrap();

        assert_eq!(body.trailers().and_then(|it| it.get("digest")), Some(&sum), "{length}");
        assert_eq!(body.to_bytes().len(), 21 + length);
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_that_breaks_off_is_told_where_it_is_read() {
    let wire = Wire::default();
    let far = wire.answers("application/json");
    far.send(r#"{"ok":true"#);
    far.break_off();

    let mut answer = slack(&wire).get("/a").send().await.unwrap();
    let first = answer.chunk().await.unwrap().unwrap();
    let error = answer.chunk().await.unwrap_err();

    assert_eq!(&first[..], br#"{"ok":true"#);
    assert_eq!((error.failure().kind(), error.attempts()), (Kind::ConnectionLost, 1));
}

fn slack(wire: &Wire) -> Client<Wire> {
    Client::builder("https://slack.com").build_over(wire.clone()).unwrap()
}
