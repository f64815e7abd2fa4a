//! What an answer says of rate limits: `RateLimit`, `X-RateLimit-*` and the like.
//!
//! [`read`] understands the fields of all families by the shape of their names, in one walk over
//! the header and without an allocation: `RateLimit` of the IETF's draft, `RateLimit-Remaining` of
//! its older versions, `X-RateLimit-Reset`, `x-ratelimit-remaining-tokens`,
//! `anthropic-ratelimit-requests-reset`, `X-Rate-Limit-Reset` and whatever else has the mark of a
//! rate limit and a word for the part that it plays. [`limits`] and [`policies`] read the two fields
//! of the draft in full.
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//!
//! use http::HeaderMap;
//! use readmit_classify::rate_limit::{self, Basis, Reset};
//! use readmit_core::{Clock, SystemClock};
//!
//! let mut headers = HeaderMap::new();
//! headers.insert("x-ratelimit-remaining", "0".parse()?);
//! headers.insert("x-ratelimit-reset", "30".parse()?);
//!
//! let told = rate_limit::read(&headers, SystemClock.wall());
//! assert!(told.is_exhausted());
//! let wait = told.wait(None).ok_or("no wait")?;
//! assert_eq!(wait.delay(), Duration::from_secs(30));
//! // Nobody said that these are seconds: 30 is too small for a time.
//! assert_eq!(wait.basis(), Basis::Size(Reset::Delta));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod draft;
mod name;
mod reset;
pub(crate) mod span;
mod structured;
mod window;

use std::fmt;
use std::time::{Duration, SystemTime};

use http::HeaderMap;

use self::draft::Standing;
pub use self::draft::{Limit, Policy, limits, policies};
use self::name::Named;
use self::reset::Received;
pub(crate) use self::reset::{elsewhere, instant};
pub use self::window::Window;
use self::window::Windows;
use crate::retry_after;

/// What the bare number in a reset counts; providers do not agree (rule 53).
#[expect(clippy::exhaustive_enums, reason = "a length or a time, in seconds or in milliseconds")]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Reset {
    /// Seconds until the reset.
    Delta,
    /// Milliseconds until the reset.
    DeltaMillis,
    /// Seconds from 1970 to the reset.
    Epoch,
    /// Milliseconds from 1970 to the reset.
    EpochMillis,
}

/// From what it is known how long a wait is.
#[expect(clippy::exhaustive_enums, reason = "somebody says it, or nobody does")]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Basis {
    /// The caller said what the number counts.
    Caller,
    /// The field says it, by its definition, its name or the notation of its value: `6m0s`.
    Field,
    /// Nobody says it: this was guessed from the size of the number.
    Size(Reset),
}

/// How long to wait, and from what that is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wait {
    delay: Duration,
    basis: Basis,
}

impl Wait {
    /// Returns how long to wait, counted from when the answer was made.
    ///
    /// What is past is no wait, and what no clock could hold is as long as can be.
    #[must_use]
    pub fn delay(self) -> Duration {
        self.delay
    }

    /// Returns from what the length is known.
    #[must_use]
    pub fn basis(self) -> Basis {
        self.basis
    }

    /// Returns whether the unit was guessed from the size of the number.
    #[must_use]
    pub fn is_guessed(self) -> bool {
        matches!(self.basis, Basis::Size(_))
    }
}

