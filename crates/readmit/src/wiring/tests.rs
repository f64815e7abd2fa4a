use std::time::{Duration, SystemTime};

use readmit_error::{Origin, Replay, Stage, Transport};

use super::*;

#[test]
fn r42_what_recovery_owns_is_never_retried_unchanged() {
    for kind in Kind::ALL {
        if kind.category() == Category::Authentication {
            assert_eq!(verdict(&answer(kind, 401), true), Verdict::Stop, "{kind}");
        }
    }
    assert_eq!(verdict(&answer(Kind::InsufficientPermissions, 403), true), Verdict::Stop);
}

#[test]
fn r40_what_may_have_been_done_is_repeated_only_where_that_does_no_harm() {
    let unavailable = answer(Kind::Unavailable, 503);
    let refused = Transport { stage: Stage::Connect, timed_out: false };
    let refused = Failure::builder(Kind::Connect, Origin::Transport(refused)).build();

    assert_eq!(unavailable.replay(), Replay::PossiblyProcessed);
    assert_eq!(verdict(&unavailable, false), Verdict::Stop);
    assert_eq!(verdict(&unavailable, true), Verdict::Retry);
    assert_eq!(verdict(&refused, false), Verdict::Retry);
}

#[test]
fn what_was_never_sent_accepts_no_credential() {
    let kept_out = Failure::builder(Kind::RateLimited, Origin::Local).build();

    assert!(credential_was_accepted(&answer(Kind::RateLimited, 429)));
    assert!(!credential_was_accepted(&kept_out));
}

#[test]
fn r43_the_servers_delay_comes_before_the_policys() {
    let wait = Duration::from_secs(7);
    let hint = RetryAfter::new(wait, SystemTime::UNIX_EPOCH);
    let told = Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
        .retry_after(hint)
        .build();

    assert_eq!(verdict(&told, false), Verdict::RetryAfter(wait));
}

#[test]
fn the_server_has_the_last_word_on_whether_a_retry_helps() {
    let conflict = Failure::builder(Kind::Conflict, Origin::Answer { status: 409 });
    let broken = Failure::builder(Kind::ServerError, Origin::Answer { status: 500 });

    assert_eq!(verdict(&conflict.clone().build(), true), Verdict::Stop);
    assert_eq!(verdict(&conflict.retryable(true).build(), true), Verdict::Retry);
    assert_eq!(verdict(&broken.retryable(false).build(), true), Verdict::Stop);
}

#[test]
fn r73_a_batch_is_split_only_for_its_items_and_where_nothing_was_done() {
    let of_items: Vec<_> =
        Kind::ALL.into_iter().filter(|kind| is_of_items(&answer(*kind, 422))).collect();

    assert_eq!(
        of_items,
        [Kind::MalformedRequest, Kind::ValidationFailed, Kind::PayloadTooLarge, Kind::Conflict]
    );
    assert!(!is_of_items(&answer(Kind::ValidationFailed, 422).possibly_processed()));
}

#[test]
fn r30_a_missing_permission_is_no_rejection_of_the_credential() {
    let rejecting: Vec<_> =
        Kind::ALL.into_iter().filter(|kind| rejects_credential(&answer(*kind, 401))).collect();

    assert_eq!(rejecting, [Kind::MissingCredentials, Kind::InvalidCredentials, Kind::TokenExpired]);
}

#[test]
fn r36_a_proxy_and_a_portal_say_nothing_of_the_origins_credential() {
    for status in [407, 511] {
        let elsewhere = answer(Kind::MissingCredentials, status);

        assert!(!rejects_credential(&elsewhere));
        assert_eq!(report(&elsewhere).outcome(), Outcome::Ignore);
    }
}

#[test]
fn r66_a_refusal_is_an_answer_and_no_outage() {
    for kind in Kind::ALL {
        let said = report(&answer(kind, 400)).outcome();
        let outage = matches!(kind.category(), Category::Service | Category::Network);

        assert_eq!(said == Outcome::Fail, outage, "{kind}");
        if kind.category() == Category::Throttling {
            assert_eq!(said, Outcome::Ignore, "{kind}");
        }
    }
    assert_eq!(report(&answer(Kind::InvalidCredentials, 401)).outcome(), Outcome::Succeed);
    assert_eq!(report(&answer(Kind::Unknown, 599)).outcome(), Outcome::Fail);
    assert_eq!(report(&answer(Kind::Unknown, 418)).outcome(), Outcome::Succeed);
}

#[test]
fn r71_only_what_the_server_says_of_its_load_holds_the_others_back() {
    let wait = Duration::from_secs(7);
    let told = |kind, status| {
        let hint = RetryAfter::new(wait, SystemTime::UNIX_EPOCH);
        Failure::builder(kind, Origin::Answer { status }).retry_after(hint).build()
    };
    let hold_of = |throttled| Some(Hold { throttled, wait: Some(wait) });

    assert_eq!(hold(&told(Kind::RateLimited, 429)), hold_of(true));
    assert_eq!(hold(&told(Kind::QuotaExhausted, 429)), hold_of(true));
    assert_eq!(hold(&told(Kind::Unavailable, 503)), hold_of(false));
    assert_eq!(hold(&told(Kind::Conflict, 409)), None);
    assert_eq!(hold(&answer(Kind::Unavailable, 503)), None);
}

#[test]
fn r46_what_was_never_sent_costs_no_credit() {
    let refused = Failure::builder(Kind::CircuitOpen, Origin::Local).build();

    assert_eq!(fault(&refused), None);
    assert_eq!(fault(&answer(Kind::Unavailable, 503)), Some(Fault::Transient));
    assert_eq!(fault(&answer(Kind::RateLimited, 429)), Some(Fault::Throttled));
}

fn answer(kind: Kind, status: u16) -> Failure {
    Failure::builder(kind, Origin::Answer { status }).build()
}
