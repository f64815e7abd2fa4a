//! What a limiter costs a call, beside one compare-and-swap and one read of the clock.

use std::hint::black_box;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use readmit_core::{Clock, SystemClock};
use readmit_limit::{Config, Feedback, Limiters, Quota, Shared};

criterion_group!(benches, allowed, denied, told, keyed, two_threads);
criterion_main!(benches);

fn allowed(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limit");

    let word = AtomicU64::new(0);
    group.bench_function("yardstick: one compare-and-swap", |bencher| {
        bencher.iter(|| {
            let seen = word.load(Ordering::Acquire);
            word.compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed)
        });
    });
    group.bench_function("yardstick: the clock", |bencher| bencher.iter(|| SystemClock.now()));

    let limiter = Shared::new(Config::quota(endless()));
    let now = SystemClock.now();
    group.bench_function("allowed, beyond the clock", |bencher| {
        bencher
            .iter(|| black_box(&limiter).try_acquire_at(*black_box(&now), NonZeroU32::MIN).is_ok());
    });
    group.bench_function("allowed, with the clock", |bencher| {
        bencher.iter(|| black_box(&limiter).try_acquire().is_ok());
    });
    let unlimited = Shared::new(Config::unlimited());
    group.bench_function("allowed, no limit", |bencher| {
        bencher.iter(|| black_box(&unlimited).try_acquire().is_ok());
    });
    group.bench_function("allowed, no limit, the time in hand", |bencher| {
        bencher.iter(|| {
            black_box(&unlimited).try_acquire_at(*black_box(&now), NonZeroU32::MIN).is_ok()
        });
    });
    group.finish();
}

fn denied(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limit");
    let hour = Duration::from_secs(3_600);
    let held = Shared::new(Config::unlimited());
    let now = SystemClock.now();
    held.feed(&Feedback::throttled().retry_after(hour));
    group.bench_function("denied while held, beyond the clock", |bencher| {
        bencher.iter(|| black_box(&held).try_acquire_at(*black_box(&now), NonZeroU32::MIN).is_ok());
    });
    let hourly = Quota::per_window(NonZeroU32::MIN, hour).unwrap_or(endless());
    let used = Shared::new(Config::quota(hourly));
    let now = SystemClock.now();
    let _taken = used.try_acquire_at(now, NonZeroU32::MIN);
    group.bench_function("denied by the quota, beyond the clock", |bencher| {
        bencher.iter(|| black_box(&used).try_acquire_at(*black_box(&now), NonZeroU32::MIN).is_ok());
    });
    group.finish();
}

fn told(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limit");
    let hour = Duration::from_secs(3_600);
    let told = Feedback::accepted().limit(u64::MAX).window(hour);
    let limiter = Shared::new(Config::unlimited());
    limiter.feed(&told);
    let now = SystemClock.now();
    group.bench_function("allowed by a server's window, beyond the clock", |bencher| {
        bencher
            .iter(|| black_box(&limiter).try_acquire_at(*black_box(&now), NonZeroU32::MIN).is_ok());
    });
    let both = Shared::new(Config::quota(endless()));
    both.feed(&told);
    let now = SystemClock.now();
    group.bench_function("allowed by a quota and a server's window, beyond the clock", |bencher| {
        bencher.iter(|| black_box(&both).try_acquire_at(*black_box(&now), NonZeroU32::MIN).is_ok());
    });
    group.bench_function("fed with nothing", |bencher| {
        bencher.iter(|| black_box(&limiter).feed(black_box(&Feedback::accepted())));
    });
    group.bench_function("fed, with the clock", |bencher| {
        bencher.iter(|| black_box(&limiter).feed(black_box(&told)));
    });
    group.finish();
}

fn keyed(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limit");
    for keys in [10, 10_000] {
        let most = NonZeroUsize::MIN.saturating_add(keys);
        let limiters = Limiters::<String>::new(Config::quota(endless()), most);
        for key in 0..keys {
            let _made = limiters.get(key.to_string().as_str());
        }
        group.bench_function(format!("looked up among {keys} keys"), |bencher| {
            bencher.iter(|| limiters.get(black_box("7")));
        });
        let full = NonZeroUsize::MIN.saturating_add(keys - 1);
        let limiters = Limiters::<u64>::new(Config::unlimited(), full);
        let mut key = 0_u64;
        group.bench_function(format!("a new key among {keys}, which is full"), |bencher| {
            bencher.iter(|| {
                key += 1;
                limiters.get(black_box(&key)).is_ok()
            });
        });
    }
    group.finish();
}

/// One thread is measured while another does the same without a pause.
fn two_threads(criterion: &mut Criterion) {
    let hour = Duration::from_secs(3_600);
    let paced = Shared::new(Config::quota(endless()));
    let told = Shared::new(Config::unlimited());
    told.feed(&Feedback::accepted().limit(u64::MAX).window(hour));
    let used =
        Shared::new(Config::quota(Quota::per_window(NonZeroU32::MIN, hour).unwrap_or(endless())));
    let now = SystemClock.now();
    let _taken = used.try_acquire_at(now, NonZeroU32::MIN);

    let mut group = criterion.benchmark_group("limit");
    for (name, limiter) in [
        ("allowed, beyond the clock, 2 threads", paced),
        ("allowed by a server's window, beyond the clock, 2 threads", told),
        ("denied by the quota, beyond the clock, 2 threads", used),
    ] {
        let limiter = Arc::new(limiter);
        let goes_on = Arc::new(AtomicBool::new(true));
        let other = thread::spawn({
            let (limiter, goes_on) = (Arc::clone(&limiter), Arc::clone(&goes_on));
            move || {
                while goes_on.load(Ordering::Relaxed) {
                    let _ = black_box(limiter.try_acquire_at(now, NonZeroU32::MIN));
                }
            }
        });
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                black_box(&limiter).try_acquire_at(*black_box(&now), NonZeroU32::MIN).is_ok()
            });
        });
        goes_on.store(false, Ordering::Relaxed);
        let _ended = other.join();
    }
    group.finish();
}

/// A quota that no bench uses up.
fn endless() -> Quota {
    Quota::per_second(NonZeroU32::MAX).burst(NonZeroU32::MAX)
}
