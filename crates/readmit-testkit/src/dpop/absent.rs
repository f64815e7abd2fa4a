use http::request::Parts;

use crate::timestamp::Timestamp;

/// Looks at proofs; without the feature `dpop` there is none.
#[derive(Debug)]
pub(crate) enum Guard {}

/// Why a request has proven nothing; without the feature `dpop` none has to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unproven {}

impl Guard {
    pub(crate) fn admit(
        &mut self,
        _: &Parts,
        _: Option<&str>,
        _: Timestamp,
    ) -> Result<String, Unproven> {
        match *self {}
    }

    pub(crate) fn hand_out(&mut self) -> Option<String> {
        match *self {}
    }
}

impl Unproven {
    pub(crate) fn error(self) -> &'static str {
        match self {}
    }

    pub(crate) fn description(self) -> &'static str {
        match self {}
    }
}
