//! Who is told what happens, and what nobody is told.

use std::sync::Arc;

use readmit_error::event::{CallContext, Event, Sink};
use readmit_log::redact::Redactor;
use readmit_log::{Scribe, Spans, TracingSink};
use readmit_monitor::{AlertRecords, AlertSink, Config};

use crate::meter::Meter;
use crate::secrets::Secrets;
use crate::watch::Watch;
use crate::{ClientBuilder, Monitor};

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
    /// and a dozen others were issued after it.
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

    /// Sets what the client's [monitor](crate::Client::monitor) looks for: thresholds, the share of
    /// calls that may fail, detectors.
    ///
    /// Default: [`Config::default`], in memory.
    pub fn monitor(mut self, config: Config) -> ClientBuilder {
        self.monitoring = Some(config);
        self
    }

    /// Adds somebody to tell of alerts, beside the [sinks](ClientBuilder::sink), which are told of
    /// each that begins or ends.
    ///
    /// It is the monitor that raises them: a client
    /// [without one](ClientBuilder::without_monitor) is not built.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::monitor::{AlertChannel, Config};
    /// use readmit::{Client, credentials};
    /// # use readmit_testkit::Api;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let api = Api::new();
    /// # let key = credentials::service_key("https://api.test/token", api.service_key());
    /// let (sink, alerts) = AlertChannel::new(16);
    /// let client = Client::builder("https://api.test")
    ///     .credentials(key)
    ///     .monitor(Config::builder().threshold("AUTH_004", 2).build()?)
    ///     .alerts(sink);
    /// let client = client.build_over(api.service())?;
    ///
    /// for _ in 0..3 {
    ///     client.get("/organizations/7/members").send().await.unwrap_err();
    /// }
    ///
    /// assert!(alerts.try_recv()?.to_string().starts_with("AUTH_004 (medium)"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn alerts(mut self, sink: impl AlertSink + 'static) -> ClientBuilder {
        self.alerts.push(Arc::new(sink));
        self
    }

    /// Counts nothing; the [sinks](ClientBuilder::sink) are told once that nobody watches.
    pub fn without_monitor(mut self) -> ClientBuilder {
        self.monitoring = None;
        self
    }

    /// Tells the `metrics` facade of calls, attempts, refreshes, retries, circuits and alerts, under
    /// the names of [`METRICS`](crate::monitor::METRICS), and how long each took.
    ///
    /// Default: nobody is told, and nothing is measured.
    #[cfg(feature = "metrics")]
    pub fn metrics(mut self) -> ClientBuilder {
        if self.metrics.is_some() {
            return self;
        }
        let export = Arc::new(crate::monitor::MetricsExport::new());
        self.metrics = Some(Arc::clone(&export));
        self.sink(export)
    }

    #[cfg(feature = "metrics")]
    fn meter(&mut self) -> Meter {
        // Without a monitor there are no alerts to be told of, and everything else there is to tell.
        self.alerts.extend(self.metrics.clone().map(|export| export as Arc<dyn AlertSink>));
        Meter::new(self.metrics.take())
    }

    #[cfg(not(feature = "metrics"))]
    fn meter(&self) -> Meter {
        Meter::default()
    }

    pub(super) fn watch(&mut self) -> Watch {
        let mut sinks = std::mem::take(&mut self.sinks);
        let (redactor, meter) = (self.redactor.clone(), self.meter());
        if self.traced {
            sinks.insert(0, Arc::new(TracingSink::new(Scribe::new(redactor.clone()))));
        }
        let monitor = self.monitoring.take().map(|config| {
            let monitor = Monitor::timed_by(Arc::clone(&self.clock), config);
            let told = sinks.iter().cloned().map(AlertRecords::new);
            let monitor = told.fold(monitor, Monitor::sink);
            Arc::new(self.alerts.drain(..).fold(monitor, Monitor::sink))
        });
        sinks.extend(monitor.clone().map(|monitor| monitor as Arc<dyn Sink>));
        let is_watched = monitor.is_some();
        let watch = Watch {
            sinks: sinks.into(),
            clock: Arc::clone(&self.clock),
            monitor,
            meter,
            spans: self.traced.then(|| Spans::new(redactor.clone())),
            secrets: Secrets::new(redactor),
        };
        if !is_watched {
            let event = Event::MonitorDisabled { monitor: "monitor".to_owned() };
            watch.tell(event, CallContext::default(), None);
        }
        watch
    }
}
