use super::*;

#[test]
fn r23_a_lost_answer_is_an_outcome_that_nobody_knows() {
    for lost in [lost(), refused(502, "x", ""), malformed()] {
        let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
        bench.expect_present("r1");

        let failed = bench.tell_done(Told::Answered(Err(lost.clone()))).unwrap_err();

        assert_eq!(failed, NotRenewed::OutcomeUnknown { error: Some(lost) });
        assert!(!failed.failure().is_terminal());
        assert!(bench.renewal.record().is_in_doubt());
    }
}

#[test]
fn r23_a_token_in_doubt_is_not_presented_again_beyond_the_grace() {
    let (mut bench, doubtful) = in_doubt();
    assert_eq!(bench.restart(Rotation::DEFAULT, &doubtful), Err(UNKNOWN));

    let graceful = Rotation::DEFAULT.grace(secs(30));
    let tick = Duration::from_nanos(100); // The least that all systems tell apart.
    bench.now = bench.now.later(secs(30) - tick);
    assert!(bench.restart(graceful, &doubtful).is_ok());
    bench.now = bench.now.later(tick);
    let late = bench.restart(graceful, &doubtful);

    assert_eq!(late, Err(UNKNOWN));
    assert!(UNKNOWN.failure().is_terminal());
}

#[test]
fn r23_a_clock_that_is_set_back_does_not_begin_the_grace_anew() {
    let (mut bench, doubtful) = in_doubt();
    let graceful = Rotation::DEFAULT.grace(secs(30));

    bench.now.wall -= secs(29);
    assert!(bench.restart(graceful, &doubtful).is_ok());
    bench.now.wall -= secs(3_600);
    let set_back = bench.restart(graceful, &doubtful);

    assert_eq!(set_back, Err(UNKNOWN));
}

#[test]
fn r23_within_the_grace_a_lost_answer_is_asked_for_once_more() {
    let graceful = Rotation::DEFAULT.grace(secs(30));
    let mut bench = Bench::new(graceful, Some(stored(3, "a1", "r1")));
    bench.expect_present("r1");

    bench.now = bench.now.later(secs(29));
    bench.effect = bench.tell(Told::Answered(Err(lost())));
    bench.expect_present("r1");
    let failed = bench.tell_done(Told::Answered(Err(lost())));

    assert_eq!(failed, Err(NotRenewed::OutcomeUnknown { error: Some(lost()) }));
}

#[test]
fn r23_a_plain_no_to_the_second_try_leaves_the_doubt_about_the_first() {
    let graceful = Rotation::DEFAULT.grace(secs(30));
    let mut bench = Bench::new(graceful, Some(stored(3, "a1", "r1")));
    bench.expect_present("r1");
    bench.effect = bench.tell(Told::Answered(Err(lost())));
    bench.expect_present("r1");

    let effect = bench.tell(Told::Answered(Err(refused(503, "x", ""))));

    let Effect::Write { record, .. } = effect else { panic!("{effect:?}") };
    assert!(record.is_in_doubt());
}

#[test]
fn r23_a_slow_store_does_not_stretch_the_grace() {
    let (mut bench, doubtful) = in_doubt();
    let graceful = Rotation::DEFAULT.grace(secs(30));
    let (mut renewal, _) = Renewal::with_store(graceful, doubtful.clone());
    let _ = renewal.tell(bench.now, Told::Locked);
    let effect = renewal.tell(bench.now, Told::Found(Some(doubtful)));
    assert!(matches!(effect, Effect::Write { .. }), "{effect:?}");

    bench.now = bench.now.later(secs(30));
    let effect = renewal.tell(bench.now, Told::Written);

    assert_eq!(outcome(effect), Err(UNKNOWN));
}

#[test]
fn r23_as_a_last_resort_a_token_in_doubt_is_tried_once_more() {
    let (mut bench, doubtful) = in_doubt();
    let last = Rotation::DEFAULT.last_resort();
    // While there is a good access token, it is no last resort.
    assert_eq!(bench.restart(last, &doubtful), Err(UNKNOWN));

    assert!(bench.restart(last.rejected(), &doubtful).is_ok());

    let again = bench.renewal.record().clone();
    assert_eq!(bench.restart(last.rejected(), &again), Err(UNKNOWN));
}

#[test]
fn r23_a_process_that_dies_while_it_presents_leaves_a_mark_in_the_store() {
    let bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));

    let Effect::Write { record, expected } = &bench.effect else { panic!("{:?}", bench.effect) };

    assert_eq!((record.is_in_doubt(), record.epoch(), *expected), (true, 4, Some(3)));
    let read = Record::read(record.to_bytes().expose_secret()).unwrap();
    assert!(read.is_in_doubt() && read.holds(&"r1".into()));
}

#[test]
fn r25_a_plain_no_takes_the_mark_off() {
    for (status, code) in [(503, "x"), (429, "x"), (500, "x"), (401, "invalid_client")] {
        let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
        bench.expect_present("r1");

        let effect = bench.tell(Told::Answered(Err(refused(status, code, ""))));

        let Effect::Write { record, expected: Some(4) } = effect else { panic!("{effect:?}") };
        assert!(!record.is_in_doubt() && record.holds(&"r1".into()));
        let failed = bench.tell_done(Told::Failed).unwrap_err();
        assert_eq!(failed, NotRenewed::Refused(refused(status, code, "")));
    }
}

/// Returns a bench at the time at which an answer was lost, and what is held from then on.
fn in_doubt() -> (Bench, Record) {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
    bench.expect_present("r1");
    let _ = bench.tell(Told::Answered(Err(lost())));
    let held = bench.renewal.record().clone();
    (bench, held)
}

const UNKNOWN: NotRenewed = NotRenewed::OutcomeUnknown { error: None };
