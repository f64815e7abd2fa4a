use std::time::{Duration, Instant};

use http::Response;
use readmit_error::event::{DelaySource, Event};
use readmit_error::{Category, Failure, Kind, Origin, Replay};
use readmit_recovery::{Now, Recoveries, Strategy};
use readmit_retry::{Attempts, GiveUp, Next, Verdict};

use crate::attempt::{Failed, Tried};
use crate::call_error::Answer;
use crate::keeper::{NoCredential, Rejected};
use crate::outgoing::Outgoing;
use crate::response_body::{Excerpt, ResponseBody};
use crate::shared::Core;
use crate::{Error, HttpService, wiring};

/// One call: attempts, the recoveries and the waits between them, and one deadline around it all.
pub(crate) struct Call<'a, S> {
    core: &'a Core<S>,
    outgoing: Outgoing,
    started: Instant,
    deadline_at: Option<Instant>,
    /// Attempts that failed; resends after a recovery do not count (rule 42).
    retries: Attempts<'a>,
    recoveries: Recoveries,
    /// How often the request was sent.
    sends: u32,
    /// How often of these it was a resend after a recovery, which is no attempt (rule 42).
    resends: u32,
    last: Option<Failure>,
}

/// How a call ended that got an answer.
pub(crate) struct Done<B> {
    pub(crate) response: Response<ResponseBody<B>>,
    pub(crate) deadline_at: Option<Instant>,
    pub(crate) attempts: u32,
    pub(crate) recoveries: u32,
    /// Why the answer is not the one that was hoped for.
    pub(crate) error: Option<Error>,
}

