use std::collections::{BTreeSet, HashMap, HashSet};

use http::StatusCode;

use crate::recorded::{IDEMPOTENCY_KEY, Recorded};
use crate::scope::{Scope, issues_tokens};
use crate::tokens::Tally;

/// What the API saw up to one moment; made by [`Api::seen`](crate::Api::seen).
///
/// Access tokens are named by number, counted from 1 in the order they were issued.
/// A *marker* tells one piece of work from another, however often it is sent: the `marker` member
/// of the JSON body of a POST, or else its `Idempotency-Key`.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    requests: Vec<Recorded>,
    forgotten: usize,
    created: HashMap<String, usize>,
    rejected: HashSet<u32>,
    tally: Tally,
    data: Gauge,
    token: Gauge,
}

/// How many there are, and how many there were at most.
#[derive(Clone, Copy, Debug, Default)]
struct Gauge {
    level: usize,
    peak: usize,
}

impl Seen {
    /// Returns the requests that arrived, oldest first.
    #[must_use]
    pub fn requests(&self) -> &[Recorded] {
        &self.requests
    }

    /// Counts the requests of this method to this path, each `*` for any, with `{…}` for any one
    /// segment of the path.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        let scope = Scope::only(method, path);
        self.count_where(|request| scope.covers(request.method(), request.path()))
    }

    /// Counts the requests to the endpoints that issue tokens, whatever became of them.
    #[must_use]
    pub fn token_calls(&self) -> usize {
        self.count_where(|request| issues_tokens(request.path()))
    }

    /// Returns how many access tokens were issued, those handed to the test included.
    #[must_use]
    pub fn tokens_issued(&self) -> u32 {
        self.tally.issued
    }

    /// Counts the requests that carried the access token of this number.
    #[must_use]
    pub fn with_token(&self, number: u32) -> usize {
        self.count_where(|request| request.token() == Some(number))
    }

    /// Counts the requests that carried an older access token although the one of this number, or
    /// a newer one, had been handed out.
    ///
    /// A token is handed out once the last byte of the answer that brings it has been taken from
    /// the API; in process that is the moment the client has it. All callers with the same
    /// service key, OAuth client or first refresh token count as one client, and so do all that
    /// present assertions, and all that exchange tokens.
    #[must_use]
    pub fn sent_with_stale_token_after(&self, number: u32) -> usize {
        self.count_where(|request| {
            request.token() < Some(number) && Some(number) <= request.superseded_by()
        })
    }

    /// Counts the requests that carried an access token although a newer one had been handed out.
    #[must_use]
    pub fn sent_with_stale_token(&self) -> usize {
        self.count_where(|request| request.superseded_by().is_some())
    }

    /// Counts the requests that carried an access token which a 401 had rejected before they
    /// arrived.
    ///
    /// A 401 rejects the token unless its challenge has an error that is not about the token, such
    /// as `use_dpop_nonce` or `insufficient_user_authentication`. On loopback a request may be on
    /// its way when the 401 is.
    #[must_use]
    pub fn sent_with_rejected_token(&self) -> usize {
        self.count_where(Recorded::has_rejected_token)
    }

    /// Returns how many access tokens a client was handed in answer to requests that it made while
    /// the one of this number was the newest in its hands; more than 1 is a storm.
    ///
    /// What makes one client stands at
    /// [`sent_with_stale_token_after`](Seen::sent_with_stale_token_after). Answers that did not
    /// come whole do not count: the client was right to ask again.
    #[must_use]
    pub fn refreshes_of(&self, number: u32) -> u32 {
        let mut refreshes = self.tally.refreshes.iter();
        refreshes.find(|((_, newest), _)| *newest == number && 0 < number).map_or(0, |(_, n)| *n)
    }

    /// Returns the greatest [`refreshes_of`](Seen::refreshes_of) any token, the tokens with which a
    /// client began included.
    #[must_use]
    pub fn max_refreshes(&self) -> u32 {
        self.tally.refreshes.values().copied().max().unwrap_or(0)
    }

    /// Counts the refreshes with an older refresh token than one that was handed to the client:
    /// each is a newer token that the client lost.
    #[must_use]
    pub fn lost_refresh_tokens(&self) -> u32 {
        self.tally.lost_refresh_tokens
    }

    /// Counts the refresh tokens whose answer did not come whole, those still under way included.
    #[must_use]
    pub fn undelivered_refresh_tokens(&self) -> usize {
        self.tally.undelivered_refresh_tokens
    }

    /// Counts the tokens of either kind that were revoked by `POST /revoke`; unknown ones are none.
    #[must_use]
    pub fn revoked(&self) -> u32 {
        self.tally.given_up
    }

    /// Counts the requests that had a proof of possession (RFC 9449), good or not.
    #[must_use]
    pub fn proofs(&self) -> usize {
        self.count_where(|request| request.header("dpop").is_some())
    }

    /// Counts the requests that had a proof with a nonce, good or not.
    #[must_use]
    pub fn proofs_with_nonce(&self) -> usize {
        self.count_where(Recorded::has_nonce)
    }

    /// Counts the requests that arrived with this marker.
    #[must_use]
    pub fn sent(&self, marker: &str) -> usize {
        self.count_where(|request| request.marker() == Some(marker))
    }

    /// Returns how often something was created with this marker; more than once is a duplicate.
    #[must_use]
    pub fn created(&self, marker: &str) -> usize {
        self.created.get(marker).copied().unwrap_or(0)
    }

    /// Counts what was created beyond the first time, over all markers.
    #[must_use]
    pub fn duplicates(&self) -> usize {
        self.created.values().map(|times| times.saturating_sub(1)).sum()
    }

    /// Returns the idempotency keys that arrived with this marker.
    #[must_use]
    pub fn idempotency_keys(&self, marker: &str) -> BTreeSet<String> {
        let marked = self.requests.iter().filter(|it| it.marker() == Some(marker));
        marked.filter_map(|it| it.header(IDEMPOTENCY_KEY)).map(str::to_owned).collect()
    }

    /// Returns how many requests to data routes were there at once, at most.
    #[must_use]
    pub fn max_concurrent(&self) -> usize {
        self.data.peak
    }

    /// Returns how many requests to the endpoints that issue tokens were there at once, at most.
    #[must_use]
    pub fn max_concurrent_token_calls(&self) -> usize {
        self.token.peak
    }

    /// Forgets the requests and what was created, and starts the maxima anew.
    pub(crate) fn forget(&mut self) {
        self.forgotten += self.requests.len();
        self.requests.clear();
        self.created.clear();
        self.data.peak = self.data.level;
        self.token.peak = self.token.level;
    }

    /// Records an arrival and returns its number, by which it is told the outcome.
    pub(crate) fn arrive(&mut self, mut request: Recorded) -> usize {
        self.gauge(request.path()).raise();
        if request.token().is_some_and(|number| self.rejected.contains(&number)) {
            request.mark_rejected();
        }
        self.requests.push(request);
        self.forgotten + self.requests.len()
    }

    /// Records the outcome, and whether it rejects the token.
    pub(crate) fn answer(&mut self, number: usize, status: StatusCode, rejects: bool) {
        let index = number.checked_sub(self.forgotten + 1);
        if let Some(request) = index.and_then(|index| self.requests.get_mut(index)) {
            request.answer(status);
            self.rejected.extend(request.token().filter(|_| rejects));
        }
    }

    pub(crate) fn leave(&mut self, path: &str) {
        self.gauge(path).lower();
    }

    pub(crate) fn create(&mut self, marker: String) {
        *self.created.entry(marker).or_default() += 1;
    }

    pub(crate) fn take_stock(&mut self, tally: Tally) {
        self.tally = tally;
    }

    fn gauge(&mut self, path: &str) -> &mut Gauge {
        if issues_tokens(path) { &mut self.token } else { &mut self.data }
    }

    fn count_where(&self, condition: impl Fn(&Recorded) -> bool) -> usize {
        self.requests.iter().filter(|request| condition(request)).count()
    }
}

impl Gauge {
    fn raise(&mut self) {
        self.level += 1;
        self.peak = self.peak.max(self.level);
    }

    fn lower(&mut self) {
        self.level = self.level.saturating_sub(1);
    }
}
