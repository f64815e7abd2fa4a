use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use arc_swap::ArcSwap;
use http::Uri;
use readmit_breaker::Snapshot;
use url::Url;

use super::gate::{Gate, GateConfig};
use super::origin_key::OriginKey;
use crate::{Circuit, OriginHealth};

/// The gates of all origins that a client talks to, and never more than a bound (rule 68).
///
/// A gate that is there is found without a lock and without an allocation. Where the bound is
/// reached, a new one takes the place of one that is idle; where none is, the origins beyond it
/// share a gate that always stands open, with one retry budget for all of them.
pub(crate) struct Gates {
    config: GateConfig,
    gates: ArcSwap<Vec<Arc<Gate>>>,
    /// How many at the beginning are never forgotten.
    named: usize,
    beyond: Arc<Gate>,
    adding: Mutex<()>,
}

impl Gates {
    /// Returns gates for these origins; those of others are made as they are asked for.
    pub(crate) fn new(config: GateConfig, named: &[Url]) -> Gates {
        let mut gates: Vec<Arc<Gate>> = Vec::new();
        for url in named {
            let key = OriginKey::of(url);
            if !gates.iter().any(|gate| gate.is_of(key)) {
                gates.push(Arc::new(Gate::new(&config, key)));
            }
        }
        let named = gates.len();
        let beyond = Arc::new(Gate::always_open(&config));
        Gates { config, gates: ArcSwap::from_pointee(gates), named, beyond, adding: Mutex::new(()) }
    }

    pub(crate) fn of(&self, url: &Url) -> Arc<Gate> {
        self.at(OriginKey::of(url))
    }

    pub(crate) fn of_uri(&self, uri: &Uri) -> Arc<Gate> {
        self.at(OriginKey::of_uri(uri))
    }

    /// Returns the circuits that there are, with the names of their origins.
    pub(crate) fn circuits(&self) -> Vec<(String, Snapshot)> {
        self.gates.load().iter().filter_map(|gate| gate.circuit()).collect()
    }

    /// Returns the circuit of an origin that is known, where it has one.
    pub(crate) fn circuit(&self, url: &Url) -> Option<Arc<Circuit>> {
        let key = OriginKey::of(url);
        self.gates.load().iter().find(|gate| gate.is_of(key))?.breaker()
    }

    /// Returns how the origins stand that are known.
    pub(crate) fn health(&self, now: Instant) -> Vec<OriginHealth> {
        self.gates.load().iter().map(|gate| gate.health(now)).collect()
    }

    fn at(&self, key: OriginKey<&str>) -> Arc<Gate> {
        match find(&self.gates.load(), key) {
            Some(gate) => gate,
            None => self.add(key),
        }
    }

    #[cold]
    fn add(&self, key: OriginKey<&str>) -> Arc<Gate> {
        // Sound: it guards no data of its own.
        let _only_one = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let gates = self.gates.load();
        // Another caller may have come first.
        if let Some(gate) = find(&gates, key) {
            return gate;
        }
        let mut next = Vec::clone(&gates);
        if self.named + ROOM <= next.len() {
            let idle = next.iter().skip(self.named).position(|gate| gate.is_idle());
            let Some(idle) = idle else {
                return Arc::clone(&self.beyond);
            };
            next.remove(self.named + idle);
        }
        let gate = Arc::new(Gate::new(&self.config, key));
        next.push(Arc::clone(&gate));
        self.gates.store(Arc::new(next));
        gate
    }
}

impl fmt::Debug for Gates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.gates.load().iter()).finish()
    }
}

fn find(gates: &[Arc<Gate>], key: OriginKey<&str>) -> Option<Arc<Gate>> {
    let gate = gates.iter().find(|gate| gate.is_of(key))?;
    gate.mark_used();
    Some(Arc::clone(gate))
}

