mod leader;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use http::{HeaderName, HeaderValue};
use readmit_core::{Clock, Draws, Epoch, Step};
use readmit_error::event::{CallContext, Event, RefreshTrigger};
use readmit_error::{Failure, Kind, Origin, RetryAfter};
use readmit_recovery::{
    Cause, Change, Generation, Lifecycle, NotKept, Now, Phase, RefreshFailure, RefreshPermit,
    Refused, Usable, Use,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use self::leader::Leader;
use crate::core::Watch;
use crate::source::Endpoint;
use crate::{Source, SourceError, Token};

/// Keeps one credential for any number of callers: the driver of a [`Lifecycle`].
///
/// What may be used without asking stands in `published`, and a call that finds it there takes no
/// lock. Everything else is the machine's to say, behind a mutex that is held for one question and
/// never across an `await` (rule 7).
pub(crate) struct Keeper {
    machine: Mutex<Machine>,
    published: ArcSwapOption<Published>,
    /// The outcome of the last refresh, for those who wait for it (rule 4).
    settled: watch::Sender<Option<Settled>>,
    source: Box<dyn Source>,
    endpoint: Box<dyn Endpoint>,
    clock: Arc<dyn Clock>,
    draws: Draws,
    watch: Watch,
}

struct Machine {
    life: Lifecycle,
    /// The credential that `life` speaks of, whether it may be used at the moment or not.
    held: Option<Arc<Held>>,
    /// Why the last refresh failed, for those whom the machine refuses while it rests.
    last_error: Option<SourceError>,
}

/// A credential as it goes onto a request, ready made.
pub(crate) struct Held {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
    pub(crate) secret: SecretString,
    /// What the secret was made of, where that is a secret too.
    pub(crate) origin: Option<SecretString>,
    pub(crate) generation: Generation,
    /// Whether a server has accepted it, and the machine was told.
    proven: AtomicBool,
}

/// A credential, and how long it may be used without asking.
struct Published {
    held: Arc<Held>,
    usable: Usable,
}

/// The outcome of one refresh.
#[derive(Clone)]
struct Settled {
    epoch: Epoch,
    outcome: Result<Arc<Held>, Option<SourceError>>,
}

/// Why there is no credential to send a request with.
#[derive(Clone, Debug)]
pub(crate) enum NoCredential {
    /// A source failed, now or a moment ago.
    Source(SourceError),
    /// The machine refuses: it says why, and when to come back.
    Refused(Refused),
}

/// What the machine answered, with everything that is to be done about it outside the lock.
enum Told {
    Use(Arc<Held>),
    Lead { permit: RefreshPermit, trigger: RefreshTrigger, beside: Option<Arc<Held>> },
    Wait { epoch: Epoch, until: Instant },
    No(NoCredential),
}

impl Keeper {
    pub(crate) fn new(
        life: Lifecycle,
        source: Box<dyn Source>,
        endpoint: Box<dyn Endpoint>,
        clock: Arc<dyn Clock>,
        watch: Watch,
    ) -> Keeper {
        Keeper {
            machine: Mutex::new(Machine { life, held: None, last_error: None }),
            published: ArcSwapOption::empty(),
            settled: watch::Sender::new(None),
            source,
            endpoint,
            clock,
            draws: Draws::from_process(),
            watch,
        }
    }

    /// Returns a credential to send a request with, fetching one if need be.
    ///
    /// It is cancel-safe: a refresh that it began goes on without it (rule 5).
    pub(crate) async fn credential(self: &Arc<Keeper>) -> Result<Arc<Held>, NoCredential> {
        if let Some(Published { held, usable }) = self.published.load().as_deref() {
            // A credential that does not expire costs no look at the clock.
            if usable.until().is_none() || usable.covers(Now::read(&self.clock)) {
                return Ok(Arc::clone(held));
            }
        }
        self.follow(|life, now| life.try_use(now)).await
    }

    /// Returns another credential than the rejected one, which may be there already (rule 2).
    ///
    /// Before it waits it tells whether there is anything to wait for, and how many rejections in a
    /// row it was.
    pub(crate) async fn recover(
        self: &Arc<Keeper>,
        rejected: Generation,
        tell: impl FnOnce(bool, u32),
    ) -> Result<Arc<Held>, NoCredential> {
        let mut ask = |life: &mut Lifecycle, now| life.try_recover(now, rejected);
        let outcomes = self.settled.subscribe();
        let told = self.ask(&mut ask);
        // None in a row, where a newer credential was accepted meanwhile: this one is the first.
        tell(!matches!(told, Told::No(_)), self.lock().life.rejections().max(1));
        match self.join(told, outcomes).await {
            Some(ended) => ended,
            None => self.follow(ask).await,
        }
    }

    /// Tells that a server rejected the credential, where the call itself is not recovered.
    ///
    /// A renewable credential is refreshed beside, so that the next call finds another. Returns how
    /// many rejections in a row it was.
    pub(crate) fn rejected(self: &Arc<Keeper>, held: &Held) -> u32 {
        if self.source.is_renewable() {
            let told = self.ask(&mut |life, now| life.try_recover(now, held.generation));
            if let Told::Lead { permit, trigger, .. } = told {
                // Without a runtime to run it on the refresh is given up, and the next call leads.
                drop(self.spawn(permit, trigger));
            }
            return self.lock().life.rejections();
        }
        let mut machine = self.lock();
        // Relaxed: as in `accepted`.
        held.proven.store(false, Ordering::Relaxed);
        let _ = machine.life.rejected(held.generation);
        self.publish(&mut machine, Now::read(&self.clock));
        machine.life.rejections()
    }

    /// Tells that a server accepted the credential.
    ///
    /// Only the first time it takes the lock.
    pub(crate) fn accepted(&self, held: &Held) {
        // Relaxed: it guards nothing; whoever reads it late tells the machine once more. It is
        // written under the lock, so that it never says more than the machine was told.
        if !held.proven.load(Ordering::Relaxed) {
            let mut machine = self.lock();
            machine.life.accepted(held.generation);
            held.proven.store(true, Ordering::Relaxed);
        }
    }

    /// Returns whether a rejected credential can be replaced by another.
    pub(crate) fn is_renewable(&self) -> bool {
        self.source.is_renewable()
    }

    /// Ends the lock-out, and the rest after a failed refresh.
    pub(crate) fn unlock(&self) {
        let mut machine = self.lock();
        let _ = machine.life.unlock();
        self.publish(&mut machine, Now::read(&self.clock));
    }

    /// Asks, and does what the answer says until there is a credential or none to be had.
    async fn follow(
        self: &Arc<Keeper>,
        mut ask: impl FnMut(&mut Lifecycle, Now) -> Step<Use, Change>,
    ) -> Result<Arc<Held>, NoCredential> {
        loop {
            // Subscribed before asking, so that no outcome falls between the two.
            let outcomes = self.settled.subscribe();
            let told = self.ask(&mut ask);
            if let Some(ended) = self.join(told, outcomes).await {
                return ended;
            }
        }
    }

    /// Does what the answer says; `None` where the machine has to be asked again.
    async fn join(
        self: &Arc<Keeper>,
        told: Told,
        mut outcomes: watch::Receiver<Option<Settled>>,
    ) -> Option<Result<Arc<Held>, NoCredential>> {
        let (epoch, until) = match told {
            Told::Use(held) => return Some(Ok(held)),
            Told::No(error) => return Some(Err(error)),
            Told::Lead { permit, trigger, beside: Some(held) } => {
                self.spawn(permit, trigger);
                return Some(Ok(held));
            }
            Told::Lead { permit, trigger, beside: None } => {
                let awaited = (permit.epoch(), permit.deadline());
                if let Some(unspawned) = self.spawn(permit, trigger) {
                    unspawned.await;
                }
                awaited
            }
            Told::Wait { epoch, until } => (epoch, until),
        };
        let reached = |settled: &Option<Settled>| {
            settled.as_ref().is_some_and(|settled| epoch.as_u64() <= settled.epoch.as_u64())
        };
        // A leader on a runtime that nobody drives tells nothing, not even that it is late: then the
        // next to ask leads (rule 5). The sender lives as long as this keeper.
        let overdue = tokio::time::Instant::from(until) + GRACE;
        let waiting = outcomes.wait_for(reached);
        let settled = tokio::time::timeout_at(overdue, waiting).await.ok()?.ok()?.clone()?;
        match settled.outcome {
            // Overtaken by a later one: the machine knows.
            _ if settled.epoch != epoch => None,
            Ok(held) => Some(Ok(held)),
            // What is held may still be good (rule 9); if not, the failure is everybody's.
            Err(Some(error)) => Some(self.usable().ok_or(NoCredential::Source(error))),
            // Given up without an outcome.
            Err(None) => None,
        }
    }

    fn usable(&self) -> Option<Arc<Held>> {
        let machine = self.lock();
        machine.life.usable(Now::read(&self.clock))?;
        machine.held.clone()
    }

    fn ask(&self, ask: &mut impl FnMut(&mut Lifecycle, Now) -> Step<Use, Change>) -> Told {
        let mut machine = self.lock();
        let now = Now::read(&self.clock);
        let decision = ask(&mut machine.life, now).decision;
        self.publish(&mut machine, now);
        let trigger = match machine.life.phase(now) {
            Phase::Rejected => RefreshTrigger::Reactive,
            Phase::Absent | Phase::Fresh | Phase::Advisory | Phase::Mandatory | Phase::Expired => {
                RefreshTrigger::Proactive
            }
        };
        match (decision, machine.held.clone()) {
            (Use::Held { .. }, Some(held)) => Told::Use(held),
            (Use::HeldWhileRefreshing { permit, .. }, beside) => {
                Told::Lead { permit, trigger, beside }
            }
            (Use::Refresh { permit }, _) => Told::Lead { permit, trigger, beside: None },
            (Use::Wait { epoch, until }, _) => Told::Wait { epoch, until },
            (Use::Refused(refused), _) => Told::No(machine.refusal(refused)),
            // Cannot be: the machine and what it speaks of change together, under one lock.
            (Use::Held { .. }, None) => {
                Told::No(NoCredential::Source(SourceError::transient("the credential is gone")))
            }
        }
    }

    /// Runs the refresh beside its callers; hands it back where there is no runtime to run it on.
    fn spawn(
        self: &Arc<Keeper>,
        permit: RefreshPermit,
        trigger: RefreshTrigger,
    ) -> Option<impl Future<Output = ()> + Send + use<>> {
        let refresh = Leader::new(Arc::clone(self), permit).run(trigger);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                drop(runtime.spawn(refresh));
                None
            }
            Err(_) => Some(refresh),
        }
    }

    /// Publishes what may be used without asking, or that nothing may.
    fn publish(&self, machine: &mut Machine, now: Now) {
        let usable = machine.life.usable(now);
        let published = usable.zip(machine.held.clone());
        let published = published.map(|(usable, held)| Arc::new(Published { held, usable }));
        self.published.store(published);
    }

    /// Tells those who wait; a refresh that was overtaken does not hide the outcome of a later one.
    fn settle(&self, epoch: Epoch, outcome: Result<Arc<Held>, Option<SourceError>>) {
        self.settled.send_if_modified(|settled| {
            let is_news = settled.as_ref().is_none_or(|last| last.epoch.as_u64() < epoch.as_u64());
            if is_news {
                *settled = Some(Settled { epoch, outcome });
            }
            is_news
        });
    }

    fn lock(&self) -> MutexGuard<'_, Machine> {
        // Sound: each question leaves the machine whole before it can panic in the caller's code.
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Machine {
    /// Whether the token is the very one that a server rejected (rule 28).
    fn holds_rejected(&self, token: &Token, now: Now) -> bool {
        let rejected = self.life.phase(now) == Phase::Rejected;
        let same = |held: &Arc<Held>| held.secret.expose_secret() == token.secret.expose_secret();
        rejected && self.held.as_ref().is_some_and(same)
    }

    fn refusal(&self, refused: Refused) -> NoCredential {
        match (refused.cause(), &self.last_error) {
            (Cause::RefreshFailed | Cause::RefreshRefused, Some(error)) => {
                NoCredential::Source(error.clone())
            }
            (
                Cause::FreshRejected
                | Cause::LockedOut
                | Cause::RefreshFailed
                | Cause::RefreshRefused,
                _,
            ) => NoCredential::Refused(refused),
        }
    }
}

