use super::*;

#[test]
fn r1_one_leads_and_the_others_wait_for_it() {
    let mut bench = Bench::new();

    let leader = bench.lead();
    let others = [bench.use_it(), bench.use_it()];

    for other in others {
        let Use::Wait { epoch, until } = other else { panic!("{other:?}") };
        assert_eq!((epoch, until), (leader.epoch(), leader.deadline()));
    }
    assert_eq!(leader.deadline(), bench.now.mono + secs(30));
}

#[test]
fn r3_who_waited_and_asks_again_is_given_what_the_leader_brought() {
    let mut bench = Bench::new();
    let leader = bench.lead();
    assert!(matches!(bench.use_it(), Use::Wait { .. }));
    bench.pass(secs(5));
    let generation = bench.refreshed(leader, Lifetime::For(secs(60))).unwrap();

    let again = bench.lifecycle.try_use(bench.now);
    bench.pass(secs(60));
    let too_late = bench.use_it();

    assert_eq!(again.change, None);
    assert_held(&again.decision, generation);
    assert!(matches!(too_late, Use::Refresh { .. }), "{too_late:?}");
}

#[test]
fn r4_who_asks_after_a_failure_shares_it() {
    let mut bench = Bench::new();
    let leader = bench.lead();

    bench.failed(leader, RefreshFailure::transient());

    let refused = refused(bench.use_it());
    assert_eq!(refused.cause(), Cause::RefreshFailed);
    assert_eq!(refused.retry_at(), Some(bench.now.mono + secs(1)));
}

#[test]
fn r5_a_leader_that_gives_up_is_replaced_at_once() {
    let mut bench = Bench::new();
    let leader = bench.lead();
    let epoch = leader.epoch();

    let change = bench.lifecycle.abandoned(leader).change;

    assert_eq!(change, Some(Change::RefreshAbandoned { epoch }));
    assert_ne!(bench.lead().epoch(), epoch);
}

#[test]
fn r5_a_leader_that_vanishes_is_replaced_at_its_deadline() {
    let mut bench = Bench::new();
    let vanished = bench.lead();
    bench.pass(secs(30) - TICK);
    assert!(matches!(bench.use_it(), Use::Wait { .. }));

    bench.pass(TICK);

    assert_ne!(bench.lead().epoch(), vanished.epoch());
}

#[test]
fn r5_the_wait_for_a_last_minute_refresh_ends_at_its_deadline() {
    let (mut bench, _) = Bench::holding(HOUR);
    bench.pass(secs(3_540));
    let vanished = bench.lead();
    bench.pass(secs(30) - TICK);
    assert!(matches!(bench.use_it(), Use::Wait { .. }));

    bench.pass(TICK);

    let answer = bench.use_it();
    assert_eq!(vanished.deadline(), bench.now.mono);
    assert!(matches!(answer, Use::Refresh { .. }), "{answer:?}");
}

#[test]
fn r5_what_a_replaced_leader_brings_is_ignored() {
    let mut bench = Bench::new();
    let late = [(); 3].map(|()| {
        let permit = bench.lead();
        bench.pass(secs(30));
        permit
    });
    let leader = bench.lead();

    let [first, second, third] = late;
    let kept = bench.refreshed(first, Lifetime::For(HOUR));
    let failed = bench.failed(second, RefreshFailure::terminal());
    let abandoned = bench.lifecycle.abandoned(third);

    assert_eq!(kept, Err(NotKept::Overtaken));
    assert_eq!((failed, abandoned.change), (None, None));
    assert!(matches!(bench.use_it(), Use::Wait { epoch, .. } if epoch == leader.epoch()));
}

#[test]
fn r6_the_deadline_of_a_refresh_is_its_own() {
    let config = Config::builder().refresh_timeout(secs(7)).build().unwrap();
    let mut bench = Bench::with(config);
    let leader = bench.lead();
    let deadline = bench.now.mono + secs(7);
    bench.pass(secs(5));

    let later = bench.use_it();

    assert_eq!(leader.deadline(), deadline);
    assert!(matches!(later, Use::Wait { until, .. } if until == deadline), "{later:?}");
}

