use std::error::Error;
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::header::InvalidHeaderValue;
use http::{Extensions, HeaderValue, Request, Uri};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use readmit::{Client, HttpService, Hyper, SourceError, Token, credentials};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use url::Url;

use crate::harness::{Case, Subject};
use crate::server;

pub(crate) fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    let origin = &server::start()?;
    let subjects = vec![
        bare("yardstick: reqwest 0.13", origin)?,
        readmit(origin)?,
        readmit_over_hyper(origin)?,
        bare_hyper("yardstick: hyper-util 0.1", origin)?,
        stacked("reqwest + a middleware that does nothing", origin, &|builder| {
            builder.with(Nothing)
        })?,
        stacked("reqwest + reqwest-middleware 0.5 + reqwest-retry 0.9", origin, &|builder| {
            let policy = ExponentialBackoff::builder().build_with_max_retries(2);
            builder.with(RetryTransientMiddleware::new_with_policy(policy))
        })?,
    ];
    Ok(vec![Case::new("client: GET over loopback, 64 in flight, body read", subjects)])
}

/// The client as it is built by default, with a credential that expires: breaker, budget, limiter
/// and monitor are on.
fn readmit(origin: &str) -> Result<Subject, Box<dyn Error>> {
    let fetch = || ready(token());
    let client = Client::builder(origin).credentials(credentials::from_fn(fetch));
    through("readmit", client.build()?)
}

/// The same client over the light transport.
fn readmit_over_hyper(origin: &str) -> Result<Subject, Box<dyn Error>> {
    let client = Client::builder(origin).credentials(credentials::from_fn(|| ready(token())));
    through("readmit over hyper", client.build_over(Hyper::new()?)?)
}

fn through<S: HttpService>(
    name: &'static str,
    client: Client<S>,
) -> Result<Subject, Box<dyn Error>> {
    in_flight(name, client, |client| async move {
        let response = client.get("/flows").send().await.ok()?;
        response.bytes().await.ok().map(|body| body.len())
    })
}

fn token() -> Result<Token, SourceError> {
    let token = Token::bearer(TOKEN).map_err(|_| SourceError::terminal("it is no token"))?;
    Ok(token.expires_in(Duration::from_secs(86_400)))
}

/// The request by hand, with the same header.
fn bare(name: &'static str, origin: &str) -> Result<Subject, Box<dyn Error>> {
    let given = (plain()?, url(origin)?, authorization()?);
    in_flight(name, given, |(client, url, header)| async move {
        let response = client.get(url).header(AUTHORIZATION, header).send().await.ok()?;
        response.bytes().await.ok().map(|body| body.len())
    })
}

/// The same over hyper's own client, to one host and without TLS.
fn bare_hyper(name: &'static str, origin: &str) -> Result<Subject, Box<dyn Error>> {
    let client = hyper_util::client::legacy::Client::builder(TokioExecutor::new());
    let client = client.build::<_, Empty<Bytes>>(HttpConnector::new());
    let given = (client, Uri::try_from(url(origin)?.as_str())?, authorization()?);
    in_flight(name, given, |(client, uri, header)| async move {
        let request = Request::get(uri).header(AUTHORIZATION, header).body(Empty::new()).ok()?;
        let body = client.request(request).await.ok()?.into_body();
        body.collect().await.ok().map(|body| body.to_bytes().len())
    })
}

fn stacked(
    name: &'static str,
    origin: &str,
    with: &dyn Fn(ClientBuilder) -> ClientBuilder,
) -> Result<Subject, Box<dyn Error>> {
    let client: ClientWithMiddleware = with(ClientBuilder::new(plain()?)).build();
    let given = (client, url(origin)?, authorization()?);
    in_flight(name, given, |(client, url, header)| async move {
        let response = client.get(url).header(AUTHORIZATION, header).send().await.ok()?;
        response.bytes().await.ok().map(|body| body.len())
    })
}

/// As readmit builds its own.
fn plain() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().retry(reqwest::retry::never()).build()
}

/// Returns a subject that keeps so many requests on their way that the connections are never idle.
fn in_flight<C, F>(
    name: &'static str,
    client: C,
    call: impl Fn(C) -> F + Copy + Send + Sync + 'static,
) -> Result<Subject, Box<dyn Error>>
where
    C: Clone + Send + Sync + 'static,
    F: Future<Output = Option<usize>> + Send + 'static,
{
    // Of this thread alone, so that what is allocated is counted.
    let runtime = Arc::new(Mutex::new(Builder::new_current_thread().enable_all().build()?));
    Ok(Subject::in_batches(name, move |calls| {
        let runtime = runtime.lock().unwrap_or_else(PoisonError::into_inner);
        made_by(&runtime, &client, call, calls)
    }))
}

/// Makes so many calls, and returns how many went wrong.
fn made_by<C, F>(
    runtime: &Runtime,
    client: &C,
    call: impl Fn(C) -> F + Copy + Send + 'static,
    calls: u32,
) -> u32
where
    C: Clone + Send + 'static,
    F: Future<Output = Option<usize>> + Send + 'static,
{
    runtime.block_on(async {
        let mut workers = JoinSet::new();
        for worker in 0..IN_FLIGHT {
            let client = client.clone();
            workers.spawn(async move {
                let mut wrong = 0;
                for _ in (worker..calls).step_by(IN_FLIGHT as usize) {
                    wrong += u32::from(call(client.clone()).await != Some(LENGTH));
                }
                wrong
            });
        }
        workers.join_all().await.iter().sum()
    })
}

fn url(origin: &str) -> Result<Url, url::ParseError> {
    Url::parse(&format!("{origin}/flows"))
}

fn authorization() -> Result<HeaderValue, InvalidHeaderValue> {
    let mut header = HeaderValue::try_from(format!("Bearer {TOKEN}"))?;
    header.set_sensitive(true);
    Ok(header)
}

/// A middleware as they all are, without what it would do.
struct Nothing;

#[async_trait]
impl Middleware for Nothing {
    async fn handle(
        &self,
        request: reqwest::Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        next.run(request, extensions).await
    }
}

/// As long as tokens of machines are.
const TOKEN: &str = "b2theLRlNkpXQ0c4U2dTb3ZJZ0JtN2ZyYw.c2VjcmV0.dGhlIHNpZ25hdHVyZSBvZiBpdA";

/// How many calls are on their way at any moment.
const IN_FLIGHT: u32 = 64;

/// The bytes of the body that the server answers with.
const LENGTH: usize = 19;
