use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use readmit_recovery::Demand;
use secrecy::SecretString;

use super::{Credentials, Given, sourced};
use crate::{Exchange, Source, SourceError, Token};

/// The first of several that has a credential.
///
/// They are asked in their order, and each time from the first. An error that only a person can mend
/// ([`SourceError::is_terminal`]) leads on to the next; one that may pass does not, so that a
/// failure of the moment does not let the client in as somebody else.
/// [`chain_any`] goes on after any error.
///
/// What a server demands of the credential is asked of the source that gave it, and of no other.
///
/// # Example
///
/// ```
/// use readmit::{SourceError, Token, credentials};
///
/// let from_environment = credentials::from_fn(|| async {
///     let token = std::env::var("API_TOKEN")
///         .map_err(|_| SourceError::terminal("the variable API_TOKEN is not set"))?;
///     Ok(Token::bearer(token)?)
/// });
/// let key = credentials::service_key("https://api.example.com/token", "s3cret");
/// let either = credentials::chain([from_environment, key]);
/// # let _ = either;
/// ```
#[must_use]
pub fn chain(sources: impl IntoIterator<Item = Credentials>) -> Credentials {
    chained(sources, GoesOn::Terminal)
}

/// The first of several that has a credential, whatever those before it failed of: like [`chain`],
/// but a failure that may pass leads on to the next as well.
#[must_use]
pub fn chain_any(sources: impl IntoIterator<Item = Credentials>) -> Credentials {
    chained(sources, GoesOn::Always)
}

/// Several sources, of which the first that has a credential gives it.
#[derive(Debug)]
struct Chain {
    sources: Vec<Given>,
    goes_on: GoesOn,
    /// The place of the one that gave the credential last.
    giver: AtomicUsize,
}

/// After which errors the next source is asked.
#[derive(Clone, Copy, Debug)]
enum GoesOn {
    /// After any.
    Always,
    /// After one that only a person can mend.
    Terminal,
}

impl Chain {
    fn new(sources: Vec<Given>, goes_on: GoesOn) -> Chain {
        Chain { sources, goes_on, giver: AtomicUsize::new(0) }
    }

    /// Returns the source of what is in use.
    fn giver(&self) -> Option<&Given> {
        self.sources.get(self.giver.load(Ordering::Relaxed))
    }
}

#[async_trait]
impl Source for Chain {
    async fn fetch(&self, exchange: &Exchange<'_>) -> Result<Token, SourceError> {
        // What lacks something is of one of them, and another one would let in somebody else.
        if let Some(giver) = self.giver().filter(|_| exchange.demand().is_some()) {
            return giver.fetch(exchange).await;
        }
        let mut errors = Vec::new();
        for (place, source) in self.sources.iter().enumerate() {
            let error = match source.fetch(exchange).await {
                Ok(token) => {
                    self.giver.store(place, Ordering::Relaxed);
                    return Ok(token);
                }
                Err(error) => error,
            };
            match self.goes_on {
                GoesOn::Terminal if !error.is_terminal() => return Err(error),
                GoesOn::Always | GoesOn::Terminal => errors.push(error),
            }
        }
        Err(none_of(&errors))
    }

    fn can_meet(&self, demand: &Demand) -> bool {
        self.giver().is_some_and(|giver| giver.can_meet(demand))
    }

    fn scope(&self) -> Option<&str> {
        self.sources.iter().find_map(Given::scope)
    }

    async fn forget(&self, to_revoke: &mut Vec<SecretString>) -> Result<(), SourceError> {
        let mut ended = Ok(());
        for source in &self.sources {
            ended = ended.and(source.forget(to_revoke).await);
        }
        ended
    }

    fn patience(&self) -> Option<Duration> {
        self.sources.iter().filter_map(Given::patience).max()
    }
}

fn chained(sources: impl IntoIterator<Item = Credentials>, goes_on: GoesOn) -> Credentials {
    let sources: Result<Vec<_>, _> = sources.into_iter().map(|source| source.given).collect();
    sourced(sources.map(|sources| Chain::new(sources, goes_on)))
}

/// Returns the error for sources that all failed: one that may pass, where any of theirs may.
fn none_of(errors: &[SourceError]) -> SourceError {
    let Some(telling) = errors.iter().find(|error| !error.is_terminal()).or(errors.last()) else {
        return SourceError::terminal("the chain has no source in it");
    };
    let each: Vec<_> = errors.iter().map(SourceError::to_string).collect();
    let message = format!("no source of the chain has a credential: {}", each.join("; "));
    SourceError::new(message, telling.failure().clone(), telling.is_terminal())
}
