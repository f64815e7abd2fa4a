use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, Request, Response, StatusCode};
use readmit_breaker::Outcome;
use readmit_classify::{BODY_LIMIT, Dialect, classify_transport};
use readmit_error::{Failure, Stage, Transport};
use url::Url;

use crate::admission::Entry;
use crate::answered::Answered;
use crate::fault::transport_of;
use crate::keeper::{Held, NoCredential};
use crate::origins::is_same;
use crate::outgoing::Outgoing;
use crate::prover::Proven;
use crate::reach::Reach;
use crate::redirect::{self, MAX_HOPS};
use crate::response_body::{Excerpt, ResponseBody};
use crate::secret_headers;
use crate::shared::Core;
use crate::{Body, BoxError, HttpService, wiring};

/// What became of one attempt.
pub(crate) enum Tried<B> {
    /// The server answered well.
    Succeeded {
        response: Response<ResponseBody<B>>,
        held: Option<Arc<Held>>,
        /// What it was sent with, wherever it came from.
        sent: Option<Arc<Held>>,
        /// Where it came from, if the request was redirected.
        moved_to: Option<Box<Url>>,
    },
    /// It did not succeed.
    Failed(Box<Failed<B>>),
}

/// How far an attempt came.
struct Progress<'a, B> {
    /// Where it was let in: first at the call's own origin, then wherever it was redirected to.
    entry: Option<Entry>,
    answered: Option<Answered<'a, B>>,
    /// Whether a redirect made a `GET` of another method: the server may have acted on the request
    /// before it sent it on to a result (RFC 9110 section 15.4.4).
    may_have_acted: bool,
    /// Where it was redirected to.
    moved_to: Option<Box<Url>>,
    /// What the last hop was signed with.
    proven: Option<Proven>,
}

/// An attempt that did not succeed.
pub(crate) struct Failed<B> {
    pub(crate) failure: Failure,
    /// What it was sent with.
    pub(crate) held: Option<Arc<Held>>,
    pub(crate) answer: Option<(Response<ResponseBody<B>>, Excerpt)>,
    pub(crate) source: Option<BoxError>,
    /// What the request was signed with that was answered.
    pub(crate) proven: Option<Proven>,
}

/// Why an attempt got no answer.
enum Unanswered {
    /// The origin that it was redirected to lets nobody in, or it cannot be signed.
    Refused(Failure),
    Transport(BoxError),
}

impl<B> Tried<B> {
    /// Returns the status of the answer, if there was one.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Tried::Succeeded { response, .. } => Some(response.status()),
            Tried::Failed(failed) => failed.answer.as_ref().map(|(response, _)| response.status()),
        }
    }
}

impl<S: HttpService> Core<S> {
    /// Returns what to send a request with: nothing, where no credential is for its origin.
    ///
    /// A request that brings what authenticates it keeps that.
    pub(crate) async fn credential(
        &self,
        outgoing: &Outgoing,
    ) -> Result<Option<Arc<Held>>, NoCredential> {
        let brought = |name: &HeaderName| outgoing.headers.contains_key(name);
        match self.keeper_of(outgoing) {
            Some(keeper) if self.origins.trusts(&outgoing.url) && !brought(&AUTHORIZATION) => {
                let held = keeper.credential().await?;
                if brought(&held.token.name) {
                    return Ok(None);
                }
                match held.token.lacks(&outgoing.scopes) {
                    Some(scopes) => Err(NoCredential::Lacking(scopes)),
                    None => Ok(Some(held)),
                }
            }
            Some(_) | None => Ok(None),
        }
    }