/// Reads what the header says of rate limits; `received_at` is when the answer came.
///
/// `RateLimit` says nothing in an answer that a cache has kept (it has an `Age`, rule 51).
/// Nothing is allocated, and no value is read more than once for each question. Of more than ten
/// limits in one answer the first ten can be waited for, and all can be exhausted.
#[must_use]
pub fn read(headers: &HeaderMap, received_at: SystemTime) -> Limits<'_> {
    let received = Received { headers, at: received_at };
    let mut limits = Limits {
        received,
        standing: Standing::default(),
        retry: None,
        says_retry_after: false,
        windows: Windows::default(),
    };
    let mut has_draft = false;
    for (name, value) in headers {
        let value = value.as_bytes();
        match name::named(name.as_str()) {
            Some(Named::Draft) => has_draft = true,
            Some(Named::Retry { in_milliseconds }) => {
                let told = || reset::retry(value, in_milliseconds, received);
                limits.retry = limits.retry.or_else(told);
            }
            Some(Named::RetryAfter) => limits.says_retry_after = true,
            Some(Named::Part(part, bucket)) => limits.windows.add(part, bucket, value),
            None => {}
        }
    }
    if has_draft && !retry_after::is_kept(headers) {
        let values = || headers.get_all("ratelimit");
        limits.standing = draft::standing(values).unwrap_or_default();
    }
    limits
}

/// What an answer says of rate limits.
#[derive(Clone)]
pub struct Limits<'a> {
    received: Received<'a>,
    standing: Standing,
    /// What a field beside `Retry-After` asks for, such as `retry-after-ms`.
    retry: Option<Wait>,
    says_retry_after: bool,
    windows: Windows<'a>,
}

impl<'a> Limits<'a> {
    /// Returns whether nothing is left of at least one limit.
    ///
    /// A fraction of a request is no request: `0.5` is nothing. A negative number says nothing,
    /// since some mean "without a limit" by it.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.standing.exhausted || self.windows.is_exhausted()
    }

    /// Returns how long the answer asks to wait: [`retry`](Self::retry), else
    /// [`reset`](Self::reset).
    #[must_use]
    pub fn wait(&self, unit: Option<Reset>) -> Option<Wait> {
        self.retry().or_else(|| self.reset(unit))
    }

    /// Returns the wait that is asked for outright: by `Retry-After`, or else by a field such as
    /// `retry-after-ms`, `x-ms-retry-after-ms` or `X-Retry-In: 1.5s`.
    ///
    /// `Retry-After` goes before everything else (rule 45).
    #[must_use]
    pub fn retry(&self) -> Option<Wait> {
        let Received { headers, at } = self.received;
        let told = || retry_after::delay(headers, at);
        let delay = self.says_retry_after.then(told).flatten();
        delay.map(|delay| Wait { delay, basis: Basis::Field }).or(self.retry)
    }

    /// Returns how long it takes until there is more of what is exhausted.
    ///
    /// All that is exhausted binds, so the longest counts: the `t` of `RateLimit` where there is
    /// one, else the resets of the other families. Where nobody tells what is left, the first of
    /// `RateLimit-Reset`, `X-RateLimit-Retry-After`, `X-RateLimit-Reset` and `X-Rate-Limit-Reset`
    /// that is there counts, even where it says nothing, and the longest of any others after them.
    /// The reset of a limit that is not exhausted is no wait.
    ///
    /// None where there is a `Retry-After`, even one that cannot be read: the server spoke there.
    /// `unit` is what the provider is known to count in a bare number; without it the size tells,
    /// and the answer says so.
    #[must_use]
    pub fn reset(&self, unit: Option<Reset>) -> Option<Wait> {
        if self.says_retry_after {
            return None;
        }
        if let Some(delay) = self.standing.reset_after {
            return Some(Wait { delay, basis: Basis::Field });
        }
        self.windows.binding(|window| window.reset(unit, self.received))
    }

    /// Returns the limits of all families but the current draft, in the order of their first fields.
    pub fn windows(&self) -> impl Iterator<Item = &Window<'a>> {
        self.windows.iter()
    }

    /// Returns when a window is reset, as a wait; `None` where it does not say so legibly.
    ///
    /// For `unit` the same holds as in [`reset`](Self::reset).
    #[must_use]
    pub fn reset_of(&self, window: &Window<'_>, unit: Option<Reset>) -> Option<Wait> {
        window.reset(unit, self.received)
    }
}

impl fmt::Debug for Limits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits")
            .field("standing", &self.standing)
            .field("retry", &self.retry())
            .field("windows", &self.windows)
            .finish()
    }
}

#[cfg(test)]
mod tests;
