use std::fmt;

use async_trait::async_trait;

use crate::{Exchange, Source, SourceError, Token};

/// A source that is a function.
pub(super) struct Closure<F> {
    fetch: F,
}

impl<F> Closure<F> {
    pub(super) fn new(fetch: F) -> Closure<F> {
        Closure { fetch }
    }
}

#[async_trait]
impl<F, Fut> Source for Closure<F>
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<Token, SourceError>> + Send,
{
    async fn fetch(&self, _: &Exchange<'_>) -> Result<Token, SourceError> {
        (self.fetch)().await
    }
}

impl<F> fmt::Debug for Closure<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Closure")
    }
}
