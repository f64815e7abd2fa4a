//! What is in memory and could not be saved, beside what somebody put into the store since.

use std::time::SystemTime;

use super::*;

#[test]
fn r18_what_could_not_be_saved_is_later_than_the_store_of_its_session() {
    let (_, effect) = after_failed_saves(stored(3, "a1", "r1"));

    let Effect::Write { record, .. } = effect else { panic!("{effect:?}") };
    assert!(record.holds(&"r3".into()));
}

#[test]
fn r22_a_sign_in_counts_though_memory_wrote_more_often() {
    let (_, effect) = after_failed_saves(stored(3, "a1", "r1").signed_in("r9"));

    let Effect::Write { record, expected: Some(4) } = effect else { panic!("{effect:?}") };
    assert!(record.holds(&"r9".into()));
}

#[test]
fn r22_a_sign_out_counts_though_memory_wrote_more_often() {
    let (renewal, effect) = after_failed_saves(stored(3, "a1", "r1").signed_out());

    assert_eq!(outcome(effect), Err(NotRenewed::NoRefreshToken));
    assert!(renewal.record().refresh_token().is_none());
}

#[test]
fn r22_a_sign_in_after_the_record_was_deleted_counts() {
    let (_, effect) = after_failed_saves(Record::default().signed_in("r9"));

    let Effect::Write { record, expected: Some(1) } = effect else { panic!("{effect:?}") };
    assert!(record.holds(&"r9".into()));
}

#[test]
fn r22_a_session_without_a_refresh_token_ends_the_one_before_it() {
    let answer = read(200, r#"{"access_token":"a9","expires_in":1}"#).unwrap();
    let a_while_ago = Now { wall: SystemTime::UNIX_EPOCH, ..now() };
    let begun = stored(3, "a1", "r1").begun(&answer, a_while_ago);

    let (renewal, effect) = after_failed_saves(begun);

    assert_eq!(outcome(effect), Err(NotRenewed::NoRefreshToken));
    assert!(renewal.record().refresh_token().is_none());
}

#[test]
fn r18_a_session_that_could_not_be_saved_is_later_than_the_one_in_whose_place_it_came() {
    let store = expired(3, "a1", "r1");
    let (renewal, effect) = Renewal::with_store(Rotation::DEFAULT, store.signed_in("r9"));
    let mut bench = Bench { renewal, effect, now: now() };
    let _ = bench.tell(Told::Locked);

    let effect = bench.tell(Told::Found(Some(store)));

    let Effect::Write { record, .. } = effect else { panic!("{effect:?}") };
    assert!(record.holds(&"r9".into()));
}

/// Renews twice while nothing can be saved, and then finds this.
fn after_failed_saves(found: Record) -> (Renewal, Effect) {
    let mut held = stored(3, "a1", "r1");
    for n in [2, 3] {
        let mut bench = Bench::new(Rotation::DEFAULT, Some(held));
        let _ = bench.tell(Told::Failed);
        let _ = bench.answer(&token(&format!("a{n}"), &format!("r{n}")));
        assert_eq!(bench.tell_done(Told::Failed), Ok(Renewed::Unsaved));
        held = bench.renewal.record().clone();
    }
    assert!(found.epoch() < held.epoch());
    let (mut renewal, _) = Renewal::with_store(Rotation::DEFAULT, held);
    let _ = renewal.tell(now(), Told::Locked);
    let effect = renewal.tell(now(), Told::Found(Some(found)));
    (renewal, effect)
}
