//! What it costs to tell a person of a failure, beside what the failure says of itself.

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use criterion::{Criterion, criterion_group, criterion_main};
use readmit_error::{Failure, Kind, Origin, RetryAfter};
use readmit_message::{Catalogue, Terminal};

criterion_group!(benches, told, shown);
criterion_main!(benches);

fn told(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("message");
    let failure = failure();
    group.bench_function("yardstick: the failure's own sentence", |bencher| {
        bencher.iter(|| black_box(&failure).to_string());
    });
    for language in Catalogue::LANGUAGES {
        let catalogue = Catalogue::shipped(language);
        group.bench_function(format!("built, {language}"), |bencher| {
            bencher.iter(|| black_box(&catalogue).message(black_box(&failure)).build());
        });
    }
    group.bench_function("the catalogue that suits a header", |bencher| {
        bencher.iter(|| Catalogue::shipped(black_box("fr-CA, fr;q=0.9, de;q=0.8, en;q=0.5")));
    });
    group.finish();
}

fn shown(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("message, shown");
    let failure = failure();
    let message = Catalogue::english().message(&failure).build();
    group.bench_function("plain", |bencher| bencher.iter(|| black_box(&message).plain()));
    group.bench_function("terminal", |bencher| {
        bencher.iter(|| black_box(&message).terminal(Terminal::new(80)));
    });
    group.bench_function("html", |bencher| bencher.iter(|| black_box(&message).html()));
    group.bench_function("json", |bencher| bencher.iter(|| black_box(&message).json()));
    group.finish();
}

/// A documented failure, as the classifier makes one.
fn failure() -> Failure {
    Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
        .json(r#"{"error_code": "RATE_001", "details": {"limit": 100, "window": "1 minute"}}"#)
        .code("RATE_001")
        .description("Too many requests in the specified time period")
        .request_id("req_1234567890abcdef")
        .retry_after(RetryAfter::new(Duration::from_secs(30), SystemTime::UNIX_EPOCH))
        .timestamp(SystemTime::UNIX_EPOCH)
        .build()
}
