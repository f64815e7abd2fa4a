use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use crate::{retry_after, rfc3339};

/// A typed view of the `details` of an error.
///
/// Each method answers `None` where the member is missing or is not of its type; the members
/// themselves are under [`get`](Details::get).
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_error::ErrorBody;
///
/// let body = ErrorBody::read(br#"{"details": {"limit": 100, "window": "1 minute"}}"#)?;
/// assert_eq!(body.details().limit(), Some(100));
/// assert_eq!(body.details().window(), Some(Duration::from_secs(60)));
/// # Ok::<_, readmit_error::NotAnErrorBody>(())
/// ```
#[derive(Clone)]
pub struct Details<'a> {
    members: Option<Cow<'a, Map<String, Value>>>,
}

impl<'a> Details<'a> {
    pub(crate) fn new(members: Option<Cow<'a, Map<String, Value>>>) -> Details<'a> {
        Details { members }
    }

    pub(crate) fn into_members(self) -> Option<Map<String, Value>> {
        self.members.map(Cow::into_owned)
    }

    /// Returns a member as it arrived.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.as_ref()?.get(name)
    }

    /// Returns `limit`: the requests allowed in a [`window`](Details::window).
    #[must_use]
    pub fn limit(&self) -> Option<u64> {
        self.get("limit")?.as_u64()
    }

    /// Returns `window`: the time that a limit is counted over.
    ///
    /// It is written as seconds, or as a number and a unit, such as `1 minute` or `24h`.
    #[must_use]
    pub fn window(&self) -> Option<Duration> {
        let window = self.get("window")?;
        match window.as_str() {
            Some(text) => length(text),
            None => window.as_u64().map(Duration::from_secs),
        }
    }

    /// Returns how long to wait from `now` on, as `retry_after` says: in seconds or as an instant.
    ///
    /// An instant that is past means no wait (rule 44).
    #[must_use]
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        let told = self.get("retry_after")?;
        let Some(text) = told.as_str() else {
            let fraction = || told.as_f64().and_then(retry_after::seconds);
            return told.as_u64().map(Duration::from_secs).or_else(fraction);
        };
        match rfc3339::parse(text) {
            Some(at) => Some(at.duration_since(now).unwrap_or(Duration::ZERO)),
            None => whole_number(text).map(Duration::from_secs),
        }
    }

    /// Returns `field`: the value that is at fault.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.get("field")?.as_str()
    }

    /// Returns `value`: what stood in the [`field`](Details::field).
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.get("value")
    }

    /// Returns `token_expires_at`: when the token that was sent expires, or expired.
    #[must_use]
    pub fn token_expires_at(&self) -> Option<SystemTime> {
        rfc3339::parse(self.get("token_expires_at")?.as_str()?)
    }

    /// Returns `current_time`: the time by the server's clock.
    #[must_use]
    pub fn current_time(&self) -> Option<SystemTime> {
        rfc3339::parse(self.get("current_time")?.as_str()?)
    }
}

/// The names of the members, without their values.
impl std::fmt::Debug for Details<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.members.iter().flat_map(|members| members.keys())).finish()
    }
}

/// Reads `1 minute`, `30s`, `2 hours`: a whole number and a unit.
fn length(text: &str) -> Option<Duration> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(split);
    let seconds = match unit.trim().to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" => 60,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(whole_number(number)?.saturating_mul(seconds)))
}

/// Reads decimal digits and nothing else; `u64::from_str` would take a sign.
fn whole_number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_window_is_seconds_or_a_number_and_a_unit() {
        for (window, seconds) in [
            (json!(90), Some(90)),
            (json!("1 minute"), Some(60)),
            (json!("24h"), Some(86_400)),
            (json!("99999999999999999999 days"), Some(u64::MAX)),
            (json!("minute"), None),
            (json!("60"), None),
            (json!("1 fortnight"), None),
            (json!(-1), None),
        ] {
            let members = map(json!({"window": window}));

            let read = Details::new(Some(Cow::Borrowed(&members))).window();

            assert_eq!(read, seconds.map(Duration::from_secs), "{members:?}");
        }
    }

    #[test]
    fn r44_retry_after_is_seconds_or_an_instant_and_the_past_is_no_wait() {
        let now = rfc3339::parse("2024-01-15T10:30:30Z").unwrap();

        for (told, wait) in [
            (json!(5), Some(Duration::from_secs(5))),
            (json!(1.5), Some(Duration::from_millis(1_500))),
            (json!(1e300), Some(Duration::MAX)),
            (json!("5"), Some(Duration::from_secs(5))),
            (json!("2024-01-15T10:31:00Z"), Some(Duration::from_secs(30))),
            (json!("2024-01-15T10:30:00Z"), Some(Duration::ZERO)),
            (json!(-5), None),
            (json!("+5"), None),
            (json!("soon"), None),
        ] {
            let members = map(json!({"retry_after": told}));

            assert_eq!(
                Details::new(Some(Cow::Borrowed(&members))).retry_after(now),
                wait,
                "{members:?}"
            );
        }
    }
}
