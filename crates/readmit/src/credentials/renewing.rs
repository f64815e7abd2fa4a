mod drive;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use http::Uri;
use readmit_recovery::{
    ClientAuth, Demand, Lifetime, Now, Record, Renewal, RequestError, Rotation, TokenAnswer,
    TokenRequest,
};
use secrecy::{ExposeSecret, SecretString};

use self::drive::Drive;
use super::storable::Storable;
use super::stored;
use crate::store::{Store, StoreError, Swap};
use crate::{Exchange, Source, SourceError, Token};

/// A source that renews a refresh token: the driver of a [`Renewal`].
#[derive(Debug)]
pub(super) struct Renewing {
    url: Uri,
    auth: Option<ClientAuth>,
    rotation: Rotation,
    store: Option<Arc<dyn Store>>,
    held: Mutex<Record>,
    /// Held by who renews: a refresh token is presented by one at a time, whatever scopes it is for.
    turn: tokio::sync::Mutex<()>,
}

impl Renewing {
    /// Returns a source that begins with a refresh token which a person brought.
    pub(super) fn new(
        url: Uri,
        token: impl Into<SecretString>,
        auth: Option<ClientAuth>,
        rotation: Rotation,
    ) -> Result<Renewing, RequestError> {
        let token = token.into();
        // What cannot be sent is found here, and not at the first call.
        TokenRequest::refresh_token(&url, &token, auth.as_ref(), None)?;
        Ok(Renewing::of(url, auth, rotation, None, Record::of_refresh_token(token)))
    }

    /// Returns a source of a session that is still to begin.
    pub(super) fn empty(url: Uri, auth: Option<ClientAuth>, rotation: Rotation) -> Renewing {
        Renewing::of(url, auth, rotation, None, Record::default())
    }

    /// Returns a source that begins with what its store has.
    pub(super) fn stored(
        url: Uri,
        auth: Option<ClientAuth>,
        rotation: Rotation,
        store: Arc<dyn Store>,
    ) -> Renewing {
        Renewing::of(url, auth, rotation, Some(store), Record::default())
    }

    fn of(
        url: Uri,
        auth: Option<ClientAuth>,
        rotation: Rotation,
        store: Option<Arc<dyn Store>>,
        held: Record,
    ) -> Renewing {
        let (held, turn) = (Mutex::new(held), tokio::sync::Mutex::new(()));
        Renewing { url, auth, rotation, store, held, turn }
    }

    /// Returns it with a store, which comes first.
    pub(super) fn kept_in(self, store: Arc<dyn Store>) -> Renewing {
        Renewing { store: Some(store), ..self }
    }

    /// Takes up the session that a person has begun, and stores it before it is used (rule 20).
    ///
    /// Where it cannot be stored it goes on in memory (rule 18).
    pub(super) async fn begin(&self, answer: &TokenAnswer, sent: Now) -> Result<(), StoreError> {
        let begun = self.lock().begun(answer, sent);
        *self.lock() = begun;
        let Some(store) = &self.store else { return Ok(()) };
        let lock = stored::locked(store).await?;
        let found = stored::bounded(store.load()).await?;
        let expected = found.as_ref().map(Record::epoch);
        let record = found.unwrap_or_default().begun(answer, sent);
        *self.lock() = record.clone();
        match stored::bounded(store.write(&lock, &record, expected)).await? {
            Swap::Done => Ok(()),
            Swap::Conflicted => Err(stored::unlocked()),
        }
    }

    /// Returns the token of a session that was begun in another process since, if it is good.
    pub(super) async fn begun_elsewhere(&self, exchange: &Exchange<'_>) -> Option<Token> {
        let record = stored::bounded(self.store.as_ref()?.load()).await.ok()??;
        let secret = |record: &Record| Some(record.access_token()?.expose_secret().to_owned());
        let token = stored::good_token(&record, exchange.now())?;
        let mut held = self.lock();
        if secret(&held) == secret(&record) {
            return None;
        }
        *held = record;
        Some(token)
    }

    /// Returns what another process, or an earlier start, has stored and is still good.
    ///
    /// Only the first fetch looks: it takes no lock, so that a refresh somewhere else delays no
    /// start.
    async fn found(&self, exchange: &Exchange<'_>) -> Option<Token> {
        let store = self.store.as_ref()?;
        if self.lock().access_token().is_some() {
            return None;
        }
        let record = stored::bounded(store.load()).await.ok()??;
        let token = stored::good_token(&record, exchange.now())?;
        *self.lock() = record;
        Some(token)
    }

    /// Renews what is held, or takes what another process renewed.
    async fn renew(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        let held = self.lock().clone();
        // Whatever the reason for the hurry is, what is held is of no use.
        let rotation =
            if exchange.is_in_hurry() { self.rotation.rejected() } else { self.rotation };
        let (renewal, effect) = match self.store {
            Some(_) => Renewal::with_store(rotation, held),
            None => Renewal::without_store(rotation, held, exchange.now()),
        };
        Drive::new(self, exchange, renewal).run(effect).await
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        // Sound: a record is put there whole or not at all.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Source for Renewing {
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        let _turn = self.turn.lock().await;
        if exchange.demand().is_none()
            && let Some(token) = self.found(exchange).await
        {
            return Ok(token);
        }
        let renewed = self.renew(exchange).await?;
        if exchange.demand().is_none() || !renewed.is_out_of_a_store() {
            return Ok(renewed);
        }
        // What another process was given was not asked for with the demand; it can be renewed.
        let renewed = self.renew(exchange).await?;
        if renewed.is_out_of_a_store() {
            let faster = "other processes renew the session, and without what was demanded";
            return Err(SourceError::transient(faster));
        }
        Ok(renewed)
    }

    fn can_meet(&self, demand: &Demand) -> bool {
        // A refresh does not widen (RFC 6749 section 6).
        demand.scopes().is_empty()
    }

    async fn forget(&self, to_revoke: &mut Vec<SecretString>) -> Result<(), SourceError> {
        // Here first, whatever becomes of the store.
        let held = std::mem::take(&mut *self.lock());
        let (stored, emptied) = match &self.store {
            Some(store) => stored::emptied(store).await,
            None => (None, Ok(())),
        };
        // What another process has renewed meanwhile is what there is to revoke, unless the store
        // is behind: then either may be good.
        let is_behind = |stored: &Record| stored.epoch() < held.epoch();
        let kept = Some(&held).filter(|_| stored.as_ref().is_none_or(is_behind));
        let tokens = [stored.as_ref(), kept].into_iter().flatten();
        to_revoke.extend(tokens.filter_map(Record::refresh_token).cloned());
        emptied.map_err(|error| stored::failed(&error))
    }
}

impl Storable for Renewing {
    fn stored_in(self: Box<Self>, store: Arc<dyn Store>) -> Box<dyn Source> {
        Box::new(self.kept_in(store))
    }
}

/// Returns the token of a record; its lifetime is told apart, where there is a better one.
fn token_of(record: &Record, lifetime: Lifetime) -> Result<Token, SourceError> {
    let token = record.access_token().map(|token| stored::token(record.token_type(), token));
    let token = token.ok_or_else(|| SourceError::transient("the store has no access token"))??;
    let token = token.lifetime(lifetime);
    Ok(match record.scope() {
        Some(scope) => token.scope(scope),
        None => token,
    })
}
