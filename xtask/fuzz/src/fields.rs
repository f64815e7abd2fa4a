use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};

/// Cuts bytes in two at the first mark, which is in neither part; all are before a mark that is
/// not there.
pub(crate) fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> (&'a [u8], &'a [u8]) {
    let at = bytes.windows(mark.len()).position(|window| window == mark);
    let at = at.unwrap_or(bytes.len());
    let (before, rest) = bytes.split_at(at);
    (before, rest.get(mark.len()..).unwrap_or_default())
}

/// Reads `name: value` lines; a line that no header can hold is passed over.
pub(crate) fn headers(lines: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let (name, value) = split(line, b": ");
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            // What does not fit in is none that a server could send.
            let _ = headers.try_append(name, value);
        }
    }
    headers
}

/// Reads a time in seconds from 1970 on, up to the end of 9999; anything else is 1970.
pub(crate) fn time(digits: &[u8]) -> SystemTime {
    let seconds = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    let seconds = seconds.unwrap_or(0_u64).min(LAST_SECOND);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// 9999-12-31T23:59:59Z.
const LAST_SECOND: u64 = 253_402_300_799;
