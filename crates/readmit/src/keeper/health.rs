//! How a credential stands, for who looks after the client.

use readmit_recovery::{Generation, Now};

use super::Keeper;
use crate::CredentialHealth;

impl Keeper {
    pub(crate) fn health(&self, now: Now) -> CredentialHealth {
        let machine = self.lock();
        let (life, held) = (&machine.life, machine.held.as_ref());
        CredentialHealth {
            phase: life.phase(now),
            generation: life.generation().map_or(0, Generation::as_u64),
            age: held.map(|held| now.mono.saturating_duration_since(held.since)),
            expires_in: life.expires_in(now),
            rejections: life.rejections(),
            is_locked_out: life.is_locked_out(),
            is_signed_out: self.supply.is_closed(),
            last_failure: machine.last_error.as_ref().map(|error| error.failure().kind()),
        }
    }
}
