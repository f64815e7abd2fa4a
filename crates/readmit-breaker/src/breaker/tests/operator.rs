use super::*;

#[test]
fn r69_a_trip_opens_for_the_open_time_and_counts_as_an_opening() {
    let mut bench = Bench::brittle();

    bench.breaker.trip(bench.now, Draw::MAX);
    bench.breaker.trip(bench.now, Draw::MAX);

    assert_eq!(bench.breaker.wake_at(), Some(bench.now + secs(10)));
    assert_eq!(bench.ask().unwrap_err().evidence().unwrap().reason(), Reason::Operator);
}

#[test]
fn r69_a_trip_for_a_time_leaves_the_growth_alone() {
    let mut bench = Bench::brittle();

    bench.breaker.trip_for(bench.now, secs(3));
    assert_eq!(bench.breaker.wake_at(), Some(bench.now + secs(3)));
    bench.breaker.trip(bench.now, Draw::MAX);

    assert_eq!(bench.breaker.wake_at(), Some(bench.now + secs(5)));
}

#[test]
fn r69_probe_now_makes_the_next_call_a_probe() {
    let mut bench = Bench::brittle();
    bench.calls(1, Outcome::Fail);

    assert_eq!(bench.breaker.probe_now(bench.now), Some(Change::HalfOpened));

    assert!(bench.ask().unwrap().is_probe());
    // What opened the circuit before is still the reason.
    assert_eq!(bench.ask().unwrap_err().evidence().unwrap().reason(), Reason::Failures);
}

#[test]
fn r69_the_probe_of_a_closed_circuit_is_the_doing_of_an_operator() {
    let mut bench = Bench::brittle();

    bench.breaker.probe_now(bench.now);

    assert!(bench.ask().unwrap().is_probe());
    assert_eq!(bench.ask().unwrap_err().evidence().unwrap().reason(), Reason::Operator);
}

#[test]
fn r69_close_and_reset_begin_anew() {
    for operate in [Breaker::close, Breaker::reset] {
        let mut bench = Bench::brittle();
        bench.calls(1, Outcome::Fail);
        bench.wait(secs(5));
        bench.calls(1, Outcome::Fail);

        assert_eq!(operate(&mut bench.breaker), Some(Change::Closed));

        bench.calls(1, Outcome::Fail);
        assert_eq!(bench.breaker.wake_at(), Some(bench.now + secs(5)));
    }
}

#[test]
fn r69_two_isolations_need_two_releases() {
    let mut bench = Bench::brittle();
    assert_eq!(bench.breaker.isolate(), Some(Change::Isolated));
    assert_eq!(bench.breaker.isolate(), None);
    bench.wait(secs(1_000));

    assert_eq!(bench.breaker.release(), None);
    assert_eq!(bench.ask().unwrap_err().refusal(), Refusal::Isolated);
    assert_eq!(bench.breaker.release(), Some(Change::Closed));

    assert!(bench.ask().is_ok());
    assert_eq!(bench.breaker.release(), None);
}

#[test]
fn r69_an_isolated_circuit_obeys_release_and_reset_alone() {
    let mut bench = Bench::brittle();
    let now = bench.now;
    bench.breaker.isolate();

    let breaker = &mut bench.breaker;
    for change in [
        breaker.trip(now, Draw::MAX),
        breaker.trip_for(now, secs(1)),
        breaker.probe_now(now),
        breaker.close(),
        breaker.disable(),
        breaker.metrics_only(),
    ] {
        assert_eq!(change, None);
    }

    assert_eq!(bench.state(), State::Isolated);
    bench.breaker.reset();
    assert_eq!(bench.state(), State::Closed);
}

#[test]
fn r69_a_disabled_circuit_admits_all_and_counts_none() {
    let mut bench = Bench::brittle();
    bench.breaker.disable();

    bench.calls(100, Outcome::Fail);

    assert_eq!((bench.state(), bench.tally()), (State::Disabled, Tally::default()));
    bench.breaker.close();
    bench.calls(1, Outcome::Fail);
    assert_eq!(bench.state(), State::Open);
}

#[test]
fn r69_a_circuit_that_only_measures_tells_each_threshold_once() {
    let mut bench = Bench::new(Config::failure_rate(50, 4).min_calls(2).build().unwrap());
    bench.breaker.metrics_only();
    let exceeded = Change::Exceeded { failures: true, slow: false };

    bench.calls(4, Outcome::Fail);
    assert_eq!(bench.changes, [exceeded]);
    bench.calls(4, Outcome::Succeed);
    bench.calls(2, Outcome::Fail);

    assert_eq!(bench.changes, [exceeded, exceeded]);
    assert_eq!((bench.state(), bench.tally().failures()), (State::MetricsOnly, 2));
}

#[test]
fn r69_a_circuit_that_only_measures_tells_a_threshold_that_a_success_completes() {
    let mut bench = Bench::new(Config::failure_rate(50, 100).min_calls(4).build().unwrap());
    bench.breaker.metrics_only();
    let exceeded = Change::Exceeded { failures: true, slow: false };

    bench.calls(3, Outcome::Fail);
    assert_eq!(bench.changes, []);
    bench.calls(1, Outcome::Succeed);
    assert_eq!(bench.changes, [exceeded]);
    // Three of eight, then five of ten.
    bench.calls(4, Outcome::Succeed);
    bench.calls(2, Outcome::Fail);

    assert_eq!(bench.changes, [exceeded, exceeded]);
}

#[test]
fn a_circuit_that_only_measures_tells_of_calls_that_hang() {
    let config = Config::over_calls(10).slow_rate(50, secs(2)).min_calls(4).build();
    let mut bench = Bench::new(config.unwrap());
    bench.breaker.metrics_only();
    let hanging: Vec<_> = (0..4).map(|_| bench.ask().unwrap()).collect();

    bench.wait(secs(3));
    let admitted = bench.ask();

    assert!(admitted.is_ok());
    assert_eq!(bench.changes, [Change::Exceeded { failures: false, slow: true }]);
    drop(hanging);
}

#[test]
fn r63_what_was_admitted_before_an_operator_spoke_has_no_say() {
    let mut bench = Bench::brittle();
    let permit = bench.ask().unwrap();
    bench.breaker.reset();

    bench.tell(permit, Outcome::Fail);

    assert_eq!(bench.state(), State::Closed);
}
