//! The machine beside a reference that remembers everything.

use std::time::{Duration, Instant, SystemTime};

use proptest::prelude::*;
use readmit_core::{Draw, SystemClock};
use readmit_recovery::{
    Cause, Config, Generation, Lifecycle, Lifetime, Now, Phase, RefreshFailure, RefreshPermit, Use,
};

use crate::events::{DEFAULT, Event, event, settings, step};
use crate::history::{Answer, Life, Reading, Settings};
use crate::reference::Reference;

/// The machine and its reference, in one world.
struct System {
    origin: Now,
    now: Reading,
    lifecycle: Lifecycle,
    reference: Reference,
    serves_expired: bool,
    /// Every permit that was granted, as long as nobody spent it.
    permits: Vec<Option<RefreshPermit>>,
    generations: Vec<Generation>,
}

proptest! {
    // Four times what `PROPTEST_CASES` says: the rarest meetings of window and deadline need it.
    #![proptest_config(ProptestConfig::with_cases(4 * ProptestConfig::default().cases))]

    #[test]
    fn the_machine_answers_as_one_who_remembers_everything(
        settings in settings(),
        events in prop::collection::vec(event(), 1..80),
    ) {
        let mut system = System::new(settings);

        for event in events {
            system.apply(event);
            system.check_what_is_usable();
        }

        system.check_that_nobody_is_stuck();
    }

    #[test]
    fn r16_no_jump_of_the_wall_clock_keeps_a_dead_credential(
        life in 1_i64..7_200_000,
        steps in prop::collection::vec(step(), 1..20),
    ) {
        let mut system = System::new(DEFAULT);
        system.apply(Event::Adopt { life: Life::For(life), shrunk: false });
        let mut age = 0;
        let mut jumped = false;

        for step in steps {
            if let Event::Advance(time) | Event::Suspend(time) = step {
                age += time;
            } else {
                jumped = true;
            }
            system.apply(step);
            let _ = system.lifecycle.try_use(system.both_clocks());
            let phase = system.lifecycle.phase(system.both_clocks());

            prop_assert!(phase == Phase::Expired || age < life, "{phase:?} at {age}");
            prop_assert!(phase != Phase::Expired || jumped || life <= age, "{phase:?} at {age}");
        }
    }
}

impl System {
    fn new(settings: Settings) -> System {
        System {
            origin: Now::read(&SystemClock),
            now: Reading { mono: 0, wall: 0 },
            lifecycle: Lifecycle::new(config(settings)),
            reference: Reference::new(settings),
            serves_expired: 0 < settings.serve_expired_for,
            permits: Vec::new(),
            generations: Vec::new(),
        }
    }

    fn apply(&mut self, event: Event) {
        let (now, reading) = (self.both_clocks(), self.now);
        match event {
            Event::Advance(time) => self.advance(time),
            Event::AdvanceToWake { short_by } => {
                let wake_at = self.lifecycle.wake_at(now).map(|at| self.mono_millis(at));
                let time = wake_at.map_or(0, |at| at - reading.mono - short_by);
                self.advance(time.clamp(0, 10_000_000));
            }
            Event::Suspend(time) | Event::Jump(time) => self.now.wall += time,
            Event::Use => {
                let expected = self.reference.use_it(reading);
                let answer = self.lifecycle.try_use(now).decision;
                self.compare(answer, &expected);
            }
            Event::Recover { nth } => {
                if !self.generations.is_empty() {
                    self.recover(self.generations[nth % self.generations.len()]);
                }
            }
            Event::RecoverHeld => {
                if let Some(held) = self.lifecycle.generation() {
                    self.recover(held);
                }
            }
            Event::InvalidateHeld => {
                if let Some(held) = self.lifecycle.generation() {
                    let _ = self.lifecycle.invalidate(now, held);
                    let _ = self.reference.reject(reading, held.as_u64());
                }
            }
            Event::ReplaceHeld => {
                if let Some(held) = self.lifecycle.generation() {
                    let expected = self.reference.replace(reading, held.as_u64());
                    let answer = self.lifecycle.try_replace(now, held).decision;
                    self.compare(answer, &expected);
                }
            }
            Event::Came { nth, life, shrunk } => self.came(nth, life, shrunk),
            Event::Failed { nth, terminal, wait, shrunk } => {
                self.failed(nth, terminal, wait, shrunk);
            }
            Event::Abandoned { nth } => {
                let Some((id, permit)) = self.take_permit(nth) else { return };
                let _ = self.lifecycle.abandoned(permit);
                self.reference.abandoned(reading, id);
            }
            Event::AcceptedHeld => {
                if let Some(held) = self.lifecycle.generation() {
                    self.accepted(held);
                }
            }
            Event::Accepted { nth } => {
                if !self.generations.is_empty() {
                    self.accepted(self.generations[nth % self.generations.len()]);
                }
            }
            Event::Adopt { life, shrunk } => self.adopt(life, shrunk),
            Event::Forget => {
                let _ = self.lifecycle.forget();
                self.reference.forget(reading);
            }
            Event::Unlock => {
                let _ = self.lifecycle.unlock();
                self.reference.unlock(reading);
            }
        }
    }

