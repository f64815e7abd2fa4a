use proptest::prelude::*;

use super::*;

#[test]
fn r44_a_wait_is_a_word_of_waiting_and_an_amount() {
    for (text, milliseconds) in [
        ("Please try again in 6m0s.", 360_000),
        ("Please try again in 644ms.", 644),
        ("Please retry after 26 seconds.", 26_000),
        ("retry in 3.5s", 3_500),
        ("Try again in 20ms", 20),
        ("wait 30 seconds", 30_000),
        ("You must wait for at least 5 minutes before the next request.", 300_000),
        ("Please wait another 10 secs", 10_000),
        ("Wait time: 30s", 30_000),
        ("Wait time is 1 minute, 30 seconds.", 90_000),
        ("available in 3 minutes", 180_000),
        ("Request was throttled. Expected available in 55 seconds.", 55_000),
        ("try again in 2 hours and 5 minutes", 7_500_000),
        ("Please try again after '372' seconds.", 372_000),
        ("Please try your request again in 5 second(s)", 5_000),
        ("Retry your request after 20 seconds.", 20_000),
        ("Quota exceeded. Please retry in 58.934310785s.", 58_934),
        ("Your quota will reset after 12h1m5s.", 43_265_000),
        ("Rate limit reached. Resets in 30s", 30_000),
        ("Limit 30000, Used 29937, Requested 385. Please try again in 644ms. See x.", 644),
        ("Rate limit of 100 per 60 seconds exceeded; retry in about 5 seconds", 5_000),
        ("RETRY AFTER 5 SECONDS", 5_000),
        ("Rate limit exceeded, retry in 1 minute", 60_000),
        ("Request failed: please retry in 5s", 5_000),
        ("Limit exceeded retry in 5s", 5_000),
        ("There is no capacity left, try again in 5 seconds", 5_000),
        ("Not available, expected available in 5 seconds", 5_000),
        ("Please try after 5 minutes", 300_000),
        ("Come back in 5 minutes.", 300_000),
        ("Please wait 24 hours before trying again", 86_400_000),
        ("You can request a new code again in 30 seconds", 30_000),
        ("Too many requests, try again in 1 day", 86_400_000),
    ] {
        assert_eq!(at_new_year(text), Some(milliseconds), "{text}");
    }
}

#[test]
fn r44_a_bare_number_behind_retry_after_is_seconds() {
    for (text, milliseconds) in [
        ("Too Many Requests: retry after 42", Some(42_000)),
        ("Retry after: 12", Some(12_000)),
        ("Retry-After: 12.", Some(12_000)),
        ("{retry after 5}", Some(5_000)),
        ("Retry after 1.5", Some(1_500)),
        ("Retry after 1,200", None),
        ("Retry after 12 attempts", None),
        ("Retry after 5-10", None),
        ("Retry after 1767225605", None),
        ("Retry in 12", None),
        ("Try again at 10.", None),
        ("Resets in 12", None),
        ("wait 12", None),
        ("available in 12", None),
    ] {
        assert_eq!(at_new_year(text), milliseconds, "{text}");
    }
}

#[test]
fn r44_a_wait_may_be_until_an_instant_that_has_an_offset() {
    for (text, seconds) in [
        ("Rate limit will reset at 2026-01-01T00:00:05Z", Some(5)),
        ("Rate limit will reset at 2026-01-01T00:00:05Z.", Some(5)),
        ("Rate limit resets at: 2026-01-01 00:00:05 UTC", Some(5)),
        ("Please wait until 2026-01-01T01:00:05+01:00.", Some(5)),
        ("Try again at '2026-01-01T00:01Z'", Some(60)),
        ("Retry after Thu, 01 Jan 2026 00:00:05 GMT.", Some(5)),
        ("Retry after 2025-01-01T00:00:00Z", Some(0)),
        ("Rate limit will reset at 2026-01-01T00:00:05", None),
        ("Rate limit will reset at 2026-01-01", None),
        ("Rate limit will reset at 10:30", None),
        ("Created at 2026-01-01T00:00:05Z", None),
    ] {
        let milliseconds = seconds.map(|seconds: u128| seconds * 1_000);

        assert_eq!(at_new_year(text), milliseconds, "{text}");
    }
}

