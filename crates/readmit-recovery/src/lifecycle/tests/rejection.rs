use super::*;

#[test]
fn r2_a_rejected_older_generation_is_answered_with_the_newer_one() {
    let (mut bench, old) = Bench::holding(HOUR);
    bench.lifecycle.accepted(old);
    let leader = permit(bench.recover(old));
    let new = bench.refreshed(leader, Lifetime::For(HOUR)).unwrap();

    let answers = [bench.recover(old), bench.recover(old)];

    for answer in answers {
        assert_held(&answer, new);
    }
}

#[test]
fn r2_many_rejections_of_one_generation_are_one_refresh() {
    let (mut bench, generation) = Bench::holding(HOUR);
    bench.lifecycle.accepted(generation);

    let leader = permit(bench.recover(generation));

    for _ in 0..50 {
        let answer = bench.recover(generation);
        assert!(matches!(answer, Use::Wait { epoch, .. } if epoch == leader.epoch()));
    }
    assert_eq!(bench.lifecycle.rejections(), 1);
}

#[test]
fn r9_a_rejected_credential_is_not_used_because_its_refresh_failed() {
    let (mut bench, generation) = Bench::holding(HOUR);
    bench.lifecycle.accepted(generation);
    let leader = permit(bench.recover(generation));

    bench.failed(leader, RefreshFailure::transient());

    assert_eq!(refused(bench.use_it()).cause(), Cause::RefreshFailed);
}

#[test]
fn r28_a_fresh_credential_that_is_rejected_is_not_refreshed() {
    let (mut bench, generation) = Bench::holding(HOUR);
    let fresh_until = bench.now.mono + secs(10);
    bench.pass(secs(10) - TICK);

    let refused = refused(bench.recover(generation));

    assert_eq!(refused.cause(), Cause::FreshRejected);
    assert_eq!(refused.retry_at(), Some(fresh_until));
    assert_held(&bench.use_it(), generation);
}

#[test]
fn r28_one_issued_a_while_ago_and_never_used_is_refreshed() {
    let (mut bench, generation) = Bench::holding(HOUR);

    bench.pass(secs(10));

    assert!(matches!(bench.recover(generation), Use::Refresh { .. }));
}

#[test]
fn r28_one_that_a_server_accepted_is_refreshed_however_young() {
    let (mut bench, generation) = Bench::holding(HOUR);
    let _ = bench.recover(generation);
    bench.lifecycle.accepted(generation);

    let answer = bench.recover(generation);

    assert!(matches!(answer, Use::Refresh { .. }));
}

#[test]
fn r28_one_out_of_a_store_is_never_fresh() {
    let mut bench = Bench::new();
    let adopted = bench.lifecycle.adopt(bench.now, Lifetime::Unknown, Draw::MAX);
    let generation = adopted.decision.unwrap();

    let answer = bench.recover(generation);

    assert_eq!(adopted.change, Some(Change::Adopted { generation }));
    assert!(matches!(answer, Use::Refresh { .. }));
}

#[test]
fn r66_the_third_rejected_credential_locks_out() {
    let mut bench = Bench::new();
    for n in 1..=2 {
        let generation = bench.fetch(Lifetime::For(HOUR));
        bench.pass(secs(10));
        assert!(!bench.lifecycle.is_locked_out());
        let leader = permit(bench.recover(generation));
        assert_eq!(bench.lifecycle.rejections(), n);
        let _ = bench.lifecycle.abandoned(leader);
    }
    let generation = bench.fetch(Lifetime::For(HOUR));

    let third = bench.lifecycle.try_recover(bench.now, generation);

    assert_eq!(third.change, Some(Change::LockedOut { rejections: 3 }));
    let refused_third = refused(third.decision);
    assert_eq!(refused_third.cause(), Cause::LockedOut);
    assert_eq!(refused_third.retry_at(), None);
    bench.pass(secs(7 * 24 * 3600));
    assert_eq!(refused(bench.use_it()), refused_third);
    assert_eq!(refused(bench.recover(generation)), refused_third);
}

#[test]
fn r66_an_accepted_credential_ends_the_row() {
    let mut bench = Bench::new();
    for _ in 0..10 {
        let generation = bench.fetch(Lifetime::For(HOUR));
        bench.lifecycle.accepted(generation);
        assert_eq!(bench.lifecycle.rejections(), 0);

        let leader = permit(bench.recover(generation));
        let _ = bench.lifecycle.abandoned(leader);
    }

    assert!(!bench.lifecycle.is_locked_out());
}

#[test]
fn r66_a_success_of_another_generation_proves_nothing() {
    let (mut bench, old) = Bench::holding(HOUR);
    bench.pass(secs(10));
    let leader = permit(bench.recover(old));
    bench.lifecycle.accepted(old);
    assert_eq!(bench.lifecycle.rejections(), 1);
    bench.refreshed(leader, Lifetime::For(HOUR)).unwrap();

    bench.lifecycle.accepted(old);

    assert_eq!(bench.lifecycle.rejections(), 1);
}

