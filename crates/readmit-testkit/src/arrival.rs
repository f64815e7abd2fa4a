use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, Request, StatusCode};

use crate::api::Api;
use crate::recorded::Recorded;

/// A request that has arrived and is counted as being there, until this is dropped.
pub(crate) struct Arrival {
    api: Api,
    path: String,
    number: usize,
}

impl Arrival {
    pub(crate) fn record(api: &Api, request: &Request<Bytes>) -> Arrival {
        let mut state = api.state();
        let token = access_token(request.headers()).and_then(|value| state.tokens.number(value));
        let superseded_by = token.and_then(|number| state.tokens.superseded_by(number));
        let number = state.seen.arrive(Recorded::new(request, token, superseded_by));
        drop(state);
        Arrival { api: api.clone(), path: request.uri().path().to_owned(), number }
    }

    pub(crate) fn request_id(&self) -> String {
        format!("req_{:08}", self.number)
    }

    pub(crate) fn answered(&self, status: StatusCode, headers: &HeaderMap) {
        let rejects = status == StatusCode::UNAUTHORIZED && blames_token(headers);
        self.api.state().seen.answer(self.number, status, rejects);
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.api.state().seen.leave(&self.path);
    }
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Returns the access token, of whichever scheme.
pub(crate) fn access_token(headers: &HeaderMap) -> Option<&str> {
    credential(headers, "bearer").or_else(|| credential(headers, "dpop"))
}

/// Returns the credential of an authorization of this scheme, whose name has no case.
pub(crate) fn credential<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (found, credential) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    found.eq_ignore_ascii_case(scheme).then_some(credential.trim_start_matches(' '))
}

/// Returns whether a 401 is about the token: not where its challenges have errors of other kinds.
fn blames_token(headers: &HeaderMap) -> bool {
    let challenges = headers.get_all(WWW_AUTHENTICATE);
    challenges
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .all(|challenge| !challenge.contains("error=") || challenge.contains("invalid_token"))
}