/// More origins than the client of one API is sent to, and looked through in a microsecond.
const ROOM: usize = 100;

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use readmit_core::{Clock, SystemClock};
    use readmit_error::{Failure, Kind, Origin};

    use super::*;
    use crate::watch::Watch;

    #[test]
    fn an_origin_has_one_gate_whatever_the_path() {
        let gates = gates(&["https://a.test/v1"]);

        let (one, same, other) = (
            gate(&gates, "https://a.test/v1/x"),
            gate(&gates, "https://a.test:443/y"),
            gate(&gates, "https://b.test/"),
        );

        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
        assert!(Arc::ptr_eq(&other, &gate(&gates, "https://b.test/z")));
    }

    #[test]
    fn the_trouble_of_one_origin_does_not_cost_another_its_retries() {
        let gates = gates(&["https://a.test"]);
        let (home, other) = (gate(&gates, "https://a.test"), gate(&gates, "https://b.test"));
        let now = SystemClock.now() + std::time::Duration::from_secs(1);
        while let Ok(credit) = other.budget().withdraw(now) {
            credit.spend();
        }

        assert!(other.budget().withdraw(now).is_err());
        assert!(home.budget().withdraw(now).is_ok());
    }

    #[test]
    fn r68_gates_are_bounded_and_an_open_one_is_not_forgotten() {
        let gates = gates(&["https://a.test"]);
        let home = gate(&gates, "https://a.test");
        let down = gate(&gates, "https://down.test");
        fail_until_open(&down);

        for number in 0..1_000 {
            let _ = gate(&gates, &format!("https://{number}.test"));
        }

        assert!(gates.gates.load().len() <= 1 + ROOM);
        assert!(Arc::ptr_eq(&home, &gate(&gates, "https://a.test")));
        assert!(gate(&gates, "https://down.test").peek(SystemClock.now()).is_err());
    }

    #[test]
    fn r68_beyond_the_bound_nobody_is_refused() {
        let gates = gates(&[]);
        for number in 0..ROOM {
            fail_until_open(&gate(&gates, &format!("https://{number}.test")));
        }

        let beyond = gate(&gates, "https://beyond.test");

        fail_until_open(&beyond);
        assert!(beyond.peek(SystemClock.now()).is_ok());
        assert_eq!(gates.gates.load().len(), ROOM);
    }

    #[test]
    fn r68_what_a_server_said_is_left_is_not_forgotten() {
        let gates = gates(&[]);
        let told = gate(&gates, "https://told.test");
        let left = [("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "3600")];
        told.hear(&headers(left), None, None);

        for number in 0..1_000 {
            let _ = gate(&gates, &format!("https://{number}.test"));
        }

        let again = gate(&gates, "https://told.test");
        assert!(again.enter_at_once(SystemClock.now()).is_ok());
        assert!(again.enter_at_once(SystemClock.now()).is_err(), "there was one");
    }

    fn headers(fields: [(&'static str, &'static str); 2]) -> HeaderMap {
        let field =
            |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        fields.into_iter().map(field).collect()
    }

    fn fail_until_open(gate: &Arc<Gate>) {
        let now = SystemClock.now();
        let failure = Failure::builder(Kind::ServerError, Origin::Answer { status: 500 }).build();
        for _ in 0..20 {
            if let Ok(entry) = gate.enter(now) {
                entry.settle(crate::wiring::report(&failure));
            }
        }
    }

    fn gate(gates: &Gates, url: &str) -> Arc<Gate> {
        gates.of(&Url::parse(url).unwrap())
    }

    fn gates(named: &[&str]) -> Gates {
        let config = GateConfig {
            breaker: Some(readmit_breaker::Config::DEFAULT),
            limit: Some(readmit_limit::Config::unlimited()),
            adapts: false,
            allowance: readmit_retry::Allowance::DEFAULT,
            prefix: "",
            watch: Watch::nobody(Arc::new(SystemClock)),
        };
        let named: Vec<Url> = named.iter().map(|url| Url::parse(url).unwrap()).collect();
        Gates::new(config, &named)
    }
}
