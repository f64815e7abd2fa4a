use super::*;

/// Also a fault of the breaker of the textbooks, which lets everyone through once half-open.
#[test]
fn r60_of_a_hundred_calls_at_the_end_of_the_open_time_three_are_probes() {
    let mut bench = half_open(2, 3);

    let permits: Vec<_> = (0..100).filter_map(|_| bench.ask().ok()).collect();

    assert_eq!(permits.len(), 3);
    assert!(permits.iter().all(Permit::is_probe));
}

#[test]
fn r60_with_the_defaults_one_call_gets_through() {
    let mut bench = half_open(1, 1);

    let admitted = (0..100).filter(|_| bench.ask().is_ok()).count();

    assert_eq!(admitted, 1);
}

#[test]
fn r60_the_verdict_falls_as_soon_as_it_is_certain() {
    let verdict = |needed, of, outcomes: &[Outcome]| {
        let mut bench = half_open(needed, of);
        let mut states = Vec::new();
        for &outcome in outcomes {
            bench.calls(1, outcome);
            states.push(bench.state());
        }
        states
    };
    use Outcome::{Fail, Succeed};
    use State::{Closed, HalfOpen, Open};

    assert_eq!(verdict(1, 1, &[Succeed]), [Closed]);
    assert_eq!(verdict(1, 1, &[Fail]), [Open]);
    assert_eq!(verdict(2, 3, &[Fail, Succeed, Succeed]), [HalfOpen, HalfOpen, Closed]);
    assert_eq!(verdict(2, 3, &[Fail, Fail]), [HalfOpen, Open]);
    assert_eq!(verdict(3, 3, &[Fail]), [Open]);
    assert_eq!(verdict(1, 3, &[Fail, Fail, Fail]), [HalfOpen, HalfOpen, Open]);
}

#[test]
fn r60_a_slot_is_used_up_by_a_probe_that_reported() {
    let mut bench = half_open(2, 2);
    let first = bench.ask().unwrap();
    bench.tell(first, Outcome::Succeed);

    let _second = bench.ask().unwrap();

    let rejected = bench.ask().unwrap_err();
    assert_eq!(rejected.refusal(), Refusal::Probing);
    assert_eq!(rejected.evidence().unwrap().reason(), Reason::Failures);
}

#[test]
fn r61_a_probe_that_is_dropped_gives_its_slot_back() {
    let mut bench = half_open(1, 1);

    bench.calls(10, Outcome::Abandon);
    bench.calls(10, Outcome::Ignore);

    assert_eq!((bench.state(), bench.tally()), (State::HalfOpen, Tally::default()));
    bench.calls(1, Outcome::Succeed);
    assert_eq!(bench.state(), State::Closed);
}

#[test]
fn r61_a_probe_that_is_abandoned_late_opens_the_circuit_again() {
    let mut bench = half_open(1, 1);
    let permit = bench.ask().unwrap();

    bench.wait(secs(11));
    bench.tell(permit, Outcome::Abandon);

    assert_eq!(bench.state(), State::Open);
}

#[test]
fn r62_a_probe_is_replaced_at_the_end_of_its_lease() {
    let mut bench = half_open(1, 1);
    let lost = bench.ask().unwrap();
    let lease_ends_at = bench.now + secs(60);
    assert_eq!(bench.breaker.wake_at(), Some(lease_ends_at));

    bench.wait(secs(60) - NANO);
    assert_eq!(bench.ask().unwrap_err().retry_at(), Some(lease_ends_at));
    bench.wait(NANO);
    let replacement = bench.ask().unwrap();

    bench.tell(lost, Outcome::Fail);
    assert_eq!(bench.state(), State::HalfOpen);
    bench.tell(replacement, Outcome::Succeed);
    assert_eq!(bench.state(), State::Closed);
}

#[test]
fn r63_a_slow_call_of_the_closed_circuit_does_not_close_a_half_open_one() {
    let mut bench = Bench::brittle();
    let straggler = bench.ask().unwrap();
    bench.calls(1, Outcome::Fail);
    bench.wait(secs(5));
    let _probe = bench.ask().unwrap();

    bench.tell(straggler, Outcome::Succeed);

    assert_eq!(bench.state(), State::HalfOpen);
    assert!(bench.ask().is_err());
}

#[test]
fn r63_a_probe_of_an_earlier_half_open_circuit_has_no_vote() {
    let mut bench = half_open(1, 1);
    let old = bench.ask().unwrap();
    bench.breaker.trip(bench.now, Draw::MAX);
    bench.wait(secs(100));
    let _new = bench.ask().unwrap();

    bench.tell(old, Outcome::Succeed);

    assert_eq!(bench.state(), State::HalfOpen);
}

/// A circuit whose open time has just ended.
fn half_open(needed: u32, of: u32) -> Bench {
    let mut bench = Bench::new(one_failure().probes(needed, of).build().unwrap());
    bench.calls(1, Outcome::Fail);
    bench.wait(secs(5));
    bench
}
