use serde::Deserialize;
use serde_json::{Map, Value};

/// What there is before the first step.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Given {
    /// `none`, or where in its life the credential is: `valid`, `advisory`, `mandatory`, `expired`.
    pub(super) cached_credentials: String,
    /// What the credential is called where it is invalidated.
    pub(super) access_key_id: Option<String>,
    pub(super) configured_advisory_window_seconds: Option<u64>,
    pub(super) refresh_backoff_seconds: Option<u64>,
    /// Whether an expired credential is served after a failed refresh: unless said, it is.
    pub(super) static_stability: Option<bool>,
}

/// Something that happens, and what must come of it.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Step {
    AdvanceTime {
        seconds: u64,
    },
    GetCredentials {
        /// What the source answers, where it is asked.
        response: Option<String>,
        /// How long what it answers lives.
        lifetime_seconds: Option<u64>,
        /// What that is called where it is invalidated.
        access_key_id: Option<String>,
        #[serde(default)]
        expected: Map<String, Value>,
    },
    Invalidate {
        rejected_access_key_id: Option<String>,
    },
}

impl Step {
    pub(super) fn title(&self) -> String {
        match self {
            Step::AdvanceTime { seconds } => format!("{seconds} s pass"),
            Step::GetCredentials { response: Some(response), .. } => {
                format!("the credential is asked for, and the source would answer {response}")
            }
            Step::GetCredentials { response: None, .. } => "the credential is asked for".to_owned(),
            Step::Invalidate { rejected_access_key_id } => {
                let id = rejected_access_key_id.as_deref().unwrap_or("the one that is held");
                format!("a service rejects {id}")
            }
        }
    }
}
