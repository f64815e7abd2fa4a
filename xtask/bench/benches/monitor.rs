//! What a monitor costs a call, beside an atomic addition and a pair of locks.

use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Instant, SystemTime};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use readmit_core::{Clock, SystemClock};
use readmit_error::event::{Event, Record, RecoveryOutcome};
use readmit_error::{Failure, Kind, Origin};
use readmit_monitor::{Access, Config, Monitor};

criterion_group!(benches, calls);
criterion_main!(benches);

fn calls(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("monitor");
    successes(&mut group);
    failures(&mut group);
    growth(&mut group);
    yardsticks(&mut group);
    group.finish();
}

/// What every call pays.
fn successes(group: &mut BenchmarkGroup<'_, WallTime>) {
    let monitor = Monitor::default();
    let now = SystemClock.now();
    group.bench_function("an operation that succeeded, time given", |bencher| {
        bencher.iter(|| succeed(&monitor, now));
    });
    group.bench_function("an operation that succeeded, time given, 2 threads", |bencher| {
        let end = AtomicU64::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                while end.load(Ordering::Relaxed) == 0 {
                    succeed(&monitor, now);
                }
            });
            bencher.iter(|| succeed(&monitor, now));
            end.store(1, Ordering::Relaxed);
        });
    });
    group.bench_function("an operation that succeeded, own clock", |bencher| {
        bencher.iter(|| black_box(&monitor).operation(RecoveryOutcome::NotNeeded, None));
    });
    let route = monitor.route("api.example.com", "/items/{id}");
    group.bench_function("a request of a route", |bencher| {
        bencher.iter(|| black_box(&route).hit_at(now));
    });
    let access = Access::new("u_1", "GET", "/items/{id}");
    group.bench_function("an access that worked", |bencher| {
        bencher.iter(|| black_box(&monitor).allowed_at(now, black_box(access)));
    });
}

/// What a call in trouble pays.
fn failures(group: &mut BenchmarkGroup<'_, WallTime>) {
    let monitor = Monitor::default();
    group.bench_function("an error by its code", |bencher| {
        bencher.iter(|| black_box(&monitor).record_code("AUTH_003"));
    });
    let expired = Event::TokenExpired { refresh_follows: true, scheme: None, age: None };
    let failure = Failure::builder(Kind::TokenExpired, Origin::Answer { status: 401 }).build();
    let record = Record::new(SystemTime::UNIX_EPOCH, expired).failure(failure);
    group.bench_function("a record", |bencher| {
        bencher.iter(|| black_box(&monitor).record(&record));
    });
    group.bench_function("a rate", |bencher| {
        bencher.iter(|| black_box(&monitor).rate("AUTH_003", NonZeroU32::MIN));
    });
    group.bench_function("a look at all thresholds", |bencher| {
        bencher.iter(|| black_box(&monitor).check_thresholds());
    });
}

/// The same among no hostile codes and among more than have room.
fn growth(group: &mut BenchmarkGroup<'_, WallTime>) {
    for hostile in [0, 1_000, 100_000] {
        let monitor = Monitor::new(Config::default());
        for number in 0..hostile {
            monitor.record_code(&format!("E{number}"));
        }
        group.bench_function(format!("an error after {hostile} hostile codes"), |bencher| {
            bencher.iter(|| black_box(&monitor).record_code("AUTH_003"));
        });
        group.bench_function(format!("a hostile code after {hostile}"), |bencher| {
            bencher.iter(|| black_box(&monitor).record_code("E_hostile"));
        });
    }
}

fn yardsticks(group: &mut BenchmarkGroup<'_, WallTime>) {
    let count = AtomicU64::new(0);
    group.bench_function("yardstick: an atomic addition", |bencher| {
        bencher.iter(|| black_box(&count).fetch_add(1, Ordering::Relaxed));
    });
    let locked = Mutex::new(0_u64);
    group.bench_function("yardstick: a lock", |bencher| {
        bencher.iter(|| {
            if let Ok(mut count) = black_box(&locked).lock() {
                *count += 1;
            }
        });
    });
    group.bench_function("yardstick: the clock", |bencher| bencher.iter(|| SystemClock.now()));
}

/// Inlined, so that a call of this function is not what is measured.
#[inline(always)]
fn succeed(monitor: &Monitor, now: Instant) {
    black_box(monitor).operation_at(black_box(now), RecoveryOutcome::NotNeeded, None);
}
