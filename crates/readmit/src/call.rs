mod admission;
mod ending;
mod recovery;
mod telling;

use std::sync::Arc;
use std::time::Instant;

use http::Response;
use readmit_error::Failure;
use readmit_error::event::{Event, RecoveryOutcome};
use readmit_log::Spans;
use readmit_recovery::Recoveries;
use readmit_retry::{Attempts, Credit, GiveUp, Next, Spent, Verdict};
use tracing::{Instrument, Span};
use url::Url;

use self::admission::{Admitted, NotAdmitted};
use crate::admission::{Entry, Gate};
use crate::attempt::{Failed, Tried};
use crate::keeper::Held;
use crate::outgoing::{Asked, Outgoing};
use crate::response_body::ResponseBody;
use crate::shared::Core;
use crate::{Error, HttpService, wiring};

/// One call: attempts, the recoveries and the waits between them, and one deadline around it all.
pub(crate) struct Call<'a, S> {
    core: &'a Core<S>,
    outgoing: Outgoing,
    /// Of the origin that the request is for.
    gate: Arc<Gate>,
    started: Instant,
    /// The time, as long as nothing has been waited for since it was read.
    now: Option<Instant>,
    deadline_at: Option<Instant>,
    /// Attempts that failed; resends after a recovery do not count (rule 42).
    retries: Attempts<'a>,
    recoveries: Recoveries,
    /// What the last retry took from the budget.
    last_retry: Option<Spent>,
    /// How often the request was sent.
    sends: u32,
    /// How often of these it was a resend after a recovery, which is no attempt (rule 42).
    resends: u32,
    last: Option<Failure>,
    /// Whether the server may have acted on an attempt that failed.
    may_have_acted: bool,
    span: Span,
}

/// What became of a call.
pub(crate) struct Ran<B> {
    pub(crate) ended: Result<Done<B>, Error>,
    pub(crate) asked: Asked,
}

/// How a call ended that got an answer.
pub(crate) struct Done<B> {
    pub(crate) response: Response<ResponseBody<B>>,
    pub(crate) deadline_at: Option<Instant>,
    pub(crate) attempts: u32,
    pub(crate) recoveries: u32,
    pub(crate) started: Instant,
    pub(crate) outcome: RecoveryOutcome,
    /// The credential of the request that succeeded.
    pub(crate) sent: Option<Arc<Held>>,
    /// Where the answer came from, if the request was redirected.
    pub(crate) moved_to: Option<Box<Url>>,
    /// Why the answer is not the one that was hoped for.
    pub(crate) error: Option<Error>,
}

/// Whether a failed attempt is followed by another.
enum After<B> {
    /// The request is sent again as a part of the same attempt, for it was recovered.
    Resend,
    /// Another attempt is made.
    Retry,
    End(Box<Result<Done<B>, Error>>),
}

