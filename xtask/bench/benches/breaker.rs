//! What a breaker costs a call, beside an atomic load, a pair of locks and readings of the clock.

use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use readmit_breaker::{Config, Outcome, Shared};
use readmit_core::{Clock, SystemClock};

criterion_group!(benches, calls);
criterion_main!(benches);

fn calls(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("breaker");
    healthy(&mut group);
    watchful(&mut group);
    rejecting(&mut group);
    yardsticks(&mut group);
    group.finish();
}

/// Circuits on which a success changes nothing.
fn healthy(group: &mut BenchmarkGroup<'_, WallTime>) {
    for (name, config) in [
        ("closed, success: the last 100 calls", Config::DEFAULT),
        ("closed, success: failures in a row", Config::FIVE_IN_A_ROW),
    ] {
        let breaker = filled(config);
        group.bench_function(name, |bencher| bencher.iter(|| succeed(&breaker)));
        group.bench_function(format!("{name}, 2 threads"), |bencher| {
            beside_another(&breaker, || bencher.iter(|| succeed(&breaker)));
        });
        group.bench_function(format!("{name}, `call`"), |bencher| {
            bencher.iter(|| black_box(&breaker).call(|| black_box(Ok::<u32, u32>(7))));
        });
    }
}

/// Circuits on which a success is counted.
fn watchful(group: &mut BenchmarkGroup<'_, WallTime>) {
    let now = SystemClock.now();
    let minute = || Config::over_time(Duration::from_secs(60)).failure_rate(50);
    let timed = build(minute());
    group.bench_function("closed, success: the last minute, time given", |bencher| {
        bencher.iter(|| succeed_at(&timed, now));
    });
    let troubled = filled(Config::DEFAULT);
    group.bench_function("closed, success: a failure in the window, time given", |bencher| {
        bencher.iter_custom(|rounds| {
            // A failure leaves the window with the hundredth success, so one comes before that.
            let mut took = Duration::ZERO;
            for _ in 0..rounds.div_ceil(90) {
                if let Ok(call) = troubled.try_acquire() {
                    call.settle(Outcome::Fail);
                }
                let begun = SystemClock.now();
                for _ in 0..90 {
                    succeed_at(&troubled, now);
                }
                took += SystemClock.now() - begun;
            }
            took.mul_f64(rounds as f64 / (rounds.div_ceil(90) * 90) as f64)
        });
    });
    let slow = build(minute().slow_rate(50, Duration::from_secs(1)));
    group.bench_function("closed, success: slow calls, own clock", |bencher| {
        bencher.iter(|| succeed(&slow));
    });
}

fn rejecting(group: &mut BenchmarkGroup<'_, WallTime>) {
    let breaker = build(Config::failure_rate(50, 100).open_for(Duration::from_secs(86_400)));
    breaker.trip();
    let now = SystemClock.now();
    group.bench_function("open, rejection, time given", |bencher| {
        bencher.iter(|| black_box(&breaker).try_acquire_at(now).err());
    });
    group.bench_function("open, peek, time given", |bencher| {
        bencher.iter(|| black_box(&breaker).rejection_at(now));
    });
}

fn yardsticks(group: &mut BenchmarkGroup<'_, WallTime>) {
    let word = AtomicU64::new(1);
    group.bench_function("yardstick: two atomic loads", |bencher| {
        bencher.iter(|| {
            black_box(&word).load(Ordering::Relaxed) + black_box(&word).load(Ordering::Relaxed)
        });
    });
    let count = Mutex::new(0_u64);
    group.bench_function("yardstick: the answer alone", |bencher| {
        bencher.iter(|| black_box(Ok::<u32, u32>(7)));
    });
    group.bench_function("yardstick: a lock", |bencher| {
        bencher.iter(|| {
            if let Ok(mut count) = black_box(&count).lock() {
                *count += 1;
            }
        });
    });
    group.bench_function("yardstick: the clock, twice", |bencher| {
        bencher.iter(|| (SystemClock.now(), SystemClock.now()));
    });
}

/// Inlined, so that a call of this function is not what is measured; so is the next one.
#[inline(always)]
fn succeed(breaker: &Shared) {
    if let Ok(call) = black_box(breaker).try_acquire() {
        call.settle(Outcome::Succeed);
    }
}

#[inline(always)]
fn succeed_at(breaker: &Shared, now: Instant) {
    if let Ok(call) = black_box(breaker).try_acquire_at(now) {
        call.settle_at(now, Outcome::Succeed);
    }
}

/// Measures while another thread makes the same calls.
fn beside_another(breaker: &Shared, measure: impl FnOnce()) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for _ in 0..1_000 {
                    succeed(breaker);
                }
            }
        });
        measure();
        over.store(true, Ordering::Relaxed);
    });
}

/// A breaker whose window is full of successes.
fn filled(config: Config) -> Shared {
    let breaker = Shared::new(config);
    for _ in 0..100 {
        succeed(&breaker);
    }
    breaker
}

fn build(builder: readmit_breaker::Builder<readmit_breaker::Windowed>) -> Shared {
    Shared::new(builder.build().unwrap_or_default())
}
