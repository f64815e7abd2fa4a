use super::*;

#[test]
fn r58_a_probe_is_admitted_at_the_very_end_of_the_open_time() {
    let mut bench = Bench::brittle();
    bench.calls(1, Outcome::Fail);

    bench.wait(secs(5) - NANO);
    assert_eq!(bench.state(), State::Open);
    assert!(bench.ask().is_err());
    bench.wait(NANO);

    assert_eq!(bench.state(), State::HalfOpen);
    assert!(bench.ask().unwrap().is_probe());
}

#[test]
fn r58_the_default_open_time_is_spread_by_chance() {
    let until = |draw| {
        let t0 = SystemClock.now();
        let mut breaker = Breaker::new(Config::DEFAULT);
        breaker.trip(t0, draw);
        breaker.wake_at().unwrap() - t0
    };

    assert_eq!((until(Draw::MIN), until(Draw::MAX)), (secs(5), secs(6)));
}

#[test]
fn r64_a_rejection_says_when_to_come_back_and_why() {
    let mut bench =
        Bench::new(Config::failure_rate(50, 10).min_calls(4).jitter(0).build().unwrap());
    bench.calls(2, Outcome::Succeed);
    bench.calls(1, Report::from(Outcome::Fail).because("timeout"));
    bench.calls(1, Outcome::Fail);

    let rejected = bench.ask().unwrap_err();

    assert_eq!(rejected.retry_at(), Some(bench.now + secs(5)));
    assert_eq!(rejected.refusal(), Refusal::Open);
    let evidence = rejected.evidence().unwrap();
    assert_eq!(evidence.reason(), Reason::Failures);
    assert_eq!(evidence.threshold(), Some(Threshold::Percent(50)));
    assert_eq!((evidence.tally().calls(), evidence.tally().failures()), (4, 2));
    assert_eq!(evidence.cause(), Some("timeout"));
    assert_eq!(
        rejected.to_string(),
        "the circuit is open: 2 of 4 calls failed (the threshold is 50 %), the last for timeout"
    );
}

#[test]
fn r64_a_cause_from_before_the_last_change_is_not_named() {
    let mut bench = Bench::brittle();
    bench.calls(1, Report::from(Outcome::Fail).because("timeout"));
    bench.wait(secs(5));
    bench.calls(1, Outcome::Fail);

    let evidence = bench.ask().unwrap_err().evidence().copied().unwrap();

    assert_eq!((evidence.reason(), evidence.cause()), (Reason::Probes, None));
}

#[test]
fn r64_a_peek_says_the_same_and_takes_nothing() {
    let mut bench = Bench::brittle();
    assert_eq!(bench.breaker.rejection(bench.now), None);
    bench.calls(1, Outcome::Fail);

    let peeked = bench.breaker.rejection(bench.now);

    assert_eq!(bench.breaker.snapshot(bench.now).rejections(), 0);
    assert_eq!(peeked, bench.ask().err());
    assert_eq!(bench.breaker.snapshot(bench.now).rejections(), 1);
    assert_eq!(bench.breaker.rejection(bench.now + secs(5)), None);
}

#[test]
fn r65_openings_in_a_row_last_longer_and_a_stable_close_begins_anew() {
    let mut bench = Bench::brittle();
    let mut lengths = Vec::new();
    for closed_for in [secs(0), secs(9), secs(20)] {
        bench.calls(1, Outcome::Fail);
        let until = bench.breaker.wake_at().unwrap();
        lengths.push(until - bench.now);
        bench.now = until;
        bench.calls(1, Outcome::Succeed);
        bench.wait(closed_for);
    }
    bench.calls(1, Outcome::Fail);

    lengths.push(bench.breaker.wake_at().unwrap() - bench.now);

    // Nine seconds of being closed are fewer than the ten that it was open, twenty are not.
    assert_eq!(lengths, [secs(5), secs(10), secs(20), secs(5)]);
}

#[test]
fn r65_the_server_that_opens_the_circuit_may_say_for_how_long() {
    let mut bench = Bench::brittle();

    bench.calls(1, Report::from(Outcome::Fail).retry_after(secs(42)));

    assert_eq!(bench.breaker.wake_at(), Some(bench.now + secs(42)));
}

#[test]
fn each_change_is_told_once() {
    let mut bench = Bench::brittle();

    bench.calls(1, Outcome::Fail);
    assert!(bench.ask().is_err());
    bench.wait(secs(5));
    bench.calls(1, Outcome::Succeed);

    assert!(
        matches!(bench.changes[..], [Change::Opened { .. }, Change::HalfOpened, Change::Closed]),
        "{:?}",
        bench.changes
    );
}

#[test]
fn a_ramp_admits_a_growing_share_and_everyone_in_the_end() {
    let mut bench = Bench::new(one_failure().ramp(secs(10)).build().unwrap());
    bench.calls(1, Outcome::Fail);
    bench.wait(secs(5));
    bench.calls(1, Outcome::Succeed);
    let admits = |bench: &mut Bench, draw| {
        bench.breaker.try_acquire(bench.now, Draw::new(draw).unwrap()).decision
    };

    let rejected = admits(&mut bench, 0.11).unwrap_err();
    assert!(admits(&mut bench, 0.09).is_ok());
    assert_eq!(
        (rejected.refusal(), rejected.retry_at()),
        (Refusal::Ramping, Some(bench.now + secs(10)))
    );
    bench.wait(secs(5));
    assert!(admits(&mut bench, 0.56).is_err());
    assert!(admits(&mut bench, 0.54).is_ok());
    bench.wait(secs(5) - NANO);
    assert!(admits(&mut bench, 1.0).is_err());
    bench.wait(NANO);
    assert!(admits(&mut bench, 1.0).is_ok());
}

#[test]
fn an_open_time_beyond_the_clock_ends_by_an_operator_alone() {
    let mut bench = Bench::brittle();

    bench.breaker.trip_for(bench.now, Duration::MAX);

    assert_eq!(bench.ask().unwrap_err().retry_at(), None);
    bench.breaker.close();
    assert!(bench.ask().is_ok());
}

#[test]
fn time_that_goes_backwards_neither_opens_nor_closes() {
    let mut bench = Bench::brittle();
    bench.wait(secs(100));
    bench.calls(1, Outcome::Fail);

    bench.now -= secs(50);

    assert_eq!(bench.state(), State::Open);
    bench.wait(secs(55));
    assert_eq!(bench.state(), State::HalfOpen);
    bench.now -= secs(50);
    bench.breaker.probe_now(bench.now);
    bench.calls(1, Outcome::Succeed);
    assert_eq!(bench.state(), State::Closed);
}
