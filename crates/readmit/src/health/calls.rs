use std::collections::BTreeMap;
use std::num::NonZeroU32;

use readmit_error::event::RecoveryOutcome;
use serde::Serialize;

use crate::Monitor;

/// How the calls of a client fared.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CallsHealth {
    /// How many calls ended in each way, since the client was built: `not_needed` at the first
    /// attempt, `recovered` after a failure, `fell_back`, `not_attempted` and `exhausted` for those
    /// that failed, `rejected` for those that were never sent.
    pub ended: BTreeMap<&'static str, u64>,
    /// The share of the calls in trouble that succeeded in the end, 0 to 1; `None` where none was.
    pub recovered_share: Option<f64>,
    /// How often each error code happened within the last hour; those that did not are left out.
    pub errors_last_hour: BTreeMap<String, u64>,
    /// How fast the budget of failures burns, by the last hour: at 1 it lasts exactly for its time;
    /// `None` where there were too few calls to tell.
    pub burn_rate_1h: Option<f64>,
    /// The rules of the alerts that stand, such as `AUTH_002` and `burn_rate_1h`.
    pub alerts: Vec<String>,
}

impl CallsHealth {
    pub(super) fn of(monitor: &Monitor) -> CallsHealth {
        let recoveries = monitor.recoveries();
        let ended = OUTCOMES.map(|outcome| (outcome.as_str(), recoveries.outcome(outcome)));
        CallsHealth {
            ended: ended.into(),
            recovered_share: recoveries.success_rate(),
            errors_last_hour: monitor.counts(HOUR).into_iter().collect(),
            burn_rate_1h: monitor.burn_rates().first().and_then(|rate| rate.long),
            alerts: monitor.alerts().into_iter().map(|alert| alert.rule).collect(),
        }
    }
}

const OUTCOMES: [RecoveryOutcome; 6] = [
    RecoveryOutcome::NotNeeded,
    RecoveryOutcome::Recovered,
    RecoveryOutcome::FellBack,
    RecoveryOutcome::NotAttempted,
    RecoveryOutcome::Exhausted,
    RecoveryOutcome::Rejected,
];

const HOUR: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);
