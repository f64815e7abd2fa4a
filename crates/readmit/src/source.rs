mod endpoint;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use http::Uri;
use readmit_error::{Failure, Kind, Origin, Replay, Stage, Transport};
use readmit_recovery::{
    Demand, DeviceAuthorization, Now, RequestError, ServerClock, TokenAnswer, TokenError,
    TokenRequest,
};
use secrecy::SecretString;

pub(crate) use self::endpoint::{Answer, Endpoint, Reading, Stated};
use crate::account::Scopes;
use crate::{Token, UnfitToken};

/// Where a credential comes from.
///
/// A source only fetches: when it is asked, how often, for whom and by how many at once is the
/// client's business (rules 1 to 6).
/// It is never asked twice at the same time for the same [scopes](Exchange::scopes).
/// The trait wants the crate `async-trait`, as the example has it; for a closure there is
/// [`credentials::from_fn`](crate::credentials::from_fn).
///
/// # Example
///
/// ```
/// use readmit::{Exchange, Source, SourceError, Token};
///
/// #[derive(Debug)]
/// struct FromEnvironment;
///
/// #[async_trait::async_trait]
/// impl Source for FromEnvironment {
///     async fn fetch(&self, _: &Exchange<'_>) -> Result<Token, SourceError> {
///         let token = std::env::var("API_TOKEN")
///             .map_err(|_| SourceError::terminal("the variable API_TOKEN is not set"))?;
///         Ok(Token::bearer(token)?)
///     }
/// }
/// # let _ = FromEnvironment;
/// ```
#[async_trait]
pub trait Source: fmt::Debug + Send + Sync {
    /// Fetches a credential.
    ///
    /// `exchange` sends requests to a token endpoint over the client's own transport, round the
    /// layer that attaches credentials (rule 8).
    ///
    /// # Errors
    ///
    /// [`SourceError`], which says whether trying again is of use.
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError>;

    /// Returns the scopes that it asks for of its own accord, separated by spaces, where it can ask
    /// for others beside them: [`Exchange::scopes`].
    ///
    /// `None`, the default, says that its tokens are what they are.
    fn scope(&self) -> Option<&str> {
        None
    }

    /// Returns whether the source can be asked for a credential that meets this: the scopes or the
    /// claims that a server named (rules 30 and 31).
    ///
    /// Then it is asked once, with the [demand](Exchange::demand), and the request is sent again.
    /// By default it cannot, and the failure is the caller's.
    fn can_meet(&self, demand: &Demand) -> bool {
        let _ = demand;
        false
    }

    /// Forgets what it keeps from one fetch to the next, in memory and wherever it stores it, and
    /// adds the refresh tokens among it to those that are to be revoked: a person signs out.
    ///
    /// It has a minute; what was added by then is revoked. By default there is nothing to forget.
    ///
    /// # Errors
    ///
    /// [`SourceError`] where something is left; what was added is revoked all the same.
    async fn forget(&self, to_revoke: &mut Vec<SecretString>) -> Result<(), SourceError> {
        let _ = to_revoke;
        Ok(())
    }

    /// Returns how long a [`fetch`](Source::fetch) may take, where that is longer than
    /// [`refresh_timeout`](crate::recovery::ConfigBuilder::refresh_timeout) says: it waits for a
    /// person.
    ///
    /// `None` by default.
    fn patience(&self) -> Option<Duration> {
        None
    }
}

