use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use crate::body::Value;
use crate::rate_limit;

/// A wait, as the body tells it.
#[derive(Clone, Debug)]
pub(crate) struct Wait<'a> {
    text: Cow<'a, str>,
    is_number: bool,
    in_millis: bool,
}

impl<'a> Wait<'a> {
    pub(super) fn new(value: Value<'a>, in_millis: bool) -> Option<Wait<'a>> {
        match value {
            Value::Number(text) => {
                Some(Wait { text: Cow::Borrowed(text), is_number: true, in_millis })
            }
            Value::Text(text) => Some(Wait { text, is_number: false, in_millis }),
            Value::Null | Value::Bool(_) | Value::Group { .. } => None,
        }
    }

    /// Returns how long to wait from `now` on: a number, `1m30s`, `500 ms`, a date of HTTP, or an
    /// instant with its offset.
    ///
    /// An instant without an offset is no instant: nobody knows which zone was meant. A number that
    /// has the size of a time is one (from 2024 on), and any other what the name of the member says.
    pub(crate) fn delay(&self, now: SystemTime) -> Option<Duration> {
        let text = self.text.trim();
        let told = rate_limit::elsewhere(text.as_bytes(), self.in_millis, now);
        told.or_else(|| self.with_exponent(text))
    }

    /// Reads a number of JSON with an exponent; more than any clock holds is the longest wait.
    fn with_exponent(&self, text: &str) -> Option<Duration> {
        if !self.is_number || !text.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let told: f64 = text.parse().ok()?;
        let unit = if self.in_millis { 1_000.0 } else { 1.0 };
        Some(Duration::try_from_secs_f64(told / unit).unwrap_or(Duration::MAX))
    }
}

#[cfg(test)]
mod tests {
    use readmit_error::rfc3339;

    use super::*;
    use crate::body;
    use crate::places::Places;

    #[test]
    fn r44_a_wait_is_a_number_or_an_instant_with_its_offset() {
        let now = rfc3339::parse("2024-01-15T10:30:30Z").unwrap();

        for (told, wait) in [
            ("5", Some(5_000)),
            ("64.5", Some(64_500)),
            ("\"5\"", Some(5_000)),
            ("\"58s\"", Some(58_000)),
            ("\"0.5s\"", Some(500)),
            ("\"500ms\"", Some(500)),
            ("\"1m30s\"", Some(90_000)),
            ("\"30 seconds\"", Some(30_000)),
            ("\" 64.5 \"", Some(64_500)),
            ("2e1", Some(20_000)),
            ("1705314660", Some(30_000)),
            ("\"1705314660\"", Some(30_000)),
            ("1705314660500", Some(30_500)),
            ("1705314600", Some(0)),
            ("604800", Some(604_800_000)),
            ("\"Mon, 15 Jan 2024 10:31:00 GMT\"", Some(30_000)),
            ("\"Mon, 15 Jan 2024 10:00:00 GMT\"", Some(0)),
            ("\"2024-01-15T10:31:00Z\"", Some(30_000)),
            ("\"2024-01-15T12:31:00+02:00\"", Some(30_000)),
            ("\"2024-01-15T10:00:00Z\"", Some(0)),
            ("\"2024-01-15T10:31:00\"", None),
            ("\"2024-01-15 10:31:00\"", None),
            ("\"+5\"", None),
            ("\"-5s\"", None),
            ("\"2e1\"", None),
            ("\"soon\"", None),
            ("\"\"", None),
            ("\"infs\"", None),
            ("\"nan\"", None),
            ("-5", None),
            ("-0.5", None),
            ("null", None),
        ] {
            let body = format!("{{\"details\": {{\"retry_after\": {told}}}}}");

            assert_eq!(delay(&body, now), wait.map(Duration::from_millis), "{body}");
        }
        assert_eq!(delay(r#"{"retry_after": 1e300}"#, now), Some(Duration::MAX));
        let digits = format!(r#"{{"retry_after": {}}}"#, "9".repeat(30));
        assert_eq!(delay(&digits, now), Some(Duration::from_secs(u64::MAX)));
    }

    #[test]
    fn r44_a_name_may_say_that_the_number_is_of_milliseconds() {
        let now = rfc3339::parse("2024-01-15T10:30:30Z").unwrap();

        for (told, wait) in [
            ("1500", Some(1_500)),
            ("\"1500\"", Some(1_500)),
            ("15e2", Some(1_500)),
            ("\"2s\"", Some(2_000)),
            ("1705314660000", Some(30_000)),
            ("-1500", None),
        ] {
            let body = format!("{{\"retry_after_ms\": {told}}}");

            assert_eq!(delay(&body, now), wait.map(Duration::from_millis), "{body}");
        }
    }

    fn delay(body: &str, now: SystemTime) -> Option<Duration> {
        let mut places = Places::default();
        body::walk(body, &mut places);
        places.wait.as_ref()?.delay(now)
    }
}
