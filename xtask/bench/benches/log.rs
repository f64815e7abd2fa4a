//! What it costs to look a text through for secrets: 200 MB/s or better where there are none.

use std::hint::black_box;
use std::time::SystemTime;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use readmit_error::event::{CallContext, Event, Record};
use readmit_error::{Failure, Kind, Origin, neutralise};
use readmit_log::redact::Redactor;
use readmit_log::{Rendering, Scribe};

criterion_group!(benches, redaction, entries);
criterion_main!(benches);

fn redaction(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("redaction");
    let redactor = Redactor::new();
    let registered = Redactor::new();
    for number in 0..8 {
        registered.register(&format!("{number}-a-secret-that-is-in-use-{number}"));
    }
    for (name, line) in TEXTS {
        let text = line.repeat(256 * 1_024 / line.len());
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("text: {name}"), |bencher| {
            bencher.iter(|| black_box(redactor.text(black_box(&text))).len());
        });
        group.bench_function(format!("text, 8 values in use: {name}"), |bencher| {
            bencher.iter(|| black_box(registered.text(black_box(&text))).len());
        });
    }
    let json = format!("[{}1]", JSON.repeat(1_000));
    group.throughput(Throughput::Bytes(json.len() as u64));
    group.bench_function("json", |bencher| {
        bencher.iter(|| black_box(redactor.json(black_box(&json))).len());
    });
    group.bench_function("yardstick: serde_json::Value of the same", |bencher| {
        bencher.iter(|| serde_json::from_str::<serde_json::Value>(black_box(&json)).ok());
    });
    group.bench_function("yardstick: neutralise the same", |bencher| {
        bencher.iter(|| neutralise(black_box(&json), usize::MAX).len());
    });
    group.finish();
}

fn entries(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("entry");
    let scribe = Scribe::default();
    let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
        .code("AUTH_002")
        .description("The service key is invalid or was revoked")
        .request_id("req_7f3a9c2e51b84d06")
        .build();
    let event = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
    let call = CallContext::default().user("u_1").template("/items/{id}");
    let record = Record::new(SystemTime::UNIX_EPOCH, event).call(call).failure(failure);
    group.bench_function("made of a record", |bencher| {
        bencher.iter(|| scribe.entry(black_box(&record)))
    });
    let entry = scribe.entry(&record);
    for rendering in [Rendering::Json, Rendering::Line, Rendering::Ecs] {
        group.bench_function(format!("rendered as {rendering:?}"), |bencher| {
            bencher.iter(|| black_box(&entry).render(rendering));
        });
    }
    group.finish();
}

const TEXTS: &[(&str, &str)] = &[
    (
        "prose",
        "The request could not be completed because the upstream service did not answer in time, and the client will try it again after a short while.\n",
    ),
    (
        "log lines",
        "2026-11-21T05:04:29.009966Z  INFO app::orders: order stored id=0e95725d-7320-415d-80f7-004da920fc11 items=3 total=41.50 region=eu-west-1 elapsed_ms=12\n",
    ),
    (
        "json",
        "{\"id\":\"0e95725d-7320-415d-80f7-004da920fc11\",\"name\":\"first item\",\"count\":42,\"tags\":[\"a\",\"b\"],\"url_path\":\"/v1/items\"}\n",
    ),
];

const JSON: &str = r#"{"id":"0e95725d-7320-415d-80f7-004da920fc11","name":"first item","count":42,"tags":["a","b"]},"#;
