//! What an answer is that is not what was asked for.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::response::Parts;
use readmit_classify::{BODY_LIMIT, Evidence, classify};
use readmit_core::Clock;
use readmit_error::{Action, Failure, Kind, Origin, Replay};
use readmit_log::redact::Redactor;

use crate::call_error::Answer;
use crate::dialects::Dialects;
use crate::keeper::Held;
use crate::outgoing::Asked;
use crate::{Error, secret_headers};

/// What an answer needs of its client to be read, and may keep for longer than there is one.
pub(crate) struct Reader {
    clock: Arc<dyn Clock>,
    dialects: Arc<Dialects>,
    /// Those of every request.
    headers: HeaderMap,
    redactor: Redactor,
}

impl Reader {
    pub(crate) fn new(
        clock: &Arc<dyn Clock>,
        dialects: &Arc<Dialects>,
        headers: &HeaderMap,
        redactor: &Redactor,
    ) -> Reader {
        Reader {
            clock: Arc::clone(clock),
            dialects: Arc::clone(dialects),
            headers: headers.clone(),
            redactor: redactor.clone(),
        }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Returns the failure that a body tells of which could not be read as what was asked for, or
    /// that it could not.
    pub(super) fn misread(
        &self,
        asked: &Asked,
        sent: Option<&Held>,
        head: &Parts,
        body: &Bytes,
    ) -> Error {
        let Parts { status, headers, .. } = head;
        let evidence = Evidence::answer(&asked.method, *status, headers, self.clock.wall());
        let evidence = evidence.body(body).misread();
        let told = match self.dialects.at(&asked.url) {
            Some(dialect) => classify(&evidence.dialect(dialect)),
            None => classify(&evidence),
        };
        let error = match told {
            Some(failure) => Error::new(self.redacted(asked, sent, failure)).answer(Answer {
                status: *status,
                headers: headers.clone(),
                body: body.slice(..body.len().min(BODY_LIMIT)),
                cut: BODY_LIMIT < body.len(),
            }),
            None => Error::new(self.unshaped(status.as_u16())).of_body(),
        };
        let error = error.redacted_by(&self.redactor);
        match asked.url.host_str() {
            Some(host) => error.of_host(host),
            None => error,
        }
    }

    /// Takes out what a server may have echoed (rule 56).
    fn redacted(&self, asked: &Asked, sent: Option<&Held>, failure: Failure) -> Failure {
        let secrets = sent.into_iter().flat_map(|held| held.token.secrets());
        let own = [&asked.headers, &self.headers].into_iter().flat_map(secret_headers::secrets);
        secrets.chain(own).fold(failure, Failure::redact)
    }

    fn unshaped(&self, status: u16) -> Failure {
        Failure::builder(Kind::Unknown, Origin::Answer { status })
            .action(Action::ReviewRequest)
            .replay(Replay::Processed)
            .because("the body is not JSON of the shape that was asked for")
            .timestamp(self.clock.wall())
            .build()
    }
}
