use std::time::Duration;

use http::Uri;
use readmit_recovery::{ClientAuth, TokenHint, TokenRequest};
use secrecy::SecretString;

use super::Supply;
use crate::SourceError;
use crate::source::Reading;

/// Where tokens are revoked (RFC 7009).
#[derive(Debug)]
pub(crate) struct Revocation {
    pub(crate) url: Uri,
    pub(crate) auth: Option<ClientAuth>,
}

impl Revocation {
    /// Revokes all of these, those first that bring others; returns the first failure.
    pub(super) async fn revoke(
        &self,
        refresh_tokens: Vec<SecretString>,
        access_tokens: Vec<SecretString>,
        supply: &Supply,
    ) -> Result<(), SourceError> {
        let refresh_tokens = refresh_tokens.iter().map(|token| (token, TokenHint::RefreshToken));
        let access_tokens = access_tokens.iter().map(|token| (token, TokenHint::AccessToken));
        let mut ended = Ok(());
        for (token, hint) in refresh_tokens.chain(access_tokens) {
            ended = ended.and(self.revoke_one(token, hint, supply).await);
        }
        ended
    }

    async fn revoke_one(
        &self,
        token: &SecretString,
        hint: TokenHint,
        supply: &Supply,
    ) -> Result<(), SourceError> {
        let request = TokenRequest::revocation(&self.url, token, hint, self.auth.as_ref());
        let request = request.map_err(|error| SourceError::terminal(error.to_string()))?;
        let endpoint = supply.endpoint();
        let now = endpoint.clock().now();
        let deadline = now.checked_add(TIME).unwrap_or(now);
        endpoint.call(request, Reading::Revocation, deadline).await.map(drop)
    }
}

/// How long each token may take.
const TIME: Duration = Duration::from_secs(30);
