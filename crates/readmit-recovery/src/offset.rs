use std::fmt;
use std::time::{Duration, SystemTime};

/// How far a server's clock is ahead of the local one, or behind it.
///
/// # Example
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use readmit_recovery::Offset;
///
/// let local = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
/// let offset = Offset::between(local, local + Duration::from_secs(300));
///
/// assert_eq!(offset.at_server(local), local + Duration::from_secs(300));
/// assert_eq!(offset.at_home(local), local - Duration::from_secs(300));
/// assert_eq!(offset.to_string(), "+300.0s");
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Offset {
    /// Ahead where positive; more than 292 years are as much as it holds.
    nanos: i64,
}

impl Offset {
    /// Clocks that agree.
    pub const ZERO: Offset = Offset { nanos: 0 };

    /// Returns the offset of a server whose clock shows `server` when the local one shows `local`.
    #[must_use]
    pub fn between(local: SystemTime, server: SystemTime) -> Offset {
        let nanos = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        match server.duration_since(local) {
            Ok(ahead) => Offset { nanos: nanos(ahead) },
            Err(behind) => Offset { nanos: -nanos(behind.duration()) },
        }
    }

    /// Returns what the server's clock shows when the local one shows this.
    #[must_use]
    pub fn at_server(self, local: SystemTime) -> SystemTime {
        self.moved(local, 0 < self.nanos)
    }

    /// Returns what the local clock shows when the server's one shows this.
    #[must_use]
    pub fn at_home(self, server: SystemTime) -> SystemTime {
        self.moved(server, self.nanos < 0)
    }

    /// Returns how far the two are apart, whichever is ahead.
    #[must_use]
    pub fn size(self) -> Duration {
        Duration::from_nanos(self.nanos.unsigned_abs())
    }

    /// Returns whether the server's clock is ahead of the local one.
    #[must_use]
    pub fn is_ahead(self) -> bool {
        0 < self.nanos
    }

    /// Returns how far apart two offsets are.
    pub(crate) fn apart(self, other: Offset) -> Duration {
        Duration::from_nanos(self.nanos.abs_diff(other.nanos))
    }

    fn moved(self, at: SystemTime, on: bool) -> SystemTime {
        let moved = if on { at.checked_add(self.size()) } else { at.checked_sub(self.size()) };
        moved.unwrap_or(at)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.nanos < 0 { '-' } else { '+' };
        write!(f, "{sign}{:.1}s", self.size().as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r51_an_offset_takes_there_and_back_in_both_directions() {
        let local = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);

        for server in [local + MINUTE, local - MINUTE, local] {
            let offset = Offset::between(local, server);

            assert_eq!(offset.at_server(local), server);
            assert_eq!(offset.at_home(server), local);
            assert_eq!(offset.is_ahead(), local < server);
        }
    }

    #[test]
    fn r15_an_offset_beyond_measure_saturates() {
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(300_000_000_000);

        let ahead = Offset::between(SystemTime::UNIX_EPOCH, far);
        let behind = Offset::between(far, SystemTime::UNIX_EPOCH);

        assert_eq!(ahead.size(), behind.size());
        assert_eq!(ahead.apart(behind), Duration::from_nanos(u64::MAX - 1));
        assert_eq!((ahead.is_ahead(), behind.to_string().starts_with('-')), (true, true));
    }

    const MINUTE: Duration = Duration::from_secs(60);
}
