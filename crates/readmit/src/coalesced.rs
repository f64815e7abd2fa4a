use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version};
use readmit_error::event::RecoveryOutcome;
use readmit_error::{Action, Failure, Kind, Origin, Replay};
use url::Url;

use crate::account::Scopes;
use crate::call::{Call, Done, Ran};
use crate::keeper::Held;
use crate::outgoing::{Asked, Outgoing};
use crate::response::{broken, late};
use crate::response_body::{NotWhole, ResponseBody, WholeBody};
use crate::shared::Core;
use crate::{CoalesceError, Coalescer, Error, HttpService};

/// The reads of a client that are under way and shared.
pub(crate) struct Reads {
    coalescer: Coalescer<Read, Result<Arc<Shared>, Error>>,
}

/// What must be the same for two reads to be one. All of them carry the client's
/// credential for their scopes, or bring their own among the headers.
#[derive(Clone, Eq, Hash, PartialEq)]
struct Read {
    method: Method,
    url: Url,
    /// By name, and of one name in their order.
    headers: Vec<(HeaderName, HeaderValue)>,
    deadline: Option<Duration>,
    attempt_timeout: Option<Duration>,
    once: bool,
    scopes: Scopes,
}

/// How a read ended that got an answer.
struct Shared {
    status: StatusCode,
    version: Version,
    headers: HeaderMap,
    extensions: Extensions,
    body: WholeBody,
    deadline_at: Option<Instant>,
    attempts: u32,
    recoveries: u32,
    started: Instant,
    outcome: RecoveryOutcome,
    sent: Option<Arc<Held>>,
    moved_to: Option<Box<Url>>,
    error: Option<Error>,
}

/// Makes the call, or waits for who makes the same one already.
pub(crate) async fn call<S: HttpService>(core: &Arc<Core<S>>, outgoing: Outgoing) -> Ran<S::Body> {
    let Outgoing { method, url, headers, .. } = &outgoing;
    let (method, url, headers) = (method.clone(), url.clone(), headers.clone());
    let asked = Asked { method, url, headers };
    Ran { ended: shared(core, outgoing).await, asked }
}

async fn shared<S: HttpService>(
    core: &Arc<Core<S>>,
    outgoing: Outgoing,
) -> Result<Done<S::Body>, Error> {
    let has_body = outgoing.body.as_bytes().is_none_or(|bytes| !bytes.is_empty());
    if has_body || !matches!(outgoing.method, Method::GET | Method::HEAD) {
        return Err(Error::unsendable("only a GET or a HEAD without a body can be coalesced"));
    }
    let read = Read::of(&outgoing);
    let reading = read_whole(Arc::clone(core), outgoing);
    match core.reads.coalescer.call(read, reading).await {
        Ok(Ok(shared)) => Ok(shared.done()),
        Ok(Err(error)) => Err(error),
        Err(error) => Err(unshared(error)),
    }
}

impl Reads {
    pub(crate) fn new() -> Reads {
        Reads { coalescer: Coalescer::new(MAX_READS) }
    }
}

impl Read {
    fn of(outgoing: &Outgoing) -> Read {
        let (method, url) = (outgoing.method.clone(), outgoing.url.clone());
        let headers = outgoing.headers.iter();
        let mut headers: Vec<_> =
            headers.map(|(name, value)| (name.clone(), value.clone())).collect();
        headers.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        Read {
            method,
            url,
            headers,
            deadline: outgoing.deadline,
            attempt_timeout: outgoing.attempt_timeout,
            once: outgoing.once,
            scopes: outgoing.scopes.clone(),
        }
    }
}

impl Shared {
    /// Returns the end of the read as that of a call of one's own.
    fn done<B>(&self) -> Done<B> {
        let mut response = Response::new(ResponseBody::of_whole(self.body.clone()));
        *response.status_mut() = self.status;
        *response.version_mut() = self.version;
        *response.headers_mut() = self.headers.clone();
        *response.extensions_mut() = self.extensions.clone();
        let Shared { deadline_at, attempts, recoveries, started, outcome, ref error, .. } = *self;
        let (sent, moved_to) = (self.sent.clone(), self.moved_to.clone());
        let error = error.clone();
        Done {
            response,
            deadline_at,
            attempts,
            recoveries,
            started,
            outcome,
            sent,
            moved_to,
            error,
        }
    }
}

async fn read_whole<S: HttpService>(
    core: Arc<Core<S>>,
    outgoing: Outgoing,
) -> Result<Arc<Shared>, Error> {
    let done = Call::new(&core, outgoing).run().await.ended?;
    let Done { response, deadline_at, attempts, recoveries, started, outcome, sent, .. } = done;
    let (moved_to, error) = (done.moved_to, done.error);
    let (head, mut body) = response.into_parts();
    // One byte more tells a body that is too long from one that is as long as it may be. That of a
    // failure has been read as far as it matters.
    let limit = if error.is_none() { BODY_LIMIT + 1 } else { 0 };
    let reading = body.read_ahead(limit);
    let in_time = match deadline_at {
        Some(at) => tokio::time::timeout_at(at.into(), reading).await.is_ok(),
        None => {
            reading.await;
            true
        }
    };
    let body = match body.into_whole(BODY_LIMIT) {
        Ok(body) => body,
        Err(not_whole) => {
            let unread = || match not_whole {
                NotWhole::Broken(error) => broken(error, &*core.clock),
                NotWhole::Longer if in_time => too_long(core.clock.wall(), head.status),
                NotWhole::Longer => late(&*core.clock),
            };
            // The failure is more to the point than its body.
            return Err(error.unwrap_or_else(|| unread().counts(attempts, recoveries)));
        }
    };
    Ok(Arc::new(Shared {
        status: head.status,
        version: head.version,
        headers: head.headers,
        extensions: head.extensions,
        body,
        deadline_at,
        attempts,
        recoveries,
        started,
        outcome,
        sent,
        moved_to,
        error,
    }))
}

fn too_long(wall: SystemTime, status: StatusCode) -> Error {
    let failure = Failure::builder(Kind::Unknown, Origin::Answer { status: status.as_u16() })
        .action(Action::ReviewRequest)
        .replay(Replay::Processed)
        .because("the body is longer than one that is shared may be")
        .timestamp(wall)
        .build();
    Error::new(failure).cause(TooLong).of_body()
}

/// Says that the read ended without anybody knowing how.
fn unshared(error: CoalesceError) -> Error {
    let failure = Failure::builder(Kind::Unknown, Origin::Local)
        .replay(Replay::PossiblyProcessed)
        .because("the read that was shared has no outcome")
        .build();
    Error::new(failure).cause(error)
}

/// A body that nobody may share.
#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than the 8 MiB of one that is coalesced")]
struct TooLong;

const BODY_LIMIT: usize = 8 * 1024 * 1024;
const MAX_READS: NonZeroUsize = match NonZeroUsize::new(1_024) {
    Some(reads) => reads,
    None => NonZeroUsize::MIN,
};
