//! Who is told what happens, and what nobody is told.

use std::sync::Arc;

use readmit_error::event::Sink;
use readmit_log::redact::Redactor;
use readmit_log::{Scribe, Spans, TracingSink};

use crate::ClientBuilder;
use crate::secrets::Secrets;
use crate::watch::Watch;

impl ClientBuilder {
    /// Adds somebody to tell what happens.
    ///
    /// What a server said is neutral, and still holds what it held: a sink of
    /// [`readmit_log`](crate::log) redacts it, and with the client's own
    /// [redactor](ClientBuilder::redactor) it knows every secret in use.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::Client;
    /// use readmit::log::redact::Redactor;
    /// use readmit::log::{Lines, Queue, Scribe};
    ///
    /// let redactor = Redactor::new();
    /// let log = Queue::new(Scribe::new(redactor.clone()), Lines::new(std::io::stderr())).start()?;
    /// let client = Client::builder("https://api.example.com").redactor(redactor).sink(log).build()?;
    /// # let _ = client;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn sink(mut self, sink: impl Sink + 'static) -> ClientBuilder {
        self.sinks.push(Arc::new(sink));
        self
    }

    /// Sets who is told of the secrets in use: each token, refresh token and client secret is
    /// [registered](Redactor::register) as it is issued, and forgotten once nobody uses it
    /// and some dozens of others were issued after it.
    ///
    /// Share it with your own sinks, and with a [writer](Redactor::writer) under your own logger.
    ///
    /// Default: one of its own.
    pub fn redactor(mut self, redactor: Redactor) -> ClientBuilder {
        self.redactor = redactor;
        self
    }

    /// Sends no events to `tracing`, and opens no spans.
    pub fn untraced(mut self) -> ClientBuilder {
        self.traced = false;
        self
    }

    pub(super) fn watch(&mut self) -> Watch {
        let mut sinks = std::mem::take(&mut self.sinks);
        let redactor = self.redactor.clone();
        if self.traced {
            sinks.insert(0, Arc::new(TracingSink::new(Scribe::new(redactor.clone()))));
        }
        Watch {
            sinks: sinks.into(),
            clock: Arc::clone(&self.clock),
            spans: self.traced.then(|| Spans::new(redactor.clone())),
            secrets: Secrets::new(redactor),
        }
    }
}