    fn came(&mut self, nth: usize, life: Life, shrunk: bool) {
        let Some((id, permit)) = self.take_permit(nth) else { return };
        let (now, lifetime) = (self.both_clocks(), self.lifetime(life));
        let step = self.lifecycle.refreshed(now, permit, lifetime, draw(shrunk));
        match (step.decision, self.reference.came(self.now, id, self.life(life), shrunk)) {
            (Ok(generation), Ok(number)) => {
                assert_eq!(generation.as_u64(), number);
                self.generations.push(generation);
            }
            (Err(kept), Err(expected)) => assert_eq!(kept, expected),
            (kept, expected) => panic!("{kept:?}, expected {expected:?}"),
        }
    }

    fn failed(&mut self, nth: usize, terminal: bool, wait: Option<i64>, shrunk: bool) {
        let Some((id, permit)) = self.take_permit(nth) else { return };
        let failure =
            if terminal { RefreshFailure::terminal() } else { RefreshFailure::transient() };
        let failure = wait.map_or(failure, |wait| failure.retry_after(millis(wait)));
        let now = self.both_clocks();
        let _ = self.lifecycle.refresh_failed(now, permit, failure, draw(shrunk));
        self.reference.failed(self.now, id, terminal, wait.unwrap_or(0), shrunk);
    }

    fn accepted(&mut self, generation: Generation) {
        self.lifecycle.accepted(generation);
        self.reference.accepted(self.now, generation.as_u64());
    }

    fn adopt(&mut self, life: Life, shrunk: bool) {
        let (now, lifetime) = (self.both_clocks(), self.lifetime(life));
        let adopted = self.lifecycle.adopt(now, lifetime, draw(shrunk)).decision.ok();
        let expected = self.reference.adopt(self.now, self.life(life), shrunk);
        assert_eq!(adopted.map(|generation| generation.as_u64()), expected);
        self.generations.extend(adopted);
    }

    fn recover(&mut self, rejected: Generation) {
        let expected = self.reference.recover(self.now, rejected.as_u64());
        let answer = self.lifecycle.try_recover(self.both_clocks(), rejected).decision;
        let newer = self.lifecycle.generation().is_some_and(|held| rejected < held);
        if newer && self.lifecycle.phase(self.both_clocks()) == Phase::Fresh {
            // Rule 2: no second refresh for one rejected generation.
            assert!(matches!(answer, Use::Held { .. }), "{answer:?}");
        }
        self.compare(answer, &expected);
    }

    fn compare(&mut self, answer: Use, expected: &Answer) {
        let phase = self.lifecycle.phase(self.both_clocks());
        let answered = match answer {
            Use::Held { generation } => {
                let is_dead = matches!(phase, Phase::Absent | Phase::Expired | Phase::Rejected);
                assert!(self.serves_expired || !is_dead, "{phase:?}");
                Answer::Held(generation.as_u64())
            }
            Use::HeldWhileRefreshing { generation, permit } => {
                self.grant(permit);
                Answer::HeldAndLead(generation.as_u64())
            }
            Use::Refresh { permit } => {
                self.grant(permit);
                Answer::Lead
            }
            Use::Wait { epoch, .. } => {
                let leader = self.permits.iter().flatten().find(|permit| permit.epoch() == epoch);
                Answer::Wait(self.permit_id(leader.unwrap()))
            }
            Use::Refused(refused) => {
                let retry_at = refused.retry_at().map(|at| self.mono_millis(at));
                match refused.cause() {
                    Cause::FreshRejected => Answer::Fresh(retry_at.unwrap()),
                    Cause::LockedOut => Answer::LockedOut,
                    Cause::RefreshFailed => Answer::Failed(retry_at.unwrap()),
                    Cause::RefreshRefused => Answer::Refused(retry_at.unwrap()),
                }
            }
        };
        assert_eq!(&answered, expected);
    }

