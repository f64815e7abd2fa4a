use serde::{Deserialize, Serialize};

use crate::Transport;

/// Where a failure comes from.
///
/// # Example
///
/// ```
/// use readmit_error::Origin;
///
/// assert_eq!(Origin::Answer { status: 401 }.status(), Some(401));
/// assert_eq!(Origin::Local.status(), None);
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "an answer, no answer, or nobody was asked")]
pub enum Origin {
    /// The server answered so.
    Answer {
        /// The status of the answer.
        status: u16,
    },
    /// readmit decided so, without asking the server.
    Local,
    /// No answer came, or not all of one.
    Transport(Transport),
}

impl Origin {
    /// Returns the status of the answer, where there was one.
    #[must_use]
    pub fn status(self) -> Option<u16> {
        match self {
            Origin::Answer { status } => Some(status),
            Origin::Local | Origin::Transport(_) => None,
        }
    }
}
