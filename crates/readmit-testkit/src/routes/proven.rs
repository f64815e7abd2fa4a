use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::answer::Answer;
use crate::api::Api;
use crate::effect::oauth_error;

/// The thumbprint of the key that a token request proved, where the API demands proofs.
pub(crate) struct Proven(pub(crate) Option<String>);

impl FromRequestParts<Api> for Proven {
    type Rejection = Answer;

    async fn from_request_parts(head: &mut Parts, api: &Api) -> Result<Proven, Answer> {
        let key = api.prove(head, None);
        key.map(Proven).map_err(|unproven| oauth_error(unproven.error(), unproven.description()))
    }
}
