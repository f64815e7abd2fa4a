//! The drivers, over the shared limiter and in virtual time.

#![cfg(not(loom))]

use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant, SystemTime};

use readmit_core::{Clock, SystemClock};
use readmit_limit::{Change, Config, Denied, Feedback, Quota, Shared, Why};
use tokio::time::{sleep, timeout};

#[tokio::test(start_paused = true)]
async fn r72_waiters_are_served_in_the_order_of_arrival() {
    let (limiter, clock) = one_a_second();
    let served = Arc::new(Mutex::new(Vec::new()));

    let tasks: Vec<_> = (0..5)
        .map(|n| {
            let (limiter, served) = (Arc::clone(&limiter), Arc::clone(&served));
            let clock = Arc::clone(&clock);
            tokio::spawn(async move {
                limiter.acquire_with(sleep, ONE, None).await.unwrap();
                served.lock().unwrap().push((n, clock.elapsed().as_secs()));
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }

    assert_eq!(*served.lock().unwrap(), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]);
}

#[tokio::test(start_paused = true)]
async fn r72_a_large_request_is_not_starved_by_small_ones() {
    let three = NonZeroU32::MIN.saturating_add(2);
    let (limiter, clock) = on_virtual(Config::quota(Quota::per_second(ONE).burst(three)));
    limiter.try_acquire_many(three).unwrap();

    let mut large = pin!(limiter.acquire_with(sleep, three, None));
    assert!(timeout(SECOND, &mut large).await.is_err());
    // A cell lies ready, and it is not the stranger's.
    let denied = limiter.try_acquire().unwrap_err();
    assert_eq!((denied.why(), denied.wait()), (Why::Queued, Some(3 * SECOND)));
    assert_eq!((limiter.peek().available(), limiter.peek().wait()), (0, 3 * SECOND));
    large.await.unwrap();

    assert_eq!(clock.elapsed(), 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn r72_a_cancelled_waiter_gives_its_place_back() {
    let (limiter, clock) = one_a_second();
    limiter.try_acquire().unwrap();

    let mut first = Box::pin(limiter.acquire_with(sleep, ONE, None));
    let mut second = pin!(limiter.acquire_with(sleep, ONE, None));
    assert!(timeout(SECOND / 2, &mut first).await.is_err());
    assert!(timeout(SECOND / 4, &mut second).await.is_err());
    drop(first);
    second.await.unwrap();

    assert_eq!(clock.elapsed(), SECOND);
    // Nothing was taken by the one who left.
    assert_eq!(limiter.peek().wait(), SECOND);
}

#[test]
fn r72_only_the_next_in_line_is_woken() {
    let clock = Arc::new(Manual::new());
    let limiter = Shared::on(Arc::clone(&clock), Config::quota(Quota::per_second(ONE)));
    limiter.try_acquire().unwrap();
    let pending = |_wait: Duration| std::future::pending::<()>();
    let counts: [Arc<Count>; 4] = std::array::from_fn(|_| Arc::default());
    let mut waiting: Vec<_> = counts
        .iter()
        .map(|count| {
            let mut waiting = Box::pin(limiter.acquire_with(pending, ONE, None));
            let waker = Waker::from(Arc::clone(count));
            assert!(waiting.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            Some(waiting)
        })
        .collect();
    assert_eq!(limiter.peek().waiting(), 4);
    let woken = || counts.each_ref().map(|count| count.0.load(Ordering::Relaxed));

    waiting[2] = None;
    let middle_left = woken();
    waiting[0] = None;
    let first_left = woken();
    clock.advance(SECOND);
    let mut context = Context::from_waker(Waker::noop());
    assert!(waiting[1].as_mut().is_some_and(|next| next.as_mut().poll(&mut context).is_ready()));

    assert_eq!(middle_left, [0, 0, 0, 0]);
    assert_eq!(first_left, [0, 1, 0, 0]);
    assert_eq!(woken(), [0, 1, 0, 1]);
    assert_eq!(limiter.peek().waiting(), 1);
}

#[test]
fn an_answer_that_says_nothing_new_wakes_nobody() {
    let clock = Arc::new(Manual::new());
    let limiter = Shared::on(Arc::clone(&clock), Config::quota(Quota::per_second(ONE)));
    limiter.try_acquire().unwrap();
    let told = Feedback::accepted().remaining(9).reset_after(60 * SECOND);
    limiter.feed(&told);
    let count = Arc::<Count>::default();
    let pending = |_wait: Duration| std::future::pending::<()>();
    let mut waiting = pin!(limiter.acquire_with(pending, ONE, None));
    let waker = Waker::from(Arc::clone(&count));
    assert!(waiting.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());

    limiter.feed(&told);
    let same = count.0.load(Ordering::Relaxed);
    limiter.feed(&told.remaining(0));
    let news = count.0.load(Ordering::Relaxed);

    assert_eq!((same, news), (0, 1));
}

#[test]
fn r72_whatever_a_waker_runs_when_it_is_dropped_may_ask_the_limiter() {
    let clock = Arc::new(Manual::new());
    let limiter = Arc::new(Shared::on(clock, Config::quota(Quota::per_second(ONE))));
    limiter.try_acquire().unwrap();
    let asked = Arc::<AtomicUsize>::default();
    let pending = |_wait: Duration| std::future::pending::<()>();
    let mut waiting = Box::pin(limiter.acquire_with(pending, ONE, None));
    let asks = || Waker::from(Arc::new(Asks(Arc::clone(&limiter), Arc::clone(&asked))));

    // The second takes the place of the first, and ends with the future.
    for waker in [asks(), asks()] {
        assert!(waiting.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    drop(waiting);

    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn r71_a_wait_past_the_deadline_is_refused_at_once() {
    let (limiter, clock) = one_a_second();
    limiter.try_acquire().unwrap();
    let now = clock.now();

    let late = limiter.acquire_with(sleep, ONE, Some(now + SECOND - NANO)).await.unwrap_err();
    assert_eq!((late.why(), late.wait(), clock.elapsed()), (Why::Paced, Some(SECOND), ZERO));
    limiter.acquire_with(sleep, ONE, Some(now + SECOND)).await.unwrap();

    assert_eq!(clock.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn r71_the_queue_counts_for_the_deadline() {
    let (limiter, clock) = one_a_second();
    limiter.try_acquire().unwrap();
    let now = clock.now();
    let mut first = pin!(limiter.acquire_with(sleep, ONE, None));
    assert!(timeout(ZERO, &mut first).await.is_err());

    let until = |at| limiter.acquire_with(sleep, ONE, Some(at));
    let late = until(now + 2 * SECOND - NANO).await.unwrap_err();
    let mut second = pin!(until(now + 2 * SECOND));
    assert!(timeout(ZERO, &mut second).await.is_err());
    let (first, second) = tokio::join!(first, second);

    assert_eq!((late.why(), late.wait()), (Why::Queued, Some(2 * SECOND)));
    assert_eq!((first, second, clock.elapsed()), (Ok(()), Ok(()), 2 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn r71_a_hint_longer_than_the_deadline_returns_at_once() {
    let (limiter, clock) = one_a_second();
    limiter.try_acquire().unwrap();
    let now = clock.now();
    let held = Feedback::throttled().retry_after(30 * SECOND);

    let (patient, bound, fed) = tokio::join!(
        limiter.acquire_with(sleep, ONE, None),
        async {
            let denied = limiter.acquire_with(sleep, ONE, Some(now + 10 * SECOND)).await;
            (denied, clock.elapsed())
        },
        async { limiter.feed(&held) },
    );

    assert_eq!(fed, Some(Change::Held { wait: 30 * SECOND, until_at: Some(now + 30 * SECOND) }));
    let (denied, after) = bound;
    let why = denied.map_err(|denied: Denied| denied.why());
    assert_eq!((why, after), (Err(Why::Held), ZERO));
    assert_eq!((patient, clock.elapsed()), (Ok(()), 30 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn r70_a_faster_quota_shortens_the_wait() {
    let (limiter, clock) = on_virtual(Config::quota(hourly()));
    limiter.try_acquire().unwrap();

    let (waited, changed) = tokio::join!(limiter.acquire_with(sleep, ONE, None), async {
        sleep(SECOND).await;
        limiter.set_quota(Some(Quota::per_second(ONE)))
    });

    assert_eq!(waited, Ok(()));
    assert_eq!(changed, Some(Change::Paced { interval: Some(SECOND) }));
    // All of the cell but a second's worth of an hour was still taken.
    assert_eq!(clock.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_waiter_whose_predecessor_does_not_move_ends_at_its_deadline() {
    let (limiter, clock) = one_a_second();
    limiter.try_acquire().unwrap();
    let now = clock.now();
    // The first has a place and is never polled again.
    let mut stuck = pin!(limiter.acquire_with(sleep, ONE, None));
    let polled = stuck.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());

    let denied = limiter.acquire_with(sleep, ONE, Some(now + 5 * SECOND)).await.unwrap_err();

    assert_eq!(denied.why(), Why::Queued);
    assert_eq!(clock.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn more_than_can_ever_lie_ready_is_refused_and_not_waited_for() {
    let (limiter, _clock) = one_a_second();

    let denied = limiter.acquire_with(sleep, ONE.saturating_add(1), None).await.unwrap_err();

    assert_eq!((denied.why(), denied.wait()), (Why::TooMany, None));
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_waiters_are_served_each_once() {
    let thousand = NonZeroU32::MIN.saturating_add(999);
    let (limiter, clock) = on_virtual(Config::quota(Quota::per_second(thousand)));
    let served = Arc::new(AtomicUsize::new(0));

    let tasks: Vec<_> = (0..10_000)
        .map(|_| {
            let (limiter, served) = (Arc::clone(&limiter), Arc::clone(&served));
            tokio::spawn(async move {
                limiter.acquire_with(sleep, ONE, None).await.unwrap();
                served.fetch_add(1, Ordering::Relaxed);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }

    assert_eq!(served.load(Ordering::Relaxed), 10_000);
    assert_eq!(clock.elapsed(), Duration::from_millis(9_999));
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn tokios_timer_serves_as_any_other() {
    let (limiter, clock) = one_a_second();
    let now = clock.now();

    limiter.acquire().await.unwrap();
    limiter.acquire().await.unwrap();
    let late = limiter.acquire_until(now + SECOND, ONE).await;

    assert_eq!(clock.elapsed(), SECOND);
    assert_eq!(late.map_err(|denied| denied.wait()), Err(Some(SECOND)));
}

/// A clock that follows Tokio's, which is paused.
#[derive(Debug)]
struct Virtual {
    origin: Instant,
    begun: tokio::time::Instant,
}

impl Virtual {
    fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}

impl Clock for Virtual {
    fn now(&self) -> Instant {
        self.origin + self.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.elapsed()
    }
}

/// A clock that stands still until it is told.
#[derive(Debug)]
struct Manual {
    origin: Instant,
    elapsed: Mutex<Duration>,
}

impl Manual {
    fn new() -> Manual {
        Manual { origin: SystemClock.now(), elapsed: Mutex::default() }
    }

    #[expect(clippy::unwrap_used, reason = "a helper of tests")]
    fn advance(&self, by: Duration) {
        *self.elapsed.lock().unwrap() += by;
    }
}

impl Clock for Manual {
    #[expect(clippy::unwrap_used, reason = "a helper of tests")]
    fn now(&self) -> Instant {
        self.origin + *self.elapsed.lock().unwrap()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

#[derive(Debug, Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Looks at the limiter when it is dropped, and counts that.
#[derive(Debug)]
struct Asks(Arc<Shared<Arc<Manual>>>, Arc<AtomicUsize>);

impl Wake for Asks {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Asks {
    fn drop(&mut self) {
        let _snapshot = self.0.peek();
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

type Limiter = Arc<Shared<Arc<Virtual>>>;

fn on_virtual(config: Config) -> (Limiter, Arc<Virtual>) {
    let begun = tokio::time::Instant::now();
    let clock = Arc::new(Virtual { origin: SystemClock.now(), begun });
    (Arc::new(Shared::on(Arc::clone(&clock), config.jitter(ZERO))), clock)
}

fn one_a_second() -> (Limiter, Arc<Virtual>) {
    on_virtual(Config::quota(Quota::per_second(ONE)))
}

fn hourly() -> Quota {
    let hour = NonZeroU32::MIN;
    Quota::per_window(hour, 3_600 * SECOND).unwrap_or(Quota::per_second(hour))
}

const ONE: NonZeroU32 = NonZeroU32::MIN;
const ZERO: Duration = Duration::ZERO;
const NANO: Duration = Duration::from_nanos(1);
const SECOND: Duration = Duration::from_secs(1);
