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

    fn request(&self, url: &Uri) -> Result<TokenRequest, RequestError> {
        match self {
            Grant::ClientCredentials { auth, scope } => {
                TokenRequest::client_credentials(url, auth, scope.as_deref())
            }
            Grant::RefreshToken { session, auth } => {
                TokenRequest::refresh_token(url, &session.token(), auth.as_ref(), None)
            }
            Grant::ServiceKey { key } => TokenRequest::service_key(url, key),
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
        grant.request(&url)?;
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
        let request = self.grant.request(&self.url).map_err(unasked)?;
        let answer = self.grant.send(request, exchange).await?;
        token(&answer)
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

/// Returns the token of an answer, to be sent under the scheme that it names.
pub(super) fn token(answer: &TokenAnswer) -> Result<Token, SourceError> {
    let scheme = format!("{} ", answer.token_type());
    let token = Token::prefixed(AUTHORIZATION, &scheme, answer.access_token().clone())?;
    Ok(token.lifetime(answer.lifetime()))
}

/// Returns the error for a request that cannot be made.
pub(super) fn unasked(error: RequestError) -> SourceError {
    SourceError::terminal(error.to_string())
}
