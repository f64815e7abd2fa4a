use std::sync::Arc;
use std::time::Instant;

use readmit_core::Epoch;
use readmit_error::event::{CallContext, Event, RefreshTrigger};
use readmit_error::{Failure, Kind, Origin, RetryAfter};
use readmit_log::Spans;
use readmit_recovery::{Demand, Generation, NotKept, Now, Phase, RefreshFailure, RefreshPermit};
use secrecy::ExposeSecret;
use tracing::{Instrument, Span};

use super::{Held, Keeper, Machine};
use crate::token::Storage;
use crate::under_way::{Passage, UnderWay};
use crate::unwind::{Panicked, unwinding};
use crate::{SourceError, Token};

/// The task that refreshes. Dropped before its end, or before it began, it gives its permit back,
/// and one of those who wait takes over (rules 5 and 12).
pub(super) struct Leader {
    keeper: Arc<Keeper>,
    epoch: Epoch,
    deadline: Instant,
    /// `None` once it is spent.
    permit: Option<RefreshPermit>,
    trigger: RefreshTrigger,
    /// The end of the client waits for it.
    _under_way: Passage<Arc<UnderWay>>,
    /// What the credential must have.
    pub(super) demand: Option<Arc<Demand>>,
}

impl Leader {
    pub(super) fn new(
        keeper: Arc<Keeper>,
        permit: RefreshPermit,
        trigger: RefreshTrigger,
    ) -> Leader {
        let (epoch, deadline) = (permit.epoch(), permit.deadline());
        let (permit, _under_way) = (Some(permit), keeper.supply.begin());
        Leader { keeper, epoch, deadline, permit, trigger, _under_way, demand: None }
    }

    /// Runs the refresh beside its callers, whose cancellation it survives; returns which it is, and
    /// until when it ends.
    pub(super) fn spawn(self) -> (Epoch, Instant) {
        let awaited = (self.epoch, self.deadline);
        let span = self.keeper.watch.refresh(self.trigger);
        drop(tokio::spawn(self.run().instrument(span)));
        awaited
    }

    async fn run(mut self) {
        let Keeper { watch, clock, .. } = &*self.keeper;
        let begun = watch.meter.begin(clock);
        let fetched = self.fetch().await;
        let error = fetched.as_ref().err().map(|error| error.failure().kind());
        watch.meter.refresh(clock, begun, self.trigger, error);
        let Some(permit) = self.permit.take() else {
            return;
        };
        match fetched {
            Ok(token) => self.refreshed(permit, token),
            Err(error) => self.failed(permit, error),
        }
    }

    async fn fetch(&self) -> Result<Token, SourceError> {
        let Keeper { supply, scopes, .. } = &*self.keeper;
        let in_hurry = !self.keeper.holds_good();
        let demand = self.demand.as_deref();
        let fetching = unwinding(async {
            let _turn = self.keeper.turn.lock().await;
            supply.fetch(scopes, demand, self.deadline, in_hurry).await
        });
        match tokio::time::timeout_at(self.deadline.into(), fetching).await {
            Ok(Ok(fetched)) => fetched,
            // The refresh failed, and is rested after like any other (rule 12).
            Ok(Err(Panicked)) => Err(SourceError::transient("the source panicked")),
            Err(_) => {
                let failure = Failure::builder(Kind::ClientTimeout, Origin::Local)
                    .because("the refresh had not ended at its deadline")
                    .build();
                Err(SourceError::new("the refresh took too long", failure, false))
            }
        }
    }

