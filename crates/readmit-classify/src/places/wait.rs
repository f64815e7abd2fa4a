use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use readmit_error::rfc3339;

use crate::body::Value;
use crate::retry_after;

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

    /// Returns how long to wait from `now` on: seconds, `30s`, or an instant with its offset.
    ///
    /// An instant without an offset is no instant: nobody knows which zone was meant.
    pub(crate) fn delay(&self, now: SystemTime) -> Option<Duration> {
        let text = self.text.trim();
        let unit = if self.in_millis { 1_000.0 } else { 1.0 };
        let whole = |text: &str| retry_after::seconds(text.as_bytes());
        if !self.in_millis
            && let Some(seconds) = whole(text)
        {
            return Some(Duration::from_secs(seconds));
        }
        let is_plain = text.starts_with(|c: char| c.is_ascii_digit());
        if (self.is_number || self.in_millis) && is_plain {
            let told: f64 = text.parse().ok()?;
            // A fraction, or more than any clock holds.
            return Some(Duration::try_from_secs_f64(told / unit).unwrap_or(Duration::MAX));
        }
        if self.is_number {
            return None;
        }
        if let Some(at) = rfc3339::parse(text) {
            return Some(at.duration_since(now).unwrap_or(Duration::ZERO));
        }
        let number = text.strip_suffix('s')?;
        let is_fraction = |c: char| c.is_ascii_digit() || c == '.';
        if !is_plain || !number.chars().all(is_fraction) {
            return None;
        }
        Duration::try_from_secs_f64(number.parse().ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
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
            ("\"2024-01-15T10:31:00Z\"", Some(30_000)),
            ("\"2024-01-15T12:31:00+02:00\"", Some(30_000)),
            ("\"2024-01-15T10:00:00Z\"", Some(0)),
            ("\"2024-01-15T10:31:00\"", None),
            ("\"+5\"", None),
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
        assert_eq!(delay(r#"{"retry_after_ms": 1500}"#, now), Some(Duration::from_millis(1_500)));
    }

    fn delay(body: &str, now: SystemTime) -> Option<Duration> {
        let mut places = Places::default();
        body::walk(body, &mut places);
        places.wait.as_ref()?.delay(now)
    }
}