/// Sends token requests for a [`Source`].
#[derive(Clone, Copy)]
pub struct Exchange<'a> {
    endpoint: &'a dyn Endpoint,
    scopes: &'a [String],
    deadline: Instant,
    in_hurry: bool,
    demand: Option<&'a Demand>,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(
        endpoint: &'a dyn Endpoint,
        scopes: &'a [String],
        deadline: Instant,
        in_hurry: bool,
    ) -> Exchange<'a> {
        Exchange { endpoint, scopes, deadline, in_hurry, demand: None }
    }

    pub(crate) fn demanding(mut self, demand: Option<&'a Demand>) -> Exchange<'a> {
        self.demand = demand;
        self
    }

    /// Returns the scopes that the credential has to have beside what the source asks for of its own
    /// accord, each once and in the order of their letters.
    ///
    /// There are none for a source without a [`scope`](Source::scope).
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        self.scopes
    }

    /// Returns these scopes, those of the source and those that a server demanded as one list.
    pub(crate) fn scopes_beside(&self, own: Option<&str>) -> Option<String> {
        let demanded = self.demand.map_or(&[][..], Demand::scopes);
        if self.scopes.is_empty() && demanded.is_empty() {
            return own.map(str::to_owned);
        }
        let wanted = Scopes::of(&[self.scopes, demanded].concat().join(" "));
        Some(wanted.and(own.unwrap_or_default()).as_slice().join(" "))
    }

    /// Returns the request with the claims that a server demanded (rule 31).
    pub(crate) fn claiming(&self, request: TokenRequest) -> TokenRequest {
        match self.demand.and_then(Demand::claims) {
            Some(claims) => request.parameter("claims", claims),
            None => request,
        }
    }

    /// Returns whether there is no credential to go on with: none yet, or one that has expired or
    /// was rejected.
    ///
    /// A source that must not try something twice leaves it until then.
    #[must_use]
    pub fn is_in_hurry(&self) -> bool {
        self.in_hurry
    }

    /// Returns what a server wants of the credential, beyond what the source usually asks for.
    ///
    /// It is something that the source said it [can meet](Source::can_meet). A credential that was
    /// kept from before is no answer to it.
    #[must_use]
    pub fn demand(&self) -> Option<&'a Demand> {
        self.demand
    }

    /// Sends a token request and reads its answer.
    ///
    /// A request that may be repeated is, by the client's retry policy; one that must not, because
    /// it spends a token that works once, is sent again only where it certainly never arrived
    /// (rule 23).
    ///
    /// # Errors
    ///
    /// [`SourceError`] where no answer came, or one without a token in it.
    pub async fn send(&self, request: TokenRequest) -> Result<TokenAnswer, SourceError> {
        self.token(request, Reading::Token).await
    }

    /// Sends a request with a statement in it that is good for once, and where that is repeated, one
    /// with another statement.
    pub(crate) async fn send_stated(
        &self,
        stated: &dyn Stated,
    ) -> Result<TokenAnswer, SourceError> {
        self.endpoint.call_stated(stated, self.deadline).await?.token()
    }

    /// Asks once, and leaves it to the source when to ask again (rule 34).
    pub(crate) async fn poll(&self, request: TokenRequest) -> Result<TokenAnswer, SourceError> {
        self.token(request, Reading::Poll).await
    }

    /// Asks for the codes of a device.
    pub(crate) async fn authorize(
        &self,
        request: TokenRequest,
    ) -> Result<DeviceAuthorization, SourceError> {
        match self.endpoint.call(request, Reading::Device, self.deadline).await? {
            Answer::Device(device) => Ok(device),
            Answer::Revoked | Answer::Token(_) => Err(SourceError::misread()),
        }
    }

    /// Returns the exchange with less time, where there is more.
    pub(crate) fn within(mut self, time: Duration) -> Exchange<'a> {
        let earlier = self.now().mono.checked_add(time);
        self.deadline = earlier.map_or(self.deadline, |at| at.min(self.deadline));
        self
    }

    pub(crate) fn now(&self) -> Now {
        Now::read(self.endpoint.clock())
    }

    /// Returns what the answers from this address told of its clock (rule 51).
    pub(crate) fn server_clock(&self, url: &Uri) -> ServerClock {
        self.endpoint.server_clock(url)
    }

    async fn token(
        &self,
        request: TokenRequest,
        reading: Reading,
    ) -> Result<TokenAnswer, SourceError> {
        self.endpoint.call(request, reading, self.deadline).await?.token()
    }
}

impl Answer {
    fn token(self) -> Result<TokenAnswer, SourceError> {
        match self {
            Answer::Token(answer) => Ok(answer),
            Answer::Device(_) | Answer::Revoked => Err(SourceError::misread()),
        }
    }
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exchange")
    }
}

