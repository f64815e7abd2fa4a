use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use readmit_recovery::{Demand, Record, Unreplaced};
use secrecy::{ExposeSecret, SecretString};

use super::grant::TokenGrant;
use super::stored;
use crate::store::{LOCK_TIMEOUT, Store, StoreError, StoreLock, Swap};
use crate::{Exchange, Source, SourceError, Token};

/// A source that can fetch a token whenever it likes, and keeps it for the next start.
///
/// Nothing is lost with such a token, so a store that fails is as good as none.
#[derive(Debug)]
pub(super) struct Cached {
    grant: TokenGrant,
    store: Arc<dyn Store>,
    /// The token that was given out last: whoever asks again wants another.
    given: Mutex<Option<SecretString>>,
}

impl Cached {
    pub(super) fn new(grant: TokenGrant, store: Arc<dyn Store>) -> Cached {
        Cached { grant, store, given: Mutex::new(None) }
    }

    /// Whether nobody was given this token by this source.
    fn is_news(&self, token: &Token) -> bool {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.as_ref().is_none_or(|given| given.expose_secret() != token.secret.expose_secret())
    }

    fn give(&self, token: Token) -> Token {
        // Sound: a token is put there whole or not at all.
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        *given = Some(token.secret.clone());
        token
    }

    async fn save(
        &self,
        lock: Option<StoreLock>,
        record: &Record,
        expected: Option<u64>,
    ) -> Result<(), StoreError> {
        let lock = lock.ok_or_else(|| StoreError::new("the store is locked"))?;
        match stored::bounded(self.store.write(&lock, record, expected)).await? {
            // Another process has one that is as good.
            Swap::Conflicted | Swap::Done => Ok(()),
        }
    }
}

#[async_trait]
impl Source for Cached {
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        if !exchange.scopes().is_empty() || exchange.demand().is_some() {
            // The store has room for what is asked for anyway.
            return self.grant.fetch(exchange).await;
        }
        let locking = stored::bounded_by(LOCK_TIMEOUT, self.store.lock(LOCK_TIMEOUT));
        let lock = locking.await.ok().flatten();
        let found = stored::bounded(self.store.load()).await;
        let good = found.as_ref().ok().and_then(Option::as_ref);
        let good = good.and_then(|record| stored::good_token(record, exchange.now()));
        if let Some(token) = good.filter(|token| self.is_news(token)) {
            return Ok(self.give(token));
        }
        let sent = exchange.now();
        let answer = self.grant.ask(self.grant.own_scope(), exchange).await?;
        let token = stored::token(answer.token_type(), answer.access_token())?;
        let token = self.give(token.lifetime(answer.lifetime()));
        let saved = match found {
            Ok(found) => {
                let expected = found.as_ref().map(Record::epoch);
                let record = found.unwrap_or_default().renewed(&answer, sent, Unreplaced::Keep);
                self.save(lock, &record, expected).await
            }
            Err(error) => Err(error),
        };
        Ok(match saved {
            Ok(()) => token,
            Err(error) => token.not_stored(&error),
        })
    }

    fn can_meet(&self, demand: &Demand) -> bool {
        self.grant.can_meet(demand)
    }

    fn scope(&self) -> Option<&str> {
        self.grant.scope()
    }

    async fn forget(&self, _: &mut Vec<SecretString>) -> Result<(), SourceError> {
        let (_, emptied) = stored::emptied(&self.store).await;
        emptied.map_err(|error| stored::failed(&error))
    }
}
