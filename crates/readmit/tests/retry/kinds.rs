//! Which failures are retried, and what is left to say of each when it is given up.

use http::StatusCode;
use readmit::error::{Action, Kind, Stage};
use readmit::retry::Policy;
use readmit_testkit::{Api, Fault, Hint};

use crate::{builder, client, get, status, unavailable};

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
async fn a_policy_of_one_attempt_sends_once() {
    let api = Api::new();
    let client = builder(&api).retry(Policy::never()).build_over(api.service()).unwrap();
    api.fault(unavailable()).always();

    let error = get(&client).await.unwrap_err();

    assert_eq!((error.attempts(), api.seen().requests().len()), (1, 1));
    assert!(error.is_exhausted());
}
