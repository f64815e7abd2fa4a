use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use readmit_core::{Clock, SystemClock};
use serde_json::Value;

use crate::api::{Api, Settings};
use crate::clock::{ApiClock, Skew};
use crate::device::Devices;
#[cfg(feature = "dpop")]
use crate::dpop::Dpop;
use crate::dpop::Guard;
use crate::families::Rotation;
use crate::script::Script;
use crate::seen::Seen;
use crate::state::State;
use crate::tokens::Tokens;

/// Sets up an [`Api`]; made by [`Api::builder`].
///
/// Every setting is usable with every other, so nothing can fail.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_testkit::{Api, ExpiryCode, Skew};
///
/// let api = Api::builder()
///     .token_lifetime(Duration::from_secs(60))
///     .skew(Skew::Behind(Duration::from_secs(600)))
///     .expiry_code(ExpiryCode::Auth003)
///     .service_key("planted-secret")
///     .build();
///
/// assert_eq!(api.service_key(), "planted-secret");
/// ```
#[must_use = "builds nothing until `build`"]
pub struct Builder {
    token_lifetime: Duration,
    announced_lifetime: Option<Value>,
    skew: Skew,
    expiry_code: ExpiryCode,
    rotation: Rotation,
    refuses_concurrent_refresh: bool,
    device_lifetime: Duration,
    device_interval: Duration,
    assertion: Option<String>,
    guard: Option<Guard>,
    seed: u64,
    wall: Option<SystemTime>,
    service_key: String,
    client_id: String,
    client_secret: String,
    access_token_prefix: String,
    refresh_token_prefix: String,
}

/// With which of its two codes the API says that an access token expired.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the API documents these two")]
pub enum ExpiryCode {
    /// `AUTH_001`, with the time of expiry and the API's time in the details.
    Auth001,
    /// `AUTH_003`.
    Auth003,
}

impl Builder {
    pub(crate) fn new() -> Builder {
        Builder {
            token_lifetime: Duration::from_secs(3_600),
            announced_lifetime: None,
            skew: Skew::NONE,
            expiry_code: ExpiryCode::Auth001,
            rotation: Rotation::Rotate { grace: Duration::ZERO },
            refuses_concurrent_refresh: false,
            device_lifetime: Duration::from_secs(600),
            device_interval: Duration::from_secs(5),
            assertion: None,
            guard: None,
            seed: 0,
            wall: None,
            service_key: "testkit-service-key".to_owned(),
            client_id: "testkit-client".to_owned(),
            client_secret: "testkit-client-secret".to_owned(),
            access_token_prefix: "testkit-access-".to_owned(),
            refresh_token_prefix: "testkit-refresh-".to_owned(),
        }
    }

