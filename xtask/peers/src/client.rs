use std::error::Error;
use std::future::ready;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use http::header::AUTHORIZATION;
use http::header::InvalidHeaderValue;
use http::{Extensions, HeaderValue};
use readmit::{Client, SourceError, Token, credentials};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use url::Url;

use crate::harness::{Case, Subject};
use crate::server;

pub(crate) fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    let address = server::start()?;
    let subjects = vec![
        bare("yardstick: reqwest 0.13", address)?,
        readmit(address)?,
        stacked("reqwest + a middleware that does nothing", address, &|builder| {
            builder.with(Nothing)
        })?,
        stacked("reqwest + reqwest-middleware 0.5 + reqwest-retry 0.9", address, &|builder| {
            let policy = ExponentialBackoff::builder().build_with_max_retries(2);
            builder.with(RetryTransientMiddleware::new_with_policy(policy))
        })?,
    ];
    Ok(vec![Case::new("client: GET over loopback, 64 in flight, body read", subjects)])
}

/// The client as it is built by default, with a credential that expires: breaker, budget, limiter
/// and monitor are on.
fn readmit(address: SocketAddr) -> Result<Subject, Box<dyn Error>> {
    let fetch = || ready(token());
    let client =
        Client::builder(format!("http://{address}")).credentials(credentials::from_fn(fetch));
    let client = client.build()?;
    in_flight("readmit", client, |client| async move {
        let response = client.get("/flows").send().await.ok()?;
        response.bytes().await.ok().map(|body| body.len())
    })
}

fn token() -> Result<Token, SourceError> {
    let token = Token::bearer(TOKEN).map_err(|_| SourceError::terminal("it is no token"))?;
    Ok(token.expires_in(Duration::from_secs(86_400)))
}

/// The request by hand, with the same header.
fn bare(name: &'static str, address: SocketAddr) -> Result<Subject, Box<dyn Error>> {
    let given = (plain()?, url(address)?, authorization()?);
    in_flight(name, given, |(client, url, header)| async move {
        let response = client.get(url).header(AUTHORIZATION, header).send().await.ok()?;
        response.bytes().await.ok().map(|body| body.len())
    })
}

fn stacked(
    name: &'static str,
    address: SocketAddr,
    with: &dyn Fn(ClientBuilder) -> ClientBuilder,
) -> Result<Subject, Box<dyn Error>> {
    let client: ClientWithMiddleware = with(ClientBuilder::new(plain()?)).build();
    let given = (client, url(address)?, authorization()?);
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

fn url(address: SocketAddr) -> Result<Url, url::ParseError> {
    Url::parse(&format!("http://{address}/flows"))
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
