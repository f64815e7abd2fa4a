use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use readmit::error::Kind;
use readmit::{Client, ClientBuilder, Error, RequestBuilder, Reqwest, credentials};
use readmit_core::{Clock, SystemClock};
use readmit_testkit::{Api, Builder, Seen, Server};
use tokio::task::JoinSet;

use crate::counter::Counter;
use crate::progress::Progress;
use crate::tally::Tally;

/// One scenario's API on loopback, and the account of what happened.
pub(crate) struct Lab<'a> {
    pub(crate) api: Api,
    pub(crate) server: Server,
    progress: &'a Progress,
    counter: Counter,
    tally: Mutex<Tally>,
}

/// How a call must end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Must {
    Answer,
    Fail(Kind),
}

impl<'a> Lab<'a> {
    pub(crate) async fn open(api: Builder, progress: &'a Progress) -> io::Result<Lab<'a>> {
        let api = api.build();
        let server = api.serve().await?;
        Ok(Lab { api, server, progress, counter: Counter::default(), tally: Mutex::default() })
    }

    /// A client of the API, with the service key.
    pub(crate) fn client(&self) -> ClientBuilder {
        let key = self.api.service_key();
        let credentials = credentials::service_key(self.token_url("/token"), key);
        self.bare_client().credentials(credentials)
    }

    pub(crate) fn bare_client(&self) -> ClientBuilder {
        Client::builder(self.server.url()).sink(self.counter.clone())
    }

    pub(crate) fn token_url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url())
    }

    /// Makes one call, reads its answer whole, and holds it against what must come of it.
    pub(crate) async fn call(&self, request: RequestBuilder<Reqwest>, must: Must) {
        self.note(timed(request).await, must);
    }

    /// Makes so many calls, so many at a time.
    pub(crate) async fn calls(
        &self,
        count: u32,
        at_once: usize,
        request: impl Fn(u32) -> RequestBuilder<Reqwest>,
        must: Must,
    ) {
        let mut waiting = (0..count).map(request);
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < at_once {
                let Some(request) = waiting.next() else {
                    break;
                };
                under_way.spawn(timed(request));
            }
            match under_way.join_next().await {
                Some(Ok(timed)) => self.note(timed, must),
                Some(Err(error)) => self.check(false, || format!("a call came to grief: {error}")),
                None => return,
            }
        }
    }

    /// Notes an invariant that does not hold.
    pub(crate) fn check(&self, holds: bool, broken: impl FnOnce() -> String) {
        if !holds {
            self.tally().wrong.push(broken());
        }
    }

    /// Notes an invariant about a count.
    pub(crate) fn check_count(&self, what: &str, seen: usize, expected: usize) {
        self.check(seen == expected, || format!("{what}: {seen}, and must be {expected}"));
    }

    pub(crate) fn seen(&self) -> Seen {
        self.api.seen()
    }

    pub(crate) fn retries(&self) -> u32 {
        self.counter.retries()
    }

    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, call: Timed, must: Must) {
        self.progress.tick();
        let mut tally = self.tally();
        tally.took(call.took);
        match (call.ended, must) {
            (Ok(()), Must::Answer) => tally.answered += 1,
            (Err(error), Must::Fail(kind)) if error.failure().kind() == kind => {
                tally.failed_as_they_must += 1;
            }
            (Ok(()), Must::Fail(kind)) => {
                tally.wrong.push(format!("a call was answered that must fail with {kind}"));
            }
            (Err(error), Must::Answer) => {
                tally.wrong.push(format!("a call failed that must be answered: {error}"));
            }
            (Err(error), Must::Fail(kind)) => {
                tally.wrong.push(format!("a call must fail with {kind}, and failed so: {error}"));
            }
        }
    }
}

/// A call that is over.
struct Timed {
    ended: Result<(), Error>,
    took: Duration,
}

async fn timed(request: RequestBuilder<Reqwest>) -> Timed {
    let began = SystemClock.now();
    let ended = match request.send().await {
        Ok(response) => response.bytes().await.map(drop),
        Err(error) => Err(error),
    };
    Timed { ended, took: SystemClock.now().saturating_duration_since(began) }
}
