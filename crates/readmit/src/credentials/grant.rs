use async_trait::async_trait;
use http::Uri;
use http::header::AUTHORIZATION;
use readmit_recovery::{ClientAuth, RequestError, TokenAnswer, TokenRequest};
use secrecy::SecretString;
use url::Url;

use super::session::Session;
use crate::origins::{has_user, is_private, shown};
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
    RefreshToken { session: Session, auth: Option<ClientAuth> },
    ServiceKey { key: SecretString },
}

impl Grant {
    pub(super) fn refresh_token(token: SecretString, auth: Option<ClientAuth>) -> Grant {
        Grant::RefreshToken { session: Session::new(token), auth }
    }

    fn request(&self, url: &Uri, scope: Option<&str>) -> Result<TokenRequest, RequestError> {
        match self {
            Grant::ClientCredentials { auth, .. } => {
                TokenRequest::client_credentials(url, auth, scope)
            }
            Grant::RefreshToken { session, auth } => {
                TokenRequest::refresh_token(url, &session.token(), auth.as_ref(), None)
            }
            Grant::ServiceKey { key } => TokenRequest::service_key(url, key),
        }
    }

    /// Returns what it asks for of its own accord.
    fn scope(&self) -> Option<&str> {
        match self {
            Grant::ClientCredentials { scope, .. } => scope.as_deref(),
            Grant::RefreshToken { .. } | Grant::ServiceKey { .. } => None,
        }
    }

    async fn send(
        &self,
        request: TokenRequest,
        exchange: &Exchange<'_>,
    ) -> Result<TokenAnswer, SourceError> {
        let Grant::RefreshToken { session, .. } = self else {
            return exchange.send(request).await;
        };
        let presented = session.present(exchange.is_in_hurry())?;
        let answer = exchange.send(request).await;
        presented.settle(&answer);
        answer
    }
}

impl TokenGrant {
    pub(super) fn new(token_url: &str, grant: Grant) -> Result<TokenGrant, BuildError> {
        let url = endpoint(token_url)?;
        // What cannot be sent is found here, and not at the first call.
        grant.request(&url, grant.scope())?;
        Ok(TokenGrant { url, grant })
    }

    /// Returns a source for a refresh token that a server gave.
    pub(super) fn renewing(url: &Uri, token: SecretString, auth: ClientAuth) -> TokenGrant {
        TokenGrant { url: url.clone(), grant: Grant::refresh_token(token, Some(auth)) }
    }
}

#[async_trait]
impl Source for TokenGrant {
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        let scope = exchange.scopes_beside(self.grant.scope());
        let request = self.grant.request(&self.url, scope.as_deref()).map_err(unasked)?;
        let answer = self.grant.send(request, exchange).await?;
        token(&answer, scope)
    }

    fn scope(&self) -> Option<&str> {
        match &self.grant {
            Grant::ClientCredentials { .. } => Some(self.grant.scope().unwrap_or_default()),
            Grant::RefreshToken { .. } | Grant::ServiceKey { .. } => None,
        }
    }

    async fn forget(&self) -> Result<Vec<SecretString>, SourceError> {
        match &self.grant {
            Grant::RefreshToken { session, .. } => Ok(session.forget().into_iter().collect()),
            Grant::ClientCredentials { .. } | Grant::ServiceKey { .. } => Ok(Vec::new()),
        }
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
    let scheme = format!("{} ", answer.token_type());
    let token = Token::prefixed(AUTHORIZATION, &scheme, answer.access_token().clone())?;
    let token = token.lifetime(answer.lifetime());
    Ok(match answer.scope().map(str::to_owned).or(asked) {
        Some(scope) => token.scope(scope),
        None => token,
    })
}

/// Returns the error for a request that cannot be made.
pub(super) fn unasked(error: RequestError) -> SourceError {
    SourceError::terminal(error.to_string())
}
