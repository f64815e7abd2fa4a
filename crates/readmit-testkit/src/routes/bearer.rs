use axum::extract::FromRequestParts;
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use http::request::Parts;

use crate::answer::Answer;
use crate::api::Api;
use crate::arrival::credential;
use crate::refusal::{Moment, Refusal};
use crate::tokens::Standing;

/// A request whose access token is good; the token's number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bearer(pub(crate) u32);

/// Why a token is not taken from whoever presents it.
struct Doubt {
    error: &'static str,
    description: &'static str,
}

impl FromRequestParts<Api> for Bearer {
    type Rejection = Answer;

    async fn from_request_parts(head: &mut Parts, api: &Api) -> Result<Bearer, Answer> {
        let moment = head.extensions.get::<Moment>().cloned();
        let moment = moment.unwrap_or_else(|| api.moment(String::new()));
        let value = credential(&head.headers, moment.scheme)
            .ok_or_else(|| Refusal::TokenMissing.answer(&moment))?;
        let number = find(api, value).map_err(|refusal| refusal.answer(&moment))?;
        check_possession(api, head, value).map_err(Doubt::answer)?;
        Ok(Bearer(number))
    }
}

/// Returns the number of an access token that is in force.
fn find(api: &Api, value: &str) -> Result<u32, Refusal> {
    let elapsed = api.elapsed();
    let state = api.state();
    let (standing, number) = (state.tokens.standing(value, elapsed), state.tokens.number(value));
    drop(state);
    match standing {
        Standing::Live => number.ok_or(Refusal::TokenInvalid),
        Standing::Expired { at } => Err(Refusal::TokenExpired { at: api.wall_at(at) }),
        Standing::Unknown => Err(Refusal::TokenInvalid),
    }
}

/// Checks that the token comes from whoever has the key it is bound to (RFC 9449 section 7.1).
fn check_possession(api: &Api, head: &Parts, value: &str) -> Result<(), Doubt> {
    let proven = api.prove(head, Some(value)).map_err(|unproven| Doubt {
        error: unproven.error(),
        description: unproven.description(),
    })?;
    let bound = api.state().tokens.grant(value).and_then(|grant| grant.key.clone());
    if proven == bound {
        Ok(())
    } else {
        Err(Doubt { error: "invalid_token", description: "The token is bound to another key" })
    }
}

impl Doubt {
    fn answer(self) -> Answer {
        let Doubt { error, description } = self;
        let challenge =
            format!(r#"DPoP error="{error}", error_description="{description}", algs="ES256""#);
        Answer::empty(StatusCode::UNAUTHORIZED).header(WWW_AUTHENTICATE, &challenge)
    }
}
