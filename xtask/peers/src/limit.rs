use std::error::Error;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use governor::RateLimiter;
use governor::clock::Clock as _;
use governor::nanos::Nanos;
use readmit_core::{Clock, SystemClock};
use readmit_limit::{Config, Quota, Shared};

use crate::harness::{Case, Subject};

pub(crate) fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    Ok(vec![
        Case::new("limiter: allowed, time given", given()?),
        Case::new("limiter: allowed, time given", given()?).two_threads(),
        Case::new("limiter: allowed, own clock", alone()?),
        Case::new("limiter: allowed, own clock", own_clock()?).two_threads(),
        Case::new("limiter: refused, time given", refused_given()?),
        Case::new("limiter: refused, own clock", refused()?),
    ])
}

fn given() -> Result<Vec<Subject>, Box<dyn Error>> {
    let ours = Shared::new(Config::quota(endless()?));
    let begun = SystemClock.now();
    let now = begun + DAY;
    let theirs = RateLimiter::direct_with_clock(endless_there()?, Still::new(begun, now));
    // The type that its default clock reads, which takes less arithmetic.
    let (begun, later) = (Nanos::from(0), Nanos::from(DAY));
    let in_nanos = RateLimiter::direct_with_clock(endless_there()?, Still::new(begun, later));
    let word = AtomicU64::new(1);
    Ok(vec![
        Subject::new("readmit", move || {
            black_box(&ours).try_acquire_at(black_box(now), NonZeroU32::MIN).is_ok()
        }),
        Subject::new("governor 0.10", move || black_box(&theirs).check().is_ok()),
        Subject::new("governor 0.10, in nanoseconds", move || black_box(&in_nanos).check().is_ok()),
        Subject::new("yardstick: a compare-and-swap", move || {
            let word = black_box(&word);
            let seen = word.load(Ordering::Relaxed);
            let swapped = word.compare_exchange_weak(
                seen,
                seen.wrapping_add(1),
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            // Which of two threads lost the word is not what is measured.
            black_box(swapped).is_ok() || 0 < seen
        }),
    ])
}

/// The unfair bucket is measured on one thread alone: with two it was once seen to refuse nearly all
/// calls of a batch, with tokens left.
fn alone() -> Result<Vec<Subject>, Box<dyn Error>> {
    let mut subjects = own_clock()?;
    let unfair = leaky_bucket::RateLimiter::builder()
        .initial(ENDLESS)
        .max(ENDLESS)
        .refill(ENDLESS)
        .fair(false)
        .build();
    subjects
        .push(Subject::new("leaky-bucket 1.1, unfair", move || black_box(&unfair).try_acquire(1)));
    Ok(subjects)
}

fn own_clock() -> Result<Vec<Subject>, Box<dyn Error>> {
    let ours = Shared::new(Config::quota(endless()?));
    let theirs = RateLimiter::direct(endless_there()?);
    let started = SystemClock.now();
    let clock = governor::clock::DefaultClock::default();
    let begun = clock.now();
    let bucket =
        leaky_bucket::RateLimiter::builder().initial(ENDLESS).max(ENDLESS).refill(ENDLESS).build();
    Ok(vec![
        Subject::new("readmit", move || black_box(&ours).try_acquire().is_ok()),
        Subject::new("governor 0.10", move || black_box(&theirs).check().is_ok()),
        Subject::new("leaky-bucket 1.1", move || black_box(&bucket).try_acquire(1)),
        Subject::new("yardstick: the clock", move || started <= SystemClock.now()),
        Subject::new("yardstick: governor's clock", move || begun <= clock.now()),
    ])
}

fn refused_given() -> Result<Vec<Subject>, Box<dyn Error>> {
    let ours = Shared::new(Config::quota(Quota::per_window(NonZeroU32::MIN, DAY)?));
    let now = SystemClock.now();
    let quota = governor::Quota::with_period(DAY).ok_or("a day is no period")?;
    let theirs = RateLimiter::direct_with_clock(quota, Still::new(now, now + DAY / 2));
    if ours.try_acquire_at(now, NonZeroU32::MIN).is_err() || theirs.check().is_err() {
        return Err("the first call of the day was refused".into());
    }
    Ok(vec![
        Subject::new("readmit", move || {
            black_box(&ours).try_acquire_at(black_box(now), NonZeroU32::MIN).is_err()
        }),
        Subject::new("governor 0.10", move || black_box(&theirs).check().is_err()),
    ])
}

fn refused() -> Result<Vec<Subject>, Box<dyn Error>> {
    let ours = Shared::new(Config::quota(Quota::per_window(NonZeroU32::MIN, DAY)?));
    let quota = governor::Quota::with_period(DAY).ok_or("a day is no period")?;
    let theirs = RateLimiter::direct(quota);
    let bucket = leaky_bucket::RateLimiter::builder().initial(1).max(1).interval(DAY).build();
    let taken = ours.try_acquire().is_ok() && theirs.check().is_ok() && bucket.try_acquire(1);
    if !taken {
        return Err("the first call of the day was refused".into());
    }
    Ok(vec![
        Subject::new("readmit", move || black_box(&ours).try_acquire().is_err()),
        Subject::new("governor 0.10", move || black_box(&theirs).check().is_err()),
        Subject::new("leaky-bucket 1.1", move || !black_box(&bucket).try_acquire(1)),
    ])
}

/// A quota that no bench uses up.
fn endless() -> Result<Quota, Box<dyn Error>> {
    Ok(Quota::per_second(NonZeroU32::try_from(A_BILLION)?).burst(NonZeroU32::MAX))
}

fn endless_there() -> Result<governor::Quota, Box<dyn Error>> {
    let billion = NonZeroU32::try_from(A_BILLION)?;
    Ok(governor::Quota::per_second(billion).allow_burst(NonZeroU32::MAX))
}

/// A clock that costs next to nothing, so that governor too is given the time.
///
/// It says one instant to whoever asks first, which is governor at its making, and then for ever a
/// later one: at the instant of its making governor has nothing to subtract, as it has ever after.
#[derive(Clone, Debug)]
struct Still<T> {
    begun: T,
    now: T,
    was_asked: Arc<AtomicBool>,
}

impl<T> Still<T> {
    fn new(begun: T, now: T) -> Still<T> {
        Still { begun, now, was_asked: Arc::default() }
    }
}

impl<T: governor::clock::Reference> governor::clock::Clock for Still<T> {
    type Instant = T;

    fn now(&self) -> T {
        if self.was_asked.load(Ordering::Relaxed) {
            return black_box(self.now);
        }
        self.was_asked.store(true, Ordering::Relaxed);
        self.begun
    }
}

const DAY: Duration = Duration::from_secs(86_400);

const A_BILLION: u32 = 1_000_000_000;

const ENDLESS: usize = 1 << 40;
