//! Every order in which a few callers, their refreshes, a server and a person meet at one keeper.
//!
//! A *schedule* is one run of a [`World`] from its beginning until nobody can go on. At each step it
//! chooses one of all things that may happen next:
//!
//! - a caller that was woken goes on to its next wait, or leaves;
//! - a refresh ends, well or badly, or is dropped with the runtime that it is on;
//! - the server stops taking its newest token;
//! - a person signs out.
//!
//! So that callers meet on several threads too, one that was woken may also go on to its next wait
//! in the midst of another's step, or of a refresh, before each lock of the machine. That happens [`Plan::preemptions`] times in a schedule at most, and one that
//! goes on so is not interrupted itself by whom it interrupted.
//!
//! All choices are tried, depth first, so a schedule that breaks a promise is found if there is one
//! within the [`Plan`]. How often what else can happen does happen is bounded there as well. Time
//! stands still: what a clock alone decides is for other tests, and a caller that only a timeout
//! would free counts as one that waits for ever.
//!
//! Each schedule keeps these promises, or the test ends with the choices that broke one:
//!
//! - one refresh at a time, and one for each token that a server rejected (rule 1);
//! - nobody is handed a token that the keeper was told is rejected (rules 2 and 3);
//! - a refresh that fails is the failure of everybody who waited for it (rule 4);
//! - nobody waits for ever, and the next caller gets in (rule 5);
//! - after a sign-out nobody is handed a token, and none is fetched (rule 17).

mod caller;
mod path;
mod server;
mod world;

pub(super) use self::world::preempt;
use self::world::{Plan, Start, play_all};

#[test]
fn r01_three_first_calls_of_which_some_leave_share_one_refresh() {
    let schedules = play_all(&Plan { callers: 3, leaves: 1, dies: 1, fails: 1, ..Plan::FIRST });

    assert!(MANY < schedules, "{schedules}");
}

#[test]
fn r01_threads_that_meet_in_the_midst_of_each_other_share_one_refresh() {
    let schedules = play_all(&Plan { callers: 3, preemptions: 2, fails: 1, ..Plan::FIRST });

    assert!(MANY < schedules, "{schedules}");
}

#[test]
fn r02_a_late_401_of_an_old_token_costs_no_refresh() {
    let held = Plan { start: Start::Held, revokes: 1, ..Plan::FIRST };

    let schedules = play_all(&Plan { callers: 3, ..held });

    assert!(MANY < schedules, "{schedules}");
}

#[test]
fn r03_nobody_is_handed_what_was_rejected_while_he_slept() {
    let schedules = play_all(&Plan { callers: 2, revokes: 1, preemptions: 1, ..Plan::FIRST });

    assert!(MANY < schedules, "{schedules}");
}

#[test]
fn r04_a_refresh_that_fails_after_a_rejection_fails_for_all() {
    let held = Plan { start: Start::Held, revokes: 1, ..Plan::FIRST };

    let schedules = play_all(&Plan { callers: 2, leaves: 1, fails: 1, preemptions: 1, ..held });

    assert!(MANY < schedules, "{schedules}");
}

#[test]
fn r05_a_refresh_that_is_dropped_is_handed_over() {
    let held = Plan { start: Start::Held, revokes: 1, ..Plan::FIRST };

    let schedules = play_all(&Plan { callers: 2, leaves: 1, dies: 2, preemptions: 1, ..held });

    assert!(MANY < schedules, "{schedules}");
}

#[test]
fn r17_after_a_sign_out_in_the_midst_nobody_is_handed_anything() {
    let held = Plan { start: Start::Held, revokes: 1, ..Plan::FIRST };

    let first = play_all(&Plan { callers: 3, sign_outs: 1, fails: 1, ..Plan::FIRST });
    let later = play_all(&Plan { callers: 2, sign_outs: 1, dies: 1, preemptions: 1, ..held });

    assert!(MANY < first && MANY < later, "{first} and {later}");
}

/// Fewer would be a sign that something does not happen any more.
const MANY: usize = 500;
