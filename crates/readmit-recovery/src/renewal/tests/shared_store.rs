use super::*;

#[test]
fn r20_the_new_refresh_token_is_written_before_the_credential_is_given_out() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
    bench.expect_present("r1");

    let effect = bench.answer(&token("a2", "r2"));

    let Effect::Write { record, expected: Some(4) } = &effect else { panic!("{effect:?}") };
    assert!(record.holds(&"r2".into()) && !record.is_in_doubt());
    assert_eq!(record.epoch(), 5);
    assert_eq!(bench.tell_done(Told::Written), Ok(Renewed::Saved));
    assert!(bench.renewal.record().holds(&"r2".into()));
}

#[test]
fn r18_a_store_that_fails_loses_no_token() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
    bench.expect_present("r1");
    let _ = bench.answer(&token("a2", "r2"));

    let outcome = bench.tell_done(Told::Failed);

    assert_eq!(outcome, Ok(Renewed::Unsaved));
    assert!(bench.renewal.record().holds(&"r2".into()));
}

#[test]
fn r18_a_mark_that_cannot_be_written_stops_nothing() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
    assert!(matches!(bench.effect, Effect::Write { .. }));

    let effect = bench.tell(Told::Failed);

    assert!(matches!(effect, Effect::Present { .. }));
}

#[test]
fn r19_the_provider_decides_what_becomes_of_an_unreplaced_token() {
    for (unreplaced, keeps) in [(Unreplaced::Keep, true), (Unreplaced::Drop, false)] {
        let rotation = Rotation::DEFAULT.unreplaced(unreplaced);
        let mut bench = Bench::without_store(rotation, "r1");

        let effect = bench.answer(r#"{"access_token":"a2"}"#);

        assert!(matches!(effect, Effect::Done(Ok(Renewed::Unsaved))), "{effect:?}");
        assert_eq!(bench.renewal.record().holds(&"r1".into()), keeps);
    }
}

#[test]
fn r21_what_another_process_refreshed_is_used() {
    let held = stored(3, "a1", "r1");
    let (mut renewal, _) = Renewal::with_store(Rotation::DEFAULT, held);
    let now = now();
    let _ = renewal.tell(now, Told::Locked);

    let effect = renewal.tell(now, Told::Found(Some(stored(9, "a2", "r2"))));

    assert!(matches!(effect, Effect::Done(Ok(Renewed::Elsewhere))), "{effect:?}");
    assert!(renewal.record().holds(&"r2".into()));
}

#[test]
fn r21_without_the_lock_the_store_is_read_and_nothing_is_presented() {
    let held = stored(3, "a1", "r1");
    for (found, expected) in [
        (Some(stored(9, "a2", "r2")), Ok(Renewed::Elsewhere)),
        (Some(held.clone()), Err(NotRenewed::Busy)),
        (None, Err(NotRenewed::Busy)),
    ] {
        let (mut renewal, _) = Renewal::with_store(Rotation::DEFAULT, held.clone());
        assert!(matches!(renewal.tell(now(), Told::NotLocked), Effect::Read));

        let effect = renewal.tell(now(), Told::Found(found));

        assert_eq!(outcome(effect), expected);
    }
}

#[test]
fn r21_who_is_alone_waits_for_no_lock_and_no_store() {
    for told in [Told::Found(None), Told::Failed] {
        let held = stored(3, "a1", "r1");
        let (mut renewal, _) = Renewal::with_store(Rotation::DEFAULT.alone(), held);
        let _ = renewal.tell(now(), Told::NotLocked);

        let effect = renewal.tell(now(), told);

        assert!(matches!(effect, Effect::Write { .. }), "{effect:?}");
    }
}

#[test]
fn r21_a_store_that_others_write_and_that_cannot_be_read_stops_the_refresh() {
    let (mut renewal, _) = Renewal::with_store(Rotation::DEFAULT, stored(3, "a1", "r1"));
    let _ = renewal.tell(now(), Told::Locked);

    let effect = renewal.tell(now(), Told::Failed);

    assert_eq!(outcome(effect), Err(NotRenewed::Unread));
}

#[test]
fn r21_an_expired_token_of_another_process_is_refreshed_with_its_own_refresh_token() {
    let (mut renewal, _) = Renewal::with_store(Rotation::DEFAULT, stored(3, "a1", "r1"));
    let _ = renewal.tell(now(), Told::Locked);

    let mut effect = renewal.tell(now(), Told::Found(Some(expired(9, "a2", "r2"))));
    assert!(matches!(effect, Effect::Write { expected: Some(9), .. }), "{effect:?}");
    effect = renewal.tell(now(), Told::Written);

    let Effect::Present { refresh_token } = effect else { panic!("{effect:?}") };
    assert_eq!(refresh_token.expose_secret(), "r2");
}

#[test]
fn r22_a_refused_token_that_was_replaced_meanwhile_is_tried_with_its_successor_once() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(expired(3, "a1", "r1")));
    bench.expect_present("r1");
    let effect = bench.refuse("invalid_grant", "");
    assert!(matches!(effect, Effect::Read), "{effect:?}");

    bench.effect = bench.tell(Told::Found(Some(expired(9, "a2", "r2"))));
    bench.expect_present("r2");
    let effect = bench.refuse("invalid_grant", "");

    let Effect::Delete { refresh_token } = effect else { panic!("{effect:?}") };
    assert_eq!(refresh_token.expose_secret(), "r2");
    let refused = bench.tell_done(Told::Conflicted).unwrap_err();
    assert!(refused.failure().is_terminal());
}

