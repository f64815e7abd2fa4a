mod theirs;

use std::error::Error;
use std::fmt;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use circuitbreaker_rs::BreakerError;
use failsafe::{CircuitBreaker, backoff, failure_policy};
use readmit_breaker::{CallError, Config, Outcome, Shared};
use readmit_core::{Clock, SystemClock};

use self::theirs::{
    by_tower_resilience, circuitbreaker, circuitbreaker_rs, failsafe, failures_in_a_row,
    last_hundred, recloser, tower_resilience, tower_resilience_open, tower_resilience_timed,
};
use crate::harness::{Case, Subject};

pub(crate) fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    Ok(vec![
        Case::new("breaker: closed, success, own clock", healthy()?),
        Case::new("breaker: closed, success, own clock", healthy()?).two_threads(),
        Case::new("breaker: closed, 1 call in 50 fails, own clock", troubled()),
        Case::new("breaker: closed, 1 call in 50 fails, time given", troubled_at()),
        Case::new("breaker: closed, success, time window, own clock", timed()?),
        Case::new("breaker: closed, success, time window, time given", timed_at()?),
        Case::new("breaker: closed, success, slow-call rule, own clock", slow()?),
        Case::new("breaker: open, rejection, own clock", rejecting()?),
        Case::new("breaker: open, rejection, time given", rejecting_at()?),
    ])
}

/// Each by the last 100 calls where it has such a window; nearly all of them need no clock.
fn healthy() -> Result<Vec<Subject>, Box<dyn Error>> {
    let either = failsafe::Config::new().build();
    let word = AtomicU64::new(0);
    Ok(vec![
        by_guard("readmit", Config::DEFAULT),
        by_guard("readmit, failures in a row", Config::FIVE_IN_A_ROW),
        by_call("readmit, by a closure", Config::DEFAULT),
        Subject::new("yardstick: no breaker", || good().is_ok()),
        Subject::new("yardstick: one load", move || {
            black_box(&word).load(Ordering::Acquire) == 0 && good().is_ok()
        }),
        recloser(last_hundred()),
        failsafe("failsafe 1.3, failures in a row", failures_in_a_row()),
        Subject::new("failsafe 1.3, its default", move || black_box(&either).call(good).is_ok()),
        circuitbreaker_rs(),
        tower_resilience(by_tower_resilience())?,
    ])
}

/// With failures in the window a success is counted.
fn troubled() -> Vec<Subject> {
    let ours = Arc::new(Shared::new(Config::DEFAULT));
    let other = circuitbreaker();
    let mut subjects = vec![
        Subject::per_thread("readmit", move || {
            let (breaker, mut answers) = (Arc::clone(&ours), one_in_fifty());
            move || !matches!(breaker.call(&mut answers), Err(CallError::Rejected(_)))
        }),
        Subject::per_thread("circuitbreaker-rs 0.1", move || {
            let (breaker, mut answers) = (other.clone(), one_in_fifty());
            move || !matches!(breaker.call(&mut answers), Err(BreakerError::Open))
        }),
    ];
    subjects.extend(troubled_without_clock());
    subjects
}

fn troubled_at() -> Vec<Subject> {
    let (given, now) = (Arc::new(Shared::new(Config::DEFAULT)), SystemClock.now());
    let mut subjects = vec![
        Subject::per_thread("readmit", move || {
            let (breaker, mut answers) = (Arc::clone(&given), one_in_fifty());
            move || call_at(&breaker, black_box(now), &mut answers)
        }),
        locks(),
    ];
    subjects.extend(troubled_without_clock());
    subjects
}

/// The peers that need no clock while they are closed.
fn troubled_without_clock() -> Vec<Subject> {
    let recloser = Arc::new(last_hundred());
    let failsafe = Arc::new(failsafe::Config::new().failure_policy(failures_in_a_row()).build());
    vec![
        Subject::per_thread("recloser 1.4", move || {
            let (breaker, mut answers) = (Arc::clone(&recloser), one_in_fifty());
            move || !matches!(breaker.call(&mut answers), Err(recloser::Error::Rejected))
        }),
        Subject::per_thread("failsafe 1.3, failures in a row", move || {
            let (breaker, mut answers) = (Arc::clone(&failsafe), one_in_fifty());
            move || !matches!(breaker.call(&mut answers), Err(failsafe::Error::Rejected))
        }),
    ]
}

fn timed() -> Result<Vec<Subject>, Box<dyn Error>> {
    let by_rate =
        failure_policy::success_rate_over_time_window(0.5, 20, MINUTE, backoff::constant(OPEN));
    Ok(vec![
        by_guard("readmit", Config::over_time(MINUTE).failure_rate(50).build()?),
        failsafe("failsafe 1.3, success rate", by_rate),
        tower_resilience_timed()?,
        clock(2),
    ])
}

