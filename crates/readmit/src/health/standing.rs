use std::fmt;

use serde::Serialize;

/// How a client stands, in a word; the greater, the worse.
///
/// It says whether calls can succeed, as far as the client knows, and not whether this program
/// works: restarting it because somebody else's API is down helps nobody, so it is for a readiness
/// probe and not for a liveness probe.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "handlers match on it, and there is nothing between")]
pub enum Standing {
    /// Nothing that the client knows of keeps a call from succeeding.
    #[default]
    Ok,
    /// Some calls fail, or will if this goes on: a circuit other than that of the client's own
    /// origin is open, one is half-open, a refresh failed while the credential is still good, or
    /// the retries are used up.
    Degraded,
    /// No call to the client's own origin can succeed for the time being: its circuit is open or
    /// isolated, its limit holds calls back for longer than their deadline, no credential is to be
    /// had, or the client is shut down.
    Down,
}

impl Standing {
    /// Returns it in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Ok => "ok",
            Standing::Degraded => "degraded",
            Standing::Down => "down",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
