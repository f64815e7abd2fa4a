//! Numbers and lengths of time as they are written: `64.57`, `120ms`, `6m0s`, `2 hours and 5 minutes`.

use std::time::Duration;

/// A decimal number without a sign, in billionths; what no clock could hold saturates.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Decimal(u128);

impl Decimal {
    /// Reads the number at the start, and returns it with what stands behind it.
    ///
    /// There is no sign, no exponent and no group of thousands; a fraction needs digits on both
    /// sides, and of its digits nine count.
    pub(crate) fn split(bytes: &[u8]) -> Option<(Decimal, &[u8])> {
        let (whole, rest) = split_digits(bytes);
        let number = whole
            .iter()
            .fold(0_u64, |sum, byte| sum.saturating_mul(10).saturating_add(u64::from(byte - b'0')));
        if whole.is_empty() {
            return None;
        }
        let (fraction, rest) = match rest.strip_prefix(b".").map(split_digits) {
            Some((fraction, behind)) if !fraction.is_empty() => (fraction, behind),
            _ => (&[][..], rest),
        };
        let digits = fraction.iter().chain(std::iter::repeat(&b'0')).take(9);
        let billionths = digits.fold(0, |sum, byte| sum * 10 + u128::from(byte - b'0'));
        Some((Decimal(u128::from(number) * BILLION + billionths), rest))
    }

    /// Reads a number and nothing else.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Decimal> {
        let (number, rest) = Decimal::split(bytes)?;
        rest.is_empty().then_some(number)
    }

    /// Returns the number without its fraction.
    pub(crate) fn whole(self) -> u64 {
        u64::try_from(self.0 / BILLION).unwrap_or(u64::MAX)
    }

    /// Returns so many of a unit.
    pub(crate) fn of(self, unit: Unit) -> Duration {
        nanoseconds(self.0.saturating_mul(unit.nanoseconds()) / BILLION)
    }
}

/// A unit of time, the shortest first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Unit {
    Nanosecond,
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
}

impl Unit {
    /// Looks a unit up by its name or its abbreviation, whatever the case.
    pub(crate) fn named(name: &[u8]) -> Option<Unit> {
        let mut buffer = [0; NAME_LIMIT];
        let lower = buffer.get_mut(..name.len())?;
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        Some(match &*lower {
            b"ns" | b"nanosecond" | b"nanoseconds" => Unit::Nanosecond,
            b"us" | b"microsecond" | b"microseconds" => Unit::Microsecond,
            b"ms" | b"msec" | b"msecs" | b"milli" | b"millis" | b"millisecond"
            | b"milliseconds" => Unit::Millisecond,
            b"s" | b"sec" | b"secs" | b"second" | b"seconds" => Unit::Second,
            b"m" | b"min" | b"mins" | b"minute" | b"minutes" => Unit::Minute,
            b"h" | b"hr" | b"hrs" | b"hour" | b"hours" => Unit::Hour,
            b"d" | b"day" | b"days" => Unit::Day,
            _ => return None,
        })
    }

    fn nanoseconds(self) -> u128 {
        match self {
            Unit::Nanosecond => 1,
            Unit::Microsecond => 1_000,
            Unit::Millisecond => 1_000_000,
            Unit::Second => BILLION,
            Unit::Minute => 60 * BILLION,
            Unit::Hour => 3_600 * BILLION,
            Unit::Day => 86_400 * BILLION,
        }
    }
}

/// Reads a length of time that names its units, and nothing else.
pub(crate) fn parse(bytes: &[u8]) -> Option<Duration> {
    let (span, rest) = split(bytes)?;
    rest.is_empty().then_some(span)
}

/// Reads the length of time at the start, and returns it with what stands behind it.
///
/// Several amounts are one length where each unit is shorter than the one before: `1h30m` is, and
/// of `5 seconds, 30 minutes` only the seconds are.
pub(crate) fn split(bytes: &[u8]) -> Option<(Duration, &[u8])> {
    let (mut total, mut shortest, mut rest) = split_amount(bytes)?;
    while let Some((amount, unit, behind)) = split_amount(skip_joint(rest)) {
        if shortest <= unit {
            break;
        }
        total = total.saturating_add(amount);
        (shortest, rest) = (unit, behind);
    }
    Some((total, rest))
}

