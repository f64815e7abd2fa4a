use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::request::Parts;
use readmit_core::Clock;
use serde_json::Value;

use crate::builder::{Builder, ExpiryCode};
use crate::clock::{ApiClock, Skew};
use crate::dpop::Unproven;
use crate::families::Rotation;
use crate::fault::Fault;
use crate::grant::Grant;
use crate::hold::Hold;
use crate::refusal::Moment;
use crate::scope::Scope;
use crate::script::FaultScript;
use crate::seen::Seen;
use crate::service::ApiService;
use crate::state::State;
use crate::timestamp::Timestamp;
use crate::tokens::Holder;

/// An API that misbehaves on purpose.
///
/// A cheap handle: all clones are the same API, and so are all its fronts, made by
/// [`service`](Api::service) and [`serve`](Api::serve).
/// What it serves stands in the [crate's documentation](crate).
///
/// # Example
///
/// ```
/// use readmit_testkit::Api;
///
/// let api = Api::new();
/// let token = api.new_access_token();
///
/// assert_eq!(api.tokens_issued(), 1);
/// assert!(!format!("{api:?}").contains(&token));
/// ```
#[derive(Clone)]
pub struct Api {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    clock: Arc<ApiClock>,
    state: Mutex<State>,
}

/// What never changes.
pub(crate) struct Settings {
    pub(crate) announced_lifetime: Option<Value>,
    pub(crate) expiry_code: ExpiryCode,
    pub(crate) rotation: Rotation,
    pub(crate) refuses_concurrent_refresh: bool,
    pub(crate) device_lifetime: Duration,
    pub(crate) device_interval: Duration,
    pub(crate) assertion: Option<String>,
    pub(crate) service_key: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

impl Api {
    /// Returns an API with the settings of a fresh [`builder`](Api::builder).
    #[must_use]
    pub fn new() -> Api {
        Api::builder().build()
    }

    /// Returns a builder.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn from_parts(settings: Settings, clock: ApiClock, state: State) -> Api {
        Api {
            inner: Arc::new(Inner { settings, clock: Arc::new(clock), state: Mutex::new(state) }),
        }
    }

    /// Returns the front in process, which waits in Tokio time.
    #[must_use]
    pub fn service(&self) -> ApiService {
        ApiService::new(self.clone())
    }

