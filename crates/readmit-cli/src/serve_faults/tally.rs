use std::collections::BTreeMap;

use readmit_error::neutralise;
use readmit_testkit::Seen;
use serde::Serialize;

use crate::number::counted;

/// What the API saw, as `GET /__seen` and the end of the program tell it.
#[derive(Debug, Serialize)]
pub(super) struct Tally {
    schema: &'static str,
    pub(super) requests: usize,
    pub(super) routes: BTreeMap<String, Route>,
    pub(super) tokens_issued: u32,
    pub(super) token_calls: usize,
    /// Requests with a token although the client had a newer one.
    pub(super) sent_with_stale_token: usize,
    /// Requests with a token that a 401 had rejected before.
    pub(super) sent_with_rejected_token: usize,
    /// The most refreshes of one token; more than 1 is a storm.
    pub(super) max_refreshes: u32,
    pub(super) lost_refresh_tokens: u32,
    /// What was created more than once.
    pub(super) duplicates: usize,
    pub(super) max_concurrent: usize,
    pub(super) max_concurrent_token_calls: usize,
}

/// The requests of one method to one path.
#[derive(Debug, Default, Serialize)]
pub(super) struct Route {
    pub(super) requests: usize,
    /// How often it was answered with which status; `none` is no answer.
    pub(super) statuses: BTreeMap<String, usize>,
}

impl Tally {
    pub(super) fn of(seen: &Seen) -> Tally {
        let mut routes: BTreeMap<String, Route> = BTreeMap::new();
        for request in seen.requests() {
            let name = neutralise(&format!("{} {}", request.method(), request.path()), SHOWN);
            let is_known = routes.len() < MOST || routes.contains_key(&name);
            let name = if is_known { name } else { "others".to_owned() };
            let route = routes.entry(name).or_default();
            route.requests += 1;
            let status = request.status();
            let status = status.map_or_else(|| "none".to_owned(), |it| it.as_str().to_owned());
            *route.statuses.entry(status).or_default() += 1;
        }
        Tally {
            schema: "readmit.seen/1",
            requests: seen.requests().len(),
            routes,
            tokens_issued: seen.tokens_issued(),
            token_calls: seen.token_calls(),
            sent_with_stale_token: seen.sent_with_stale_token(),
            sent_with_rejected_token: seen.sent_with_rejected_token(),
            max_refreshes: seen.max_refreshes(),
            lost_refresh_tokens: seen.lost_refresh_tokens(),
            duplicates: seen.duplicates(),
            max_concurrent: seen.max_concurrent(),
            max_concurrent_token_calls: seen.max_concurrent_token_calls(),
        }
    }

    /// What a client should not have done, in words.
    pub(super) fn reproaches(&self) -> Vec<String> {
        let stale = self.sent_with_stale_token as u64;
        let rejected = self.sent_with_rejected_token as u64;
        let surplus = self.max_refreshes.saturating_sub(1).into();
        let lost = self.lost_refresh_tokens.into();
        let duplicates = self.duplicates as u64;
        [
            (stale, "request", "requests", "with a token older than the client had"),
            (rejected, "request", "requests", "with a token that was rejected before"),
            (surplus, "refresh", "refreshes", "too many of one token: a storm"),
            (lost, "refresh token", "refresh tokens", "that the client lost"),
            (duplicates, "thing", "things", "created twice"),
        ]
        .into_iter()
        .filter(|(count, ..)| 0 < *count)
        .map(|(count, one, many, what)| format!("{} {what}", counted(count, one, many)))
        .collect()
    }
}

/// Routes that are told apart; a client may invent any number.
const MOST: usize = 100;
/// Characters of a path that are shown.
const SHOWN: usize = 120;
