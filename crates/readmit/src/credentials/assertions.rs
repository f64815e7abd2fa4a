use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::SystemTime;

use async_trait::async_trait;
use http::Uri;
use readmit_recovery::{Assertion, ClientAuth, NotSigned, Signer, Suspicion, TokenRequest};
use secrecy::SecretString;

use super::grant::{endpoint, token, unasked};
use super::{Credentials, sourced};
use crate::source::Stated;
use crate::{BuildError, Exchange, Source, SourceError, Token};

/// OAuth 2.0 client credentials for a client that signs who it is, in the place of a secret
/// (`private_key_jwt`, RFC 7523 section 2.2).
///
/// Each request, a retry too, has a statement of its own, to the address of the token endpoint, signed with the
/// key and good for 5 minutes by the clock of the token endpoint, as far as its answers told the time
/// (rule 51).
#[must_use]
pub fn client_credentials_signed(
    token_url: impl AsRef<str>,
    client_id: impl Into<String>,
    key: impl Signer + 'static,
    scope: Option<&str>,
) -> Credentials {
    let (token_url, id) = (token_url.as_ref(), client_id.into());
    let assertion = Assertion::new(&id, token_url);
    asserted(token_url, Signed { assertion, key: Box::new(key) }, What::Client { id }, scope)
}

/// A signed statement that is traded for tokens (RFC 7523 section 2.1): how a service account is
/// let in.
///
/// Each request has one of its own, signed with the key and dated by the clock of the token endpoint,
/// as far as its answers told the time (rule 51).
///
/// # Example
///
/// ```
/// use readmit::credentials;
/// use readmit::recovery::{Assertion, NotSigned, Signer};
///
/// #[derive(Debug)]
/// struct InHardware;
///
/// impl Signer for InHardware {
///     fn algorithm(&self) -> &str {
///         "ES256"
///     }
///
///     fn sign(&self, _input: &[u8]) -> Result<Vec<u8>, NotSigned> {
///         Err(NotSigned::new("the module is not plugged in"))
///     }
/// }
///
/// let token_url = "https://auth.example.com/token";
/// let robot = Assertion::new("robot@example.com", token_url);
/// let key = credentials::jwt_bearer(token_url, robot, InHardware, Some("read"));
///
/// assert!(readmit::Client::builder("https://api.example.com").credentials(key).build().is_ok());
/// ```
#[must_use]
pub fn jwt_bearer(
    token_url: impl AsRef<str>,
    assertion: Assertion,
    key: impl Signer + 'static,
    scope: Option<&str>,
) -> Credentials {
    let signed = Signed { assertion, key: Box::new(key) };
    asserted(token_url.as_ref(), signed, What::Grant, scope)
}

/// A statement that the closure has made, traded for tokens (RFC 7523 section 2.1): the token of a
/// workload that its platform writes into a file, or one that a service signs.
///
/// It is asked for a statement before each request; a retry that would have the same is not sent.
///
/// # Example
///
/// ```
/// use readmit::{SourceError, credentials};
///
/// let token_url = "https://auth.example.com/token";
/// let workload = credentials::jwt_bearer_from(token_url, Some("read"), || async {
///     let token = std::fs::read_to_string("/var/run/secrets/token");
///     let token = token.map_err(|_| SourceError::terminal("the platform wrote no token"))?;
///     Ok(token.trim_ascii().into())
/// });
/// # let _ = workload;
/// ```
#[must_use]
pub fn jwt_bearer_from<F, Fut>(
    token_url: impl AsRef<str>,
    scope: Option<&str>,
    assert: F,
) -> Credentials
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<SecretString, SourceError>> + Send + 'static,
{
    asserted(token_url.as_ref(), Made(assert), What::Grant, scope)
}

/// A source that states, signed, who is calling (RFC 7523).
struct Asserted<A> {
    url: Uri,
    assert: A,
    what: What,
    scope: Option<String>,
}

/// What a statement is made for.
enum What {
    /// It says who the client is, which asks for a token of its own.
    Client { id: String },
    /// It is traded for a token.
    Grant,
}

