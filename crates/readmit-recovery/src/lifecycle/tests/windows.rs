use super::*;

#[test]
fn r14_each_window_begins_at_its_instant() {
    let (mut bench, generation) = Bench::holding(HOUR);

    bench.pass(secs(2_700) - TICK);
    assert_held(&bench.use_it(), generation);
    bench.pass(TICK);
    let leader = bench.lead();
    assert_held(&bench.use_it(), generation);
    let _ = bench.lifecycle.abandoned(leader);

    bench.pass(secs(840) - TICK);
    assert!(matches!(bench.use_it(), Use::HeldWhileRefreshing { .. }));
    bench.pass(TICK);
    assert!(matches!(bench.use_it(), Use::Wait { .. }));
    bench.pass(secs(30));
    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

#[test]
fn r14_a_token_of_a_minute_is_not_refreshed_on_every_call() {
    let (mut bench, generation) = Bench::holding(secs(60));

    bench.pass(secs(30) - TICK);
    assert_held(&bench.use_it(), generation);
    bench.pass(TICK);
    let advisory = bench.use_it();

    assert!(matches!(advisory, Use::HeldWhileRefreshing { .. }), "{advisory:?}");
}

#[test]
fn r15_an_unknown_lifetime_neither_expires_nor_is_told_to() {
    let mut bench = Bench::new();
    let generation = bench.fetch(Lifetime::Unknown);

    bench.pass(secs(365 * 24 * 3600));

    assert_held(&bench.use_it(), generation);
    assert_eq!(bench.lifecycle.expires_in(bench.now), None);
    assert_eq!(bench.lifecycle.wake_at(bench.now), None);
    assert!(matches!(bench.recover(generation), Use::Refresh { .. }));
}

#[test]
fn r15_the_longest_lifetime_is_held_without_overflow() {
    let (mut bench, generation) = Bench::holding(Duration::MAX);

    bench.pass(secs(365 * 24 * 3600));

    assert_held(&bench.use_it(), generation);
    assert!(bench.lifecycle.wake_at(bench.now).is_some());
    assert!(bench.lifecycle.usable(bench.now).is_some());
}

#[test]
fn r16_a_laptop_that_wakes_finds_the_credential_expired() {
    let (mut bench, _) = Bench::holding(HOUR);
    bench.pass(secs(60));

    bench.suspend(secs(3_540));

    assert_eq!(bench.lifecycle.phase(bench.now), Phase::Expired);
    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

#[test]
fn r16_a_wall_clock_that_is_off_changes_nothing_for_a_relative_lifetime() {
    for off in [secs(0), secs(600), secs(50 * 365 * 24 * 3600)] {
        let mut bench = Bench::new();
        bench.now.wall -= off;
        let generation = bench.fetch(Lifetime::For(HOUR));

        bench.pass(secs(2_700) - TICK);

        assert_held(&bench.use_it(), generation);
    }
}

#[test]
fn r16_a_jump_ahead_costs_one_refresh() {
    let (mut bench, _) = Bench::holding(HOUR);
    bench.now.wall += secs(24 * 3600);

    let generation = bench.fetch(Lifetime::For(HOUR));
    bench.now.wall -= secs(24 * 3600);
    bench.pass(secs(2_700) - TICK);

    assert_held(&bench.use_it(), generation);
}

#[test]
fn r16_a_jump_back_does_not_keep_a_dead_credential() {
    let (mut bench, generation) = Bench::holding(HOUR);
    bench.pass(secs(60));
    bench.now.wall -= secs(24 * 3600);
    assert_held(&bench.use_it(), generation);

    bench.suspend(secs(3_540));

    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

#[test]
fn r16_an_absolute_end_goes_by_the_wall_clock() {
    let mut bench = Bench::new();
    let generation = bench.fetch(Lifetime::Until(bench.now.wall + HOUR));

    assert_eq!(bench.lifecycle.expires_in(bench.now), Some(HOUR));
    bench.pass(HOUR - TICK);

    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
    assert_eq!(bench.lifecycle.phase(bench.now), Phase::Mandatory);
    assert_eq!(bench.lifecycle.generation(), Some(generation));
}

#[test]
fn the_machine_says_when_to_ask_again() {
    let (mut bench, _) = Bench::holding(HOUR);
    let t0 = bench.now.mono;

    assert_eq!(bench.lifecycle.wake_at(bench.now), Some(t0 + secs(2_700)));
    bench.pass(secs(2_700));
    assert_eq!(bench.lifecycle.wake_at(bench.now), Some(t0 + secs(3_540)));
    let leader = bench.lead();
    assert_eq!(bench.lifecycle.wake_at(bench.now), Some(t0 + secs(2_730)));
    bench.failed(leader, RefreshFailure::transient());
    assert_eq!(bench.lifecycle.wake_at(bench.now), Some(t0 + secs(2_701)));
    bench.pass(HOUR);
    assert_eq!(bench.lifecycle.wake_at(bench.now), None);
}

#[test]
fn what_is_usable_ends_by_either_clock() {
    let (mut bench, generation) = Bench::holding(HOUR);
    bench.now.wall -= secs(60);
    let usable = bench.lifecycle.usable(bench.now).unwrap();
    let end = bench.now.later(secs(2_700));

    assert_eq!((usable.generation(), usable.until()), (generation, Some(end)));
    assert!(usable.covers(bench.now.later(secs(2_700) - TICK)));
    assert!(!usable.covers(Now { mono: end.mono, wall: bench.now.wall }));
    assert!(!usable.covers(Now { mono: bench.now.mono, wall: end.wall }));
    assert!(!usable.covers(Now { mono: bench.now.mono, wall: bench.now.wall - TICK }));
}

#[test]
fn nothing_is_usable_without_asking_where_asking_does_something() {
    let (mut bench, generation) = Bench::holding(HOUR);
    bench.pass(secs(2_700));

    assert_eq!(bench.lifecycle.usable(bench.now), None);
    let leader = bench.lead();
    let beside = bench.lifecycle.usable(bench.now).unwrap();
    assert_eq!(beside.until(), Some(bench.now.later(secs(30))));
    drop(leader);
    let _ = bench.lifecycle.try_recover(bench.now, generation);

    assert_eq!(bench.lifecycle.usable(bench.now), None);
}