#[test]
fn r66_a_person_opens_the_guard() {
    let (mut bench, generation) = locked_out();

    assert_eq!(bench.lifecycle.unlock().change, Some(Change::Unlocked));

    assert!(matches!(bench.recover(generation), Use::Refresh { .. }));
}

#[test]
fn r66_another_credential_opens_the_guard() {
    let (mut bench, _) = locked_out();

    let adopted = bench.lifecycle.adopt(bench.now, Lifetime::For(HOUR), Draw::MAX);

    assert_held(&bench.use_it(), adopted.decision.unwrap());
    assert_eq!(bench.lifecycle.rejections(), 0);
}

#[test]
fn r66_signing_out_opens_the_guard() {
    let (mut bench, _) = locked_out();

    let _ = bench.lifecycle.forget();

    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

#[test]
fn r66_a_refresh_under_way_is_awaited_before_the_guard_closes() {
    let config = Config::builder().lock_out_after(NonZeroU32::MIN).build().unwrap();
    let mut bench = Bench::with(config);
    let generation = bench.fetch(Lifetime::For(HOUR));
    bench.pass(secs(2_700));
    let leader = bench.lead();

    let step = bench.lifecycle.try_recover(bench.now, generation);

    assert_eq!(step.change, Some(Change::LockedOut { rejections: 1 }));
    assert!(matches!(step.decision, Use::Wait { .. }));
    bench.failed(leader, RefreshFailure::transient());
    assert_eq!(refused(bench.use_it()).cause(), Cause::LockedOut);
}

#[test]
fn r66_a_credential_that_came_after_all_opens_the_guard() {
    let config = Config::builder().lock_out_after(NonZeroU32::MIN).build().unwrap();
    let mut bench = Bench::with(config);
    let generation = bench.fetch(Lifetime::For(HOUR));
    bench.pass(secs(2_700));
    let leader = bench.lead();
    let _ = bench.recover(generation);

    let newer = bench.refreshed(leader, Lifetime::For(HOUR)).unwrap();

    assert_held(&bench.use_it(), newer);
    bench.pass(HOUR);
    assert!(!bench.lifecycle.is_locked_out());
    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

fn locked_out() -> (Bench, Generation) {
    let config = Config::builder().lock_out_after(NonZeroU32::MIN).build().unwrap();
    let mut bench = Bench::with(config);
    let generation = bench.fetch(Lifetime::For(HOUR));
    assert_eq!(refused(bench.recover(generation)).cause(), Cause::LockedOut);
    (bench, generation)
}

#[test]
fn r66_a_credential_that_nothing_replaces_stays_in_use_until_the_guard_locks_it_out() {
    let (mut bench, generation) = Bench::holding(HOUR);

    let _ = bench.lifecycle.rejected(generation);
    bench.lifecycle.accepted(generation);
    for _ in 0..2 {
        assert_eq!(bench.lifecycle.rejected(generation).change, None);
        assert_held(&bench.use_it(), generation);
    }
    let third = bench.lifecycle.rejected(generation).change;

    assert_eq!(third, Some(Change::LockedOut { rejections: 3 }));
    assert_eq!(refused(bench.use_it()).cause(), Cause::LockedOut);
    assert_eq!(bench.lifecycle.rejected(generation).change, None);
}

#[test]
fn r66_a_person_opens_the_guard_of_a_credential_that_nothing_replaces() {
    let (mut bench, generation) = Bench::holding(HOUR);
    for _ in 0..3 {
        let _ = bench.lifecycle.rejected(generation);
    }

    let _ = bench.lifecycle.unlock();

    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

#[test]
fn r31_one_that_does_not_meet_a_demand_is_replaced_however_fresh() {
    let (mut bench, lacking) = Bench::holding(HOUR);

    let step = bench.lifecycle.try_replace(bench.now, lacking);

    let epoch = bench.lifecycle.epoch;
    let trigger = RefreshTrigger::Reactive;
    assert_eq!(step.change, Some(Change::RefreshStarted { epoch, trigger }));
    let leader = permit(step.decision);
    let other = bench.lifecycle.try_replace(bench.now, lacking).decision;
    assert!(matches!(other, Use::Wait { epoch, .. } if epoch == leader.epoch()), "{other:?}");
    assert_held(&bench.use_it(), lacking);
    let new = bench.refreshed(leader, Lifetime::For(HOUR)).unwrap();
    assert_held(&bench.lifecycle.try_replace(bench.now, lacking).decision, new);
    assert_eq!(bench.lifecycle.rejections(), 0);
}

#[test]
fn r31_a_demand_that_cannot_be_met_leaves_the_credential_to_the_others() {
    let (mut bench, lacking) = Bench::holding(HOUR);
    let leader = permit(bench.lifecycle.try_replace(bench.now, lacking).decision);

    bench.failed(leader, RefreshFailure::terminal());

    let again = refused(bench.lifecycle.try_replace(bench.now, lacking).decision);
    assert_eq!(again.cause(), Cause::RefreshRefused);
    assert_held(&bench.use_it(), lacking);
}