impl Held {
    fn new(token: Token, generation: Generation) -> Held {
        let Token { name, value, secret, origin, .. } = token;
        Held { name, value, secret, origin, generation, proven: AtomicBool::new(false) }
    }

    /// Returns what a server must not be heard repeating (rule 56).
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.secret).chain(&self.origin).map(ExposeSecret::expose_secret)
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("generation", &self.generation).finish_non_exhaustive()
    }
}

impl Keeper {
    fn refreshed(&self, permit: RefreshPermit, token: Token, trigger: RefreshTrigger) {
        let epoch = permit.epoch();
        let lifetime = token.lifetime;
        let draw = self.draws.draw();
        let mut machine = self.lock();
        let now = Now::read(&self.clock);
        if self.source.is_renewable() && machine.holds_rejected(&token, now) {
            drop(machine);
            let error = SourceError::terminal("the source gave the rejected credential again");
            return self.refresh_failed(permit, error, trigger);
        }
        let kept = machine.life.refreshed(now, permit, lifetime, draw).decision;
        let outcome = match kept {
            Ok(generation) => {
                let held = Arc::new(Held::new(token, generation));
                machine.held = Some(Arc::clone(&held));
                machine.last_error = None;
                Ok(held)
            }
            Err(NotKept::Overtaken) => {
                drop(machine);
                return self.settle(epoch, Err(None));
            }
            Err(expired @ NotKept::ArrivedExpired) => {
                let error = SourceError::transient(expired.to_string());
                machine.last_error = Some(error.clone());
                Err(error)
            }
        };
        self.publish(&mut machine, now);
        let expires_in = machine.life.expires_in(now);
        drop(machine);
        match outcome {
            Ok(held) => {
                self.settle(epoch, Ok(held));
                let event = Event::RefreshSucceeded { expires_in, trigger };
                self.watch.tell(event, CallContext::default(), None);
            }
            Err(error) => self.report(epoch, error, trigger),
        }
    }

