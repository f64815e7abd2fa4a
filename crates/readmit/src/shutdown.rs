//! The end of a client: nothing new begins, and what is under way and what is to be written may
//! still end.

use std::sync::Arc;
use std::time::Duration;

use readmit_error::event::{Sink, Unflushed};

use crate::{Client, HttpService};

/// A client was shut down, and there was more to do than there was time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{under_way} calls and refreshes are still under way, and {unwritten} records not written")]
#[non_exhaustive]
pub struct Unfinished {
    /// How many calls, refreshes and sign-outs have not ended; they go on as long as the runtime
    /// does.
    pub under_way: usize,
    /// How many records the [sinks](crate::ClientBuilder::sink) keep back, at least.
    pub unwritten: u64,
}

impl<S: HttpService> Client<S> {
    /// Ends the client, for all its clones and all that its layer made: nothing further begins, and
    /// what has begun may end within this time.
    ///
    /// From this moment on a call fails with [`Kind::Unavailable`](crate::error::Kind::Unavailable)
    /// of local origin without being sent, and no credential is fetched. What is waited for:
    ///
    /// - Calls, their waits and retries included. The body of an answer is its reader's: nobody
    ///   waits for that, and nobody cuts it off.
    /// - Refreshes and [sign-outs](Client::sign_out), so that no rotated refresh token is lost on the
    ///   way to its [store](crate::store), and what is to be revoked is.
    /// - The [sinks](crate::ClientBuilder::sink), until what they were told is
    ///   [written](Sink::flush). They are not closed: other clients may share them.
    ///
    /// A program that ends without it loses no more than what was under way at that moment. The
    /// future may be dropped: the client stays shut.
    ///
    /// # Errors
    ///
    /// [`Unfinished`] where the time was not enough. It may be called again, to wait for longer.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use readmit::Client;
    /// # use readmit_testkit::Api;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let api = Api::new();
    /// let client = Client::builder("https://api.test").build_over(api.service())?;
    ///
    /// client.shutdown(Duration::from_secs(10)).await?;
    ///
    /// let refused = client.get("/data_flows").send().await.unwrap_err();
    /// assert!(refused.is_rejected());
    /// assert!(refused.to_string().contains("the client is shut down"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn shutdown(&self, within: Duration) -> Result<(), Unfinished> {
        let core = self.core();
        core.under_way.shut();
        let now = core.clock.now();
        let until = now.checked_add(within.min(LONGEST)).unwrap_or(now);
        let in_time = tokio::time::timeout_at(until.into(), core.under_way.ended()).await;
        let (sinks, clock) = (Arc::clone(&core.watch.sinks), Arc::clone(&core.clock));
        let flushing = tokio::task::spawn_blocking(move || {
            let left = || until.saturating_duration_since(clock.now());
            flush(&sinks, left)
        });
        // A sink that panicked keeps back nobody knows what.
        let unwritten = flushing.await.unwrap_or(1);
        // A call that is refused is counted for a moment.
        let under_way = in_time.map_or_else(|_| core.under_way.count(), |()| 0);
        match under_way {
            0 if unwritten == 0 => Ok(()),
            under_way => Err(Unfinished { under_way, unwritten }),
        }
    }
}

/// Returns how many records are still kept back.
fn flush(sinks: &[Arc<dyn Sink>], left: impl Fn() -> Duration) -> u64 {
    let pending = |sink: &Arc<dyn Sink>| match sink.flush(left()) {
        Ok(()) => 0,
        Err(Unflushed { pending }) => pending,
    };
    sinks.iter().map(pending).fold(0, u64::saturating_add)
}

/// Nobody waits for longer, and no clock ends before.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);