/// Makes a statement for one request.
#[async_trait]
trait Assert: Send + Sync {
    /// Whether a statement is dated, and may be refused for its date alone.
    const IS_DATED: bool;

    async fn assertion(&self, at: SystemTime) -> Result<SecretString, SourceError>;
}

/// Signs a statement with a key.
struct Signed {
    assertion: Assertion,
    key: Box<dyn Signer>,
}

/// Gets a statement from a function.
struct Made<F>(F);

impl<A: Assert> Asserted<A> {
    fn new(
        token_url: &str,
        assert: A,
        what: What,
        scope: Option<String>,
    ) -> Result<Asserted<A>, BuildError> {
        Ok(Asserted { url: endpoint(token_url)?, assert, what, scope })
    }
}

#[async_trait]
impl<A: Assert> Source for Asserted<A> {
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        let clock = exchange.server_clock(&self.url);
        let first = self.ask(exchange).await;
        let Err(refused) = &first else { return first };
        // A statement that was refused may have been dated by a clock that is off.
        let told = exchange.server_clock(&self.url);
        let is_misdated = A::IS_DATED
            && refused.is_terminal()
            && told.sign_anew(clock.offset(), Suspicion::Probable).is_some();
        // And one may count as seen, though only the proof beside it was refused (rule 33).
        if is_misdated || refused.is_of_proof() { self.ask(exchange).await } else { first }
    }

    fn scope(&self) -> Option<&str> {
        Some(self.scope.as_deref().unwrap_or_default())
    }
}

impl<A: Assert> Asserted<A> {
    async fn ask(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        let asked = exchange.scopes_beside(self.scope.as_deref());
        let statement = Statement { source: self, exchange, scope: asked.as_deref() };
        let answer = exchange.send_stated(&statement).await?;
        token(&answer, asked)
    }
}

/// Makes a statement for each request of one exchange.
struct Statement<'a, A> {
    source: &'a Asserted<A>,
    exchange: &'a Exchange<'a>,
    scope: Option<&'a str>,
}

#[async_trait]
impl<A: Assert> Stated for Statement<'_, A> {
    async fn request(&self) -> Result<TokenRequest, SourceError> {
        let Asserted { url, assert, what, .. } = self.source;
        let at = self.exchange.server_clock(url).signing_time(self.exchange.now());
        let assertion = assert.assertion(at).await?;
        let request = match what {
            What::Client { id } => {
                let auth = ClientAuth::assertion(id.as_str(), assertion);
                TokenRequest::client_credentials(url, &auth, self.scope)
            }
            What::Grant => TokenRequest::jwt_bearer(url, &assertion, None, self.scope),
        };
        request.map_err(unasked)
    }
}

impl<A> fmt::Debug for Asserted<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asserted")
            .field("host", &self.url.host())
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Assert for Signed {
    const IS_DATED: bool = true;

    async fn assertion(&self, at: SystemTime) -> Result<SecretString, SourceError> {
        let unsigned = |error: NotSigned| SourceError::terminal(error.to_string());
        self.assertion.sign(&*self.key, at, unique()).map_err(unsigned)
    }
}

#[async_trait]
impl<F, Fut> Assert for Made<F>
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<SecretString, SourceError>> + Send,
{
    const IS_DATED: bool = false;

    async fn assertion(&self, _: SystemTime) -> Result<SecretString, SourceError> {
        (self.0)().await
    }
}

fn asserted(
    token_url: &str,
    assert: impl Assert + 'static,
    what: What,
    scope: Option<&str>,
) -> Credentials {
    sourced(Asserted::new(token_url, assert, what, scope.map(str::to_owned)))
}

/// Returns 16 bytes that no statement had before.
fn unique() -> [u8; 16] {
    // Each `RandomState` has keys of its own, made of the operating system's randomness.
    let word = || RandomState::new().build_hasher().finish();
    ((u128::from(word()) << 64) | u128::from(word())).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_statements_have_the_same_name() {
        let mut names: Vec<_> = (0..1_000).map(|_| unique()).collect();

        names.sort_unstable();
        names.dedup();

        assert_eq!(names.len(), 1_000);
    }
}