#[test]
fn r22_a_refused_token_that_is_still_the_one_stored_is_deleted_by_comparison() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(expired(3, "a1", "r1")));
    bench.expect_present("r1");
    let _ = bench.refuse("invalid_grant", "");

    let effect = bench.tell(Told::Found(Some(expired(4, "a1", "r1"))));

    let Effect::Delete { refresh_token } = effect else { panic!("{effect:?}") };
    assert_eq!(refresh_token.expose_secret(), "r1");
}

#[test]
fn r22_an_entry_with_a_good_access_token_is_not_deleted() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
    bench.expect_present("r1");
    let _ = bench.refuse("invalid_grant", "");

    let effect = bench.tell(Told::Found(Some(stored(4, "a1", "r1"))));

    let Effect::Write { record, .. } = effect else { panic!("{effect:?}") };
    assert!(!record.is_in_doubt() && record.access_token().is_some());
    let rejected = Bench::new(Rotation::DEFAULT.rejected(), Some(stored(3, "a1", "r1")));
    assert!(matches!(rejected.after_refusal(), Effect::Delete { .. }));
}

#[test]
fn r18_what_was_not_saved_is_not_given_up_for_an_older_entry() {
    let old = stored(3, "a1", "r1");
    let (mut renewal, _) = Renewal::with_store(Rotation::DEFAULT, expired(5, "a2", "r2"));
    let _ = renewal.tell(now(), Told::Locked);

    let effect = renewal.tell(now(), Told::Found(Some(old)));

    let Effect::Write { record, expected: Some(3) } = effect else { panic!("{effect:?}") };
    assert!(record.holds(&"r2".into()));
}

#[test]
fn r24_two_refreshes_that_met_are_tried_once_more_after_a_look_at_the_store() {
    let words = "The refresh failed because of multiple concurrent requests. \
                 Please retry the request.";
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
    bench.expect_present("r1");
    assert!(matches!(bench.refuse("invalid_request", words), Effect::Read));

    bench.effect = bench.tell(Told::Found(Some(stored(4, "a1", "r1"))));
    bench.expect_present("r1");
    let effect = bench.refuse("invalid_request", words);

    assert!(matches!(effect, Effect::Write { .. }), "{effect:?}");
    let failed = bench.tell_done(Told::Written).unwrap_err();
    assert!(failed.failure().is_terminal());
}

#[test]
fn r24_any_other_invalid_request_is_terminal() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
    bench.expect_present("r1");

    let effect = bench.refuse("invalid_request", "The scope is missing.");

    assert!(matches!(effect, Effect::Write { .. }), "{effect:?}");
    assert!(bench.tell_done(Told::Written).unwrap_err().failure().is_terminal());
}

