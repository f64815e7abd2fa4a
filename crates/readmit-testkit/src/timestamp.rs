use std::time::{Duration, SystemTime, UNIX_EPOCH};

use readmit_error::rfc3339;

/// A second of the calendar, from 1970 to the end of 9999.
///
/// Both wire formats end with the year 9999, so all arithmetic saturates there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Timestamp(u64);

impl Timestamp {
    pub(crate) fn of(time: SystemTime) -> Timestamp {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(since.as_secs().min(LAST))
    }

    pub(crate) fn plus(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(span.as_secs()).min(LAST))
    }

    pub(crate) fn minus(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(span.as_secs()))
    }

    /// Returns the seconds since 1970.
    pub(crate) fn seconds(self) -> u64 {
        self.0
    }

    /// Writes it as HTTP does (RFC 9110 section 5.6.7).
    pub(crate) fn http_date(self) -> String {
        httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(self.0))
    }

    /// Writes it as RFC 3339 does, in UTC.
    pub(crate) fn rfc3339(self) -> String {
        rfc3339::format(UNIX_EPOCH + Duration::from_secs(self.0))
    }
}

/// 9999-12-31T23:59:59Z.
const LAST: u64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_name_the_same_second() {
        let time = Timestamp(784_111_777);

        assert_eq!(time.http_date(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(time.rfc3339(), "1994-11-06T08:49:37Z");
    }

    #[test]
    fn arithmetic_stays_within_the_calendar() {
        let end = Timestamp(5).plus(Duration::MAX);

        assert_eq!(end.http_date(), "Fri, 31 Dec 9999 23:59:59 GMT");
        assert_eq!(Timestamp(5).minus(Duration::MAX), Timestamp(0));
    }
}
