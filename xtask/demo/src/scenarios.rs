//! The scenarios: what the API does, what must come of it, and what must be true on the wire.

mod bodies;
mod broken;
mod demands;
mod issuers;
mod sessions;
mod throttled;
mod tokens;

use std::num::NonZeroU32;
use std::pin::Pin;
use std::time::Duration;

use readmit::BoxError;
use readmit_testkit::{Api, Builder, Dpop, Skew};

use crate::lab::Lab;
use crate::progress::Progress;
use crate::report::Row;
use crate::scenarios::bodies::{post_during_503, redirected, streaming_upload};
use crate::scenarios::broken::{burst_of_503, circuit_opens, gateway_html, hang, resets};
use crate::scenarios::demands::{claims_challenge, proofs, scope_missing, step_up};
use crate::scenarios::issuers::{
    error_in_a_200, lifetime_lies, refresh_token_reused, token_endpoint_hangs,
};
use crate::scenarios::sessions::{device_flow, shared_session, sign_out};
use crate::scenarios::throttled::{paced, rate_limit_with_a_date, rate_limit_without_a_hint};
use crate::scenarios::tokens::{
    clock_off, healthy, permission_missing, rotating_refresh_tokens, service_key_revoked,
    token_expires, token_revoked,
};

/// One way in which the API misbehaves.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// Whether it mostly waits, and nothing in it must be done by a certain time, so that others are
    /// played meanwhile.
    pub(crate) is_aside: bool,
    api: fn() -> Builder,
    run: for<'a> fn(&'a Lab<'a>) -> Running<'a>,
}

impl Scenario {
    const fn aside(mut self) -> Scenario {
        self.is_aside = true;
        self
    }
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 'a>>;

macro_rules! scenario {
    ($name:literal, $run:ident, $what:literal) => {
        scenario!($name, $run, $what, api)
    };
    ($name:literal, $run:ident, $what:literal, $api:expr) => {
        Scenario {
            name: $name,
            what: $what,
            is_aside: false,
            api: $api,
            run: |lab| Box::pin($run(lab)),
        }
    };
}

pub(crate) static ALL: [Scenario; 29] = [
    scenario!("healthy", healthy, "nothing goes wrong"),
    scenario!("token-expires", token_expires, "the token expires under 64 requests in flight"),
    scenario!("token-revoked", token_revoked, "the token is revoked before its time"),
    scenario!("service-key-revoked", service_key_revoked, "the service key is revoked for good"),
    scenario!("permission-missing", permission_missing, "the caller may not do what it asks"),
    scenario!("rate-limit-date", rate_limit_with_a_date, "429 with a date to come back at").aside(),
    scenario!("rate-limit-no-hint", rate_limit_without_a_hint, "429 that does not say how long")
        .aside(),
    scenario!("paced", paced, "limits that the server announces, and one of the client's own")
        .aside(),
    scenario!("503-burst", burst_of_503, "every third answer is a 503").aside(),
    scenario!("circuit-opens", circuit_opens, "a service that is down, and back after a while"),
    scenario!("gateway-html", gateway_html, "502 as the HTML page of a proxy"),
    scenario!("hang", hang, "requests that are never answered"),
    scenario!("resets", resets, "connections reset before and in the middle of the answer"),
    scenario!(
        "post-503",
        post_during_503,
        "POST answered 503, with an idempotency key and without"
    ),
    scenario!("streaming-upload", streaming_upload, "uploads that can be sent once"),
    scenario!("rotating-refresh-tokens", rotating_refresh_tokens, "refresh tokens that work once"),
    scenario!(
        "refresh-token-reused",
        refresh_token_reused,
        "a stolen refresh token ends the whole session"
    ),
    scenario!("token-endpoint-hangs", token_endpoint_hangs, "a refresh that is never answered"),
    scenario!("device-flow", device_flow, "a sign-in elsewhere, asked about as slowly as told", tv)
        .aside(),
    scenario!("shared-session", shared_session, "four clients and one session, kept in a file"),
    scenario!("sign-out", sign_out, "a session that its owner ends, here and at the server"),
    scenario!("scope-missing", scope_missing, "the token lacks a scope that the server names"),
    scenario!("claims-challenge", claims_challenge, "the server wants to see other claims"),
    scenario!("step-up", step_up, "the server wants a person to authenticate more strongly"),
    scenario!("dpop-nonce", proofs, "tokens bound to a key, and nonces that run out", bound),
    scenario!("lifetime-lies", lifetime_lies, "tokens that end long before they say", year),
    scenario!("token-error-in-200", error_in_a_200, "a token endpoint that says 200 to an error"),
    scenario!("clock-off", clock_off, "the API's clock is five minutes off", clock_ahead),
    scenario!("redirect", redirected, "a redirect to another origin, which gets no credential"),
];

/// Runs a scenario; what keeps it from running is wrong too.
pub(crate) async fn run(scenario: &'static Scenario, progress: &Progress) -> Row {
    progress.begin(scenario.name, scenario.what);
    let row = played(scenario, progress).await;
    progress.end(&row);
    row
}

async fn played(scenario: &'static Scenario, progress: &Progress) -> Row {
    let lab = match Lab::open((scenario.api)(), progress).await {
        Ok(lab) => lab,
        Err(error) => return nothing(scenario, format!("the API does not start: {error}")),
    };
    if let Err(error) = (scenario.run)(&lab).await {
        lab.check(false, || format!("the scenario broke off: {error}"));
    }
    let (refreshes, retries) = (lab.seen().token_calls().saturating_sub(1), lab.retries());
    let mut tally = lab.tally();
    Row {
        scenario: scenario.name,
        requests: tally.requests(),
        answered: tally.answered,
        failed_as_they_must: tally.failed_as_they_must,
        refreshes,
        retries,
        median: tally.quantile(0.5),
        p99: tally.quantile(0.99),
        wrong: std::mem::take(&mut tally.wrong),
    }
}

fn nothing(scenario: &'static Scenario, wrong: String) -> Row {
    Row {
        scenario: scenario.name,
        requests: 0,
        answered: 0,
        failed_as_they_must: 0,
        refreshes: 0,
        retries: 0,
        median: Duration::ZERO,
        p99: Duration::ZERO,
        wrong: vec![wrong],
    }
}

/// An API whose secrets are easy to find, wherever they should not be.
fn api() -> Builder {
    Api::builder()
        .service_key("s3cr3t-service-key")
        .client("demo", "s3cr3t-client-secret")
        .access_token_prefix("s3cr3t-access-")
        .refresh_token_prefix("s3cr3t-refresh-")
}

/// One that says a year, whatever a token's life is.
fn year() -> Builder {
    api().announced_lifetime(365 * 24 * 3_600)
}

fn clock_ahead() -> Builder {
    api().skew(Skew::Ahead(Duration::from_secs(5 * 60)))
}

/// One that may be asked each second whether a person is done.
fn tv() -> Builder {
    api().device_interval(Duration::from_secs(1))
}

/// One that wants a proof of possession with each token, and a new nonce in it every 25 answers.
fn bound() -> Builder {
    api().dpop(Dpop::new().nonces_every(NonZeroU32::MIN.saturating_add(24)))
}
