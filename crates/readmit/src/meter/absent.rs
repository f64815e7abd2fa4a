use std::time::Instant;

use http::{Method, StatusCode};
use readmit_core::Clock;
use readmit_error::event::{RecoveryOutcome, RefreshTrigger};
use readmit_error::{Failure, Kind};
use url::Url;

/// Measures how long things take; without the feature `metrics` nobody wants to know.
#[derive(Clone, Copy, Default)]
pub(crate) struct Meter(());

impl Meter {
    pub(crate) fn begin(self, _: &dyn Clock) -> Option<Instant> {
        None
    }

    pub(crate) fn request(
        self,
        _: &dyn Clock,
        _: Option<Instant>,
        _: (&Method, &Url),
        _: Option<StatusCode>,
        _: Option<&Failure>,
    ) {
    }

    pub(crate) fn operation(
        self,
        _: &dyn Clock,
        _: Instant,
        _: &Url,
        _: RecoveryOutcome,
        _: Option<Kind>,
    ) {
    }

    pub(crate) fn refresh(
        self,
        _: &dyn Clock,
        _: Option<Instant>,
        _: RefreshTrigger,
        _: Option<Kind>,
    ) {
    }
}
