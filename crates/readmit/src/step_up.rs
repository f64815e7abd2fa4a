use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use readmit_recovery::{Demand, Generation, NotKept};
use tokio::sync::watch;

use crate::Token;
use crate::keeper::{Keeper, Session};
use crate::unwind::{Panicked, unwinding};

/// Has a person do what only a person can, once for everybody who waits for it (RFC 9470).
///
/// What is under way goes on without those who began it: a person who is signing in is not
/// interrupted because a call has run out of time, and the next call finds the new credential.
pub(crate) struct StepUps {
    hook: Box<Hook>,
    asked: Mutex<Vec<Asked>>,
}

type Hook = dyn Fn(Demand) -> Pin<Box<dyn Future<Output = Option<Token>> + Send>> + Send + Sync;

/// What somebody was asked for, and what came of it.
struct Asked {
    demand: Arc<Demand>,
    /// Who takes up what is brought; those of other scopes ask for themselves.
    keeper: Weak<Keeper>,
    /// What is brought is for this one, and for no other that somebody signs in to.
    session: Session,
    /// Closed once it is over.
    outcome: watch::Receiver<Option<Result<(), NotMet>>>,
}

/// Why there is no credential that meets a demand.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum NotMet {
    #[error("the step-up brought a token that has expired")]
    Expired,
    #[error("the hook for step-ups panicked")]
    Panicked,
    #[error("the step-up was declined")]
    Declined,
    #[error("somebody signed out before the step-up was done")]
    SignedOut,
    #[error("the runtime of the step-up ended")]
    Stopped,
}

impl StepUps {
    pub(crate) fn new<F, Fut>(hook: F) -> Arc<StepUps>
    where
        F: Fn(Demand) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Option<Token>> + Send + 'static,
    {
        let hook: Box<Hook> = Box::new(move |demand| Box::pin(hook(demand)));
        Arc::new(StepUps { hook, asked: Mutex::new(Vec::new()) })
    }

    /// Waits until a credential that meets the demand has taken the place of the one that does not.
    pub(crate) async fn ask(
        self: &Arc<StepUps>,
        keeper: &Arc<Keeper>,
        lacking: Generation,
        demand: &Arc<Demand>,
    ) -> Result<(), NotMet> {
        let under_way = self.join(keeper, lacking, demand);
        let Some(mut outcome) = under_way else {
            return Ok(());
        };
        let told = outcome.wait_for(Option::is_some).await;
        told.ok().and_then(|told| *told).unwrap_or(Err(NotMet::Stopped))
    }

    /// Joins who asks for the same, or asks; `None` where it was done meanwhile.
    fn join(
        self: &Arc<StepUps>,
        keeper: &Arc<Keeper>,
        lacking: Generation,
        demand: &Arc<Demand>,
    ) -> Option<watch::Receiver<Option<Result<(), NotMet>>>> {
        let session = keeper.session();
        let mut asked = self.lock();
        asked.retain(|asked| asked.outcome.has_changed().is_ok());
        let is_same = |asked: &&Asked| {
            asked.demand == *demand
                && asked.session == session
                && asked.keeper.as_ptr() == Arc::as_ptr(keeper)
        };
        if let Some(same) = asked.iter().find(is_same) {
            return Some(same.outcome.clone());
        }
        // Looked at after those under way: whoever is done has handed the credential over first.
        if keeper.met_since(lacking, demand) {
            return None;
        }
        let (told, outcome) = watch::channel(None);
        asked.push(Asked {
            demand: Arc::clone(demand),
            keeper: Arc::downgrade(keeper),
            session,
            outcome: outcome.clone(),
        });
        drop(asked);
        let (step_ups, keeper, demand) = (Arc::clone(self), Arc::clone(keeper), Arc::clone(demand));
        drop(tokio::spawn(async move {
            told.send_replace(Some(step_ups.step_up(&keeper, demand, session).await));
        }));
        Some(outcome)
    }

    async fn step_up(
        &self,
        keeper: &Keeper,
        demand: Arc<Demand>,
        session: Session,
    ) -> Result<(), NotMet> {
        let asking = async { (self.hook)(Demand::clone(&demand)).await };
        let token = match unwinding(asking).await {
            Ok(token) => token.ok_or(NotMet::Declined)?,
            Err(Panicked) => return Err(NotMet::Panicked),
        };
        keeper.adopt(token, demand, session).map_err(|why| match why {
            NotKept::ArrivedExpired => NotMet::Expired,
            NotKept::Overtaken => NotMet::SignedOut,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Asked>> {
        // Sound: an entry is added or taken out whole.
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for StepUps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StepUps")
    }
}
