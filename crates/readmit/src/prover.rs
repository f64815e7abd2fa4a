use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderName, Method, Uri};
use readmit_core::Clock;
use readmit_error::{Failure, Kind};
use readmit_recovery::{
    Ath, Means, Nonce, Nonces, NotSigned, Now, Offset, Proof, ProofError, ProofKey, Suspicion,
};
use secrecy::SecretString;

use crate::admission::OriginKey;
use crate::dated::dated;
use crate::server_clocks::ServerClocks;

/// Makes the proofs of a client, and remembers what servers want in them: their nonce, and the time
/// by their clock (rules 33 and 51).
///
/// Only who signs pays for it: a lock for a moment, before each request and after each answer.
pub(crate) struct Prover {
    key: Box<dyn ProofKey>,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    nonces: Nonces,
    clocks: ServerClocks,
}

/// What a request was proven with.
pub(crate) struct Proven {
    origin: String,
    nonce: Option<Nonce>,
    offset: Offset,
    sent: Now,
}

impl Prover {
    pub(crate) fn new(key: Box<dyn ProofKey>, clock: Arc<dyn Clock>) -> Prover {
        Prover { key, clock, known: Mutex::default() }
    }

    /// Puts a proof into the headers of a request that is about to be sent: each time another, and
    /// not before (rule 47).
    pub(crate) fn prove(
        &self,
        headers: &mut HeaderMap,
        method: &Method,
        url: &Uri,
        token: Option<&SecretString>,
    ) -> Result<Proven, ProofError> {
        let origin = OriginKey::of_uri(url).to_string();
        let sent = Now::read(&self.clock);
        let (nonce, clock) = {
            let known = self.lock();
            (known.nonces.of(&origin).cloned(), known.clocks.of(&origin))
        };
        let mut proof = Proof::new(method, url, clock.signing_time(sent), unique()?);
        if let Some(nonce) = &nonce {
            proof = proof.nonce(nonce);
        }
        if let Some(token) = token {
            proof = proof.token(&Ath::new(&*self.key, token));
        }
        headers.insert(DPOP, proof.sign(&*self.key)?);
        Ok(Proven { origin, nonce, offset: clock.offset(), sent })
    }

    /// Learns from an answer to what was proven, be it a success or a failure.
    pub(crate) fn hear(&self, proven: &Proven, headers: &HeaderMap) {
        // What is no text is no nonce, and counts among those that there are too many of.
        let nonces = headers.get_all(NONCE).iter().map(|field| field.to_str().unwrap_or(""));
        let received = Now::read(&self.clock);
        let mut known = self.lock();
        known.nonces.heard(&proven.origin, nonces);
        if let Some(dated) = dated(proven.sent, received, headers) {
            known.clocks.hear(&proven.origin, &dated);
        }
    }

    /// Adds what another proof could do for a request that was refused.
    pub(crate) fn means<'m>(
        &self,
        means: Means<'m>,
        proven: &Proven,
        failure: &Failure,
    ) -> Means<'m> {
        let known = self.lock();
        let mut means = means;
        if known.nonces.resend(&proven.origin, proven.nonce.as_ref()).is_some() {
            means = means.other_nonce();
        }
        let says_so = failure.kind() == Kind::ClockSkew;
        let suspicion = if says_so { Suspicion::Definite } else { Suspicion::Probable };
        if known.clocks.of(&proven.origin).sign_anew(proven.offset, suspicion).is_some() {
            means = means.clock_explains();
        }
        means
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // Sound: what is known of an origin is replaced whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Prover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prover")
    }
}

fn unique() -> Result<[u8; 16], NotSigned> {
    let mut id = [0; 16];
    let filled = aws_lc_rs::rand::fill(&mut id);
    filled.map_err(|_| NotSigned::new("the system has no randomness"))?;
    Ok(id)
}

const DPOP: HeaderName = HeaderName::from_static("dpop");

const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
