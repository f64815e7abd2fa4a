use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::Uri;
use readmit_error::{Kind, Stage, Transport};
use readmit_recovery::{
    ClientAuth, DeviceAuthorization, Now, Polled, Polling, Rotation, TokenAnswer, TokenError,
    TokenRequest, WhoseMove,
};
use secrecy::SecretString;

use super::grant::{endpoint, token, unasked};
use super::renewing::Renewing;
use super::storable::Storable;
use super::{Credentials, storable};
use crate::store::Store;
use crate::{BuildError, Exchange, Source, SourceError, Token};

/// A person who signs in on another device (RFC 8628).
///
/// `show` is told the code and where to enter it, and shows both to the person. Then the token
/// endpoint is asked at the pace that it sets, until the person is done, says no, or the code
/// expires (rule 34). Afterwards a refresh token renews the session, if one came.
///
/// What may surprise:
///
/// - A person is asked again only where there is no other way: the session has ended, or there is no
///   refresh token, and what is held has expired or was rejected. An early refresh asks nobody.
/// - With a [store](Credentials::stored_in) a person is asked only where nothing in it helps: the next
///   start, and the other processes that share it, go on with the session of the first. One that
///   waits for a person looks into it before each poll.
/// - A person takes longer than a call may: a call that runs out of time fails, and the sign-in goes
///   on, for an hour at most. A program begins with
///   [`Client::sign_in`](crate::Client::sign_in), which waits.
/// - The session lives as long as the program: a store cannot keep it.
/// - `show` must not block.
///
/// # Example
///
/// ```
/// use readmit::credentials;
/// use readmit::recovery::ClientAuth;
///
/// let person = credentials::device_flow(
///     "https://auth.example.com/device",
///     "https://auth.example.com/token",
///     ClientAuth::public("tv"),
///     Some("read"),
///     |device| println!("Enter {} at {}", device.user_code(), device.verification_uri()),
/// );
/// # let _ = person;
/// ```
///
/// A command line program asks at its first start, and at the later ones goes on:
///
/// ```
/// # use readmit::recovery::ClientAuth;
/// use readmit::{Client, credentials, store};
/// use readmit_testkit::Api;
///
/// async fn start(api: &Api, file: store::File) -> Result<(), Box<dyn std::error::Error>> {
///     let user = api.clone();
///     let person = credentials::device_flow(
///         "https://api.test/device",
///         "https://api.test/token",
///         ClientAuth::basic(api.client_id(), api.client_secret()),
///         None,
///         move |device| user.approve_device(device.user_code()),
///     );
///     let client = Client::builder("https://api.test")
///         .credentials(person.stored_in(file))
///         .clock(api.clock())
///         .build_over(api.service())?;
///     client.sign_in().await?;
///     client.get("/data_flows").send().await?;
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let api = Api::new();
/// # let folder = std::env::temp_dir().join(format!("readmit-device-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let path = folder.join("session.json");
///
/// start(&api, store::file(&path)).await?;
/// start(&api, store::file(&path)).await?;
///
/// assert_eq!(api.seen().count("POST", "/device"), 1);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn device_flow(
    device_url: impl AsRef<str>,
    token_url: impl AsRef<str>,
    auth: ClientAuth,
    scope: Option<&str>,
    show: impl Fn(&DeviceAuthorization) + Send + Sync + 'static,
) -> Credentials {
    let scope = scope.map(str::to_owned);
    storable(DeviceFlow::new(device_url.as_ref(), token_url.as_ref(), auth, scope, show))
}

/// A person signs in on another device (RFC 8628), and is asked again only where nothing else helps.
struct DeviceFlow<F> {
    device_url: Uri,
    token_url: Uri,
    auth: ClientAuth,
    scope: Option<String>,
    show: F,
    /// What the sign-in is renewed with, once there is one.
    session: Renewing,
    /// Held by who asks: a person is asked by one at a time.
    turn: tokio::sync::Mutex<()>,
}

