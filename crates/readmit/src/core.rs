use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use readmit_core::{Clock, Draws};
use readmit_error::event::{Event, Record, Sink};
use readmit_error::{Failure, event::CallContext};
use readmit_retry::{Budget, Policy};
use url::Url;

use crate::keeper::Keeper;
use crate::origins::{Origins, is_same};

/// What all calls of a client share.
pub(crate) struct Core<S> {
    pub(crate) service: S,
    /// What paths are relative to.
    pub(crate) base: Url,
    /// Where the credential may go.
    pub(crate) origins: Origins,
    pub(crate) keeper: Option<Arc<Keeper>>,
    pub(crate) headers: HeaderMap,
    pub(crate) policy: Policy,
    pub(crate) budgets: Budgets,
    pub(crate) attempt_timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) watch: Watch,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) draws: Draws,
}

/// Those who are told what happens.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) sinks: Arc<[Arc<dyn Sink>]>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// One retry budget per origin, so that the trouble of one does not cost another its retries.
#[derive(Debug)]
pub(crate) struct Budgets {
    of: Vec<(Url, Budget)>,
    /// For all origins that were not named beforehand: their number is not bounded.
    of_others: Budget,
}

impl Watch {
    pub(crate) fn tell(&self, event: Event, call: CallContext, failure: Option<&Failure>) {
        if self.sinks.is_empty() {
            return;
        }
        let mut record = Record::new(self.clock.wall(), event).call(call);
        record.failure = failure.cloned();
        for sink in self.sinks.iter() {
            sink.record(&record);
        }
    }
}

impl Budgets {
    pub(crate) fn new(origins: impl IntoIterator<Item = Url>) -> Budgets {
        let of = origins.into_iter().map(|origin| (origin, Budget::default())).collect();
        Budgets { of, of_others: Budget::default() }
    }

    pub(crate) fn of(&self, url: &Url) -> &Budget {
        let found = self.of.iter().find(|(origin, _)| is_same(origin, url));
        found.map_or(&self.of_others, |(_, budget)| budget)
    }
}

impl<S> fmt::Debug for Core<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("origin", &self.base.origin().ascii_serialization())
            .field("keeper", &self.keeper)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