#[test]
fn a_late_success_is_kept_while_nobody_took_over() {
    let mut bench = Bench::new();
    let leader = bench.lead();
    bench.pass(secs(45));

    let generation = bench.refreshed(leader, Lifetime::For(HOUR)).unwrap();

    assert_held(&bench.use_it(), generation);
}

#[test]
fn r9_a_failed_refresh_leaves_a_good_credential_in_use() {
    for (into_life, failure) in
        [(2_700, RefreshFailure::transient()), (3_540, RefreshFailure::terminal())]
    {
        let (mut bench, generation) = Bench::holding(HOUR);
        bench.pass(secs(into_life));
        let leader = bench.lead();

        bench.failed(leader, failure);

        assert_held(&bench.use_it(), generation);
    }
}

#[test]
fn r9_it_is_used_until_it_expires_and_no_longer() {
    let (mut bench, generation) = Bench::holding(HOUR);
    bench.pass(HOUR - secs(2));
    let leader = bench.lead();
    let wait = RefreshFailure::transient().retry_after(secs(60));
    bench.failed(leader, wait);

    bench.pass(secs(2) - TICK);
    assert_held(&bench.use_it(), generation);
    bench.pass(TICK);

    assert_eq!(refused(bench.use_it()).retry_at(), Some(bench.now.mono + secs(58)));
}

#[test]
fn r10_the_rest_doubles_while_a_good_credential_remains() {
    let (mut bench, generation) = Bench::holding(secs(8 * 3600));
    bench.pass(secs(7 * 3600));

    for rest in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
        let leader = bench.lead();
        bench.failed(leader, RefreshFailure::transient());
        bench.pass(secs(rest) - TICK);
        assert_held(&bench.use_it(), generation);
        bench.pass(TICK);
    }

    assert!(matches!(bench.use_it(), Use::HeldWhileRefreshing { .. }));
}

#[test]
fn r10_a_terminal_failure_rests_at_least_its_memory() {
    let (mut bench, generation) = Bench::holding(HOUR);
    bench.pass(secs(2_700));
    let leader = bench.lead();

    bench.failed(leader, RefreshFailure::terminal());

    bench.pass(secs(5) - TICK);
    assert_held(&bench.use_it(), generation);
    bench.pass(TICK);
    assert!(matches!(bench.use_it(), Use::HeldWhileRefreshing { .. }));
}