fn split_amount(bytes: &[u8]) -> Option<(Duration, Unit, &[u8])> {
    let (number, rest) = Decimal::split(bytes)?;
    let rest = skip_quote(rest).trim_ascii_start();
    let name = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (name, rest) = rest.split_at_checked(name)?;
    let unit = Unit::named(name)?;
    let rest = rest.strip_prefix(b"(s)").unwrap_or(rest);
    Some((number.of(unit), unit, rest))
}

/// Passes over what stands between two amounts: space, a comma, `and`.
fn skip_joint(bytes: &[u8]) -> &[u8] {
    let rest = bytes.trim_ascii_start();
    let rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
    rest.strip_prefix(b"and ").unwrap_or(rest).trim_ascii_start()
}

/// Passes over the end of a quotation: some quote the number and not the unit.
fn skip_quote(bytes: &[u8]) -> &[u8] {
    match bytes {
        [b'\'' | b'"' | b'`', rest @ ..] => rest,
        _ => bytes,
    }
}

fn split_digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    bytes.split_at_checked(digits).unwrap_or((bytes, &[]))
}

fn nanoseconds(count: u128) -> Duration {
    let Ok(seconds) = u64::try_from(count / BILLION) else { return Duration::MAX };
    let nanos = u32::try_from(count % BILLION).unwrap_or_default();
    Duration::new(seconds, nanos)
}

const BILLION: u128 = 1_000_000_000;
/// Letters of the longest name.
const NAME_LIMIT: usize = 12;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn r44_a_number_has_no_sign_and_no_exponent() {
        for (text, billionths) in [
            ("0", Some(0)),
            ("64.57", Some(64_570_000_000)),
            ("597.0", Some(597_000_000_000)),
            ("0.0000000019", Some(1)),
            ("", None),
            ("-1", None),
            ("+5", None),
            (".5", None),
            ("5.", None),
            ("1e3", None),
            ("1,000", None),
            ("NaN", None),
            ("inf", None),
            ("0x10", None),
        ] {
            assert_eq!(Decimal::parse(text.as_bytes()).map(|it| it.0), billionths, "{text}");
        }
    }

    #[test]
    fn r44_what_no_clock_holds_saturates() {
        let huge = "9".repeat(10_000);

        let number = Decimal::parse(huge.as_bytes()).unwrap();

        assert_eq!(number.whole(), u64::MAX);
        assert_eq!(number.of(Unit::Second), Duration::from_secs(u64::MAX));
        assert_eq!(number.of(Unit::Day), Duration::MAX);
        assert_eq!(parse(format!("{huge}d{huge}h").as_bytes()), Some(Duration::MAX));
    }

    #[test]
    fn a_length_of_time_names_its_units() {
        for (text, milliseconds) in [
            ("6m0s", Some(360_000)),
            ("1s", Some(1_000)),
            ("120ms", Some(120)),
            ("2m59.56s", Some(179_560)),
            ("1h0m0.5s", Some(3_600_500)),
            ("1d2h", Some(93_600_000)),
            ("1500us", Some(1)),
            ("5 Seconds", Some(5_000)),
            ("2 hours and 5 minutes", Some(7_500_000)),
            ("1 minute, 30 seconds", Some(90_000)),
            ("372' seconds", Some(372_000)),
            ("5 second(s)", Some(5_000)),
            ("5 seconds, 30 minutes", None),
            ("5", None),
            ("s", None),
            ("5 parsecs", None),
            ("5 millisecondsmilliseconds", None),
            ("5s5s", None),
            ("-5s", None),
            ("1.2.3s", None),
        ] {
            let told = parse(text.as_bytes()).map(|it| it.as_millis());

            assert_eq!(told, milliseconds, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_stands_behind_a_length_is_the_end_of_the_bytes(
            bytes in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..64),
                "([0-9]{1,3}(\\.[0-9])?'? ?(ms|s|min|hours?|d|x)(\\(s\\))?,? ?(and )?){0,4}"
                    .prop_map(String::into_bytes),
            ],
        ) {
            if let Some((_, rest)) = split(&bytes) {
                prop_assert!(bytes.ends_with(rest) && rest.len() < bytes.len());
            }
        }

        #[test]
        fn so_many_seconds_are_so_many_seconds(seconds: u64, milliseconds in 0_u32..1_000) {
            let text = format!("{seconds}.{milliseconds:03}s");

            let told = Duration::new(seconds, milliseconds * 1_000_000);

            prop_assert_eq!(parse(text.as_bytes()), Some(told));
        }
    }
}
