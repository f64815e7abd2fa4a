use std::time::Duration;

use readmit_breaker::Config;
use readmit_limit::{Adaptive, Quota};
use readmit_retry::Allowance;

use super::gate::GateConfig;
use crate::BuildError;
use crate::watch::Watch;

/// What a client's user chose for its breakers, limiters and budgets.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) breaker: Circuit,
    pub(crate) paced: bool,
    pub(crate) quota: Option<Quota>,
    pub(crate) adaptive: Option<Adaptive>,
    pub(crate) jitter: Option<Duration>,
    pub(crate) allowance: Option<Allowance>,
}

/// When circuits open.
#[derive(Clone, Debug)]
pub(crate) enum Circuit {
    /// By the default, as far as it fits the times of the client.
    Default,
    None,
    Own(Config),
}

impl Settings {
    /// Returns how gates are made, once the settings are found to fit together (rule 97).
    pub(crate) fn checked(
        self,
        attempt: Duration,
        watch: &Watch,
    ) -> Result<GateConfig, BuildError> {
        let breaker = match &self.breaker {
            Circuit::Default => Some(fitted(attempt)),
            Circuit::None => None,
            Circuit::Own(config) => Some(config.clone()),
        };
        if let Some(lease) = breaker.as_ref().map(Config::probe_lease)
            && lease < attempt
        {
            return Err(BuildError::LeaseBelowAttempt { lease, attempt });
        }
        if let Some(slow) = breaker.as_ref().and_then(Config::slow_after)
            && attempt <= slow
        {
            return Err(BuildError::SlowBeyondAttempt { slow, attempt });
        }
        if !self.paced && (self.quota.is_some() || self.adaptive.is_some()) {
            return Err(BuildError::PacedWithoutLimiter);
        }
        if !self.paced && self.jitter.is_some() {
            return Err(BuildError::JitterWithoutLimiter);
        }
        let (adapts, watch) = (self.adaptive.is_some(), watch.clone());
        let limit = self.paced.then(|| self.limit());
        let allowance = self.allowance.unwrap_or(Allowance::DEFAULT);
        Ok(GateConfig { breaker, limit, adapts, allowance, prefix: "", watch })
    }

    fn limit(&self) -> readmit_limit::Config {
        let config = match self.quota {
            Some(quota) => readmit_limit::Config::quota(quota),
            None => readmit_limit::Config::unlimited(),
        };
        let config = match self.adaptive {
            Some(adaptive) => config.adaptive(adaptive),
            None => config,
        };
        match self.jitter {
            Some(most) => config.jitter(most),
            None => config,
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            breaker: Circuit::Default,
            paced: true,
            quota: None,
            adaptive: None,
            jitter: None,
            allowance: None,
        }
    }
}

/// The default for attempts that may take so long.
///
/// Whoever waits less than ten seconds in all gives up on a backend that hangs before an abandoned
/// call would count, and a probe must not be replaced while it is under way.
fn fitted(attempt: Duration) -> Config {
    let default = Config::DEFAULT;
    Config::failure_rate(50, 100)
        .abandon_counts_after(default.abandon_counts_after().min(attempt / 2))
        .probe_lease(default.probe_lease().max(attempt.saturating_mul(2)))
        .build()
        // Cannot be: neither of the two is refused for being large.
        .unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_that_of_the_breaker_unless_attempts_are_short_or_long() {
        assert_eq!(fitted(secs(30)), Config::DEFAULT);

        let (short, long) = (fitted(secs(5)), fitted(secs(90)));

        assert_eq!(short.abandon_counts_after(), Duration::from_millis(2_500));
        assert_eq!(long.probe_lease(), secs(180));
    }

    #[test]
    fn r97_a_limiter_is_either_set_or_left_out() {
        let ten = std::num::NonZeroU32::MIN.saturating_add(9);
        let without = Settings { paced: false, ..Settings::default() };
        let quota = Settings { quota: Some(Quota::per_second(ten)), ..without.clone() };
        let jitter = Settings { jitter: Some(secs(1)), ..without.clone() };

        assert!(refusal(quota, secs(1)).starts_with("a limit is set on a client without"));
        assert!(refusal(jitter, secs(1)).starts_with("`limit_jitter` is set on a client without"));
        assert!(without.checked(secs(1), &watch()).is_ok());
    }

    #[test]
    fn r97_what_is_slow_for_the_breaker_is_not_given_up_before() {
        let slow = Config::over_calls(10).slow_rate(50, secs(5)).build().unwrap();
        let settings = Settings { breaker: Circuit::Own(slow), ..Settings::default() };

        let error = refusal(settings.clone(), secs(5));

        assert!(error.contains("5s") && error.contains("none is ever found to be slow"), "{error}");
        assert!(settings.checked(secs(6), &watch()).is_ok());
    }

    fn refusal(settings: Settings, attempt: Duration) -> String {
        settings.checked(attempt, &watch()).err().unwrap().to_string()
    }

    fn watch() -> Watch {
        Watch::nobody(std::sync::Arc::new(readmit_core::SystemClock))
    }

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }
}
