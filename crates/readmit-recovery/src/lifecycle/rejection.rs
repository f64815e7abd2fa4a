use std::time::Duration;

use readmit_core::{Now, Step};

use crate::change::Change;
use crate::generation::Generation;
use crate::mutants::mutate;

use super::Lifecycle;
use super::held::{Held, Standing};

/// What the rejection of a credential means for the one that is held.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rejection {
    /// It was another one.
    Elsewhere,
    /// It stays in use, because it is fresh for this long and another would fare no better.
    Fresh(Duration),
    /// It was one too many in a row.
    LastStraw,
    /// It is out of use.
    OutOfUse,
}

/// What servers say of a credential.
impl Lifecycle {
    /// Tells that a server rejected this generation, and asks for nothing: whoever asks next gets
    /// another one (rule 17).
    ///
    /// It compares before it takes away. A generation that is not the one held says nothing, and
    /// neither does a fresh one that no server accepted, which stays in use (rule 28).
    pub fn invalidate(&mut self, now: Now, rejected: Generation) -> Step<(), Change> {
        self.observe(now);
        match self.reject(now, rejected) {
            Rejection::LastStraw => {
                Step::changed((), Change::LockedOut { rejections: self.rejections })
            }
            Rejection::Elsewhere | Rejection::Fresh(_) | Rejection::OutOfUse => Step::still(()),
        }
    }

    /// Tells that a server accepted a call that was signed with this generation.
    ///
    /// The rejections in a row end with it. It says nothing where another generation is held by
    /// then, or this one was rejected meanwhile.
    pub fn accepted(&mut self, generation: Generation) {
        let is_it = |held: &&mut Held| mutate!(13, held.generation == generation, true);
        let Some(held) = self.held.as_mut().filter(is_it) else {
            return;
        };
        match held.standing {
            Standing::Untried | Standing::Doubted => held.standing = Standing::Accepted,
            Standing::Accepted | Standing::Rejected => return,
        }
        self.rejections = 0;
    }

    /// Tells that nobody knows how old this generation is: it came out of a store.
    ///
    /// It is not fresh then, and one that is rejected is replaced at once (rule 28). It counts as
    /// neither accepted nor rejected.
    pub fn of_unknown_age(&mut self, generation: Generation) {
        if let Some(held) = self.held.as_mut().filter(|held| held.generation == generation) {
            held.fresh_for = Duration::ZERO;
        }
    }

    /// Tells that a server rejected a credential that no refresh can replace.
    ///
    /// It stays in use, because the next server may take it, until there were as many rejections in
    /// a row as the lock-out guard allows (rule 66). Each rejection counts.
    pub fn rejected(&mut self, generation: Generation) -> Step<(), Change> {
        let Some(held) = self.held.as_mut().filter(|held| held.generation == generation) else {
            return Step::still(());
        };
        if held.standing == Standing::Rejected {
            return Step::still(());
        }
        held.standing = Standing::Doubted;
        self.rejections = self.rejections.saturating_add(1);
        if self.rejections < self.config.lock_out_after().get() {
            return Step::still(());
        }
        held.standing = Standing::Rejected;
        Step::changed((), Change::LockedOut { rejections: self.rejections })
    }

    /// Takes note of a rejection, and says what it means for the credential that is held.
    pub(super) fn reject(&mut self, now: Now, rejected: Generation) -> Rejection {
        let is_it = |held: &&mut Held| mutate!(1, held.generation == rejected, true);
        let Some(held) = self.held.as_mut().filter(is_it) else {
            return Rejection::Elsewhere;
        };
        let fresh_in = mutate!(11, held.fresh_in(now), None);
        let counted = match held.standing {
            Standing::Untried | Standing::Accepted => false,
            Standing::Doubted | Standing::Rejected => true,
        };
        held.standing = if fresh_in.is_some() { Standing::Doubted } else { Standing::Rejected };
        if mutate!(12, !counted, true) {
            self.rejections = self.rejections.saturating_add(1);
            if self.config.lock_out_after().get() <= self.rejections {
                held.standing = Standing::Rejected;
                return Rejection::LastStraw;
            }
        }
        fresh_in.map_or(Rejection::OutOfUse, Rejection::Fresh)
    }
}