#[test]
fn r44_a_number_that_is_no_wait_says_nothing() {
    for text in [
        "",
        "Slow down.",
        "limit 100 requests per 60 seconds",
        "used 39 of 40",
        "expired 30 seconds ago",
        "maximum 5 requests in 10 seconds",
        "Error 429",
        "timeout after 30 seconds",
        "your token expires in 3600 seconds",
        "Please wait a few minutes before you try again.",
        "Please retry within 30 seconds",
        "Retry up to 3 times in 10 seconds",
        "Retried 3 times in 10 seconds",
        "The retry failed after 30 seconds",
        "Giving up on retry after 30 seconds",
        "Connection reset after 30 seconds",
        "The password was reset 5 minutes ago",
        "Lock wait 30 seconds exceeded",
        "Max wait 30 seconds",
        "No server was available after 30 seconds",
        "Available in 3 regions",
        "Failed again after 30 seconds",
        "The request failed again after 30 seconds",
        "The last retry after 30 seconds failed",
        "Rolled back in 30 seconds",
        "A wait of 30 seconds was exceeded",
        "Try again with fewer than 10 requests in 10 seconds",
        "Retry the request after 3 failures in 30 seconds",
        "Available at 30 seconds",
        "Without a server available in 30 seconds",
        "Once again in 2024 seconds",
        "Try again later. Limit is 60 requests in 60 seconds.",
        "Try again, at most 5 requests in 10 seconds",
        "exceeded the limit of '50' for time interval '00:05:00'",
        "Password reset link expires in 24 hours",
        "Limit resets every 60 seconds",
        "retry in 5 secondsX",
        "retry in -5 seconds",
        "retry in 1e3 seconds",
        "wait_timeout 30 seconds",
        "retr\u{e9} in 30 seconds",
        "retry in NaN seconds",
    ] {
        assert_eq!(at_new_year(text), None, "{text}");
    }
}

#[test]
fn r75_a_text_is_read_to_a_bound() {
    let behind = |length| format!("{}retry after 500", ".".repeat(length));
    let huge = format!("retry in {} seconds", "9".repeat(1_000));

    assert_eq!(at_new_year(&behind(LIMIT - "retry".len())), Some(500_000));
    assert_eq!(at_new_year(&behind(LIMIT)), None);
    assert_eq!(at_new_year(&"é5".repeat(LIMIT)), None);
    let huge = wait(&huge, SystemTime::UNIX_EPOCH);
    assert_eq!(huge, Some(Duration::from_secs(u64::MAX)));
}

proptest! {
    #[test]
    fn r75_any_text_is_a_wait_or_none(text: String, words in words()) {
        for text in [text, words] {
            prop_assert_eq!(at_new_year(&text), at_new_year(&text));
        }
    }

    #[test]
    fn r44_without_a_word_of_waiting_there_is_no_wait(text in "[^rwaRWA]{0,64}") {
        prop_assert_eq!(at_new_year(&text), None);
    }

    #[test]
    fn r44_a_wait_is_found_behind_another_sentence(seconds in 0_u64..1_000_000_000) {
        let text = format!("Limit 5 per 10 seconds. Please retry in {seconds} seconds.");

        prop_assert_eq!(at_new_year(&text), Some(u128::from(seconds) * 1_000));
    }
}

fn words() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(vec![
        "retry",
        "again",
        "wait",
        "available",
        "reset",
        "in",
        "after",
        "for",
        "at",
        "until",
        "5",
        "30s",
        "1.5",
        "seconds",
        "hours",
        "and",
        "2026-01-01T00:00:05",
        "Z",
        "UTC",
        ".",
        "'",
        ":",
        "try",
        "no",
        "Thu,",
        "é",
        "99999999999999999999",
    ]);
    proptest::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

/// In milliseconds, from 2026-01-01T00:00:00Z.
fn at_new_year(text: &str) -> Option<u128> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    Some(wait(text, now)?.as_millis())
}
