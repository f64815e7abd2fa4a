use std::future::{Pending, pending};
use std::num::NonZeroU32;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use readmit_core::{Clock, SystemClock};
use readmit_limit::{Config, Denied, Feedback, Quota, Shared};

use crate::clock::Manual;
use crate::reference::{Entry, Rate, Reference, Words};

proptest! {
    #[test]
    fn the_queue_serves_as_the_reference_does(events in vec(event(), 1..60)) {
        let t0 = SystemClock.now();
        let clock = Manual::new(t0);
        let config = Config::quota(quota(FIRST)).jitter(Duration::ZERO);
        let limiter = Shared::on(&clock, config);
        let mut world = World { limiter: &limiter, t0, now: 0, waiting: Vec::new(), model: Model::new() };

        for event in events {
            match event {
                Event::Advance(by) => {
                    clock.advance(millis(by));
                    world.now += by;
                }
                Event::Cancel(which) => world.cancel(which),
                Event::Hold(wait) => world.hold(wait),
                Event::Quota(rate) => world.quota(rate),
                Event::Try(cells) => world.try_acquire(cells)?,
                Event::Wait { cells, patience } => world.wait(cells, patience)?,
            }
            world.serve()?;
        }
    }
}

/// The limiter with its waiters, and what they should be.
struct World<'s, 'c> {
    limiter: &'s Shared<&'c Manual>,
    t0: Instant,
    now: u64,
    waiting: Vec<(u64, Waiting<'s>)>,
    model: Model,
}

type Waiting<'s> = Pin<Box<dyn Future<Output = Result<(), Denied>> + 's>>;

/// A list of those who wait, and the reference that serves the first of them.
struct Model {
    reference: Reference,
    waiting: Vec<Waiter>,
    next: u64,
}

#[derive(Clone, Copy, Debug)]
struct Waiter {
    name: u64,
    cells: u64,
    deadline: Option<u64>,
}

impl Model {
    fn new() -> Model {
        Model { reference: Reference::new(Some(FIRST)), waiting: Vec::new(), next: 0 }
    }

    /// Whether, were nothing else to happen, all those and then this one are served in time: each
    /// is given its cells at the first millisecond at which they are there.
    fn makes_it(&self, now: u64, before: &[Waiter], waiter: Waiter) -> bool {
        let Some(deadline) = waiter.deadline else { return true };
        let mut future = self.reference.clone();
        let mut then = now;
        for served in before.iter().chain([&waiter]) {
            match future.allowed_at(then, served.cells, FAR) {
                Some(at) => then = at,
                None => return false,
            }
            future.note(then, Entry::Grant(served.cells));
        }
        then <= deadline
    }

    /// Takes out who does not make it, and names them.
    fn refuse(&mut self, now: u64) -> Vec<u64> {
        let mut kept = Vec::new();
        let mut refused = Vec::new();
        for waiter in self.waiting.clone() {
            let burst = self.reference.standing(now).burst.unwrap_or(u64::MAX);
            if waiter.cells <= burst && self.makes_it(now, &kept, waiter) {
                kept.push(waiter);
            } else {
                refused.push(waiter.name);
            }
        }
        self.waiting = kept;
        refused
    }
}

impl World<'_, '_> {
    fn wait(&mut self, cells: u32, patience: Option<u64>) -> Result<(), TestCaseError> {
        let deadline = patience.map(|patience| self.now + patience);
        let waiter = Waiter { name: self.model.next, cells: cells.into(), deadline };
        self.model.next += 1;
        let deadline_at = deadline.map(|deadline| self.t0 + millis(deadline));
        let cells = NonZeroU32::new(cells).unwrap();
        let sleep = |_wait| -> Pending<()> { pending() };
        let mut waiting: Waiting<'_> =
            Box::pin(self.limiter.acquire_with(sleep, cells, deadline_at));

        let polled = poll(&mut waiting);

        let burst = self.model.reference.standing(self.now).burst.unwrap_or(u64::MAX);
        let at_once =
            self.model.waiting.is_empty() && self.model.reference.allows(self.now, waiter.cells);
        if at_once {
            prop_assert_eq!(polled, Poll::Ready(Ok(())));
            self.model.reference.note(self.now, Entry::Grant(waiter.cells));
        } else if burst < waiter.cells
            || !self.model.makes_it(self.now, &self.model.waiting, waiter)
        {
            prop_assert!(matches!(polled, Poll::Ready(Err(_))), "{:?} {:?}", waiter, polled);
        } else {
            prop_assert_eq!(polled, Poll::Pending, "{:?}", waiter);
            self.model.waiting.push(waiter);
            self.waiting.push((waiter.name, waiting));
        }
        Ok(())
    }

