use std::time::Duration;

use crate::aside::Aside;
use crate::timed::attempt;
use crate::under_way::{Backoff, UnderWay};
use crate::{Call, Failed, FailedAttempt, Next, Operation, Ruling};

/// A call whose first attempt has failed, and all that it is made of.
pub(crate) struct Stumbled<'a, S, O: Operation, V> {
    call: Call<'a>,
    sleep: S,
    op: O,
    verdict: V,
    error: O::Error,
}

impl<'a, S, O: Operation, V> Stumbled<'a, S, O, V> {
    /// In a box, so that it is handed over without an address in the future that awaits the call.
    #[inline]
    pub(crate) fn new(
        call: Call<'a>,
        sleep: S,
        op: O,
        verdict: V,
        error: O::Error,
    ) -> Box<Stumbled<'a, S, O, V>> {
        Box::new(Stumbled { call, sleep, op, verdict, error })
    }
}

/// Decides what comes of a first failure, and returns the rest of the call if there is one.
#[cold]
#[inline(never)]
#[expect(clippy::type_complexity, reason = "a future has no name that would shorten it")]
#[expect(clippy::boxed_local, reason = "a value would be handed over by its address")]
pub(crate) fn again<S, O, Z, V, R>(
    stumbled: Box<Stumbled<'_, S, O, V>>,
) -> Result<impl Future<Output = Result<O::Value, Failed<O::Error>>>, Failed<O::Error>>
where
    S: FnMut(Duration) -> Z,
    Z: Future,
    O: Operation,
    V: FnMut(&O::Error) -> R,
    R: Into<Ruling>,
{
    let Stumbled { call, sleep, mut op, mut verdict, error } = *stumbled;
    let mut under_way = UnderWay::new(call);
    let backoff = decide(&mut under_way, &mut op, &mut verdict, error)?;
    Ok(Aside::new(go_on(under_way, backoff, sleep, op, verdict)))
}

/// Waits and tries again, until it succeeds or is given up.
async fn go_on<S, O, Z, V, R>(
    mut under_way: UnderWay<'_>,
    mut backoff: Backoff<'_>,
    mut sleep: S,
    mut op: O,
    mut verdict: V,
) -> Result<O::Value, Failed<O::Error>>
where
    S: FnMut(Duration) -> Z,
    Z: Future,
    O: Operation,
    V: FnMut(&O::Error) -> R,
    R: Into<Ruling>,
{
    loop {
        sleep(backoff.delay).await;
        under_way.retrying(backoff);
        backoff = match attempt!(under_way, sleep, op) {
            Ok(value) => {
                under_way.succeeded();
                return Ok(value);
            }
            Err(error) => decide(&mut under_way, &mut op, &mut verdict, error)?,
        };
    }
}

/// Decides what comes of a failure; the error, and whatever it holds on to, is gone before the
/// wait.
fn decide<'a, O, V, R>(
    under_way: &mut UnderWay<'a>,
    op: &mut O,
    verdict: &mut V,
    error: O::Error,
) -> Result<Backoff<'a>, Failed<O::Error>>
where
    O: Operation,
    V: FnMut(&O::Error) -> R,
    R: Into<Ruling>,
{
    let decided = under_way.failed(verdict(&error).into());
    let next = match &decided {
        Ok(backoff) => Next::RetryIn(backoff.delay),
        Err(why) => Next::GiveUp(*why),
    };
    op.failed(&FailedAttempt::new(under_way.attempts(), &error, next));
    decided.map_err(|why| Failed::new(error, under_way.attempts(), why))
}
