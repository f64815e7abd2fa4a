//! Credentials that have what a server demanded, in the place of one that has not.

use std::sync::Arc;

use readmit_recovery::{Demand, Generation, NotKept, Now};

use super::{Held, Keeper, NoCredential, Told};
use crate::{SourceError, Token};

/// Which session it is that a credential belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Session(u64);

impl Keeper {
    /// Returns whether the source may have a credential that meets this.
    pub(crate) fn can_meet(&self, demand: &Demand) -> bool {
        self.supply.can_meet(demand)
    }

    /// Waits for a credential that was fetched for this demand; those whom the lacking one serves
    /// go on using it.
    pub(crate) async fn replace(
        self: &Arc<Keeper>,
        mut lacking: Generation,
        demand: &Arc<Demand>,
    ) -> Result<(), NoCredential> {
        loop {
            // Subscribed before asking, so that no outcome falls between the two.
            let outcomes = self.settled.subscribe();
            let mut told = self.ask(&mut |life, now| life.try_replace(now, lacking));
            if let Told::Lead { leader, .. } = &mut told {
                leader.demand = Some(Arc::clone(demand));
            }
            match self.join(told, outcomes).await {
                Some(Ok(held)) if held.meets(demand) => return Ok(()),
                // The refresh failed, and what was held is good for other calls (rule 9).
                Some(Ok(held)) if held.generation == lacking => return Err(self.last_error()),
                // That one was fetched for less.
                Some(Ok(held)) => lacking = held.generation,
                Some(Err(refused)) => return Err(refused),
                None => {}
            }
        }
    }

    /// Takes up a credential that a person brought, for this demand, unless somebody signed out
    /// since the session was this one: it is overtaken then.
    pub(crate) fn adopt(
        &self,
        token: Token,
        met: Arc<Demand>,
        session: Session,
    ) -> Result<(), NotKept> {
        let mut machine = self.lock();
        if self.supply.is_closed() || machine.sign_outs != session.0 {
            return Err(NotKept::Overtaken);
        }
        let now = Now::read(&self.clock);
        let generation = machine.life.adopt(now, token.lifetime, self.draws.draw()).decision?;
        machine.take_up(now, token, generation, Some(met));
        machine.last_error = None;
        self.publish(&mut machine, now);
        Ok(())
    }

    /// Returns the session that there is, from one sign-out to the next.
    pub(crate) fn session(&self) -> Session {
        Session(self.lock().sign_outs)
    }

    /// Returns whether a later credential than this one is held, and was had for this demand.
    pub(crate) fn met_since(&self, lacking: Generation, demand: &Demand) -> bool {
        let machine = self.lock();
        machine.held.as_ref().is_some_and(|held| held.generation != lacking && held.meets(demand))
    }

    fn last_error(&self) -> NoCredential {
        let error = self.lock().last_error.clone();
        let unknown = || SourceError::transient("the source gave no other credential");
        NoCredential::Source(error.unwrap_or_else(unknown))
    }
}

impl Held {
    fn meets(&self, demand: &Demand) -> bool {
        self.met.as_deref() == Some(demand)
    }
}
