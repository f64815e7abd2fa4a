use std::time::{Duration, Instant};

use readmit_breaker::{Snapshot, State};
use serde::{Serialize, Serializer};

use super::{Standing, seconds};

/// How an origin stands that the client calls.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct OriginHealth {
    /// The origin: `https://api.test`.
    pub origin: String,
    /// Its circuit; `None` for a client [without breaker](crate::ClientBuilder::without_breaker).
    pub circuit: Option<CircuitHealth>,
    /// Its limit; `None` for a client [without limiter](crate::ClientBuilder::without_limiter).
    pub limit: Option<LimitHealth>,
    /// How many retries its [budget](crate::ClientBuilder::budget) pays for at the moment.
    pub retries_left: u32,
}

/// How a circuit stands.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CircuitHealth {
    /// Its state.
    #[serde(serialize_with = "state")]
    pub state: State,
    /// How many calls it has counted in its window.
    pub calls: u32,
    /// How many of these failed.
    pub failures: u32,
    /// How many calls it refused since it last changed.
    pub refused: u64,
    /// When a call that it refuses is worth making again, where that is known.
    #[serde(rename = "retry_in_s", serialize_with = "seconds::optional")]
    pub retry_in: Option<Duration>,
}

/// How a limit stands.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LimitHealth {
    /// How many calls could be made at once; `None` where nothing limits them.
    pub available: Option<u32>,
    /// How long the next call would wait.
    #[serde(rename = "wait_s", serialize_with = "seconds::serialize")]
    pub wait: Duration,
    /// How many calls wait for their turn.
    pub waiting: u64,
    /// How far apart calls are in the long run, by a [quota](crate::ClientBuilder::limit) or by the
    /// [rate that was found](crate::ClientBuilder::adaptive_limit).
    #[serde(rename = "interval_s", serialize_with = "seconds::optional")]
    pub interval: Option<Duration>,
    /// What the server said last of its limit, until that is over.
    pub told: Option<ToldLimit>,
}

/// What a server said of its limit.
#[derive(Clone, Copy, Debug, Serialize)]
#[non_exhaustive]
pub struct ToldLimit {
    /// How many requests it had left then.
    pub remaining: u64,
    /// In what time there are more.
    #[serde(rename = "resets_in_s", serialize_with = "seconds::serialize")]
    pub resets_in: Duration,
}

impl OriginHealth {
    /// What speaks against it; `is_own` says whether it is the client's own.
    pub(super) fn findings(
        &self,
        role: &'static str,
        is_own: bool,
        deadline: Duration,
    ) -> impl Iterator<Item = (Standing, String)> {
        let shut = if is_own { Standing::Down } else { Standing::Degraded };
        let name = format!("{role}{}", self.origin);
        let circuit = self.circuit.as_ref().and_then(|circuit| match circuit.state {
            State::Open | State::Isolated => Some((shut, circuit.state)),
            State::HalfOpen => Some((Standing::Degraded, circuit.state)),
            State::Closed | State::Disabled | State::MetricsOnly => None,
        });
        let circuit = circuit
            .map(|(standing, state)| (standing, format!("the circuit of {name} is {state}")));
        let wait = self.limit.as_ref().map(|limit| limit.wait).filter(|wait| deadline < *wait);
        let wait = wait.map(|wait| {
            (shut, format!("the limit of {name} lets nobody in for {} s", wait.as_secs()))
        });
        let spent = (self.retries_left == 0)
            .then(|| (Standing::Degraded, format!("no retries are left for {name}")));
        circuit.into_iter().chain(wait).chain(spent)
    }
}

impl CircuitHealth {
    pub(crate) fn of(snapshot: &Snapshot, now: Instant) -> CircuitHealth {
        let tally = snapshot.tally();
        CircuitHealth {
            state: snapshot.state(),
            calls: tally.calls(),
            failures: tally.failures(),
            refused: snapshot.rejections(),
            retry_in: snapshot.retry_at().map(|at| at.saturating_duration_since(now)),
        }
    }
}

impl LimitHealth {
    pub(crate) fn of(snapshot: readmit_limit::Snapshot, told: Option<ToldLimit>) -> LimitHealth {
        LimitHealth {
            available: Some(snapshot.available()).filter(|cells| *cells < u32::MAX),
            wait: snapshot.wait(),
            waiting: snapshot.waiting(),
            interval: snapshot.interval(),
            told,
        }
    }
}

fn state<S: Serializer>(state: &State, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match state {
        State::Closed => "closed",
        State::Open => "open",
        State::HalfOpen => "half_open",
        State::Isolated => "isolated",
        State::Disabled => "disabled",
        State::MetricsOnly => "metrics_only",
    })
}
