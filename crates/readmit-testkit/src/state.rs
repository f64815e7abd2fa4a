use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::clock::Skew;
use crate::device::Devices;
use crate::dpop::Guard;
use crate::hold::Gate;
use crate::script::Script;
use crate::seen::Seen;
use crate::tokens::Tokens;

/// All that changes, behind the one lock of the API.
pub(crate) struct State {
    /// The service key in force; none after it was revoked.
    pub(crate) service_key: Option<String>,
    pub(crate) lifetime: Duration,
    pub(crate) skew: Skew,
    pub(crate) is_admin: bool,
    pub(crate) tokens: Tokens,
    pub(crate) devices: Devices,
    /// Looks at proofs, where they are demanded.
    pub(crate) guard: Option<Guard>,
    pub(crate) script: Script,
    pub(crate) gates: Vec<Arc<Gate>>,
    pub(crate) flows: Vec<Value>,
    /// What was created with each idempotency key: from which body, as which flow.
    pub(crate) created: HashMap<String, (Bytes, Value)>,
    pub(crate) seen: Seen,
}
