//! The `Retry-After` field (RFC 9110 section 10.2.3).
//!
//! # Example
//!
//! ```
//! use std::time::{Duration, SystemTime};
//!
//! use readmit_classify::retry_after;
//!
//! // 1994-11-06T08:49:30Z
//! let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
//! assert_eq!(retry_after::parse(b"120", now), Some(Duration::from_secs(120)));
//! assert_eq!(
//!     retry_after::parse(b"Sun, 06 Nov 1994 08:49:37 GMT", now),
//!     Some(Duration::from_secs(7))
//! );
//! assert_eq!(retry_after::parse(b"+5", now), None);
//! ```

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{AGE, DATE, RETRY_AFTER};

/// Returns how long the header asks to wait, counted from when the answer was made.
///
/// A date is compared with the server's own clock where the answer tells it, so that a client
/// whose clock is wrong waits as long as it was asked to.
/// More than one field is a list, and a list says nothing.
#[must_use]
pub fn delay(headers: &HeaderMap, received_at: SystemTime) -> Option<Duration> {
    let value = only(headers, RETRY_AFTER)?;
    parse(value.as_bytes(), server_time(headers, received_at))
}

/// Returns how long an answer asks to wait, by `Retry-After` or by when a limit is reset.
///
/// Of `Retry-After`, `RateLimit-Reset`, `X-RateLimit-Retry-After`, `X-RateLimit-Reset` and
/// `X-Rate-Limit-Reset` the first that is there counts, even where it says nothing.
/// Some providers write seconds into a reset and some the time since 1970 (rule 53): a number is a
/// time where it is 1 704 067 200 (2024) or more, or within a day of the server's clock.
#[must_use]
pub fn hint(headers: &HeaderMap, received_at: SystemTime) -> Option<Duration> {
    if headers.contains_key(RETRY_AFTER) {
        return delay(headers, received_at);
    }
    let (name, value) = RESETS.into_iter().find_map(|name| Some((name, headers.get(name)?)))?;
    let told = seconds(value.as_bytes().trim_ascii())?;
    if name == RETRY_RESET {
        return Some(Duration::from_secs(told));
    }
    let now = server_time(headers, received_at).duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let is_time = EPOCH_FROM <= told || told.abs_diff(now.as_secs()) <= DAY;
    let told = Duration::from_secs(told);
    Some(if is_time { told.saturating_sub(now) } else { told })
}

/// Reads one value: decimal digits, or one of the three forms of an HTTP date (rule 44).
///
/// There is no sign, no fraction and no list; a number that no clock holds is the largest there is,
/// and a date that is past is no wait.
#[must_use]
pub fn parse(value: &[u8], now: SystemTime) -> Option<Duration> {
    let value = value.trim_ascii();
    if let Some(seconds) = seconds(value) {
        return Some(Duration::from_secs(seconds));
    }
    let at = http_date(value)?;
    Some(at.duration_since(now).unwrap_or(Duration::ZERO))
}

/// Returns the time by the server's clock: its `Date`, or when the answer came.
///
/// The `Date` of an answer that a cache has kept (it has an `Age`) is not the time (rule 51).
#[must_use]
pub fn server_time(headers: &HeaderMap, received_at: SystemTime) -> SystemTime {
    if headers.contains_key(AGE) {
        return received_at;
    }
    let date = only(headers, DATE).and_then(|value| http_date(value.as_bytes()));
    date.unwrap_or(received_at)
}

/// Reads decimal digits and nothing else, however many.
pub(crate) fn seconds(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u64, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        Some(sum.saturating_mul(10).saturating_add(digit))
    })
}

fn http_date(value: &[u8]) -> Option<SystemTime> {
    httpdate::parse_http_date(std::str::from_utf8(value).ok()?).ok()
}

fn only(headers: &HeaderMap, name: http::HeaderName) -> Option<&http::HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

const RETRY_RESET: &str = "x-ratelimit-retry-after";
const RESETS: [&str; 4] =
    ["ratelimit-reset", RETRY_RESET, "x-ratelimit-reset", "x-rate-limit-reset"];
/// 2024-01-01T00:00:00Z.
const EPOCH_FROM: u64 = 1_704_067_200;
const DAY: u64 = 86_400;

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn r44_digits_or_a_date_and_nothing_else() {
        let now = http_date(b"Sun, 06 Nov 1994 08:49:30 GMT").unwrap();

        for (value, wait) in [
            ("0", Some(0)),
            (" 5 ", Some(5)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(7)),
            ("Sun Nov  6 08:49:37 1994", Some(7)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("-1", None),
            ("+5", None),
            ("1.5", None),
            ("120, 60", None),
            ("0x10", None),
            ("1e3", None),
            ("", None),
            ("Sun, 32 Dec 2030 25:99:99 GMT", None),
        ] {
            let wait = wait.map(Duration::from_secs);

            assert_eq!(parse(value.as_bytes(), now), wait, "{value}");
        }
    }

    #[test]
    fn r44_two_fields_are_a_list() {
        let mut headers = HeaderMap::new();
        headers.append(RETRY_AFTER, HeaderValue::from_static("5"));
        assert_eq!(delay(&headers, SystemTime::UNIX_EPOCH), Some(Duration::from_secs(5)));

        headers.append(RETRY_AFTER, HeaderValue::from_static("5"));

        assert_eq!(delay(&headers, SystemTime::UNIX_EPOCH), None);
    }

    #[test]
    fn r53_a_reset_is_seconds_or_a_time_by_its_size() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_377_010_241);

        for (name, value, received_at, wait) in [
            ("ratelimit-reset", "1", now, Some(1)),
            ("ratelimit-reset", "1767225603", now, Some(3)),
            ("x-ratelimit-reset", "1767225602", now, Some(2)),
            ("x-rate-limit-reset", "1767225599", now, Some(0)),
            ("x-ratelimit-reset", "1377013266", then, Some(3_025)),
            ("x-ratelimit-retry-after", "1767225603", now, Some(1_767_225_603)),
            ("retry-after", "1767225603", now, Some(1_767_225_603)),
            ("x-ratelimit-reset", "", now, None),
            ("x-ratelimit-reset", "-1", now, None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));

            assert_eq!(
                hint(&headers, received_at),
                wait.map(Duration::from_secs),
                "{name} {value}"
            );
        }
    }

    #[test]
    fn r51_a_date_is_compared_with_the_clock_of_the_server() {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:30 GMT"));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
        let slow_clock = http_date(b"Sun, 06 Nov 1994 07:00:00 GMT").unwrap();

        assert_eq!(delay(&headers, slow_clock), Some(Duration::from_secs(7)));

        headers.insert(AGE, HeaderValue::from_static("600"));
        assert_eq!(server_time(&headers, slow_clock), slow_clock);
    }
}
