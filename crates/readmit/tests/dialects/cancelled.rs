//! Calls that are dropped while a success is read for a failure.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use readmit::{Client, credentials};
use readmit_testkit::Api;
use tokio::runtime::Handle;

use crate::wire::Wire;
use crate::{over, says, slack};

#[tokio::test(start_paused = true)]
async fn r98_a_call_dropped_while_a_success_is_read_lets_the_answer_go() {
    let wire = Wire::default();
    let client = Client::builder("https://slack.com");
    let client = client.credentials(credentials::bearer("t")).build_over(wire.clone()).unwrap();
    for pieces in 0..4 {
        let far = wire.answers("application/json");
        let mut call = Box::pin(client.get("/a").send());
        for _ in 0..pieces {
            assert!(poll_once(call.as_mut()).await.is_none());
            far.send("[");
        }
        assert!(poll_once(call.as_mut()).await.is_none());
        assert!(!far.is_let_go());

        drop(call);

        assert!(far.is_let_go(), "after {pieces} pieces");
    }
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    wire.answers("application/json").send(r#"{"ok":true}"#);
    assert_eq!(client.get("/a").send().await.unwrap().text().await.unwrap(), r#"{"ok":true}"#);
}

#[tokio::test(start_paused = true)]
async fn r98_a_call_dropped_after_any_poll_leaves_the_next_one_what_it_needs() {
    let api = Api::new();
    let client = slack(&api);
    let refreshing = over(&api, "https://slack.com")
        .credentials(credentials::service_key("https://api.test/token", api.service_key()))
        .build_over(api.service())
        .unwrap();
    for polls in 0..40 {
        for client in [&client, &refreshing] {
            let expired = says(http::StatusCode::OK, r#"{"ok":false,"error":"token_expired"}"#);
            api.fault(expired).on("GET", "/data_flows").once();
            let mut call = pin!(client.get("/data_flows").send());
            for _ in 0..polls {
                if poll_once(call.as_mut()).await.is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        api.clear_faults();

        assert!(client.get("/data_flows").send().await.is_ok());
        assert!(refreshing.get("/data_flows").send().await.is_ok());
    }
    assert_eq!(api.seen().max_concurrent_token_calls(), 1);
}

/// Polls a future once; `None` where it has nothing yet.
async fn poll_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
