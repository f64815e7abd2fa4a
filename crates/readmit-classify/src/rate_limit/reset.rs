//! The values of a reset: a length of time or a time, in whatever notation.

use std::cell::LazyCell;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use readmit_error::rfc3339;

use super::name::Form;
use super::span::{self, Decimal, Unit};
use super::{Basis, Reset, Wait};
use crate::retry_after;

/// An answer and when it came.
#[derive(Clone, Copy)]
pub(super) struct Received<'a> {
    pub(super) headers: &'a HeaderMap,
    pub(super) at: SystemTime,
}

impl<'a> Received<'a> {
    fn clock(self) -> Clock<impl FnOnce() -> SystemTime + use<'a>> {
        Clock(LazyCell::new(move || retry_after::server_time(self.headers, self.at)))
    }
}

/// The server's clock, read where it is asked for and once.
struct Clock<F>(LazyCell<SystemTime, F>);

impl<F: FnOnce() -> SystemTime> Clock<F> {
    fn now(&self) -> SystemTime {
        *self.0
    }

    fn until(&self, at: SystemTime) -> Duration {
        at.duration_since(self.now()).unwrap_or_default()
    }
}

/// Reads the value of a reset (rule 53).
///
/// A value that names its own unit or is a date says what it is; so does a name such as
/// `reset-after`. A bare number is what the caller says, and otherwise what its size says.
pub(super) fn wait(
    value: &[u8],
    form: Form,
    unit: Option<Reset>,
    received: Received<'_>,
) -> Option<Wait> {
    by_clock(value.trim_ascii(), form, unit, &received.clock())
}

/// Reads the value of a field such as `retry-after-ms` or `x-retry-in`.
pub(super) fn retry(value: &[u8], in_milliseconds: bool, received: Received<'_>) -> Option<Wait> {
    let form = if in_milliseconds { Form::Milliseconds } else { Form::Seconds };
    // Not even a number that looks like a time is one: a wait is asked for, as in `Retry-After`.
    let unit = if in_milliseconds { Reset::DeltaMillis } else { Reset::Delta };
    let wait = wait(value, form, Some(unit), received)?;
    Some(Wait { basis: Basis::Field, ..wait })
}

/// Reads a wait that is told outside of the header, counted from `now`.
///
/// A bare number counts what the name says, but for one that has the size of a time: no wait is as
/// long as all the seconds since 1970.
pub(crate) fn elsewhere(value: &[u8], in_milliseconds: bool, now: SystemTime) -> Option<Duration> {
    let clock = Clock(LazyCell::new(|| now));
    let value = value.trim_ascii();
    let is_too_much = Decimal::parse(value).is_some_and(|number| TOO_MUCH <= number.whole());
    let form = if in_milliseconds {
        Form::Milliseconds
    } else if is_too_much {
        // As in `Retry-After`, what no clock holds is the longest wait there is.
        Form::Seconds
    } else {
        Form::Open
    };
    Some(by_clock(value, form, None, &clock)?.delay)
}

/// Reads a date of HTTP, or one of ISO 8601 that has an offset, with or without its seconds.
pub(crate) fn instant(value: &[u8]) -> Option<SystemTime> {
    let text = std::str::from_utf8(value).ok()?.trim();
    if let Some(at) = rfc3339::parse(text) {
        return Some(at);
    }
    let (minutes, offset) = text.split_at_checked("2024-01-15T10:30".len())?;
    if offset.starts_with(['Z', 'z', '+', '-']) && offset.len() <= "+00:00".len() {
        let mut buffer = [0; 25];
        let whole = buffer.get_mut(..minutes.len() + SECONDS.len() + offset.len())?;
        let (head, tail) = whole.split_at_mut(minutes.len());
        let (seconds, tail) = tail.split_at_mut(SECONDS.len());
        head.copy_from_slice(minutes.as_bytes());
        seconds.copy_from_slice(SECONDS.as_bytes());
        tail.copy_from_slice(offset.as_bytes());
        return rfc3339::parse(std::str::from_utf8(whole).ok()?);
    }
    httpdate::parse_http_date(text).ok()
}

