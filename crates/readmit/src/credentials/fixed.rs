use async_trait::async_trait;

use crate::{Exchange, Source, SourceError, Token};

/// A credential that stays what it is.
#[derive(Debug)]
pub(super) struct Fixed {
    token: Token,
}

impl Fixed {
    pub(super) fn new(token: Token) -> Fixed {
        Fixed { token }
    }
}

#[async_trait]
impl Source for Fixed {
    async fn fetch(&self, _: &Exchange<'_>) -> Result<Token, SourceError> {
        Ok(self.token.clone())
    }

    fn is_renewable(&self) -> bool {
        false
    }
}
