//! Where time runs out, and what the caller is told.

use std::convert::Infallible;
use std::error::Error as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body::Frame;
use http_body_util::Full;
use readmit::error::{Failure, Kind, Origin, Replay};
use readmit::retry::{Jitter, Policy};
use readmit::{Body, Client, RequestBuilder};
use readmit_testkit::{Api, ApiService, Fault};
use tokio::time::{Instant, Sleep};

use crate::{builder, client, millis, secs, unavailable};

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_an_attempt_under_way() {
    for fault in [Fault::Hang, Fault::Slow(secs(20))] {
        let api = Api::new();
        let client = client(&api);
        api.fault(fault).once();
        let began = Instant::now();

        let error = client.get("/data_flows").deadline(secs(5)).send().await.unwrap_err();

        assert_eq!(error.failure().kind(), Kind::DeadlineExceeded);
        assert_eq!(error.failure().origin(), Origin::Local);
        assert_eq!(error.failure().replay(), Replay::PossiblyProcessed);
        assert!(error.is_out_of_time() && !error.is_rejected());
        assert_eq!((error.attempts(), began.elapsed()), (1, secs(5)));
    }
}

#[tokio::test(start_paused = true)]
async fn r48_a_wait_that_would_end_too_late_is_not_begun() {
    let api = Api::new();
    let policy = Policy::constant(secs(10)).jitter(Jitter::None).build().unwrap();
    let client = builder(&api).retry(policy).build_over(api.service()).unwrap();
    api.fault(unavailable()).always();
    let began = Instant::now();

    let error = client.get("/data_flows").deadline(secs(15)).send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Unavailable);
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert!(error.is_out_of_time() && !error.is_exhausted());
    assert_eq!((error.attempts(), began.elapsed()), (2, secs(10)));
}

#[tokio::test(start_paused = true)]
async fn r48_a_policys_own_deadline_holds_where_it_is_earlier() {
    let api = Api::new();
    let policy = Policy::constant(secs(10)).jitter(Jitter::None).deadline(secs(5));
    let client = builder(&api).retry(policy.build().unwrap()).build_over(api.service()).unwrap();
    api.fault(unavailable()).always();
    let began = Instant::now();

    let error = client.get("/data_flows").send().await.unwrap_err();

    assert!(error.is_out_of_time());
    assert_eq!((error.attempts(), began.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_body_of_an_answer() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Stalled).next(2);
    let began = Instant::now();

    let whole = client.get("/data_flows").deadline(secs(5)).send().await.unwrap();
    let whole = whole.bytes().await.unwrap_err();
    let took = began.elapsed();
    let mut pieces = client.get("/data_flows").deadline(secs(5)).send().await.unwrap();
    let first = pieces.chunk().await.unwrap();
    let second = pieces.chunk().await.unwrap_err();

    assert_eq!(first.as_deref(), Some(&b"["[..]));
    for error in [whole, second] {
        assert_eq!(error.failure().kind(), Kind::DeadlineExceeded);
        assert_eq!(error.failure().replay(), Replay::Processed);
        assert!(error.is_out_of_time());
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!((took, began.elapsed()), (secs(5), secs(10)));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_counts_from_the_beginning_of_the_call() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Slow(secs(4))).once();
    api.fault(Fault::Stalled).once();
    let began = Instant::now();
    client.get("/data_flows").deadline(secs(5)).send().await.unwrap();
    let request = client.get("/data_flows").deadline(secs(5));
    tokio::time::advance(secs(3)).await;

    let answer = request.send().await.unwrap();
    answer.bytes().await.unwrap_err();

    // A request that is not yet sent has no deadline that could run.
    assert_eq!(began.elapsed(), secs(4 + 3 + 5));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_hangs_is_given_up_and_the_next_one_succeeds() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Hang).once();
    let began = Instant::now();

    let answer = client.get("/data_flows").send().await.unwrap();

    assert_eq!(answer.attempts(), 2);
    assert_eq!(began.elapsed(), secs(30) + millis(100));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_hangs_may_have_been_done() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Hang).once();
    let began = Instant::now();

    let error = client.post("/data_flows").body("{}").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::ClientTimeout);
    assert_eq!(error.failure().replay(), Replay::PossiblyProcessed);
    assert!(error.is_network() && !error.is_out_of_time());
    assert_eq!((error.attempts(), began.elapsed()), (1, secs(30)));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_to_the_end_keeps_what_happened_before() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Hang).always();
    let began = Instant::now();

    let error = client.get("/data_flows").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::DeadlineExceeded);
    let before = error.source().and_then(|source| source.downcast_ref::<Failure>());
    assert_eq!(before.map(Failure::kind), Some(Kind::ClientTimeout));
    assert_eq!((error.attempts(), began.elapsed()), (2, secs(60)));
}

#[tokio::test(start_paused = true)]
async fn the_attempt_timeout_is_not_for_the_body_of_a_good_answer() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Stalled).once();
    let began = Instant::now();

    let error = client.get("/data_flows").send().await.unwrap().bytes().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::DeadlineExceeded);
    assert_eq!(began.elapsed(), secs(60));
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_no_deadline_but_its_own() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Stalled).always();
    let began = Instant::now();

    let endless = stream(&client).send().await.unwrap();
    let endless = tokio::time::timeout(secs(3_000), endless.bytes()).await;
    let bounded = stream(&client).deadline(secs(5)).send().await.unwrap();
    let bounded = bounded.bytes().await.unwrap_err();

    assert!(endless.is_err(), "fifty minutes passed, and the call went on");
    assert!(bounded.is_out_of_time());
    assert_eq!(began.elapsed(), secs(3_000 + 5));
}

#[tokio::test(start_paused = true)]
async fn the_time_of_an_upload_is_not_that_of_the_attempt() {
    let api = Api::new();
    let client = client(&api);
    let began = Instant::now();

    let answer = client.post("/data_flows").body(Body::stream(Trickle::over(600))).send().await;

    assert_eq!(answer.unwrap().status(), StatusCode::CREATED);
    assert_eq!(began.elapsed(), secs(600));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_follow_an_upload_is_waited_for_as_long_as_any() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Hang).on("POST", "/data_flows").once();
    let began = Instant::now();

    let error = stream(&client).send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::ClientTimeout);
    assert_eq!(began.elapsed(), secs(30));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_no_clock_reaches_is_none() {
    let api = Api::new();
    let client = client(&api);
    api.fault(unavailable()).once();

    let answer = client.get("/data_flows").deadline(Duration::MAX).send().await.unwrap();

    assert_eq!(answer.attempts(), 2);
}

fn stream(client: &Client<ApiService>) -> RequestBuilder<ApiService> {
    let body = Full::new(Bytes::from_static(b"{\"name\":\"orders\"}"));
    client.post("/data_flows").body(Body::stream(body))
}

/// A flow that comes up byte by byte, one a second.
struct Trickle {
    left: std::vec::IntoIter<u8>,
    pause: Pin<Box<Sleep>>,
}

impl Trickle {
    fn over(seconds: usize) -> Trickle {
        let flow = format!("{:<seconds$}", "{\"name\":\"orders\"}");
        Trickle {
            left: flow.into_bytes().into_iter(),
            pause: Box::pin(tokio::time::sleep(secs(1))),
        }
    }
}

impl http_body::Body for Trickle {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.len() == 0 {
            return Poll::Ready(None);
        }
        std::task::ready!(self.pause.as_mut().poll(cx));
        self.pause.set(tokio::time::sleep(secs(1)));
        let next = self.left.next();
        Poll::Ready(next.map(|byte| Ok(Frame::data(Bytes::from(vec![byte])))))
    }
}