    /// Sends the request once, with this credential, and tells the gate what came of it.
    ///
    /// A body that tells of a failure is read until the deadline, so that its status is told in time
    /// (rule 48).
    pub(crate) async fn attempt(
        &self,
        outgoing: &mut Outgoing,
        held: Option<Arc<Held>>,
        entry: Entry,
        deadline_at: Option<Instant>,
    ) -> Tried<S::Body> {
        let (sent, patience) = (outgoing.body.watch(), self.patience(outgoing));
        let time_out = async {
            // How long an upload takes is for its sender to say.
            if let Some(sent) = sent {
                sent.notified().await;
            }
            tokio::time::sleep(patience).await;
        };
        let mut progress = Progress {
            entry: Some(entry),
            answered: None,
            may_have_acted: false,
            moved_to: None,
            proven: None,
        };
        let ended = {
            let sending = self.exchange(outgoing, held.as_deref(), deadline_at, &mut progress);
            // Here, so that neither is there twice.
            let (time_out, sending) = (pin!(time_out), pin!(sending));
            within(time_out, sending).await
        };
        let dialect = progress.answered.as_ref().and_then(|answered| answered.dialect);
        let mut tried = match (progress.answered, ended) {
            (Some(answered), _) => self.judge(outgoing, answered, held, progress.moved_to.take()),
            (None, Some(Err(unanswered))) => self.unanswered(unanswered, held),
            (None, Some(Ok(())) | None) => {
                let late = Transport { stage: Stage::Sent, timed_out: true };
                self.unanswered(Unanswered::Transport(late.into()), held)
            }
        };
        if let Some(entry) = progress.entry {
            tried.settle(entry, dialect);
        }
        if let Tried::Failed(failed) = &mut tried {
            if progress.may_have_acted {
                failed.failure = failed.failure.clone().possibly_processed();
            }
            failed.proven = progress.proven;
        }
        tried
    }

    /// Sends the request, follows where it is redirected to, and reads the body of a refusal.
    ///
    /// The answer is put into `progress` as soon as its head is there, so that a body that never
    /// ends costs time and not the answer.
    async fn exchange<'a>(
        &'a self,
        outgoing: &mut Outgoing,
        held: Option<&Held>,
        deadline_at: Option<Instant>,
        progress: &mut Progress<'a, S::Body>,
    ) -> Result<(), Unanswered> {
        let replayable = outgoing.body.is_replayable();
        let has_body = outgoing.body.as_bytes().is_none_or(|bytes| !bytes.is_empty());
        let (mut method, mut uri) = (outgoing.method.clone(), outgoing.uri.clone());
        let mut url = Cow::Borrowed(&outgoing.url);
        let (mut sends_body, mut reach) = (true, Reach::START);
        for hop in 0.. {
            reach = self.beyond(reach, &url, &outgoing.url);
            let body = if sends_body { outgoing.body.take_for_attempt() } else { Body::empty() };
            let mut request = outgoing.hop(method.clone(), std::mem::take(&mut uri), body);
            *request.headers_mut() = self.headers(outgoing, held, reach, sends_body);
            let held = held.filter(|_| reach.trusted);
            let response = self.send(request, held, progress).await?;

            let status = response.status();
            let next =
                redirect::hop(status, response.headers(), &method, &url, replayable, has_body);
            match next {
                Some(next) if hop < MAX_HOPS => {
                    progress.may_have_acted |= next.method != outgoing.method;
                    if !is_same(&url, &next.url) {
                        self.leave(&url, response.headers(), progress);
                        self.go_on(&next.url, outgoing, progress)?;
                    }
                    (method, uri, url) = (next.method, next.uri, Cow::Owned(next.url));
                    sends_body &= next.keeps_body;
                }
                Some(_) | None => {
                    let response = response.map(ResponseBody::whole);
                    let (trusted, dialect) = (reach.trusted, self.dialects.at(&url));
                    progress.answered = Some(Answered { response, trusted, dialect });
                    if let Cow::Owned(url) = url {
                        progress.moved_to = Some(Box::new(url));
                    }
                    break;
                }
            }
        }
        if let Some(answered) = &mut progress.answered
            && answered.may_be_failure()
        {
            self.read_ahead(answered, deadline_at, self.patience(outgoing)).await;
        }
        Ok(())
    }

    /// Sends one hop, signed when the transport is ready for it and not before (rule 47).
    async fn send(
        &self,
        mut request: Request<Body>,
        held: Option<&Held>,
        progress: &mut Progress<'_, S::Body>,
    ) -> Result<Response<S::Body>, Unanswered> {
        let mut service = self.service.clone();
        poll_fn(|cx| service.poll_ready(cx)).await.map_err(broken)?;
        let proven = self.prove(&mut request, held);
        progress.proven = proven.map_err(|unproven| progress.refused(unproven))?;
        let response = service.call(request).await.map_err(broken)?;
        if let (Some(prover), Some(proven)) = (&self.prover, &progress.proven) {
            prover.hear(proven, response.headers());
        }
        Ok(response)
    }

    /// Reads what tells of a failure, for as long as there is time.
    async fn read_ahead(
        &self,
        answered: &mut Answered<'_, S::Body>,
        deadline_at: Option<Instant>,
        patience: Duration,
    ) {
        let reading = answered.response.body_mut().read_ahead(BODY_LIMIT);
        match deadline_at {
            // What came until then has to do.
            Some(at) => drop(tokio::time::timeout_at(at.into(), reading).await),
            // An upload that nobody reads to its end keeps the attempt's own time from running.
            None => drop(tokio::time::timeout(patience, reading).await),
        }
    }

    /// Returns how long one attempt may take.
    fn patience(&self, outgoing: &Outgoing) -> Duration {
        outgoing.attempt_timeout.unwrap_or(self.attempt_timeout)
    }

    /// Settles with an origin that did its part, and hears what it said of its limits.
    fn leave(&self, url: &Url, headers: &HeaderMap, progress: &mut Progress<'_, S::Body>) {
        if let Some(entry) = progress.entry.take() {
            let unit = self.dialects.at(url).and_then(Dialect::reset);
            entry.gate().hear(headers, None, unit);
            entry.settle(Outcome::Succeed);
        }
    }

    /// Enters the origin that the request was redirected to.
    fn go_on(
        &self,
        url: &Url,
        outgoing: &Outgoing,
        progress: &mut Progress<'_, S::Body>,
    ) -> Result<(), Unanswered> {
        let gate = self.gates.of(url);
        let entered = gate.enter_at_once(self.clock.now());
        let refused = |refused| gate.refusal(&refused, || outgoing.context());
        progress.entry = Some(entered.map_err(|why| Unanswered::Refused(refused(why)))?);
        Ok(())
    }

    /// Tells what a transport failed of.
    fn unanswered(&self, unanswered: Unanswered, held: Option<Arc<Held>>) -> Tried<S::Body> {
        let (failure, source) = match unanswered {
            Unanswered::Refused(failure) => (failure, None),
            Unanswered::Transport(error) => {
                (classify_transport(transport_of(&*error), self.clock.wall()), Some(error))
            }
        };
        Tried::Failed(Box::new(Failed { failure, held, answer: None, source, proven: None }))
    }

    /// Tells a success from a failure.
    fn judge(
        &self,
        outgoing: &Outgoing,
        answered: Answered<'_, S::Body>,
        held: Option<Arc<Held>>,
        moved_to: Option<Box<Url>>,
    ) -> Tried<S::Body> {
        // A server that saw the secret may have sent it on in a redirect, to be echoed from there.
        let sent = held.clone();
        // What another origin says of a credential that it never saw is nobody's business here.
        let held = held.filter(|_| answered.trusted);
        let told = answered.failure(&outgoing.method, || self.clock.wall(), held.is_some());
        let response = answered.response;
        let Some((failure, excerpt)) = told else {
            return Tried::Succeeded { response, held, sent, moved_to };
        };
        let secrets = sent.iter().flat_map(|held| held.token.secrets());
        let own = [&outgoing.headers, &self.headers].into_iter().flat_map(secret_headers::secrets);
        let failure = secrets.chain(own).fold(failure, Failure::redact);
        let answer = Some((response, excerpt));
        Tried::Failed(Box::new(Failed { failure, held, answer, source: None, proven: None }))
    }
}

