mod health;
mod held;
mod leader;
mod lent;
mod no_credential;
mod published;
mod replace;
#[cfg(test)]
mod schedules;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use readmit_core::{Clock, Draw, Draws, Epoch, Step};
use readmit_error::event::RefreshTrigger;
use readmit_recovery::{Cause, Change, Demand, Generation, Lifecycle, Now, Phase, Refused, Use};
use tokio::sync::watch;

pub(crate) use self::held::Held;
use self::leader::Leader;
pub(crate) use self::lent::Lent;
pub(crate) use self::no_credential::NoCredential;
use self::published::Published;
pub(crate) use self::replace::Session;
use crate::account::{Scopes, Supply};
use crate::secrets::Secrets;
use crate::watch::Watch;
use crate::{SourceError, Token};

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
    supply: Arc<Supply>,
    /// What its credential is for, beside what the supply asks for anyway.
    scopes: Scopes,
    /// Held by who asks the supply for it: one at a time, and nobody waits for who asks for other
    /// scopes (rule 7).
    turn: tokio::sync::Mutex<()>,
    clock: Arc<dyn Clock>,
    draws: Arc<Draws>,
    watch: Watch,
}

struct Machine {
    life: Lifecycle,
    /// The credential that `life` speaks of, whether it may be used at the moment or not.
    held: Option<Arc<Held>>,
    /// Why the last refresh failed, for those whom the machine refuses while it rests.
    last_error: Option<SourceError>,
    /// How often a person signed out.
    sign_outs: u64,
    /// Who is told what no log may show.
    secrets: Secrets,
}

/// The outcome of one refresh; an error without a reason says to ask the machine again.
#[derive(Clone)]
struct Settled {
    epoch: Epoch,
    outcome: Result<Arc<Held>, Option<SourceError>>,
}

/// What the machine answered, with everything that is to be done about it outside the lock.
enum Told {
    Use(Arc<Held>),
    Lead { leader: Leader, beside: Option<Arc<Held>> },
    Wait { epoch: Epoch, until: Instant },
    No(NoCredential),
}

/// What became of a credential that a server rejected, where the call itself is not recovered.
pub(crate) struct Rejected {
    /// Whether it is being replaced, for the calls after this one.
    pub(crate) refresh_follows: bool,
    /// How many rejections in a row it was.
    pub(crate) consecutive: u32,
}

impl Keeper {
    pub(crate) fn new(
        life: Lifecycle,
        supply: Arc<Supply>,
        scopes: Scopes,
        clock: Arc<dyn Clock>,
        draws: Arc<Draws>,
        watch: Watch,
    ) -> Keeper {
        let keeper = Keeper {
            machine: Mutex::new(Machine {
                life,
                held: None,
                last_error: None,
                sign_outs: 0,
                secrets: watch.secrets.clone(),
            }),
            published: ArcSwapOption::empty(),
            settled: watch::Sender::new(None),
            supply,
            scopes,
            turn: tokio::sync::Mutex::new(()),
            clock,
            draws,
            watch,
        };
        keeper.adopt_fixed(&mut keeper.lock());
        keeper
    }

    /// Returns a credential to send a request with, fetching one if need be.
    ///
    /// It is cancel-safe: a refresh that it began goes on without it (rule 5).
    pub(crate) async fn credential(self: &Arc<Keeper>) -> Result<Arc<Held>, NoCredential> {
        match self.in_hand().as_ref().and_then(Lent::held) {
            Some(held) => Ok(Arc::clone(held)),
            None => self.follow(|life, now| life.try_use(now)).await,
        }
    }

    /// Returns the credential, if it may be used without asking: without a lock, and without a write
    /// that another thread would notice.
    #[inline]
    pub(crate) fn in_hand(&self) -> Option<Lent> {
        let published = self.published.load();
        let covers = published.as_deref().is_some_and(|published| published.covers(&*self.clock));
        covers.then_some(Lent::Published(published))
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
        let consecutive = self.lock().life.rejections().max(1);
        tell(!matches!(told, Told::No(_)), consecutive);
        match self.join(told, outcomes).await {
            Some(ended) => ended,
            None => self.follow(ask).await,
        }
    }

    /// Tells that a server rejected the credential, where the call itself is not recovered.
    ///
    /// A renewable credential is refreshed beside, so that the next call finds another.
    pub(crate) fn rejected(self: &Arc<Keeper>, held: &Held) -> Rejected {
        if self.is_renewable() {
            let told = self.ask(&mut |life, now| life.try_recover(now, held.generation));
            let refresh_follows = !matches!(told, Told::No(_));
            if let Told::Lead { leader, .. } = told {
                leader.spawn();
            }
            return Rejected { refresh_follows, consecutive: self.lock().life.rejections() };
        }
        let mut machine = self.lock();
        held.set_proven(false);
        let _ = machine.life.rejected(held.generation);
        self.publish(&mut machine, Now::read(&self.clock));
        Rejected { refresh_follows: false, consecutive: machine.life.rejections() }
    }

    /// Tells that a server accepted the credential.
    ///
    /// Only the first time it takes the lock.
    pub(crate) fn accepted(&self, held: &Held) {
        if !held.is_proven() {
            let mut machine = self.lock();
            machine.life.accepted(held.generation);
            held.set_proven(true);
            drop(machine);
            self.watch.used(&self.scopes);
        }
    }

