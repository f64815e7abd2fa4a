//! What is done about a credential: how it is kept fresh, and what only a person, or the holder of
//! a key, can do.

use std::sync::Arc;

use crate::prover::Prover;
use crate::step_up::StepUps;
use crate::{ClientBuilder, Token, recovery};

impl ClientBuilder {
    /// Sets how a credential is kept fresh.
    ///
    /// Default: [`recovery::Config::DEFAULT`].
    pub fn recovery(mut self, config: recovery::Config) -> ClientBuilder {
        self.recovery = Some(config);
        self
    }

    /// Sets the key whose possession the client proves, to token endpoints and with each token
    /// that is bound to it (RFC 9449); without one it proves nothing.
    ///
    /// Token requests get a proof, and so does every attempt with a token of the type `DPoP`:
    /// signed at the moment at which it goes out, by the clock of its server (rule 51), with the
    /// nonce that its server gave last. A server that asks for another nonce is answered once, in
    /// the same attempt. A token of another type is sent as it is.
    ///
    /// # Errors
    ///
    /// A call fails with [`MalformedRequest`](crate::error::Kind::MalformedRequest), unsent, where
    /// the key cannot be used.
    #[cfg(feature = "dpop")]
    pub fn dpop(mut self, key: impl recovery::ProofKey + 'static) -> ClientBuilder {
        self.key = Some(Box::new(key));
        self
    }

    /// Sets who has a person authenticate more strongly, or again, where a server demands it
    /// (RFC 9470); nobody by default.
    ///
    /// The hook is told what is demanded ([`acr_values`](recovery::Demand::acr_values),
    /// [`max_age`](recovery::Demand::max_age) and [`scopes`](recovery::Demand::scopes)) and returns
    /// the new token, or `None` to decline. The token takes the place of the client's credential,
    /// and everybody who waited is sent with it.
    ///
    /// What may surprise:
    ///
    /// - However many calls meet the same demand at the same time, it is asked once; a later call
    ///   that meets it again asks again.
    /// - It has no time limit. A call waits for it until its own
    ///   [deadline](ClientBuilder::deadline); what the person brings after that is kept for the
    ///   calls that follow.
    /// - Where it declines, or panics, and where there is no hook, the call fails with the server's
    ///   answer, and [`Error::demand`](crate::Error::demand) says what was wanted (rule 32).
    /// - Once the new token expires or is rejected, the source is asked as before.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::{Client, Token, credentials};
    ///
    /// # async fn sign_in(acr_values: &[String]) -> Option<String> { None }
    /// let client = Client::builder("https://api.example.com")
    ///     .credentials(credentials::bearer("t0k3n"))
    ///     .on_step_up(|demand| async move {
    ///         let token = sign_in(demand.acr_values()).await?;
    ///         Token::bearer(token).ok()
    ///     })
    ///     .build()?;
    /// # let _ = client;
    /// # Ok::<_, readmit::BuildError>(())
    /// ```
    pub fn on_step_up<F, Fut>(mut self, hook: F) -> ClientBuilder
    where
        F: Fn(recovery::Demand) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Option<Token>> + Send + 'static,
    {
        self.step_ups = Some(StepUps::new(hook));
        self
    }

    /// Returns who signs requests, where there is a key.
    #[cfg(feature = "dpop")]
    pub(super) fn prover(&mut self) -> Option<Arc<Prover>> {
        Some(Arc::new(Prover::new(self.key.take()?, Arc::clone(&self.clock))))
    }

    /// Returns who signs requests: without the feature `dpop` nobody does.
    #[cfg(not(feature = "dpop"))]
    pub(super) fn prover(&mut self) -> Option<Arc<Prover>> {
        None
    }
}
