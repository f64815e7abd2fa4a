use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use http::Uri;
use http::header::AUTHORIZATION;
use readmit_recovery::{ClientAuth, RequestError, TokenAnswer, TokenRequest};
use secrecy::SecretString;
use url::Url;

use crate::origins::{has_user, is_private};
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
    RefreshToken { current: Mutex<SecretString>, auth: Option<ClientAuth> },
    ServiceKey { key: SecretString },
}

impl Grant {
    pub(super) fn refresh_token(token: SecretString, auth: Option<ClientAuth>) -> Grant {
        Grant::RefreshToken { current: Mutex::new(token), auth }
    }

    fn request(&self, url: &Uri) -> Result<TokenRequest, RequestError> {
        match self {
            Grant::ClientCredentials { auth, scope } => {
                TokenRequest::client_credentials(url, auth, scope.as_deref())
            }
            Grant::RefreshToken { current, auth } => {
                let current = current.lock().unwrap_or_else(PoisonError::into_inner).clone();
                TokenRequest::refresh_token(url, &current, auth.as_ref(), None)
            }
            Grant::ServiceKey { key } => TokenRequest::service_key(url, key),
        }
    }

    /// Takes note of a refresh token that replaces the one that was sent; without one, that one
    /// stays good (rule 19).
    fn answered(&self, answer: &TokenAnswer) {
        match (self, answer.refresh_token()) {
            (Grant::RefreshToken { current, .. }, Some(next)) => {
                *current.lock().unwrap_or_else(PoisonError::into_inner) = next.clone();
            }
            (
                Grant::RefreshToken { .. }
                | Grant::ClientCredentials { .. }
                | Grant::ServiceKey { .. },
                _,
            ) => {}
        }
    }
}

impl TokenGrant {
    pub(super) fn new(token_url: &str, grant: Grant) -> Result<TokenGrant, BuildError> {
        let unusable = || BuildError::TokenUrl { url: crate::builder::shown(token_url) };
        let url = Url::parse(token_url).map_err(|_| unusable())?;
        if !is_private(&url) || has_user(&url) {
            return Err(unusable());
        }
        let url = Uri::try_from(url.as_str()).map_err(|_| unusable())?;
        // What cannot be sent is found here, and not at the first call.
        grant.request(&url)?;
        Ok(TokenGrant { url, grant })
    }
}

#[async_trait]
impl Source for TokenGrant {
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        let terminal = |error: &dyn std::error::Error| SourceError::terminal(error.to_string());
        let request = self.grant.request(&self.url).map_err(|error| terminal(&error))?;
        let answer = exchange.send(request).await?;
        self.grant.answered(&answer);
        let scheme = format!("{} ", answer.token_type());
        let token = Token::prefixed(AUTHORIZATION, &scheme, answer.access_token().clone());
        Ok(token.map_err(|error| terminal(&error))?.lifetime(answer.lifetime()))
    }
}
