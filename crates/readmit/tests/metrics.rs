//! What the `metrics` facade is told.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    with_local_recorder,
};
use readmit::{Client, credentials};
use readmit_testkit::{Api, Fault, Hint};
use tokio::runtime::Builder;

#[test]
fn calls_attempts_and_refreshes_are_timed_and_labelled() {
    let seen = Seen::default();

    with_local_recorder(&seen, || {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(call_after_an_outage());
    });

    let took = seen.0.lock().unwrap();
    let of = |name: &str| took.get(name).cloned().unwrap_or_default();
    let operations = of("readmit.operation.duration");
    let [(labels, took)] = operations.as_slice() else { panic!("one call: {operations:?}") };
    assert!(labels.contains("readmit.recovery.outcome=recovered"), "{labels}");
    assert!(labels.contains("server.address=api.test"), "{labels}");
    // It waited for as long as it was told.
    assert!(10.0 <= *took, "{took}");
    let requests = of("http.client.request.duration");
    let [(failed, _), (succeeded, _)] = requests.as_slice() else { panic!("{requests:?}") };
    assert!(failed.contains("http.response.status_code=503"), "{failed}");
    assert!(failed.contains("error.type=unavailable"), "{failed}");
    assert!(succeeded.contains("http.response.status_code=200"), "{succeeded}");
    assert_eq!(of("readmit.auth.refresh.duration").len(), 1);
}

async fn call_after_an_outage() {
    let api = Api::new();
    let key = credentials::service_key("https://api.test/token", api.service_key());
    let client = Client::builder("https://api.test").credentials(key).clock(api.clock());
    let client = client.limit_jitter(Duration::ZERO).metrics().build_over(api.service()).unwrap();
    api.fault(Fault::Unavailable { retry_after: Hint::Seconds(10) })
        .on("GET", "/data_flows")
        .once();

    client.get("/data_flows").send().await.unwrap();
}

/// What was told of each histogram: its labels, and seconds.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Told>>);

type Told = BTreeMap<String, Vec<(String, f64)>>;

struct One {
    seen: Seen,
    name: String,
    labels: String,
}

impl HistogramFn for One {
    fn record(&self, value: f64) {
        let mut seen = self.seen.0.lock().unwrap();
        seen.entry(self.name.clone()).or_default().push((self.labels.clone(), value));
    }
}

impl Recorder for Seen {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let labels = key.labels().map(|label| format!("{}={}", label.key(), label.value()));
        let labels = labels.collect::<Vec<_>>().join(" ");
        let (seen, name) = (self.clone(), key.name().to_owned());
        Histogram::from_arc(Arc::new(One { seen, name, labels }))
    }
}
