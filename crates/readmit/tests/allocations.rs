//! What a call that succeeds at once costs beside what its transport does, and a credential in hand.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use allocation_counter::measure;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use readmit::{Body, Client, ClientBuilder, Token, credentials};
use tower_service::Service;

#[test]
fn r74_a_call_that_succeeds_at_once_pays_nothing_for_what_could_have_stood_in_its_way() {
    let bare = || Client::builder("https://api.test").without_breaker().without_limiter();

    let (bare, guarded) = (of_one_call(bare()), of_one_call(Client::builder("https://api.test")));

    assert_eq!(guarded, bare);
    // The URL and its path, the URI in two parts, and the headers.
    assert!(guarded <= 7, "{guarded}");
}

#[test]
fn the_future_of_a_call_has_no_room_for_what_it_seldom_does() {
    let client = Client::builder("https://api.test").build_over(Well).unwrap();

    let call = client.get("/data_flows").send();

    // Whoever awaits it, spawns it or joins several moves all of it.
    assert!(size_of_val(&call) <= 8 * 1_024, "{}", size_of_val(&call));
}

#[test]
fn a_credential_in_hand_is_lent_without_an_allocation() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let hour = Duration::from_secs(3_600);
    let expiring =
        credentials::from_fn(move || async move { Ok(Token::bearer("s3cret")?.expires_in(hour)) });
    for credentials in [credentials::bearer("s3cret"), expiring] {
        let client = Client::builder("https://api.test").credentials(credentials);
        let client = client.untraced().build_over(Well).unwrap();
        runtime.block_on(client.credential()).unwrap();

        let measured = measure(|| {
            for _ in 0..100 {
                let lent = pin!(client.credential()).poll(&mut Context::from_waker(Waker::noop()));
                assert!(matches!(lent, Poll::Ready(Ok(_))));
            }
        });

        assert_eq!(measured.count_total, 0);
    }
}

/// The allocations of one call after others like it.
fn of_one_call(builder: ClientBuilder) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let token = credentials::bearer("s3cret");
    let client = builder.credentials(token).untraced().build_over(Well).unwrap();
    let call = || runtime.block_on(async { client.get("/data_flows").send().await.map(drop) });
    for _ in 0..3 {
        call().unwrap();
    }

    measure(|| call().unwrap()).count_total
}

/// Answers every request with an empty 200, and allocates nothing.
#[derive(Clone)]
struct Well;

impl Service<Request<Body>> for Well {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(Full::default())))
    }
}
