use std::time::{Duration, SystemTime, UNIX_EPOCH};

use readmit_error::rfc3339;
use serde::de::{Deserialize, Deserializer, Error};

/// Returns when an answer came that says nothing of it.
///
/// It is fixed, so that every run has the same result: 2026-01-01T00:00:00Z.
pub(crate) fn unsaid() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_767_225_600)
}

/// Reads an instant as RFC 3339 writes it, for a member that may be left out.
pub(crate) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SystemTime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let wrong = || D::Error::custom(format!("`{text}` is no instant such as 2026-01-01T00:00:00Z"));
    rfc3339::parse(&text).map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instant_that_is_not_said_is_the_first_of_2026() {
        assert_eq!(rfc3339::parse("2026-01-01T00:00:00Z"), Some(unsaid()));
    }
}
