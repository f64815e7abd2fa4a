//! Durations as seconds, to the millisecond.

use std::time::Duration;

use serde::{Serialize, Serializer};

#[expect(clippy::ref_option, reason = "serde passes the field as it is")]
pub(super) fn optional<S: Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    duration.map(of).serialize(serializer)
}

pub(super) fn serialize<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    of(*duration).serialize(serializer)
}

fn of(duration: Duration) -> f64 {
    let whole = Duration::new(duration.as_secs(), duration.subsec_millis() * 1_000_000);
    whole.as_secs_f64()
}