impl<B> Progress<'_, B> {
    /// Gives the permit back: nothing was sent that could tell of the service.
    fn refused(&mut self, failure: Failure) -> Unanswered {
        self.entry = None;
        Unanswered::Refused(failure)
    }
}

impl<B> Tried<B> {
    /// Tells the origin that answered, or did not, what this says of it.
    fn settle(&self, entry: Entry, dialect: Option<&Dialect>) {
        let (headers, failure) = match self {
            Tried::Succeeded { response, .. } => (Some(response.headers()), None),
            Tried::Failed(failed) => {
                let response = failed.answer.as_ref().map(|(response, _)| response);
                (response.map(Response::headers), Some(&failed.failure))
            }
        };
        if let Some(headers) = headers {
            let unit = dialect.and_then(Dialect::reset);
            entry.gate().hear(headers, failure.and_then(wiring::hold), unit);
        }
        match failure {
            Some(failure) => entry.settle(wiring::report(failure)),
            None => entry.settle(Outcome::Succeed),
        }
    }
}

/// Does the work, unless time runs out.
async fn within<T>(
    mut time_out: Pin<&mut impl Future<Output = ()>>,
    mut work: Pin<&mut impl Future<Output = T>>,
) -> Option<T> {
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => time_out.as_mut().poll(cx).map(|()| None),
    })
    .await
}

fn broken(error: impl Into<BoxError>) -> Unanswered {
    Unanswered::Transport(error.into())
}
