//! What holds of every failure, wherever it comes from.

use std::time::Duration;

use readmit_error::{Answer, Challenge, Failure, Problem, RetryAfter, neutralise};

pub(crate) fn check(failure: &Failure) {
    texts(failure);
    challenges(failure.challenges());
    shown(failure);
    written(failure);
    answer(&failure.answer("a\r\nb"));
    answer(&failure.problem_answer("a\r\nb"));
}

/// Each text of the server's is bounded, and nothing acts on it (rule 56).
fn texts(failure: &Failure) {
    let denied = failure.denied();
    let names = [failure.code(), failure.request_id()];
    let names = names
        .into_iter()
        .chain([&denied.role, &denied.organization, &denied.resource].map(|name| name.as_deref()));
    let lists = denied.permissions.iter().chain(&denied.scopes).map(String::as_str);
    for name in names.flatten().chain(lists) {
        assert_neutral(name, 128);
    }
    assert_neutral(failure.because(), 512);
    assert_neutral(failure.description().unwrap_or_default(), 512);
}

fn challenges(challenges: &[Challenge]) {
    for challenge in challenges {
        assert_neutral(challenge.scheme(), usize::MAX);
        assert_neutral(challenge.as_token68().unwrap_or_default(), usize::MAX);
        for (name, value) in challenge.params() {
            assert_neutral(name, usize::MAX);
            assert_neutral(value, usize::MAX);
        }
    }
}

fn shown(failure: &Failure) {
    assert_neutral(&failure.to_string(), usize::MAX);
    let debug = format!("{failure:?}");
    assert!(!debug.chars().any(char::is_control), "{debug:?}");
}

/// What is written is read back as it was, as far as a number of seconds can hold a wait.
fn written(failure: &Failure) {
    let Ok(text) = serde_json::to_string(failure) else { return unwritable("a failure") };
    let read = serde_json::from_str::<Failure>(&text);
    assert!(read.is_ok(), "{:?} of {text}", read.err());
    let Ok(read) = read else { return };
    let again = serde_json::to_string(&read);
    assert_eq!(again.ok().as_deref(), Some(&*text));
    if failure.retry_after().is_none_or(fits_a_float) {
        assert_eq!(&read, failure);
    }
    let problem = Problem::from(failure);
    let Ok(text) = serde_json::to_string(&problem) else { return unwritable("a problem") };
    assert_eq!(serde_json::from_str::<Problem>(&text).ok(), Some(problem));
}

fn fits_a_float(wait: RetryAfter) -> bool {
    let delay = wait.delay();
    Duration::try_from_secs_f64(delay.as_secs_f64()).is_ok_and(|read| read == delay)
}

/// No field of an answer ends before its line does.
fn answer(answer: &Answer) {
    for (name, value) in answer.headers() {
        assert!(value.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{name}: {value:?}");
    }
}

fn assert_neutral(text: &str, limit: usize) {
    assert_eq!(neutralise(text, limit), text);
}

fn unwritable(what: &str) {
    assert!(what.is_empty(), "{what} cannot be written");
}
