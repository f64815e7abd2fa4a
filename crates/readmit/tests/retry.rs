//! What is sent again, when, how often, and what is left to say when it is given up.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Method, StatusCode};
use http_body_util::Full;
use readmit::error::event::{DelaySource, Event, Record, Sink};
use readmit::error::{Action, Failure, Kind, Replay, Stage};
use readmit::retry::{Jitter, Policy};
use readmit::{Body, Client, ClientBuilder, Error, RequestBuilder, Response, credentials};
use readmit_testkit::{Api, ApiBody, ApiService, Fault, Hint, Skew};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn r43_a_get_is_repeated_and_waits_as_its_policy_says() {
    let api = Api::new();
    let client = client(&api);
    api.fault(unavailable()).next(2);
    let began = Instant::now();

    let answer = get(&client).await.unwrap();

    assert_eq!((answer.status(), answer.attempts()), (StatusCode::OK, 3));
    assert_eq!(answer.recoveries(), 0);
    assert_eq!(began.elapsed(), millis(100 + 200));
    assert_eq!(api.seen().requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn r43_full_jitter_never_waits_longer_than_the_policy() {
    let api = Api::new();
    let client = builder(&api).retry(Policy::DEFAULT).build_over(api.service()).unwrap();

    for _ in 0..30 {
        api.fault(unavailable()).next(2);
        let began = Instant::now();
        get(&client).await.unwrap();

        // Tokio's timers round a wait up to the next millisecond.
        assert!(began.elapsed() <= millis(100 + 200 + 2));
        tokio::time::advance(Duration::from_secs(2)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn r43_a_server_delay_is_waited_for_in_full_in_each_form_that_is_one() {
    let wait = Duration::from_secs(7);
    let policy = millis(100);
    for (hint, waited) in [
        (Hint::Seconds(7), wait),
        (Hint::Date(wait), wait),
        (Hint::Body(wait), wait),
        (Hint::Text("0".into()), Duration::ZERO),
        (Hint::Text("Sun, 06 Nov 1994 08:49:37 GMT".into()), Duration::ZERO),
        (Hint::Absent, policy),
        (Hint::Text("soon".into()), policy),
        (Hint::Text("-1".into()), policy),
        (Hint::Text("+5".into()), policy),
        (Hint::Text("1.5".into()), policy),
        (Hint::Text("".into()), policy),
    ] {
        for skew in [Skew::Ahead(Duration::from_secs(300)), Skew::Behind(Duration::from_secs(300))]
        {
            let api = Api::builder().wall(noon()).skew(skew).build();
            let client = client(&api);
            api.fault(Fault::RateLimited { retry_after: hint.clone() }).once();
            let began = Instant::now();

            let answer = get(&client).await.unwrap();

            assert_eq!(answer.attempts(), 2, "{hint:?}");
            assert_eq!(began.elapsed(), waited, "{hint:?} {skew:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r43_jitter_only_ever_lengthens_a_server_delay() {
    let api = Api::builder().wall(noon()).build();
    let client = builder(&api).retry(Policy::DEFAULT).build_over(api.service()).unwrap();

    for _ in 0..30 {
        api.fault(Fault::Unavailable { retry_after: Hint::Seconds(3) }).once();
        let began = Instant::now();
        get(&client).await.unwrap();

        let waited = began.elapsed();
        assert!((millis(3_000)..=millis(3_101)).contains(&waited), "{waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r44_a_delay_beyond_the_deadline_fails_at_once_and_says_when_to_come_back() {
    for (hint, told) in [
        (Hint::Seconds(61), Some(Duration::from_secs(61))),
        (Hint::Date(Duration::from_secs(3_600)), Some(Duration::from_secs(3_600))),
    ] {
        let api = Api::builder().wall(noon()).build();
        let client = client(&api);
        api.fault(Fault::RateLimited { retry_after: hint }).always();
        let began = Instant::now();

        let error = get(&client).await.unwrap_err();

        assert_eq!(error.failure().kind(), Kind::RateLimited);
        assert!(error.is_throttled() && error.is_out_of_time() && !error.is_exhausted());
        assert_eq!(error.retry_after(), told);
        assert_eq!((error.attempts(), began.elapsed()), (1, Duration::ZERO));
        assert_eq!(api.seen().requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn r44_an_absurd_delay_is_neither_slept_nor_cut_short() {
    for text in ["3601", "99999999999", "99999999999999999999999999"] {
        let api = Api::new();
        let client = client(&api);
        api.fault(Fault::RateLimited { retry_after: Hint::Text(text.into()) }).always();
        let began = Instant::now();

        let error = client.get("/data_flows").deadline(Duration::MAX).send().await.unwrap_err();

        assert_eq!(error.failure().kind(), Kind::RateLimited, "{text}");
        assert!(Some(Duration::from_secs(3_601)) <= error.retry_after(), "{text}");
        assert_eq!((error.attempts(), began.elapsed()), (1, Duration::ZERO), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn r77_a_403_that_is_a_rate_limit_is_waited_for() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::RateLimitedAsForbidden { retry_after: Hint::Seconds(2) }).once();
    let began = Instant::now();

    let answer = get(&client).await.unwrap();

    assert_eq!((answer.attempts(), began.elapsed()), (2, Duration::from_secs(2)));
}

#[tokio::test(start_paused = true)]
async fn r40_a_post_that_may_have_been_done_is_sent_once() {
    for (fault, kind, created) in [
        (unavailable(), Kind::Unavailable, 0),
        (Fault::InternalError, Kind::ServerError, 0),
        (Fault::BadGateway, Kind::Gateway, 0),
        (Fault::GatewayTimeout, Kind::Timeout, 0),
        (Fault::Broken(Stage::Sent), Kind::ConnectionLost, 0),
        (Fault::LostAnswer, Kind::ConnectionLost, 1),
        (Fault::Hang, Kind::ClientTimeout, 0),
    ] {
        let api = Api::new();
        let client = client(&api);
        api.fault(fault).once();

        let error = create(&client).send().await.unwrap_err();

        assert_eq!(error.failure().kind(), kind);
        assert_eq!(error.failure().replay(), Replay::PossiblyProcessed, "{kind}");
        assert_eq!((error.attempts(), api.seen().sent("orders")), (1, 1), "{kind}");
        assert_eq!(api.seen().created("orders"), created, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn r40_a_post_that_certainly_was_not_done_is_sent_again() {
    for fault in [
        Fault::Broken(Stage::Dns),
        Fault::Broken(Stage::Connect),
        Fault::Broken(Stage::Unsent),
        Fault::RateLimited { retry_after: Hint::Seconds(1) },
        Fault::respond(http::Response::builder().status(421).body("").unwrap()),
        Fault::respond(http::Response::builder().status(425).body("").unwrap()),
    ] {
        let api = Api::new();
        let client = client(&api);
        api.fault(fault.clone()).once();

        let answer = create(&client).send().await.unwrap();

        assert_eq!((answer.status(), answer.attempts()), (StatusCode::CREATED, 2), "{fault:?}");
        assert_eq!(api.seen().created("orders"), 1, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r40_an_idempotency_key_makes_a_post_repeatable_and_stays_the_same() {
    for fault in [unavailable(), Fault::LostAnswer, Fault::Broken(Stage::Sent), Fault::Hang] {
        let api = Api::new();
        let client = client(&api);
        api.fault(fault.clone()).once();

        let answer = create(&client).idempotency_key("key-1").send().await.unwrap();

        assert_eq!((answer.status(), answer.attempts()), (StatusCode::CREATED, 2), "{fault:?}");
        let seen = api.seen();
        assert_eq!((seen.sent("orders"), seen.created("orders")), (2, 1), "{fault:?}");
        assert_eq!(seen.idempotency_keys("orders").into_iter().collect::<Vec<_>>(), ["key-1"]);
    }
}

#[tokio::test(start_paused = true)]
async fn r40_the_method_says_what_may_be_repeated() {
    for (method, sent) in [
        (Method::GET, 2),
        (Method::HEAD, 2),
        (Method::PUT, 2),
        (Method::DELETE, 2),
        (Method::OPTIONS, 2),
        (Method::POST, 1),
        (Method::PATCH, 1),
    ] {
        let api = Api::new();
        let client = client(&api);
        api.fault(unavailable()).once();

        let _ = client.request(method.clone(), "/data_flows").send().await;

        assert_eq!(api.seen().requests().len(), sent, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn r39_a_body_that_passed_by_once_is_not_sent_again() {
    for fault in [unavailable(), Fault::RateLimited { retry_after: Hint::Absent }] {
        let api = Api::new();
        let client = client(&api);
        api.fault(fault).once();
        let stream = Body::stream(Full::new(Bytes::from_static(b"{\"name\":\"orders\"}")));

        let request = client.post("/data_flows").idempotency_key("key-1").body(stream);
        let error = request.send().await.unwrap_err();

        assert_eq!((error.attempts(), api.seen().requests().len()), (1, 1));
        assert!(!error.is_exhausted());
    }
}

#[tokio::test(start_paused = true)]
async fn what_would_fail_the_same_way_is_sent_once() {
    for (fault, kind) in [
        (Fault::ValidationFailed, Kind::ValidationFailed),
        (Fault::InsufficientPermissions, Kind::InsufficientPermissions),
        (Fault::InvalidAccessToken, Kind::InvalidCredentials),
        (Fault::ExpiredAccessToken, Kind::TokenExpired),
        (Fault::Broken(Stage::Tls), Kind::Tls),
        (status(400), Kind::MalformedRequest),
        (status(404), Kind::NotFound),
        (status(409), Kind::Conflict),
        (status(410), Kind::Gone),
        (status(413), Kind::PayloadTooLarge),
        (status(422), Kind::ValidationFailed),
    ] {
        let api = Api::new();
        let client = client(&api);
        api.fault(fault).always();

        let error = get(&client).await.unwrap_err();

        assert_eq!((error.failure().kind(), error.attempts()), (kind, 1));
        assert!(api.seen().requests().len() <= 1, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn each_documented_error_says_what_to_do() {
    let waits = || Hint::Seconds(30);
    for (fault, kind, action, code) in [
        (Fault::ExpiredAccessToken, Kind::TokenExpired, Action::RefreshToken, "AUTH_001"),
        (Fault::InvalidAccessToken, Kind::InvalidCredentials, Action::ReAuthenticate, "AUTH_001"),
        (Fault::InvalidServiceKey, Kind::InvalidCredentials, Action::ReAuthenticate, "AUTH_002"),
        (
            Fault::InsufficientPermissions,
            Kind::InsufficientPermissions,
            Action::VerifyPermissions,
            "AUTH_004",
        ),
        (
            Fault::RateLimited { retry_after: waits() },
            Kind::RateLimited,
            Action::WaitAndRetry,
            "RATE_001",
        ),
        (Fault::ValidationFailed, Kind::ValidationFailed, Action::ReviewRequest, "VAL_001"),
        (Fault::BadGateway, Kind::Gateway, Action::RetryWithBackoff, "HTTP_502"),
        (Fault::GatewayTimeout, Kind::Timeout, Action::RetryWithBackoff, "HTTP_504"),
    ] {
        let api = Api::new();
        let client = builder(&api).retry(Policy::never()).build_over(api.service()).unwrap();
        api.fault(fault).always();

        let error = get(&client).await.unwrap_err();

        let failure = error.failure();
        assert_eq!((failure.kind(), failure.action()), (kind, action), "{code}");
        assert_eq!(failure.code(), Some(code));
        assert_eq!(failure.status(), error.status().map(|status| status.as_u16()));
        assert!(!error.body().unwrap().is_empty() && !error.is_body_cut(), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn r75_an_error_whose_body_is_broken_or_huge_is_still_that_error() {
    for (fault, is_cut) in [(Fault::TruncatedError, true), (Fault::HugeError, true)] {
        let api = Api::new();
        let client = client(&api);
        api.fault(fault).always();

        let error = get(&client).await.unwrap_err();

        assert_eq!(error.failure().kind(), Kind::ServerError);
        assert_eq!((error.attempts(), error.is_body_cut()), (3, is_cut));
        assert!(error.body().unwrap().len() <= 64 << 10);
    }
}

#[tokio::test(start_paused = true)]
async fn r46_a_server_that_is_down_is_not_buried_in_retries() {
    let api = Api::new();
    let client = client(&api);
    api.fault(unavailable()).always();
    let began = Instant::now();

    for _ in 0..1_000 {
        get(&client).await.unwrap_err();
    }

    // A hundred saved up, and one more for each second that the calls took.
    let retries = api.seen().requests().len() - 1_000;
    let earned = usize::try_from(began.elapsed().as_secs()).unwrap();
    assert!((100..=100 + earned).contains(&retries), "{retries} of {earned}");
    assert!(retries <= 130, "{retries}");
}

#[tokio::test(start_paused = true)]
async fn r46_ten_successes_pay_for_one_retry() {
    let api = Api::new();
    let policy = Policy::constant(Duration::ZERO).max_attempts(NonZeroU32::new(2).unwrap());
    let client = builder(&api).retry(policy.build().unwrap()).build_over(api.service()).unwrap();
    let began = Instant::now();
    api.fault(unavailable()).next(200);
    for _ in 0..100 {
        get(&client).await.unwrap_err();
    }
    for _ in 0..10 {
        get(&client).await.unwrap();
    }
    api.fault(unavailable()).next(3);

    let paid = get(&client).await.unwrap_err();
    let unpaid = get(&client).await.unwrap_err();

    assert_eq!((paid.attempts(), unpaid.attempts()), (2, 1));
    assert_eq!(began.elapsed(), Duration::ZERO, "time brings credits too");
}

#[tokio::test(start_paused = true)]
async fn r46_a_call_that_the_budget_stops_says_what_happened_to_it() {
    let api = Api::new();
    let client = client(&api);
    api.fault(unavailable()).always();
    for _ in 0..200 {
        get(&client).await.unwrap_err();
    }

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Unavailable);
    assert_eq!(error.attempts(), 1);
    assert!(!error.is_exhausted() && !error.is_out_of_time());
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_call_keeps_its_last_real_failure() {
    let api = Api::new();
    let client = client(&api);
    api.fault(unavailable()).once();
    api.fault(Fault::BadGateway).once();
    api.fault(Fault::GatewayTimeout).once();

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Timeout);
    assert_eq!(error.status(), Some(StatusCode::GATEWAY_TIMEOUT));
    assert!(error.is_exhausted() && !error.is_rejected());
    assert_eq!((error.attempts(), error.recoveries()), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_call_that_got_no_answer_keeps_its_cause() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::Broken(Stage::Connect)).always();

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Connect);
    assert!(error.is_exhausted() && error.is_network());
    assert_eq!((error.attempts(), error.status()), (3, None));
    let cause = std::error::Error::source(&error).unwrap();
    assert!(cause.is::<readmit_testkit::Error>(), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn r50_the_last_answer_is_given_back_whole_to_who_wants_it_raw() {
    let api = Api::new();
    let client = client(&api);
    api.fault(Fault::HugeError).always();

    let answer = client.get("/data_flows").send_raw().await.unwrap();

    let kind = answer.extensions().get::<Failure>().map(Failure::kind);
    assert_eq!(
        (answer.status(), kind),
        (StatusCode::INTERNAL_SERVER_ERROR, Kind::ServerError.into())
    );
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    assert!(10 << 20 < body.len());
    assert_eq!(api.seen().requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_one_attempt_sends_once() {
    let api = Api::new();
    let client = builder(&api).retry(Policy::never()).build_over(api.service()).unwrap();
    api.fault(unavailable()).always();

    let error = get(&client).await.unwrap_err();

    assert_eq!((error.attempts(), api.seen().requests().len()), (1, 1));
    assert!(error.is_exhausted());
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_its_own_is_followed() {
    let api = Api::new();
    let policy = Policy::constant(Duration::from_secs(2))
        .jitter(Jitter::None)
        .max_attempts(NonZeroU32::new(5).unwrap())
        .build()
        .unwrap();
    let client = builder(&api).retry(policy).build_over(api.service()).unwrap();
    api.fault(unavailable()).always();
    let began = Instant::now();

    let error = get(&client).await.unwrap_err();

    assert_eq!((error.attempts(), began.elapsed()), (5, Duration::from_secs(8)));
}

#[tokio::test(start_paused = true)]
async fn each_retry_is_told_and_so_is_the_end() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = builder(&api).sink(sink.clone()).build_over(api.service()).unwrap();
    api.fault(unavailable()).once();
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(1) }).once();

    get(&client).await.unwrap();

    let retry = |attempt, delay, reason, source| Event::RetryScheduled {
        attempt,
        max_attempts: 3,
        delay,
        reason,
        source,
    };
    let second = Duration::from_secs(1);
    assert_eq!(
        sink.told(),
        [
            retry(1, millis(100), Kind::Unavailable, DelaySource::Backoff),
            Event::RateLimitHit { limit: Some(100), retry_after: Some(second) },
            retry(2, second, Kind::RateLimited, DelaySource::Server),
            Event::RecoverySucceeded {
                authentication: false,
                strategy: "retry".to_owned(),
                attempts: 3,
                elapsed: millis(1_100),
            },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_failure_for_which_nothing_was_tried_exhausts_nothing() {
    let api = Api::new();
    let sink = Recorder::default();
    let client = builder(&api).sink(sink.clone()).build_over(api.service()).unwrap();
    api.fault(status(404)).once();
    get(&client).await.unwrap_err();
    let after_one = sink.told();
    api.fault(unavailable()).always();

    get(&client).await.unwrap_err();

    assert_eq!(after_one, []);
    let exhausted = Event::RecoveryExhausted {
        authentication: false,
        attempts: 3,
        strategies: vec!["retry".to_owned()],
        elapsed: millis(300),
    };
    assert_eq!(sink.told().last(), Some(&exhausted));
}

/// Keeps the events that it is told, but for those of the credential.
#[derive(Clone, Debug, Default)]
struct Recorder(Arc<Mutex<Vec<Event>>>);

impl Recorder {
    fn told(&self) -> Vec<Event> {
        let told = self.0.lock().unwrap();
        let of_calls = |event: &&Event| !matches!(event, Event::RefreshSucceeded { .. });
        told.iter().filter(of_calls).cloned().collect()
    }
}

impl Sink for Recorder {
    fn record(&self, record: &Record) {
        self.0.lock().unwrap().push(record.event.clone());
    }
}

/// A client whose waits are not left to chance, with a token that needs no fetching.
fn builder(api: &Api) -> ClientBuilder {
    let policy = Policy::exponential(millis(100)).jitter(Jitter::None).build().unwrap();
    Client::builder("https://api.test")
        .credentials(credentials::bearer(api.new_access_token()))
        .clock(api.clock())
        .retry(policy)
}

fn client(api: &Api) -> Client<ApiService> {
    builder(api).build_over(api.service()).unwrap()
}

async fn get(client: &Client<ApiService>) -> Result<Response<ApiBody>, Error> {
    client.get("/data_flows").send().await
}

fn create(client: &Client<ApiService>) -> RequestBuilder<ApiService> {
    client.post("/data_flows").json(&serde_json::json!({ "name": "orders", "marker": "orders" }))
}

fn unavailable() -> Fault {
    Fault::Unavailable { retry_after: Hint::Absent }
}

fn status(status: u16) -> Fault {
    Fault::respond(http::Response::builder().status(status).body("").unwrap())
}

/// A whole second, so that a date in a header loses nothing.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
