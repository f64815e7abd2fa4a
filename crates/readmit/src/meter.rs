use std::sync::Arc;
use std::time::Instant;

use http::{Method, StatusCode};
use readmit_core::Clock;
use readmit_error::event::{RecoveryOutcome, RefreshTrigger};
use readmit_error::{Failure, Kind};
use readmit_monitor::{MetricsExport, RequestLabels};
use url::Url;

/// Measures how long things take, and tells the `metrics` facade; one that is off reads no clock.
#[derive(Clone, Default)]
pub(crate) struct Meter(Option<Arc<MetricsExport>>);

impl Meter {
    pub(crate) fn new(export: Option<Arc<MetricsExport>>) -> Meter {
        Meter(export)
    }

    /// Returns when it begins, where anybody wants to know.
    pub(crate) fn begin(&self, clock: &dyn Clock) -> Option<Instant> {
        self.0.is_some().then(|| clock.now())
    }

    pub(crate) fn request(
        &self,
        clock: &dyn Clock,
        begun: Option<Instant>,
        (method, url): (&Method, &Url),
        status: Option<StatusCode>,
        failure: Option<&Failure>,
    ) {
        let (Some(export), Some(begun)) = (&self.0, begun) else {
            return;
        };
        let request = RequestLabels {
            method: method.as_str(),
            server: url.host_str().unwrap_or_default(),
            port: url.port_or_known_default().unwrap_or_default(),
            status: status.map(|status| status.as_u16()),
        };
        let took = clock.now().saturating_duration_since(begun);
        export.request_took(request, failure.map(Failure::kind), took);
    }

    pub(crate) fn operation(
        &self,
        clock: &dyn Clock,
        begun: Instant,
        url: &Url,
        outcome: RecoveryOutcome,
        error: Option<Kind>,
    ) {
        if let Some(export) = &self.0 {
            let took = clock.now().saturating_duration_since(begun);
            export.operation_took(url.host_str().unwrap_or_default(), outcome, error, took);
        }
    }

    pub(crate) fn refresh(
        &self,
        clock: &dyn Clock,
        begun: Option<Instant>,
        trigger: RefreshTrigger,
        error: Option<Kind>,
    ) {
        if let (Some(export), Some(begun)) = (&self.0, begun) {
            export.refresh_took(trigger, error, clock.now().saturating_duration_since(begun));
        }
    }
}
