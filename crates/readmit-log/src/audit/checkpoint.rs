use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use super::key::Hash;

/// How far a chain had come: with it [`verify`](super::verify) sees that lines are missing at the end,
/// or that the chain was written anew.
///
/// It is no secret. Keep it where whoever writes to the log's disk does not.
///
/// # Example
///
/// ```
/// use readmit_log::audit::Checkpoint;
///
/// let text = format!("readmit.audit/1:0:{}", "0".repeat(64));
/// let checkpoint: Checkpoint = text.parse()?;
/// assert_eq!((checkpoint.seq(), checkpoint.to_string()), (0, text));
/// # Ok::<_, readmit_log::audit::NotACheckpoint>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Checkpoint {
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
}

impl Checkpoint {
    pub(crate) const START: Checkpoint = Checkpoint { seq: 0, hash: Hash::NONE };

    /// Returns how many lines the chain had.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}:{}", self.seq, self.hash)
    }
}

impl FromStr for Checkpoint {
    type Err = NotACheckpoint;

    fn from_str(text: &str) -> Result<Checkpoint, NotACheckpoint> {
        let parts = text.trim().strip_prefix(PREFIX).and_then(|rest| rest.split_once(':'));
        let parsed = parts.and_then(|(seq, hash)| {
            Some(Checkpoint { seq: seq.parse().ok()?, hash: Hash::parse(hash.as_bytes())? })
        });
        parsed.ok_or(NotACheckpoint)
    }
}

/// The text is no checkpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a checkpoint looks like readmit.audit/1:<number>:<64 hexadecimal digits>")]
#[non_exhaustive]
pub struct NotACheckpoint;

/// Tells how far a chain has come, from wherever it is written.
#[derive(Clone, Debug)]
pub struct Checkpoints(Arc<Mutex<Checkpoint>>);

impl Checkpoints {
    pub(crate) fn new(checkpoint: Checkpoint) -> Checkpoints {
        Checkpoints(Arc::new(Mutex::new(checkpoint)))
    }

    /// Returns the checkpoint of the last line that was written.
    #[must_use]
    pub fn latest(&self) -> Checkpoint {
        // It is replaced whole.
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, checkpoint: Checkpoint) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = checkpoint;
    }
}

const PREFIX: &str = "readmit.audit/1:";
