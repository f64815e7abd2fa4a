use std::time::Duration;

use secrecy::SecretString;

use crate::{Exchange, Source, SourceError, Token};

/// What was given: a token, or where to get one.
#[derive(Debug)]
pub(crate) enum Given {
    Source(Box<dyn Source>),
    Token(Token),
}

impl Given {
    pub(super) async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        match self {
            Given::Source(source) => source.fetch(exchange).await,
            Given::Token(token) => Ok(token.clone()),
        }
    }

    pub(super) async fn forget(&self) -> Result<Vec<SecretString>, SourceError> {
        match self {
            Given::Source(source) => source.forget().await,
            Given::Token(_) => Ok(Vec::new()),
        }
    }

    pub(crate) fn scope(&self) -> Option<&str> {
        match self {
            Given::Source(source) => source.scope(),
            Given::Token(_) => None,
        }
    }

    pub(crate) fn patience(&self) -> Option<Duration> {
        match self {
            Given::Source(source) => source.patience(),
            Given::Token(_) => None,
        }
    }
}