fn by_clock<F: FnOnce() -> SystemTime>(
    value: &[u8],
    form: Form,
    unit: Option<Reset>,
    clock: &Clock<F>,
) -> Option<Wait> {
    if let Some(number) = Decimal::parse(value) {
        return counted(number, form, unit, clock);
    }
    let delay = match span::parse(value) {
        Some(delay) => delay,
        None => clock.until(instant(value)?),
    };
    Some(Wait { delay, basis: Basis::Field })
}

fn counted<F: FnOnce() -> SystemTime>(
    number: Decimal,
    form: Form,
    unit: Option<Reset>,
    clock: &Clock<F>,
) -> Option<Wait> {
    let (reset, basis) = match (form, unit) {
        (Form::Seconds, _) => (Reset::Delta, Basis::Field),
        (Form::Instant | Form::Open, Some(unit)) => (unit, Basis::Caller),
        (Form::Milliseconds, Some(Reset::Delta | Reset::DeltaMillis)) => {
            (Reset::DeltaMillis, Basis::Caller)
        }
        (Form::Milliseconds, Some(Reset::Epoch | Reset::EpochMillis)) => {
            (Reset::EpochMillis, Basis::Caller)
        }
        (Form::Instant | Form::Open, None) => {
            let guess = guessed(number, clock)?;
            (guess, Basis::Size(guess))
        }
        (Form::Milliseconds, None) => {
            let time = MILLIS_FROM <= number.whole();
            let guess = if time { Reset::EpochMillis } else { Reset::DeltaMillis };
            (guess, Basis::Size(guess))
        }
    };
    let since = |unit| {
        let at = SystemTime::UNIX_EPOCH.checked_add(number.of(unit));
        at.map_or(Duration::MAX, |at| clock.until(at))
    };
    let delay = match reset {
        Reset::Delta => number.of(Unit::Second),
        Reset::DeltaMillis => number.of(Unit::Millisecond),
        Reset::Epoch => since(Unit::Second),
        Reset::EpochMillis => since(Unit::Millisecond),
    };
    Some(Wait { delay, basis })
}

/// Guesses what a number counts.
///
/// No limit lasts for decades, and no clock that counts seconds or milliseconds is past `TOO_MUCH`.
/// Milliseconds until the reset look like seconds: only the caller can know them.
fn guessed<F: FnOnce() -> SystemTime>(number: Decimal, clock: &Clock<F>) -> Option<Reset> {
    let whole = number.whole();
    if TOO_MUCH <= whole {
        return None;
    }
    if MILLIS_FROM <= whole {
        return Some(Reset::EpochMillis);
    }
    if EPOCH_FROM <= whole {
        return Some(Reset::Epoch);
    }
    if whole < DAY {
        return Some(Reset::Delta);
    }
    let now = clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let near = whole.abs_diff(now.as_secs()) <= DAY;
    Some(if near { Reset::Epoch } else { Reset::Delta })
}

