use std::sync::Arc;

use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::{Value, json};

use crate::answer::{Answer, HandsOut};
use crate::api::Api;
use crate::effect::Terms;
use crate::grant::Grant;
use crate::tokens::Holder;

/// An access token to be issued.
#[derive(Debug)]
pub(crate) struct Issue {
    holder: Holder,
    grant: Grant,
    terms: Terms,
    refresh_token: Option<String>,
    /// Kept as long as the answer to a refresh is under way.
    under_way: Option<Arc<()>>,
    issued_type: Option<&'static str>,
}

impl Issue {
    pub(crate) fn new(holder: Holder, grant: Grant, terms: Terms) -> Issue {
        Issue { holder, grant, terms, refresh_token: None, under_way: None, issued_type: None }
    }

    pub(crate) fn refresh_token(mut self, token: Option<String>) -> Issue {
        self.refresh_token = token;
        self
    }

    pub(crate) fn under_way(mut self, mark: Arc<()>) -> Issue {
        self.under_way = Some(mark);
        self
    }

    /// The kind of token that an exchange brings (RFC 8693 section 2.2.1).
    pub(crate) fn issued_type(mut self, kind: &'static str) -> Issue {
        self.issued_type = Some(kind);
        self
    }

    /// Issues it and answers with it (RFC 6749 section 5.1).
    pub(crate) fn answer(self, api: &Api) -> Answer {
        let Issue { holder, grant, terms, refresh_token, under_way, issued_type } = self;
        let token_type = if grant.key.is_some() { "DPoP" } else { "Bearer" };
        let scope = grant
            .scopes
            .as_ref()
            .map(|scopes| scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" "));
        let now = api.elapsed();
        let mut state = api.state();
        let lifetime = state.lifetime;
        let expires = now.saturating_add(lifetime);
        let (number, token) = state.tokens.issue(holder, expires, grant, refresh_token.clone());
        drop(state);

        let told = terms.expires_in.or_else(|| api.settings().announced_lifetime.clone());
        let expires_in = told.unwrap_or_else(|| lifetime.as_secs().into());
        let mut body = json!({ "access_token": token, "token_type": token_type });
        let members = [
            ("expires_in", expires_in),
            ("refresh_token", refresh_token.into()),
            ("scope", scope.into()),
            ("issued_token_type", issued_type.into()),
        ];
        for (name, value) in members.into_iter().filter(|(_, value)| *value != Value::Null) {
            body[name] = value;
        }
        Answer::json(StatusCode::OK, &body)
            .header(CACHE_CONTROL, "no-store")
            .hands_out(HandsOut { number, under_way })
    }
}
