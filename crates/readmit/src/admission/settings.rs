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
    pub(crate) allowance: Allowance,
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
        if !self.paced && (self.quota.is_some() || self.adaptive.is_some()) {
            return Err(BuildError::PacedWithoutLimiter);
        }
        let (adapts, watch) = (self.adaptive.is_some(), watch.clone());
        let limit = self.paced.then(|| self.limit());
        let allowance = self.allowance;
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
            allowance: Allowance::DEFAULT,
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

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }
}