    fn refresh_failed(&self, permit: RefreshPermit, error: SourceError, trigger: RefreshTrigger) {
        let epoch = permit.epoch();
        let told = match error.failure().retry_after().map(RetryAfter::delay) {
            Some(wait) => failure_of(&error).retry_after(wait),
            None => failure_of(&error),
        };
        let draw = self.draws.draw();
        let mut machine = self.lock();
        let now = Now::read(&self.clock);
        if machine.life.refresh_failed(now, permit, told, draw).change.is_none() {
            // Overtaken: a later refresh answers for itself.
            drop(machine);
            return self.settle(epoch, Err(None));
        }
        machine.last_error = Some(error.clone());
        self.publish(&mut machine, now);
        drop(machine);
        self.report(epoch, error, trigger);
    }

    fn report(&self, epoch: Epoch, error: SourceError, trigger: RefreshTrigger) {
        let failure = error.failure().clone();
        let event = Event::RefreshFailed {
            oauth_error: failure.body().error.clone(),
            permanent: error.is_terminal(),
            trigger,
        };
        self.settle(epoch, Err(Some(error)));
        self.watch.tell(event, CallContext::default(), Some(&failure));
    }
}

fn failure_of(error: &SourceError) -> RefreshFailure {
    if error.is_terminal() { RefreshFailure::terminal() } else { RefreshFailure::transient() }
}