    fn refreshed(&self, permit: RefreshPermit, token: Token) {
        let keeper = &self.keeper;
        let (epoch, lifetime, draw) = (self.epoch, token.lifetime, keeper.draws.draw());
        let scope = token.scope.clone();
        let mut machine = keeper.lock();
        let now = Now::read(&keeper.clock);
        if machine.holds_rejected(&token, now) {
            drop(machine);
            let again = SourceError::terminal("the source gave the rejected credential again");
            return self.failed(permit, again);
        }
        match machine.life.refreshed(now, permit, lifetime, draw).decision {
            Ok(generation) => {
                let (held, unsaved) = machine.hold(now, token, generation, self.demand.clone());
                machine.last_error = None;
                keeper.publish(&mut machine, now);
                let expires_in = machine.life.expires_in(now);
                drop(machine);
                let coalesced_waiters = keeper.settled.receiver_count();
                let end = held.expires_at;
                keeper.settle(epoch, Ok(held));
                keeper.watch.issued(&keeper.scopes, scope.as_deref(), end);
                let trigger = self.trigger;
                let event = Event::RefreshSucceeded { expires_in, trigger, coalesced_waiters };
                keeper.watch.tell(event, CallContext::default(), unsaved.as_ref());
            }
            // A later refresh answers for itself.
            Err(NotKept::Overtaken) => {
                drop(machine);
                keeper.settle(epoch, Err(None));
            }
            Err(expired @ NotKept::ArrivedExpired) => {
                let error = SourceError::transient(expired.to_string());
                machine.last_error = Some(error.clone());
                keeper.publish(&mut machine, now);
                drop(machine);
                keeper.settle(epoch, Err(Some(error.clone())));
                self.report(&error);
            }
        }
    }

    fn failed(&self, permit: RefreshPermit, error: SourceError) {
        let keeper = &self.keeper;
        let (epoch, draw) = (self.epoch, keeper.draws.draw());
        let mut machine = keeper.lock();
        let now = Now::read(&keeper.clock);
        if machine.life.refresh_failed(now, permit, told(&error), draw).change.is_none() {
            // Overtaken: a later refresh answers for itself.
            drop(machine);
            return keeper.settle(epoch, Err(None));
        }
        machine.last_error = Some(error.clone());
        keeper.publish(&mut machine, now);
        drop(machine);
        // Whoever is told takes his time, or panics: not at the cost of those who wait.
        keeper.settle(epoch, Err(Some(error.clone())));
        self.report(&error);
    }

    fn report(&self, error: &SourceError) {
        Spans::failed(&Span::current(), error.failure());
        let event = Event::RefreshFailed {
            oauth_error: error.failure().body().error,
            permanent: error.is_terminal(),
            trigger: self.trigger,
        };
        self.keeper.watch.tell(event, CallContext::default(), Some(error.failure()));
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            let mut machine = self.keeper.lock();
            let _ = machine.life.abandoned(permit);
            self.keeper.publish(&mut machine, Now::read(&self.keeper.clock));
            drop(machine);
            self.keeper.settle(self.epoch, Err(None));
        }
    }
}

impl Machine {
    /// Takes up a new credential; returns why it could not be stored, if it could not (rule 18).
    fn hold(
        &mut self,
        now: Now,
        token: Token,
        generation: Generation,
        met: Option<Arc<Demand>>,
    ) -> (Arc<Held>, Option<Failure>) {
        let unsaved = match &token.storage {
            Storage::Failed(failure) => Some(failure.clone()),
            Storage::Fine => None,
            Storage::Source => {
                // A server that rejects it does not reject a fresh one (rule 28).
                self.life.of_unknown_age(generation);
                None
            }
        };
        (self.take_up(now, token, generation, met), unsaved)
    }

    /// Whether the token is the very one that a server rejected (rule 28).
    fn holds_rejected(&self, token: &Token, now: Now) -> bool {
        let is_same =
            |held: &Arc<Held>| held.token.secret.expose_secret() == token.secret.expose_secret();
        self.life.phase(now) == Phase::Rejected && self.held.as_ref().is_some_and(is_same)
    }
}

/// What the machine is told of an error.
fn told(error: &SourceError) -> RefreshFailure {
    let failure =
        if error.is_terminal() { RefreshFailure::terminal() } else { RefreshFailure::transient() };
    match error.failure().retry_after().map(RetryAfter::delay) {
        Some(wait) => failure.retry_after(wait),
        None => failure,
    }
}
