use std::error::Error;
use std::fmt;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::task::{Context, Poll};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use readmit_retry::{Budget, Call, Policy, Verdict, retry};
use tower::Layer;
use tower_resilience_retry::{ExponentialRandomBackoff, RetryLayer};
use tower_service::Service;

use crate::harness::{Case, Subject};
use crate::waiter::at_once;

pub(crate) fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    let mut subjects = yardsticks();
    subjects.extend(readmit());
    subjects.extend(iterators());
    subjects.extend(services()?);
    Ok(vec![Case::new("retry: the first try succeeds, own clock", subjects)])
}

fn yardsticks() -> Vec<Subject> {
    vec![
        Subject::new("yardstick: the await alone", || is_good(at_once(good()))),
        Subject::new("yardstick: a loop by hand", || is_good(at_once(by_hand()))),
    ]
}

/// Each is given its policy by reference, as a call that shares one is.
fn readmit() -> Vec<Subject> {
    let (policy, other) = (Policy::DEFAULT, Policy::DEFAULT);
    let budget = Budget::default();
    vec![
        Subject::new("readmit", move || {
            let call = retry(black_box(&policy), asleep, good).verdict(|_| Verdict::Retry);
            is_good(at_once(call))
        }),
        Subject::new("readmit, with a budget", move || {
            let call = Call::new(black_box(&other)).budget(black_box(&budget));
            is_good(at_once(retry(call, asleep, good).verdict(|_| Verdict::Retry)))
        }),
    ]
}

/// The peers that are given a fresh strategy with each call; the compiler knows its numbers.
fn iterators() -> Vec<Subject> {
    vec![
        Subject::new("backon 1.6", || {
            let policy = ExponentialBuilder::new().with_jitter().with_max_times(2);
            is_good(at_once(good.retry(policy).sleep(asleep).when(|_| true)))
        }),
        Subject::new("tokio-retry 0.3", || {
            let delays = tokio_retry::strategy::ExponentialBackoff::from_millis(10)
                .map(tokio_retry::strategy::jitter)
                .take(2);
            is_good(at_once(tokio_retry::Retry::start(delays, good)))
        }),
        Subject::new("tokio-retry2 0.9", || {
            let delays = tokio_retry2::strategy::ExponentialBackoff::from_millis(10)
                .map(tokio_retry2::strategy::jitter)
                .take(2);
            is_good(at_once(tokio_retry2::Retry::spawn(delays, good_there)))
        }),
    ]
}

fn services() -> Result<Vec<Subject>, Box<dyn Error>> {
    let backoff = ExponentialRandomBackoff::new(Duration::from_millis(100), 0.5)?;
    let layer = RetryLayer::<(), u32, fmt::Error>::builder()
        .max_attempts(3)
        .backoff(backoff)
        .retry_on(|_| true)
        .build();
    Ok(vec![
        Subject::per_thread("tower 0.5", || {
            served(tower::retry::Retry::new(Again { left: 2 }, Answering))
        }),
        Subject::per_thread("tower-resilience 0.14", move || served(layer.layer(Answering))),
    ])
}

/// Makes the calls of a service that is asked first whether it is ready, as services are used.
fn served(
    mut service: impl Service<(), Response = u32, Error = fmt::Error>,
) -> impl FnMut() -> bool {
    move || {
        let call = async {
            std::future::poll_fn(|context| service.poll_ready(context)).await?;
            service.call(()).await
        };
        is_good(at_once(call))
    }
}

/// What one would write without a crate: three attempts, the delay doubles.
async fn by_hand() -> Result<u32, fmt::Error> {
    let mut delay = Duration::from_millis(100);
    for _ in 0..2 {
        if let Ok(answer) = good().await {
            return Ok(answer);
        }
        asleep(black_box(delay)).await;
        delay *= 2;
    }
    good().await
}

fn is_good<E>(answer: Option<Result<u32, E>>) -> bool {
    matches!(answer, Some(Ok(7)))
}

fn asleep(_delay: Duration) -> Ready<()> {
    ready(())
}

/// A call whose answer is there at once, and unknown to the compiler.
fn good() -> Ready<Result<u32, fmt::Error>> {
    ready(black_box(Ok(7)))
}

fn good_there() -> Ready<Result<u32, tokio_retry2::RetryError<fmt::Error>>> {
    ready(black_box(Ok(7)))
}

/// A policy of tower that retries every error at once.
#[derive(Clone, Debug)]
struct Again {
    left: u32,
}

impl tower::retry::Policy<(), u32, fmt::Error> for Again {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        _request: &mut (),
        result: &mut Result<u32, fmt::Error>,
    ) -> Option<Ready<()>> {
        let left = self.left.checked_sub(1)?;
        result.is_err().then(|| {
            self.left = left;
            ready(())
        })
    }

    fn clone_request(&mut self, _request: &()) -> Option<()> {
        Some(())
    }
}

#[derive(Clone, Debug)]
struct Answering;

impl Service<()> for Answering {
    type Response = u32;
    type Error = fmt::Error;
    type Future = Ready<Result<u32, fmt::Error>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), fmt::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: ()) -> Self::Future {
        good()
    }
}
