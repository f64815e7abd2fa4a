use std::num::NonZeroU32;
use std::time::Duration;

use crate::config_error::ConfigError;

/// How a [`Lifecycle`](crate::Lifecycle) behaves.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_recovery::Config;
///
/// let config = Config::builder()
///     .advisory_window(Duration::from_secs(120))
///     .refresh_timeout(Duration::from_secs(10))
///     .build()?;
/// assert_eq!(config.refresh_timeout(), Duration::from_secs(10));
///
/// assert!(Config::builder().refresh_timeout(Duration::ZERO).build().is_err());
/// # Ok::<_, readmit_recovery::ConfigError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    advisory: Advisory,
    advisory_percent: u8,
    mandatory_window: Duration,
    refresh_timeout: Duration,
    backoff_base: Duration,
    backoff_cap: Duration,
    remember_terminal_for: Duration,
    fresh_for: Duration,
    lock_out_after: NonZeroU32,
    serve_expired_for: Duration,
    raises_terminal: bool,
}

impl Config {
    /// Every default, as the methods of [`ConfigBuilder`] name them.
    pub const DEFAULT: Config = Config {
        advisory: Advisory::ByLifetime,
        advisory_percent: 50,
        mandatory_window: Duration::from_secs(60),
        refresh_timeout: Duration::from_secs(30),
        backoff_base: Duration::from_secs(1),
        backoff_cap: Duration::from_secs(300),
        remember_terminal_for: Duration::from_secs(5),
        fresh_for: Duration::from_secs(10),
        lock_out_after: NonZeroU32::MIN.saturating_add(2),
        serve_expired_for: Duration::ZERO,
        raises_terminal: false,
    };

    /// Static stability, as the AWS SDKs have it for credentials that their service honours past
    /// their expiry while it cannot issue new ones.
    ///
    /// The advisory window may be three quarters of a lifetime, an expired or rejected credential is
    /// used for as long as refreshing fails, a failed refresh is rested after for 5 to 10 minutes, and a terminal failure reaches everybody at once. It is
    /// wrong for access tokens of OAuth 2.0, which every server refuses once they have expired.
    pub const STATIC_STABILITY: Config = Config {
        advisory_percent: 75,
        backoff_base: Duration::from_secs(600),
        backoff_cap: Duration::from_secs(600),
        serve_expired_for: Duration::MAX,
        raises_terminal: true,
        ..Config::DEFAULT
    };

    /// Returns a builder that holds every default.
    pub fn builder() -> ConfigBuilder {
        Config::DEFAULT.to_builder()
    }

    /// Returns a builder that holds these settings, to change some of a preset.
    pub fn to_builder(&self) -> ConfigBuilder {
        ConfigBuilder { config: self.clone() }
    }

    /// Returns the advisory window of a credential of this lifetime, before cap and jitter.
    #[must_use]
    pub fn advisory_window(&self, lifetime: Duration) -> Duration {
        match self.advisory {
            Advisory::ByLifetime if lifetime <= SHORT_LIFETIME => Duration::from_secs(5 * 60),
            Advisory::ByLifetime if lifetime < LONG_LIFETIME => Duration::from_secs(15 * 60),
            Advisory::ByLifetime => Duration::from_secs(60 * 60),
            Advisory::Fixed(window) => window,
        }
    }

    /// Returns the share of a lifetime, in percent, that the advisory window has at most.
    #[must_use]
    pub fn advisory_percent(&self) -> u8 {
        self.advisory_percent
    }

    /// Returns the mandatory window, before its cap.
    #[must_use]
    pub fn mandatory_window(&self) -> Duration {
        self.mandatory_window
    }

    /// Returns how long one refresh may take.
    #[must_use]
    pub fn refresh_timeout(&self) -> Duration {
        self.refresh_timeout
    }

    /// Returns the back-off after this many failed refreshes in a row, before its jitter.
    #[must_use]
    pub fn backoff(&self, failures: NonZeroU32) -> Duration {
        let factor = 1_u32.checked_shl(failures.get() - 1).unwrap_or(u32::MAX);
        self.backoff_base.saturating_mul(factor).min(self.backoff_cap)
    }

    /// Returns how long a terminal failure is remembered.
    #[must_use]
    pub fn remember_terminal_for(&self) -> Duration {
        self.remember_terminal_for
    }

    /// Returns how long a credential that no server has accepted counts as fresh.
    #[must_use]
    pub fn fresh_for(&self) -> Duration {
        self.fresh_for
    }

