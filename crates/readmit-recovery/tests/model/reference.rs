//! The reference: it keeps everything that ever happened, and recounts for every answer.
//!
//! Times are milliseconds since the origin of the test; the wall clock may show any of them.

use readmit_recovery::NotKept;

use crate::history::{Answer, Life, Reading, Settings, What};

#[derive(Debug)]
pub(crate) struct Reference {
    settings: Settings,
    history: Vec<(Reading, What)>,
}

impl Reference {
    pub(crate) fn new(settings: Settings) -> Reference {
        Reference { settings, history: Vec::new() }
    }

    pub(crate) fn use_it(&mut self, now: Reading) -> Answer {
        self.note(now, What::Asked);
        self.answer(now)
    }

    pub(crate) fn recover(&mut self, now: Reading, rejected: u64) -> Answer {
        match self.reject(now, rejected) {
            Some(fresh_until) => Answer::Fresh(fresh_until),
            None => self.answer(now),
        }
    }

    /// Takes note of a rejection; returns until when the credential is fresh, where it stays in use.
    pub(crate) fn reject(&mut self, now: Reading, rejected: u64) -> Option<i64> {
        self.note(now, What::Asked);
        if self.held() != Some(rejected) {
            return None;
        }
        let age = self.age(now);
        let fresh_until = self.expiry().map_or(FRESH, |life| life.min(FRESH));
        let fresh = self.came_by_refresh()
            && !self.is_accepted()
            && !self.is_out_of_use()
            && age < fresh_until;
        let counts = self.is_accepted() && !self.is_out_of_use() || !self.is_rejected_at_all();
        let locks = counts && LOCK_OUT_AFTER <= self.rejections() + 1;
        let out = !fresh || locks;
        self.note(now, What::Rejected { generation: rejected, counts, out });
        (!out).then_some(now.mono + fresh_until - age)
    }

    pub(crate) fn replace(&mut self, now: Reading, lacking: u64) -> Answer {
        self.note(now, What::Asked);
        if self.held() == Some(lacking) { self.answer_without(now) } else { self.answer(now) }
    }

    pub(crate) fn granted(&mut self, now: Reading, permit: usize) {
        self.note(now, What::Granted { permit });
    }

    /// Returns the generation that is held from here on, if the credential is kept.
    pub(crate) fn came(
        &mut self,
        now: Reading,
        permit: usize,
        life: Life,
        shrunk: bool,
    ) -> Result<u64, NotKept> {
        if self.unsettled() != Some(permit) {
            return Err(NotKept::Overtaken);
        }
        let started = self.find_last(|what| matches!(what, What::Granted { .. })).unwrap();
        let started = self.history[started].0;
        let trip = (now.mono - started.mono).max(now.wall - started.wall).max(0);
        match self.keep(now, Some(permit), trip, life, shrunk) {
            Some(generation) => Ok(generation),
            None => {
                self.failed(now, permit, false, 0, shrunk);
                Err(NotKept::ArrivedExpired)
            }
        }
    }

    pub(crate) fn adopt(&mut self, now: Reading, life: Life, shrunk: bool) -> Option<u64> {
        self.keep(now, None, 0, life, shrunk)
    }

    pub(crate) fn failed(
        &mut self,
        now: Reading,
        permit: usize,
        terminal: bool,
        wait: i64,
        shrunk: bool,
    ) {
        if self.unsettled() == Some(permit) {
            self.note(now, What::Failed { terminal, wait, shrunk });
        }
    }

    pub(crate) fn abandoned(&mut self, now: Reading, permit: usize) {
        if self.unsettled() == Some(permit) {
            self.note(now, What::Abandoned);
        }
    }

    pub(crate) fn accepted(&mut self, now: Reading, generation: u64) {
        if self.held() == Some(generation) && !self.is_out_of_use() {
            self.note(now, What::Accepted { generation });
        }
    }

    pub(crate) fn forget(&mut self, now: Reading) {
        self.note(now, What::Forgotten);
    }

    pub(crate) fn unlock(&mut self, now: Reading) {
        self.note(now, What::Unlocked);
    }

    /// Returns the permit whose refresh is under way and within its time.
    pub(crate) fn live(&self, now: Reading) -> Option<usize> {
        let granted = self.find_last(|what| matches!(what, What::Granted { .. }))?;
        self.unsettled().filter(|_| now.mono < self.history[granted].0.mono + REFRESH_TIMEOUT)
    }

