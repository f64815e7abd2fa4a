//! What retries cost where none is needed, beside a bare `await`.

use std::future::{Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use readmit_core::{Clock, Draw, Draws, SystemClock};
use readmit_retry::{Attempts, Budget, Call, Policy, Verdict, retry, retry_blocking};

criterion_group!(benches, first_try, budget, delay);
criterion_main!(benches);

/// An attempt that succeeds at once.
fn first_try(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("retry, first try succeeds");
    let policy = Policy::DEFAULT;
    let budget = Budget::default();
    group.bench_function("yardstick: the attempt alone", |bencher| {
        bencher.iter(|| finish(attempt()));
    });
    group.bench_function("retry", |bencher| {
        bencher.iter(|| {
            finish(retry(black_box(&policy), timer, attempt).verdict(|_error| Verdict::Retry))
        });
    });
    group.bench_function("retry with a budget", |bencher| {
        bencher.iter(|| {
            let call = Call::new(black_box(&policy)).budget(&budget);
            finish(retry(call, timer, attempt).verdict(|_error| Verdict::Retry))
        });
    });
    group.bench_function("retry with a hook and an attempt timeout", |bencher| {
        bencher.iter(|| {
            let call = retry(black_box(&policy), timer, attempt)
                .attempt_timeout(Duration::from_secs(1), |_after| 0)
                .notify(|failed| {
                    black_box(failed.number());
                });
            finish(call.verdict(|_error| Verdict::Retry))
        });
    });
    group.bench_function("retry_blocking", |bencher| {
        bencher.iter(|| {
            retry_blocking(black_box(&policy), |_delay| {}, || black_box(Ok::<u32, u32>(1)))
                .verdict(|_error| Verdict::Retry)
        });
    });
    group.finish();
}

/// What a call tells its budget.
fn budget(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("budget");
    let now = SystemClock.now();
    let full = Budget::default();
    let drawn_on = Budget::default();
    for _ in 0..50 {
        if let Ok(credit) = drawn_on.withdraw(now) {
            let _spent = credit.spend();
        }
    }
    group.bench_function("deposit on a full budget", |bencher| {
        bencher.iter(|| black_box(&full).deposit());
    });
    group.bench_function(
        "deposit on a full budget, beside a thread that deposits too",
        |bencher| {
            let over = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        (0..BATCH).for_each(|_| black_box(&full).deposit());
                    }
                });
                bencher.iter(|| black_box(&full).deposit());
                over.store(true, Ordering::Relaxed);
            });
        },
    );
    group.bench_function("withdraw and give back", |bencher| {
        bencher.iter(|| black_box(&drawn_on).withdraw(now).is_ok());
    });
    group.finish();
}

/// The delay before the next retry.
fn delay(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("next delay");
    let half = Draw::new(0.5).unwrap_or(Draw::MAX);
    let second = Duration::from_secs(1);
    let policies = [
        ("exponential", Policy::exponential(second)),
        ("growing", Policy::growing(second, 1.5)),
        ("decorrelated", Policy::decorrelated(second)),
        ("sequence", Policy::sequence([second, second * 2])),
    ];
    for (name, builder) in policies {
        let Ok(policy) = builder.build() else { continue };
        let mut delays = black_box(&policy).delays();
        group.bench_function(format!("{name}, given the draw"), |bencher| {
            bencher.iter(|| delays.next(black_box(half)));
        });
    }
    let policy = Policy::DEFAULT;
    let mut draws = Draws::seeded(1);
    let mut delays = black_box(&policy).delays();
    group.bench_function("exponential, and the draw", |bencher| {
        bencher.iter(|| delays.next(draws.draw_mut()));
    });
    group.bench_function("attempts: a failure is told", |bencher| {
        let now = SystemClock.now();
        bencher.iter(|| {
            Attempts::new(black_box(&policy), || now).failed(now, Verdict::Retry, black_box(half))
        });
    });
    group.finish();
}

fn attempt() -> Ready<Result<u32, u32>> {
    black_box(ready(Ok(1)))
}

fn timer(_delay: Duration) -> Ready<()> {
    ready(())
}

/// Polls a future that is ready.
fn finish<F: Future>(future: F) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// So many deposits before the other thread looks up.
const BATCH: u32 = 1_000;
