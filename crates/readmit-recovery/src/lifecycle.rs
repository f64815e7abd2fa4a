mod held;
mod rejection;
#[cfg(test)]
mod tests;
mod verdict;
mod view;

use std::num::NonZeroU32;
use std::time::Instant;

use readmit_core::{Draw, Epoch, Now, Step};
use readmit_error::event::RefreshTrigger;

use crate::change::Change;
use crate::config::Config;
use crate::failure::{NotKept, RefreshFailure};
use crate::generation::Generation;
use crate::lifetime::Lifetime;
use crate::mutants::mutate;
use crate::permit::RefreshPermit;
use crate::refused::{Cause, Refused};
use crate::using::Use;
use crate::windows::spread;

use self::held::{Held, Standing};
use self::rejection::Rejection;
use self::verdict::Verdict;

/// The life of one credential: who may use it, who refreshes it, who waits.
///
/// It holds no secret. The driver keeps the credential itself beside the [`Generation`] that the
/// machine gave it.
///
/// ```text
///        nothing to use, or a window reached
///  Idle ───────────────────────────────────► Fetching ──┐ deadline passed:
///   ▲ ▲ ◄─────────────────────────────────── │    ▲  ◄──┘ the next to ask leads
///   │ │      refreshed · abandoned           │    │
///   │ │                       refresh_failed │    │ rested, and somebody asks
///   │ │                                      ▼    │
///   │ └───────────────────────────────────── Resting
///   │              unlock
///   └── adopt · forget, from anywhere
/// ```
///
/// Beside it goes what is held: nothing, or a credential in one of its [phases](crate::Phase). A
/// failed refresh never takes a credential away that is still good (rule 9).
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_core::{Draw, SystemClock};
/// use readmit_recovery::{Config, Lifecycle, Lifetime, Now, Use};
///
/// let now = Now::read(&SystemClock);
/// let mut lifecycle = Lifecycle::new(Config::DEFAULT);
///
/// let Use::Refresh { permit } = lifecycle.try_use(now).decision else {
///     panic!("nothing is held, so the first caller leads");
/// };
/// assert!(matches!(lifecycle.try_use(now).decision, Use::Wait { .. }));
///
/// let hour = Lifetime::For(Duration::from_secs(3600));
/// let generation = lifecycle.refreshed(now, permit, hour, Draw::MAX).decision?;
///
/// assert!(matches!(lifecycle.try_use(now).decision, Use::Held { generation: g } if g == generation));
/// # Ok::<_, readmit_recovery::NotKept>(())
/// ```
#[derive(Debug)]
pub struct Lifecycle {
    config: Config,
    state: State,
    epoch: Epoch,
    held: Option<Held>,
    /// The last generation that was named.
    last: Generation,
    /// Failed refreshes in a row.
    failures: u32,
    /// Rejected credentials in a row.
    rejections: u32,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Nobody refreshes, and whoever needs to may.
    Idle,
    /// Somebody refreshes.
    Fetching { deadline: Instant },
    /// A refresh failed.
    Resting {
        /// When the next may start while the held credential is good.
        calm_until: Instant,
        /// When the next may start while none is.
        stranded_until: Instant,
        cause: Cause,
    },
}

impl Lifecycle {
    /// Returns the life cycle of a credential that is not there yet.
    #[must_use]
    pub fn new(config: Config) -> Lifecycle {
        Lifecycle {
            config,
            state: State::Idle,
            epoch: Epoch::default(),
            held: None,
            last: Generation::NONE,
            failures: 0,
            rejections: 0,
        }
    }

    /// Asks for the credential, before a call.
    pub fn try_use(&mut self, now: Now) -> Step<Use, Change> {
        self.observe(now);
        match self.verdict(now) {
            Verdict::Held(generation) => Step::still(Use::Held { generation }),
            Verdict::HeldAndLead(generation) => self
                .lead(now, self.trigger())
                .map(|permit| Use::HeldWhileRefreshing { generation, permit }),
            Verdict::Lead => self.lead(now, self.trigger()).map(|permit| Use::Refresh { permit }),
            Verdict::Wait(until) => Step::still(Use::Wait { epoch: self.epoch, until }),
            Verdict::Refused(refused) => Step::still(Use::Refused(refused)),
        }
    }

