//! What happens to a credential, at random.

use proptest::prelude::*;

use crate::history::{Life, Settings};
use crate::reference::MINUTE;

#[derive(Clone, Debug)]
pub(crate) enum Event {
    Advance(i64),
    /// To the instant that the machine named, or a moment before it.
    AdvanceToWake {
        short_by: i64,
    },
    Suspend(i64),
    Jump(i64),
    Use,
    Recover {
        nth: usize,
    },
    RecoverHeld,
    InvalidateHeld,
    ReplaceHeld,
    Came {
        nth: usize,
        life: Life,
        shrunk: bool,
    },
    Failed {
        nth: usize,
        terminal: bool,
        wait: Option<i64>,
        shrunk: bool,
    },
    Abandoned {
        nth: usize,
    },
    AcceptedHeld,
    Accepted {
        nth: usize,
    },
    Adopt {
        life: Life,
        shrunk: bool,
    },
    Forget,
    Unlock,
}

pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let graces = vec![0, 1, 90_000, 1_000_000_000_000];
    let backoffs = vec![(1_000, 5 * MINUTE), (10 * MINUTE, 10 * MINUTE)];
    prop_oneof![
        2 => Just(DEFAULT),
        1 => (prop::sample::select(graces), any::<bool>(), prop::sample::select(backoffs)).prop_map(
            |(serve_expired_for, raises_terminal, (backoff_base, backoff_cap))| {
                Settings { serve_expired_for, raises_terminal, backoff_base, backoff_cap }
            }
        ),
    ]
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    let nth = prop_oneof![4 => Just(0_usize), 1 => 0..5_usize];
    let wait = prop::option::weighted(0.2, prop::sample::select(vec![0, 15_000, 7_200_000]));
    prop_oneof![
        8 => Just(Event::Use),
        4 => Just(Event::RecoverHeld),
        1 => Just(Event::InvalidateHeld),
        1 => Just(Event::ReplaceHeld),
        1 => (0..8_usize).prop_map(|nth| Event::Recover { nth }),
        3 => prop::sample::select(vec![1, 500, 5_000, 30_000, 300_000]).prop_map(Event::Advance),
        4 => (0..2_i64).prop_map(|short_by| Event::AdvanceToWake { short_by }),
        1 => (1..1_000_i64).prop_map(|n| Event::Suspend(n * 2_000)),
        1 => (-1_000..1_000_i64).prop_map(|n| Event::Jump(n * 2_000)),
        6 => (nth.clone(), life(), any::<bool>())
            .prop_map(|(nth, life, shrunk)| Event::Came { nth, life, shrunk }),
        2 => (nth.clone(), any::<bool>(), wait, any::<bool>()).prop_map(
            |(nth, terminal, wait, shrunk)| Event::Failed { nth, terminal, wait, shrunk }
        ),
        1 => nth.prop_map(|nth| Event::Abandoned { nth }),
        1 => Just(Event::AcceptedHeld),
        1 => (0..8_usize).prop_map(|nth| Event::Accepted { nth }),
        1 => (life(), any::<bool>()).prop_map(|(life, shrunk)| Event::Adopt { life, shrunk }),
        1 => prop::bool::weighted(0.3)
            .prop_map(|forget| if forget { Event::Forget } else { Event::Unlock }),
    ]
}

pub(crate) fn step() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => (1..2_000_000_i64).prop_map(Event::Advance),
        2 => (1..2_000_000_i64).prop_map(Event::Suspend),
        1 => (-10_000_000..10_000_000_i64)
            .prop_filter("within the slack", |time| 1_000 < time.abs())
            .prop_map(Event::Jump),
    ]
}

/// Lifetimes whose shares are whole milliseconds, so that the reference needs no fractions.
fn life() -> impl Strategy<Value = Life> {
    let minutes = prop::sample::select(vec![0, 1, 10, 20, 21, 60, 89, 90, 120, 1_440]);
    prop_oneof![
        1 => Just(Life::Unknown),
        6 => minutes.prop_map(|minutes| Life::For(minutes * 60_000)),
        1 => Just(Life::For(4_000)),
        1 => (-1..100_i64).prop_map(|minutes| Life::Until(minutes * 60_000)),
    ]
}

pub(crate) const DEFAULT: Settings = Settings {
    serve_expired_for: 0,
    raises_terminal: false,
    backoff_base: 1_000,
    backoff_cap: 5 * MINUTE,
};
