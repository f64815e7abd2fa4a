//! Whichever way a call is made, it fares the same: the client over reqwest and over hyper, the
//! layer over hyper and in process, the middleware, and the blocking client.
//!
//! Most of it is over real sockets, so nothing here depends on how long anything takes.

#![expect(clippy::unwrap_used, reason = "a test")]

mod ask;
mod blocking;
mod layer;
mod middleware;
mod subjects;
mod world;

use std::sync::Arc;
use std::time::Duration;

use readmit::error::{Kind, Stage};
use readmit_testkit::{Fault, Hint};
use tokio::task::JoinSet;

use crate::ask::Ask;
use crate::world::{Way, everywhere};

#[tokio::test]
async fn a_healthy_call_is_answered() {
    everywhere(|world| async move {
        let made = world.send(Ask::post("/data_flows").body(FLOW)).await;
        let read = world.send(Ask::get("/data_flows")).await;

        assert_eq!((made.status, read.status), (Some(201), Some(200)), "{world:?}");
        assert_eq!((made.kind, read.kind), (None, None), "{world:?}");
        assert!(read.body.contains("one of many"), "{world:?}: {}", read.body);
    })
    .await;
}

#[tokio::test]
async fn r01_a_token_that_expired_is_refreshed_once_for_many() {
    everywhere(|world| async move {
        world.send(Ask::get("/data_flows")).await;
        let hold = world.api.hold();
        let mut calls = JoinSet::new();
        for _ in 0..16 {
            let subject = Arc::clone(&world.subject);
            calls.spawn(async move { subject.send(Ask::get("/data_flows")).await });
        }
        hold.wait_for(16).await;

        world.api.expire_access_tokens();
        hold.release();

        while let Some(told) = calls.join_next().await {
            assert_eq!(told.unwrap().status, Some(200), "{world:?}");
        }
        assert_eq!(world.api.seen().token_calls(), 2, "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn r05_a_key_that_is_revoked_ends_the_call_with_the_rejection() {
    everywhere(|world| async move {
        world.send(Ask::get("/data_flows")).await;
        world.api.revoke_access_tokens();
        world.api.revoke_service_key();

        let told = world.send(Ask::get("/data_flows")).await;

        assert_eq!(told.status, Some(401), "{world:?}");
        assert_eq!(told.kind, Some(Kind::InvalidCredentials), "{world:?}");
        assert_eq!(world.api.seen().count("GET", "/data_flows"), 2, "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn r42_what_is_forbidden_is_asked_for_once() {
    everywhere(|world| async move {
        let told = world.send(Ask::get("/organizations/7/members")).await;

        assert_eq!(told.status, Some(403), "{world:?}");
        assert_eq!(told.kind, Some(Kind::InsufficientPermissions), "{world:?}");
        assert!(told.body.contains("AUTH_004"), "{world:?}: {}", told.body);
        let seen = world.api.seen();
        assert_eq!(seen.count("GET", "/organizations/7/members"), 1, "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn r44_a_throttled_call_waits_as_it_is_told_and_is_repeated() {
    everywhere(|world| async move {
        let throttled = Fault::RateLimited { retry_after: Hint::Seconds(1) };
        world.api.fault(throttled).on("GET", "/data_flows").once();

        let told = world.send(Ask::get("/data_flows")).await;

        assert_eq!(told.status, Some(200), "{world:?}");
        assert_eq!(world.api.seen().count("GET", "/data_flows"), 2, "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn an_outage_that_passes_is_not_told() {
    everywhere(|world| async move {
        let down = Fault::Unavailable { retry_after: Hint::Absent };
        world.api.fault(down).on("GET", "/data_flows").next(2);

        let told = world.send(Ask::get("/data_flows")).await;

        assert_eq!((told.status, told.kind), (Some(200), None), "{world:?}");
        assert_eq!(world.api.seen().count("GET", "/data_flows"), 3, "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn an_outage_that_does_not_pass_is_told_with_its_answer() {
    everywhere(|world| async move {
        let down = Fault::Unavailable { retry_after: Hint::Absent };
        world.api.fault(down).on("GET", "/data_flows").always();

        let told = world.send(Ask::get("/data_flows")).await;

        assert_eq!((told.status, told.kind), (Some(503), Some(Kind::Unavailable)), "{world:?}");
        assert!(!told.body.is_empty(), "{world:?}");
        assert_eq!(world.api.seen().count("GET", "/data_flows"), 3, "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn r40_a_post_that_may_have_been_processed_is_repeated_with_a_key_alone() {
    everywhere(|world| async move {
        world.send(Ask::get("/data_flows")).await;
        let broken = || world.api.fault(Fault::Broken(Stage::Sent)).on("POST", "/data_flows");

        broken().once();
        let bare = world.send(Ask::post("/data_flows").body(FLOW)).await;
        let sent = world.api.seen().count("POST", "/data_flows");
        world.api.clear_faults();
        broken().once();
        let keyed = world.send(Ask::post("/data_flows").body(FLOW).key("k-1")).await;

        assert_eq!((bare.status, bare.kind), (None, Some(Kind::ConnectionLost)), "{world:?}");
        assert_eq!(sent, 1, "{world:?}");
        assert_eq!((keyed.status, keyed.kind), (Some(201), None), "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_is_lost_is_made_again_for_a_read() {
    everywhere(|world| async move {
        world.send(Ask::get("/data_flows")).await;
        world.api.fault(Fault::Broken(Stage::Sent)).on("GET", "/data_flows").next(2);

        let told = world.send(Ask::get("/data_flows")).await;

        assert_eq!((told.status, told.kind), (Some(200), None), "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn r35_a_redirect_to_another_origin_takes_no_secret_along() {
    everywhere(|world| async move {
        let location = format!("{}/data_flows", world.elsewhere);
        let away = http::Response::builder().status(302).header("location", location);
        world.api.fault(Fault::respond(away.body("").unwrap())).on("GET", "/data_flows/1").once();

        world.send(Ask::get("/data_flows/1").header("cookie", "s3cret")).await;

        let seen = world.seen_elsewhere();
        assert_eq!(seen.len(), 1, "{world:?}");
        assert!(!seen[0].has_authorization(), "{world:?}");
        assert_eq!(seen[0].header("cookie"), None, "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn a_call_ends_with_its_deadline() {
    everywhere(|world| async move {
        world.send(Ask::get("/data_flows")).await;
        world.api.fault(Fault::Hang).on("GET", "/data_flows").always();

        let told = world.send(Ask::get("/data_flows").deadline(Duration::from_millis(50))).await;

        assert_eq!((told.status, told.kind), (None, Some(Kind::DeadlineExceeded)), "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn r39_a_body_that_streams_is_sent_once() {
    everywhere(|world| async move {
        let down = Fault::Unavailable { retry_after: Hint::Absent };
        world.api.fault(down).on("POST", "/data_flows").always();

        let told = world.send(Ask::post("/data_flows").stream(FLOW).key("k-1")).await;
        let streamed = world.api.seen().count("POST", "/data_flows");
        world.send(Ask::post("/data_flows").body(FLOW).key("k-2")).await;

        assert_eq!((told.status, told.kind), (Some(503), Some(Kind::Unavailable)), "{world:?}");
        assert_eq!(streamed, 1, "{world:?}");
        assert_eq!(world.api.seen().count("POST", "/data_flows"), 1 + 3, "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn a_call_without_retries_is_made_once() {
    everywhere(|world| async move {
        let down = Fault::Unavailable { retry_after: Hint::Absent };
        world.api.fault(down).on("GET", "/data_flows").always();

        let told = world.send(Ask::get("/data_flows").once()).await;

        assert_eq!((told.status, told.kind), (Some(503), Some(Kind::Unavailable)), "{world:?}");
        assert_eq!(world.api.seen().count("GET", "/data_flows"), 1, "{world:?}");
    })
    .await;
}

#[tokio::test]
async fn r98_who_leaves_takes_nothing_from_the_others() {
    everywhere(|world| async move {
        if world.way == Way::Blocking {
            // Nobody can leave a call that blocks.
            return;
        }
        let hold = world.api.hold_on("POST", "/token");
        let subject = Arc::clone(&world.subject);
        let leaving = tokio::spawn(async move { subject.send(Ask::get("/data_flows")).await });
        hold.wait_for(1).await;

        leaving.abort();
        assert!(leaving.await.unwrap_err().is_cancelled());
        hold.release();
        let told = world.send(Ask::get("/data_flows")).await;

        assert_eq!(told.status, Some(200), "{world:?}");
        // The refresh that it began went on for whoever came next.
        assert_eq!(world.api.seen().token_calls(), 1, "{world:?}");
    })
    .await;
}

const FLOW: &str = r#"{"name": "one of many"}"#;
