use std::time::Duration;

use readmit_core::SystemClock;

use super::*;

#[test]
fn r91_what_worked_and_is_denied_is_drift_and_says_when_it_last_worked() {
    let (t0, worked, mut accesses) = fresh();
    worked.mark(t0.mono, Access::of(&call("u_1")));

    for hours in [5, 6] {
        accesses.record(later(t0, hours), &denied("u_1"), &worked);
        accesses.record(later(t0, hours), &denied("u_2"), &worked);
    }

    let review = accesses.review(&worked);
    let [drift] = &review.drifts[..] else { panic!("one drift: {review:?}") };
    assert_eq!((drift.last_worked, drift.works_again), (t0.wall, false));
    assert_eq!((drift.denial.count, drift.denial.since), (2, later(t0, 5).wall));
    let [denial] = &review.denials[..] else { panic!("one denial: {review:?}") };
    assert_eq!((denial.principal.as_str(), denial.operation.as_str()), ("u_2", "GET /flows/{id}"));
    assert_eq!(denial.required, ["flows:read"]);
}

#[test]
fn r91_what_works_again_is_said_to_and_is_denied_anew_later() {
    let (t0, worked, mut accesses) = fresh();
    worked.mark(t0.mono, Access::of(&call("u_1")));
    accesses.record(later(t0, 1), &denied("u_1"), &worked);

    worked.mark(later(t0, 2).mono, Access::of(&call("u_1")));
    assert!(accesses.review(&worked).drifts[0].works_again);
    accesses.record(later(t0, 3), &denied("u_1"), &worked);

    let drift = &accesses.review(&worked).drifts[0];
    assert_eq!((drift.works_again, drift.last_worked), (false, later(t0, 2).wall));
    assert_eq!((drift.denial.since, drift.denial.count), (later(t0, 3).wall, 1));
}

#[test]
fn r91_a_review_tells_scopes_that_were_never_used() {
    let (t0, worked, mut accesses) = fresh();
    accesses.granted(t0, "u_1", "flows:read");
    accesses.granted(t0, "u_1", "flows:write");

    accesses.used(later(t0, 1), "u_1", "flows:read");
    accesses.used(later(t0, 2), "u_1", "flows:read");

    let review = accesses.review(&worked);
    let unused: Vec<&str> = review.unused_scopes().map(|scope| scope.scope.as_str()).collect();
    assert_eq!(unused, ["flows:write"]);
    assert_eq!((review.scopes[0].used, review.scopes[0].last_used), (2, Some(later(t0, 2).wall)));
    assert_eq!(review.to_string(), "u_1 never used flows:write\n");
}

#[test]
fn r87_hostile_principals_push_out_no_drift() {
    let (t0, worked, mut accesses) = fresh();
    worked.mark(t0.mono, Access::of(&call("u_1")));
    accesses.record(t0, &denied("u_1"), &worked);
    let mut record = denied("");

    for number in 0..20_000_u32 {
        record.call.user = Some(number.to_string());
        accesses.record(t0, &record, &worked);
    }

    assert_eq!(accesses.len(), MAX_DENIALS + 1);
    let review = accesses.review(&worked);
    assert!(review.drifts.iter().any(|drift| drift.denial.principal == "u_1"));
}

#[test]
fn r55_a_review_names_nobody_in_its_debug() {
    let (t0, worked, mut accesses) = fresh();
    worked.mark(t0.mono, Access::of(&call("planted")));
    accesses.record(t0, &denied("planted"), &worked);
    accesses.granted(t0, "planted", "a");

    let review = accesses.review(&worked);

    assert!(review.to_string().contains("planted"));
    let debug = format!("{review:?}{:?}{:?}", review.drifts[0], review.scopes[0]);
    assert!(!debug.contains("planted"), "{debug}");
}

fn fresh() -> (Now, Worked, Accesses) {
    let now = Now::read(&SystemClock);
    (now, Worked::new(now.mono), Accesses::new())
}

fn later(t0: Now, hours: u64) -> Now {
    t0.at(t0.mono + Duration::from_secs(hours * 3_600))
}

fn denied(user: &str) -> Record {
    let required = vec!["flows:read".to_owned()];
    let event = Event::AuthzDenied { required, granted: vec![], resource: None };
    Record::new(SystemTime::UNIX_EPOCH, event).call(call(user))
}

fn call(user: &str) -> CallContext {
    let mut call = CallContext::default().user(user).template("/flows/{id}");
    call.method = Some("GET".to_owned());
    call
}
