//! Instants as RFC 3339 writes them: `2024-01-15T10:30:00Z`.
//!
//! # Example
//!
//! ```
//! use readmit_error::rfc3339;
//!
//! let at = rfc3339::parse("2024-01-15T11:30:00.5+01:00").ok_or("not an instant")?;
//! assert_eq!(rfc3339::format(at), "2024-01-15T10:30:00.5Z");
//! # Ok::<_, &str>(())
//! ```

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Reads an instant, or `None` where the text is none.
///
/// A lower-case `t` or `z` and a space between date and time are accepted, as RFC 3339 section 5.6
/// allows; a date without a time, or a time without an offset, says too little and is not.
/// A leap second counts as the second after it; years are 0001 to 9999.
#[must_use]
pub fn parse(text: &str) -> Option<SystemTime> {
    let bytes = text.as_bytes();
    if !matches!(bytes.get(10)?, b'T' | b't' | b' ') {
        return None;
    }
    let (year, month, day) = (digits(bytes, 0, 4)?, digits(bytes, 5, 2)?, digits(bytes, 8, 2)?);
    let (hour, minute, second) =
        (digits(bytes, 11, 2)?, digits(bytes, 14, 2)?, digits(bytes, 17, 2)?);
    let punctuated = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')]
        .iter()
        .all(|&(at, mark)| bytes.get(at) == Some(&mark));
    let in_range = (1..=9_999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !punctuated || !in_range {
        return None;
    }

    let (nanos, rest) = fraction(bytes.get(19..)?)?;
    let local = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    from_unix(local - offset(rest)?, nanos)
}

/// Writes an instant in UTC, with as many digits of a second as it has, up to nine.
///
/// What lies outside the years 0001 to 9999 is written as the nearest instant inside.
#[must_use]
pub fn format(at: SystemTime) -> String {
    let (seconds, nanos) = to_unix(at);
    let seconds = seconds.clamp(FIRST_SECOND, LAST_SECOND);
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    let date = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if nanos == 0 {
        return format!("{date}Z");
    }
    let fraction = format!("{nanos:09}");
    format!("{date}.{}Z", fraction.trim_end_matches('0'))
}

/// Reads `width` decimal digits from `at` on.
fn digits(bytes: &[u8], at: usize, width: usize) -> Option<i64> {
    bytes
        .get(at..at + width)?
        .iter()
        .try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

/// Reads `.123` as nanoseconds, where there is one, and returns what comes after it.
fn fraction(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let Some((b'.', rest)) = bytes.split_first() else {
        return Some((0, bytes));
    };
    let width = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if width == 0 {
        return None;
    }
    // Digits past the ninth are finer than the clock.
    let nanos = (0..9).fold(0, |sum, place| {
        let digit = if place < width { u32::from(rest[place] - b'0') } else { 0 };
        sum * 10 + digit
    });
    Some((nanos, &rest[width..]))
}

/// Reads `Z` or `+01:00` as seconds east of UTC; anything after it makes the text unreadable.
fn offset(bytes: &[u8]) -> Option<i64> {
    let (sign, rest) = bytes.split_first()?;
    match sign {
        b'Z' | b'z' => rest.is_empty().then_some(0),
        b'+' | b'-' => {
            let (hours, minutes) = (digits(rest, 0, 2)?, digits(rest, 3, 2)?);
            if rest.len() != 5 || rest[2] != b':' || 23 < hours || 59 < minutes {
                return None;
            }
            let seconds = hours * 3_600 + minutes * 60;
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

fn from_unix(seconds: i64, nanos: u32) -> Option<SystemTime> {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let at =
        if seconds < 0 { UNIX_EPOCH.checked_sub(whole)? } else { UNIX_EPOCH.checked_add(whole)? };
    at.checked_add(Duration::from_nanos(u64::from(nanos)))
}

fn to_unix(at: SystemTime) -> (i64, u32) {
    match at.duration_since(UNIX_EPOCH) {
        Ok(after) => (i64::try_from(after.as_secs()).unwrap_or(i64::MAX), after.subsec_nanos()),
        Err(error) => {
            let before = error.duration();
            let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            match before.subsec_nanos() {
                0 => (-seconds, 0),
                nanos => (-seconds - 1, 1_000_000_000 - nanos),
            }
        }
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
///
/// The year begins in March, so that the leap day is its last; an era is the 400 years after which
/// the calendar repeats (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_1970;
    let era = days.div_euclid(DAYS_PER_ERA);
    let day_of_era = days.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

const DAYS_PER_ERA: i64 = 146_097;
const DAYS_TO_1970: i64 = 719_468;
/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const FIRST_SECOND: i64 = -62_135_596_800;
const LAST_SECOND: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_instants_are_read() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-01-15T10:30:00Z", 1_705_314_600),
            ("2024-02-29T23:59:59+00:00", 1_709_251_199),
            ("2016-12-31t18:59:60-05:00", 1_483_228_800),
            ("1969-12-31 23:59:59z", -1),
        ] {
            assert_eq!(parse(text), from_unix(seconds, 0), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "2024-01-15",
            "2024-01-15T10:30:00",
            "2024-02-30T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-15T24:00:00Z",
            "2024-01-15T10:30:00.Z",
            "2024-01-15T10:30:00Zjunk",
            "2024-01-15T10:30:00+1:00",
            "2024-01-15T10:30:00+01:0é",
            "0000-01-01T00:00:00Z",
            "+024-01-15T10:30:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_follows_the_one_before() {
        let mut expected = (1_900, 1, 1);

        for days in days_from_civil(1_900, 1, 1)..days_from_civil(2_300, 1, 1) {
            assert_eq!(civil_from_days(days), expected);
            assert_eq!(days_from_civil(expected.0, expected.1, expected.2), days);
            expected.2 += 1;
            if days_in(expected.0, expected.1) < expected.2 {
                expected = (expected.0, expected.1 + 1, 1);
            }
            if 12 < expected.1 {
                expected = (expected.0 + 1, 1, 1);
            }
        }
    }

    #[test]
    fn what_is_out_of_range_is_written_as_the_nearest_inside() {
        assert_eq!(format(from_unix(LAST_SECOND + 1, 0).unwrap()), "9999-12-31T23:59:59Z");
        assert_eq!(format(from_unix(FIRST_SECOND - 1, 0).unwrap()), "0001-01-01T00:00:00Z");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(seconds in FIRST_SECOND..=LAST_SECOND, nanos in 0_u32..1_000_000_000) {
            let at = from_unix(seconds, nanos).unwrap();

            prop_assert_eq!(parse(&format(at)), Some(at));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            let _ = parse(&text);
        }
    }
}