    /// Returns after how many rejected credentials in a row the lock-out guard closes.
    #[must_use]
    pub fn lock_out_after(&self) -> NonZeroU32 {
        self.lock_out_after
    }

    /// Returns how long after its expiry a credential is used for lack of a better one.
    #[must_use]
    pub fn serve_expired_for(&self) -> Duration {
        self.serve_expired_for
    }

    /// Returns whether a terminal failure reaches those who have a good credential.
    #[must_use]
    pub fn raises_terminal(&self) -> bool {
        self.raises_terminal
    }
}

impl Default for Config {
    fn default() -> Config {
        Config::DEFAULT
    }
}

/// Builds a [`Config`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ConfigBuilder {
    config: Config,
}

impl ConfigBuilder {
    /// Sets how long before its expiry a credential is refreshed beside its use.
    ///
    /// By default it follows the lifetime: 5 minutes up to 20 minutes, 15 minutes below 90 minutes,
    /// an hour from there on. It is at most [half](ConfigBuilder::advisory_percent) of the lifetime
    /// whatever is set here, and chance shrinks it by up to a quarter (rule 14).
    pub fn advisory_window(mut self, window: Duration) -> ConfigBuilder {
        self.config.advisory = Advisory::Fixed(window);
        self
    }

    /// Sets which share of its lifetime, in percent, the advisory window of a credential has at most.
    ///
    /// 50 by default; from 10, the share of the mandatory window, to 90.
    pub fn advisory_percent(mut self, percent: u8) -> ConfigBuilder {
        self.config.advisory_percent = percent;
        self
    }

    /// Sets how long before its expiry callers wait for the refresh of a credential.
    ///
    /// 1 minute by default, and at most a tenth of the lifetime. The window covers the way to the
    /// server and a clock that is a little off. A tenth keeps it from swallowing a short lifetime:
    /// a 60 s token has the advisory window to be refreshed in without anybody waiting, from 30 s
    /// before its expiry to 6 s before it.
    pub fn mandatory_window(mut self, window: Duration) -> ConfigBuilder {
        self.config.mandatory_window = window;
        self
    }

    /// Sets how long one refresh may take, before somebody else may lead (rules 5 and 6).
    ///
    /// 30 seconds by default.
    pub fn refresh_timeout(mut self, timeout: Duration) -> ConfigBuilder {
        self.config.refresh_timeout = timeout;
        self
    }

    /// Sets how long a failed refresh is rested after: `base`, doubling with every failure in a
    /// row to `cap`, of which chance takes up to a half (rule 10).
    ///
    /// 1 second and 5 minutes by default. That is while a usable credential remains. Without one
    /// every call fails meanwhile, so the rest is at most
    /// [`remember_terminal_for`](ConfigBuilder::remember_terminal_for).
    pub fn backoff(mut self, base: Duration, cap: Duration) -> ConfigBuilder {
        self.config.backoff_base = base;
        self.config.backoff_cap = cap;
        self
    }

    /// Sets how long a terminal failure answers for those who ask after it (rules 10 and 11).
    ///
    /// 5 seconds by default: a storm of callers costs one request, and whoever repairs the cause
    /// does not wait long.
    pub fn remember_terminal_for(mut self, time: Duration) -> ConfigBuilder {
        self.config.remember_terminal_for = time;
        self
    }

    /// Sets how long a credential that no server has accepted counts as fresh: if it is rejected
    /// within that time, another one would be too, and none is fetched (rule 28).
    ///
    /// 10 seconds by default, longer than a new token takes to spread through most services.
    pub fn fresh_for(mut self, time: Duration) -> ConfigBuilder {
        self.config.fresh_for = time;
        self
    }

    /// Sets after how many rejected credentials in a row, none accepted in between, no other is
    /// fetched until a person says so (rule 66).
    ///
    /// 3 by default, below the limit at which servers lock an account.
    pub fn lock_out_after(mut self, rejections: NonZeroU32) -> ConfigBuilder {
        self.config.lock_out_after = rejections;
        self
    }

    /// Sets how long after its expiry a credential is used while refreshing fails for a reason that
    /// time may cure: static stability. [`Duration::MAX`] is without end.
    ///
    /// Zero by default: an expired credential is of no use, and the failure is the answer. Set it
    /// only where the service honours expired credentials while their issuer is down. The refresh
    /// comes first: the credential is used between a failed refresh and the next attempt, after a
    /// server rejected it too, and not once the lock-out guard has closed or the issuer has said no.
    pub fn serve_expired_for(mut self, time: Duration) -> ConfigBuilder {
        self.config.serve_expired_for = time;
        self
    }

