//! What the middleware alone has to hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use http::Extensions;
use readmit::error::{Failure, Kind};
use readmit::{CallOptions, ClientMiddleware};
use readmit_testkit::{Api, Fault, Hint, Server};
use reqwest::redirect::Policy;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};

use crate::world::builder;

#[tokio::test]
async fn an_answer_keeps_its_url_and_a_failure_its_answer() {
    let (_api, server, client) = served(Through::default()).await;
    let url = format!("{}/organizations/7/members?page=2", server.url());

    let refused = client.get(&url).send().await.unwrap();

    assert_eq!((refused.url().as_str(), refused.status().as_u16()), (url.as_str(), 403));
    let kind = refused.extensions().get::<Failure>().map(Failure::kind);
    assert_eq!(kind, Some(Kind::InsufficientPermissions));
    assert!(refused.text().await.unwrap().contains("AUTH_004"));
}

#[tokio::test]
async fn what_comes_after_it_runs_on_every_attempt_and_what_it_leaves_is_kept() {
    let through = Through::default();
    let (api, server, client) = served(through.clone()).await;
    let down = Fault::Unavailable { retry_after: Hint::Absent };
    api.fault(down).on("GET", "/data_flows").next(2);

    let answered = client.get(format!("{}/data_flows", server.url())).send().await.unwrap();

    assert_eq!(answered.status(), 200);
    assert_eq!(through.runs.load(Ordering::SeqCst), 3);
    assert_eq!(answered.extensions().get::<Run>(), Some(&Run(3)));
}

#[tokio::test]
async fn a_refusal_of_readmits_own_is_found_in_the_error() {
    let (api, server, client) = served(Through::default()).await;
    let options = CallOptions::new().requires("\u{7f}");

    let url = format!("{}/data_flows", server.url());
    let refused = client.get(&url).with_extension(options).send().await.unwrap_err();

    let error = ClientMiddleware::of(&refused).unwrap();
    assert!(refused.is_middleware() && error.is_rejected());
    assert_eq!(error.failure().kind(), Kind::MalformedRequest);
    assert_eq!(api.seen().requests().len(), 0);
}

#[tokio::test]
async fn r80_what_stops_a_middleware_behind_it_is_told_with_its_cause() {
    let through = Through { breaks: true, ..Through::default() };
    let (_api, server, client) = served(through).await;

    let refused = client.post(format!("{}/data_flows", server.url())).send().await.unwrap_err();

    let error = ClientMiddleware::of(&refused).unwrap();
    // Nobody knows how far the request came.
    assert_eq!(error.failure().kind(), Kind::ConnectionLost);
    let cause = std::error::Error::source(error).unwrap();
    assert_eq!(cause.to_string(), "broken on purpose");
}

#[tokio::test]
async fn the_timeout_of_a_request_holds_for_each_attempt() {
    let (api, server, client) = served(Through::default()).await;
    let url = format!("{}/data_flows", server.url());
    client.get(&url).send().await.unwrap();
    api.fault(Fault::Hang).on("GET", "/data_flows").once();

    let answered = client.get(&url).timeout(Duration::from_millis(200)).send().await.unwrap();

    assert_eq!(answered.status(), 200);
    assert_eq!(api.seen().count("GET", "/data_flows"), 3);
}

async fn served(through: Through) -> (Api, Server, ClientWithMiddleware) {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
    let readmit = builder(&api, server.url()).middleware().unwrap();
    let client = ClientBuilder::new(client).with(readmit).with(through).build();
    (api, server, client)
}

/// Counts how often a request passes, and leaves the number on the answer.
#[derive(Clone, Default)]
struct Through {
    runs: Arc<AtomicUsize>,
    breaks: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Run(usize);

#[async_trait]
impl Middleware for Through {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        if self.breaks {
            let broken = std::io::Error::other("broken on purpose");
            return Err(reqwest_middleware::Error::middleware(broken));
        }
        let mut response = next.run(request, extensions).await?;
        response.extensions_mut().insert(Run(run));
        Ok(response)
    }
}
