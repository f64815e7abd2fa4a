//! What an answer says of limits, as a limiter wants to hear it.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::AGE;
use readmit_classify::rate_limit::{self, Limits, Reset, Window};
use readmit_error::neutralise;
use readmit_limit::Feedback;

/// What follows from a failure for all other calls to its origin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Hold {
    /// Whether the server complains of too many calls.
    pub(crate) throttled: bool,
    /// How long it asks to be left alone.
    pub(crate) wait: Option<Duration>,
}

/// Returns what a limiter is to be told of an answer, where there is anything.
///
/// `unit` is what the provider is known to count in a bare number of a reset.
/// Of an answer that says nothing of limits no more than the names of its fields is read, without
/// a clock and without an allocation.
pub(crate) fn feedback(
    headers: &HeaderMap,
    hold: Option<Hold>,
    unit: Option<Reset>,
    received_at: impl FnOnce() -> SystemTime,
) -> Option<Feedback> {
    let begun = match hold {
        Some(Hold { throttled: true, .. }) => Feedback::throttled(),
        Some(Hold { throttled: false, .. }) | None => Feedback::accepted(),
    };
    // What the server asks for outright goes before what it counts (rule 45).
    if let Some(wait) = hold.and_then(|hold| hold.wait) {
        return Some(begun.retry_after(wait.min(LONGEST)));
    }
    let told = tells(headers).then(|| {
        let limits = rate_limit::read(headers, received_at());
        match exhausted(&limits, unit) {
            Some(wait) => begun.remaining(0).reset_after(wait.min(LONGEST)),
            None => counted(headers, &limits, unit, begun),
        }
    });
    told.filter(|told| *told != begun).or(hold.map(|_| begun))
}

/// The limit of calls that has the fewest left, as an answer tells it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tightest {
    pub(crate) limit: Option<u64>,
    pub(crate) remaining: Option<u64>,
    pub(crate) reset: Option<Duration>,
    /// The server's name for it.
    pub(crate) policy: Option<String>,
}

/// Reads it off an answer that complains of too many calls.
pub(crate) fn tightest(
    headers: &HeaderMap,
    unit: Option<Reset>,
    received_at: SystemTime,
) -> Tightest {
    let limits = rate_limit::read(headers, received_at);
    let of_calls = limits.windows().filter(|window| counts_calls(window));
    let told = of_calls.filter(|window| window.remaining().is_some());
    if let Some(window) = told.min_by_key(|window| window.remaining()) {
        let reset = limits.reset_of(window, unit).map(rate_limit::Wait::delay);
        let (limit, remaining) = (window.limit(), window.remaining());
        return Tightest { limit, remaining, reset, policy: None };
    }
    let drafted = rate_limit::limits(headers.get_all(DRAFT)).unwrap_or_default();
    let Some(drafted) = drafted.into_iter().min_by_key(|limit| limit.remaining) else {
        return Tightest::default();
    };
    let policies = rate_limit::policies(headers.get_all(DRAFT_POLICY)).unwrap_or_default();
    let policy = policies.iter().find(|policy| policy.name == drafted.name);
    Tightest {
        limit: policy.map(|policy| policy.quota),
        remaining: Some(drafted.remaining),
        reset: drafted.reset_after,
        policy: Some(neutralise(&drafted.name, NAME_LIMIT)),
    }
}

/// Whether the answer tells how a limit stands; one that a cache kept tells how it stood (rule 51).
fn tells(headers: &HeaderMap) -> bool {
    // Which fields there are does not depend on the time.
    let named = || rate_limit::read(headers, SystemTime::UNIX_EPOCH).windows().next().is_some();
    (headers.contains_key(DRAFT) || named()) && !headers.contains_key(AGE)
}

/// How long it takes until there is more of what is used up.
fn exhausted(limits: &Limits<'_>, unit: Option<Reset>) -> Option<Duration> {
    limits.is_exhausted().then(|| limits.reset(unit))?.map(|wait| wait.delay())
}

/// Adds how many calls are left, by the limit that has the fewest.
fn counted(
    headers: &HeaderMap,
    limits: &Limits<'_>,
    unit: Option<Reset>,
    feedback: Feedback,
) -> Feedback {
    let of_calls = limits.windows().filter(|window| counts_calls(window));
    let tightest = of_calls.filter(|window| window.remaining().is_some());
    let Some(window) = tightest.min_by_key(|window| window.remaining()) else {
        return drafted(headers, feedback);
    };
    let (remaining, reset) = (window.remaining(), limits.reset_of(window, unit));
    match remaining.zip(reset) {
        Some((remaining, reset)) => {
            feedback.remaining(remaining).reset_after(reset.delay().min(LONGEST))
        }
        None => feedback,
    }
}

/// The same for the fields of the IETF's draft, which say what is counted.
fn drafted(headers: &HeaderMap, feedback: Feedback) -> Feedback {
    let limits = rate_limit::limits(headers.get_all(DRAFT)).unwrap_or_default();
    let policies = rate_limit::policies(headers.get_all(DRAFT_POLICY)).unwrap_or_default();
    let policy = |name: &str| policies.iter().find(|policy| policy.name == name);
    let of_calls = limits.iter().filter(|limit| {
        let unit = policy(&limit.name).and_then(|policy| policy.quota_unit.as_deref());
        unit.is_none_or(|unit| unit == "requests")
    });
    let Some(tightest) = of_calls.min_by_key(|limit| limit.remaining) else {
        return feedback;
    };
    let feedback = feedback.remaining(tightest.remaining);
    let feedback = match tightest.reset_after {
        Some(reset) => feedback.reset_after(reset.min(LONGEST)),
        None => feedback,
    };
    let policy = policy(&tightest.name);
    match policy.and_then(|policy| Some((policy.quota, policy.window?))) {
        Some((quota, window)) => feedback.limit(quota).window(window.min(LONGEST)),
        None => feedback,
    }
}

