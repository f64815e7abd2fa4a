//! What lets a request through, or makes it wait: budget, breaker, limiter.

use std::time::Duration;

use readmit_limit::{Adaptive, Quota};
use readmit_retry::Allowance;

use crate::admission::Circuit;
use crate::{ClientBuilder, breaker};

impl ClientBuilder {
    /// Sets how many retries the calls to one origin may share.
    ///
    /// Default: [`Allowance::DEFAULT`], a tenth of the calls and one a second.
    pub fn budget(mut self, allowance: Allowance) -> ClientBuilder {
        self.admission.allowance = Some(allowance);
        self
    }

    /// Sets when the circuit of an origin opens, so that calls to it fail without being sent, and
    /// for how long.
    ///
    /// Each origin has a circuit of its own, and token endpoints have others than the API, even
    /// where they share its origin. Answers that refuse a caller or a request open none: a 401, 403,
    /// 404 or 429 says that the service is well (rule 66).
    /// A call that finds the circuit open waits until it may try again, as a retry would, and fails
    /// with [`Kind::CircuitOpen`](crate::error::Kind::CircuitOpen) at once where that is after its
    /// deadline.
    ///
    /// Default: [`breaker::Config::DEFAULT`], 50 % of the last 100 calls, from 20 calls on. A call
    /// that is dropped counts as a failure after half of the [attempt
    /// timeout](ClientBuilder::attempt_timeout), and a probe is replaced after twice as long,
    /// where that says more than the numbers of the default.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::{Client, breaker};
    ///
    /// let five_in_a_row = breaker::Config::consecutive_failures(5).build()?;
    /// let client = Client::builder("https://api.example.com").breaker(five_in_a_row);
    /// # let _ = client;
    /// # Ok::<_, breaker::ConfigError>(())
    /// ```
    pub fn breaker(mut self, config: breaker::Config) -> ClientBuilder {
        self.admission.breaker = Circuit::Own(config);
        self
    }

    /// Lets calls through to an origin however many of them fail.
    pub fn without_breaker(mut self) -> ClientBuilder {
        self.admission.breaker = Circuit::None;
        self
    }

    /// Sets how many calls an origin gets at most; those beyond wait for their turn, in the order
    /// of arrival (rule 72).
    ///
    /// A wait that would end after the deadline of the call is not begun: the call fails at once
    /// with [`Kind::RateLimited`](crate::error::Kind::RateLimited) of local origin. Each attempt
    /// counts.
    ///
    /// Default: no quota. What a server says of its limits is kept to in any case.
    ///
    /// # Example
    ///
    /// ```
    /// use std::num::NonZeroU32;
    ///
    /// use readmit::Client;
    /// use readmit::limit::Quota;
    ///
    /// let ten = NonZeroU32::MIN.saturating_add(9);
    /// let quota = Quota::per_second(ten).burst(ten);
    /// let client = Client::builder("https://api.example.com").limit(quota);
    /// # let _ = client;
    /// ```
    pub fn limit(mut self, quota: Quota) -> ClientBuilder {
        self.admission.quota = Some(quota);
        self
    }

    /// Finds the rate that an origin takes, where it says no more of its limit than "too many".
    ///
    /// Default: it is not looked for.
    pub fn adaptive_limit(mut self, adaptive: Adaptive) -> ClientBuilder {
        self.admission.adaptive = Some(adaptive);
        self
    }

    /// Sets the most that chance adds to a wait that a server asks of all callers (rule 71).
    ///
    /// It adds up to a tenth of the wait, and no more than this; zero is for tests.
    ///
    /// Default: 10 s.
    pub fn limit_jitter(mut self, most: Duration) -> ClientBuilder {
        self.admission.jitter = Some(most);
        self
    }

    /// Neither paces calls nor holds them back when a server asks for it: only the call that was
    /// told waits.
    pub fn without_limiter(mut self) -> ClientBuilder {
        self.admission.paced = false;
        self
    }
}
