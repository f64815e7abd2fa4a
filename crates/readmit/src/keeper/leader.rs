use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use readmit_error::event::RefreshTrigger;
use readmit_error::{Failure, Kind, Origin};
use readmit_recovery::{Now, RefreshPermit};

use super::Keeper;
use crate::source::Exchange;
use crate::{SourceError, Token};

/// The task that refreshes. Dropped before its end, it gives its permit back, and one of those who
/// wait takes over (rules 5 and 12).
pub(super) struct Leader {
    keeper: Arc<Keeper>,
    permit: Option<RefreshPermit>,
}

impl Leader {
    pub(super) fn new(keeper: Arc<Keeper>, permit: RefreshPermit) -> Leader {
        Leader { keeper, permit: Some(permit) }
    }

    pub(super) async fn run(mut self, trigger: RefreshTrigger) {
        let Some(deadline) = self.permit.as_ref().map(RefreshPermit::deadline) else {
            return;
        };
        let fetched = self.fetch(deadline).await;
        let Some(permit) = self.permit.take() else {
            return;
        };
        match fetched {
            Ok(token) => self.keeper.refreshed(permit, token, trigger),
            Err(error) => self.keeper.refresh_failed(permit, error, trigger),
        }
    }

    async fn fetch(&self, deadline: Instant) -> Result<Token, SourceError> {
        let exchange = Exchange::new(&*self.keeper.endpoint, deadline);
        let fetching = unwinding(async { self.keeper.source.fetch(&exchange).await });
        tokio::time::timeout_at(deadline.into(), fetching).await.unwrap_or_else(|_| {
            let failure = Failure::builder(Kind::ClientTimeout, Origin::Local)
                .because("the refresh had not ended at its deadline")
                .build();
            Err(SourceError::new("the refresh took too long", failure, false))
        })
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            let epoch = permit.epoch();
            let mut machine = self.keeper.lock();
            let _ = machine.life.abandoned(permit);
            self.keeper.publish(&mut machine, Now::read(&self.keeper.clock));
            drop(machine);
            self.keeper.settle(epoch, Err(None));
        }
    }
}

/// Makes an error of a panic in a source: the refresh failed, and is rested after like any other
/// (rule 12).
async fn unwinding(
    fetching: impl Future<Output = Result<Token, SourceError>>,
) -> Result<Token, SourceError> {
    let mut fetching = pin!(fetching);
    std::future::poll_fn(|cx| {
        // Sound: a future that panicked is not polled again.
        let polled = catch_unwind(AssertUnwindSafe(|| fetching.as_mut().poll(cx)));
        polled.unwrap_or_else(|_| Poll::Ready(Err(SourceError::transient("the source panicked"))))
    })
    .await
}
