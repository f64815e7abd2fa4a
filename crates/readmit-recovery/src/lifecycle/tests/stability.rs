use super::*;

#[test]
fn r9_an_expired_credential_is_no_answer_unless_that_was_chosen() {
    let (mut bench, _) = Bench::holding(HOUR);
    bench.pass(HOUR);
    let leader = bench.lead();

    bench.failed(leader, RefreshFailure::transient());

    assert_eq!(refused(bench.use_it()).cause(), Cause::RefreshFailed);
}

#[test]
fn r9_with_static_stability_an_expired_credential_is_used_between_attempts() {
    let (mut bench, generation) = stable(Config::STATIC_STABILITY);
    bench.pass(HOUR);
    let leader = bench.lead();
    assert!(matches!(bench.use_it(), Use::Wait { .. }));

    bench.failed(leader, RefreshFailure::transient());

    assert_held(&bench.use_it(), generation);
    bench.pass(secs(600) - TICK);
    assert_held(&bench.use_it(), generation);
    assert!(bench.lifecycle.usable(bench.now).is_some());
    bench.pass(TICK);
    assert_eq!(bench.lifecycle.usable(bench.now), None);
    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

#[test]
fn r9_static_stability_ends_so_long_after_the_expiry() {
    let settings = Config::builder().serve_expired_for(secs(100));
    let (mut bench, generation) = stable(settings.backoff(secs(300), secs(300)).build().unwrap());
    bench.pass(HOUR);
    let leader = bench.lead();
    bench.failed(leader, RefreshFailure::transient().retry_after(secs(300)));

    bench.pass(secs(100) - TICK);
    assert_held(&bench.use_it(), generation);
    assert_eq!(bench.lifecycle.wake_at(bench.now), Some(bench.now.mono + TICK));
    bench.pass(TICK);

    assert_eq!(refused(bench.use_it()).cause(), Cause::RefreshFailed);
}

#[test]
fn r9_with_static_stability_a_rejected_credential_is_used_between_attempts_too() {
    let (mut bench, generation) = stable(Config::STATIC_STABILITY);
    let leader = permit(bench.recover(generation));

    bench.failed(leader, RefreshFailure::transient());

    assert_held(&bench.recover(generation), generation);
}

#[test]
fn r66_static_stability_does_not_open_the_guard() {
    let settings = Config::STATIC_STABILITY.to_builder().lock_out_after(NonZeroU32::MIN);
    let (mut bench, generation) = stable(settings.build().unwrap());
    bench.pass(HOUR);
    let leader = bench.lead();
    bench.failed(leader, RefreshFailure::transient());

    assert_eq!(refused(bench.recover(generation)).cause(), Cause::LockedOut);

    assert_eq!(refused(bench.use_it()).cause(), Cause::LockedOut);
}

#[test]
fn r10_a_terminal_failure_is_raised_where_that_was_chosen() {
    for into_life in [0, 2_700, 3_540, 3_600] {
        let (mut bench, generation) = stable(Config::STATIC_STABILITY);
        let leader = if into_life == 0 {
            permit(bench.recover(generation))
        } else {
            bench.pass(secs(into_life));
            bench.lead()
        };

        bench.failed(leader, RefreshFailure::terminal());

        let until = bench.now.mono + secs(5);
        bench.pass(secs(5) - TICK);
        let refused = refused(bench.use_it());
        assert_eq!((refused.cause(), refused.retry_at()), (Cause::RefreshRefused, Some(until)));
        bench.pass(TICK);
        let _ = bench.lead();
    }
}

#[test]
fn r17_an_invalidated_credential_is_replaced_by_whoever_asks_next() {
    let (mut bench, generation) = stable(Config::DEFAULT);

    assert_eq!(bench.lifecycle.invalidate(bench.now, generation).change, None);

    assert_eq!(bench.lifecycle.phase(bench.now), Phase::Rejected);
    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

#[test]
fn r17_an_older_generation_invalidates_nothing() {
    let (mut bench, old) = stable(Config::DEFAULT);
    let leader = permit(bench.recover(old));
    let new = bench.refreshed(leader, Lifetime::For(HOUR)).unwrap();

    let _ = bench.lifecycle.invalidate(bench.now, old);

    assert_held(&bench.use_it(), new);
}

#[test]
fn r28_a_fresh_credential_is_not_invalidated() {
    let (mut bench, generation) = Bench::holding(HOUR);

    let _ = bench.lifecycle.invalidate(bench.now, generation);

    assert_held(&bench.use_it(), generation);
    assert_eq!(bench.lifecycle.rejections(), 1);
}

#[test]
fn r66_invalidating_too_many_in_a_row_closes_the_guard() {
    let settings = Config::builder().lock_out_after(NonZeroU32::MIN);
    let (mut bench, generation) = stable(settings.build().unwrap());

    let change = bench.lifecycle.invalidate(bench.now, generation).change;

    assert_eq!(change, Some(Change::LockedOut { rejections: 1 }));
    assert_eq!(refused(bench.use_it()).cause(), Cause::LockedOut);
}

/// A bench whose credential came out of a store and lives for an hour.
fn stable(config: Config) -> (Bench, Generation) {
    let mut bench = Bench::with(config);
    let adopted = bench.lifecycle.adopt(bench.now, Lifetime::For(HOUR), Draw::MAX);
    (bench, adopted.decision.unwrap())
}
