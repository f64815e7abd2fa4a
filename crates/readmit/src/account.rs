mod revocation;
mod scopes;
mod supply;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use readmit_core::{Clock, Draws};
use readmit_recovery::{Config, Lifecycle};

pub(crate) use self::revocation::Revocation;
pub(crate) use self::scopes::Scopes;
pub(crate) use self::supply::Supply;
use crate::keeper::{Keeper, NoCredential};
use crate::watch::Watch;
use crate::{SourceError, Token};

/// Whom a client is let in as: one supply of credentials, and a keeper for each set of scopes that
/// was asked for (rule 1).
pub(crate) struct Account {
    supply: Arc<Supply>,
    /// Of the credential that is good for what the supply gives of its own accord.
    keeper: Arc<Keeper>,
    /// Those of the other sets, the one that was asked for last at the end.
    scoped: Mutex<Vec<(Scopes, Arc<Keeper>)>>,
    revocation: Option<Revocation>,
    config: Config,
    clock: Arc<dyn Clock>,
    draws: Arc<Draws>,
    watch: Watch,
}

impl Account {
    pub(crate) fn new(
        supply: Supply,
        revocation: Option<Revocation>,
        config: Config,
        clock: Arc<dyn Clock>,
        draws: Arc<Draws>,
        watch: Watch,
    ) -> Account {
        let config = patient(config, supply.patience());
        let supply = Arc::new(supply);
        let (life, scopes) = (Lifecycle::new(config.clone()), Scopes::default());
        let (given, time, chance) = (Arc::clone(&supply), Arc::clone(&clock), Arc::clone(&draws));
        let keeper = Arc::new(Keeper::new(life, given, scopes, time, chance, watch.clone()));
        let scoped = Mutex::new(Vec::new());
        Account { supply, keeper, scoped, revocation, config, clock, draws, watch }
    }

    /// Returns the keeper of the credential that a call is sent with where it requires nothing.
    #[inline]
    pub(crate) fn own_keeper(&self) -> &Arc<Keeper> {
        &self.keeper
    }

    /// Returns the keeper of the credential for these scopes.
    ///
    /// It is the one of all other calls, where the supply asks for these scopes anyway, or cannot
    /// ask for any.
    pub(crate) fn keeper(&self, wanted: &Scopes) -> Arc<Keeper> {
        let wider = self.supply.scope().and_then(|given| wanted.beyond(given));
        let Some(wider) = wider else { return Arc::clone(&self.keeper) };
        let mut scoped = self.scoped();
        let place = scoped.iter().position(|(scopes, _)| *scopes == wider);
        let found = place.map(|place| scoped.remove(place));
        let (scopes, keeper) = found.unwrap_or_else(|| {
            make_room(&mut scoped);
            let keeper = Arc::new(self.keeper_of(&wider));
            (wider, keeper)
        });
        scoped.push((scopes, Arc::clone(&keeper)));
        keeper
    }

    /// Ends the lock-out, and the rest after a failed refresh.
    pub(crate) fn unlock(&self) {
        self.keepers().iter().for_each(|keeper| keeper.unlock());
    }

    /// Lets the client in again, with a credential that is fetched where none is held.
    pub(crate) async fn sign_in(&self) -> Result<(), NoCredential> {
        self.supply.open();
        self.unlock();
        self.keeper.credential().await.map(drop)
    }

    /// Forgets everything, here first, and then at the server.
    pub(crate) async fn sign_out(&self) -> Result<(), SourceError> {
        // From here on nothing is fetched, and what is on its way is dropped.
        self.supply.close();
        let held: Vec<Token> = self.keepers().iter().filter_map(|keeper| keeper.forget()).collect();
        self.scoped().clear();
        let mut refresh_tokens = Vec::new();
        let forgotten = self.supply.forget(&mut refresh_tokens).await;
        let Some(revocation) = &self.revocation else {
            return forgotten;
        };
        let access_tokens = held.into_iter().map(|token| token.secret).collect();
        forgotten.and(revocation.revoke(refresh_tokens, access_tokens, &self.supply).await)
    }

    fn keeper_of(&self, scopes: &Scopes) -> Keeper {
        let life = Lifecycle::new(self.config.clone());
        let (supply, scopes) = (Arc::clone(&self.supply), scopes.clone());
        let (clock, draws) = (Arc::clone(&self.clock), Arc::clone(&self.draws));
        Keeper::new(life, supply, scopes, clock, draws, self.watch.clone())
    }

    fn keepers(&self) -> Vec<Arc<Keeper>> {
        let scoped = self.scoped();
        let scoped = scoped.iter().map(|(_, keeper)| keeper);
        scoped.chain([&self.keeper]).cloned().collect()
    }

    fn scoped(&self) -> MutexGuard<'_, Vec<(Scopes, Arc<Keeper>)>> {
        // Sound: each change leaves the list whole.
        self.scoped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("supply", &self.supply).finish_non_exhaustive()
    }
}

/// Gives a refresh the time that its source needs.
fn patient(config: Config, patience: Option<Duration>) -> Config {
    match patience.filter(|patience| config.refresh_timeout() < *patience) {
        // More time contradicts no other setting.
        Some(patience) => config.to_builder().refresh_timeout(patience).build().unwrap_or(config),
        None => config,
    }
}

/// Drops the keeper that was not asked for the longest, one that nobody uses if there is any.
fn make_room(scoped: &mut Vec<(Scopes, Arc<Keeper>)>) {
    if MAX_SCOPED <= scoped.len() {
        let idle = scoped.iter().position(|(_, keeper)| Arc::strong_count(keeper) == 1);
        drop(scoped.remove(idle.unwrap_or_default()));
    }
}

/// How many sets of scopes have a credential each: far more than an API has.
const MAX_SCOPED: usize = 64;
