mod doubt;
mod effect;
mod rotation;
#[cfg(test)]
mod tests;

use readmit_core::Now;
use secrecy::SecretString;

use crate::mutants::mutate;
use crate::record::{Doubt, Record};
use crate::token::TokenError;

pub use self::effect::{Effect, NotRenewed, Renewed, Told};
pub use self::rotation::Rotation;

/// One refresh with a refresh token that may work only once, in a store that others may share
/// (rules 18 to 24).
///
/// The driver does what each [`Effect`] says, tells how it went, and gets the next one, up to
/// [`Effect::Done`]. Whatever the outcome, [`record`](Renewal::record) is what to hold from then on.
///
/// ```text
///  Lock ─► Read ─► Write the mark ─► Present ──────► Write ─► Done
///           │ ▲                       │ │ ▲  a token
///           │ └── refused, or told ◄──┘ │ │ no word, and within the grace
///           │     to try again, once    ├─┘
///           ▼                           ▼
///          Done: another process     Write the mark off ─► Done: a plain no
///          was faster                or Done: outcome unknown
///                                    or Delete ─► Done: refused
/// ```
///
/// The mark says that the token is being presented. A process that dies in between leaves it, and
/// whoever comes next knows that the token may be spent.
///
/// # Example
///
/// ```
/// use http::Uri;
/// use readmit_core::SystemClock;
/// use readmit_recovery::{Effect, Now, Record, Renewal, Rotation, Told, TokenAnswer, TokenRequest};
///
/// let now = Now::read(&SystemClock);
/// let held = Record::of_refresh_token("r1");
/// let (mut renewal, mut effect) = Renewal::without_store(Rotation::DEFAULT, held, now);
///
/// let Effect::Present { refresh_token } = effect else { panic!() };
/// let url = Uri::from_static("https://auth.example.com/token");
/// let request = TokenRequest::refresh_token(&url, &refresh_token, None, None)?;
/// let body = br#"{"access_token":"a2","refresh_token":"r2"}"#;
/// effect = renewal.tell(now, Told::Answered(TokenAnswer::read(&request, 200, None, body)));
///
/// assert!(matches!(effect, Effect::Done(Ok(_))));
/// assert!(renewal.record().holds(&"r2".into()));
/// # Ok::<_, readmit_recovery::RequestError>(())
/// ```
#[derive(Debug)]
pub struct Renewal {
    rotation: Rotation,
    /// What is held: at first what the caller had, then what the store or the server gave.
    record: Record,
    /// The access token that is to be replaced stands in here.
    replaced: Record,
    /// The refresh token that was presented last, or is to be.
    presented: Option<SecretString>,
    /// The epoch of what is in the store; `None` where nothing is.
    stored: Option<u64>,
    has_store: bool,
    /// Whether the store was read again after a refusal, which happens once (rules 22 and 24).
    reread: bool,
    /// Whether it was presented again after no word came, which happens once (rule 23).
    repeated: bool,
    /// Whether the token that a person brought was presented after the store's.
    fell_back: bool,
    /// Whether the write of a mark met another one's, which is looked at once.
    collided: bool,
    /// Whether a write of the result met another one's, which is looked at once.
    reconciled: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Locking,
    Reading {
        is_locked: bool,
    },
    Marking,
    Presenting {
        sent: Now,
    },
    /// A refusal is compared with what the store has by now.
    Rereading {
        error: TokenError,
    },
    Persisting,
    /// Another process wrote meanwhile.
    Reconciling,
    Unmarking {
        error: TokenError,
    },
    Deleting {
        error: TokenError,
    },
    Done(Result<Renewed, NotRenewed>),
}

impl Renewal {
    /// Begins a refresh that goes through a store.
    ///
    /// `held` is what the process had so far. Of what a person brought, and the store has not seen
    /// yet, the epoch is 0: the store comes first, and it is tried where that is refused.
    pub fn with_store(rotation: Rotation, held: Record) -> (Renewal, Effect) {
        let renewal = Renewal::new(rotation, held, true);
        let effect = renewal.effect();
        (renewal, effect)
    }

    /// Begins a refresh of what is in memory alone.
    pub fn without_store(rotation: Rotation, held: Record, now: Now) -> (Renewal, Effect) {
        let mut renewal = Renewal::new(rotation, held, false);
        let effect = renewal.present(now);
        (renewal, effect)
    }

