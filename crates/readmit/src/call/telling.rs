//! What is remembered of a failed attempt, and what is told of it.

use http::HeaderMap;
use readmit_classify::Dialect;
use readmit_error::event::Event;
use readmit_error::{Failure, Origin};

use super::Call;
use crate::admission::tightest;
use crate::attempt::Failed;
use crate::keeper::Held;
use crate::{HttpService, wiring};

/// What is told of a failed attempt.
#[derive(Clone, Copy)]
pub(super) struct Trouble<'f> {
    failure: &'f Failure,
    held: Option<&'f Held>,
    headers: Option<&'f HeaderMap>,
}

impl<'f, B> From<&'f Failed<B>> for Trouble<'f> {
    fn from(failed: &'f Failed<B>) -> Trouble<'f> {
        let headers = failed.answer.as_ref().map(|(response, _)| response.headers());
        Trouble { failure: &failed.failure, held: failed.held.as_deref(), headers }
    }
}

impl<S: HttpService> Call<'_, S> {
    /// Remembers the last real failure, which no refusal of one's own takes the place of (rule 48).
    pub(super) fn note(&mut self, failure: &Failure) {
        if failure.origin() == Origin::Local {
            self.last.get_or_insert_with(|| failure.clone());
            return;
        }
        self.may_have_acted |= !failure.replay().is_safe();
        self.last = Some(failure.clone());
    }

    pub(super) fn tell(&self, trouble: Trouble<'_>, recovers: bool, consecutive: u32) {
        let failure = trouble.failure;
        if let Some(mut event) = wiring::event(failure, recovers, consecutive) {
            self.complete(&mut event, trouble);
            self.core.watch.tell(event, self.outgoing.context(), Some(failure));
        }
    }

    /// Adds what the failure does not say, and the credential or the answer does.
    fn complete(&self, event: &mut Event, trouble: Trouble<'_>) {
        if let (Event::TokenExpired { scheme, age, .. }, Some(held)) = (&mut *event, trouble.held) {
            *scheme = held.token.scheme().or(scheme.take());
            *age = Some(self.core.clock.now().saturating_duration_since(held.since));
        }
        if let (Event::RateLimitHit { limit, remaining, reset, policy, .. }, Some(headers)) =
            (event, trouble.headers)
        {
            let unit = self.core.dialects.at(&self.outgoing.url).and_then(Dialect::reset);
            let told = tightest(headers, unit, self.core.clock.wall());
            *limit = limit.or(told.limit);
            (*remaining, *reset, *policy) = (told.remaining, told.reset, told.policy);
        }
    }
}
