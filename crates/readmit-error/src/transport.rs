use serde::{Deserialize, Serialize};

use crate::Replay;

/// How a call broke off where no answer came, or not all of one.
///
/// A transport that knows says it by type, never by words (rule 80): put a `Transport` somewhere in
/// the `source()` chain of its error, and whoever classifies that error finds it.
///
/// # Example
///
/// ```
/// use readmit_error::{Replay, Stage, Transport};
///
/// let refused = Transport { stage: Stage::Connect, timed_out: false };
/// assert_eq!(refused.to_string(), "could not connect");
/// assert_eq!(refused.replay(), Replay::NotProcessed);
///
/// let hung = Transport { stage: Stage::Sent, timed_out: true };
/// assert_eq!(hung.to_string(), "timed out waiting for the answer");
/// assert_eq!(hung.replay(), Replay::PossiblyProcessed);
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize, thiserror::Error)]
#[error("{}", self.words())]
#[expect(clippy::exhaustive_structs, reason = "how far it came, and whether time ran out")]
pub struct Transport {
    /// How far the call had come.
    pub stage: Stage,
    /// Whether it broke off because time ran out.
    pub timed_out: bool,
}

/// How far a call had come when it broke off.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the stages of a call, in their order")]
pub enum Stage {
    /// Looking up the host's address.
    Dns,
    /// Opening a connection.
    Connect,
    /// Agreeing on encryption.
    Tls,
    /// A connection was there, but the request provably never reached the application: it was not
    /// written, or the server refused the stream.
    Unsent,
    /// The request was handed to the connection, and no answer had begun.
    Sent,
    /// The answer had begun, and broke off.
    Answering,
}

impl Transport {
    /// Returns whether the server may have acted on the request.
    #[must_use]
    pub fn replay(self) -> Replay {
        match self.stage {
            Stage::Dns | Stage::Connect | Stage::Tls | Stage::Unsent => Replay::NotProcessed,
            Stage::Sent | Stage::Answering => Replay::PossiblyProcessed,
        }
    }

    fn words(self) -> &'static str {
        match (self.stage, self.timed_out) {
            (Stage::Dns, false) => "could not resolve the host name",
            (Stage::Dns, true) => "timed out resolving the host name",
            (Stage::Connect, false) => "could not connect",
            (Stage::Connect, true) => "timed out connecting",
            (Stage::Tls, false) => "could not agree on encryption with the server",
            (Stage::Tls, true) => "timed out agreeing on encryption with the server",
            (Stage::Unsent, false) => "the connection closed before the request was sent",
            (Stage::Unsent, true) => "timed out before the request was sent",
            (Stage::Sent, false) => "the connection was lost before an answer came",
            (Stage::Sent, true) => "timed out waiting for the answer",
            (Stage::Answering, false) => "the connection was lost in the middle of the answer",
            (Stage::Answering, true) => "timed out in the middle of the answer",
        }
    }
}
