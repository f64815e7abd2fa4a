use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use http::Uri;
use readmit_core::Clock;
use readmit_recovery::{DeviceAuthorization, ServerClock, TokenAnswer, TokenRequest};
use secrecy::SecretString;

use crate::SourceError;

/// What an [`Exchange`](crate::Exchange) sends through.
#[async_trait]
pub(crate) trait Endpoint: Send + Sync {
    /// A wait that would end after the deadline is not begun (rule 48).
    async fn call(
        &self,
        request: TokenRequest,
        reading: Reading,
        deadline: Instant,
    ) -> Result<Answer, SourceError>;

    /// The same for a request with a statement in it that is good for once: who repeats it has
    /// another one made for each attempt.
    async fn call_stated(
        &self,
        stated: &dyn Stated,
        deadline: Instant,
    ) -> Result<Answer, SourceError> {
        self.call(stated.request().await?, Reading::Statement, deadline).await
    }

    fn clock(&self) -> &Arc<dyn Clock>;

    /// Returns what the answers from this address told of its clock (rule 51).
    fn server_clock(&self, url: &Uri) -> ServerClock;
}

/// Makes a request with a statement in it.
#[async_trait]
pub(crate) trait Stated: Send + Sync {
    async fn request(&self) -> Result<TokenRequest, SourceError>;
}

/// How a request is sent, and its answer read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reading {
    /// The codes of a device are asked for.
    Device,
    /// A token may be there, and who asks says when to ask again: it is sent once.
    Poll,
    /// A token is to end.
    Revocation,
    /// A token is asked for with a statement that is good for one request: who asks makes another
    /// where it is the proof that was refused.
    Statement,
    /// A token is asked for.
    Token,
}

/// What came of a request.
pub(crate) enum Answer {
    Device(DeviceAuthorization),
    Revoked,
    Token(TokenAnswer),
}

impl Answer {
    /// Returns what nobody may be told of it.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        let (first, second) = match self {
            Answer::Device(device) => (Some(device.device_code()), None),
            Answer::Revoked => (None, None),
            Answer::Token(token) => (Some(token.access_token()), token.refresh_token()),
        };
        first.into_iter().chain(second)
    }
}