    fn answer(&self, now: Reading) -> Answer {
        let live = self.live(now);
        let usable = self.held().filter(|_| !self.is_out_of_use());
        let left = self.expiry().map(|expiry| expiry - self.age(now));
        let (calm_until, stranded_until) = self.rests_until().unwrap_or((now.mono, now.mono));
        if let Some(generation) = usable
            && left.is_none_or(|left| 0 < left)
        {
            let (advisory, mandatory) = self.windows();
            if left.is_none_or(|left| advisory < left) {
                return Answer::Held(generation);
            }
            let must_wait = left.is_some_and(|left| left <= mandatory);
            let raised = self.settings.raises_terminal && self.last_failure_is_terminal();
            return match live {
                None if raised && now.mono < stranded_until => Answer::Refused(stranded_until),
                Some(permit) if must_wait => Answer::Wait(permit),
                Some(_) => Answer::Held(generation),
                None if now.mono < calm_until => Answer::Held(generation),
                None if must_wait => Answer::Lead,
                None => Answer::HeldAndLead(generation),
            };
        }
        let is_locked_out = self.is_out_of_use() && LOCK_OUT_AFTER <= self.rejections();
        if live.is_none()
            && !is_locked_out
            && self.is_served_though_dead(left)
            && now.mono < calm_until
        {
            return Answer::Held(self.held().unwrap());
        }
        self.answer_without(now)
    }

    /// What somebody is told whom no credential serves.
    fn answer_without(&self, now: Reading) -> Answer {
        let (_, stranded_until) = self.rests_until().unwrap_or((now.mono, now.mono));
        match self.live(now) {
            Some(permit) => Answer::Wait(permit),
            None if self.is_out_of_use() && LOCK_OUT_AFTER <= self.rejections() => {
                Answer::LockedOut
            }
            None if now.mono < stranded_until && self.last_failure_is_terminal() => {
                Answer::Refused(stranded_until)
            }
            None if now.mono < stranded_until => Answer::Failed(stranded_until),
            None => Answer::Lead,
        }
    }

    fn is_served_though_dead(&self, left: Option<i64>) -> bool {
        let grace = self.settings.serve_expired_for;
        self.held().is_some()
            && 0 < grace
            && left.is_none_or(|left| -grace < left)
            && !self.last_failure_is_terminal()
    }

    fn keep(
        &mut self,
        now: Reading,
        by: Option<usize>,
        trip: i64,
        life: Life,
        shrunk: bool,
    ) -> Option<u64> {
        let (life, age) = match life {
            Life::Unknown => (None, trip),
            Life::For(life) => (Some(life), trip),
            Life::Until(end) => (Some(end - now.wall), 0),
        };
        if life.is_some_and(|life| life <= age) {
            return None;
        }
        let came = self.history.iter().filter(|(_, what)| matches!(what, What::Came { .. }));
        let generation = came.count() as u64 + 1;
        self.note(now, What::Came { generation, by, age, life, shrunk });
        Some(generation)
    }

    fn came_at(&self) -> Option<usize> {
        let came = self.find_last(|what| matches!(what, What::Came { .. }))?;
        let gone = self.find_last(|what| matches!(what, What::Forgotten));
        (gone < Some(came)).then_some(came)
    }

    fn held(&self) -> Option<u64> {
        let What::Came { generation, .. } = self.history[self.came_at()?].1 else { return None };
        Some(generation)
    }

    fn came_by_refresh(&self) -> bool {
        self.came_at()
            .is_some_and(|at| matches!(self.history[at].1, What::Came { by: Some(_), .. }))
    }

    fn expiry(&self) -> Option<i64> {
        let What::Came { life, .. } = self.history[self.came_at()?].1 else { return None };
        life
    }

    /// Returns how long before the end each window begins.
    fn windows(&self) -> (i64, i64) {
        let Some(What::Came { life: Some(life), shrunk, .. }) =
            self.came_at().map(|at| &self.history[at].1)
        else {
            return (0, 0);
        };
        let minutes = if *life <= 20 * MINUTE {
            5
        } else if *life < 90 * MINUTE {
            15
        } else {
            60
        };
        let whole = (minutes * MINUTE).min(life / 2);
        let mandatory = MINUTE.min(life / 10);
        (if *shrunk { whole * 3 / 4 } else { whole }, mandatory)
    }

