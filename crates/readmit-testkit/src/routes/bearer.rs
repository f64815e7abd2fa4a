use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::answer::Answer;
use crate::api::Api;
use crate::arrival::credential;
use crate::refusal::{Moment, Refusal};
use crate::tokens::Standing;

/// A request whose access token is good; the token's number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bearer(pub(crate) u32);

impl FromRequestParts<Api> for Bearer {
    type Rejection = Answer;

    async fn from_request_parts(head: &mut Parts, api: &Api) -> Result<Bearer, Answer> {
        admit(head, api).map_err(|refusal| {
            let moment = head.extensions.get::<Moment>().cloned();
            refusal.answer(&moment.unwrap_or_else(|| api.moment(String::new())))
        })
    }
}

fn admit(head: &Parts, api: &Api) -> Result<Bearer, Refusal> {
    let value = credential(&head.headers, "bearer").ok_or(Refusal::TokenMissing)?;
    let elapsed = api.elapsed();
    let state = api.state();
    let (standing, number) = (state.tokens.standing(value, elapsed), state.tokens.number(value));
    drop(state);
    match standing {
        Standing::Live => number.map(Bearer).ok_or(Refusal::TokenInvalid),
        Standing::Expired { at } => Err(Refusal::TokenExpired { at: api.wall_at(at) }),
        Standing::Unknown => Err(Refusal::TokenInvalid),
    }
}
