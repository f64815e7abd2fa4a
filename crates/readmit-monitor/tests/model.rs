//! The windows and alerts against a reference that keeps every instant and recounts it.

#![cfg(not(loom))]

use std::num::NonZeroU32;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use readmit_core::SystemClock;
use readmit_monitor::{Alert, Config, Now, Phase, Watcher};

proptest! {
    /// Up to twice the threshold a count is exact, whatever was counted before; beyond, it is at
    /// least that, and wrong by the events of a minute at most.
    #[test]
    fn counts_and_alerts_are_those_of_the_reference(
        threshold in 1_u32..6,
        events in vec(event(), 1..200),
    ) {
        let t0 = Now::read(&SystemClock);
        let config = Config::builder().threshold("A", threshold).build().unwrap();
        let mut watcher = Watcher::new(t0, config);
        let mut reference = Reference { threshold, ..Reference::default() };

        for event in events {
            let wait = reference.wait(event);
            reference.now += wait;
            let now = later(t0, reference.now);
            let told = match event {
                Event::Record { code: false, .. } => watcher.record_code(now, "B"),
                Event::Record { code: true, .. } => {
                    reference.instants.push(reference.now);
                    let told = watcher.record_code(now, "A");
                    let heard = reference.heard(&told);
                    prop_assert_eq!(heard, reference.look());
                    told
                }
                Event::Check { .. } | Event::Edge { .. } => {
                    let told = watcher.check(now);
                    let heard = reference.heard(&told);
                    prop_assert_eq!(heard, reference.look());
                    told
                }
            };
            prop_assert!(told.len() <= 1);
            for minutes in [1, 7, 60] {
                let counted = watcher.count(now.mono, "A", NonZeroU32::new(minutes).unwrap());
                let (exact, with_the_edge) = reference.counts(u64::from(minutes));
                if exact <= u64::from(2 * threshold) {
                    prop_assert_eq!(counted, exact);
                } else {
                    prop_assert!(u64::from(2 * threshold) < counted && counted <= with_the_edge);
                }
            }
            let stands = watcher.alerts(now).iter().any(|alert| alert.rule == "A");
            prop_assert_eq!(stands, reference.stands.is_some());
            prop_assert_eq!(watcher.wake_at().is_some(), stands);
        }
    }

    /// An hour of silence ends every alert, and none fires again for what is past.
    #[test]
    fn silence_ends_all_alerts(events in vec(event(), 1..60)) {
        let t0 = Now::read(&SystemClock);
        let config = Config::builder().threshold("A", 1).build().unwrap();
        let mut watcher = Watcher::new(t0, config);
        let mut reference = Reference { threshold: 1, ..Reference::default() };
        for event in events {
            reference.now += reference.wait(event);
            drop(watcher.record_code(later(t0, reference.now), "A"));
        }

        let told = watcher.check(later(t0, reference.now + HOUR));

        prop_assert!(told.iter().all(|alert| alert.phase == Phase::Resolved));
        prop_assert_eq!(watcher.alerts(later(t0, reference.now + HOUR)), vec![]);
    }
}

#[derive(Clone, Copy, Debug)]
enum Event {
    /// An error, of the code that has the threshold or of another one.
    Record { code: bool, wait: u64 },
    /// A look at the thresholds.
    Check { wait: u64 },
    /// A look at the instant at which the oldest event leaves the window, or one before it.
    Edge { before: bool },
}

fn event() -> impl Strategy<Value = Event> {
    // Bursts, steps of minutes, and a gap now and then.
    let wait = || prop_oneof![4 => 0_u64..2_000, 4 => 0_u64..400_000, 1 => 0_u64..9_000_000];
    prop_oneof![
        6 => (any::<bool>(), wait()).prop_map(|(code, wait)| Event::Record { code, wait }),
        2 => wait().prop_map(|wait| Event::Check { wait }),
        1 => any::<bool>().prop_map(|before| Event::Edge { before }),
    ]
}

/// Every instant at which code A happened, in milliseconds.
#[derive(Debug, Default)]
struct Reference {
    threshold: u32,
    now: u64,
    instants: Vec<u64>,
    /// That of the alert that stands: whether it is high.
    stands: Option<bool>,
}

impl Reference {
    fn wait(&self, event: Event) -> u64 {
        match event {
            Event::Record { wait, .. } | Event::Check { wait } => wait,
            Event::Edge { before } => {
                let leaves = self.instants.iter().map(|at| at + HOUR).find(|at| self.now < *at);
                let wait = leaves.map_or(0, |at| at - self.now);
                wait.saturating_sub(u64::from(before))
            }
        }
    }

    /// How often it happened, and how often if all of the minute counts that the span begins in.
    fn counts(&self, minutes: u64) -> (u64, u64) {
        let start = self.now.saturating_sub(minutes * MINUTE);
        let whole = start - start % MINUTE;
        let age = |at: &u64| self.now - at;
        let exact = self.instants.iter().filter(|at| age(at) < minutes * MINUTE).count();
        let edge = self.instants.iter().filter(|at| whole <= **at).count();
        (exact as u64, edge.max(exact) as u64)
    }

    /// What is told, by its phase and whether it is high; nothing of a value that doubled.
    fn look(&mut self) -> Vec<(Phase, bool)> {
        let (count, _) = self.counts(60);
        let t = u64::from(self.threshold);
        let above = |bar: u64, stood: bool| if stood { 3 * bar < 4 * count } else { bar < count };
        let is_high = above(2 * t, self.stands == Some(true));
        let after = above(t, self.stands.is_some()).then_some(is_high);
        match (std::mem::replace(&mut self.stands, after), after) {
            (None, None) => vec![],
            (None, Some(after)) => vec![(Phase::Fired, after)],
            (Some(before), None) => vec![(Phase::Resolved, before)],
            (Some(before), Some(after)) if before == after => vec![],
            (Some(_), Some(after)) => vec![(Phase::Updated, after)],
        }
    }

    /// What was told but for values that doubled, which past twice the threshold are not exact.
    fn heard(&self, told: &[Alert]) -> Vec<(Phase, bool)> {
        let all = told.iter().map(|alert| (alert.phase, alert.severity_str() == "high"));
        let is_double =
            |(phase, high): &(Phase, bool)| *phase == Phase::Updated && self.stands == Some(*high);
        all.filter(|told| !is_double(told)).collect()
    }
}

fn later(t0: Now, milliseconds: u64) -> Now {
    let by = Duration::from_millis(milliseconds);
    Now { mono: t0.mono + by, wall: t0.wall + by }
}

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
