//! What is done about a failure that a recovery may help, before the request is sent again.

use std::sync::Arc;

use readmit_recovery::{Demand, Means, Plan, Strategy};

use super::{After, Call};
use crate::attempt::Failed;
use crate::keeper::{Held, Keeper, Rejected};
use crate::{HttpService, wiring};

impl<S: HttpService> Call<'_, S> {
    /// Recovers, waits or gives up.
    pub(super) async fn after(&mut self, failed: Failed<S::Body>) -> After<S::Body> {
        self.note(&failed.failure);
        match self.plan(&failed) {
            Some(Plan::Renew { .. }) => self.renew(failed).await,
            // Boxed, so that calls are no larger for what few of them need.
            Some(Plan::Ask { strategy: Strategy::StepUp, demand }) => {
                Box::pin(self.step_up(failed, demand)).await
            }
            Some(Plan::Ask { demand, .. }) => Box::pin(self.replace(failed, demand)).await,
            // What is signed is signed anew for each resend.
            Some(Plan::LearnClock | Plan::ResendWithNonce) => After::Resend,
            None => {
                self.tell_unplanned(&failed);
                self.retry(failed).await
            }
        }
    }

    /// Returns what is to be done, and spends it (rule 27).
    ///
    /// It is nothing for a request that must not be sent again, which a redirect may have ruled out
    /// though the credential was rejected (rules 39 and 40).
    fn plan(&mut self, failed: &Failed<S::Body>) -> Option<Plan> {
        let may_resend = self.outgoing.body.is_replayable()
            && (self.outgoing.is_repeatable() || failed.failure.replay().is_safe());
        let (keeper, held) = self.keeper(failed).filter(|_| may_resend)?;
        let granted = held.met.as_ref().map(|met| met.scopes().join(" "));
        let mut means = self.means(failed, keeper);
        if let Some(granted) = granted.as_deref().filter(|granted| !granted.is_empty()) {
            means = means.granted(granted);
        }
        self.recoveries.plan(&failed.failure, means).ok()
    }

    fn means(&self, failed: &Failed<S::Body>, keeper: &Keeper) -> Means<'static> {
        let mut means = Means::NONE;
        if keeper.is_renewable() {
            means = means.renew();
        }
        let demand = Demand::of(&failed.failure).ok().flatten();
        if demand.is_some_and(|demand| keeper.can_meet(&demand)) {
            means = means.answer_claims().widen();
        }
        if self.core.step_ups.is_some() {
            means = means.step_up();
        }
        match (&self.core.prover, &failed.proven) {
            (Some(prover), Some(proven)) => prover.means(means, proven, &failed.failure),
            (None, _) | (_, None) => means,
        }
    }

    async fn renew(&mut self, failed: Failed<S::Body>) -> After<S::Body> {
        let Some((keeper, held)) = self.keeper(&failed) else {
            return self.retry(failed).await;
        };
        let trouble = (&failed).into();
        let tell = |follows, consecutive| self.tell(trouble, follows, consecutive);
        match keeper.recover(held.generation, tell).await {
            Ok(_) => After::Resend,
            Err(refused) => After::End(Box::new(self.unrecovered(failed, &refused))),
        }
    }

    /// Asks the source for a credential that has what the server named (rules 30 and 31).
    async fn replace(&mut self, failed: Failed<S::Body>, demand: Demand) -> After<S::Body> {
        self.tell_unplanned(&failed);
        let Some((keeper, held)) = self.keeper(&failed) else {
            return self.retry(failed).await;
        };
        match keeper.replace(held.generation, &Arc::new(demand)).await {
            Ok(()) => After::Resend,
            Err(refused) => After::End(Box::new(self.unmet(failed, refused.into()))),
        }
    }

    /// Has a person authenticate as the server demands (rule 32).
    async fn step_up(&mut self, failed: Failed<S::Body>, demand: Demand) -> After<S::Body> {
        self.tell_unplanned(&failed);
        let (Some((keeper, held)), Some(step_ups)) = (self.keeper(&failed), &self.core.step_ups)
        else {
            return self.retry(failed).await;
        };
        match step_ups.ask(keeper, held.generation, &Arc::new(demand)).await {
            Ok(()) => After::Resend,
            Err(declined) => After::End(Box::new(self.unmet(failed, declined.into()))),
        }
    }

    /// Tells of a failure that no other credential is fetched for, here and now.
    fn tell_unplanned(&self, failed: &Failed<S::Body>) {
        let failure = &failed.failure;
        let Some((keeper, held)) = self.keeper(failed) else {
            return self.tell(failed.into(), false, 1);
        };
        if wiring::rejects_credential(failure) {
            let Rejected { refresh_follows, consecutive } = keeper.rejected(held);
            return self.tell(failed.into(), refresh_follows, consecutive);
        }
        if wiring::credential_was_accepted(failure) {
            keeper.accepted(held);
        }
        self.tell(failed.into(), false, 0);
    }

    /// Returns the keeper of the credential that the request was sent with, where it was with one.
    fn keeper<'c>(&'c self, failed: &'c Failed<S::Body>) -> Option<(&'c Arc<Keeper>, &'c Held)> {
        self.core.keeper_of(&self.outgoing).zip(failed.held.as_deref())
    }
}