    fn try_acquire(&mut self, cells: u32) -> Result<(), TestCaseError> {
        let got = self.limiter.try_acquire_many(NonZeroU32::new(cells).unwrap());

        let reference = &mut self.model.reference;
        let expected = self.model.waiting.is_empty() && reference.allows(self.now, cells.into());
        prop_assert_eq!(got.is_ok(), expected);
        if expected {
            reference.note(self.now, Entry::Grant(cells.into()));
        }
        Ok(())
    }

    fn cancel(&mut self, which: prop::sample::Index) {
        if !self.waiting.is_empty() {
            let (name, waiting) = self.waiting.remove(which.index(self.waiting.len()));
            drop(waiting);
            self.model.waiting.retain(|waiter| waiter.name != name);
        }
    }

    fn hold(&mut self, wait: u64) {
        let _change = self.limiter.feed(&Feedback::accepted().retry_after(millis(wait)));
        let words = Words { retry_after: Some(wait), ..Words::default() };
        self.model.reference.note(self.now, Entry::Told(words));
        self.told();
    }

    fn quota(&mut self, rate: Rate) {
        let _change = self.limiter.set_quota(Some(quota(rate)));
        self.model.reference.note(self.now, Entry::Quota(Some(rate)));
        self.told();
    }

    fn told(&mut self) {
        let refused = self.model.refuse(self.now);
        self.waiting.retain_mut(|(name, waiting)| {
            let is_refused = matches!(poll_later(waiting, &refused, *name), Poll::Ready(Err(_)));
            assert_eq!(is_refused, refused.contains(name), "waiter {name}");
            !is_refused
        });
    }

    /// Polls everybody, the last one first, until nobody moves.
    fn serve(&mut self) -> Result<(), TestCaseError> {
        let mut moved = true;
        while moved {
            moved = false;
            for index in (0..self.waiting.len()).rev() {
                let expected = self.outcome(index);
                let polled = poll(&mut self.waiting[index].1).map(|result| result.is_ok());
                prop_assert_eq!(polled, expected, "{:?}", self.model.waiting[index]);
                if expected == Poll::Ready(true) {
                    let cells = self.model.waiting[index].cells;
                    self.model.reference.note(self.now, Entry::Grant(cells));
                }
                if expected.is_ready() {
                    self.model.waiting.remove(index);
                    let _served = self.waiting.remove(index);
                    moved = true;
                }
            }
        }
        Ok(())
    }

    /// What a waiter should find: the first is served as soon as its cells are there, and whoever
    /// looks sees whether it can still make it, since those before it may have come late.
    fn outcome(&self, index: usize) -> Poll<bool> {
        let (before, rest) = self.model.waiting.split_at(index);
        let waiter = rest[0];
        if before.is_empty() && self.model.reference.allows(self.now, waiter.cells) {
            return Poll::Ready(true);
        }
        if self.model.makes_it(self.now, before, waiter) {
            return Poll::Pending;
        }
        Poll::Ready(false)
    }
}

/// Asks only those who were refused, so that nobody is served out of turn.
fn poll_later(waiting: &mut Waiting<'_>, refused: &[u64], name: u64) -> Poll<Result<(), Denied>> {
    if refused.contains(&name) { poll(waiting) } else { Poll::Pending }
}

fn poll(waiting: &mut Waiting<'_>) -> Poll<Result<(), Denied>> {
    waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

#[derive(Clone, Debug)]
enum Event {
    Advance(u64),
    Cancel(prop::sample::Index),
    Hold(u64),
    Quota(Rate),
    Try(u32),
    Wait { cells: u32, patience: Option<u64> },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        5 => (0..12_u64).prop_map(Event::Advance),
        2 => any::<prop::sample::Index>().prop_map(Event::Cancel),
        1 => (1..40_u64).prop_map(Event::Hold),
        1 => rate().prop_map(Event::Quota),
        3 => (1..4_u32).prop_map(Event::Try),
        6 => (1..4_u32, option::of(0..60_u64))
            .prop_map(|(cells, patience)| Event::Wait { cells, patience }),
    ]
}

/// All of one interval, so that every instant is a whole millisecond.
fn rate() -> impl Strategy<Value = Rate> {
    (1..6_u64).prop_map(|burst| Rate { interval: FIRST.interval, burst })
}

fn quota(rate: Rate) -> Quota {
    let quota = Quota::per_window(NonZeroU32::MIN, millis(rate.interval)).unwrap();
    quota.burst(NonZeroU32::new(u32::try_from(rate.burst).unwrap()).unwrap())
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const FIRST: Rate = Rate { interval: 5, burst: 3 };
/// Longer than anybody is patient.
const FAR: u64 = 200;