/// Whether what a limit counts is calls, by its name.
fn counts_calls(window: &Window<'_>) -> bool {
    let (before, behind) = window.name();
    OTHER_UNITS.iter().all(|unit| !before.contains(unit) && !behind.contains(unit))
}

/// Characters of a name that a server chose.
const NAME_LIMIT: usize = 64;

const DRAFT: &str = "ratelimit";
const DRAFT_POLICY: &str = "ratelimit-policy";

/// Words in the names of limits that do not count calls.
const OTHER_UNITS: [&str; 8] =
    ["byte", "char", "compute", "concurren", "cost", "credit", "point", "token"];

/// No answer shuts an origin for longer: after a day one call finds out whether it still holds.
const LONGEST: Duration = Duration::from_secs(86_400);

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn r71_what_is_used_up_shuts_the_origin_until_its_reset() {
        let told = heard(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "30")], None);

        assert_eq!(told, Some(Feedback::accepted().remaining(0).reset_after(secs(30))));
    }

    #[test]
    fn r71_tokens_that_are_used_up_shut_it_too_and_are_not_counted_as_calls() {
        let left = [
            ("x-ratelimit-remaining-requests", "9"),
            ("x-ratelimit-reset-requests", "1s"),
            ("x-ratelimit-remaining-tokens", "5"),
            ("x-ratelimit-reset-tokens", "6m0s"),
        ];
        let mut used_up = left;
        used_up[2].1 = "0";

        let nine = Feedback::accepted().remaining(9).reset_after(secs(1));
        assert_eq!(heard(&left, None), Some(nine));
        let none = Feedback::accepted().remaining(0).reset_after(secs(360));
        assert_eq!(heard(&used_up, None), Some(none));
    }

    #[test]
    fn the_draft_tells_the_windows_that_follow_too() {
        let fields = [
            ("ratelimit", r#""bytes";r=1;t=60, "calls";r=7;t=30"#),
            ("ratelimit-policy", r#""bytes";q=9;qu="content-bytes", "calls";q=10;w=60"#),
        ];

        let told = heard(&fields, None);

        let feedback = Feedback::accepted().remaining(7).reset_after(secs(30));
        assert_eq!(told, Some(feedback.limit(10).window(secs(60))));
    }

    #[test]
    fn the_tightest_limit_of_calls_is_told_whole() {
        let counted = headers(&[
            ("x-ratelimit-limit-requests", "60"),
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "1s"),
            ("x-ratelimit-remaining-tokens", "0"),
        ]);
        let drafted = headers(&[
            ("ratelimit", r#""hour";r=7;t=30, "day";r=9"#),
            ("ratelimit-policy", r#""hour";q=10;w=3600"#),
        ]);
        let tightest = |headers| tightest(headers, None, SystemTime::UNIX_EPOCH);

        let sixty = (Some(60), Some(0), Some(secs(1)), None);
        let hour = (Some(10), Some(7), Some(secs(30)), Some("hour".to_owned()));
        let whole = |told: Tightest| (told.limit, told.remaining, told.reset, told.policy);
        assert_eq!(whole(tightest(&counted)), sixty);
        assert_eq!(whole(tightest(&drafted)), hour);
        assert_eq!(tightest(&HeaderMap::new()), Tightest::default());
    }

    #[test]
    fn r45_a_wait_that_is_asked_for_goes_before_a_count() {
        let fields = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "60")];
        let hold = Hold { throttled: true, wait: Some(secs(2)) };

        let told = heard(&fields, Some(hold));

        assert_eq!(told, Some(Feedback::throttled().retry_after(secs(2))));
    }

    #[test]
    fn r51_what_a_cache_kept_says_nothing_of_now() {
        let fields = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "60"), ("age", "7")];

        assert_eq!(heard(&fields, None), None);
    }

    #[test]
    fn an_answer_that_tells_no_limit_reads_no_clock() {
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", HeaderValue::from_static("7"));

        let told = feedback(&headers, None, None, || panic!("the clock was read"));

        assert_eq!(told, None);
    }

    #[test]
    fn no_answer_shuts_an_origin_for_longer_than_a_day() {
        let hold = Hold { throttled: true, wait: Some(Duration::MAX) };

        let told = heard(&[], Some(hold));

        assert_eq!(told, Some(Feedback::throttled().retry_after(LONGEST)));
    }

    #[test]
    fn no_window_that_follows_is_longer_than_a_day_either() {
        let fields =
            [("ratelimit", r#""a";r=1;t=5"#), ("ratelimit-policy", r#""a";q=1;w=999999999999"#)];

        let told = heard(&fields, None);

        let feedback = Feedback::accepted().remaining(1).reset_after(secs(5));
        assert_eq!(told, Some(feedback.limit(1).window(LONGEST)));
    }

    #[test]
    fn a_complaint_without_a_wait_is_heard_all_the_same() {
        let hold = Hold { throttled: true, wait: None };

        assert_eq!(heard(&[], Some(hold)), Some(Feedback::throttled()));
    }

    fn heard(fields: &[(&'static str, &'static str)], hold: Option<Hold>) -> Option<Feedback> {
        feedback(&headers(fields), hold, None, || SystemTime::UNIX_EPOCH)
    }

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let fields = fields
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        fields.collect()
    }

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }
}
