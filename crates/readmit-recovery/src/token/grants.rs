//! The requests of the standards beyond RFC 6749.

use std::time::Duration;

use http::Uri;
use secrecy::{ExposeSecret, SecretString};

use super::answer::refusal;
use super::client_auth::ClientAuth;
use super::error::TokenError;
use super::exchange::TokenExchange;
use super::request::{RequestError, TokenRequest};

/// What a token is, to who revokes it (RFC 7009 section 2.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the registry has these two")]
pub enum TokenHint {
    /// It lets requests in.
    AccessToken,
    /// It brings access tokens; with it those that it brought end too.
    RefreshToken,
}

impl TokenRequest {
    /// Asks for a code that a person enters elsewhere (RFC 8628 section 3.1); `url` is the device
    /// authorisation endpoint. Its answer is a [`DeviceAuthorization`](crate::DeviceAuthorization).
    ///
    /// # Errors
    ///
    /// Returns [`RequestError`] where the client's credentials cannot stand in a header.
    pub fn device_authorization(
        url: &Uri,
        auth: &ClientAuth,
        scope: Option<&str>,
    ) -> Result<TokenRequest, RequestError> {
        TokenRequest::new(url).scoped(scope).authenticated_by(Some(auth))
    }

    /// Asks whether the person has entered the code (RFC 8628 section 3.4).
    ///
    /// When to ask is for a [`Polling`](crate::Polling) to say, so it is not
    /// [repeatable](TokenRequest::is_repeatable).
    ///
    /// # Errors
    ///
    /// Returns [`RequestError`] for an empty code, or where the client's credentials cannot stand in
    /// a header.
    pub fn device_code(
        url: &Uri,
        code: &SecretString,
        auth: &ClientAuth,
    ) -> Result<TokenRequest, RequestError> {
        if code.expose_secret().is_empty() {
            return Err(RequestError::EmptyDeviceCode);
        }
        TokenRequest::new(url)
            .parameter("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
            .secret("device_code", code)
            .once()
            .authenticated_by(Some(auth))
    }

    /// Trades a signed statement for a token (RFC 7523 section 2.1).
    ///
    /// It is not [repeatable](TokenRequest::is_repeatable): a server may refuse a statement that it
    /// has seen. Make another one and ask again.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError`] for an empty statement, or where the client's credentials cannot
    /// stand in a header.
    pub fn jwt_bearer(
        url: &Uri,
        assertion: &SecretString,
        auth: Option<&ClientAuth>,
        scope: Option<&str>,
    ) -> Result<TokenRequest, RequestError> {
        if assertion.expose_secret().is_empty() {
            return Err(RequestError::EmptyAssertion);
        }
        TokenRequest::new(url)
            .parameter("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
            .secret("assertion", assertion)
            .scoped(scope)
            .once()
            .authenticated_by(auth)
    }

    /// Trades one token for another (RFC 8693 section 2.1).
    ///
    /// # Errors
    ///
    /// Returns [`RequestError`] for an empty token, or where the client's credentials cannot stand
    /// in a header.
    pub fn token_exchange(
        url: &Uri,
        exchange: &TokenExchange,
        auth: Option<&ClientAuth>,
    ) -> Result<TokenRequest, RequestError> {
        let request = TokenRequest::new(url)
            .parameter("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
        exchange.apply(request)?.authenticated_by(auth)
    }

    /// Ends a token before its time (RFC 7009 section 2.1); `url` is the revocation endpoint. Its
    /// answer is for [`read_revocation`](TokenRequest::read_revocation).
    ///
    /// # Errors
    ///
    /// Returns [`RequestError`] for an empty token, or where the client's credentials cannot stand
    /// in a header.
    pub fn revocation(
        url: &Uri,
        token: &SecretString,
        hint: TokenHint,
        auth: Option<&ClientAuth>,
    ) -> Result<TokenRequest, RequestError> {
        if token.expose_secret().is_empty() {
            return Err(RequestError::EmptyToken);
        }
        let hint = match hint {
            TokenHint::AccessToken => "access_token",
            TokenHint::RefreshToken => "refresh_token",
        };
        TokenRequest::new(url)
            .secret("token", token)
            .parameter("token_type_hint", hint)
            .authenticated_by(auth)
    }

    /// Reads the answer to a revocation: a good status is all that there is to it, for a token that
    /// was none as well (RFC 7009 section 2.2).
    ///
    /// # Errors
    ///
    /// Returns [`TokenError::Refused`]: the token may live on.
    pub fn read_revocation(
        &self,
        status: u16,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Result<(), TokenError> {
        if (200..300).contains(&status) {
            return Ok(());
        }
        let object = serde_json::from_slice(body).unwrap_or_default();
        Err(refusal(self, status, retry_after, &object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WhoseMove;

    #[test]
    fn r34_a_device_asks_for_a_code_and_then_with_it() {
        let auth = ClientAuth::public("tv");

        let code = TokenRequest::device_authorization(&url(), &auth, Some("a b")).unwrap();
        let token = TokenRequest::device_code(&url(), &"d c".into(), &auth).unwrap();

        assert_eq!(code.body(), b"scope=a+b&client_id=tv");
        assert!(code.is_repeatable());
        let body = b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code\
            &device_code=d+c&client_id=tv";
        assert_eq!(token.body(), body);
        assert!(!token.is_repeatable());
        let empty = TokenRequest::device_code(&url(), &"".into(), &auth);
        assert_eq!(empty.unwrap_err(), RequestError::EmptyDeviceCode);
    }

    #[test]
    fn a_statement_is_a_grant_and_is_sent_once() {
        let request = TokenRequest::jwt_bearer(&url(), &"a.b.c".into(), None, Some("s")).unwrap();

        let body = b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer\
            &assertion=a.b.c&scope=s";
        assert_eq!(request.body(), body);
        assert!(!request.is_repeatable());
        let empty = TokenRequest::jwt_bearer(&url(), &"".into(), None, None);
        assert_eq!(empty.unwrap_err(), RequestError::EmptyAssertion);
    }

    #[test]
    fn a_client_may_authenticate_by_a_statement_which_is_sent_once() {
        let auth = ClientAuth::assertion("id", "a.b.c");

        let request = TokenRequest::client_credentials(&url(), &auth, None).unwrap();

        let body = b"grant_type=client_credentials&client_id=id&client_assertion_type=\
            urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
            &client_assertion=a.b.c";
        assert_eq!(request.body(), body);
        assert!(!request.is_repeatable());
    }

    #[test]
    fn a_token_is_revoked_by_its_name_and_kind() {
        let token = SecretString::from("r1");
        let auth = ClientAuth::basic("id", "s");

        let refresh =
            TokenRequest::revocation(&url(), &token, TokenHint::RefreshToken, Some(&auth)).unwrap();
        let access =
            TokenRequest::revocation(&url(), &token, TokenHint::AccessToken, None).unwrap();

        assert_eq!(refresh.body(), b"token=r1&token_type_hint=refresh_token");
        assert_eq!(refresh.headers()["authorization"], "Basic aWQ6cw==");
        assert_eq!(access.body(), b"token=r1&token_type_hint=access_token");
        assert!(access.is_repeatable());
        let empty = TokenRequest::revocation(&url(), &"".into(), TokenHint::AccessToken, None);
        assert_eq!(empty.unwrap_err(), RequestError::EmptyToken);
    }

    #[test]
    fn a_revocation_is_over_at_a_good_status_and_not_before() {
        let token = SecretString::from("planted");
        let request =
            TokenRequest::revocation(&url(), &token, TokenHint::AccessToken, None).unwrap();

        for body in ["", "<html>", "{}"] {
            assert_eq!(request.read_revocation(200, None, body.as_bytes()), Ok(()));
        }
        let body = br#"{"error":"unsupported_token_type","error_description":"planted"}"#;
        let refused = request.read_revocation(400, None, body).unwrap_err();
        assert_eq!(refused.whose_move(), WhoseMove::Operator);
        assert_eq!(refused.code(), Some("unsupported_token_type"));
        assert!(!format!("{refused:?}").contains("planted"));
        let wait = Some(Duration::from_secs(9));
        let busy = request.read_revocation(503, wait, b"").unwrap_err();
        assert_eq!((busy.is_terminal(), busy.retry_after()), (false, wait));
    }

    #[test]
    fn r56_each_secret_that_was_sent_is_taken_out_of_an_echo() {
        let secret = SecretString::from("planted-secret");
        let public = ClientAuth::public("id");
        let requests = [
            TokenRequest::device_code(&url(), &secret, &public),
            TokenRequest::jwt_bearer(&url(), &secret, None, None),
            TokenRequest::revocation(&url(), &secret, TokenHint::RefreshToken, None),
            TokenRequest::token_exchange(
                &url(),
                &TokenExchange::access_token(secret.clone()),
                None,
            ),
            TokenRequest::client_credentials(
                &url(),
                &ClientAuth::assertion("id", secret.clone()),
                None,
            ),
        ];

        for request in requests.map(Result::unwrap) {
            let body = br#"{"error":"invalid_grant","error_description":"<planted-secret>"}"#;
            let error = crate::TokenAnswer::read(&request, 400, None, body).unwrap_err();

            let printed = format!("{request:?} {error:?}");
            assert!(!printed.contains("planted"), "{printed}");
            assert!(printed.contains("<REDACTED>"), "{printed}");
        }
    }

    fn url() -> Uri {
        Uri::from_static("https://auth.example.com/token")
    }
}
