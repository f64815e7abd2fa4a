use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Instant, SystemTime};

use async_trait::async_trait;
use http::Uri;
use readmit_core::{Clock, SystemClock};
use readmit_recovery::{ServerClock, TokenRequest};
use secrecy::ExposeSecret;

use crate::keeper::Held;
use crate::source::{Answer, Endpoint, Reading};
use crate::{SourceError, Token};

/// Gives tokens, which are numbers, and takes them; and knows what has been promised of them.
#[derive(Debug, Default)]
pub(super) struct Server(Mutex<Known>);

#[derive(Debug, Default)]
pub(super) struct Known {
    /// The last token that was given.
    pub(super) given: u64,
    /// No token up to this one is taken.
    pub(super) revoked: u64,
    /// The keeper was told that this one was rejected.
    pub(super) told: u64,
    pub(super) signed_out: bool,
    /// How a fetch is to end.
    pub(super) outcome: Option<Result<(), u32>>,
    /// Fetches that were begun, and those of them that were dropped before their end.
    pub(super) begun: u32,
    pub(super) dropped: u32,
    /// Fetches that no rejection has to explain.
    pub(super) unexplained: u32,
    is_fetching: bool,
    waiting: Option<Waker>,
}

/// A fetch under way.
struct Fetching<'s>(&'s Server, bool);

impl Server {
    pub(super) async fn fetch(self: Arc<Server>) -> Result<Token, SourceError> {
        let mut fetching = Fetching::begin(&self);
        let outcome = poll_fn(|cx| {
            let mut known = self.known();
            known.waiting = Some(cx.waker().clone());
            known.outcome.take().map_or(Poll::Pending, Poll::Ready)
        });
        let outcome = outcome.await;
        fetching.1 = true;
        match outcome {
            Ok(()) => Ok(self.give()),
            Err(number) => Err(SourceError::transient(unavailable(number))),
        }
    }

    /// Gives the next token.
    pub(super) fn give(&self) -> Token {
        let mut known = self.known();
        known.given += 1;
        Token::bearer(known.given.to_string()).unwrap()
    }

    /// Has the fetch under way end so, once its task runs.
    pub(super) fn end(&self, outcome: Result<(), u32>) {
        let waiting = {
            let mut known = self.known();
            known.outcome = Some(outcome);
            known.waiting.take()
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Sees what a caller was handed.
    pub(super) fn handed(&self, held: &Held) {
        let known = self.known();
        assert!(known.told < number(held), "handed out, and known to be rejected: {known:?}");
        assert!(!known.signed_out, "handed out after the sign-out: {known:?}");
    }

    pub(super) fn takes(&self, held: &Held) -> bool {
        self.known().revoked < number(held)
    }

    pub(super) fn told(&self, rejected: u64) {
        let mut known = self.known();
        known.told = known.told.max(rejected);
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        // A promise that was broken is told by who saw it, and not by who comes after.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fetching<'_> {
    fn begin(server: &Server) -> Fetching<'_> {
        let mut known = server.known();
        known.begun += 1;
        assert!(!known.is_fetching, "two refreshes at once: {known:?}");
        assert!(!known.signed_out, "a refresh after the sign-out: {known:?}");
        // Each token up to the last that was rejected costs one, at most.
        let allowed = u32::try_from(known.told).unwrap() + known.unexplained + known.dropped;
        assert!(known.begun <= allowed, "a refresh too many: {known:?}");
        known.is_fetching = true;
        Fetching(server, false)
    }
}

impl Drop for Fetching<'_> {
    fn drop(&mut self) {
        let mut known = self.0.known();
        known.is_fetching = false;
        known.dropped += u32::from(!self.1);
    }
}

pub(super) fn number(held: &Held) -> u64 {
    held.token.secret.expose_secret().parse().unwrap()
}

/// What a source says that failed.
pub(super) fn unavailable(number: u32) -> String {
    format!("unavailable, number {number}")
}

/// A clock that stands still.
#[derive(Clone, Copy, Debug)]
pub(super) struct Still(Instant, SystemTime);

impl Still {
    pub(super) fn now() -> Still {
        Still(SystemClock.now(), SystemClock.wall())
    }
}

impl Clock for Still {
    fn now(&self) -> Instant {
        self.0
    }

    fn wall(&self) -> SystemTime {
        self.1
    }
}

/// Sends nothing: the source has no need of it.
pub(super) struct Nowhere(pub(super) Arc<dyn Clock>);

#[async_trait]
impl Endpoint for Nowhere {
    async fn call(&self, _: TokenRequest, _: Reading, _: Instant) -> Result<Answer, SourceError> {
        Err(SourceError::terminal("nobody sends anything here"))
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.0
    }

    fn server_clock(&self, _: &Uri) -> ServerClock {
        ServerClock::default()
    }
}