/// Whether a failed attempt is followed by another.
enum After<B> {
    /// The request is sent again as a part of the same attempt, for it was recovered.
    Resend,
    /// Another attempt is made.
    Retry,
    End(Result<Done<B>, Error>),
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
        let recoveries = Recoveries::default();
        let (sends, resends, last) = (0, 0, None);
        Call { core, outgoing, started, deadline_at, retries, recoveries, sends, resends, last }
    }

    pub(crate) async fn run(mut self) -> Result<Done<S::Body>, Error> {
        let ended = match self.deadline_at {
            Some(at) => match tokio::time::timeout_at(at.into(), self.drive()).await {
                Ok(ended) => ended,
                Err(_) => Err(self.out_of_time()),
            },
            None => self.drive().await,
        };
        self.report(&ended);
        ended
    }

    async fn drive(&mut self) -> Result<Done<S::Body>, Error> {
        let mut is_resend = false;
        loop {
            let held = match self.core.credential(&self.outgoing).await {
                Ok(held) => held,
                Err(refused) => return Err(self.without_credential(&refused)),
            };
            self.sends += 1;
            self.resends += u32::from(is_resend);
            let after = match self.core.attempt(&mut self.outgoing, held, self.deadline_at).await {
                Tried::Succeeded { response, held } => {
                    self.core.budgets.of(&self.outgoing.url).deposit();
                    if let (Some(keeper), Some(held)) = (&self.core.keeper, &held) {
                        keeper.accepted(held);
                    }
                    return Ok(self.done(response, None));
                }
                Tried::Failed(failed) => self.after(*failed).await,
            };
            is_resend = match after {
                After::Resend => true,
                After::Retry => false,
                After::End(ended) => return ended,
            };
        }
    }

    /// Recovers, waits or gives up.
    async fn after(&mut self, failed: Failed<S::Body>) -> After<S::Body> {
        self.last = Some(failed.failure.clone());
        let keeper = self.core.keeper.as_ref().zip(failed.held.as_ref());
        let strategy = wiring::recovery(&failed.failure);
        match (keeper, strategy) {
            (Some((keeper, held)), Some(strategy)) => {
                if keeper.is_renewable() && self.may_recover(&failed.failure, strategy) {
                    let tell = |follows, consecutive| {
                        self.tell(&failed.failure, follows, consecutive);
                    };
                    return match keeper.recover(held.generation, tell).await {
                        Ok(_) => After::Resend,
                        Err(refused) => After::End(self.unrecovered(failed, &refused)),
                    };
                }
                let Rejected { refresh_follows, consecutive } = keeper.rejected(held);
                self.tell(&failed.failure, refresh_follows, consecutive);
            }
            (Some((keeper, held)), None) => {
                if wiring::credential_was_accepted(&failed.failure) {
                    keeper.accepted(held);
                }
                self.tell(&failed.failure, false, 0);
            }
            (None, _) => self.tell(&failed.failure, false, 1),
        }
        self.retry(failed).await
    }

    async fn retry(&mut self, failed: Failed<S::Body>) -> After<S::Body> {
        // A body that cannot be sent again is looked at before quota is spent (rule 39).
        let verdict = if self.outgoing.body.is_replayable() {
            wiring::verdict(&failed.failure, self.outgoing.is_repeatable())
        } else {
            Verdict::Stop
        };
        let now = self.core.clock.now();
        let delay = match self.retries.failed(now, verdict, self.core.draws.draw()) {
            Next::GiveUp(why) => return After::End(self.give_up(failed, why)),
            Next::RetryIn(delay) => delay,
        };
        let credit = match self.core.budgets.of(&self.outgoing.url).withdraw(now) {
            Ok(credit) => credit,
            Err(empty) => {
                let why = GiveUp::BudgetEmpty { delay, retry_at: empty.retry_at() };
                return After::End(self.give_up(failed, why));
            }
        };
        let source = match verdict {
            Verdict::RetryAfter(_) => DelaySource::Server,
            Verdict::Retry | Verdict::Stop => DelaySource::Backoff,
        };
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
        tokio::time::sleep(delay).await;
        credit.spend();
        After::Retry
    }

    /// Whether the request may be sent again after a recovery, which a redirect may have ruled out
    /// though the credential was rejected (rule 40).
    fn may_recover(&mut self, failure: &Failure, strategy: Strategy) -> bool {
        self.outgoing.body.is_replayable()
            && (self.outgoing.is_repeatable() || failure.replay().is_safe())
            && self.recoveries.try_spend(strategy).is_ok()
    }

    /// Ends with the last real failure, and says why there is no further attempt.
    fn give_up(&self, failed: Failed<S::Body>, why: GiveUp) -> Result<Done<S::Body>, Error> {
        let Failed { failure, answer, source, .. } = failed;
        let error = self.error(failure).why(why);
        let error = match source {
            Some(source) => error.cause(source),
            None => error,
        };
        self.end(error, answer)
    }

    /// Ends a call whose credential was rejected and could not be replaced.
    ///
    /// Why it could not is more to the point than the rejection, which becomes the cause; a fresh
    /// credential that was rejected stays what it is.
    fn unrecovered(
        &self,
        failed: Failed<S::Body>,
        refused: &NoCredential,
    ) -> Result<Done<S::Body>, Error> {
        let Failed { failure, answer, .. } = failed;
        let error = match self.reason(refused) {
            Some(reason) => self.error(reason).cause(failure).of_credential(),
            None => self.error(failure),
        };
        self.end(error, answer)
    }

    fn without_credential(&self, refused: &NoCredential) -> Error {
        let failure = refused.failure(Now::read(&self.core.clock));
        let error = self.error(failure).of_credential();
        match refused {
            NoCredential::Source(source) => error.cause(source.clone()),
            NoCredential::Refused(refused) => error.cause(*refused),
        }
    }

    fn reason(&self, refused: &NoCredential) -> Option<Failure> {
        (!refused.is_fresh_rejection()).then(|| refused.failure(Now::read(&self.core.clock)))
    }

    fn out_of_time(&self) -> Error {
        let never_sent = self.sends == 0;
        let failure = Failure::builder(Kind::DeadlineExceeded, Origin::Local)
            .replay(if never_sent { Replay::NotProcessed } else { Replay::PossiblyProcessed })
            .because("the deadline of the call passed")
            .timestamp(self.core.clock.wall())
            .build();
        let error = self.error(failure);
        match &self.last {
            Some(last) => error.cause(last.clone()),
            None => error,
        }
    }

    fn end(
        &self,
        error: Error,
        answer: Option<(Response<ResponseBody<S::Body>>, Excerpt)>,
    ) -> Result<Done<S::Body>, Error> {
        let Some((response, excerpt)) = answer else {
            return Err(error);
        };
        let error = error.answer(Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: excerpt.bytes,
            cut: excerpt.cut,
        });
        Ok(self.done(response, Some(error)))
    }

    fn done(
        &self,
        response: Response<ResponseBody<S::Body>>,
        error: Option<Error>,
    ) -> Done<S::Body> {
        let (attempts, recoveries) = (self.attempts(), self.recoveries.count());
        Done { response, deadline_at: self.deadline_at, attempts, recoveries, error }
    }

    fn error(&self, failure: Failure) -> Error {
        Error::new(failure).counts(self.attempts(), self.recoveries.count())
    }

    fn attempts(&self) -> u32 {
        self.sends - self.resends
    }

    fn tell(&self, failure: &Failure, recovers: bool, consecutive: u32) {
        if let Some(event) = wiring::event(failure, recovers, consecutive) {
            self.core.watch.tell(event, self.outgoing.context(), Some(failure));
        }
    }

    /// Whether what was tried was tried against what the call failed of; a failure that nothing was
    /// tried against was told already.
    fn was_in_vain(&self, failure: &Failure) -> bool {
        match failure.kind().category() {
            Category::Authentication => 0 < self.recoveries.count(),
            Category::Local => 0 < self.recoveries.count() || 1 < self.attempts(),
            Category::Authorization
            | Category::Network
            | Category::Request
            | Category::Service
            | Category::Throttling
            | Category::Unknown => 1 < self.attempts() && failure.is_retryable(),
        }
    }

    /// Tells how a call ended that did not succeed at once.
    fn report(&self, ended: &Result<Done<S::Body>, Error>) {
        let Some(last) = &self.last else {
            return;
        };
        let error = match ended {
            Ok(done) => done.error.as_ref(),
            Err(error) => Some(error),
        };
        let elapsed: Duration = self.core.clock.now().saturating_duration_since(self.started);
        let authentication = last.kind().category() == Category::Authentication;
        let mut strategies: Vec<String> =
            self.recoveries.strategies().map(|strategy| strategy.to_string()).collect();
        if 1 < self.attempts() {
            strategies.push("retry".to_owned());
        }
        let attempts = self.sends;
        let event = match error {
            None => {
                let strategy = strategies.join("+");
                Event::RecoverySucceeded { authentication, strategy, attempts, elapsed }
            }
            Some(error) if !self.was_in_vain(error.failure()) => return,
            Some(_) => Event::RecoveryExhausted { authentication, attempts, strategies, elapsed },
        };
        let failure = error.map_or(last, Error::failure);
        self.core.watch.tell(event, self.outgoing.context(), Some(failure));
    }
}
