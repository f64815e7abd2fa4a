use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use readmit_breaker::Outcome;
use readmit_classify::{BODY_LIMIT, Dialect, Evidence, classify, classify_transport};
use readmit_core::{Clock, Draws};
use readmit_error::event::CallContext;
use readmit_error::{Failure, Kind, Origin, Replay, RetryAfter, Stage, Transport};
use readmit_recovery::{
    DeviceAuthorization, Means, Now, Offset, Recoveries, ServerClock, TokenAnswer, TokenError,
    TokenRequest,
};
use readmit_retry::{Attempts, Credit, Next, Policy, Verdict};

use crate::admission::{Entry, Gate, Gates, OriginKey, Refused};
use crate::dated::dated;
use crate::dialects;
use crate::fault::transport_of;
use crate::prover::{Proven, Prover};
use crate::response_body::ResponseBody;
use crate::secrets::Secrets;
use crate::server_clocks::ServerClocks;
use crate::source::{Answer, Endpoint, Reading, Stated};
use crate::token_transport::TokenTransport;
use crate::{Body, BoxError, SourceError, wiring};

/// Sends token requests over the client's transport or one of their own, round everything that a
/// call goes through: with retries, gates and a budget of their own, and no credential (rule 8).
pub(crate) struct TokenEndpoint {
    pub(crate) transport: Box<dyn TokenTransport>,
    pub(crate) policy: Policy,
    pub(crate) gates: Arc<Gates>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) draws: Arc<Draws>,
    /// Who signs requests.
    pub(crate) prover: Option<Arc<Prover>>,
    /// By which what is dated is read, and signed.
    pub(crate) clocks: Mutex<ServerClocks>,
    /// What it is sent and gives away.
    pub(crate) secrets: Secrets,
}

#[async_trait]
impl Endpoint for TokenEndpoint {
    async fn call(
        &self,
        request: TokenRequest,
        reading: Reading,
        deadline: Instant,
    ) -> Result<Answer, SourceError> {
        self.attempts(request, reading, None, deadline).await
    }

