use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use http::{Method, Request};
use readmit_breaker::Outcome;
use readmit_classify::{BODY_LIMIT, Dialect, Evidence, classify, classify_transport};
use readmit_core::{Clock, Draws};
use readmit_error::event::CallContext;
use readmit_error::{Failure, Kind, Origin, Replay, RetryAfter, Stage, Transport};
use readmit_recovery::{DeviceAuthorization, TokenAnswer, TokenError, TokenRequest};
use readmit_retry::{Attempts, Credit, Next, Policy, Verdict};

use crate::admission::{Entry, Gate, Gates, OriginKey, Refused};
use crate::dialects;
use crate::fault::transport_of;
use crate::response_body::ResponseBody;
use crate::source::{Answer, Endpoint, Reading};
use crate::{Body, BoxError, HttpService, SourceError, wiring};

/// Sends token requests over the client's transport, round everything that a call goes through:
/// with retries, gates and a budget of their own, and no credential (rule 8).
pub(crate) struct TokenEndpoint<S> {
    pub(crate) service: S,
    pub(crate) policy: Policy,
    /// Token traffic opens no circuit of the API's, nor the other way round.
    pub(crate) gates: Gates,
    pub(crate) attempt_timeout: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) draws: Draws,
}

#[async_trait]
impl<S: HttpService> Endpoint for TokenEndpoint<S> {
    async fn call(
        &self,
        request: TokenRequest,
        reading: Reading,
        deadline: Instant,
    ) -> Result<Answer, SourceError> {
        let gate = self.gates.of_uri(request.url());
        let mut attempts = Attempts::new(&self.policy, || self.clock.now()).until(deadline);
        let mut last_retry = None;
        loop {
            let error = match self.once(&request, reading, &gate, deadline).await {
                Ok(answer) => {
                    gate.succeeded(last_retry);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let verdict = if error.is_terminal() || reading == Reading::Poll {
                Verdict::Stop
            } else {
                wiring::verdict(error.failure(), request.is_repeatable())
            };
            let now = self.clock.now();
            let next = attempts.failed(now, verdict, self.draws.draw());
            let throttled = wiring::hold(error.failure()).is_some();
            let Next::RetryIn(delay) = gate.once_open(next, now, throttled, Some(deadline)) else {
                return Err(error);
            };
            let fault = wiring::fault(error.failure());
            let Ok(credit) = fault.map(|fault| gate.budget().withdraw_for(now, fault)).transpose()
            else {
                return Err(error);
            };
            tokio::time::sleep(delay).await;
            last_retry = credit.map(Credit::spend).or(last_retry);
        }
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }
}

impl<S: HttpService> TokenEndpoint<S> {
    async fn once(
        &self,
        request: &TokenRequest,
        reading: Reading,
        gate: &Arc<Gate>,
        deadline: Instant,
    ) -> Result<Answer, SourceError> {
        let entry = self.enter(request, gate, deadline).await.map_err(|refused| {
            let failure = gate.refusal(&refused, || context(request));
            SourceError::new(refused.to_string(), failure, false)
        })?;
        let answer = self.exchange(request, reading, gate).await;
        match &answer {
            Ok(_) => entry.settle(Outcome::Succeed),
            Err(error) => entry.settle(wiring::report(error.failure())),
        }
        answer
    }

    async fn enter(
        &self,
        request: &TokenRequest,
        gate: &Arc<Gate>,
        deadline: Instant,
    ) -> Result<Entry, Refused> {
        gate.peek(self.clock.now())?;
        gate.turn(Some(deadline), || context(request)).await?;
        gate.enter(self.clock.now())
    }

    async fn exchange(
        &self,
        request: &TokenRequest,
        reading: Reading,
        gate: &Gate,
    ) -> Result<Answer, SourceError> {
        let answered = tokio::time::timeout(self.attempt_timeout, self.send(request)).await;
        let (status, headers, body) = match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(self.unanswered(transport_of(&*error))),
            Err(_) => {
                return Err(self.unanswered(Transport { stage: Stage::Sent, timed_out: true }));
            }
        };
        let received_at = self.clock.wall();
        let evidence = Evidence::answer(&Method::POST, status, &headers, received_at)
            .body(&body)
            .credential_sent(true);
        let dialect = dialects::of_token_endpoint(request.url());
        let failure = match dialect {
            Some(dialect) => classify(&evidence.dialect(dialect)),
            None => classify(&evidence),
        };
        // A word in a success that nobody knows tells less than that there is no token in it.
        let failure = failure.filter(|told| 400 <= status.as_u16() || told.kind() != Kind::Unknown);
        let hold = failure.as_ref().and_then(wiring::hold);
        gate.hear(&headers, hold, dialect.and_then(Dialect::reset));
        let wait = failure.as_ref().and_then(Failure::retry_after).map(RetryAfter::delay);
        read(request, reading, status.as_u16(), wait, &body).map_err(|error| {
            let failure = match failure {
                Some(failure) => refusal(failure),
                None => nonsense(status.as_u16(), &error),
            };
            SourceError::said(error, request.redact(failure))
        })
    }

    async fn send(
        &self,
        request: &TokenRequest,
    ) -> Result<(http::StatusCode, http::HeaderMap, bytes::Bytes), BoxError> {
        let mut outgoing = Request::new(Body::from(request.body().to_vec()));
        *outgoing.method_mut() = request.method();
        *outgoing.uri_mut() = request.url().clone();
        *outgoing.headers_mut() = request.headers().clone();
        let mut service = self.service.clone();
        poll_fn(|cx| service.poll_ready(cx)).await.map_err(Into::into)?;
        let response = service.call(outgoing).await.map_err(Into::into)?;
        let (parts, body) = response.into_parts();
        let mut body = ResponseBody::whole(body);
        body.read_ahead(BODY_LIMIT).await;
        Ok((parts.status, parts.headers, body.excerpt(BODY_LIMIT).bytes))
    }

    fn unanswered(&self, transport: Transport) -> SourceError {
        let failure = classify_transport(transport, self.clock.wall());
        SourceError::said(TokenError::Transport(transport), failure)
    }
}

fn read(
    request: &TokenRequest,
    reading: Reading,
    status: u16,
    wait: Option<Duration>,
    body: &[u8],
) -> Result<Answer, TokenError> {
    match reading {
        Reading::Device => {
            DeviceAuthorization::read(request, status, wait, body).map(Answer::Device)
        }
        Reading::Revocation => {
            request.read_revocation(status, wait, body).map(|()| Answer::Revoked)
        }
        Reading::Poll | Reading::Token => {
            TokenAnswer::read(request, status, wait, body).map(Answer::Token)
        }
    }
}

/// What logs and metrics may know of a token request.
fn context(request: &TokenRequest) -> CallContext {
    let mut context = CallContext::default();
    context.method = Some(request.method().as_str().to_owned());
    let key = OriginKey::of_uri(request.url());
    context.server = Some(key.host().to_owned());
    context.port = Some(key.port());
    context
}

/// The failure of a token endpoint that said no.
///
/// It is never an expired token: the one that was to be had is missing, and refreshing is what just
/// failed.
fn refusal(failure: Failure) -> Failure {
    if failure.kind() != Kind::TokenExpired {
        return failure;
    }
    let refused = Failure::builder(Kind::InvalidCredentials, failure.origin())
        .because(failure.because())
        .answer_of(&failure);
    match failure.timestamp() {
        Some(at) => refused.timestamp(at).build(),
        None => refused.build(),
    }
}

/// The failure of an answer that says it is good and is not (rule 26).
fn nonsense(status: u16, error: &TokenError) -> Failure {
    let kind = if error.is_terminal() { Kind::InvalidCredentials } else { Kind::Unavailable };
    Failure::builder(kind, Origin::Answer { status })
        // What was to be spent was spent, such as a refresh token that works once (rule 23).
        .replay(Replay::Processed)
        .because("the token endpoint's answer")
        .build()
}
