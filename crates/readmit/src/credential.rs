use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use readmit_recovery::Generation;

use crate::keeper::{Held, Lent};

/// The credential of a [`Client`](crate::Client), lent for what the client does not send itself: the
/// metadata of a gRPC call, the handshake of a WebSocket, a request of another library.
///
/// It was good when [`Client::credential`](crate::Client::credential) lent it, and does not change:
/// ask for each request anew, which costs some nanoseconds, rather than keep one. What is kept is
/// kept alive, the secret included.
///
/// # Example
///
/// ```
/// use readmit::{Client, credentials};
/// # use readmit_testkit::Api;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let api = Api::new();
/// let token = credentials::bearer("s3cret");
/// let client = Client::builder("https://api.test").credentials(token);
/// let client = client.build_over(api.service())?;
///
/// let credential = client.credential().await?;
/// let mut metadata = http::HeaderMap::new();
/// metadata.insert(credential.name(), credential.value().clone());
///
/// assert_eq!(metadata["authorization"], "Bearer s3cret");
/// assert!(!format!("{credential:?} {metadata:?}").contains("s3cret"));
/// # Ok(())
/// # }
/// ```
pub struct Credential {
    lent: Lent,
    generation: Generation,
}

impl Credential {
    #[inline]
    pub(crate) fn new(lent: Lent) -> Option<Credential> {
        let generation = lent.held()?.generation;
        Some(Credential { lent, generation })
    }

    /// Returns the name of the header field that it goes into: mostly `authorization`.
    #[must_use]
    pub fn name(&self) -> &HeaderName {
        self.held().map_or(&AUTHORIZATION, |held| &held.token.name)
    }

    /// Returns the value of that field, scheme included and marked as sensitive.
    #[must_use]
    #[inline]
    pub fn value(&self) -> &HeaderValue {
        self.held().map_or(&NOTHING, |held| &held.token.value)
    }

    /// Returns when it expires, by the wall clock of this machine; `None` where nobody told.
    ///
    /// It is what the source told of it: the server may reject it earlier. Whatever outlives this
    /// moment, a stream or a connection, is to be opened again before, with another credential.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.held()?.expires_at
    }

    /// Returns which of the credentials that the client has held it is: each refresh brings a later
    /// one.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Returns whether it is worth nothing without a proof of possession, made for the very request
    /// that it goes onto (RFC 9449): the client makes one for what it sends itself, and no other.
    #[must_use]
    pub fn needs_proof(&self) -> bool {
        self.held().is_some_and(|held| held.token.bound)
    }

    /// Returns what is lent: there is always something.
    #[inline]
    pub(crate) fn held(&self) -> Option<&Arc<Held>> {
        self.lent.held()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("header", self.name())
            .field("generation", &self.generation)
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}

/// What would stand for a credential that is not there.
static NOTHING: HeaderValue = HeaderValue::from_static("");
