use http::HeaderMap;
use serde_json::Value;

use crate::answer::Answer;
use crate::api::Api;
use crate::device::NotYet;
use crate::effect::Terms;
use crate::families::{NotRedeemed, Renewal};
use crate::grant::{Grant, words};
use crate::jwt::Jwt;
use crate::routes::form::Form;
use crate::routes::issue::Issue;
use crate::routes::oauth::{OAuthError, authenticate, identify};
use crate::tokens::{Holder, Standing};

/// A request for a token that is a form.
pub(crate) struct TokenRequest<'a> {
    pub(crate) api: &'a Api,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) form: Form,
    /// The thumbprint of the key it proved.
    pub(crate) key: Option<String>,
    pub(crate) terms: Terms,
}

impl TokenRequest<'_> {
    /// Grants what its `grant_type` says.
    pub(crate) fn grant(self) -> Result<Answer, OAuthError> {
        match self.form.require("grant_type")? {
            "client_credentials" => self.client_credentials(),
            "refresh_token" => self.refresh(),
            "urn:ietf:params:oauth:grant-type:device_code" => self.device(),
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => self.assertion(),
            "urn:ietf:params:oauth:grant-type:token-exchange" => self.exchange(),
            _ => Err(OAuthError::UNSUPPORTED_GRANT_TYPE),
        }
    }

    /// Trades a refresh token; a client that sent credentials must have sent the right ones.
    pub(crate) fn refresh(self) -> Result<Answer, OAuthError> {
        let authenticated = authenticate(self.api, self.headers, &self.form)?;
        let token = self.form.require("refresh_token")?;
        let asked = asked(self.api, &self.form)?;
        let settings = self.api.settings();
        let renewal = Renewal {
            now: self.api.elapsed(),
            rotation: settings.rotation,
            keeps: self.terms.keeps_refresh_token,
            refuses_concurrent: settings.refuses_concurrent_refresh,
            scopes: asked.scopes.as_ref(),
            // A refresh token is bound to the key of a client that has no other proof of itself
            // (RFC 9449 section 5).
            key: self.key.as_deref().filter(|_| authenticated.is_none()),
        };
        let redeemed = self.api.state().tokens.redeem(token, renewal);
        let redeemed = redeemed.map_err(|error| match error {
            NotRedeemed::Concurrent => OAuthError::CONCURRENT,
            NotRedeemed::Invalid | NotRedeemed::Reused { .. } => OAuthError::INVALID_REFRESH_TOKEN,
            NotRedeemed::Scope => OAuthError::INVALID_SCOPE,
        })?;
        // Who the user is, and how that is known, stays as it was when the family began.
        let grant = Grant {
            scopes: asked.scopes.or(redeemed.grant.scopes),
            claims: asked.claims,
            key: self.key,
            ..redeemed.grant
        };
        let issue = Issue::new(Holder::Family(redeemed.family), grant, self.terms);
        let issue = issue.refresh_token(redeemed.successor).under_way(redeemed.under_way);
        Ok(issue.answer(self.api))
    }

    fn client_credentials(self) -> Result<Answer, OAuthError> {
        authenticate(self.api, self.headers, &self.form)?.ok_or(OAuthError::INVALID_CLIENT)?;
        let grant = Grant { key: self.key, ..asked(self.api, &self.form)? };
        Ok(Issue::new(Holder::OAuthClient, grant, self.terms).answer(self.api))
    }

    /// Answers a poll of a device (RFC 8628 section 3.4).
    fn device(self) -> Result<Answer, OAuthError> {
        identify(self.api, self.headers, &self.form)?;
        let code = self.form.require("device_code")?;
        let now = self.api.elapsed();
        let mut state = self.api.state();
        let granted = state.devices.poll(code, now).map_err(|not_yet| match not_yet {
            NotYet::Denied => OAuthError::ACCESS_DENIED,
            NotYet::Expired => OAuthError::EXPIRED_TOKEN,
            NotYet::Pending => OAuthError::AUTHORIZATION_PENDING,
            NotYet::SlowDown => OAuthError::SLOW_DOWN,
            NotYet::Unknown => OAuthError::INVALID_GRANT,
        })?;
        let grant = Grant { key: self.key, ..granted };
        let (holder, refresh_token) = state.tokens.begin_family(grant.clone());
        drop(state);
        let issue = Issue::new(holder, grant, self.terms).refresh_token(Some(refresh_token));
        Ok(issue.answer(self.api))
    }

    /// Takes an assertion for the user or service it is about (RFC 7523 section 2.1).
    fn assertion(self) -> Result<Answer, OAuthError> {
        authenticate(self.api, self.headers, &self.form)?;
        let assertion = self.form.require("assertion")?;
        if !accepts(self.api, assertion) {
            return Err(OAuthError::INVALID_GRANT);
        }
        let grant = Grant { key: self.key, ..asked(self.api, &self.form)? };
        Ok(Issue::new(Holder::Assertion, grant, self.terms).answer(self.api))
    }

    /// Trades a token of whatever kind for an access token (RFC 8693 section 2.1).
    fn exchange(self) -> Result<Answer, OAuthError> {
        authenticate(self.api, self.headers, &self.form)?;
        let subject = self.form.require("subject_token")?;
        self.form.require("subject_token_type")?;
        let actor = self.form.get("actor_token");
        let is_right = actor.is_some() == self.form.get("actor_token_type").is_some()
            && self.form.get("requested_token_type").unwrap_or(ACCESS_TOKEN) == ACCESS_TOKEN;
        let is_good = |token: &str| {
            let now = self.api.elapsed();
            self.api.state().tokens.standing(token, now) == Standing::Live
                || accepts(self.api, token)
        };
        // A bad token is an `invalid_request` here (section 2.2.2), and no `invalid_grant`.
        if !is_right || !is_good(subject) || !actor.is_none_or(is_good) {
            return Err(OAuthError::INVALID_REQUEST);
        }
        let grant = Grant { key: self.key, ..asked(self.api, &self.form)? };
        let issue = Issue::new(Holder::Exchange, grant, self.terms).issued_type(ACCESS_TOKEN);
        Ok(issue.answer(self.api))
    }
}