/// Why a [`Source`] has no credential to give.
///
/// It is shared by everybody who waits for the same refresh, and cheap to clone.
#[derive(Clone, Debug)]
pub struct SourceError {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    message: String,
    failure: Failure,
    terminal: bool,
    /// What a token endpoint said, where it did.
    said: Option<TokenError>,
    /// Whether it was the proof that was refused, and another one may do.
    of_proof: bool,
}

impl SourceError {
    /// Returns an error that only a person can mend.
    ///
    /// Calls fail with it at once and ask nobody, for as long as
    /// [`recovery::Config::remember_terminal_for`](crate::recovery::Config::remember_terminal_for)
    /// says: 5 s by default.
    ///
    ///
    /// The message is shown to people and must hold no secret.
    #[must_use]
    pub fn terminal(message: impl Into<String>) -> SourceError {
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Local);
        SourceError::new(message, failure.because("the source of credentials").build(), true)
    }

    /// Returns an error that may pass by itself.
    ///
    /// The message is shown to people and must hold no secret.
    #[must_use]
    pub fn transient(message: impl Into<String>) -> SourceError {
        let failure = Failure::builder(Kind::Unavailable, Origin::Local);
        SourceError::new(message, failure.because("the source of credentials").build(), false)
    }

    pub(crate) fn new(message: impl Into<String>, failure: Failure, terminal: bool) -> SourceError {
        SourceError::of(message.into(), failure, terminal, None)
    }

    /// Returns the error of a token endpoint that was asked, which the failure stands for.
    pub(crate) fn said(error: TokenError, failure: Failure) -> SourceError {
        let (message, terminal) = (error.to_string(), error.is_terminal());
        SourceError::of(message, failure, terminal, Some(error))
    }

    /// Returns the error for what cannot be: an answer that was read as another one.
    fn misread() -> SourceError {
        SourceError::transient("the answer of the token endpoint was read as another one")
    }

    /// Returns the error of a request that cannot be made.
    pub(crate) fn unsent(error: &RequestError) -> SourceError {
        let never = Transport { stage: Stage::Unsent, timed_out: false };
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Local)
            .because("the source of credentials")
            .build();
        SourceError::of(error.to_string(), failure, true, Some(never.into()))
    }

    /// Returns it as one of a request whose proof was refused, where another proof may do.
    pub(crate) fn of_proof(&self) -> SourceError {
        let Inner { message, failure, terminal, said, .. } = &*self.inner;
        let (message, failure, said) = (message.clone(), failure.clone(), said.clone());
        SourceError {
            inner: Arc::new(Inner { message, failure, terminal: *terminal, said, of_proof: true }),
        }
    }

    /// Returns whether the same with another proof may do.
    pub(crate) fn is_of_proof(&self) -> bool {
        self.inner.of_proof
    }

    fn of(
        message: String,
        failure: Failure,
        terminal: bool,
        said: Option<TokenError>,
    ) -> SourceError {
        let inner = Inner { message, failure, terminal, said, of_proof: false };
        SourceError { inner: Arc::new(inner) }
    }

    /// Returns it as an error of the token endpoint, which says whether the request may have been
    /// acted upon (rule 23).
    pub(crate) fn as_token_error(&self) -> TokenError {
        self.inner.said.clone().unwrap_or_else(|| {
            let stage = match self.inner.failure.replay() {
                Replay::NotProcessed => Stage::Unsent,
                Replay::PossiblyProcessed | Replay::Processed => Stage::Sent,
            };
            TokenError::Transport(Transport { stage, timed_out: false })
        })
    }

    /// Returns what went wrong, as a failure.
    #[must_use]
    pub fn failure(&self) -> &Failure {
        &self.inner.failure
    }

    /// Returns what the token endpoint said, where it was asked and the request was let through to
    /// it.
    #[must_use]
    pub fn token_error(&self) -> Option<&TokenError> {
        self.inner.said.as_ref()
    }

    /// Returns whether only a person can mend it.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.inner.terminal
    }
}

impl From<UnfitToken> for SourceError {
    fn from(unfit: UnfitToken) -> SourceError {
        SourceError::terminal(unfit.to_string())
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)
    }
}

impl std::error::Error for SourceError {}
