use std::collections::HashMap;
use std::time::Duration;

use http::StatusCode;
use readmit::Error;
use readmit::error::{Kind, Origin};
use tokio::time::Instant;

/// What passed between the client and the API, and whether it may have.
///
/// It knows nothing of the client's state: what the client must know follows from what it was told.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Each access token that the client has been given, by its value.
    given: HashMap<String, Access>,
    /// The one that it goes by.
    newest: Option<String>,
    /// The refresh token that it goes by, in a world that has them.
    session: Option<String>,
    calls: HashMap<u64, Vec<Rejection>>,
    token_requests_under_way: usize,
    /// Whether an answer was lost since the last token came.
    pub(crate) in_doubt: bool,
    pub(crate) account: Account,
}

/// What a world, or all of them, came to.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) requests: u64,
    pub(crate) faults: u64,
    pub(crate) refreshes: u64,
    pub(crate) token_requests: u64,
    pub(crate) rejections: u64,
    pub(crate) calls: u64,
    pub(crate) answered: u64,
    pub(crate) dropped: u64,
    pub(crate) recovered: u64,
    pub(crate) failed: HashMap<Kind, u64>,
    pub(crate) unlocked: u64,
    pub(crate) most_tasks: usize,
    pub(crate) violations: Vec<String>,
}

#[derive(Debug)]
struct Access {
    number: usize,
    given_at: Instant,
    lifetime: Option<Duration>,
    /// The client got a 2xx for it.
    is_proven: bool,
    /// The client got a 401 for it.
    is_doubted: bool,
    /// The client got a 401 for it that leaves no doubt (rule 28).
    is_rejected: bool,
}

/// What an answer says of the token that it answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Told {
    Nothing,
    Doubted,
    Rejected,
}

/// A 401 that a call got.
#[derive(Debug)]
struct Rejection {
    token: String,
    is_beyond_doubt: bool,
}

impl Ledger {
    /// Takes note of a request of the API as it is sent.
    pub(crate) fn send(&mut self, call: u64, token: &str) {
        self.account.requests += 1;
        let Some(access) = self.given.get(token) else {
            return self.violated(format!("call {call} was sent with a token that nobody issued"));
        };
        if access.is_rejected {
            let number = access.number;
            self.violated(format!("call {call} was sent with the rejected token {number}"));
        } else if self.newest.as_deref() != Some(token) {
            let number = access.number;
            self.violated(format!(
                "call {call} was sent with token {number}, and there is a newer"
            ));
        }
    }

    /// Takes note of the head of an answer, as the client gets it.
    pub(crate) fn answered(&mut self, call: u64, token: &str, status: StatusCode, told: Told) {
        let Some(access) = self.given.get_mut(token) else { return };
        if status.is_success() {
            access.is_proven |= !access.is_rejected;
        } else if told != Told::Nothing {
            let is_fresh = !access.is_proven && access.given_at.elapsed() < FRESH_FOR;
            let is_beyond_doubt = told == Told::Rejected && !is_fresh;
            access.is_doubted = true;
            access.is_rejected |= is_beyond_doubt;
            let rejection = Rejection { token: token.to_owned(), is_beyond_doubt };
            self.calls.entry(call).or_default().push(rejection);
            self.account.rejections += 1;
        }
    }

    /// Takes note of a token request as it is sent.
    pub(crate) fn ask(&mut self, presented: Option<&str>) {
        self.account.requests += 1;
        self.account.token_requests += 1;
        self.token_requests_under_way += 1;
        if 1 < self.token_requests_under_way {
            self.violated("two token requests at once".to_owned());
        }
        let newest = self.newest.as_ref().and_then(|token| self.given.get(token));
        if let Some(access) = newest.filter(|access| !access.is_due()) {
            let broken = format!("token {} was refreshed without a reason", access.number);
            self.violated(broken);
        }
        if presented != self.session.as_deref() {
            self.violated("a refresh token was presented that is not the last".to_owned());
        }
    }

    /// Takes note that a token request ended, however it did.
    pub(crate) fn asked(&mut self) {
        self.token_requests_under_way -= 1;
    }

    /// Takes note of an answer with a token in it, as the client gets it.
    pub(crate) fn give(&mut self, token: &str, next: Option<&str>, lifetime: Option<Duration>) {
        self.in_doubt = false;
        if let Some(next) = next {
            self.session = Some(next.to_owned());
        }
        if lifetime == Some(Duration::ZERO) {
            // Of no use on arrival (rule 13).
            return;
        }
        self.account.refreshes += 1;
        let access = Access {
            number: self.given.len() + 1,
            given_at: Instant::now(),
            lifetime,
            is_proven: false,
            is_doubted: false,
            is_rejected: false,
        };
        self.given.insert(token.to_owned(), access);
        self.newest = Some(token.to_owned());
    }

    pub(crate) fn begin_session(&mut self, token: &str) {
        self.session = Some(token.to_owned());
    }

    /// Takes note that the caller was answered.
    pub(crate) fn ended_well(&mut self, call: u64, recoveries: u32) {
        self.calls.remove(&call);
        self.account.answered += 1;
        self.account.recovered += u64::from(0 < recoveries);
    }

    /// Takes note that the caller went away.
    pub(crate) fn ended_early(&mut self, call: u64) {
        self.calls.remove(&call);
        self.account.dropped += 1;
    }

    /// Takes note of an error, as the caller gets it.
    pub(crate) fn failed(&mut self, call: u64, error: &Error) {
        let rejections = self.calls.remove(&call).unwrap_or_default();
        let kind = error.failure().kind();
        *self.account.failed.entry(kind).or_default() += 1;
        let answered = error.failure().origin() == Origin::Answer { status: 401 };
        if !answered || kind == Kind::StepUpRequired {
            return;
        }
        // Where the credential could not be had, that is what the failure is of.
        let is_beyond_help = match rejections.as_slice() {
            // The token endpoint said it.
            [] => error.attempts() == 0,
            [only] => !only.is_beyond_doubt,
            [.., first, last] => first.token != last.token || !last.is_beyond_doubt,
        };
        if !is_beyond_help {
            self.violated(format!("call {call} got {error} after {rejections:?}"));
        }
    }

    pub(crate) fn violated(&mut self, what: String) {
        self.account.violations.push(what);
    }
}

impl Access {
    /// Whether the client may look for another one.
    ///
    /// The window before an expiry is half of the lifetime at most.
    fn is_due(&self) -> bool {
        self.is_doubted || self.lifetime.is_some_and(|life| life / 2 <= self.given_at.elapsed())
    }
}

impl Account {
    pub(crate) fn add(&mut self, other: Account) {
        self.requests += other.requests;
        self.faults += other.faults;
        self.refreshes += other.refreshes;
        self.token_requests += other.token_requests;
        self.rejections += other.rejections;
        self.calls += other.calls;
        self.answered += other.answered;
        self.dropped += other.dropped;
        self.recovered += other.recovered;
        for (kind, times) in other.failed {
            *self.failed.entry(kind).or_default() += times;
        }
        self.unlocked += other.unlocked;
        self.most_tasks = self.most_tasks.max(other.most_tasks);
        self.violations.extend(other.violations);
    }
}

/// For how long a 401 says more of the issuer than of a token that nobody accepted (rule 28).
const FRESH_FOR: Duration = Duration::from_secs(10);