    /// Asks for another credential, after a server rejected this one (rule 2).
    ///
    /// Where a newer generation is held, that is the answer, and nothing is fetched. However many
    /// calls had the same generation rejected, it costs one refresh, and counts as one rejection
    /// for the lock-out guard. A fresh generation that no server accepted is not refreshed
    /// (rule 28): this caller is refused, and the others go on using it.
    pub fn try_recover(&mut self, now: Now, rejected: Generation) -> Step<Use, Change> {
        self.observe(now);
        match self.reject(now, rejected) {
            Rejection::Fresh(left) => {
                let retry_at = Some(now.later(left).mono);
                Step::still(Use::Refused(Refused { cause: Cause::FreshRejected, retry_at }))
            }
            Rejection::LastStraw => {
                // A refresh under way may still bring one that is accepted: its callers wait for it.
                let Step { decision, .. } = self.try_use(now);
                Step::changed(decision, Change::LockedOut { rejections: self.rejections })
            }
            Rejection::Elsewhere | Rejection::OutOfUse => self.try_use(now),
        }
    }

    /// Asks for another credential than this one, which is good and does not meet a demand: the
    /// claims or the scopes that a server named (rules 30 and 31).
    ///
    /// It counts as no rejection, and those whom the held credential serves go on using it. Where a
    /// newer generation is held, that is the answer. What is demanded is for the driver to hand to
    /// the source: a refresh that is under way may be for less, and then it takes another.
    pub fn try_replace(&mut self, now: Now, lacking: Generation) -> Step<Use, Change> {
        self.observe(now);
        if self.held.as_ref().is_none_or(|held| held.generation != lacking) {
            return self.try_use(now);
        }
        match self.verdict_on_nothing(now) {
            Verdict::Wait(until) => Step::still(Use::Wait { epoch: self.epoch, until }),
            Verdict::Refused(refused) => Step::still(Use::Refused(refused)),
            Verdict::Held(_) | Verdict::HeldAndLead(_) | Verdict::Lead => {
                self.lead(now, RefreshTrigger::Reactive).map(|permit| Use::Refresh { permit })
            }
        }
    }

    /// Tells that a refresh brought a credential.
    ///
    /// # Errors
    ///
    /// The decision is [`NotKept::ArrivedExpired`] where the credential is of no use on arrival,
    /// which counts as a failed refresh (rule 13), and [`NotKept::Overtaken`] where another refresh,
    /// or a person, took this one's place.
    pub fn refreshed(
        &mut self,
        now: Now,
        permit: RefreshPermit,
        lifetime: Lifetime,
        draw: Draw,
    ) -> Step<Result<Generation, NotKept>, Change> {
        if mutate!(2, permit.epoch != self.epoch, false) {
            return Step::still(Err(NotKept::Overtaken)); // A newer state answers for itself.
        }
        let issued = Some(permit.started);
        let next = self.last.next();
        let Some(held) = Held::new(&self.config, next, now, issued, lifetime, draw) else {
            let failed = self.refresh_failed(now, permit, RefreshFailure::transient(), draw);
            return failed.map(|()| Err(NotKept::ArrivedExpired));
        };
        let generation = self.hold(held);
        self.enter(State::Idle);
        Step::changed(Ok(generation), Change::Refreshed { epoch: permit.epoch, generation })
    }

    /// Tells that a refresh failed; its permit's deadline passing is a transient failure.
    ///
    /// A credential that is still good stays in use (rule 9).
    pub fn refresh_failed(
        &mut self,
        now: Now,
        permit: RefreshPermit,
        failure: RefreshFailure,
        draw: Draw,
    ) -> Step<(), Change> {
        if permit.epoch != self.epoch {
            return Step::still(());
        }
        self.failures = self.failures.saturating_add(1);
        let backoff = self.config.backoff(NonZeroU32::MIN.saturating_add(self.failures - 1));
        let memory = self.config.remember_terminal_for();
        let terminal = failure.is_terminal();
        let (calm, stranded) = if terminal && self.config.raises_terminal() {
            (memory, memory)
        } else if terminal {
            (spread(backoff, SMALLEST_BACKOFF, draw).max(memory), memory)
        } else {
            let stranded = spread(backoff.min(memory), SMALLEST_BACKOFF, draw);
            (spread(backoff, SMALLEST_BACKOFF, draw), stranded)
        };
        let calm_until = now.later(mutate!(16, calm.max(failure.wait()), calm)).mono;
        let stranded_until = now.later(stranded.max(failure.wait())).mono;
        let cause = if terminal { Cause::RefreshRefused } else { Cause::RefreshFailed };
        self.enter(State::Resting { calm_until, stranded_until, cause });
        let (epoch, failures, retry_at) = (permit.epoch, self.failures, stranded_until);
        Step::changed((), Change::RefreshFailed { epoch, failures, retry_at, terminal })
    }