fn timed_at() -> Result<Vec<Subject>, Box<dyn Error>> {
    let given = Shared::new(Config::over_time(MINUTE).failure_rate(50).build()?);
    let now = SystemClock.now();
    Ok(vec![
        Subject::new("readmit", move || call_at(black_box(&given), black_box(now), &mut good)),
        locks(),
    ])
}

fn slow() -> Result<Vec<Subject>, Box<dyn Error>> {
    let second = Duration::from_secs(1);
    let config = Config::over_calls(100).failure_rate(50).slow_rate(50, second).build()?;
    let theirs =
        by_tower_resilience().slow_call_duration_threshold(second).slow_call_rate_threshold(0.5);
    Ok(vec![by_guard("readmit", config), clock(2), tower_resilience(theirs)?])
}

fn rejecting() -> Result<Vec<Subject>, Box<dyn Error>> {
    let ours = opened()?;
    let recloser = last_hundred();
    let failsafe = failsafe::Config::new().failure_policy(failures_in_a_row()).build();
    for _ in 0..200 {
        let _failed = recloser.call(bad);
        let _failed = failsafe.call(bad);
    }
    let other = circuitbreaker();
    other.force_open();
    Ok(vec![
        Subject::new("readmit", move || black_box(&ours).call(good).is_err()),
        clock(1),
        Subject::new("recloser 1.4", move || black_box(&recloser).call(good).is_err()),
        Subject::new("failsafe 1.3, failures in a row", move || {
            black_box(&failsafe).call(good).is_err()
        }),
        Subject::new("circuitbreaker-rs 0.1", move || black_box(&other).call(good).is_err()),
        tower_resilience_open()?,
    ])
}

fn rejecting_at() -> Result<Vec<Subject>, Box<dyn Error>> {
    let (given, now) = (opened()?, SystemClock.now());
    Ok(vec![
        Subject::new("readmit", move || black_box(&given).try_acquire_at(black_box(now)).is_err()),
        locks(),
    ])
}

/// Makes calls with a guard that is borrowed.
fn by_guard(name: &'static str, config: Config) -> Subject {
    let breaker = filled(config);
    Subject::new(name, move || {
        let Ok(call) = black_box(&breaker).try_acquire() else { return false };
        let answer = good().is_ok();
        call.settle(if answer { Outcome::Succeed } else { Outcome::Fail });
        answer
    })
}

fn by_call(name: &'static str, config: Config) -> Subject {
    let breaker = filled(config);
    Subject::new(name, move || black_box(&breaker).call(good).is_ok())
}

/// Returns a breaker whose window is full of successes; what is measured is not made here as well,
/// or it would be compiled as a function of its own.
fn filled(config: Config) -> Shared {
    let breaker = Shared::new(config);
    for _ in 0..100 {
        let _ = breaker.call(|| Ok::<_, ()>(()));
    }
    breaker
}

/// Makes a call for which no clock is read; returns whether it was admitted.
fn call_at(
    breaker: &Shared,
    now: Instant,
    answer: &mut impl FnMut() -> Result<(), fmt::Error>,
) -> bool {
    let Ok(call) = breaker.try_acquire_at(now) else { return false };
    let outcome = if answer().is_ok() { Outcome::Succeed } else { Outcome::Fail };
    call.settle_at(now, outcome);
    true
}

fn opened() -> Result<Shared, Box<dyn Error>> {
    let breaker = Shared::new(Config::failure_rate(50, 100).open_for(OPEN).max_open(OPEN).build()?);
    breaker.trip();
    Ok(breaker)
}

fn clock(readings: u32) -> Subject {
    let begun = SystemClock.now();
    let name = if readings == 1 { "yardstick: the clock" } else { "yardstick: the clock, twice" };
    Subject::new(name, move || (0..readings).all(|_| begun <= SystemClock.now()))
}

fn locks() -> Subject {
    let counted = Mutex::new(0_u64);
    Subject::new("yardstick: a pair of locks", move || {
        let mut counted = black_box(&counted).lock().unwrap_or_else(PoisonError::into_inner);
        *counted += 1;
        true
    })
}

/// A call that succeeds, which the compiler does not know.
fn good() -> Result<(), fmt::Error> {
    black_box(Ok(()))
}

fn bad() -> Result<(), fmt::Error> {
    black_box(Err(fmt::Error))
}

fn one_in_fifty() -> impl FnMut() -> Result<(), fmt::Error> {
    let mut call = 0_u32;
    move || {
        call += 1;
        if call.is_multiple_of(50) { bad() } else { good() }
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// Longer than any run.
const OPEN: Duration = Duration::from_secs(86_400);
