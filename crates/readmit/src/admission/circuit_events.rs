//! What is told of the circuit of an origin.

use std::time::Duration;

use readmit_breaker::{Change, Evidence, Reason};
use readmit_error::event::{CallContext, CircuitState, Event};

use super::origin_key::OriginKey;
use crate::watch::Watch;

/// Returns who is told of the changes of a circuit, and tells those who watch.
pub(crate) fn teller(
    circuit: &str,
    key: OriginKey<&str>,
    watch: Watch,
) -> impl Fn(&Change) + Send + Sync + 'static {
    let circuit = circuit.to_owned();
    let mut context = CallContext::default();
    context.server = Some(key.host().to_owned());
    context.port = Some(key.port());
    move |change| {
        if let Some(event) = event(&circuit, change, &watch) {
            watch.tell(event, context.clone(), None);
        }
    }
}

/// The event that a change is, where it is one.
fn event(circuit: &str, change: &Change, watch: &Watch) -> Option<Event> {
    let circuit = circuit.to_owned();
    match change {
        Change::Closed => Some(Event::CircuitClosed { circuit, previous: CircuitState::HalfOpen }),
        Change::HalfOpened => {
            Some(Event::CircuitHalfOpened { circuit, previous: CircuitState::Open })
        }
        Change::Opened { until, evidence } => {
            let now = watch.clock.now();
            Some(Event::CircuitOpened {
                circuit,
                failure_ratio: failure_ratio(evidence),
                open_for: until.map_or(Duration::MAX, |until| until.saturating_duration_since(now)),
                trigger: trigger(evidence.reason()).to_owned(),
                previous: previous(evidence.reason()),
            })
        }
        // What only operators do, and what a later breaker may tell.
        Change::Disabled | Change::Exceeded { .. } | Change::Isolated | Change::MetricsOnly | _ => {
            None
        }
    }
}

fn failure_ratio(evidence: &Evidence) -> f64 {
    let tally = evidence.tally();
    match tally.calls() {
        0 => 0.0,
        calls => f64::from(tally.failures()) / f64::from(calls),
    }
}

fn trigger(reason: Reason) -> &'static str {
    match reason {
        Reason::Failures => "failures",
        Reason::Operator => "operator",
        Reason::Probes => "probes",
        Reason::SlowCalls => "slow_calls",
    }
}

fn previous(reason: Reason) -> CircuitState {
    match reason {
        Reason::Failures | Reason::Operator | Reason::SlowCalls => CircuitState::Closed,
        Reason::Probes => CircuitState::HalfOpen,
    }
}
