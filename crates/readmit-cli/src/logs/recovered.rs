use readmit_monitor::Tries;
use serde::Serialize;

use super::report::Cleaner;
use super::retrospect::Retrospect;
use super::summary::Summary;

/// How calls in trouble ended, as far as a log tells (rule 90): calls that succeeded at once, and
/// those about which nothing could be done, leave no entry of it.
#[derive(Debug, Serialize)]
pub(crate) struct Recovered {
    pub(crate) recovered: u64,
    pub(crate) exhausted: u64,
    pub(crate) rejected: u64,
    /// Of those that something could be done about; null where there was none.
    pub(crate) success_rate: Option<f64>,
    pub(crate) strategies: Vec<Strategy>,
    pub(crate) refreshes_succeeded: u64,
    pub(crate) refreshes_failed: u64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Strategy {
    pub(crate) strategy: String,
    pub(crate) attempted: u64,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
}

impl Recovered {
    pub(crate) fn of(summary: &Summary, retrospect: &Retrospect, cleaner: &Cleaner) -> Recovered {
        let count = |name: &str| summary.events.count(name);
        let recovered = count("readmit.recovery.succeeded");
        let exhausted = count("readmit.recovery.exhausted");
        let tried = recovered.saturating_add(exhausted);
        let strategies = retrospect.watcher().map(|(watcher, _)| {
            let strategies = watcher.recoveries().strategies();
            strategies.map(|(name, tries)| Strategy::of(cleaner.clean(name), tries)).collect()
        });
        Recovered {
            recovered,
            exhausted,
            rejected: count("readmit.circuit.rejected"),
            success_rate: (0 < tried).then(|| recovered as f64 / tried as f64),
            strategies: strategies.unwrap_or_default(),
            refreshes_succeeded: count("readmit.auth.refresh.succeeded"),
            refreshes_failed: count("readmit.auth.refresh.failed"),
        }
    }

    /// Returns whether there is anything to tell.
    pub(crate) fn is_empty(&self) -> bool {
        let ended = self.recovered + self.exhausted + self.rejected;
        ended + self.refreshes_succeeded + self.refreshes_failed == 0
    }
}

impl Strategy {
    fn of(strategy: String, tries: Tries) -> Strategy {
        let Tries { attempted, succeeded, failed, .. } = tries;
        Strategy { strategy, attempted, succeeded, failed }
    }
}