    /// Takes note of a permit, of which there is but one at a time (rule 1).
    fn grant(&mut self, permit: RefreshPermit) {
        assert_eq!(self.reference.live(self.now), None);
        self.reference.granted(self.now, self.permits.len());
        self.permits.push(Some(permit));
    }

    /// Rule 5: whatever happened, somebody gets somewhere once the waiting is over.
    fn check_that_nobody_is_stuck(&mut self) {
        let _ = self.lifecycle.unlock();
        self.advance(3_600_000);

        let answer = self.lifecycle.try_use(self.both_clocks()).decision;

        assert!(!matches!(answer, Use::Wait { .. } | Use::Refused(_)), "{answer:?}");
    }

    /// What may be used without asking is what the asker would get.
    fn check_what_is_usable(&self) {
        let now = self.both_clocks();
        let Some(usable) = self.lifecycle.usable(now) else { return };
        assert!(usable.covers(now));
        let Some(until) = usable.until() else { return };
        let moment = Duration::from_nanos(1);
        let last = Now { mono: until.mono - moment, wall: until.wall - moment };
        let then = self.lifecycle.usable(last).unwrap();
        assert_eq!(then.generation(), usable.generation());
        assert!(!usable.covers(until));
    }

    /// Takes one of the permits that are out, the latest one for 0, spent or overtaken ones included.
    fn take_permit(&mut self, nth: usize) -> Option<(usize, RefreshPermit)> {
        let out: Vec<usize> =
            (0..self.permits.len()).rev().filter(|id| self.permits[*id].is_some()).collect();
        let id = *out.get(nth % out.len().max(1))?;
        Some((id, self.permits[id].take()?))
    }

    fn permit_id(&self, permit: &RefreshPermit) -> usize {
        let is_it = |other: &Option<RefreshPermit>| {
            other.as_ref().is_some_and(|other| other.epoch() == permit.epoch())
        };
        self.permits.iter().position(is_it).unwrap()
    }

    fn advance(&mut self, time: i64) {
        self.now.mono += time;
        self.now.wall += time;
    }

    fn both_clocks(&self) -> Now {
        Now { mono: self.origin.mono + millis(self.now.mono), wall: self.wall(self.now.wall) }
    }

    fn wall(&self, at: i64) -> SystemTime {
        // Well after the epoch whatever the jumps add up to, so that nothing is cut off below.
        if at < 0 { self.origin.wall - millis(-at) } else { self.origin.wall + millis(at) }
    }

    fn mono_millis(&self, at: Instant) -> i64 {
        i64::try_from((at - self.origin.mono).as_millis()).unwrap()
    }

    /// An absolute end is generated as an offset from now.
    fn life(&self, life: Life) -> Life {
        match life {
            Life::Until(left) => Life::Until(self.now.wall + left),
            Life::Unknown | Life::For(_) => life,
        }
    }

    fn lifetime(&self, life: Life) -> Lifetime {
        match self.life(life) {
            Life::Unknown => Lifetime::Unknown,
            Life::For(time) => Lifetime::For(millis(time)),
            Life::Until(end) => Lifetime::Until(self.wall(end)),
        }
    }
}

fn config(settings: Settings) -> Config {
    let Settings { serve_expired_for, raises_terminal, backoff_base, backoff_cap } = settings;
    let builder = Config::builder()
        .serve_expired_for(millis(serve_expired_for))
        .backoff(millis(backoff_base), millis(backoff_cap));
    let builder = if raises_terminal { builder.raise_terminal() } else { builder };
    builder.build().unwrap()
}

fn draw(shrunk: bool) -> Draw {
    if shrunk { Draw::MIN } else { Draw::MAX }
}

fn millis(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap())
}