    /// Returns whether a rejected credential can be replaced by another.
    pub(crate) fn is_renewable(&self) -> bool {
        self.supply.fixed().is_none()
    }

    /// Ends the lock-out, and the rest after a failed refresh.
    pub(crate) fn unlock(&self) {
        let mut machine = self.lock();
        let _ = machine.life.unlock();
        self.publish(&mut machine, Now::read(&self.clock));
        self.adopt_fixed(&mut machine);
    }

    /// Drops the credential, and returns it: a person signed out.
    pub(crate) fn forget(&self) -> Option<Token> {
        let mut machine = self.lock();
        let _ = machine.life.forget();
        machine.last_error = None;
        machine.sign_outs += 1;
        let held = machine.held.take();
        self.published.store(None);
        held.map(|held| held.token.clone())
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
            Told::Lead { leader, beside: Some(held) } => {
                leader.spawn();
                return Some(Ok(held));
            }
            Told::Lead { leader, beside: None } => leader.spawn(),
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
            // Whoever woke first may have had it rejected (rule 3).
            Ok(held) => self.is_in_use(&held).then_some(Ok(held)),
            // It failed because a person signed out.
            Err(Some(_)) if self.supply.is_closed() => None,
            // What is held may still be good (rule 9); if not, the failure is everybody's.
            Err(Some(error)) => Some(self.usable().ok_or(NoCredential::Source(error))),
            Err(None) => None,
        }
    }

    fn ask(
        self: &Arc<Keeper>,
        ask: &mut impl FnMut(&mut Lifecycle, Now) -> Step<Use, Change>,
    ) -> Told {
        let mut machine = self.lock();
        if self.supply.is_closed() {
            return Told::No(NoCredential::SignedOut);
        }
        let now = Now::read(&self.clock);
        let Step { decision, change } = ask(&mut machine.life, now);
        self.publish(&mut machine, now);
        let trigger = match change {
            Some(Change::RefreshStarted { trigger, .. }) => trigger,
            _ => RefreshTrigger::Proactive,
        };
        let leader = |permit| Leader::new(Arc::clone(self), permit, trigger);
        match (decision, machine.held.clone()) {
            (Use::Held { .. }, Some(held)) => Told::Use(held),
            (Use::HeldWhileRefreshing { permit, .. }, beside) => {
                Told::Lead { leader: leader(permit), beside }
            }
            (Use::Refresh { permit }, _) => Told::Lead { leader: leader(permit), beside: None },
            (Use::Wait { epoch, until }, _) => Told::Wait { epoch, until },
            (Use::Refused(refused), _) => Told::No(machine.refusal(refused)),
            // Cannot be: the machine and what it speaks of change together, under one lock.
            (Use::Held { .. }, None) => {
                Told::No(NoCredential::Source(SourceError::transient("the credential is gone")))
            }
        }
    }

    /// Takes up the credential that there is no other of, unless a person signed out.
    fn adopt_fixed(&self, machine: &mut Machine) {
        let Some(token) = self.supply.fixed().filter(|_| !self.supply.is_closed()) else {
            return;
        };
        let now = Now::read(&self.clock);
        if let Ok(generation) = machine.life.adopt(now, token.lifetime, Draw::MAX).decision {
            machine.take_up(now, token.clone(), generation, None);
        }
        self.publish(machine, now);
    }

    /// Publishes what may be used without asking, or that nothing may.
    fn publish(&self, machine: &mut Machine, now: Now) {
        let usable = machine.life.usable(now);
        let published = usable.zip(machine.held.clone());
        let published = published.map(|(usable, held)| Arc::new(Published::new(held, usable, now)));
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

    fn usable(&self) -> Option<Arc<Held>> {
        let machine = self.lock();
        machine.life.usable(Now::read(&self.clock))?;
        machine.held.clone()
    }

    /// Whether it is what is held, and no server rejected it.
    fn is_in_use(&self, held: &Held) -> bool {
        let machine = self.lock();
        let is_it = |newest: &Arc<Held>| newest.generation == held.generation;
        machine.held.as_ref().is_some_and(is_it)
            && machine.life.phase(Now::read(&self.clock)) != Phase::Rejected
    }

    /// Whether what is held would still be accepted, so that a refresh is in no hurry.
    fn holds_good(&self) -> bool {
        match self.lock().life.phase(Now::read(&self.clock)) {
            Phase::Fresh | Phase::Advisory | Phase::Mandatory => true,
            Phase::Absent | Phase::Expired | Phase::Rejected => false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Machine> {
        #[cfg(test)]
        schedules::preempt();
        // Sound: each question leaves the machine whole before it can panic in the caller's code.
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").field("supply", &self.supply).finish_non_exhaustive()
    }
}

impl Machine {
    /// Takes up the credential that `life` gave this generation.
    fn take_up(
        &mut self,
        now: Now,
        token: Token,
        generation: Generation,
        met: Option<Arc<Demand>>,
    ) -> Arc<Held> {
        let expires_at = self.life.expires_in(now).and_then(|left| now.wall.checked_add(left));
        let held = Arc::new(Held::new(token, generation, now.mono, expires_at, met, &self.secrets));
        self.held = Some(Arc::clone(&held));
        held
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

/// How long a leader has, after the deadline of its refresh, to tell that it passed.
const GRACE: Duration = Duration::from_secs(1);
