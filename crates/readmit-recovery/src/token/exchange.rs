use secrecy::{ExposeSecret, SecretString};

use super::request::{RequestError, TokenRequest};

/// What one token is traded for another with (RFC 8693 section 2.1).
///
/// # Example
///
/// ```
/// use http::Uri;
/// use readmit_recovery::{TokenExchange, TokenRequest};
///
/// let url = Uri::from_static("https://auth.example.com/token");
/// let exchange = TokenExchange::access_token("t0k3n").audience("reports").scope("read");
///
/// let request = TokenRequest::token_exchange(&url, &exchange, None)?;
///
/// assert!(request.body().ends_with(b"&audience=reports&scope=read"));
/// # Ok::<_, readmit_recovery::RequestError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct TokenExchange {
    subject: Token,
    actor: Option<Token>,
    /// Names and values, in the order in which they were added.
    fields: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug)]
struct Token {
    token: SecretString,
    /// A URN.
    kind: String,
}

impl TokenExchange {
    /// Trades an access token of the party on whose behalf the new one is used.
    pub fn access_token(token: impl Into<SecretString>) -> TokenExchange {
        TokenExchange::token(token, "urn:ietf:params:oauth:token-type:access_token")
    }

    /// Trades a JSON Web Token, such as the one of a workload's identity.
    pub fn jwt(token: impl Into<SecretString>) -> TokenExchange {
        TokenExchange::token(token, "urn:ietf:params:oauth:token-type:jwt")
    }

    /// Trades a token of this type, which is a URI (RFC 8693 section 3).
    pub fn token(token: impl Into<SecretString>, kind: &str) -> TokenExchange {
        let subject = Token { token: token.into(), kind: kind.to_owned() };
        TokenExchange { subject, actor: None, fields: Vec::new() }
    }

    /// Adds the token of the party that acts, where it is another one, and its type.
    pub fn actor(mut self, token: impl Into<SecretString>, kind: &str) -> TokenExchange {
        self.actor = Some(Token { token: token.into(), kind: kind.to_owned() });
        self
    }

    /// Adds the name of a service that the new token is for.
    pub fn audience(self, name: &str) -> TokenExchange {
        self.field("audience", name)
    }

    /// Adds the address of a service that the new token is for.
    pub fn resource(self, url: &str) -> TokenExchange {
        self.field("resource", url)
    }

    /// Says which type of token is wanted; by default the server chooses.
    pub fn requested_token_type(self, kind: &str) -> TokenExchange {
        self.field("requested_token_type", kind)
    }

    /// Says which scopes are wanted; by default the server chooses.
    pub fn scope(self, scope: &str) -> TokenExchange {
        self.field("scope", scope)
    }

    /// Writes what belongs into the body.
    pub(super) fn apply(&self, request: TokenRequest) -> Result<TokenRequest, RequestError> {
        let tokens = [
            (Some(&self.subject), "subject_token", "subject_token_type"),
            (self.actor.as_ref(), "actor_token", "actor_token_type"),
        ];
        let mut request = request;
        for (token, name, type_name) in tokens {
            let Some(Token { token, kind }) = token else { continue };
            if token.expose_secret().is_empty() {
                return Err(RequestError::EmptyToken);
            }
            request = request.secret(name, token).parameter(type_name, kind);
        }
        let add =
            |request: TokenRequest, (name, value): &(&str, String)| request.parameter(name, value);
        Ok(self.fields.iter().fold(request, add))
    }

    fn field(mut self, name: &'static str, value: &str) -> TokenExchange {
        self.fields.push((name, value.to_owned()));
        self
    }
}

#[cfg(test)]
mod tests {
    use http::Uri;

    use super::*;

    #[test]
    fn an_exchange_is_written_as_the_standard_has_it() {
        let exchange = TokenExchange::jwt("a.b.c")
            .actor("t", "urn:x")
            .resource("https://api.example.com/")
            .audience("one")
            .audience("two")
            .requested_token_type("urn:y")
            .scope("read");

        let request = TokenRequest::token_exchange(&url(), &exchange, None).unwrap();

        let body = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange\
            &subject_token=a.b.c&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt\
            &actor_token=t&actor_token_type=urn%3Ax&resource=https%3A%2F%2Fapi.example.com%2F\
            &audience=one&audience=two&requested_token_type=urn%3Ay&scope=read";
        assert_eq!(String::from_utf8_lossy(request.body()), body);
        assert!(request.is_repeatable());
    }

    #[test]
    fn an_empty_token_is_not_traded() {
        for exchange in [TokenExchange::jwt(""), TokenExchange::jwt("a").actor("", "urn:x")] {
            let refused = TokenRequest::token_exchange(&url(), &exchange, None);
            assert_eq!(refused.unwrap_err(), RequestError::EmptyToken);
        }
    }

    fn url() -> Uri {
        Uri::from_static("https://auth.example.com/token")
    }
}
