mod calls;
mod credential;
mod origin;
mod seconds;
mod standing;

use std::fmt;
use std::time::{Duration, SystemTime};

use readmit_error::rfc3339;
use readmit_recovery::Now;
use serde::{Serialize, Serializer};

pub use self::calls::CallsHealth;
pub use self::credential::CredentialHealth;
pub use self::origin::{CircuitHealth, LimitHealth, OriginHealth, ToldLimit};
pub use self::standing::Standing;
use crate::shared::Core;

/// How a client stands at one moment: its credential, the origins that it calls, and how its calls
/// fared. [`Client::health`](crate::Client::health) takes it.
///
/// It serialises to JSON, in which times are in seconds (`_s`), and what is not known is `null`. It
/// holds no secret, nobody's name and no path, and its size is bounded: a hundred origins besides
/// the client's own, and as many codes as the monitor keeps.
/// [`Display`](fmt::Display) is one line: the verdict, and what speaks against a better one.
///
/// # Example
///
/// ```
/// use readmit::{Client, credentials};
/// # use readmit_testkit::Api;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let api = Api::new();
/// let key = credentials::service_key("https://api.test/token", api.service_key());
/// let client = Client::builder("https://api.test").credentials(key);
/// let client = client.clock(api.clock()).build_over(api.service())?;
/// client.get("/data_flows").send().await?;
///
/// let health = serde_json::to_value(client.health())?;
///
/// assert_eq!(health["standing"], "ok");
/// assert_eq!(health["credential"]["phase"], "fresh");
/// assert_eq!(health["origins"][0]["origin"], "https://api.test");
/// assert_eq!(health["origins"][0]["circuit"]["state"], "closed");
/// assert_eq!(health["origins"][0]["retries_left"], 100);
/// assert_eq!(health["token_endpoints"][0]["origin"], "https://api.test");
/// assert_eq!(health["calls"]["ended"]["not_needed"], 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// The whole in a word.
    pub standing: Standing,
    /// What keeps it from being [`Ok`](Standing::Ok), in words for an operator.
    pub because: Vec<String>,
    /// When it was taken, by the wall clock.
    #[serde(serialize_with = "instant")]
    pub at: SystemTime,
    /// The version of readmit.
    pub version: &'static str,
    /// Whether the client was [shut down](crate::Client::shutdown).
    pub is_shut_down: bool,
    /// How many calls, refreshes and sign-outs are under way.
    pub under_way: usize,
    /// The credential of the calls that [require](crate::RequestBuilder::requires) nothing; `None`
    /// for a client without credentials.
    pub credential: Option<CredentialHealth>,
    /// The origins that it calls: its own first, those that were [added](crate::ClientBuilder::also)
    /// next, and then those that it was sent to.
    pub origins: Vec<OriginHealth>,
    /// The origins of the token endpoints that were asked, which have circuits of their own.
    pub token_endpoints: Vec<OriginHealth>,
    /// How calls fared; `None` where [nobody counts](crate::ClientBuilder::without_monitor).
    pub calls: Option<CallsHealth>,
}

impl Health {
    pub(crate) fn of<S>(core: &Core<S>) -> Health {
        let now = Now::read(&core.clock);
        let account = core.account.as_deref();
        let mut health = Health {
            standing: Standing::Ok,
            because: Vec::new(),
            at: now.wall,
            version: env!("CARGO_PKG_VERSION"),
            is_shut_down: core.under_way.is_shut(),
            under_way: core.under_way.count(),
            credential: account.map(|account| account.own_keeper().health(now)),
            origins: core.gates.health(now.mono),
            token_endpoints: core.token_gates.health(now.mono),
            calls: core.watch.monitor.as_deref().map(CallsHealth::of),
        };
        health.judge(core.deadline);
        health
    }

    /// Finds the verdict: what makes each call fail weighs more than what makes some.
    fn judge(&mut self, deadline: Duration) {
        let mut findings = Vec::new();
        if self.is_shut_down {
            findings.push((Standing::Down, "the client is shut down".to_owned()));
        }
        findings.extend(self.credential.as_ref().and_then(CredentialHealth::finding));
        for (place, origin) in self.origins.iter().enumerate() {
            findings.extend(origin.findings("", place == 0, deadline));
        }
        for origin in &self.token_endpoints {
            findings.extend(origin.findings("token endpoint ", false, deadline));
        }
        self.standing = findings.iter().map(|(standing, _)| *standing).max().unwrap_or_default();
        self.because = findings.into_iter().map(|(_, why)| why).collect();
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.standing.fmt(f)?;
        for (place, why) in self.because.iter().enumerate() {
            f.write_str(if place == 0 { ": " } else { "; " })?;
            f.write_str(why)?;
        }
        Ok(())
    }
}

fn instant<S: Serializer>(at: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339::format(*at))
}
