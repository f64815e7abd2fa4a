use serde::Deserialize;
use serde_json::{Map, Value};

/// Something that happens, and what must come of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Step {
    /// In milliseconds.
    pub(super) t: u64,
    pub(super) op: Op,
    /// Names a call from its permit to its end.
    #[serde(default)]
    pub(super) call: String,
    pub(super) outcome: Option<Told>,
    pub(super) duration_ms: Option<u64>,
    pub(super) action: Option<Action>,
    pub(super) arg: Option<u64>,
    pub(super) repeat: Option<u32>,
    #[serde(default)]
    pub(super) expect: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Op {
    Acquire,
    Call,
    Control,
    Finish,
    Observe,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    Cancelled,
    Failure,
    Ignored,
    Success,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Action {
    Close,
    Disable,
    ForceOpen,
    HalfOpen,
    Isolate,
    MetricsOnly,
    Open,
    OpenFor,
    ReleaseIsolation,
    Reset,
}

impl Step {
    pub(super) fn expects_open(&self) -> bool {
        self.expect.get("state").and_then(Value::as_str) == Some("open")
    }

    pub(super) fn succeeds(&self) -> bool {
        self.outcome == Some(Told::Success)
    }

    pub(super) fn title(&self) -> String {
        let mut title = format!("t {} {:?}", self.t, self.op);
        if let Some(action) = self.action {
            title += &format!(" {action:?}");
        }
        if !self.call.is_empty() {
            title += &format!(" {}", self.call);
        }
        if let Some(outcome) = self.outcome {
            title += &format!(" {outcome:?}");
        }
        if let Some(times) = self.repeat {
            title += &format!(", {times} times");
        }
        title
    }
}
