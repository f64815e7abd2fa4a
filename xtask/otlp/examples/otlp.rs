//! Logs, traces and metrics of readmit to a collector of OpenTelemetry, over HTTP.
//!
//! The collector is the one that `OTEL_EXPORTER_OTLP_ENDPOINT` names, or one within this program
//! where it names none.

use std::error::Error;
use std::time::{Duration, SystemTime};

use opentelemetry::metrics::{Counter, Histogram, Meter, MeterProvider};
use opentelemetry::trace::TracerProvider;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use readmit_error::event::{CallContext, DelaySource, Event, Record, RecoveryOutcome, Sink};
use readmit_error::{Failure, Kind, Origin};
use readmit_log::redact::Redactor;
use readmit_log::{Scribe, Spans, TracingSink};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use xtask_otlp::Collector;

fn main() -> Result<(), Box<dyn Error>> {
    let collector = Collector::start()?;
    let endpoint = std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT");
    let endpoint = endpoint.as_deref().unwrap_or(collector.endpoint());
    let (traces, logs, metrics) = providers(endpoint)?;

    // What the exporters do themselves is filtered out, or it would be exported again.
    let ours = || Targets::new().with_target("readmit", LevelFilter::DEBUG);
    let tracer = traces.tracer_with_scope(InstrumentationScope::builder("readmit").build());
    tracing_subscriber::registry()
        .with(tracing_opentelemetry::layer().with_tracer(tracer).with_filter(ours()))
        .with(OpenTelemetryTracingBridge::new(&logs).with_filter(ours()))
        .init();
    let redactor = Redactor::new();
    let sinks: [Box<dyn Sink>; 2] = [
        Box::new(TracingSink::new(Scribe::new(redactor.clone()))),
        Box::new(Metrics::new(&metrics.meter("readmit"))),
    ];

    call(&Spans::new(redactor), &sinks);

    traces.shutdown()?;
    logs.shutdown()?;
    metrics.shutdown()?;
    if endpoint == collector.endpoint() {
        check(&collector)?;
    }
    println!("logs, traces and metrics are at {endpoint}");
    Ok(())
}

fn providers(
    endpoint: &str,
) -> Result<(SdkTracerProvider, SdkLoggerProvider, SdkMeterProvider), Box<dyn Error>> {
    let resource = Resource::builder().with_service_name("readmit-example").build();
    let to = |signal: &str| format!("{endpoint}/v1/{signal}");
    let traces = SpanExporter::builder().with_http().with_endpoint(to("traces")).build()?;
    let logs = LogExporter::builder().with_http().with_endpoint(to("logs")).build()?;
    let metrics = MetricExporter::builder().with_http().with_endpoint(to("metrics")).build()?;
    Ok((
        SdkTracerProvider::builder()
            .with_batch_exporter(traces)
            .with_resource(resource.clone())
            .build(),
        SdkLoggerProvider::builder()
            .with_batch_exporter(logs)
            .with_resource(resource.clone())
            .build(),
        SdkMeterProvider::builder().with_periodic_exporter(metrics).with_resource(resource).build(),
    ))
}

/// What a client does by itself: a call whose first attempt fails, and whose second one succeeds.
fn call(spans: &Spans, sinks: &[Box<dyn Sink>]) {
    let mut call = CallContext::default().template("/items/{id}").request_id("req_1");
    call.method = Some("GET".to_owned());
    let url = "https://api.example.com/items/7?access_token=s3cret";
    let failure = Failure::builder(Kind::Unavailable, Origin::Answer { status: 503 }).build();
    let event = Event::RetryScheduled {
        attempt: 1,
        max_attempts: 3,
        delay: Duration::from_millis(100),
        reason: failure.kind(),
        source: DelaySource::Backoff,
    };

    let operation = spans.operation(|| call.clone());
    operation.in_scope(|| {
        let first = spans.attempt(|| call.clone(), url, 0);
        Spans::answered(&first, 503);
        Spans::failed(&first, &failure);
        drop(first);
        let record = Record::new(SystemTime::UNIX_EPOCH, event).call(call.clone()).failure(failure);
        sinks.iter().for_each(|sink| sink.record(&record));
        Spans::answered(&spans.attempt(|| call, url, 1), 200);
    });
    Spans::ended(&operation, RecoveryOutcome::Recovered);
}

/// A sink that counts, under the names that the documentation gives.
#[derive(Debug)]
struct Metrics {
    retries: Counter<u64>,
    delays: Histogram<f64>,
}

impl Metrics {
    fn new(meter: &Meter) -> Metrics {
        Metrics {
            retries: meter.u64_counter("readmit.retries").with_unit("{retry}").build(),
            delays: meter.f64_histogram("readmit.retry.delay").with_unit("s").build(),
        }
    }
}

impl Sink for Metrics {
    fn record(&self, record: &Record) {
        if let Event::RetryScheduled { delay, reason, .. } = &record.event {
            self.retries.add(1, &[KeyValue::new("readmit.retry.reason", reason.as_str())]);
            self.delays.record(delay.as_secs_f64(), &[]);
        }
    }
}

/// Whether each signal has arrived with what it is to tell, and without the token.
fn check(collector: &Collector) -> Result<(), Box<dyn Error>> {
    for (path, told) in [
        ("/v1/logs", "readmit.retry.scheduled"),
        ("/v1/metrics", "readmit.retries"),
        ("/v1/traces", "GET /items/{id}"),
    ] {
        let body = collector.received(path).unwrap_or_default();
        let body = String::from_utf8_lossy(&body);
        if !body.contains(told) || body.contains("s3cret") {
            return Err(
                format!("{path} has got {} bytes, not what it is to get", body.len()).into()
            );
        }
    }
    Ok(())
}