#[test]
fn r20_what_another_process_wrote_meanwhile_is_not_written_over() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
    bench.expect_present("r1");
    let _ = bench.answer(&token("a2", "r2"));
    assert!(matches!(bench.tell(Told::Conflicted), Effect::Read));

    let outcome = bench.tell_done(Told::Found(Some(stored(9, "a3", "r3"))));

    assert_eq!(outcome, Ok(Renewed::Unsaved));
    assert!(bench.renewal.record().holds(&"r2".into()));
}

#[test]
fn r20_an_entry_of_the_token_that_was_presented_is_written_over() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
    bench.expect_present("r1");
    let _ = bench.answer(&token("a2", "r2"));
    let _ = bench.tell(Told::Conflicted);

    let effect = bench.tell(Told::Found(Some(stored(9, "a1", "r1"))));

    let Effect::Write { record, expected: Some(9) } = effect else { panic!("{effect:?}") };
    assert_eq!((record.epoch(), record.holds(&"r2".into())), (10, true));
    assert!(matches!(bench.tell(Told::Conflicted), Effect::Read));
    let again = bench.tell_done(Told::Found(Some(stored(11, "a1", "r1"))));
    assert_eq!(again, Ok(Renewed::Unsaved));
}

#[test]
fn r20_whoever_signed_in_meanwhile_is_not_written_over() {
    let brought = Record::of_refresh_token("r1");
    let (renewal, effect) = Renewal::with_store(Rotation::DEFAULT, brought.clone());
    let mut bench = Bench { renewal, effect, now: now() };
    let _ = bench.tell(Told::Locked);
    bench.effect = bench.tell(Told::Found(None));
    bench.expect_present("r1");
    let _ = bench.answer(&token("a2", "r2"));
    let _ = bench.tell(Told::Conflicted);

    let outcome = bench.tell_done(Told::Found(Some(brought.signed_in("r9"))));

    assert_eq!(outcome, Ok(Renewed::Unsaved));
}

#[test]
fn r20_a_mark_that_was_written_late_is_written_over() {
    let (renewal, effect) = Renewal::with_store(Rotation::DEFAULT, stored(3, "a1", "r1"));
    let mut bench = Bench { renewal, effect, now: now() };
    let _ = bench.tell(Told::Locked);
    let theirs = expired(9, "a2", "r2");
    bench.effect = bench.tell(Told::Found(Some(theirs.clone())));
    let Effect::Write { record: mark, .. } = bench.effect.clone() else { panic!() };
    bench.effect = bench.tell(Told::Failed);
    bench.expect_present("r2");
    let _ = bench.answer(&token("a3", "r3"));
    let _ = bench.tell(Told::Conflicted);

    let effect = bench.tell(Told::Found(Some(mark)));

    let Effect::Write { record, expected: Some(10) } = effect else { panic!("{effect:?}") };
    assert!(record.holds(&"r3".into()));
}

#[test]
fn r21_a_mark_that_meets_another_write_looks_again_once() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));
    assert!(matches!(bench.tell(Told::Conflicted), Effect::Read));

    let effect = bench.tell(Told::Found(Some(stored(4, "a1", "r1"))));
    assert!(matches!(effect, Effect::Write { expected: Some(4), .. }), "{effect:?}");

    assert_eq!(bench.tell_done(Told::Conflicted), Err(NotRenewed::Busy));
}

#[test]
fn what_does_not_answer_the_effect_changes_nothing() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "a1", "r1")));

    let effect = bench.tell(Told::Locked);

    assert!(matches!(effect, Effect::Write { expected: Some(3), .. }), "{effect:?}");
    let mut done = Bench::without_store(Rotation::DEFAULT, "r1");
    let _ = done.answer(&token("a2", "r2"));
    assert!(matches!(done.tell(Told::Failed), Effect::Done(Ok(Renewed::Unsaved))));
}

#[test]
fn nothing_to_present_is_a_matter_for_a_person() {
    let (_, effect) = Renewal::without_store(Rotation::DEFAULT, Record::default(), now());

    let failed = outcome(effect).unwrap_err();

    assert_eq!(failed, NotRenewed::NoRefreshToken);
    assert!(failed.failure().is_terminal());
}

