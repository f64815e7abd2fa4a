//! The machine against a reference that keeps the whole history and recounts it.

#![cfg(not(loom))]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod reference;
mod settings;
mod wrapped;

use std::iter;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use readmit_breaker::{Breaker, Outcome, Permit, Report, Shared, State};
use readmit_core::{Clock, Draw, SystemClock};

use crate::reference::{Answer, Reference};
use crate::settings::{Rule, Settings, settings, settings_without_chance};
use crate::wrapped::{Hand, Wrapped};

proptest! {
    #[test]
    fn the_machine_decides_as_the_reference(
        settings in settings(),
        events in vec(event(), 1..120),
    ) {
        let mut system = System::new(&settings);
        let mut reference = Reference::new(settings);

        for event in events {
            match event {
                Event::Acquire { quarters } => {
                    prop_assert_eq!(system.acquire(quarters), reference.acquire(quarters));
                }
                Event::Advance(ms) => {
                    system.now += ms;
                    reference.now += ms;
                }
                Event::Edge { before } => {
                    // The last instant before time alone changes something, or the first one.
                    let wait = reference.wake_at().map_or(0, |at| at.saturating_sub(reference.now));
                    let wait = wait.saturating_sub(u64::from(before));
                    system.now += wait;
                    reference.now += wait;
                }
                Event::Operate(action) => {
                    system.operate(action);
                    reference.operate(action);
                }
                Event::Settle { which, outcome, server } => {
                    let open = reference.under_way();
                    if !open.is_empty() {
                        let call = open[which % open.len()];
                        system.settle(call, outcome, server);
                        reference.settle(call, outcome, server);
                    }
                }
            }
            prop_assert_eq!(system.shown(), reference.shown());
        }
    }

    /// The hint and the short ways of the wrapper change nothing of what is decided.
    #[test]
    fn the_wrapper_decides_as_the_reference(
        settings in settings_without_chance(),
        events in vec(event(), 1..120),
    ) {
        let hand = Hand::new();
        let breaker = Shared::timed_by(&hand, settings.config());
        let mut wrapped = Wrapped::new(&breaker, &hand);
        let leaves_out = matches!(settings.rule, Rule::InARow(_));
        let mut reference = Reference::new(settings);

        for event in iter::once(Event::Acquire { quarters: 0 }).chain(events) {
            match event {
                Event::Acquire { .. } => {
                    prop_assert_eq!(wrapped.acquire(), reference.acquire(0));
                }
                Event::Advance(ms) => reference.now += ms,
                Event::Edge { before } => {
                    let wait = reference.wake_at().map_or(0, |at| at.saturating_sub(reference.now));
                    reference.now += wait.saturating_sub(u64::from(before));
                }
                Event::Operate(action) => {
                    wrapped.operate(action);
                    reference.operate(action);
                }
                Event::Settle { which, outcome, server } => {
                    let open = reference.under_way();
                    if !open.is_empty() {
                        let call = open[which % open.len()];
                        wrapped.settle(call, outcome, server);
                        reference.settle(call, outcome, server);
                    }
                }
            }
            hand.set(reference.now);
            let expected = reference.shown();
            prop_assert_eq!(wrapped.shown(expected, leaves_out), expected);
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Event {
    /// With a draw in quarters.
    Acquire {
        quarters: u8,
    },
    Advance(u64),
    Edge {
        before: bool,
    },
    Operate(Action),
    /// Any call that has no outcome, be it of an epoch long past.
    Settle {
        which: usize,
        outcome: Outcome,
        server: Option<u64>,
    },
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Close,
    Disable,
    Isolate,
    MetricsOnly,
    ProbeNow,
    Release,
    Reset,
    Trip,
    TripFor(u64),
}

/// What both can be asked for, in plain numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Shown {
    state: State,
    /// Calls, failures, slow ones, failures in a row.
    tally: [usize; 4],
    rejections: u64,
    wake_at: Option<u64>,
    is_rejecting: bool,
}

/// The machine, on a clock of milliseconds.
struct System {
    breaker: Breaker,
    t0: Instant,
    now: u64,
    permits: Vec<Option<Permit>>,
}

impl System {
    fn new(settings: &Settings) -> System {
        let breaker = Breaker::new(settings.config());
        System { breaker, t0: SystemClock.now(), now: 0, permits: Vec::new() }
    }

    fn acquire(&mut self, quarters: u8) -> Answer {
        let draw = Draw::new(f64::from(quarters) / 4.0).unwrap();
        match self.breaker.try_acquire(self.at(), draw).decision {
            Ok(permit) => {
                let is_probe = permit.is_probe();
                self.permits.push(Some(permit));
                Answer::Admitted { is_probe }
            }
            Err(rejected) => {
                Answer::Rejected { retry_at: rejected.retry_at().map(|at| self.ms(at)) }
            }
        }
    }

    fn settle(&mut self, call: usize, outcome: Outcome, server: Option<u64>) {
        let report = match server {
            Some(ms) => Report::from(outcome).retry_after(Duration::from_millis(ms)),
            None => outcome.into(),
        };
        let permit = self.permits[call].take().unwrap();
        let _step = self.breaker.settle(self.at(), permit, report, Draw::MAX);
    }

    fn operate(&mut self, action: Action) {
        let now = self.at();
        let breaker = &mut self.breaker;
        match action {
            Action::Close => breaker.close(),
            Action::Disable => breaker.disable(),
            Action::Isolate => breaker.isolate(),
            Action::MetricsOnly => breaker.metrics_only(),
            Action::ProbeNow => breaker.probe_now(now),
            Action::Release => breaker.release(),
            Action::Reset => breaker.reset(),
            Action::Trip => breaker.trip(now, Draw::MAX),
            Action::TripFor(ms) => breaker.trip_for(now, Duration::from_millis(ms)),
        };
    }

    fn shown(&self) -> Shown {
        let snapshot = self.breaker.snapshot(self.at());
        let tally = snapshot.tally();
        Shown {
            state: snapshot.state(),
            tally: [tally.calls(), tally.failures(), tally.slow(), tally.consecutive_failures()]
                .map(|count| count as usize),
            rejections: snapshot.rejections(),
            wake_at: self.breaker.wake_at().map(|at| self.ms(at)),
            is_rejecting: self.breaker.rejection(self.at()).is_some(),
        }
    }

    fn at(&self) -> Instant {
        self.t0 + Duration::from_millis(self.now)
    }

    fn ms(&self, at: Instant) -> u64 {
        u64::try_from((at - self.t0).as_millis()).unwrap()
    }
}

fn event() -> impl Strategy<Value = Event> {
    let outcome = prop_oneof![
        5 => Just(Outcome::Fail),
        3 => Just(Outcome::Succeed),
        1 => Just(Outcome::Abandon),
        1 => Just(Outcome::Ignore),
    ];
    let action = prop_oneof![
        2 => Just(Action::Close),
        1 => Just(Action::Disable),
        1 => Just(Action::Isolate),
        1 => Just(Action::MetricsOnly),
        1 => Just(Action::ProbeNow),
        4 => Just(Action::Release),
        1 => Just(Action::Reset),
        1 => Just(Action::Trip),
        1 => (0..5_000_u64).prop_map(Action::TripFor),
    ];
    prop_oneof![
        8 => (0..=4_u8).prop_map(|quarters| Event::Acquire { quarters }),
        3 => (0..400_u64).prop_map(Event::Advance),
        1 => (0..100_000_u64).prop_map(Event::Advance),
        2 => any::<bool>().prop_map(|before| Event::Edge { before }),
        1 => action.prop_map(Event::Operate),
        9 => (any::<usize>(), outcome, proptest::option::weighted(0.2, 0..20_000_u64))
            .prop_map(|(which, outcome, server)| Event::Settle { which, outcome, server }),
    ]
}
