//! What comes before a request is sent: the breaker's word, the limiter's turn, a credential, and
//! the breaker's permit (rule 97).

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use super::{After, Call};
use crate::HttpService;
use crate::admission::{Entry, Refused};
use crate::attempt::Failed;
use crate::keeper::{Held, NoCredential};

/// What a request is sent with.
pub(super) struct Admitted {
    pub(super) held: Option<Arc<Held>>,
    pub(super) entry: Entry,
}

/// Why a request is not sent.
pub(super) enum NotAdmitted {
    NoCredential(NoCredential),
    Refused(Refused),
}

impl<S: HttpService> Call<'_, S> {
    /// Waits for what a request needs before it is sent.
    ///
    /// A circuit that is open costs no turn and no credential. The clock is read again only where
    /// there was a wait.
    pub(super) async fn admit(&mut self) -> Result<Admitted, NotAdmitted> {
        let (core, gate, outgoing) = (self.core, &self.gate, &self.outgoing);
        let now = self.now.take().unwrap_or_else(|| core.clock.now());
        gate.peek(now)?;
        let queued = gate.turn(self.deadline_at, || outgoing.context()).await?;
        let (held, fetched) = noting_waits(core.credential(outgoing)).await;
        let held = held.map_err(NotAdmitted::NoCredential)?;
        let now = if queued || fetched { core.clock.now() } else { now };
        Ok(Admitted { held, entry: gate.enter(now)? })
    }

    /// Waits until the origin lets requests in again, or gives up at once.
    pub(super) async fn shut_out(&mut self, refused: &Refused) -> After<S::Body> {
        let failure = self.gate.refusal(refused, || self.outgoing.context());
        let source = Some(refused.clone().into());
        let failed = Failed { failure, held: None, answer: None, source, proven: None };
        self.tell((&failed).into(), false, 0);
        self.note(&failed.failure);
        self.retry(failed).await
    }
}

impl From<Refused> for NotAdmitted {
    fn from(refused: Refused) -> NotAdmitted {
        NotAdmitted::Refused(refused)
    }
}

/// Does the work, and says whether it was waited for.
async fn noting_waits<T>(work: impl Future<Output = T>) -> (T, bool) {
    let mut work = pin!(work);
    let mut waited = false;
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready((done, waited)),
        Poll::Pending => {
            waited = true;
            Poll::Pending
        }
    })
    .await
}
