//! How a call ends, and what is told of it.

use std::time::Duration;

use http::Response;
use readmit_error::event::{Event, RecoveryOutcome};
use readmit_error::{Category, Failure, Kind, Origin, Replay};
use readmit_log::Spans;
use readmit_recovery::Now;
use readmit_retry::GiveUp;

use super::{Call, Done};
use crate::attempt::Failed;
use crate::call_error::Answer;
use crate::keeper::NoCredential;
use crate::response_body::{Excerpt, ResponseBody};
use crate::{BoxError, Error, HttpService, wiring};

impl<S: HttpService> Call<'_, S> {
    /// Ends with the last real failure, and says why there is no further attempt.
    pub(super) fn give_up(
        &self,
        failed: Failed<S::Body>,
        why: GiveUp,
    ) -> Result<Done<S::Body>, Error> {
        let Failed { failure, answer, source, .. } = failed;
        if failure.origin() == Origin::Local {
            return Err(self.kept_out(failure, source, why));
        }
        let error = self.error(failure).why(why);
        let error = match source {
            Some(source) => error.cause(source),
            None => error,
        };
        self.end(error, answer)
    }

    /// Ends a call that was not let through, with what happened to it before as the cause.
    fn kept_out(&self, failure: Failure, source: Option<BoxError>, why: GiveUp) -> Error {
        let before = self.last.as_ref().filter(|last| last.origin() != Origin::Local);
        let failure = if self.may_have_acted { failure.possibly_processed() } else { failure };
        let error = self.error(failure).why(why);
        match (before, source) {
            (Some(before), _) => error.cause(before.clone()),
            (None, Some(source)) => error.cause(source),
            (None, None) => error,
        }
    }

    /// Ends a call whose credential was rejected and could not be replaced.
    ///
    /// Why it could not is more to the point than the rejection, which becomes the cause; a fresh
    /// credential that was rejected stays what it is.
    pub(super) fn unrecovered(
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

    /// Ends a call whose credential lacks what the server wants, and for which none was had that
    /// has it: the failure stays what it is, and says what was wanted.
    pub(super) fn unmet(
        &self,
        failed: Failed<S::Body>,
        why: BoxError,
    ) -> Result<Done<S::Body>, Error> {
        let Failed { failure, answer, .. } = failed;
        self.end(self.error(failure).cause(why), answer)
    }

    pub(super) fn without_credential(&self, refused: &NoCredential) -> Error {
        let failure = refused.failure(Now::read(&self.core.clock));
        let error = self.error(failure).of_credential();
        refused.cause_of(error)
    }

    fn reason(&self, refused: &NoCredential) -> Option<Failure> {
        (!refused.is_fresh_rejection()).then(|| refused.failure(Now::read(&self.core.clock)))
    }

    pub(super) fn out_of_time(&self) -> Error {
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
        if wiring::is_well(error.failure()) {
            self.gate.succeeded(self.last_retry);
        }
        let error = error.answer(Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: excerpt.bytes,
            cut: excerpt.cut,
        });
        Ok(self.done(response, Some(error)))
    }

    pub(super) fn done(
        &self,
        response: Response<ResponseBody<S::Body>>,
        error: Option<Error>,
    ) -> Done<S::Body> {
        let (attempts, recoveries) = (self.attempts(), self.recoveries.count());
        let (started, deadline_at) = (self.started, self.deadline_at);
        let outcome = self.outcome(error.as_ref());
        let (sent, moved_to) = (None, None);
        Done {
            response,
            deadline_at,
            attempts,
            recoveries,
            started,
            outcome,
            sent,
            moved_to,
            error,
        }
    }

    fn error(&self, failure: Failure) -> Error {
        let error = Error::new(failure).counts(self.attempts(), self.recoveries.count());
        let error = error.redacted_by(self.core.watch.secrets.redactor());
        match self.outgoing.url.host_str() {
            Some(host) => error.of_host(host),
            None => error,
        }
    }

    pub(super) fn attempts(&self) -> u32 {
        self.sends - self.resends
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

    /// Returns how the call ends (rule 90).
    fn outcome(&self, error: Option<&Error>) -> RecoveryOutcome {
        match error {
            None if self.last.is_none() => RecoveryOutcome::NotNeeded,
            None => RecoveryOutcome::Recovered,
            Some(_) if self.sends == 0 => RecoveryOutcome::Rejected,
            Some(error) if self.was_in_vain(error.failure()) => RecoveryOutcome::Exhausted,
            Some(_) => RecoveryOutcome::NotAttempted,
        }
    }

    /// A recovered failure is none of the operation (rule 86).
    fn end_span(&self, outcome: RecoveryOutcome, error: Option<&Error>) {
        Spans::ended(&self.span, outcome);
        if let Some(error) = error {
            Spans::failed(&self.span, error.failure());
        }
    }

    /// Tells how a call ended that did not succeed at once.
    pub(super) fn report(&self, ended: &mut Result<Done<S::Body>, Error>) {
        let (outcome, error) = match ended {
            Ok(done) => (done.outcome, done.error.as_ref()),
            Err(error) => {
                let outcome = self.outcome(Some(&*error));
                (outcome, Some(&*error.set_outcome(outcome)))
            }
        };
        self.end_span(outcome, error);
        let (core, url, kind) =
            (self.core, &self.outgoing.url, error.map(|error| error.failure().kind()));
        core.watch.meter.operation(&*core.clock, self.started, url, outcome, kind);
        let Some(last) = &self.last else {
            return;
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
