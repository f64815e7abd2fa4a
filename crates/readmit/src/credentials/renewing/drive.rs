use std::sync::Arc;

use readmit_error::{Failure, Kind, Origin};
use readmit_recovery::{
    Effect, Lifetime, NotRenewed, Record, Renewal, Renewed, TokenAnswer, TokenError, TokenRequest,
    Told,
};
use secrecy::SecretString;

use super::{Renewing, token_of};
use crate::credentials::stored;
use crate::store::{LOCK_TIMEOUT, Store, StoreError, StoreLock, Swap};
use crate::{Exchange, SourceError, Token};

/// One renewal under way: does what each effect says, and nothing else.
pub(super) struct Drive<'a> {
    source: &'a Renewing,
    exchange: &'a Exchange<'a>,
    renewal: Renewal,
    lock: Option<StoreLock>,
    /// Whether the refresh token was presented, so that what the renewal knows is not to be lost.
    presented: bool,
    /// How long the access token lives, as its issuer told it.
    lifetime: Option<Lifetime>,
    /// How the exchange failed, if it did.
    refused: Option<SourceError>,
    /// How the store failed last, if it did.
    store_error: Option<StoreError>,
}

impl<'a> Drive<'a> {
    pub(super) fn new(
        source: &'a Renewing,
        exchange: &'a Exchange<'a>,
        renewal: Renewal,
    ) -> Drive<'a> {
        Drive {
            source,
            exchange,
            renewal,
            lock: None,
            presented: false,
            lifetime: None,
            refused: None,
            store_error: None,
        }
    }

    pub(super) async fn run(mut self, mut effect: Effect) -> Result<Token, SourceError> {
        loop {
            let told = match effect {
                Effect::Lock => self.take_lock().await,
                Effect::Read => self.read().await,
                Effect::Write { record, expected } => self.write(&record, expected).await,
                Effect::Present { refresh_token } => self.present(&refresh_token).await,
                Effect::Delete { refresh_token } => self.delete(&refresh_token).await,
                Effect::Done(outcome) => return self.end(outcome),
            };
            effect = self.renewal.tell(self.exchange.now(), told);
            if self.presented {
                // Before anything is awaited: whoever drops this refresh does not lose its token.
                self.remember();
            }
        }
    }

    async fn take_lock(&mut self) -> Told {
        let Some(store) = self.store() else { return Told::NotLocked };
        let locking = stored::bounded_by(LOCK_TIMEOUT, store.lock(LOCK_TIMEOUT));
        match locking.await {
            Ok(Some(lock)) => {
                self.lock = Some(lock);
                Told::Locked
            }
            Ok(None) => Told::NotLocked,
            Err(error) => {
                self.store_error = Some(error);
                Told::NotLocked
            }
        }
    }

    async fn read(&mut self) -> Told {
        let Some(store) = self.store() else { return Told::Found(None) };
        match stored::bounded(store.load()).await {
            Ok(found) => Told::Found(found),
            Err(error) => self.failed(error),
        }
    }

    async fn write(&mut self, record: &Record, expected: Option<u64>) -> Told {
        let (Some(store), Some(lock)) = (self.store(), self.lock.clone()) else {
            return Told::Failed;
        };
        let written = stored::bounded(store.write(&lock, record, expected)).await;
        self.swapped(written)
    }

    async fn delete(&mut self, refresh_token: &SecretString) -> Told {
        let (Some(store), Some(lock)) = (self.store(), self.lock.clone()) else {
            return Told::Failed;
        };
        let deleted = stored::bounded(store.delete(&lock, refresh_token)).await;
        self.swapped(deleted)
    }

    async fn present(&mut self, refresh_token: &SecretString) -> Told {
        self.presented = true;
        self.remember();
        Told::Answered(match self.send(refresh_token).await {
            Ok(answer) => {
                self.lifetime = Some(answer.lifetime());
                Ok(answer)
            }
            Err(error) => {
                let told = error.as_token_error();
                self.refused = Some(error);
                Err(told)
            }
        })
    }

    async fn send(&self, refresh_token: &SecretString) -> Result<TokenAnswer, SourceError> {
        let Renewing { url, auth, .. } = self.source;
        let request = TokenRequest::refresh_token(url, refresh_token, auth.as_ref(), None);
        let request = request.map_err(|error| SourceError::unsent(&error))?;
        self.exchange.send(self.exchange.claiming(request)).await
    }

    fn end(self, outcome: Result<Renewed, NotRenewed>) -> Result<Token, SourceError> {
        match outcome {
            Ok(Renewed::Elsewhere) => {
                self.remember();
                let record = self.renewal.record();
                Ok(token_of(record, record.lifetime())?.out_of_a_store())
            }
            Ok(saved @ (Renewed::Saved | Renewed::Unsaved)) => {
                let record = self.renewal.record();
                let token = token_of(record, self.lifetime.unwrap_or_else(|| record.lifetime()))?;
                Ok(match self.store_error {
                    // What was only not marked was stored in the end.
                    Some(error) if saved == Renewed::Unsaved => token.not_stored(&error),
                    Some(_) | None => token,
                })
            }
            Err(NotRenewed::OutcomeUnknown { error: None }) => {
                Err(unknown(self.exchange.is_in_hurry()))
            }
            Err(NotRenewed::NoRefreshToken) => {
                self.remember();
                Err(no_session())
            }
            Err(not_renewed) => Err(match (self.refused, self.store_error) {
                (Some(refused), _) => refused,
                (None, Some(error)) => stored::failed(&error),
                (None, None) => SourceError::transient(not_renewed.to_string()),
            }),
        }
    }

    fn remember(&self) {
        *self.source.lock() = self.renewal.record().clone();
    }

    fn swapped(&mut self, swapped: Result<Swap, StoreError>) -> Told {
        match swapped {
            Ok(Swap::Done) => Told::Written,
            Ok(Swap::Conflicted) => Told::Conflicted,
            Err(error) => self.failed(error),
        }
    }

    fn failed(&mut self, error: StoreError) -> Told {
        self.store_error = Some(error);
        Told::Failed
    }

    fn store(&self) -> Option<&'a Arc<dyn Store>> {
        self.source.store.as_ref()
    }
}

/// Nobody is signed in.
fn no_session() -> SourceError {
    let failure = Failure::builder(Kind::MissingCredentials, Origin::Local)
        .because("the session has no refresh token")
        .build();
    SourceError::new("there is no refresh token: a person has to sign in", failure, true)
}

/// The refresh token may be spent, and is not presented; for good, where nothing else is left.
fn unknown(terminal: bool) -> SourceError {
    let failure = Failure::builder(Kind::OutcomeUnknown, Origin::Local)
        .because("the answer to the last refresh was lost")
        .build();
    let message = NotRenewed::OutcomeUnknown { error: None::<TokenError> }.to_string();
    SourceError::new(message, failure, terminal)
}
