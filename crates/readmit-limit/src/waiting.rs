use std::future::poll_fn;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use readmit_core::Clock;

use crate::place::{Asked, Place};
use crate::{Denied, Shared};

impl<C: Clock> Shared<C> {
    /// Waits on any runtime until so many cells can be taken, and takes them.
    ///
    /// `sleep` starts a timer of the runtime, such as `tokio::time::sleep`; it must keep the time
    /// of this limiter's clock.
    ///
    /// Who waits is served in the order of arrival (rule 72).
    /// The future can be dropped at any moment: it has then taken nothing, and the next one in the
    /// queue is served in its place.
    /// Without a wait nothing is allocated, and there is no queue.
    ///
    /// # Errors
    ///
    /// [`Denied`] as soon as it is known that the wait would end after `deadline_at`, which is often
    /// at once (rule 71), and where more is asked for than can ever lie ready.
    /// A wait that ends exactly at the deadline is in time.
    ///
    /// # Example
    ///
    /// ```
    /// use std::num::NonZeroU32;
    ///
    /// use readmit_limit::{Config, Quota, Shared};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), readmit_limit::Denied> {
    /// let one = NonZeroU32::MIN;
    /// let limiter = Shared::new(Config::quota(Quota::per_second(NonZeroU32::MAX)));
    ///
    /// limiter.acquire_with(tokio::time::sleep, one, None).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn acquire_with<Z: Future>(
        &self,
        sleep: impl FnMut(Duration) -> Z,
        cells: NonZeroU32,
        deadline_at: Option<Instant>,
    ) -> Result<(), Denied> {
        let mut place = Place::new(self, cells, deadline_at);
        let mut timer = Timer { sleep, running: None };
        poll_fn(|context| {
            loop {
                let until_at = match place.ask(context.waker()) {
                    Asked::Granted => return Poll::Ready(Ok(())),
                    Asked::Denied(denied) => return Poll::Ready(Err(denied)),
                    Asked::Wait(until_at) => until_at,
                };
                match timer.poll(until_at, || self.clock().now(), context) {
                    Poll::Ready(()) => {}
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await
    }
}

#[cfg(feature = "tokio")]
impl<C: Clock> Shared<C> {
    /// Waits with Tokio's timer until a cell can be taken, and takes it.
    ///
    /// See [`acquire_with`](Shared::acquire_with) for what it promises.
    ///
    /// # Errors
    ///
    /// None as yet: one cell can always be waited for.
    ///
    /// # Example
    ///
    /// ```
    /// use std::num::NonZeroU32;
    ///
    /// use readmit_limit::{Config, Quota, Shared};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), readmit_limit::Denied> {
    /// let thousand = NonZeroU32::new(1_000).unwrap();
    /// let limiter = Shared::new(Config::quota(Quota::per_second(thousand)));
    ///
    /// for _call in 0..3 {
    ///     limiter.acquire().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn acquire(&self) -> Result<(), Denied> {
        self.acquire_with(tokio::time::sleep, NonZeroU32::MIN, None).await
    }

    /// Waits with Tokio's timer until so many cells can be taken, and takes them; gives up as soon
    /// as it is known that this will be after `deadline_at`.
    ///
    /// # Errors
    ///
    /// [`Denied`], as [`acquire_with`](Shared::acquire_with) has it.
    ///
    /// # Example
    ///
    /// ```
    /// use std::num::NonZeroU32;
    /// use std::time::Duration;
    ///
    /// use readmit_core::{Clock, SystemClock};
    /// use readmit_limit::{Config, Quota, Shared};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), readmit_limit::Denied> {
    /// let one = NonZeroU32::MIN;
    /// let limiter = Shared::new(Config::quota(Quota::per_second(one)));
    /// let soon_at = SystemClock.now() + Duration::from_millis(100);
    /// limiter.acquire_until(soon_at, one).await?;
    ///
    /// let denied = limiter.acquire_until(soon_at, one).await.unwrap_err();
    /// assert!(denied.wait() > Some(Duration::from_millis(500)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn acquire_until(
        &self,
        deadline_at: Instant,
        cells: NonZeroU32,
    ) -> Result<(), Denied> {
        self.acquire_with(tokio::time::sleep, cells, Some(deadline_at)).await
    }
}

/// The one timer of a wait, set anew only where the wait ends at another instant.
struct Timer<S, Z> {
    sleep: S,
    running: Option<(Instant, Pin<Box<Z>>)>,
}

impl<Z: Future, S: FnMut(Duration) -> Z> Timer<S, Z> {
    fn poll(
        &mut self,
        until_at: Option<Instant>,
        now: impl FnOnce() -> Instant,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        let Some(until_at) = until_at else {
            self.running = None;
            return Poll::Pending;
        };
        let running = self.running.take().filter(|(at, _)| *at == until_at);
        let (_, mut timer) = running.unwrap_or_else(|| {
            let wait = until_at.saturating_duration_since(now());
            (until_at, Box::pin((self.sleep)(wait)))
        });
        let polled = timer.as_mut().poll(context).map(|_| ());
        if polled.is_pending() {
            self.running = Some((until_at, timer));
        }
        polled
    }
}