impl<'a, S: HttpService> Call<'a, S> {
    pub(crate) fn new(core: &'a Core<S>, outgoing: Outgoing) -> Call<'a, S> {
        let started = core.clock.now();
        // A stream takes as long as it takes.
        let default = outgoing.body.is_replayable().then_some(core.deadline);
        let deadline = outgoing.deadline.or(default);
        let deadline_at = deadline.and_then(|deadline| started.checked_add(deadline));
        let retries = Attempts::new(&core.policy, || started);
        let retries = match deadline_at {
            Some(at) => retries.until(at),
            None => retries,
        };
        Call {
            core,
            gate: core.gates.of(&outgoing.url),
            outgoing,
            started,
            now: Some(started),
            deadline_at,
            retries,
            recoveries: Recoveries::default(),
            last_retry: None,
            sends: 0,
            resends: 0,
            last: None,
            may_have_acted: false,
            span: Span::none(),
        }
    }

    pub(crate) async fn run(mut self) -> Ran<S::Body> {
        self.span = self.core.watch.operation(|| self.outgoing.context());
        let span = self.span.clone();
        let ended = self.within_deadline().instrument(span).await;
        Ran { ended, asked: self.outgoing.into() }
    }

    async fn within_deadline(&mut self) -> Result<Done<S::Body>, Error> {
        let mut ended = match self.deadline_at {
            Some(at) => match tokio::time::timeout_at(at.into(), self.drive()).await {
                Ok(ended) => ended,
                Err(_) => Err(self.out_of_time()),
            },
            None => self.drive().await,
        };
        self.report(&mut ended);
        ended
    }

    async fn drive(&mut self) -> Result<Done<S::Body>, Error> {
        if self.outgoing.body.is_ungathered() {
            // Boxed, so that calls are no larger for what few of them need.
            Box::pin(self.outgoing.body.gather()).await;
            self.now = None;
        }
        let mut is_resend = false;
        loop {
            let Admitted { held, entry } = match self.admit().await {
                Ok(admitted) => admitted,
                Err(NotAdmitted::NoCredential(refused)) => {
                    return Err(self.without_credential(&refused));
                }
                Err(NotAdmitted::Refused(refused)) => match self.shut_out(&refused).await {
                    After::Resend | After::Retry => continue,
                    After::End(ended) => return *ended,
                },
            };
            self.sends += 1;
            self.resends += u32::from(is_resend);
            let tried = self.attempt(held, entry).await;
            let after = match tried {
                Tried::Succeeded { response, held, sent, moved_to } => {
                    self.gate.succeeded(self.last_retry);
                    if let (Some(keeper), Some(held)) = (self.core.keeper_of(&self.outgoing), &held)
                    {
                        keeper.accepted(held);
                    }
                    self.core.watch.allowed(self.started, &self.outgoing);
                    return Ok(Done { sent, moved_to, ..self.done(response, None) });
                }
                Tried::Failed(failed) => self.after(*failed).await,
            };
            is_resend = match after {
                After::Resend => true,
                After::Retry => false,
                After::End(ended) => return *ended,
            };
        }
    }

    /// Sends the request once, in a span of its own (rule 86).
    async fn attempt(&mut self, held: Option<Arc<Held>>, entry: Entry) -> Tried<S::Body> {
        let Call { core, outgoing, deadline_at, sends, .. } = self;
        let resends = sends.saturating_sub(1);
        self.gate.sends(self.started, outgoing.context.template.as_deref());
        let span = core.watch.attempt(|| outgoing.context(), outgoing.url.as_str(), resends);
        let meter = &core.watch.meter;
        let begun = meter.begin(&*core.clock);
        let attempt = core.attempt(outgoing, held, entry, *deadline_at);
        let tried = attempt.instrument(span.clone()).await;
        if let Some(status) = tried.status() {
            Spans::answered(&span, status.as_u16());
        }
        let failure = match &tried {
            Tried::Succeeded { .. } => None,
            Tried::Failed(failed) => Some(&failed.failure),
        };
        if let Some(failure) = failure {
            Spans::failed(&span, failure);
        }
        let request = (&outgoing.method, &outgoing.url);
        meter.request(&*core.clock, begun, request, tried.status(), failure);
        tried
    }

    async fn retry(&mut self, failed: Failed<S::Body>) -> After<S::Body> {
        // A body that cannot be sent again is looked at before quota is spent (rule 39); one that
        // was never sent can.
        let may_repeat = !self.outgoing.once;
        let verdict = if may_repeat && (self.outgoing.body.is_replayable() || self.sends == 0) {
            wiring::verdict(&failed.failure, self.outgoing.is_repeatable())
        } else {
            Verdict::Stop
        };
        let now = self.core.clock.now();
        let next = self.retries.failed(now, verdict, self.core.draws.draw());
        let throttled = wiring::hold(&failed.failure).is_some();
        let delay = match self.gate.once_open(next, now, throttled, self.deadline_at) {
            Next::GiveUp(why) => return After::End(Box::new(self.give_up(failed, why))),
            Next::RetryIn(delay) => delay,
        };
        let gate = Arc::clone(&self.gate);
        let fault = wiring::fault(&failed.failure);
        let credit = fault.map(|fault| gate.budget().withdraw_for(now, fault)).transpose();
        let credit = match credit {
            Ok(credit) => credit,
            Err(empty) => {
                let why = GiveUp::BudgetEmpty { delay, retry_at: empty.retry_at() };
                return After::End(Box::new(self.give_up(failed, why)));
            }
        };
        let source = wiring::delay_source(verdict, &failed.failure);
        let event = Event::RetryScheduled {
            attempt: self.retries.attempts(),
            max_attempts: self.core.policy.max_attempts(),
            delay,
            reason: failed.failure.kind(),
            source,
        };
        self.core.watch.tell(event, self.outgoing.context(), Some(&failed.failure));
        // Let go of the connection before the wait, its body drained as far as it was read.
        drop(failed);
        gate.rest(delay).await;
        self.last_retry = credit.map(Credit::spend).or(self.last_retry);
        After::Retry
    }
}
