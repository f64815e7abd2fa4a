use std::time::Duration;

use crate::{Adaptive, Quota};

/// How a limiter paces: by a quota of its own, by what the server says, by the rate that it finds.
///
/// What the server says is always obeyed; the other two are chosen here.
///
/// # Example
///
/// ```
/// use std::num::NonZeroU32;
///
/// use readmit_limit::{Adaptive, Config, Quota};
///
/// let polite = Config::quota(Quota::per_second(NonZeroU32::MIN));
/// let curious = Config::unlimited().adaptive(Adaptive::DEFAULT);
/// assert_ne!(polite, curious);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    pub(crate) quota: Option<Quota>,
    pub(crate) adaptive: Option<Adaptive>,
    pub(crate) jitter: Duration,
}

impl Config {
    /// Starts the settings of a limiter that lets everything pass until a server says otherwise.
    #[must_use]
    pub const fn unlimited() -> Config {
        Config { quota: None, adaptive: None, jitter: JITTER }
    }

    /// Starts the settings of a limiter that keeps to this quota.
    #[must_use]
    pub const fn quota(quota: Quota) -> Config {
        Config { quota: Some(quota), ..Config::unlimited() }
    }

    /// Sets that the limiter looks for the rate which the server takes.
    ///
    /// Default: it does not.
    #[must_use]
    pub const fn adaptive(mut self, adaptive: Adaptive) -> Config {
        self.adaptive = Some(adaptive);
        self
    }

    /// Sets the most that chance adds to a wait which the server asked for (rule 71).
    ///
    /// It adds up to a tenth of the wait, and no more than this.
    /// [`Duration::ZERO`] adds nothing: for tests, and where there is one client only.
    ///
    /// Default: 10 s.
    #[must_use]
    pub const fn jitter(mut self, most: Duration) -> Config {
        self.jitter = most;
        self
    }
}

impl Default for Config {
    fn default() -> Config {
        Config::unlimited()
    }
}

const JITTER: Duration = Duration::from_secs(10);