    /// Tells that a refresh was given up, with nothing known of its outcome: its leader was dropped.
    ///
    /// Whoever asks next leads (rule 5).
    pub fn abandoned(&mut self, permit: RefreshPermit) -> Step<(), Change> {
        if mutate!(3, permit.epoch != self.epoch, false) {
            return Step::still(());
        }
        self.enter(State::Idle);
        Step::changed((), Change::RefreshAbandoned { epoch: permit.epoch })
    }

    /// Tells that a credential came from outside: out of a store, or by a person who signed in.
    ///
    /// It takes the place of whatever is held or on its way, and opens the lock-out guard.
    ///
    /// # Errors
    ///
    /// The decision is [`NotKept::ArrivedExpired`] where it is of no use; nothing changed then.
    pub fn adopt(
        &mut self,
        now: Now,
        lifetime: Lifetime,
        draw: Draw,
    ) -> Step<Result<Generation, NotKept>, Change> {
        let next = self.last.next();
        let Some(held) = Held::new(&self.config, next, now, None, lifetime, draw) else {
            return Step::still(Err(NotKept::ArrivedExpired));
        };
        self.rejections = 0;
        let generation = self.hold(held);
        self.enter(State::Idle);
        Step::changed(Ok(generation), Change::Adopted { generation })
    }

    /// Tells to drop what is held, is on its way, or is remembered: a person signed out.
    pub fn forget(&mut self) -> Step<(), Change> {
        self.held = None;
        self.failures = 0;
        self.rejections = 0;
        self.enter(State::Idle);
        Step::changed((), Change::Forgotten)
    }

    /// Tells that a person wants another attempt: opens the lock-out guard, and ends the rest after
    /// a failure.
    pub fn unlock(&mut self) -> Step<(), Change> {
        let locked_out = self.is_locked_out();
        self.failures = 0;
        self.rejections = 0;
        match self.state {
            State::Idle | State::Fetching { .. } if locked_out => {}
            State::Idle | State::Fetching { .. } => return Step::still(()),
            State::Resting { .. } => self.enter(State::Idle),
        }
        Step::changed((), Change::Unlocked)
    }

    fn lead(&mut self, now: Now, trigger: RefreshTrigger) -> Step<RefreshPermit, Change> {
        let deadline = now.later(self.config.refresh_timeout()).mono;
        self.enter(State::Fetching { deadline });
        let epoch = self.epoch;
        let permit = RefreshPermit { epoch, started: now, deadline };
        Step::changed(permit, Change::RefreshStarted { epoch, trigger })
    }

    fn trigger(&self) -> RefreshTrigger {
        match &self.held {
            Some(held) if held.standing == Standing::Rejected => RefreshTrigger::Reactive,
            Some(_) | None => RefreshTrigger::Proactive,
        }
    }

    fn hold(&mut self, held: Held) -> Generation {
        self.last = held.generation;
        self.failures = mutate!(7, 0, self.failures);
        self.held = Some(held);
        self.last
    }

    fn observe(&mut self, now: Now) {
        if let Some(held) = &mut self.held {
            held.age.observe(now);
        }
    }

    /// The one place where the state changes.
    fn enter(&mut self, state: State) {
        self.state = state;
        self.epoch = mutate!(5, self.epoch.next(), self.epoch);
    }
}

/// Chance takes half of a back-off at most: enough to part the callers, and never no wait at all.
const SMALLEST_BACKOFF: f64 = 0.5;
