use std::sync::Arc;

use http::{Response as HttpResponse, Uri};
use readmit_error::event::RecoveryOutcome;

use super::RequestBuilder;
use crate::call::{Call, Done, Ran};
use crate::coalesced;
use crate::outgoing::Outgoing;
use crate::response_body::ResponseBody;
use crate::shared::Core;
use crate::under_way::{Passage, UnderWay};
use crate::{BoxError, Error, HttpService, Response};

impl<S: HttpService> RequestBuilder<S> {
    /// Sends the request, and recovers, waits and repeats as need be.
    ///
    /// The returned future may be dropped at any moment: nothing is left behind, and a refresh that
    /// is under way goes on for the others (rule 98).
    ///
    /// # Errors
    ///
    /// [`Error`] for a status of 400 or more, for a failure inside a success where the client's
    /// [dialect](crate::ClientBuilder::dialect) knows of such, for a transport that failed, and for
    /// a call that readmit refuses to make.
    pub async fn send(self) -> Result<Response<S::Body>, Error> {
        let RequestBuilder { core, outgoing, fallback, coalesced } = self;
        let (under_way, Ran { ended, asked }) = run(&core, outgoing, coalesced).await?;
        let (error, outcome) = match ended {
            Ok(Done { error: Some(error), outcome, .. }) => (error, outcome),
            Ok(done) => {
                core.watch.ended(done.started, done.outcome, None);
                return Ok(Response::new(done, asked, &core));
            }
            Err(error) => {
                let outcome = error.outcome();
                (error, outcome)
            }
        };
        let answer = fallback.and_then(|fallback| fallback(error.failure()));
        let outcome = if answer.is_some() { RecoveryOutcome::FellBack } else { outcome };
        core.watch.ended(core.clock.now(), outcome, Some(error.failure()));
        drop(under_way);
        match answer {
            Some(answer) => Ok(Response::fallback(answer, error, asked, &core)),
            None => Err(error),
        }
    }

    /// Sends the request like [`send`](RequestBuilder::send), and gives back any answer that came,
    /// its body whole, with the [`Failure`](crate::error::Failure) in its extensions where it is one.
    ///
    /// A [`fallback`](RequestBuilder::fallback) is not asked. Reading the body is no part of the call,
    /// and has no deadline.
    ///
    /// # Errors
    ///
    /// [`Error`] where no answer came.
    pub async fn send_raw(self) -> Result<HttpResponse<ResponseBody<S::Body>>, Error> {
        let RequestBuilder { core, outgoing, fallback: _, coalesced } = self;
        let (_under_way, Ran { ended, .. }) = run(&core, outgoing, coalesced).await?;
        count(&core, &ended);
        let done = ended?;
        let mut response = done.response;
        if let Some(error) = done.error {
            response.extensions_mut().insert(error.into_failure());
        }
        Ok(response)
    }
}

impl Outgoing {
    /// Refuses what no transport could send, such as a URL of more than 64 KiB.
    fn checked<S>(mut self, core: &Core<S>) -> Result<Outgoing, BoxError> {
        if let Some(account) = core.account.as_ref().filter(|_| !self.scopes.is_empty()) {
            self.keeper = Some(account.keeper(&self.scopes));
        }
        self.uri = Uri::try_from(self.url.as_str())?;
        Ok(self)
    }
}

/// Makes the call, shared or alone; it is under way until its end was counted.
async fn run<S: HttpService>(
    core: &Arc<Core<S>>,
    outgoing: Result<Outgoing, BoxError>,
    coalesced: bool,
) -> Result<(Passage<&UnderWay>, Ran<S::Body>), Error> {
    let passage = core.under_way.enter();
    let passage = passage.ok_or_else(|| Error::shut_down(core.clock.wall()))?;
    let outgoing = outgoing.and_then(|outgoing| outgoing.checked(core));
    let outgoing = outgoing.map_err(Error::unsendable)?;
    let ran = if coalesced {
        // A call that is not shared is not to carry the room for this about.
        Box::pin(coalesced::call(core, outgoing)).await
    } else {
        Call::new(core, outgoing).run().await
    };
    Ok((passage, ran))
}

/// Tells the monitor of a call without a fallback.
fn count<S, B>(core: &Core<S>, ended: &Result<Done<B>, Error>) {
    match ended {
        Ok(Done { started, outcome, error, .. }) => {
            core.watch.ended(*started, *outcome, error.as_ref().map(Error::failure));
        }
        Err(error) => core.watch.ended(core.clock.now(), error.outcome(), Some(error.failure())),
    }
}