    async fn call_stated(
        &self,
        stated: &dyn Stated,
        deadline: Instant,
    ) -> Result<Answer, SourceError> {
        let request = stated.request().await?;
        self.attempts(request, Reading::Statement, Some(stated), deadline).await
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn server_clock(&self, url: &Uri) -> ServerClock {
        self.clocks().of(&OriginKey::of_uri(url).to_string())
    }
}

impl TokenEndpoint {
    /// Sends the request, and again by the retry policy, with another statement where it has one.
    async fn attempts(
        &self,
        mut request: TokenRequest,
        reading: Reading,
        stated: Option<&dyn Stated>,
        deadline: Instant,
    ) -> Result<Answer, SourceError> {
        let gate = self.gates.of_uri(request.url());
        let mut attempts = Attempts::new(&self.policy, || self.clock.now()).until(deadline);
        let mut last_retry = None;
        loop {
            let error = match self.once(&request, reading, &gate, deadline).await {
                Ok(answer) => {
                    self.secrets.remember(answer.secrets());
                    gate.succeeded(last_retry);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let verdict = if error.is_terminal() || reading == Reading::Poll {
                Verdict::Stop
            } else {
                wiring::verdict(error.failure(), stated.is_some() || request.is_repeatable())
            };
            let now = self.clock.now();
            let next = attempts.failed(now, verdict, self.draws.draw());
            let throttled = wiring::hold(error.failure()).is_some();
            let Next::RetryIn(delay) = gate.once_open(next, now, throttled, Some(deadline)) else {
                if wiring::is_well(error.failure()) {
                    gate.succeeded(last_retry);
                }
                return Err(error);
            };
            let fault = wiring::fault(error.failure());
            let Ok(credit) = fault.map(|fault| gate.budget().withdraw_for(now, fault)).transpose()
            else {
                return Err(error);
            };
            tokio::time::sleep(delay).await;
            if let Some(stated) = stated {
                let next = stated.request().await?;
                if next.body() == request.body() {
                    // There is no other statement, and this one counts as seen.
                    return Err(error);
                }
                request = next;
            }
            last_retry = credit.map(Credit::spend).or(last_retry);
        }
    }

    async fn once(
        &self,
        request: &TokenRequest,
        reading: Reading,
        gate: &Arc<Gate>,
        deadline: Instant,
    ) -> Result<Answer, SourceError> {
        self.secrets.remember(request.secrets().iter());
        let entry = self.enter(request, gate, deadline).await.map_err(|refused| {
            let failure = gate.refusal(&refused, || context(request));
            SourceError::new(refused.to_string(), failure, false)
        })?;
        let answer = self.proven(request, reading, gate).await;
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

    /// Sends the request, and again where it is the proof that was refused, once for each reason
    /// (rules 33 and 51).
    async fn proven(
        &self,
        request: &TokenRequest,
        reading: Reading,
        gate: &Gate,
    ) -> Result<Answer, SourceError> {
        let mut recoveries = Recoveries::default();
        loop {
            let mut proven = None;
            let answer = self.exchange(request, reading, gate, &mut proven).await;
            let (Err(error), Some(prover), Some(proven)) = (&answer, &self.prover, &proven) else {
                return answer;
            };
            let means = prover.means(Means::NONE, proven, error.failure());
            if reading == Reading::Statement {
                let helps = Recoveries::default().plan(error.failure(), means).is_ok();
                return answer.map_err(|error| if helps { error.of_proof() } else { error });
            }
            if recoveries.plan(error.failure(), means).is_err() {
                return answer;
            }
        }
    }

    async fn exchange(
        &self,
        request: &TokenRequest,
        reading: Reading,
        gate: &Gate,
        proven: &mut Option<Proven>,
    ) -> Result<Answer, SourceError> {
        let sent = Now::read(&self.clock);
        let sending = self.send(request, proven);
        let Ok(answered) = tokio::time::timeout(self.attempt_timeout, sending).await else {
            return Err(self.unanswered(Transport { stage: Stage::Sent, timed_out: true }));
        };
        let (status, headers, body) = answered?;
        let received = Now::read(&self.clock);
        let received_at = received.wall;
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
        if let Some(dated) = dated(sent, received, &headers) {
            self.clocks().hear(&OriginKey::of_uri(request.url()).to_string(), &dated);
        }
        // An absolute end is read by the clock of who wrote it (rule 51).
        let offset = self.server_clock(request.url()).offset();
        read(request, reading, status.as_u16(), wait, &body, offset).map_err(|error| {
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
        proven: &mut Option<Proven>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), SourceError> {
        let mut outgoing = Request::new(Body::from(request.body().to_vec()));
        *outgoing.method_mut() = request.method();
        *outgoing.uri_mut() = request.url().clone();
        *outgoing.headers_mut() = request.headers().clone();
        let broken = |error: BoxError| self.unanswered(transport_of(&*error));
        let mut service = self.transport.service().map_err(broken)?;
        poll_fn(|cx| service.poll_ready(cx)).await.map_err(broken)?;
        if let Some(prover) = &self.prover {
            let made = prover.prove(outgoing.headers_mut(), &request.method(), request.url(), None);
            *proven = Some(made.map_err(|error| SourceError::terminal(error.to_string()))?);
        }
        let response = service.call(outgoing).await.map_err(broken)?;
        if let (Some(prover), Some(proven)) = (&self.prover, proven) {
            prover.hear(proven, response.headers());
        }
        let (parts, body) = response.into_parts();
        let mut body = ResponseBody::whole(body);
        body.read_ahead(BODY_LIMIT).await;
        Ok((parts.status, parts.headers, body.excerpt(BODY_LIMIT).bytes))
    }

    fn clocks(&self) -> MutexGuard<'_, ServerClocks> {
        // Sound: what is known of an origin is replaced whole.
        self.clocks.lock().unwrap_or_else(PoisonError::into_inner)
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
    offset: Offset,
) -> Result<Answer, TokenError> {
    match reading {
        Reading::Device => {
            DeviceAuthorization::read(request, status, wait, body).map(Answer::Device)
        }
        Reading::Revocation => {
            request.read_revocation(status, wait, body).map(|()| Answer::Revoked)
        }
        Reading::Poll | Reading::Statement | Reading::Token => {
            let answer = TokenAnswer::read(request, status, wait, body)?;
            Ok(Answer::Token(answer.told_by(offset)))
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