    /// Returns the true time, as a client is to have it.
    ///
    /// It is Tokio's, so that a paused Tokio clock moves client and API together, and lacks the
    /// [`skew`](Api::skew) of the API.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.inner.clock) as Arc<dyn Clock>
    }

    /// Returns the service key that the API was built with.
    #[must_use]
    pub fn service_key(&self) -> &str {
        &self.settings().service_key
    }

    /// Returns the identifier of the OAuth 2.0 client.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.settings().client_id
    }

    /// Returns the secret of the OAuth 2.0 client.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        &self.settings().client_secret
    }

    /// Returns a new access token, as if the test were a client of its own.
    #[must_use]
    pub fn new_access_token(&self) -> String {
        let mut state = self.state();
        let now = self.elapsed();
        let expires = now.saturating_add(state.lifetime);
        let (number, value) =
            state.tokens.issue(Holder::Test, expires, Grant::plain(now, None), None);
        state.tokens.hand_out(number);
        value
    }

    /// Returns the first refresh token of a new family.
    #[must_use]
    pub fn new_refresh_token(&self) -> String {
        let grant = Grant::plain(self.elapsed(), None);
        let mut state = self.state();
        let (_, value) = state.tokens.begin_family(grant);
        state.tokens.hand_out_refresh(&value);
        value
    }

    /// Returns the user codes that wait for the user to decide, in alphabetical order; each was
    /// handed out by `POST /device` (RFC 8628).
    #[must_use]
    pub fn user_codes(&self) -> Vec<String> {
        let now = self.elapsed();
        self.state().devices.waiting(now)
    }

    /// Decides as the user would who typed this code and said yes; a code that waits for no
    /// decision changes nothing.
    ///
    /// As with people, neither case nor dashes count.
    pub fn approve_device(&self, user_code: &str) {
        let now = self.elapsed();
        self.state().devices.approve(user_code, now);
    }

    /// Decides as the user would who typed this code and said no; a code that waits for no
    /// decision changes nothing.
    pub fn deny_device(&self, user_code: &str) {
        self.state().devices.deny(user_code);
    }

    /// Scripts a fault; nothing happens until the answer is told when to strike.
    pub fn fault(&self, fault: Fault) -> FaultScript<'_> {
        FaultScript::new(self, fault)
    }

    /// Forgets all faults that have yet to strike.
    pub fn clear_faults(&self) {
        self.state().script.clear();
    }

    /// Keeps requests to data routes waiting at the door (all but `/token`, `/token/refresh`,
    /// `/device`, `/revoke` and `/logout`).
    pub fn hold(&self) -> Hold {
        Hold::new(self.clone(), Scope::Data)
    }

    /// Keeps requests of this method to this path waiting at the door; the patterns are those of
    /// [`FaultScript::on`].
    pub fn hold_on(&self, method: &str, path: &str) -> Hold {
        Hold::new(self.clone(), Scope::only(method, path))
    }

    /// Makes all access tokens expire at this instant.
    pub fn expire_access_tokens(&self) {
        let now = self.elapsed();
        self.state().tokens.expire_access(now);
    }

    /// Revokes all access tokens; refresh tokens stay good.
    pub fn revoke_access_tokens(&self) {
        self.state().tokens.revoke_access();
    }

    /// Revokes all refresh tokens; access tokens stay good.
    pub fn revoke_refresh_tokens(&self) {
        self.state().tokens.revoke_refresh();
    }

    /// Revokes the service key; access tokens stay good.
    pub fn revoke_service_key(&self) {
        self.state().service_key = None;
    }

    /// Takes this service key, and no other, from this moment on.
    pub fn accept_service_key(&self, key: impl Into<String>) {
        self.state().service_key = Some(key.into());
    }

    /// Grants the permission that `GET /organizations/{id}/members` needs, to everyone.
    pub fn grant_admin(&self) {
        self.state().is_admin = true;
    }

    /// Withdraws the permission that [`grant_admin`](Api::grant_admin) gave.
    pub fn withdraw_admin(&self) {
        self.state().is_admin = false;
    }

    /// Sets how far the API's wall clock is off.
    pub fn skew(&self, skew: Skew) {
        self.state().skew = skew;
    }

    /// Sets how long access tokens live that are issued from this moment on.
    pub fn token_lifetime(&self, lifetime: Duration) {
        self.state().lifetime = lifetime;
    }

    /// Returns what the API saw up to this moment.
    ///
    /// It keeps every request, until [`forget`](Api::forget).
    #[must_use]
    pub fn seen(&self) -> Seen {
        let mut state = self.state();
        let tally = state.tokens.tally();
        state.seen.take_stock(tally);
        state.seen.clone()
    }

    /// Returns how many access tokens were issued, those handed to the test included.
    #[must_use]
    pub fn tokens_issued(&self) -> u32 {
        self.state().tokens.issued()
    }

    /// Forgets the requests seen, what they created and how many there were at once; tokens and
    /// flows stay.
    pub fn forget(&self) {
        self.state().seen.forget();
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Returns the API's own time, skewed as it is.
    pub(crate) fn now(&self) -> Timestamp {
        let time = Timestamp::of(self.inner.clock.wall());
        self.state().skew.apply(time)
    }

    /// Returns how long the API has been there: the time by which tokens expire.
    pub(crate) fn elapsed(&self) -> Duration {
        self.inner.clock.elapsed()
    }

    /// Returns what the API's wall clock shows at the instant that lies this long after its start.
    pub(crate) fn wall_at(&self, instant: Duration) -> Timestamp {
        let (now, elapsed) = (self.now(), self.elapsed());
        match instant.checked_sub(elapsed) {
            Some(ahead) => now.plus(ahead),
            None => now.minus(elapsed.saturating_sub(instant)),
        }
    }

    pub(crate) fn moment(&self, request_id: String) -> Moment {
        Moment {
            now: self.now(),
            request_id,
            expiry_code: self.settings().expiry_code,
            scheme: if self.state().guard.is_some() { "DPoP" } else { "Bearer" },
        }
    }

    /// Checks the proof of a request; returns the thumbprint of its key, where proofs are demanded.
    pub(crate) fn prove(
        &self,
        head: &Parts,
        token: Option<&str>,
    ) -> Result<Option<String>, Unproven> {
        let now = self.now();
        let mut state = self.state();
        state.guard.as_mut().map(|guard| guard.admit(head, token, now)).transpose()
    }

    /// Returns the nonce for one more answer, where nonces are demanded.
    pub(crate) fn next_nonce(&self) -> Option<String> {
        self.state().guard.as_mut()?.hand_out()
    }

    /// Takes the one lock. It is never held across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under the lock panics half-way through a change, so a poisoned state is whole.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Api {
    fn default() -> Api {
        Api::new()
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("clock", &self.inner.clock).finish_non_exhaustive()
    }
}
