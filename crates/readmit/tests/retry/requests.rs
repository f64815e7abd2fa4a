//! Which requests are sent again.

use http::{Method, StatusCode};
use readmit::error::{Kind, Replay, Stage};
use readmit::{Client, RequestBuilder};
use readmit_testkit::{Api, ApiService, Fault, Hint};

use crate::{client, unavailable};

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
async fn r40_a_post_that_was_redirected_to_its_result_is_not_sent_again() {
    for status in [301, 302, 303] {
        for fault in
            [Fault::Broken(Stage::Connect), Fault::RateLimited { retry_after: Hint::Seconds(1) }]
        {
            let api = Api::new();
            let client = client(&api);
            let location = "/data_flows/9".to_owned();
            let status = StatusCode::from_u16(status).unwrap();
            api.fault(Fault::Redirect { status, location }).on("POST", "/data_flows").always();
            api.fault(fault.clone()).on("GET", "/data_flows/{id}").always();

            let error = create(&client).send().await.unwrap_err();

            assert_eq!(api.seen().count("POST", "/data_flows"), 1, "{status} {fault:?}");
            assert_eq!(error.failure().replay(), Replay::PossiblyProcessed, "{status} {fault:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r40_a_post_that_was_sent_elsewhere_undone_is_sent_again() {
    let api = Api::new();
    let client = client(&api);
    let location = "/data_flows?b".to_owned();
    let status = StatusCode::TEMPORARY_REDIRECT;
    api.fault(Fault::Redirect { status, location }).on("POST", "/data_flows").once();
    api.fault(Fault::RateLimited { retry_after: Hint::Absent }).on("POST", "/data_flows").once();

    let answer = create(&client).send().await.unwrap();

    assert_eq!((answer.attempts(), api.seen().created("orders")), (2, 1));
}

fn create(client: &Client<ApiService>) -> RequestBuilder<ApiService> {
    client.post("/data_flows").json(&serde_json::json!({ "name": "orders", "marker": "orders" }))
}
