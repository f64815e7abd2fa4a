use std::time::SystemTime;

use crate::redact::Secret;
use crate::told::Told;
use crate::{Action, Challenge, Denied, Kind, Origin, Replay, RetryAfter, neutral};

/// What a failure holds; small, because it is written for every answer that is one.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Inner {
    pub(crate) kind: Kind,
    pub(crate) action: Action,
    pub(crate) origin: Origin,
    pub(crate) retryable: bool,
    pub(crate) replay: Replay,
    pub(crate) retry_after: Option<RetryAfter>,
    pub(crate) at: Option<SystemTime>,
    pub(crate) told: Told,
    challenges: Vec<Challenge>,
    /// Most failures deny nothing: `None` then.
    denied: Option<Box<Denied>>,
}

impl Inner {
    /// Returns what follows from the kind and the origin.
    pub(crate) fn new(kind: Kind, origin: Origin) -> Inner {
        Inner {
            kind,
            action: kind.action(),
            origin,
            retryable: is_retryable(kind, origin),
            replay: replay_of(origin),
            retry_after: None,
            at: None,
            told: Told::default(),
            challenges: Vec::new(),
            denied: None,
        }
    }

    pub(crate) fn challenge(&mut self, mut challenge: Challenge) {
        neutral::challenge(&mut challenge);
        self.challenges.push(challenge);
    }

    pub(crate) fn deny(&mut self, mut denied: Denied) {
        neutral::denied(&mut denied);
        self.denied = if denied.is_empty() { None } else { Some(Box::new(denied)) };
    }

    pub(crate) fn redact(&mut self, secret: &Secret<'_>) {
        self.told.redact(secret);
        if let Some(denied) = &mut self.denied {
            secret.redact_denied(denied);
        }
        for challenge in &mut self.challenges {
            secret.redact_challenge(challenge);
        }
    }

    pub(crate) fn challenges(&self) -> &[Challenge] {
        &self.challenges
    }

    pub(crate) fn denied(&self) -> &Denied {
        self.denied.as_deref().unwrap_or(&NOTHING)
    }
}

/// What is of no known kind is judged by its status: a fault of the server's may pass.
fn is_retryable(kind: Kind, origin: Origin) -> bool {
    if kind == Kind::Unknown {
        return origin.status().is_some_and(|status| 500 <= status);
    }
    kind.is_retryable()
}

/// A 4xx refused the request, but for a 408, which may come in the middle of the work; with any
/// other status the server may have acted before it failed.
fn replay_of(origin: Origin) -> Replay {
    match origin {
        Origin::Answer { status: 400..=407 | 409..=499 } => Replay::NotProcessed,
        Origin::Answer { .. } => Replay::PossiblyProcessed,
        Origin::Local => Replay::NotProcessed,
        Origin::Transport(transport) => transport.replay(),
    }
}

/// What was denied where the server told nothing.
static NOTHING: Denied = Denied {
    permissions: Vec::new(),
    scopes: Vec::new(),
    role: None,
    organization: None,
    resource: None,
};
