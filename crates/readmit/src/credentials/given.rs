use std::time::Duration;

use readmit_recovery::Demand;
use secrecy::SecretString;

use super::storable::Storable;
use crate::{Exchange, Source, SourceError, Token};

/// What was given: a token, or where to get one.
#[derive(Debug)]
pub(crate) enum Given {
    Source(Box<dyn Source>),
    /// A source whose tokens can be kept in a store, and are not.
    Storable(Box<dyn Storable>),
    Token(Token),
}

impl Given {
    pub(crate) async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        match self.origin() {
            Ok(source) => source.fetch(exchange).await,
            Err(token) => Ok(token.clone()),
        }
    }

    pub(crate) async fn forget(
        &self,
        to_revoke: &mut Vec<SecretString>,
    ) -> Result<(), SourceError> {
        match self.origin() {
            Ok(source) => source.forget(to_revoke).await,
            Err(_) => Ok(()),
        }
    }

    /// Returns the one credential, where there is no other.
    pub(crate) fn fixed(&self) -> Option<&Token> {
        self.origin().err()
    }

    pub(crate) fn can_meet(&self, demand: &Demand) -> bool {
        self.origin().is_ok_and(|source| source.can_meet(demand))
    }

    pub(crate) fn scope(&self) -> Option<&str> {
        self.origin().ok()?.scope()
    }

    pub(crate) fn patience(&self) -> Option<Duration> {
        self.origin().ok()?.patience()
    }

    fn origin(&self) -> Result<&dyn Source, &Token> {
        match self {
            Given::Source(source) => Ok(&**source),
            Given::Storable(source) => Ok(&**source),
            Given::Token(token) => Err(token),
        }
    }
}
