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
///
/// [`rate_limit::read`](crate::rate_limit::read) knows the other fields that ask for a wait.
#[must_use]
pub fn delay(headers: &HeaderMap, received_at: SystemTime) -> Option<Duration> {
    let value = only(headers, RETRY_AFTER)?;
    parse(value.as_bytes(), server_time(headers, received_at))
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
    if is_kept(headers) {
        return received_at;
    }
    let date = only(headers, DATE).and_then(|value| http_date(value.as_bytes().trim_ascii()));
    date.unwrap_or(received_at)
}

/// Whether a cache has kept the answer, so that what it says of the time is of another (rule 51).
///
/// An `Age` of zero says so too: the answer came through a cache, and was rounded down.
pub(crate) fn is_kept(headers: &HeaderMap) -> bool {
    headers.contains_key(AGE)
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
    fn r51_a_date_is_compared_with_the_clock_of_the_server() {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:30 GMT"));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
        let slow_clock = http_date(b"Sun, 06 Nov 1994 07:00:00 GMT").unwrap();

        assert_eq!(delay(&headers, slow_clock), Some(Duration::from_secs(7)));

        for age in ["600", "0"] {
            headers.insert(AGE, HeaderValue::from_static(age));
            assert_eq!(server_time(&headers, slow_clock), slow_clock);
        }
    }

    #[test]
    fn r51_a_date_that_is_not_one_is_no_clock() {
        let date = "Sun, 06 Nov 1994 08:49:30 GMT";
        for dates in [&["soon"][..], &[date, date], &[]] {
            let mut headers = HeaderMap::new();
            for date in dates {
                headers.append(DATE, HeaderValue::from_str(date).unwrap());
            }

            assert_eq!(server_time(&headers, SystemTime::UNIX_EPOCH), SystemTime::UNIX_EPOCH);
        }
        let mut headers = HeaderMap::new();
        headers.append(DATE, HeaderValue::from_str(&format!(" {date} ")).unwrap());

        let told = server_time(&headers, SystemTime::UNIX_EPOCH);

        assert_eq!(Some(told), http_date(date.as_bytes()));
    }

    #[test]
    fn r44_bytes_that_are_no_text_are_no_wait() {
        let bytes: Vec<u8> = (0x80..=0xff).collect();

        assert_eq!(parse(&bytes, SystemTime::UNIX_EPOCH), None);
        assert_eq!(parse(b"5\xa0", SystemTime::UNIX_EPOCH), None);
        assert_eq!(parse(b"\xef\xbc\x95", SystemTime::UNIX_EPOCH), None);
    }
}
