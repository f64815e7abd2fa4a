use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use http::{Method, Request};
use readmit_classify::{BODY_LIMIT, Evidence, classify, classify_transport};
use readmit_core::{Clock, Draws};
use readmit_error::{Failure, Kind, Origin, Replay, RetryAfter, Stage, Transport};
use readmit_recovery::{TokenAnswer, TokenError, TokenRequest};
use readmit_retry::{Attempts, Budget, Next, Policy, Verdict};

use crate::dialects;
use crate::fault::transport_of;
use crate::response_body::ResponseBody;
use crate::source::Endpoint;
use crate::{Body, BoxError, HttpService, SourceError, wiring};

/// Sends token requests over the client's transport, round everything that a call goes through:
/// with retries and a budget of their own, and no credential (rule 8).
pub(crate) struct TokenEndpoint<S> {
    pub(crate) service: S,
    pub(crate) policy: Policy,
    pub(crate) budget: Budget,
    pub(crate) attempt_timeout: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) draws: Draws,
}

#[async_trait]
impl<S: HttpService> Endpoint for TokenEndpoint<S> {
    async fn call(
        &self,
        request: TokenRequest,
        deadline: Instant,
    ) -> Result<TokenAnswer, SourceError> {
        let mut attempts = Attempts::new(&self.policy, || self.clock.now()).until(deadline);
        loop {
            let error = match self.once(&request).await {
                Ok(answer) => {
                    self.budget.deposit();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let verdict = if error.is_terminal() {
                Verdict::Stop
            } else {
                wiring::verdict(error.failure(), request.is_repeatable())
            };
            let now = self.clock.now();
            let Next::RetryIn(delay) = attempts.failed(now, verdict, self.draws.draw()) else {
                return Err(error);
            };
            let Ok(credit) = self.budget.withdraw(now) else {
                return Err(error);
            };
            tokio::time::sleep(delay).await;
            credit.spend();
        }
    }
}

impl<S: HttpService> TokenEndpoint<S> {
    async fn once(&self, request: &TokenRequest) -> Result<TokenAnswer, SourceError> {
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
        let failure = match dialects::of_token_endpoint(request.url()) {
            Some(dialect) => classify(&evidence.dialect(dialect)),
            None => classify(&evidence),
        };
        // A word in a success that nobody knows tells less than that there is no token in it.
        let failure = failure.filter(|told| 400 <= status.as_u16() || told.kind() != Kind::Unknown);
        let wait = failure.as_ref().and_then(Failure::retry_after).map(RetryAfter::delay);
        TokenAnswer::read(request, status.as_u16(), wait, &body).map_err(|error| {
            let failure = match failure {
                Some(failure) => refusal(failure),
                None => nonsense(status.as_u16(), &error),
            };
            SourceError::new(error.to_string(), request.redact(failure), error.is_terminal())
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
        SourceError::new(TokenError::Transport(transport).to_string(), failure, false)
    }
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
