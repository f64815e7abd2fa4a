use std::time::{Duration, SystemTime, UNIX_EPOCH};

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

    /// Writes it as HTTP does (RFC 9110 section 5.6.7).
    pub(crate) fn http_date(self) -> String {
        httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(self.0))
    }

    /// Writes it as RFC 3339 does, in UTC.
    ///
    /// Written out here because it is the only calendar arithmetic of the crate.
    pub(crate) fn rfc3339(self) -> String {
        let (days, second) = (self.0 / DAY, self.0 % DAY);
        // Years are counted from March, so that the leap day is the last of its year, in eras of
        // 400 years, after which the calendar repeats itself.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
        let leaps = day_of_era / 1_460 + day_of_era / 146_096 - day_of_era / 36_524;
        let year_of_era = (day_of_era - leaps) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

const DAY: u64 = 86_400;

/// 9999-12-31T23:59:59Z.
const LAST: u64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_is_right_at_its_edges() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (LAST, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(Timestamp(seconds).rfc3339(), expected);
        }
    }

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
