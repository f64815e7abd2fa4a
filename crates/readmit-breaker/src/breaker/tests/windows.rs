use super::*;

#[test]
fn r57_a_circuit_opens_when_the_rate_is_reached_and_the_minimum_is_there() {
    let mut bench = Bench::new(Config::failure_rate(50, 100).min_calls(4).build().unwrap());

    bench.calls(2, Outcome::Succeed);
    bench.calls(1, Outcome::Fail);
    assert_eq!(bench.state(), State::Closed);
    bench.calls(1, Outcome::Fail);

    assert_eq!(bench.state(), State::Open);
}

#[test]
fn r57_a_success_that_completes_the_minimum_does_not_open() {
    let mut bench = Bench::new(Config::failure_rate(50, 100).min_calls(4).build().unwrap());

    bench.calls(3, Outcome::Fail);
    bench.calls(1, Outcome::Succeed);
    assert_eq!(bench.state(), State::Closed);
    bench.calls(1, Outcome::Fail);

    assert_eq!(bench.state(), State::Open);
}

#[test]
fn r59_after_a_million_successes_the_fiftieth_failure_opens() {
    let mut bench = Bench::new(Config::DEFAULT);
    bench.calls(1_000_000, Outcome::Succeed);

    bench.calls(49, Outcome::Fail);
    assert_eq!(bench.state(), State::Closed);
    bench.calls(1, Outcome::Fail);

    assert_eq!(bench.state(), State::Open);
}

#[test]
fn r59_a_window_of_time_forgets_across_any_gap() {
    let minute = Config::over_time(secs(60)).failure_rate(50).min_calls(4);
    let mut bench = Bench::new(minute.build().unwrap());
    bench.calls(3, Outcome::Fail);

    bench.wait(secs(60));
    bench.calls(1, Outcome::Fail);

    assert_eq!((bench.state(), bench.tally().calls()), (State::Closed, 1));
    bench.calls(3, Outcome::Fail);
    assert_eq!(bench.state(), State::Open);
}

#[test]
fn r59_a_count_of_failures_needs_no_full_window() {
    let mut bench = Bench::new(Config::over_calls(4).failure_count(3).build().unwrap());
    for _ in 0..100 {
        bench.calls(1, Outcome::Fail);
        bench.calls(1, Outcome::Succeed);
    }
    assert_eq!(bench.state(), State::Closed);

    bench.calls(2, Outcome::Fail);

    assert_eq!(bench.state(), State::Open);
}

/// The breaker of the textbooks forgets every failure on one success.
#[test]
fn one_success_does_not_make_the_default_breaker_forget_its_failures() {
    let (mut textbook, mut default) =
        (Bench::new(Config::FIVE_IN_A_ROW), Bench::new(Config::DEFAULT));

    for bench in [&mut textbook, &mut default] {
        for _ in 0..19 {
            if let Ok(permit) = bench.ask() {
                bench.tell(permit, Outcome::Fail);
                bench.calls(1, Outcome::Succeed);
            }
            if bench.state() == State::Closed {
                bench.calls(1, Outcome::Fail);
            }
            if bench.state() == State::Open {
                break;
            }
        }
    }

    assert_eq!(textbook.state(), State::Closed);
    assert_eq!(default.state(), State::Open);
}

#[test]
fn the_preset_of_the_textbooks_opens_at_five_failures_for_a_minute() {
    let mut bench = Bench::new(Config::FIVE_IN_A_ROW);
    bench.calls(4, Outcome::Fail);
    bench.calls(1, Outcome::Succeed);
    bench.calls(4, Outcome::Fail);
    assert_eq!(bench.state(), State::Closed);

    bench.calls(1, Outcome::Fail);

    assert_eq!(bench.breaker.wake_at(), Some(bench.now + secs(60)));
}

#[test]
fn r66_what_is_ignored_is_counted_nowhere() {
    let mut bench = Bench::brittle();

    bench.calls(100, Outcome::Ignore);

    assert_eq!((bench.state(), bench.tally()), (State::Closed, Tally::default()));
}

#[test]
fn r61_an_abandoned_call_counts_when_it_was_held_longer() {
    for (held, state) in [(secs(10), State::Closed), (secs(10) + NANO, State::Open)] {
        let mut bench = Bench::brittle();
        let permit = bench.ask().unwrap();

        bench.wait(held);
        bench.tell(permit, Outcome::Abandon);

        assert_eq!(bench.state(), state, "{held:?}");
    }
}

#[test]
fn r61_a_backend_that_hangs_until_callers_give_up_opens_the_circuit() {
    let mut bench = Bench::new(Config::DEFAULT);
    let permits: Vec<_> = (0..20).map(|_| bench.ask().unwrap()).collect();

    bench.wait(secs(11));
    for permit in permits {
        bench.tell(permit, Outcome::Abandon);
    }

    assert_eq!(bench.state(), State::Open);
}

#[test]
fn r63_a_late_result_is_counted_nowhere() {
    let mut bench = Bench::new(one_failure().probes(1, 2).build().unwrap());
    let late = [Outcome::Succeed, Outcome::Fail, Outcome::Abandon, Outcome::Ignore];
    let permits: Vec<_> = late.iter().map(|&outcome| (bench.ask().unwrap(), outcome)).collect();
    bench.calls(1, Outcome::Fail);
    bench.wait(secs(20));
    let probe = bench.ask().unwrap();

    for (permit, outcome) in permits {
        bench.tell(permit, outcome);
    }

    assert_eq!((bench.state(), bench.tally()), (State::HalfOpen, Tally::default()));
    bench.tell(probe, Outcome::Succeed);
    assert_eq!(bench.state(), State::Closed);
}
