use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use readmit_recovery::Demand;
use secrecy::SecretString;
use tokio::sync::{RwLock, watch};

use super::Scopes;
use crate::credentials::Given;
use crate::source::{Endpoint, Exchange};
use crate::under_way::{Passage, UnderWay};
use crate::unless::unless;
use crate::unwind::{Panicked, unwinding};
use crate::{SourceError, Token};

/// Where the credentials of an account come from, and whether it is signed out.
pub(crate) struct Supply {
    given: Given,
    endpoint: Box<dyn Endpoint>,
    /// Shared by those who ask the source, and held by who makes it forget.
    turn: RwLock<()>,
    closed: watch::Sender<bool>,
    under_way: Arc<UnderWay>,
}

impl Supply {
    pub(crate) fn new(
        given: Given,
        endpoint: Box<dyn Endpoint>,
        under_way: Arc<UnderWay>,
    ) -> Supply {
        let (turn, closed) = (RwLock::new(()), watch::Sender::new(false));
        Supply { given, endpoint, turn, closed, under_way }
    }

    /// Begins what the end of the client waits for: a refresh.
    pub(crate) fn begin(&self) -> Passage<Arc<UnderWay>> {
        self.under_way.enter_beside()
    }

    /// Fetches a credential with these scopes beside those that the source asks for anyway, and with
    /// what a server demanded.
    ///
    /// It ends at once where a person signs out.
    pub(crate) async fn fetch(
        &self,
        scopes: &Scopes,
        demand: Option<&Demand>,
        deadline: Instant,
        in_hurry: bool,
    ) -> Result<Token, SourceError> {
        if let Some(token) = self.fixed() {
            return Ok(token.clone());
        }
        let mut closing = self.closed.subscribe();
        let fetching = async {
            let _turn = self.turn.read().await;
            let exchange = Exchange::new(&*self.endpoint, scopes.as_slice(), deadline, in_hurry);
            self.given.fetch(&exchange.demanding(demand)).await
        };
        let closed = async {
            // An error says that the supply is gone, and with it whoever asks.
            drop(closing.wait_for(|closed| *closed).await);
        };
        unless(pin!(closed), fetching).await.unwrap_or_else(|()| Err(signed_out()))
    }

    /// Forgets what the source keeps, and adds what is to be revoked of it, which waits no longer
    /// than a minute for that.
    pub(crate) async fn forget(
        &self,
        to_revoke: &mut Vec<SecretString>,
    ) -> Result<(), SourceError> {
        let _turn = self.turn.write().await;
        let forgetting = unwinding(self.given.forget(to_revoke));
        match tokio::time::timeout(FORGET_TIME, forgetting).await {
            Ok(forgotten) => forgotten
                .unwrap_or_else(|Panicked| Err(SourceError::transient("the source panicked"))),
            Err(_) => Err(SourceError::transient("the source did not forget in time")),
        }
    }

    pub(crate) fn open(&self) {
        self.closed.send_replace(false);
    }

    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
    }

    pub(crate) fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    /// Returns the one credential, where there is no other.
    pub(crate) fn fixed(&self) -> Option<&Token> {
        self.given.fixed()
    }

    pub(crate) fn can_meet(&self, demand: &Demand) -> bool {
        self.given.can_meet(demand)
    }

    pub(crate) fn scope(&self) -> Option<&str> {
        self.given.scope()
    }

    pub(crate) fn patience(&self) -> Option<Duration> {
        self.given.patience()
    }

    pub(super) fn endpoint(&self) -> &dyn Endpoint {
        &*self.endpoint
    }
}

impl fmt::Debug for Supply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.given.fmt(f)
    }
}

fn signed_out() -> SourceError {
    SourceError::terminal("the client is signed out")
}

/// How long a source may forget: longer than two stores in a row that are slow and locked.
const FORGET_TIME: Duration = Duration::from_secs(60);
