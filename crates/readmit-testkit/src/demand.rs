use std::borrow::Cow;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::grant::Grant;

/// What a route demands of an access token beyond its being good; taken by
/// [`Fault::Demands`](crate::Fault::Demands).
///
/// A token has what the request it was issued in answer to asked for, in the parameters `scope`,
/// `acr_values` and `claims` of its form: the request to `/token`, or to `/device`, where the user
/// is asked. Where an API demands proofs of possession, the challenge is of the scheme
/// `DPoP`.
///
/// # Example
///
/// ```
/// use http::{Request, StatusCode};
/// use readmit_testkit::{Api, Demand, Fault};
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let api = Api::new();
/// let write = Demand::Scope("flows:write".into());
/// api.fault(Fault::Demands(write)).on("POST", "/data_flows").always();
///
/// let bearer = format!("Bearer {}", api.new_access_token());
/// let request = Request::post("/data_flows").header("authorization", bearer);
/// let answer = api.service().call(request.body(String::new())?).await?;
///
/// assert_eq!(answer.status(), StatusCode::FORBIDDEN);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Demand {
    /// 401 `insufficient_claims` with these claims in base64url, until the token was issued for
    /// them (rule 31); claims asked for beyond them do no harm.
    Claims(Value),
    /// 403 `insufficient_scope` with this scope, until the token was issued for all of it
    /// (rule 30).
    Scope(Cow<'static, str>),
    /// 401 `insufficient_user_authentication` (RFC 9470), until the token was issued for one of the
    /// levels and the user, or a client without one, was authenticated recently enough (rule 32).
    ///
    /// A refresh changes neither: for a device the user was authenticated when
    /// [`approve_device`](crate::Api::approve_device) said so, for a refresh token made by the test
    /// when it was made.
    StepUp {
        /// The levels, parted by blanks; empty is any.
        acr_values: Cow<'static, str>,
        /// The greatest age of the authentication, told in whole seconds.
        max_age: Option<Duration>,
    },
}

impl Demand {
    /// Returns whether a token that was issued for this has it.
    pub(crate) fn is_met(&self, grant: &Grant, now: Duration) -> bool {
        match self {
            Demand::Claims(claims) => grant.has_claims(claims),
            Demand::Scope(scope) => grant.has_scope(scope),
            Demand::StepUp { acr_values, max_age } => {
                grant.has_acr(acr_values)
                    && max_age.is_none_or(|max_age| grant.is_younger_than(max_age, now))
            }
        }
    }

    /// Makes the answer to a token that has it not.
    pub(crate) fn refuse(&self, scheme: &str) -> Answer {
        let (status, error, description) = match self {
            Demand::Claims(_) => (
                StatusCode::UNAUTHORIZED,
                "insufficient_claims",
                "Continuous access evaluation resulted in a challenge",
            ),
            Demand::Scope(_) => {
                (StatusCode::FORBIDDEN, "insufficient_scope", "The token lacks a scope")
            }
            Demand::StepUp { .. } => (
                StatusCode::UNAUTHORIZED,
                "insufficient_user_authentication",
                "A stronger or more recent authentication is required",
            ),
        };
        let mut challenge =
            format!(r#"{scheme} error="{error}", error_description="{description}""#);
        for (name, value) in self.parameters() {
            challenge.push_str(&format!(r#", {name}="{value}""#));
        }
        let body = json!({ "error": error, "error_description": description });
        Answer::json(status, &body).header(WWW_AUTHENTICATE, &challenge)
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        match self {
            Demand::Claims(claims) => {
                vec![("claims", URL_SAFE_NO_PAD.encode(claims.to_string()))]
            }
            Demand::Scope(scope) => vec![("scope", scope.to_string())],
            Demand::StepUp { acr_values, max_age } => {
                let level =
                    (!acr_values.is_empty()).then(|| ("acr_values", acr_values.to_string()));
                let age = max_age.map(|max_age| ("max_age", max_age.as_secs().to_string()));
                level.into_iter().chain(age).collect()
            }
        }
    }
}
