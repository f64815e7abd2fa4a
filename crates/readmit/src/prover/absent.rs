use http::{HeaderMap, Method, Uri};
use readmit_error::Failure;
use readmit_recovery::{Means, ProofError};
use secrecy::SecretString;

/// Makes proofs; without the feature `dpop` there is none.
#[derive(Debug)]
pub(crate) enum Prover {}

/// What a request was proven with; without the feature `dpop` none is.
pub(crate) enum Proven {}

impl Prover {
    pub(crate) fn prove(
        &self,
        _: &mut HeaderMap,
        _: &Method,
        _: &Uri,
        _: Option<&SecretString>,
    ) -> Result<Proven, ProofError> {
        match *self {}
    }

    pub(crate) fn hear(&self, _: &Proven, _: &HeaderMap) {
        match *self {}
    }

    pub(crate) fn means<'m>(&self, _: Means<'m>, _: &Proven, _: &Failure) -> Means<'m> {
        match *self {}
    }
}
