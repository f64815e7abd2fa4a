use super::*;

#[test]
fn r57_a_success_opens_when_it_is_slow() {
    for (took, state) in [(secs(2), State::Closed), (secs(2) + NANO, State::Open)] {
        let mut bench = slow(4);
        bench.calls(2, Outcome::Succeed);
        bench.calls(1, Report::from(Outcome::Succeed).took(secs(3)));

        bench.calls(1, Report::from(Outcome::Succeed).took(took));

        assert_eq!(bench.state(), state, "{took:?}");
    }
}

#[test]
fn r64_where_both_thresholds_are_reached_the_failures_are_the_reason() {
    let both = Config::over_calls(4).failure_rate(50).slow_rate(50, secs(2)).min_calls(1);
    let mut bench = Bench::new(both.build().unwrap());

    bench.calls(1, Report::from(Outcome::Fail).took(secs(3)));

    let evidence = bench.ask().unwrap_err().evidence().copied().unwrap();
    assert_eq!(evidence.reason(), Reason::Failures);
    assert_eq!((evidence.tally().failures(), evidence.tally().slow()), (1, 1));
}

#[test]
fn a_call_is_slow_by_the_time_that_its_permit_was_held() {
    let mut bench = slow(1);
    let permit = bench.ask().unwrap();

    bench.wait(secs(2) + NANO);
    bench.tell(permit, Outcome::Succeed);

    let evidence = bench.ask().unwrap_err().evidence().copied().unwrap();
    assert_eq!((evidence.reason(), evidence.tally().slow()), (Reason::SlowCalls, 1));
}

#[test]
fn slow_calls_under_way_open_the_circuit_once_they_are_slow() {
    let mut bench = slow(4);
    let under_way: Vec<_> = (0..4).map(|_| bench.ask().unwrap()).collect();

    bench.wait(secs(2));
    let fifth = bench.ask();
    assert!(fifth.is_ok());
    bench.wait(Duration::from_millis(250));
    let sixth = bench.ask();

    assert_eq!(sixth.unwrap_err().refusal(), Refusal::Open);
    assert!(matches!(bench.changes[..], [Change::Opened { .. }]));
    for permit in under_way {
        bench.tell(permit, Outcome::Succeed);
    }
    assert_eq!(bench.tally().slow(), 4);
}

#[test]
fn a_slow_call_is_counted_once() {
    let mut bench = slow(4);
    bench.calls(20, Outcome::Succeed);
    let permit = bench.ask().unwrap();
    bench.wait(secs(3));
    assert_eq!((bench.tally().calls(), bench.tally().slow()), (11, 1));

    bench.tell(permit, Outcome::Fail);

    let tally = bench.tally();
    assert_eq!((tally.calls(), tally.slow(), tally.failures()), (10, 1, 1));
}

#[test]
fn a_call_that_ends_in_time_is_never_slow() {
    let mut bench = slow(1);

    for _ in 0..1_000 {
        let permit = bench.ask().unwrap();
        bench.wait(Duration::from_millis(1_999));
        bench.tell(permit, Outcome::Succeed);
    }

    assert_eq!((bench.state(), bench.tally().slow()), (State::Closed, 0));
}

#[test]
fn a_slow_probe_counts_against_the_service() {
    let mut bench = slow(1);
    bench.calls(1, Report::from(Outcome::Succeed).took(secs(3)));
    bench.wait(secs(6));

    bench.calls(1, Report::from(Outcome::Succeed).took(secs(3)));

    assert_eq!(bench.state(), State::Open);
    assert_eq!(bench.ask().unwrap_err().evidence().unwrap().reason(), Reason::Probes);
}

#[test]
fn a_gap_of_any_length_makes_a_call_under_way_slow() {
    for gap in [3, 4, 7, 9, 60, 86_400 * 365 * 100] {
        let mut bench = slow(1);
        let _under_way = bench.ask().unwrap();

        bench.wait(secs(gap));

        assert_eq!(bench.tally().slow(), 1, "{gap} s");
        assert!(bench.ask().is_err(), "{gap} s");
    }
}

/// Half of ten calls slower than 2 s open it.
fn slow(min_calls: u32) -> Bench {
    let config = Config::over_calls(10).slow_rate(50, secs(2)).min_calls(min_calls).jitter(0);
    Bench::new(config.build().unwrap())
}
