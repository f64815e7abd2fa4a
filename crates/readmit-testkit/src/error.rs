use std::error::Error as StdError;

use readmit_error::{Stage, Transport};

/// Why the API in process gave no answer, or not all of one.
///
/// On loopback the same happens to the socket, and the client's own transport reports it.
///
/// # Example
///
/// ```
/// use std::error::Error as _;
///
/// use readmit_error::{Stage, Transport};
/// use readmit_testkit::Error;
///
/// let error = Error::Broken(Transport { stage: Stage::Dns, timed_out: false });
///
/// assert!(error.source().is_some_and(|source| source.is::<Transport>()));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The connection broke as a [`Fault`](crate::Fault) said; the source is the typed
    /// [`Transport`].
    #[error("the connection broke as scripted")]
    Broken(#[source] Transport),
    /// The request's own body ended in an error, so the request never arrived.
    #[error("the body of the request broke off")]
    RequestBody(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    pub(crate) fn broken(stage: Stage) -> Error {
        Error::Broken(Transport { stage, timed_out: false })
    }
}
