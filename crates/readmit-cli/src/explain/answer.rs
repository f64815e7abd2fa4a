use std::time::SystemTime;

use http::{HeaderMap, Method, StatusCode};
use readmit_classify::{Dialect, Evidence, classify, retry_after};
use readmit_error::{Failure, Transport};

use super::options::Context;

/// One thing to explain.
#[derive(Debug)]
pub(crate) enum Subject {
    Answer(Box<Answer>),
    /// A call that got no answer.
    Broken {
        request: Option<String>,
        transport: Transport,
        at: SystemTime,
    },
    /// A failure that somebody else has classified.
    Told {
        request: Option<String>,
        failure: Failure,
    },
}

/// An answer, as it was pasted, exported or described.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Method and address, without the query, where they are told.
    pub(crate) request: Option<String>,
    pub(crate) method: Option<Method>,
    pub(crate) host: Option<String>,
    pub(crate) credential_sent: Option<bool>,
    pub(crate) status: StatusCode,
    pub(crate) reason: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Whether there is more of the body than this.
    pub(crate) cut: bool,
    pub(crate) received_at: SystemTime,
    /// What is odd about how it came.
    pub(crate) notes: Vec<String>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, received_at: SystemTime) -> Answer {
        Answer {
            request: None,
            method: None,
            host: None,
            credential_sent: None,
            status,
            reason: String::new(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            cut: false,
            received_at,
            notes: Vec::new(),
        }
    }

    /// Returns the failure in it, if there is one.
    pub(crate) fn failure(&self, context: &Context) -> Option<Failure> {
        let method = context.method.as_ref().or(self.method.as_ref()).unwrap_or(&Method::GET);
        let mut evidence = Evidence::answer(method, self.status, &self.headers, self.came_at())
            .body(&self.body)
            .cut(self.cut);
        if let Some(sent) = context.credential_sent.or(self.credential_sent) {
            evidence = evidence.credential_sent(sent);
        }
        if let Some(dialect) = self.dialect(context) {
            evidence = evidence.dialect(dialect);
        }
        classify(&evidence)
    }

    /// Returns when it came: by its `Date`, for who pastes an answer does so later than that.
    pub(crate) fn came_at(&self) -> SystemTime {
        retry_after::server_time(&self.headers, self.received_at).min(self.received_at)
    }

    pub(crate) fn dialect(&self, context: &Context) -> Option<&'static Dialect> {
        context.dialect.or_else(|| Dialect::for_host(self.host.as_deref()?))
    }

    /// Returns a header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