#[test]
fn r10_without_one_the_rest_stays_short() {
    let mut bench = Bench::new();

    for rest in [1, 2, 4, 5, 5] {
        let leader = bench.lead();
        bench.failed(leader, RefreshFailure::transient());
        let retry_at = refused(bench.use_it()).retry_at();
        assert_eq!(retry_at, Some(bench.now.mono + secs(rest)));
        bench.pass(secs(rest) - TICK);
        assert_eq!(refused(bench.use_it()).retry_at(), retry_at);
        bench.pass(TICK);
    }

    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

#[test]
fn r10_chance_takes_half_of_the_rest_at_most() {
    let mut bench = Bench::new();
    let leader = bench.lead();

    let failure = RefreshFailure::transient();
    let _ = bench.lifecycle.refresh_failed(bench.now, leader, failure, Draw::MIN);

    let half = Duration::from_millis(500);
    assert_eq!(refused(bench.use_it()).retry_at(), Some(bench.now.mono + half));
}

#[test]
fn r10_a_success_forgets_the_failures() {
    let mut bench = Bench::new();
    for _ in 0..3 {
        let leader = bench.lead();
        bench.failed(leader, RefreshFailure::transient());
        bench.pass(secs(5));
    }
    bench.fetch(Lifetime::For(secs(10)));
    bench.pass(secs(10));

    let leader = bench.lead();
    let change = bench.failed(leader, RefreshFailure::transient());

    assert!(matches!(change, Some(Change::RefreshFailed { failures: 1, .. })), "{change:?}");
}

#[test]
fn r10_what_the_server_asks_for_lengthens_the_rest_and_never_shortens_it() {
    for (asked, rest) in [(0, 5), (15, 15), (7_200, 3_600)] {
        let mut bench = Bench::new();
        let leader = bench.lead();

        bench.failed(leader, RefreshFailure::terminal().retry_after(secs(asked)));

        assert_eq!(refused(bench.use_it()).retry_at(), Some(bench.now.mono + secs(rest)));
    }
}

#[test]
fn r11_a_terminal_failure_is_forgotten_after_five_seconds() {
    let mut bench = Bench::new();
    let leader = bench.lead();
    bench.failed(leader, RefreshFailure::terminal());

    bench.pass(secs(5) - TICK);
    assert_eq!(refused(bench.use_it()).cause(), Cause::RefreshRefused);
    bench.pass(TICK);

    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

#[test]
fn r13_a_credential_that_arrives_expired_is_a_failed_refresh() {
    let mut bench = Bench::new();
    let expired = [
        Lifetime::For(Duration::ZERO),
        Lifetime::Until(bench.now.wall),
        Lifetime::Until(bench.now.wall - HOUR),
        Lifetime::Until(std::time::SystemTime::UNIX_EPOCH),
    ];

    for lifetime in expired {
        let leader = bench.lead();
        assert_eq!(bench.refreshed(leader, lifetime), Err(NotKept::ArrivedExpired));
        assert_eq!(refused(bench.use_it()).cause(), Cause::RefreshFailed);
        bench.pass(secs(5));
    }
}

#[test]
fn r13_the_lifetime_counts_from_the_start_of_the_refresh() {
    let mut bench = Bench::new();
    let leader = bench.lead();
    bench.suspend(HOUR);

    let kept = bench.refreshed(leader, Lifetime::For(HOUR));

    assert_eq!(kept, Err(NotKept::ArrivedExpired));
}

#[test]
fn a_person_ends_the_rest() {
    let mut bench = Bench::new();
    let leader = bench.lead();
    bench.failed(leader, RefreshFailure::terminal());

    assert_eq!(bench.lifecycle.unlock().change, Some(Change::Unlocked));

    assert!(matches!(bench.use_it(), Use::Refresh { .. }));
}

#[test]
fn signing_out_overtakes_a_refresh_under_way() {
    let (mut bench, generation) = Bench::holding(HOUR);
    bench.pass(secs(3_540));
    let leader = bench.lead();

    assert_eq!(bench.lifecycle.forget().change, Some(Change::Forgotten));

    assert_eq!(bench.refreshed(leader, Lifetime::For(HOUR)), Err(NotKept::Overtaken));
    assert_eq!(bench.lifecycle.phase(bench.now), Phase::Absent);
    assert!(matches!(bench.recover(generation), Use::Refresh { .. }));
}

#[test]
fn each_change_is_named() {
    let mut bench = Bench::new();

    let started = bench.lifecycle.try_use(bench.now);
    let epoch = bench.lifecycle.epoch;
    assert_eq!(
        started.change,
        Some(Change::RefreshStarted { epoch, trigger: RefreshTrigger::Proactive })
    );
    let hour = Lifetime::For(HOUR);
    let refreshed = bench.lifecycle.refreshed(bench.now, permit(started.decision), hour, Draw::MAX);
    let generation = refreshed.decision.unwrap();
    assert_eq!(refreshed.change, Some(Change::Refreshed { epoch, generation }));
    bench.pass(secs(2_700));
    let change = bench.lifecycle.try_use(bench.now).change;
    let epoch = bench.lifecycle.epoch;

    assert_eq!(change, Some(Change::RefreshStarted { epoch, trigger: RefreshTrigger::Proactive }));
    assert_eq!(bench.lifecycle.unlock().change, None);
}

#[test]
fn only_a_rejection_makes_a_refresh_reactive() {
    let (mut bench, generation) = Bench::holding(HOUR);
    bench.lifecycle.accepted(generation);

    let change = bench.lifecycle.try_recover(bench.now, generation).change;

    let epoch = bench.lifecycle.epoch;
    let trigger = RefreshTrigger::Reactive;
    assert_eq!(change, Some(Change::RefreshStarted { epoch, trigger }));
}
