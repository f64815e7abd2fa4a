use std::fmt;

use async_trait::async_trait;
use http::Uri;
use readmit_recovery::{ClientAuth, TokenExchange, TokenRequest};
use secrecy::SecretString;

use super::grant::{endpoint, token, unasked};
use super::{Credentials, Given, sourced};
use crate::{BuildError, Exchange, Source, SourceError, Token};

/// The token of another source, traded for one that the API takes (RFC 8693).
///
/// `trade` says what it is traded as, and what for. The subject is fetched anew for each trade, and
/// of these credentials only the token counts, not the header that it would stand in.
///
/// # Example
///
/// ```
/// use readmit::credentials;
/// use readmit::recovery::{ClientAuth, TokenExchange};
///
/// let token_url = "https://auth.example.com/token";
/// let me = credentials::client_credentials(token_url, ClientAuth::basic("gateway", "s3cret"));
/// let for_reports = credentials::token_exchange(token_url, None, me, |token| {
///     TokenExchange::access_token(token).audience("reports")
/// });
/// # let _ = for_reports;
/// ```
#[must_use]
pub fn token_exchange(
    token_url: impl AsRef<str>,
    auth: Option<ClientAuth>,
    subject: Credentials,
    trade: impl Fn(SecretString) -> TokenExchange + Send + Sync + 'static,
) -> Credentials {
    let exchanged = |subject| Exchanged::new(token_url.as_ref(), auth, subject, trade);
    sourced(subject.given.and_then(exchanged))
}

/// A source that trades the token of another one (RFC 8693).
struct Exchanged<F> {
    url: Uri,
    auth: Option<ClientAuth>,
    subject: Given,
    trade: F,
}

impl<F: Fn(SecretString) -> TokenExchange + Send + Sync> Exchanged<F> {
    fn new(
        token_url: &str,
        auth: Option<ClientAuth>,
        subject: Given,
        trade: F,
    ) -> Result<Exchanged<F>, BuildError> {
        Ok(Exchanged { url: endpoint(token_url)?, auth, subject, trade })
    }
}

#[async_trait]
impl<F: Fn(SecretString) -> TokenExchange + Send + Sync> Source for Exchanged<F> {
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        let subject = self.subject.fetch(exchange).await?;
        let trade = (self.trade)(subject.secret);
        let request = TokenRequest::token_exchange(&self.url, &trade, self.auth.as_ref());
        token(&exchange.send(request.map_err(unasked)?).await?, None)
    }

    async fn forget(&self, to_revoke: &mut Vec<SecretString>) -> Result<(), SourceError> {
        self.subject.forget(to_revoke).await
    }

    fn patience(&self) -> Option<std::time::Duration> {
        self.subject.patience()
    }
}

impl<F> fmt::Debug for Exchanged<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchanged")
            .field("host", &self.url.host())
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}