const SECONDS: &str = ":00";
const DAY: u64 = 86_400;
/// 2024-01-01T00:00:00Z.
const EPOCH_FROM: u64 = 1_704_067_200;
/// In 2001, in milliseconds.
const MILLIS_FROM: u64 = 1_000_000_000_000;
/// In 5138, in milliseconds.
const TOO_MUCH: u64 = 100_000_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r53_a_bare_number_is_guessed_by_its_size_and_said_to_be() {
        for (value, now, delay, guess) in [
            ("27", 1_767_225_600, 27_000, Reset::Delta),
            ("64.57", 1_767_225_600, 64_570, Reset::Delta),
            ("86401", 1_767_225_600, 86_401_000, Reset::Delta),
            ("1767225603", 1_767_225_600, 3_000, Reset::Epoch),
            ("1767225603.5", 1_767_225_600, 3_500, Reset::Epoch),
            ("1767225599", 1_767_225_600, 0, Reset::Epoch),
            ("1377013266", 1_377_010_241, 3_025_000, Reset::Epoch),
            ("1377013266", 1_767_225_600, 1_377_013_266_000, Reset::Delta),
            ("1767225603500", 1_767_225_600, 3_500, Reset::EpochMillis),
        ] {
            let told = open(value, None, now).unwrap();

            assert_eq!(told.delay(), Duration::from_millis(delay), "{value}");
            assert_eq!(told.basis(), Basis::Size(guess), "{value}");
        }
        for value in ["100000000000000", "1767225603000000000", &"9".repeat(500)] {
            assert_eq!(open(value, None, 1_767_225_600), None, "{value}");
        }
    }

    #[test]
    fn r53_what_the_caller_says_of_a_bare_number_holds() {
        for (value, unit, delay) in [
            ("1500", Reset::DeltaMillis, 1_500),
            ("1767225603", Reset::Delta, 1_767_225_603_000),
            ("1377013266", Reset::Epoch, 0),
            ("1767225603", Reset::Epoch, 3_000),
            ("1767225600500", Reset::EpochMillis, 500),
        ] {
            let told = open(value, Some(unit), 1_767_225_600).unwrap();

            assert_eq!(told.delay(), Duration::from_millis(delay), "{value}");
            assert_eq!(told.basis(), Basis::Caller, "{value}");
        }
        let endless = open(&"9".repeat(500), Some(Reset::Epoch), 0).unwrap();
        assert_eq!(endless.delay(), Duration::MAX);
    }

    #[test]
    fn r53_a_value_that_says_what_it_is_needs_no_guess() {
        for (value, delay) in [
            ("6m0s", Some(360_000)),
            ("120ms", Some(120)),
            ("2026-01-01T00:00:05Z", Some(5_000)),
            ("2026-01-01T01:00:05.5+01:00", Some(5_500)),
            ("2026-01-01T00:01Z", Some(60_000)),
            ("2026-01-01T00:01+00:00", Some(60_000)),
            ("2025-12-31T00:01Z", Some(0)),
            ("Thu, 01 Jan 2026 00:00:05 GMT", Some(5_000)),
            ("2026-01-01T00:00:05", None),
            ("2026-01-01T00:01", None),
            ("2026-01-01", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            ("NaN", None),
            ("inf", None),
            ("1, 2", None),
            ("", None),
        ] {
            for unit in [None, Some(Reset::DeltaMillis)] {
                let told = open(value, unit, 1_767_225_600);

                let told = told.map(|told| (told.delay().as_millis(), told.basis()));
                assert_eq!(told, delay.map(|delay| (delay, Basis::Field)), "{value}");
            }
        }
    }

    #[test]
    fn r53_a_name_may_say_what_the_number_is() {
        let headers = HeaderMap::new();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        let received = Received { headers: &headers, at };

        for (value, form, delay, basis) in [
            ("64.57", Form::Seconds, 64_570, Basis::Field),
            ("1767225603", Form::Seconds, 1_767_225_603_000, Basis::Field),
            ("1767225603", Form::Instant, 3_000, Basis::Size(Reset::Epoch)),
            ("60", Form::Instant, 60_000, Basis::Size(Reset::Delta)),
            ("1500", Form::Milliseconds, 1_500, Basis::Size(Reset::DeltaMillis)),
            ("1767225603000", Form::Milliseconds, 3_000, Basis::Size(Reset::EpochMillis)),
        ] {
            let told = wait(value.as_bytes(), form, None, received).unwrap();

            assert_eq!(told, Wait { delay: Duration::from_millis(delay), basis }, "{value}");
        }
    }

    fn open(value: &str, unit: Option<Reset>, now: u64) -> Option<Wait> {
        let headers = HeaderMap::new();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
        wait(value.as_bytes(), Form::Open, unit, Received { headers: &headers, at })
    }
}