    /// Adds up what passed between any two readings, by the clock that moved on further.
    fn age(&self, now: Reading) -> i64 {
        let Some(came) = self.came_at() else { return 0 };
        let What::Came { mut age, .. } = self.history[came].1 else { return 0 };
        let mut last = self.history[came].0;
        let asked = self.history[came..].iter().filter(|(_, what)| matches!(what, What::Asked));
        for at in asked.map(|(at, _)| *at).chain([now]) {
            age += (at.mono - last.mono).max(at.wall - last.wall).max(0);
            last = at;
        }
        age
    }

    fn is_accepted(&self) -> bool {
        self.of_held(
            |what, held| matches!(what, What::Accepted { generation } if *generation == held),
        )
    }

    fn is_out_of_use(&self) -> bool {
        self.of_held(|what, held| {
            matches!(what, What::Rejected { generation, out: true, .. } if *generation == held)
        })
    }

    fn is_rejected_at_all(&self) -> bool {
        self.of_held(
            |what, held| matches!(what, What::Rejected { generation, .. } if *generation == held),
        )
    }

    fn of_held(&self, is: impl Fn(&What, u64) -> bool) -> bool {
        self.held().is_some_and(|held| self.history.iter().any(|(_, what)| is(what, held)))
    }

    fn rejections(&self) -> usize {
        let ended = self.find_last(|what| {
            matches!(
                what,
                What::Accepted { .. }
                    | What::Came { by: None, .. }
                    | What::Forgotten
                    | What::Unlocked
            )
        });
        self.since(ended).filter(|what| matches!(what, What::Rejected { counts: true, .. })).count()
    }

    /// Returns the permit of the refresh of which nobody said how it ended.
    fn unsettled(&self) -> Option<usize> {
        let last = self.find_last(|what| {
            matches!(
                what,
                What::Granted { .. }
                    | What::Came { .. }
                    | What::Failed { .. }
                    | What::Abandoned
                    | What::Forgotten
            )
        })?;
        let What::Granted { permit } = self.history[last].1 else { return None };
        Some(permit)
    }

    fn rests_until(&self) -> Option<(i64, i64)> {
        let last = self.last_failure()?;
        let (at, What::Failed { terminal, wait, shrunk, .. }) = &self.history[last] else {
            return None;
        };
        let share = |time: i64| if *shrunk { time / 2 } else { time };
        let base = self.settings.backoff_base;
        let backoff = (base << (self.failures() - 1).min(20)).min(self.settings.backoff_cap);
        let (calm, stranded) = if *terminal && self.settings.raises_terminal {
            (MEMORY, MEMORY)
        } else if *terminal {
            (share(backoff).max(MEMORY), MEMORY)
        } else {
            (share(backoff), share(backoff.min(MEMORY)))
        };
        let wait = (*wait).min(60 * MINUTE);
        Some((at.mono + calm.max(wait), at.mono + stranded.max(wait)))
    }

    fn last_failure(&self) -> Option<usize> {
        let last = self.find_last(|what| {
            matches!(
                what,
                What::Granted { .. }
                    | What::Came { .. }
                    | What::Failed { .. }
                    | What::Forgotten
                    | What::Unlocked
            )
        })?;
        matches!(self.history[last].1, What::Failed { .. }).then_some(last)
    }

    fn last_failure_is_terminal(&self) -> bool {
        let last = self.last_failure().map(|at| &self.history[at].1);
        matches!(last, Some(What::Failed { terminal: true, .. }))
    }

    fn failures(&self) -> usize {
        let ended = self
            .find_last(|what| matches!(what, What::Came { .. } | What::Forgotten | What::Unlocked));
        self.since(ended).filter(|what| matches!(what, What::Failed { .. })).count()
    }

    fn since(&self, at: Option<usize>) -> impl Iterator<Item = &What> {
        self.history.iter().skip(at.map_or(0, |at| at + 1)).map(|(_, what)| what)
    }

    fn find_last(&self, is: impl Fn(&What) -> bool) -> Option<usize> {
        self.history.iter().rposition(|(_, what)| is(what))
    }

    fn note(&mut self, now: Reading, what: What) {
        self.history.push((now, what));
    }
}

pub(crate) const MINUTE: i64 = 60_000;
const MEMORY: i64 = 5_000;
const FRESH: i64 = 10_000;
const REFRESH_TIMEOUT: i64 = 30_000;
const LOCK_OUT_AFTER: usize = 3;