    /// Tells how the last effect went, and returns the next one.
    ///
    /// What does not answer that effect changes nothing, and the effect is returned again.
    pub fn tell(&mut self, now: Now, told: Told) -> Effect {
        // Each state is left for another; `Locking` stands in for it meanwhile.
        let state = std::mem::replace(&mut self.state, State::Locking);
        match (state, told) {
            (State::Locking, Told::Locked) => self.enter(State::Reading { is_locked: true }),
            (State::Locking, Told::NotLocked) => self.enter(State::Reading { is_locked: false }),
            (State::Reading { is_locked }, Told::Found(found)) => self.found(now, is_locked, found),
            (State::Reading { .. }, Told::Failed) => self.unread(now),
            (State::Marking, Told::Written) => {
                self.stored = Some(self.record.epoch());
                self.marked(now)
            }
            // What is not marked can be presented all the same: this process remembers.
            (State::Marking, Told::Failed) => self.marked(now),
            (State::Marking, Told::Conflicted) => self.collided(),
            (State::Presenting { sent }, Told::Answered(answer)) => match answer {
                Ok(answer) => {
                    self.record = self.record.renewed(&answer, sent, self.rotation.unreplaced);
                    self.persist()
                }
                Err(error) => self.refused(now, error),
            },
            (State::Rereading { error }, Told::Found(found)) => self.compare(now, found, error),
            (State::Rereading { error }, Told::Failed) => self.unmark(error),
            (State::Persisting, Told::Written) => self.done(Ok(Renewed::Saved)),
            (State::Persisting | State::Reconciling, Told::Failed) => {
                self.done(Ok(Renewed::Unsaved))
            }
            (State::Persisting, Told::Conflicted) => self.enter(State::Reconciling),
            (State::Reconciling, Told::Found(found)) => self.reconcile(found),
            (
                State::Unmarking { error } | State::Deleting { error },
                Told::Written | Told::Conflicted | Told::Failed,
            ) => self.done(Err(NotRenewed::Refused(error))),
            (state, _) => self.enter(state),
        }
    }

