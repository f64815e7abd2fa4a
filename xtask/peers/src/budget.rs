use std::error::Error;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use readmit_core::{Clock, SystemClock};
use readmit_retry::{Allowance, Budget, Percent};
use tower::retry::budget::{Budget as _, TpsBudget};
use tower_resilience_retry::{RetryBudget, TokenBucketBudget};

use crate::harness::{Case, Subject};

pub(crate) fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    Ok(vec![
        Case::new("budget: deposit, own clock", deposits()?),
        Case::new("budget: deposit, own clock", deposits()?).two_threads(),
    ])
}

fn deposits() -> Result<Vec<Subject>, Box<dyn Error>> {
    let (full, drawn_on, word) = (Budget::default(), drawn_on()?, AtomicU64::new(0));
    let tower = TpsBudget::new(Duration::from_secs(10), 1, 0.1);
    let tower_resilience = TokenBucketBudget::new(1.0, 100, 100)?;
    Ok(vec![
        depositing("readmit", move || black_box(&full).deposit()),
        depositing("readmit, while it is drawn on", move || black_box(&drawn_on).deposit()),
        depositing("yardstick: one load", move || {
            black_box(black_box(&word).load(Ordering::Acquire));
        }),
        depositing("tower 0.5", move || black_box(&tower).deposit()),
        depositing("tower-resilience 0.14", move || black_box(&tower_resilience).deposit()),
    ])
}

fn depositing(name: &'static str, deposit: impl Fn() + Send + Sync + 'static) -> Subject {
    Subject::new(name, move || {
        deposit();
        true
    })
}

/// A budget that no bench fills up.
fn drawn_on() -> Result<Budget, Box<dyn Error>> {
    let allowance =
        Allowance::percent_of_calls(Percent::new(1)?).capacity(u32::MAX).per_second(0).build()?;
    let (budget, now) = (Budget::new(allowance), SystemClock.now());
    for _ in 0..WITHDRAWN {
        budget.withdraw(now)?.spend();
    }
    Ok(budget)
}

/// More than the deposits of a run bring back.
const WITHDRAWN: u32 = 5_000_000;
