use serde::Serialize;

use super::check::{Check, Status};
use super::verdict;
use crate::explain::Explanation;

/// What the doctor found, as `--json` prints it and the bundle has it.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) schema: &'static str,
    /// Without its query.
    pub(super) url: String,
    pub(super) at: String,
    pub(super) checks: Vec<Check>,
    pub(super) answer: Option<Explanation>,
    pub(super) verdict: String,
}

impl Report {
    pub(super) fn new(
        url: String,
        at: String,
        checks: Vec<Check>,
        answer: Option<Explanation>,
    ) -> Report {
        let verdict = verdict::of(&checks);
        Report { schema: "readmit.doctor/1", url, at, checks, answer, verdict }
    }

    /// 0 all is well, 1 something is wrong, 2 something could not be verified and nothing is wrong.
    pub(super) fn exit_status(&self) -> u8 {
        let has = |status| self.checks.iter().any(|check| check.status == status);
        match () {
            () if has(Status::Fail) => 1,
            () if has(Status::Unknown) => 2,
            () => 0,
        }
    }
}
