use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};
use readmit_core::{Draw, Draws};
use readmit_retry::Policy;
use retry_policies::{RetryDecision, RetryPolicy};
use tower_resilience_retry::{ExponentialRandomBackoff, IntervalFunction};

use crate::harness::{Case, Subject};

pub(crate) fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    Ok(vec![Case::new("retry: next delay, own clock", delays()?).at_once(IN_A_ROW)])
}

/// Each begins anew every eight delays, grows from 0.1 s to at most 10 s, and is spread by chance,
/// as each spreads it.
fn delays() -> Result<Vec<Subject>, Box<dyn Error>> {
    let mut subjects = delays_of_readmit()?;
    subjects.push(Subject::per_thread("yardstick: fastrand", || {
        let mut rng = fastrand::Rng::new();
        move || {
            waited_for((0..IN_A_ROW).map(|retry| {
                let nanos = (BASE_NANOS << retry).min(CAP_NANOS);
                Duration::from_nanos(rng.u64(1..=black_box(nanos)))
            }))
        }
    }));
    subjects.extend(delays_of_iterators());
    subjects.extend(delays_by_number()?);
    Ok(subjects)
}

fn delays_of_readmit() -> Result<Vec<Subject>, Box<dyn Error>> {
    let draws = Draws::seeded(1);
    let half = Draw::new(0.5).ok_or("a half is a draw")?;
    Ok(vec![
        Subject::per_thread("readmit", || {
            let mut draws = Draws::seeded(1);
            move || {
                let mut delays = black_box(&Policy::DEFAULT).delays();
                waited_for((0..IN_A_ROW).map(|_| delays.next(draws.draw_mut())))
            }
        }),
        Subject::new("readmit, draws shared by threads", move || {
            let mut delays = black_box(&Policy::DEFAULT).delays();
            waited_for((0..IN_A_ROW).map(|_| delays.next(draws.draw())))
        }),
        Subject::new("readmit, given the draw", move || {
            let mut delays = black_box(&Policy::DEFAULT).delays();
            waited_for((0..IN_A_ROW).map(|_| delays.next(black_box(half))))
        }),
    ])
}

fn delays_of_iterators() -> Vec<Subject> {
    vec![
        Subject::new("backon 1.6", || {
            let policy = ExponentialBuilder::new()
                .with_jitter()
                .with_min_delay(BASE)
                .with_max_delay(CAP)
                .without_max_times();
            waited_for(black_box(policy).build())
        }),
        Subject::new("tokio-retry 0.3", || {
            let delays = tokio_retry::strategy::ExponentialBackoff::from_millis(black_box(2))
                .factor(50)
                .max_delay(CAP);
            waited_for(delays.map(tokio_retry::strategy::jitter))
        }),
        Subject::new("tokio-retry2 0.9", || {
            let delays = tokio_retry2::strategy::ExponentialBackoff::from_millis(black_box(2))
                .factor(50)
                .max_delay(CAP);
            waited_for(delays.map(tokio_retry2::strategy::jitter))
        }),
    ]
}

/// The peers that are asked for the delay of a retry by its number.
fn delays_by_number() -> Result<Vec<Subject>, Box<dyn Error>> {
    let policy = retry_policies::policies::ExponentialBackoff::builder()
        .retry_bounds(BASE, CAP)
        .build_with_max_retries(IN_A_ROW);
    let backoff = ExponentialRandomBackoff::new(BASE, 0.5)?.max_interval(CAP);
    Ok(vec![
        Subject::new("retry-policies 0.5", move || {
            // It answers with the instant to retry at, for which it reads the clock.
            waited_for((0..IN_A_ROW).map(|retry| {
                match black_box(&policy).should_retry(SystemTime::UNIX_EPOCH, retry) {
                    RetryDecision::Retry { execute_after } => {
                        execute_after.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
                    }
                    RetryDecision::DoNotRetry => Duration::ZERO,
                }
            }))
        }),
        Subject::new("tower-resilience 0.14", move || {
            let retries = 0..IN_A_ROW as usize;
            waited_for(retries.map(|retry| black_box(&backoff).next_interval(retry)))
        }),
    ])
}

/// Looks at each, so that none is left unmade, and returns whether they are delays.
fn waited_for(delays: impl Iterator<Item = Duration>) -> bool {
    let looked_at = |delay: Duration| delay.as_secs() ^ u64::from(delay.subsec_nanos());
    0 < black_box(delays.take(IN_A_ROW as usize).map(looked_at).fold(0, u64::wrapping_add))
}

const IN_A_ROW: u32 = 8;

const BASE: Duration = Duration::from_nanos(BASE_NANOS);

const BASE_NANOS: u64 = 100_000_000;

const CAP: Duration = Duration::from_nanos(CAP_NANOS);

const CAP_NANOS: u64 = 10_000_000_000;
