use std::error::Error;
use std::fmt;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::task::{Context, Poll};

use circuitbreaker_rs::DefaultPolicy;
use failsafe::{CircuitBreaker, FailurePolicy, backoff, failure_policy};
use recloser::Recloser;
use tower_resilience_circuitbreaker::{
    CircuitBreakerConfigBuilder, CircuitBreakerLayer, DefaultClassifier, SlidingWindowType,
};
use tower_service::Service;

use super::{MINUTE, OPEN, good};
use crate::harness::Subject;
use crate::waiter::Waiter;

pub(super) fn recloser(recloser: Recloser) -> Subject {
    Subject::new("recloser 1.4", move || black_box(&recloser).call(good).is_ok())
}

pub(super) fn last_hundred() -> Recloser {
    Recloser::custom().error_rate(0.5).closed_len(100).open_wait(OPEN).build()
}

pub(super) fn failsafe(
    name: &'static str,
    policy: impl FailurePolicy + Send + Sync + 'static,
) -> Subject {
    let breaker = failsafe::Config::new().failure_policy(policy).build();
    Subject::new(name, move || black_box(&breaker).call(good).is_ok())
}

pub(super) fn failures_in_a_row() -> failure_policy::ConsecutiveFailures<backoff::Constant> {
    failure_policy::consecutive_failures(5, backoff::constant(OPEN))
}

pub(super) fn circuitbreaker_rs() -> Subject {
    let breaker = circuitbreaker();
    Subject::new("circuitbreaker-rs 0.1", move || black_box(&breaker).call(good).is_ok())
}

pub(super) fn circuitbreaker() -> circuitbreaker_rs::CircuitBreaker<DefaultPolicy, fmt::Error> {
    circuitbreaker_rs::CircuitBreaker::<DefaultPolicy, fmt::Error>::builder()
        .failure_threshold(0.5)
        .min_throughput(20)
        .cooldown(OPEN)
        .build()
}

pub(super) fn by_tower_resilience() -> Settings {
    CircuitBreakerLayer::builder()
        .failure_rate_threshold(0.5)
        .sliding_window_type(SlidingWindowType::CountBased)
        .sliding_window_size(100)
        .minimum_number_of_calls(20)
        .wait_duration_in_open(OPEN)
}

pub(super) fn tower_resilience(settings: Settings) -> Result<Subject, Box<dyn Error>> {
    let breaker = settings.build()?.layer_fn(Answering);
    Ok(Subject::per_thread(TOWER_RESILIENCE, move || served(breaker.clone(), true)))
}

pub(super) fn tower_resilience_open() -> Result<Subject, Box<dyn Error>> {
    let breaker = by_tower_resilience().build()?.layer_fn(Answering);
    Waiter::new().wait(breaker.force_open());
    Ok(Subject::per_thread(TOWER_RESILIENCE, move || served(breaker.clone(), false)))
}

/// By a window of time that holds a thousand calls when a batch begins: the more there are in it, the
/// longer it takes for one.
pub(super) fn tower_resilience_timed() -> Result<Subject, Box<dyn Error>> {
    let layer = by_tower_resilience()
        .sliding_window_type(SlidingWindowType::TimeBased)
        .sliding_window_duration(MINUTE)
        .build()?;
    Ok(Subject::per_thread("tower-resilience 0.14, over 1,000 calls", move || {
        let mut call = served(layer.layer_fn(Answering), true);
        for _ in 0..1_000 {
            call();
        }
        call
    }))
}

/// Each thread has a clone, which shares the circuit, as services are used.
fn served(mut breaker: Theirs, expected: bool) -> impl FnMut() -> bool {
    let waiter = Waiter::new();
    move || {
        let call = async {
            std::future::poll_fn(|context| breaker.poll_ready(context)).await?;
            breaker.call(()).await
        };
        waiter.wait(call).is_ok() == expected
    }
}

type Settings = CircuitBreakerConfigBuilder<DefaultClassifier>;

type Theirs = tower_resilience_circuitbreaker::CircuitBreaker<Answering, DefaultClassifier>;

/// A service whose answer is there at once.
#[derive(Clone, Debug)]
struct Answering;

impl Service<()> for Answering {
    type Response = ();
    type Error = fmt::Error;
    type Future = Ready<Result<(), fmt::Error>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), fmt::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: ()) -> Self::Future {
        ready(good())
    }
}

const TOWER_RESILIENCE: &str = "tower-resilience 0.14";
