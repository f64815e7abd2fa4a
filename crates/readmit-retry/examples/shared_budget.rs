//! One budget for many threads, in which a timeout costs more than a throttle.
//!
//! `cargo run --package readmit-retry --example shared_budget`

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use readmit_core::{Clock, SystemClock};
use readmit_retry::{
    Allowance, Budget, Call, Fault, GiveUp, Percent, Policy, Verdict, retry_blocking,
};

fn main() -> Result<(), Box<dyn Error>> {
    let allowance = Allowance::percent_of_calls(Percent::new(10)?)
        .capacity(20)
        .per_second(0)
        .cost(Fault::TimedOut, 3)
        .build()?;
    let budget = Budget::new(allowance);
    let (attempts, unpaid) = (AtomicU32::new(0), AtomicU32::new(0));

    // Four threads, each of which makes 25 calls to a service that is down.
    thread::scope(|scope| {
        for fault in [Fault::TimedOut, Fault::Throttled, Fault::TimedOut, Fault::Transient] {
            let budget = budget.clone();
            let (attempts, unpaid) = (&attempts, &unpaid);
            scope.spawn(move || {
                for _ in 0..25 {
                    let down = || {
                        attempts.fetch_add(1, Ordering::Relaxed);
                        Err::<(), _>("down")
                    };
                    let call = Call::new(&Policy::DEFAULT).budget(&budget);
                    let failed = retry_blocking(call, |_delay| {}, down)
                        .verdict(|_down| Verdict::Retry.because(fault));
                    let why = failed.map_err(|failed| failed.why());
                    if matches!(why, Err(GiveUp::BudgetEmpty { .. })) {
                        unpaid.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let (attempts, unpaid) = (attempts.into_inner(), unpaid.into_inner());
    let left = budget.credits(SystemClock.now());
    println!("100 calls, {attempts} attempts, {unpaid} given up for want of credits, {left} left");

    // Ten successes pay for one retry.
    for _ in 0..10 {
        budget.deposit();
    }
    println!("{} after ten successes", budget.credits(SystemClock.now()));
    Ok(())
}
