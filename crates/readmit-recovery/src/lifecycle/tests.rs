use std::time::Duration;

use readmit_core::SystemClock;

use crate::phase::Phase;

use super::*;

mod refresh;
mod rejection;
mod stability;
mod windows;

/// A machine at a time that the test moves.
struct Bench {
    lifecycle: Lifecycle,
    now: Now,
}

impl Bench {
    fn new() -> Bench {
        Bench::with(Config::DEFAULT)
    }

    fn with(config: Config) -> Bench {
        Bench { lifecycle: Lifecycle::new(config), now: Now::read(&SystemClock) }
    }

    /// Returns a bench whose credential was just refreshed and lives so long.
    fn holding(lifetime: Duration) -> (Bench, Generation) {
        let mut bench = Bench::new();
        let generation = bench.fetch(Lifetime::For(lifetime));
        (bench, generation)
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now.later(time);
    }

    fn suspend(&mut self, time: Duration) {
        self.now.wall += time;
    }

    fn fetch(&mut self, lifetime: Lifetime) -> Generation {
        let permit = self.lead();
        self.refreshed(permit, lifetime).unwrap()
    }

    fn lead(&mut self) -> RefreshPermit {
        permit(self.lifecycle.try_use(self.now).decision)
    }

    fn use_it(&mut self) -> Use {
        self.lifecycle.try_use(self.now).decision
    }

    fn recover(&mut self, rejected: Generation) -> Use {
        self.lifecycle.try_recover(self.now, rejected).decision
    }

    fn refreshed(
        &mut self,
        permit: RefreshPermit,
        lifetime: Lifetime,
    ) -> Result<Generation, NotKept> {
        self.lifecycle.refreshed(self.now, permit, lifetime, Draw::MAX).decision
    }

    fn failed(&mut self, permit: RefreshPermit, failure: RefreshFailure) -> Option<Change> {
        self.lifecycle.refresh_failed(self.now, permit, failure, Draw::MAX).change
    }
}

#[track_caller]
fn permit(answer: Use) -> RefreshPermit {
    match answer {
        Use::Refresh { permit } | Use::HeldWhileRefreshing { permit, .. } => permit,
        Use::Held { .. } | Use::Wait { .. } | Use::Refused(_) => panic!("no permit: {answer:?}"),
    }
}

#[track_caller]
fn assert_held(answer: &Use, expected: Generation) {
    assert!(matches!(answer, Use::Held { generation } if *generation == expected), "{answer:?}");
}

#[track_caller]
fn refused(answer: Use) -> Refused {
    match answer {
        Use::Refused(refused) => refused,
        Use::Held { .. }
        | Use::HeldWhileRefreshing { .. }
        | Use::Refresh { .. }
        | Use::Wait { .. } => panic!("not refused: {answer:?}"),
    }
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// The least that the clocks of all systems tell apart: that of Windows counts by 100 ns.
const TICK: Duration = Duration::from_nanos(100);

const HOUR: Duration = Duration::from_secs(3600);