    /// How long an access token lives (default: an hour); zero makes tokens that arrive expired.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Builder {
        self.token_lifetime = lifetime;
        self
    }

    /// What `expires_in` says (default: the token's lifetime in whole seconds).
    ///
    /// Any JSON, such as the string `"3600"` or `-1`; null leaves the member out.
    pub fn announced_lifetime(mut self, expires_in: impl Into<Value>) -> Builder {
        self.announced_lifetime = Some(expires_in.into());
        self
    }

    /// How far the API's wall clock is off (default: not at all).
    pub fn skew(mut self, skew: Skew) -> Builder {
        self.skew = skew;
        self
    }

    /// How an expired access token is refused (default: `AUTH_001`).
    pub fn expiry_code(mut self, code: ExpiryCode) -> Builder {
        self.expiry_code = code;
        self
    }

    /// For how long after its use a refresh token may be used again (default: not at all).
    pub fn refresh_grace(mut self, grace: Duration) -> Builder {
        self.rotation = Rotation::Rotate { grace };
        self
    }

    /// Gives no new refresh token in answer to one, which may then be used for ever (rule 19).
    pub fn keep_refresh_tokens(mut self) -> Builder {
        self.rotation = Rotation::Keep;
        self
    }

    /// Refuses a refresh token while the answer to its last use is under way, with
    /// `invalid_request` and `Please retry the request` (rule 24; default: it is reuse).
    ///
    /// An answer is under way until its last byte was taken, or until it is dropped or lost.
    pub fn refuse_concurrent_refreshes(mut self) -> Builder {
        self.refuses_concurrent_refresh = true;
        self
    }

    /// How long the codes of `POST /device` work (default: ten minutes).
    pub fn device_lifetime(mut self, lifetime: Duration) -> Builder {
        self.device_lifetime = lifetime;
        self
    }

    /// How long a device must wait between two polls, told in whole seconds (default: five
    /// seconds); each `slow_down` adds five seconds for that device.
    pub fn device_interval(mut self, interval: Duration) -> Builder {
        self.device_interval = interval;
        self
    }

    /// The one assertion that JWT bearer and token exchange take.
    ///
    /// By default they take any JWT that has `iss`, `sub` and `aud`, an `exp` in the future and, if it
    /// has them, an `nbf` in the past and an `iat` not more than 5 minutes ahead, by the API's clock.
    /// Its signature is not looked at.
    pub fn assertion(mut self, assertion: impl Into<String>) -> Builder {
        self.assertion = Some(assertion.into());
        self
    }

    /// Demands proofs of possession (default: bearer tokens).
    #[cfg(feature = "dpop")]
    pub fn dpop(mut self, dpop: Dpop) -> Builder {
        self.guard = Some(Guard::new(dpop));
        self
    }

    /// The seed of [`at_percent`](crate::FaultScript::at_percent) (default: 0).
    pub fn seed(mut self, seed: u64) -> Builder {
        self.seed = seed;
        self
    }

    /// The true time at which the API begins (default: the system's time when it is built).
    pub fn wall(mut self, time: SystemTime) -> Builder {
        self.wall = Some(time);
        self
    }

    /// The service key that `POST /token` takes.
    pub fn service_key(mut self, key: impl Into<String>) -> Builder {
        self.service_key = key.into();
        self
    }

    /// The OAuth 2.0 client that `POST /token` takes.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Builder {
        self.client_id = id.into();
        self.client_secret = secret.into();
        self
    }

    /// What access tokens begin with.
    pub fn access_token_prefix(mut self, prefix: impl Into<String>) -> Builder {
        self.access_token_prefix = prefix.into();
        self
    }

    /// What refresh tokens begin with.
    pub fn refresh_token_prefix(mut self, prefix: impl Into<String>) -> Builder {
        self.refresh_token_prefix = prefix.into();
        self
    }

    /// Builds the API. Its time begins here.
    #[must_use]
    pub fn build(self) -> Api {
        let state = State {
            service_key: Some(self.service_key.clone()),
            lifetime: self.token_lifetime,
            skew: self.skew,
            is_admin: false,
            tokens: Tokens::new(self.access_token_prefix, self.refresh_token_prefix),
            devices: Devices::new(),
            guard: self.guard,
            script: Script::seeded(self.seed),
            gates: Vec::new(),
            flows: Vec::new(),
            created: HashMap::new(),
            seen: Seen::default(),
        };
        let settings = Settings {
            announced_lifetime: self.announced_lifetime,
            expiry_code: self.expiry_code,
            rotation: self.rotation,
            refuses_concurrent_refresh: self.refuses_concurrent_refresh,
            device_lifetime: self.device_lifetime,
            device_interval: self.device_interval,
            assertion: self.assertion,
            service_key: self.service_key,
            client_id: self.client_id,
            client_secret: self.client_secret,
        };
        let base = self.wall.unwrap_or_else(|| SystemClock.wall());
        Api::from_parts(settings, ApiClock::starting_at(base), state)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("token_lifetime", &self.token_lifetime)
            .field("skew", &self.skew)
            .field("expiry_code", &self.expiry_code)
            .field("rotation", &self.rotation)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
