use std::time::Duration;

use readmit_error::Kind;
use serde::{Serialize, Serializer};

use super::{Standing, seconds};
use crate::recovery::Phase;

/// How the credential stands that calls are sent with.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CredentialHealth {
    /// Where it stands in its life.
    #[serde(serialize_with = "phase")]
    pub phase: Phase,
    /// How many there were before it, itself included; 0 where there was none yet.
    pub generation: u64,
    /// For how long the client has had it.
    #[serde(rename = "age_s", serialize_with = "seconds::optional")]
    pub age: Option<Duration>,
    /// How long it is still good; `None` where nobody said, or there is none.
    #[serde(rename = "expires_in_s", serialize_with = "seconds::optional")]
    pub expires_in: Option<Duration>,
    /// How many were rejected in a row.
    pub rejections: u32,
    /// Whether the lock-out guard keeps another one from being fetched, until somebody
    /// [unlocks](crate::Client::unlock) it.
    pub is_locked_out: bool,
    /// Whether a person [signed out](crate::Client::sign_out).
    pub is_signed_out: bool,
    /// What the last refresh failed of, unless one succeeded since.
    pub last_failure: Option<Kind>,
}

impl CredentialHealth {
    /// What speaks against it.
    pub(super) fn finding(&self) -> Option<(Standing, String)> {
        if self.is_signed_out {
            return Some((Standing::Down, "the client is signed out".to_owned()));
        }
        if self.is_locked_out {
            return Some((Standing::Down, "the credential is locked out".to_owned()));
        }
        let kind = self.last_failure?.as_str();
        let (standing, has) = match self.phase {
            Phase::Fresh | Phase::Advisory | Phase::Mandatory => {
                (Standing::Degraded, "is good yet")
            }
            Phase::Absent => (Standing::Down, "is missing"),
            Phase::Expired => (Standing::Down, "has expired"),
            Phase::Rejected => (Standing::Down, "was rejected"),
        };
        Some((standing, format!("the credential {has}, and its last refresh failed: {kind}")))
    }
}

fn phase<S: Serializer>(phase: &Phase, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(phase.as_str())
}