/// Returns what a form asks for; what it does not ask for is plain.
pub(crate) fn asked(api: &Api, form: &Form) -> Result<Grant, OAuthError> {
    let claims = form.get("claims").map(serde_json::from_str::<Value>).transpose();
    Ok(Grant {
        scopes: form.get("scope").map(words),
        acr: form.get("acr_values").and_then(|acr| acr.split(' ').next()).map(str::to_owned),
        authenticated: api.elapsed(),
        claims: claims.map_err(|_| OAuthError::INVALID_REQUEST)?.unwrap_or_default(),
        key: None,
    })
}

/// Returns whether an assertion is the one to be taken; where none was named, whether it has the
/// claims of RFC 7523 section 3 and is in force by the API's clock. Nobody's signature is known.
fn accepts(api: &Api, assertion: &str) -> bool {
    if let Some(only) = &api.settings().assertion {
        return assertion == only;
    }
    let Some(jwt) = Jwt::parse(assertion) else { return false };
    let now = api.now().seconds();
    let is_named = jwt.header["alg"].is_string()
        && jwt.claims["iss"].is_string()
        && jwt.claims["sub"].is_string()
        && (jwt.claims["aud"].is_string() || jwt.claims["aud"].is_array());
    let begins = jwt.claims["nbf"].as_u64().unwrap_or_default();
    let issued = jwt.claims["iat"].as_u64().unwrap_or_default();
    let is_begun = begins <= now && issued <= now + LEEWAY;
    is_named && is_begun && jwt.claims["exp"].as_u64().is_some_and(|exp| now < exp)
}

/// Seconds by which a clock may be ahead.
const LEEWAY: u64 = 300;

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
