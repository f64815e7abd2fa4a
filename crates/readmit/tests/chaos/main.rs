//! The client against an API that fails every second request in whatever way, in virtual time.
//!
//! A *world* is one client, one API and a crowd of callers, with all chance from one seed; a world
//! that goes wrong names its seed. `CHAOS_REQUESTS` says how many requests are made in all,
//! `CHAOS_SEED` where the seeds begin: `CHAOS_SEED=7 CHAOS_REQUESTS=1` is the world of seed 7 alone.
//! A seed decides everything but the order in which tokio wakes those who wait for one refresh, so a
//! world that goes wrong goes wrong again most times, and not every time.

#![expect(clippy::unwrap_used, reason = "a test")]

mod chance;
mod faults;
mod ledger;
mod wire;
mod world;

use std::cell::Cell;
use std::env;

use allocation_counter::measure;

use crate::ledger::Account;
use crate::world::World;

#[test]
fn r98_no_chaos_loses_a_session_or_leaves_a_caller_with_a_401_that_could_be_helped() {
    let (requests, first) = (number("CHAOS_REQUESTS", REQUESTS), number("CHAOS_SEED", 1));
    let (mut total, mut bytes, mut seed) = (Account::default(), 0, first);

    while total.requests < requests {
        let account = Cell::new(Account::default());
        let memory = measure(|| account.set(World::play(seed)));
        let account = account.into_inner();

        assert!(account.violations.is_empty(), "the world of seed {seed}: {account:#?}");
        assert!(memory.bytes_max < MOST_BYTES, "seed {seed}: {} bytes", memory.bytes_max);
        assert!(memory.bytes_current < LEFT_BYTES, "seed {seed}: {} left", memory.bytes_current);
        bytes = memory.bytes_max.max(bytes);
        total.add(account);
        seed += 1;
    }

    println!("seeds {first} to {}, {bytes} bytes at most: {total:#?}", seed - 1);
    // A world in which nothing goes wrong shows nothing.
    assert!(total.requests / 3 < total.faults, "{total:#?}");
    assert!(total.refreshes > requests / 200, "{total:#?}");
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Enough for every kind of world, and few enough for seconds.
const REQUESTS: u64 = 20_000;

/// What a world takes at most: its API remembers every token and everything that was created.
const MOST_BYTES: u64 = 10 << 20;

/// What a world may leave behind: what the process sets up once.
const LEFT_BYTES: i64 = 64 << 10;