impl<F: Fn(&DeviceAuthorization) + Send + Sync> DeviceFlow<F> {
    fn new(
        device_url: &str,
        token_url: &str,
        auth: ClientAuth,
        scope: Option<String>,
        show: F,
    ) -> Result<DeviceFlow<F>, BuildError> {
        let (device_url, token_url) = (endpoint(device_url)?, endpoint(token_url)?);
        // What cannot be sent is found here, and not at the first call.
        TokenRequest::device_authorization(&device_url, &auth, scope.as_deref())?;
        let rotation = Rotation::DEFAULT.last_resort();
        let session = Renewing::empty(token_url.clone(), Some(auth.clone()), rotation);
        let turn = tokio::sync::Mutex::new(());
        Ok(DeviceFlow { device_url, token_url, auth, scope, show, session, turn })
    }

    async fn sign_in(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        let scope = self.scope.as_deref();
        let request = TokenRequest::device_authorization(&self.device_url, &self.auth, scope);
        let device = exchange.authorize(request.map_err(unasked)?).await?;
        let mut polling = Polling::of(exchange.now().mono, &device);
        (self.show)(&device);
        loop {
            tokio::time::sleep_until(polling.poll_at().into()).await;
            // One sign-in is enough for all processes that share a store.
            if let Some(token) = self.session.begun_elsewhere(exchange).await {
                return Ok(token);
            }
            let code = device.device_code();
            let request = TokenRequest::device_code(&self.token_url, code, &self.auth);
            let sent = exchange.now();
            let error = match exchange.poll(request.map_err(unasked)?).await {
                Ok(answer) => return self.signed_in(&answer, sent).await,
                Err(error) => error,
            };
            match polling.failed(exchange.now().mono, &said(&error)) {
                Polled::Again { .. } => {}
                Polled::Denied => return Err(SourceError::terminal("the person said no")),
                Polled::Refused => return Err(error),
                Polled::Expired => {
                    let late = "the code was not entered while it was good";
                    return Err(SourceError::terminal(late));
                }
            }
        }
    }

    async fn signed_in(&self, answer: &TokenAnswer, sent: Now) -> Result<Token, SourceError> {
        let begun = self.session.begin(answer, sent).await;
        let token = token(answer, self.scope.clone())?;
        Ok(match begun {
            Ok(()) => token,
            Err(error) => token.not_stored(&error),
        })
    }
}

#[async_trait]
impl<F: Fn(&DeviceAuthorization) + Send + Sync> Source for DeviceFlow<F> {
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        let _turn = self.turn.lock().await;
        let renewed = self.session.fetch(&exchange.within(RENEWAL_TIME)).await;
        if !renewed.as_ref().is_err_and(wants_a_person) {
            return renewed;
        }
        // Nobody is disturbed while what is held is good.
        if !exchange.is_in_hurry() {
            return Err(SourceError::transient("a person has to sign in again, and not yet"));
        }
        self.sign_in(exchange).await
    }

    async fn forget(&self, to_revoke: &mut Vec<SecretString>) -> Result<(), SourceError> {
        self.session.forget(to_revoke).await
    }

    fn patience(&self) -> Option<Duration> {
        Some(PATIENCE)
    }
}

impl<F: Fn(&DeviceAuthorization) + Send + Sync + 'static> Storable for DeviceFlow<F> {
    fn stored_in(self: Box<Self>, store: Arc<dyn Store>) -> Box<dyn Source> {
        let flow = *self;
        let session = flow.session.kept_in(store);
        Box::new(DeviceFlow { session, ..flow })
    }
}

impl<F> fmt::Debug for DeviceFlow<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceFlow")
            .field("device_host", &self.device_url.host())
            .field("token_host", &self.token_url.host())
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// Returns what a poll brought; one that was not let out brought no answer.
fn said(error: &SourceError) -> TokenError {
    let unsent = || TokenError::Transport(Transport { stage: Stage::Connect, timed_out: false });
    error.token_error().cloned().unwrap_or_else(unsent)
}

/// Whether there is no session, or it has ended, or may have: only a person begins another.
fn wants_a_person(error: &SourceError) -> bool {
    let ended = match error.token_error() {
        Some(error) => error.whose_move() == WhoseMove::Person,
        None => matches!(error.failure().kind(), Kind::MissingCredentials | Kind::OutcomeUnknown),
    };
    error.is_terminal() && ended
}

/// How long a person may take, at most: longer than the codes of most servers are good.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// How long a refresh may take, which no person has a part in.
const RENEWAL_TIME: Duration = Duration::from_secs(30);
