use std::sync::Arc;

use async_trait::async_trait;
use http::Uri;
use readmit_recovery::{ClientAuth, Demand, RequestError, TokenAnswer, TokenRequest};
use secrecy::SecretString;
use url::Url;

use super::cached::Cached;
use super::storable::Storable;
use super::stored;
use crate::origins::{has_user, is_private, shown};
use crate::store::Store;
use crate::{BuildError, Exchange, Source, SourceError, Token};

/// A source that asks a token endpoint.
#[derive(Debug)]
pub(super) struct TokenGrant {
    url: Uri,
    grant: Grant,
}

/// What the token endpoint is asked with.
#[derive(Debug)]
pub(super) enum Grant {
    ClientCredentials { auth: ClientAuth, scope: Option<String> },
    ServiceKey { key: SecretString },
}

impl Grant {
    fn can_meet(&self) -> bool {
        match self {
            Grant::ClientCredentials { .. } => true,
            Grant::ServiceKey { .. } => false,
        }
    }

    fn request(&self, url: &Uri, scope: Option<&str>) -> Result<TokenRequest, RequestError> {
        match self {
            Grant::ClientCredentials { auth, .. } => {
                TokenRequest::client_credentials(url, auth, scope)
            }
            Grant::ServiceKey { key } => TokenRequest::service_key(url, key),
        }
    }

    /// Returns what it asks for of its own accord.
    fn scope(&self) -> Option<&str> {
        match self {
            Grant::ClientCredentials { scope, .. } => scope.as_deref(),
            Grant::ServiceKey { .. } => None,
        }
    }
}

impl TokenGrant {
    pub(super) fn new(token_url: &str, grant: Grant) -> Result<TokenGrant, BuildError> {
        let url = endpoint(token_url)?;
        // What cannot be sent is found here, and not at the first call.
        grant.request(&url, grant.scope())?;
        Ok(TokenGrant { url, grant })
    }

    /// Returns the scope that it asks for of its own accord.
    pub(super) fn own_scope(&self) -> Option<&str> {
        self.grant.scope()
    }

    /// Asks for a token with this scope.
    pub(super) async fn ask(
        &self,
        scope: Option<&str>,
        exchange: &Exchange<'_>,
    ) -> Result<TokenAnswer, SourceError> {
        let request = self.grant.request(&self.url, scope).map_err(unasked)?;
        exchange.send(exchange.claiming(request)).await
    }
}

#[async_trait]
impl Source for TokenGrant {
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        let scope = exchange.scopes_beside(self.grant.scope());
        let answer = self.ask(scope.as_deref(), exchange).await?;
        token(&answer, scope)
    }

    fn scope(&self) -> Option<&str> {
        match &self.grant {
            Grant::ClientCredentials { .. } => Some(self.grant.scope().unwrap_or_default()),
            Grant::ServiceKey { .. } => None,
        }
    }

    fn can_meet(&self, _: &Demand) -> bool {
        self.grant.can_meet()
    }
}

impl Storable for TokenGrant {
    fn stored_in(self: Box<Self>, store: Arc<dyn Store>) -> Box<dyn Source> {
        Box::new(Cached::new(*self, store))
    }
}

/// Reads where a secret is sent to, which nobody else may read (rule 35).
pub(super) fn endpoint(url: &str) -> Result<Uri, BuildError> {
    let unusable = || BuildError::TokenUrl { url: shown(url) };
    let parsed = Url::parse(url).map_err(|_| unusable())?;
    if !is_private(&parsed) || has_user(&parsed) {
        return Err(unusable());
    }
    Uri::try_from(parsed.as_str()).map_err(|_| unusable())
}

/// Returns the token of an answer, to be sent under the scheme that it names; it has the scope that
/// was asked for, unless another was told (RFC 6749 section 5.1).
pub(super) fn token(answer: &TokenAnswer, asked: Option<String>) -> Result<Token, SourceError> {
    let token = stored::token(answer.token_type(), answer.access_token())?;
    let token = token.lifetime(answer.lifetime());
    Ok(match answer.scope().map(str::to_owned).or(asked) {
        Some(scope) => token.scope(scope),
        None => token,
    })
}

/// Returns the error for a request that cannot be made.
pub(super) fn unasked(error: RequestError) -> SourceError {
    SourceError::unsent(&error)
}