impl NoCredential {
    /// Whether a server rejected what had only just been issued (rule 28).
    pub(crate) fn is_fresh_rejection(&self) -> bool {
        match self {
            NoCredential::Refused(refused) => refused.cause() == Cause::FreshRejected,
            NoCredential::Source(_) => false,
        }
    }

    /// Returns the refusal as a failure of the call that wanted a credential.
    pub(crate) fn failure(&self, now: Now) -> Failure {
        let refused = match self {
            NoCredential::Source(error) => return error.failure().clone(),
            NoCredential::Refused(refused) => refused,
        };
        let kind = match refused.cause() {
            Cause::LockedOut => Kind::LockedOut,
            Cause::FreshRejected | Cause::RefreshRefused => Kind::InvalidCredentials,
            Cause::RefreshFailed => Kind::Unavailable,
        };
        let failure =
            Failure::builder(kind, Origin::Local).because(refused.to_string()).timestamp(now.wall);
        match refused.retry_at() {
            Some(at) => {
                let wait: Duration = at.saturating_duration_since(now.mono);
                failure.retry_after(RetryAfter::new(wait, now.wall)).build()
            }
            None => failure.build(),
        }
    }
}

/// How long a leader has, after the deadline of its refresh, to tell that it passed.
const GRACE: Duration = Duration::from_secs(1);
