//! Whether a token that may be spent is presented once more (rule 23).

use std::time::SystemTime;

use readmit_core::Now;

use crate::mutants::mutate;
use crate::record::Doubt;

use super::Renewal;

impl Renewal {
    /// Whether a token that may be spent may be presented once more.
    pub(super) fn may_repeat(&self, now: Now, doubt: Doubt) -> bool {
        let is_within_grace = self.is_within_grace(now, doubt);
        let nothing_left = !self.replaced_is_usable(now.wall) && doubt.times < LAST_RESORT_TIMES;
        is_within_grace || self.rotation.last_resort && nothing_left
    }

    /// Whether the server takes the token again, as far as the wall clock can be trusted: one that
    /// was set back by more than the grace does not make that begin anew.
    pub(super) fn is_within_grace(&self, now: Now, doubt: Doubt) -> bool {
        let since = match now.wall.duration_since(doubt.since) {
            Ok(since) => since,
            Err(set_back) => set_back.duration(),
        };
        mutate!(29, since < self.rotation.grace, since <= self.rotation.grace)
    }

    pub(super) fn replaced_is_usable(&self, now: SystemTime) -> bool {
        self.replaced.is_usable(now) && !self.rotation.is_rejected
    }

    /// Returns the doubt that there was before this refresh presented the token.
    pub(super) fn doubt_before(&self) -> Option<Doubt> {
        let doubt = self.record.doubt()?;
        let times = doubt.times.checked_sub(1).filter(|times| 0 < *times)?;
        Some(Doubt { times, ..doubt })
    }
}

/// A token that is in doubt is tried once more as a last resort, and not again.
const LAST_RESORT_TIMES: u32 = 2;
