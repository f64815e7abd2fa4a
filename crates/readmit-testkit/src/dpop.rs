mod nonces;
mod proof;
mod replays;

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use http::request::Parts;

use crate::dpop::nonces::Nonces;
use crate::dpop::proof::Proof;
use crate::dpop::replays::Replays;
use crate::timestamp::Timestamp;

/// What an [`Api`](crate::Api) demands of proofs of possession (RFC 9449); taken by
/// [`Builder::dpop`](crate::Builder::dpop).
///
/// Each request to `/token` and `/token/refresh`, and each that presents an access token, must
/// have a proof that is signed with ES256. It is checked as section 4.3 of the RFC says: its type,
/// algorithm and key, its signature, `htm`, `htu`, `iat`, `jti`, and `ath` with an access token.
/// Tokens are bound to the key, have the type `DPoP` and are presented under that scheme.
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
///
/// use http::Request;
/// use readmit_testkit::{Api, Dpop};
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let nonces = Dpop::new().nonces_every(NonZeroU32::MIN);
/// let api = Api::builder().dpop(nonces).build();
///
/// let answer = api.service().call(Request::get("/data_flows").body(String::new())?).await?;
///
/// let challenge = answer.headers()["www-authenticate"].to_str()?;
/// assert!(challenge.starts_with("DPoP "), "{challenge}");
/// assert!(answer.headers().contains_key("dpop-nonce"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Dpop {
    window: Duration,
    rotation: Option<NonZeroU32>,
}

impl Dpop {
    /// Demands proofs without a nonce, made at most 60 seconds before or after.
    #[must_use]
    pub fn new() -> Dpop {
        Dpop { window: Duration::from_secs(60), rotation: None }
    }

    /// Demands a nonce of the API's in each proof, which changes every so many answers.
    ///
    /// Each answer of a route has the nonce to use next, in `DPoP-Nonce`; answers that a
    /// [`Fault`](crate::Fault) makes have none. The nonce before the present one is still taken,
    /// any older one is not. A proof without a good one is answered `use_dpop_nonce`: 400 at a
    /// token endpoint (section 8), 401 elsewhere (section 9).
    #[must_use]
    pub fn nonces_every(mut self, answers: NonZeroU32) -> Dpop {
        self.rotation = Some(answers);
        self
    }

    /// How far `iat` may lie from the API's time, either way (default: 60 seconds).
    #[must_use]
    pub fn window(mut self, window: Duration) -> Dpop {
        self.window = window;
        self
    }
}

impl Default for Dpop {
    fn default() -> Dpop {
        Dpop::new()
    }
}

/// Looks at proofs, and remembers what it must to know an old one.
pub(crate) struct Guard {
    window: Duration,
    nonces: Option<Nonces>,
    replays: Replays,
}

/// Why a request has proven nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unproven {
    /// What is wrong with the proof.
    Invalid(&'static str),
    /// The proof has no nonce, or an old one.
    Nonce,
}

impl Guard {
    pub(crate) fn new(dpop: Dpop) -> Guard {
        Guard {
            window: dpop.window,
            nonces: dpop.rotation.map(Nonces::every),
            replays: Replays::new(),
        }
    }

    /// Checks the proof of a request (RFC 9449 section 4.3), made for this access token where it
    /// presents one; returns the thumbprint of the key.
    pub(crate) fn admit(
        &mut self,
        head: &Parts,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<String, Unproven> {
        let proof = Proof::read(&head.headers).map_err(Unproven::Invalid)?;
        proof.check_target(head).map_err(Unproven::Invalid)?;
        proof.check_token(token).map_err(Unproven::Invalid)?;
        let issued = proof.issued_at();
        if self.window.as_secs() < issued.abs_diff(now.seconds()) {
            return Err(Unproven::Invalid("iat is too far from the time here"));
        }
        if self.nonces.as_ref().is_some_and(|nonces| !nonces.takes(proof.nonce())) {
            return Err(Unproven::Nonce);
        }
        let until = issued.saturating_add(self.window.as_secs());
        if !self.replays.is_new(proof.unique_id(), until, now.seconds()) {
            return Err(Unproven::Invalid("jti was used before"));
        }
        Ok(proof.into_thumbprint())
    }

    /// Returns the nonce for one more answer, where nonces are demanded.
    pub(crate) fn hand_out(&mut self) -> Option<String> {
        self.nonces.as_mut().map(Nonces::hand_out)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("window", &self.window).finish_non_exhaustive()
    }
}

impl Unproven {
    pub(crate) fn error(self) -> &'static str {
        match self {
            Unproven::Invalid(_) => "invalid_dpop_proof",
            Unproven::Nonce => "use_dpop_nonce",
        }
    }

    pub(crate) fn description(self) -> &'static str {
        match self {
            Unproven::Invalid(what) => what,
            Unproven::Nonce => "The proof must have the nonce that is told here",
        }
    }
}
