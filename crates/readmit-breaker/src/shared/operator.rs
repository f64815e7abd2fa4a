//! What a person does to a shared circuit.

use std::time::Duration;

use readmit_core::Clock;

use crate::{Breaker, Change, Shared};

impl<C: Clock> Shared<C> {
    /// Opens the circuit; see [`Breaker::trip`].
    pub fn trip(&self) {
        let (now, draw) = (self.clock.now(), self.draws.draw());
        self.operate(|machine| machine.trip(now, draw));
    }

    /// Opens the circuit for exactly so long; see [`Breaker::trip_for`].
    pub fn trip_for(&self, length: Duration) {
        let now = self.clock.now();
        self.operate(|machine| machine.trip_for(now, length));
    }

    /// Makes the next calls probes; see [`Breaker::probe_now`].
    pub fn probe_now(&self) {
        let now = self.clock.now();
        self.operate(|machine| machine.probe_now(now));
    }

    /// Closes the circuit; see [`Breaker::close`].
    pub fn close(&self) {
        self.operate(Breaker::close);
    }

    /// Makes the circuit what it was at first; see [`Breaker::reset`].
    pub fn reset(&self) {
        self.operate(Breaker::reset);
    }

    /// Rejects all calls until it is released as many times; see [`Breaker::isolate`].
    pub fn isolate(&self) {
        self.operate(Breaker::isolate);
    }

    /// Takes one isolation back; see [`Breaker::release`].
    pub fn release(&self) {
        self.operate(Breaker::release);
    }

    /// Admits all calls and counts none; see [`Breaker::disable`].
    pub fn disable(&self) {
        self.operate(Breaker::disable);
    }

    /// Admits all calls and counts them; see [`Breaker::metrics_only`].
    pub fn metrics_only(&self) {
        self.operate(Breaker::metrics_only);
    }

    fn operate(&self, operate: impl FnOnce(&mut Breaker) -> Option<Change>) {
        let mut inside = self.inside();
        let change = operate(&mut inside.machine);
        self.publish(&inside);
        drop(inside);
        self.tell(change);
    }
}
