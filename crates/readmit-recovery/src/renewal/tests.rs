use std::time::Duration;

use http::Uri;
use readmit_core::SystemClock;
use readmit_error::{Stage, Transport};
use secrecy::ExposeSecret;

use super::*;
use crate::{TokenAnswer, TokenRequest, Unreplaced};

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
    bench.now = bench.now.later(secs(30) - Duration::from_nanos(1));
    assert!(bench.restart(graceful, &doubtful).is_ok());
    bench.now = bench.now.later(Duration::from_nanos(1));
    let late = bench.restart(graceful, &doubtful);

    assert_eq!(late, Err(UNKNOWN));
    assert!(UNKNOWN.failure().is_terminal());
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

/// A refresh that was brought to the point where the token is to be marked, or presented.
struct Bench {
    renewal: Renewal,
    effect: Effect,
    now: Now,
}

impl Bench {
    fn new(rotation: Rotation, stored: Option<Record>) -> Bench {
        let now = now();
        let held = stored.clone().unwrap_or_default();
        let (mut renewal, effect) = Renewal::with_store(rotation, held);
        assert!(matches!(effect, Effect::Lock));
        assert!(matches!(renewal.tell(now, Told::Locked), Effect::Read));
        let effect = renewal.tell(now, Told::Found(stored));
        Bench { renewal, effect, now }
    }

    fn without_store(rotation: Rotation, token: &str) -> Bench {
        let now = now();
        let held = Record::of_refresh_token(token);
        let (renewal, effect) = Renewal::without_store(rotation, held, now);
        Bench { renewal, effect, now }
    }

    fn tell(&mut self, told: Told) -> Effect {
        self.renewal.tell(self.now, told)
    }

    #[track_caller]
    fn tell_done(&mut self, told: Told) -> Result<Renewed, NotRenewed> {
        outcome(self.tell(told))
    }

    /// Writes the mark where one is to be written, and sees which token is presented.
    #[track_caller]
    fn expect_present(&mut self, token: &str) {
        if let Effect::Write { record, .. } = &self.effect {
            assert!(record.is_in_doubt());
            self.effect = self.tell(Told::Written);
        }
        let Effect::Present { refresh_token } = &self.effect else { panic!("{:?}", self.effect) };
        assert_eq!(refresh_token.expose_secret(), token);
    }

    fn answer(&mut self, body: &str) -> Effect {
        self.tell(Told::Answered(read(200, body)))
    }

    fn refuse(&mut self, code: &str, words: &str) -> Effect {
        self.tell(Told::Answered(Err(refused(400, code, words))))
    }

    fn after_refusal(mut self) -> Effect {
        self.expect_present("r1");
        let _ = self.refuse("invalid_grant", "");
        self.tell(Told::Found(Some(stored(4, "a1", "r1"))))
    }

    /// Begins anew without a store, and returns whether the token is presented.
    fn restart(&mut self, rotation: Rotation, held: &Record) -> Result<(), NotRenewed> {
        let (renewal, effect) = Renewal::without_store(rotation, held.clone(), self.now);
        self.renewal = renewal;
        match effect {
            Effect::Present { .. } => Ok(()),
            effect => outcome(effect).map(drop),
        }
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

#[track_caller]
fn outcome(effect: Effect) -> Result<Renewed, NotRenewed> {
    let Effect::Done(outcome) = effect else { panic!("{effect:?}") };
    outcome
}

fn stored(epoch: u64, access: &str, refresh: &str) -> Record {
    entry(epoch, access, refresh, 4_000_000_000)
}

fn expired(epoch: u64, access: &str, refresh: &str) -> Record {
    entry(epoch, access, refresh, 1)
}

fn entry(epoch: u64, access: &str, refresh: &str, expires_at: u64) -> Record {
    let json = format!(
        r#"{{"version":1,"epoch":{epoch},"access_token":"{access}","refresh_token":"{refresh}",
            "expires_at":{expires_at}}}"#
    );
    Record::read(json.as_bytes()).unwrap()
}

fn token(access: &str, refresh: &str) -> String {
    format!(r#"{{"access_token":"{access}","refresh_token":"{refresh}","expires_in":3600}}"#)
}

fn refused(status: u16, code: &str, words: &str) -> TokenError {
    let body = format!(r#"{{"error":"{code}","error_description":"{words}"}}"#);
    read(status, &body).unwrap_err()
}

fn malformed() -> TokenError {
    read(200, "<html>").unwrap_err()
}

fn lost() -> TokenError {
    TokenError::from(Transport { stage: Stage::Sent, timed_out: true })
}

fn read(status: u16, body: &str) -> Result<TokenAnswer, TokenError> {
    let url = Uri::from_static("https://auth.example.com/token");
    let request = TokenRequest::refresh_token(&url, &"never".into(), None, None).unwrap();
    TokenAnswer::read(&request, status, None, body.as_bytes())
}

fn now() -> Now {
    Now::read(&SystemClock)
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

const UNKNOWN: NotRenewed = NotRenewed::OutcomeUnknown { error: None };
