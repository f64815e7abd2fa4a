use std::time::Duration;

use http::header::RETRY_AFTER;
use readmit_classify::rate_limit::read;
use readmit_classify::retry_after::{delay, parse, server_time};

use crate::fields::{headers, split, time};

/// A time, the value of `Retry-After`, and other fields, one to a line: digits are seconds, a wait
/// is the same through each door, and `Retry-After` goes before everything else (rules 44, 45).
pub fn retry_after(data: &[u8]) {
    let (now, rest) = split(data, b"\n");
    let (value, fields) = split(rest, b"\n");
    let (now, value) = (time(now), value.trim_ascii());
    let told = parse(value, now);
    assert_eq!(told, parse(value, now), "one answer");
    if !value.is_empty() && value.iter().all(u8::is_ascii_digit) {
        let seconds = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok());
        assert_eq!(told, Some(Duration::from_secs(seconds.unwrap_or(u64::MAX))));
    }
    if value.iter().any(|byte| matches!(byte, b'+' | b'.')) {
        assert_eq!(told, None);
    }
    let mut headers = headers(fields);
    let Ok(field) = http::HeaderValue::from_bytes(value) else { return };
    headers.insert(RETRY_AFTER, field);
    let at_server = parse(value, server_time(&headers, now));
    assert_eq!(delay(&headers, now), at_server);
    if at_server.is_some() {
        assert_eq!(read(&headers, now).wait(None).map(|wait| wait.delay()), at_server);
    }
}
