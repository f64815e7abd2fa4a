use std::time::SystemTime;

use readmit_core::SystemClock;
use readmit_error::event::{CallContext, DelaySource, RefreshTrigger};
use readmit_error::{Failure, Origin};

use super::*;

#[test]
fn r92_one_principal_that_is_refused_again_and_again_is_brute_force() {
    let (t0, mut detectors) = fresh();
    for number in 0..10 {
        assert_eq!(refuse(&mut detectors, later(t0, number), "u_1"), [""; 0]);
        assert_eq!(refuse(&mut detectors, later(t0, number), "u_2"), [""; 0]);
    }

    let told = detectors.record(later(t0, 10), &refused(Some("u_2"), 1), true);

    assert_eq!((told.len(), told[0].rule.as_str()), (1, "brute_force"));
    assert_eq!(told[0].about.as_deref(), Some("u_2"));
    assert_eq!(detectors.check(later(t0, 3_600))[0].phase.as_str(), "resolved");
}

#[test]
fn r92_many_principals_that_are_refused_at_once_are_stuffing() {
    let (t0, mut detectors) = fresh();

    let told: Vec<String> = (0..60)
        .flat_map(|number| refuse(&mut detectors, later(t0, number), &format!("u_{number}")))
        .collect();

    assert!(told.contains(&"credential_stuffing".to_owned()), "{told:?}");
    assert!(detectors.distinct_principals(later(t0, 60).mono).abs_diff(60) < 12);
}

#[test]
fn r92_many_principals_that_are_refused_once_each_over_hours_are_a_spray() {
    let (t0, mut detectors) = fresh();

    let told: Vec<String> = (0..60)
        .flat_map(|number| refuse(&mut detectors, later(t0, number * 300), &format!("u_{number}")))
        .collect();

    assert_eq!(told.first().map(String::as_str), Some("password_spray"));
    assert!(!told.contains(&"credential_stuffing".to_owned()), "{told:?}");
}

#[test]
fn r92_many_who_mistype_now_and_then_are_nothing() {
    let (t0, mut detectors) = fresh();

    // Ten people, three times each, all day long.
    for number in 0..30 {
        let name = format!("u_{}", number % 10);
        assert_eq!(refuse(&mut detectors, later(t0, number * 700), &name), [""; 0]);
    }
}

#[test]
fn r92_a_credential_that_worked_and_is_refused_twice_was_rotated() {
    let (t0, mut detectors) = fresh();
    let mut rules = |record: &Record, has_worked| -> Vec<String> {
        let told = detectors.record(t0, record, has_worked);
        told.into_iter().map(|alert| format!("{} {}", alert.rule, alert.phase.as_str())).collect()
    };

    assert_eq!(rules(&refused(None, 2), false), [""; 0]);
    assert_eq!(rules(&refused(None, 1), true), [""; 0]);
    assert_eq!(rules(&refused(None, 2), true), ["credential_rotated fired"]);
    assert_eq!(rules(&refreshed(), true), [""; 0]);

    assert_eq!(detectors.check(t0)[0].phase.as_str(), "resolved");
}

#[test]
fn r92_servers_that_complain_of_the_clock_and_tokens_that_expire_young_are_skew() {
    let (t0, mut detectors) = fresh();
    let expired = Event::TokenExpired { refresh_follows: true, scheme: None, age: None };
    let expired = Record::new(SystemTime::UNIX_EPOCH, expired);
    detectors.record(t0, &refreshed(), true);

    let told = [
        detectors.record(later(t0, 59), &expired, true),
        detectors.record(later(t0, 60), &expired, true),
        detectors.record(later(t0, 61), &skewed(), true),
        detectors.record(later(t0, 62), &skewed(), true),
    ];

    assert_eq!(told.each_ref().map(Vec::len), [0, 0, 0, 1]);
    assert_eq!(told[3][0].rule, "clock_skew");
}

#[test]
fn r87_hostile_principals_are_as_many_as_have_room() {
    let (t0, mut detectors) = fresh();
    let mut record = refused(Some(""), 1);

    for number in 0..20_000_u32 {
        record.call.user = Some(number.to_string());
        detectors.refuse(t0, &number.to_string());
    }

    assert_eq!(detectors.principals.len(), MAX_PRINCIPALS);
    assert!(15_000 < detectors.distinct_principals(t0.mono));
}

fn fresh() -> (Now, Detectors) {
    let now = Now::read(&SystemClock);
    (now, Detectors::new(now.mono))
}

fn later(t0: Now, seconds: u64) -> Now {
    t0.at(t0.mono + Duration::from_secs(seconds))
}

fn refuse(detectors: &mut Detectors, now: Now, principal: &str) -> Vec<String> {
    let told = detectors.record(now, &refused(Some(principal), 1), true);
    told.into_iter().map(|alert| alert.rule).collect()
}

fn refused(user: Option<&str>, consecutive: u32) -> Record {
    let event = Event::CredentialsRejected { challenge_error: None, consecutive };
    let mut call = CallContext::default();
    call.user = user.map(str::to_owned);
    Record::new(SystemTime::UNIX_EPOCH, event).call(call)
}

fn refreshed() -> Record {
    let trigger = RefreshTrigger::Reactive;
    let event = Event::RefreshSucceeded { expires_in: None, trigger, coalesced_waiters: 0 };
    Record::new(SystemTime::UNIX_EPOCH, event)
}

fn skewed() -> Record {
    let event = Event::RetryScheduled {
        attempt: 1,
        max_attempts: 2,
        delay: Duration::ZERO,
        reason: Kind::ClockSkew,
        source: DelaySource::Backoff,
    };
    let failure = Failure::builder(Kind::ClockSkew, Origin::Answer { status: 401 }).build();
    Record::new(SystemTime::UNIX_EPOCH, event).failure(failure)
}