    /// Makes a terminal failure reach everybody at once, those too who have a good credential,
    /// with no other rest after it than
    /// [`remember_terminal_for`](ConfigBuilder::remember_terminal_for).
    ///
    /// Off by default: a failed refresh takes nothing away that is good (rule 9).
    pub fn raise_terminal(mut self) -> ConfigBuilder {
        self.config.raises_terminal = true;
        self
    }

    /// Returns the configuration.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError`] where two settings contradict each other, or where one would make
    /// the machine refresh without a pause.
    pub fn build(self) -> Result<Config, ConfigError> {
        let config = self.config;
        if let Advisory::Fixed(advisory) = config.advisory
            && advisory < config.mandatory_window
        {
            let mandatory = config.mandatory_window;
            return Err(ConfigError::MandatoryBeyondAdvisory { advisory, mandatory });
        }
        if !ADVISORY_PERCENT.contains(&config.advisory_percent) {
            return Err(ConfigError::AdvisoryShare { percent: config.advisory_percent });
        }
        if config.refresh_timeout.is_zero() {
            return Err(ConfigError::NoTimeToRefresh);
        }
        if config.backoff_base.is_zero() {
            return Err(ConfigError::NoBackoff);
        }
        if config.backoff_cap < config.backoff_base {
            let (base, cap) = (config.backoff_base, config.backoff_cap);
            return Err(ConfigError::BackoffInverted { base, cap });
        }
        if config.remember_terminal_for.is_zero() {
            return Err(ConfigError::NoMemory);
        }
        Ok(config)
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Advisory {
    ByLifetime,
    Fixed(Duration),
}

const ADVISORY_PERCENT: std::ops::RangeInclusive<u8> = 10..=90;

/// Up to this lifetime, 20 minutes, the shortest advisory window applies.
const SHORT_LIFETIME: Duration = Duration::from_secs(20 * 60);

/// From this lifetime on, 90 minutes, the longest advisory window applies.
const LONG_LIFETIME: Duration = Duration::from_secs(90 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_presets_build() {
        assert_eq!(Config::builder().build(), Ok(Config::DEFAULT));
        assert_eq!(Config::STATIC_STABILITY.to_builder().build(), Ok(Config::STATIC_STABILITY));
        assert_eq!(Config::DEFAULT.lock_out_after().get(), 3);
    }

    #[test]
    fn each_broken_rule_has_its_error() {
        let zero = Duration::ZERO;
        let second = Duration::from_secs(1);
        let cases = [
            (Config::builder().advisory_percent(9), ConfigError::AdvisoryShare { percent: 9 }),
            (Config::builder().advisory_percent(91), ConfigError::AdvisoryShare { percent: 91 }),
            (Config::builder().refresh_timeout(zero), ConfigError::NoTimeToRefresh),
            (Config::builder().backoff(zero, second), ConfigError::NoBackoff),
            (
                Config::builder().backoff(second * 2, second),
                ConfigError::BackoffInverted { base: second * 2, cap: second },
            ),
            (Config::builder().remember_terminal_for(zero), ConfigError::NoMemory),
            (
                Config::builder().advisory_window(second).mandatory_window(second * 2),
                ConfigError::MandatoryBeyondAdvisory { advisory: second, mandatory: second * 2 },
            ),
        ];

        for (builder, error) in cases {
            assert_eq!(builder.build(), Err(error));
        }
    }

    #[test]
    fn r14_the_window_follows_the_lifetime() {
        let table = [(1_200, 300), (1_201, 900), (1_230, 900), (5_399, 900), (5_400, 3_600)];

        for (lifetime, window) in table {
            let selected = Config::DEFAULT.advisory_window(Duration::from_secs(lifetime));
            assert_eq!(selected, Duration::from_secs(window), "{lifetime} s");
        }
    }

    #[test]
    fn r14_a_window_that_was_set_overrides_the_table() {
        let half_an_hour = Duration::from_secs(1_800);

        let config = Config::builder().advisory_window(half_an_hour).build().unwrap();

        assert_eq!(config.advisory_window(Duration::from_secs(21_600)), half_an_hour);
    }

    #[test]
    fn r10_the_backoff_doubles_up_to_its_cap() {
        let failures = [1, 2, 3, 9, 10, 32, 33, u32::MAX];

        let backoffs = failures.map(|n| {
            let failures = NonZeroU32::new(n).unwrap();
            Config::DEFAULT.backoff(failures).as_secs()
        });

        assert_eq!(backoffs, [1, 2, 4, 256, 300, 300, 300, 300]);
    }
}