#[test]
fn r55_nothing_secret_is_printed() {
    let bench = Bench::new(Rotation::DEFAULT, Some(stored(3, "planted-a", "planted-r")));

    let printed = format!("{:?} {:?}", bench.renewal, bench.effect);

    assert!(!printed.contains("planted"), "{printed}");
}

#[test]
fn r22_a_refusal_that_cannot_be_compared_deletes_nothing() {
    let mut bench = Bench::new(Rotation::DEFAULT, Some(expired(3, "a1", "r1")));
    bench.expect_present("r1");
    assert!(matches!(bench.refuse("invalid_grant", ""), Effect::Read));

    let effect = bench.tell(Told::Failed);

    let Effect::Write { record, .. } = effect else { panic!("{effect:?}") };
    assert!(!record.is_in_doubt() && record.holds(&"r1".into()));
    assert!(bench.tell_done(Told::Failed).unwrap_err().failure().is_terminal());
}

#[test]
fn r22_what_a_person_brought_is_tried_where_the_store_has_an_ended_session() {
    let brought = Record::of_refresh_token("r9");
    let (renewal, effect) = Renewal::with_store(Rotation::DEFAULT, brought);
    let mut bench = Bench { renewal, effect, now: now() };
    let _ = bench.tell(Told::Locked);
    bench.effect = bench.tell(Told::Found(Some(expired(3, "a1", "r1"))));
    bench.expect_present("r1");
    assert!(matches!(bench.refuse("invalid_grant", ""), Effect::Read));

    bench.effect = bench.tell(Told::Found(Some(expired(4, "a1", "r1"))));
    bench.expect_present("r9");
    let effect = bench.answer(&token("a10", "r10"));

    let Effect::Write { record, .. } = effect else { panic!("{effect:?}") };
    assert!(record.holds(&"r10".into()) && 4 < record.epoch());
}

#[test]
fn r22_a_session_that_ended_in_another_process_is_not_gone_on_with() {
    let held = stored(3, "a1", "r1");
    let signed_out = held.signed_out();
    let (mut renewal, _) = Renewal::with_store(Rotation::DEFAULT, held);
    let _ = renewal.tell(now(), Told::Locked);

    let effect = renewal.tell(now(), Told::Found(Some(signed_out)));

    assert_eq!(outcome(effect), Err(NotRenewed::NoRefreshToken));
    assert_eq!(renewal.record().refresh_token().map(|_| ()), None);
    assert_eq!(renewal.record().epoch(), 4, "whoever signs in next is later");
}

#[test]
fn r22_what_a_person_brought_since_a_session_ended_begins_another() {
    let signed_out = stored(3, "a1", "r1").signed_out();
    let brought = Record::of_refresh_token("r9");
    let (mut renewal, _) = Renewal::with_store(Rotation::DEFAULT, brought);
    let _ = renewal.tell(now(), Told::Locked);

    let effect = renewal.tell(now(), Told::Found(Some(signed_out)));

    let Effect::Write { record, expected: Some(4) } = effect else { panic!("{effect:?}") };
    assert!(record.holds(&"r9".into()));
}

#[test]
fn r22_what_a_person_brought_is_tried_once() {
    let brought = Record::of_refresh_token("r9");
    let (renewal, effect) = Renewal::with_store(Rotation::DEFAULT, brought);
    let mut bench = Bench { renewal, effect, now: now() };
    let _ = bench.tell(Told::Locked);
    bench.effect = bench.tell(Told::Found(Some(expired(3, "a1", "r1"))));
    bench.expect_present("r1");
    let _ = bench.refuse("invalid_grant", "");
    bench.effect = bench.tell(Told::Found(Some(expired(4, "a1", "r1"))));
    bench.expect_present("r9");

    let effect = bench.refuse("invalid_grant", "");

    let Effect::Delete { refresh_token } = effect else { panic!("{effect:?}") };
    assert_eq!(refresh_token.expose_secret(), "r9");
}