    /// Returns the credential as it is known by now: what to hold, whatever the outcome.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    fn new(rotation: Rotation, held: Record, has_store: bool) -> Renewal {
        Renewal {
            rotation,
            replaced: held.clone(),
            presented: None,
            record: held,
            stored: None,
            has_store,
            reread: false,
            repeated: false,
            fell_back: false,
            collided: false,
            reconciled: false,
            state: State::Locking,
        }
    }

    fn found(&mut self, now: Now, is_locked: bool, found: Option<Record>) -> Effect {
        self.stored = found.as_ref().map(Record::epoch);
        if let Some(found) = found {
            // What is in memory was not saved where the store is behind it.
            let is_behind = found.is_before(&self.record);
            let is_news = !is_behind && !found.has_access_token_of(&self.replaced);
            if mutate!(30, is_news, true) && found.is_usable(now.wall) {
                self.record = found;
                return self.done(Ok(Renewed::Elsewhere));
            }
            if self.ended_elsewhere(&found) {
                self.record = found;
                return self.done(Err(NotRenewed::NoRefreshToken));
            }
            let held = std::mem::take(&mut self.record);
            // A refresh token of a session that another one came after is good for nothing.
            let is_past = held.epoch() != 0 && found.is_of_another_session(&held);
            let counts = !is_behind && (is_past || found.refresh_token().is_some());
            self.record = if counts { found.clone() } else { held }.beside(&found);
        }
        if mutate!(27, !is_locked && !self.rotation.alone, false) {
            return self.done(Err(NotRenewed::Busy));
        }
        self.present(now)
    }

    /// Whether a person signed out of what is held, somewhere else: what was brought since then, and
    /// is in no store yet, is of another session.
    fn ended_elsewhere(&self, found: &Record) -> bool {
        let has_token = found.refresh_token().or(found.access_token()).is_some();
        let is_later = self.record.is_before(found)
            || found.is_of_another_session(&self.record) && !found.is_before(&self.record);
        !has_token && self.record.epoch() != 0 && is_later
    }

    /// What is in memory may be older than what another process has stored.
    fn unread(&mut self, now: Now) -> Effect {
        if self.rotation.alone {
            return self.present(now);
        }
        self.done(Err(NotRenewed::Unread))
    }

    /// Presents the refresh token, unless it may be spent (rule 23).
    fn present(&mut self, now: Now) -> Effect {
        self.presented = self.record.refresh_token().cloned();
        if self.presented.is_none() {
            return self.done(Err(NotRenewed::NoRefreshToken));
        }
        let doubt = self.record.doubt();
        if let Some(doubt) = doubt
            && !self.may_repeat(now, doubt)
        {
            return self.done(Err(NotRenewed::OutcomeUnknown { error: None }));
        }
        let (since, times) = doubt.map_or((now.wall, 0), |doubt| (doubt.since, doubt.times));
        let times = mutate!(28, times.saturating_add(1), 1);
        let doubt = Doubt { since, times };
        self.record = self.record.doubted(Some(doubt));
        if self.has_store {
            return self.enter(State::Marking);
        }
        self.enter(State::Presenting { sent: now })
    }

    /// Presents the token, unless a slow store took the rest of the grace.
    fn marked(&mut self, now: Now) -> Effect {
        let doubt = self.doubt_before();
        if doubt.is_some_and(|doubt| !self.may_repeat(now, doubt)) {
            return self.done(Err(NotRenewed::OutcomeUnknown { error: None }));
        }
        self.enter(State::Presenting { sent: now })
    }

    /// Another process wrote between the read and the mark: it was not to be, under a lock.
    fn collided(&mut self) -> Effect {
        if self.collided {
            return self.done(Err(NotRenewed::Busy));
        }
        self.collided = true;
        self.record = self.replaced.clone();
        self.enter(State::Reading { is_locked: true })
    }

    fn refused(&mut self, now: Now, error: TokenError) -> Effect {
        if error.leaves_doubt() {
            let doubt = self.record.doubt();
            let again = doubt.is_some_and(|doubt| self.is_within_grace(now, doubt));
            if again && !self.repeated {
                self.repeated = true;
                let once_more =
                    |doubt: Doubt| Doubt { times: doubt.times.saturating_add(1), ..doubt };
                self.record = self.record.doubted(doubt.map(once_more));
                return self.enter(State::Presenting { sent: now });
            }
            return self.done(Err(NotRenewed::OutcomeUnknown { error: Some(error) }));
        }
        if mutate!(26, self.has_store, false)
            && !self.reread
            && (error.is_invalid_grant() || error.asks_to_retry())
        {
            self.reread = true;
            return self.enter(State::Rereading { error });
        }
        if error.is_invalid_grant() {
            return self.give_up(now, error);
        }
        // It said no before it looked at the token, which is as good as before.
        self.unmark(error)
    }

    /// Takes this refresh's mark off, and ends with the refusal.
    fn unmark(&mut self, error: TokenError) -> Effect {
        self.record = self.record.doubted(self.doubt_before());
        if self.has_store {
            return self.enter(State::Unmarking { error });
        }
        self.done(Err(NotRenewed::Refused(error)))
    }

    /// Compares the token that was refused with the one in the store (rules 22 and 24).
    fn compare(&mut self, now: Now, found: Option<Record>, error: TokenError) -> Effect {
        let sent = self.record.refresh_token();
        let is_another = |found: &Record| !sent.is_some_and(|sent| found.holds(sent));
        if let Some(found) = found.filter(is_another) {
            // Another process replaced it meanwhile: what it got, or what it got it with.
            return self.found(now, true, Some(found));
        }
        if error.asks_to_retry() {
            return self.enter(State::Presenting { sent: now });
        }
        self.give_up(now, error)
    }

    /// Ends with a refresh token that is good for nothing, unless there is another to try.
    ///
    /// Its entry goes with it, unless there still is something good in it.
    fn give_up(&mut self, now: Now, error: TokenError) -> Effect {
        if let Some(brought) = self.brought() {
            self.fell_back = true;
            self.record = brought.beside(&self.record);
            return self.present(now);
        }
        if self.has_store && mutate!(34, !self.replaced_is_usable(now.wall), true) {
            return self.enter(State::Deleting { error });
        }
        self.unmark(error)
    }

    /// Returns what a person brought and nobody stored yet, where the store's token was tried and
    /// refused: it is of another session, or that session has ended anyway.
    fn brought(&self) -> Option<Record> {
        let token = self.replaced.refresh_token()?;
        let is_untried = !self.fell_back && self.replaced.epoch() == 0 && !self.record.holds(token);
        is_untried.then(|| self.replaced.clone())
    }

    fn persist(&mut self) -> Effect {
        if mutate!(25, self.has_store, false) {
            return self.enter(State::Persisting);
        }
        self.done(Ok(Renewed::Unsaved))
    }

    /// Writes over what another process wrote only where that is of the token that was presented.
    fn reconcile(&mut self, found: Option<Record>) -> Effect {
        let is_older = found.as_ref().is_none_or(|found| {
            self.presented.as_ref().is_some_and(|presented| found.holds(presented))
        });
        if !is_older || self.reconciled {
            return self.done(Ok(Renewed::Unsaved));
        }
        self.reconciled = true;
        self.stored = found.map(|found| found.epoch());
        let epoch = self.stored.map_or(0, |stored| stored.saturating_add(1));
        self.record = std::mem::take(&mut self.record).after(epoch);
        self.enter(State::Persisting)
    }

    fn done(&mut self, outcome: Result<Renewed, NotRenewed>) -> Effect {
        self.enter(State::Done(outcome))
    }

    /// The one place where the state changes.
    fn enter(&mut self, state: State) -> Effect {
        self.state = state;
        self.effect()
    }

    fn effect(&self) -> Effect {
        let write = || Effect::Write { record: self.record.clone(), expected: self.stored };
        let token = || self.record.refresh_token().cloned().unwrap_or_default();
        match &self.state {
            State::Locking => Effect::Lock,
            State::Reading { .. } | State::Rereading { .. } | State::Reconciling => Effect::Read,
            State::Marking | State::Persisting | State::Unmarking { .. } => write(),
            State::Presenting { .. } => Effect::Present { refresh_token: token() },
            State::Deleting { .. } => Effect::Delete { refresh_token: token() },
            State::Done(outcome) => Effect::Done(outcome.clone()),
        }
    }
}
