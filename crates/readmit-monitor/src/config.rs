use crate::{ConfigError, Slo};

/// What is watched, and when there is an alert.
///
/// # Example
///
/// ```
/// use readmit_monitor::{Config, Slo};
///
/// let config = Config::builder()
///     .threshold("AUTH_002", 5)
///     .without_threshold("RATE_001")
///     .slo(Slo::failures_per_10_000(50)?)
///     .build()?;
/// assert_eq!(config.threshold("AUTH_002"), Some(5));
/// assert_eq!(config.threshold("AUTH_003"), Some(50));
/// assert_eq!(config.threshold("RATE_001"), None);
/// # Ok::<_, readmit_monitor::ConfigError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    pub(crate) thresholds: Vec<(String, u32)>,
    pub(crate) min_events: u32,
    pub(crate) max_codes: usize,
    pub(crate) slo: Option<Slo>,
    pub(crate) detectors: bool,
}

impl Config {
    /// Begins with the defaults.
    pub fn builder() -> Builder {
        Builder { config: Config::default() }
    }

    /// Returns how many events of a code an hour may have without an alert, where it has a
    /// threshold.
    #[must_use]
    pub fn threshold(&self, code: &str) -> Option<u32> {
        self.thresholds.iter().find(|(of, _)| of == code).map(|(_, threshold)| *threshold)
    }
}

impl Default for Config {
    fn default() -> Config {
        let thresholds = [("AUTH_002", 10), ("AUTH_003", 50), ("RATE_001", 20)];
        Config {
            thresholds: thresholds.map(|(code, t)| (code.to_owned(), t)).into(),
            min_events: 5,
            max_codes: 64,
            slo: Some(Slo::DEFAULT),
            detectors: true,
        }
    }
}

/// Makes a [`Config`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    config: Config,
}

impl Builder {
    /// Sets how many events of a code an hour may have: more are an alert of medium severity, more
    /// than twice as many one of high severity.
    ///
    /// Default: 10 for `AUTH_002`, 50 for `AUTH_003`, 20 for `RATE_001` (rule 89).
    pub fn threshold(mut self, code: impl Into<String>, per_hour: u32) -> Builder {
        let code = code.into();
        self = self.without_threshold(&code);
        self.config.thresholds.push((code, per_hour));
        self
    }

    /// Takes the threshold of a code away.
    pub fn without_threshold(mut self, code: &str) -> Builder {
        self.config.thresholds.retain(|(of, _)| of != code);
        self
    }

    /// Sets how many events it takes to say how many there are in an hour (rule 88).
    ///
    /// Default: 5.
    pub fn min_events(mut self, min_events: u32) -> Builder {
        self.config.min_events = min_events;
        self
    }

    /// Sets how many codes have a place of their own that neither readmit knows nor a threshold
    /// names; the others count as `_OTHER` (rule 87).
    ///
    /// Default: 64.
    pub fn max_codes(mut self, max_codes: usize) -> Builder {
        self.config.max_codes = max_codes;
        self
    }

    /// Sets the share of operations that may fail, against which burn rates are measured.
    ///
    /// Default: [`Slo::DEFAULT`], 1 %.
    pub fn slo(mut self, slo: Slo) -> Builder {
        self.config.slo = Some(slo);
        self
    }

    /// Watches no burn rates.
    pub fn without_slo(mut self) -> Builder {
        self.config.slo = None;
        self
    }

    /// Runs no detectors (rule 92).
    pub fn without_detectors(mut self) -> Builder {
        self.config.detectors = false;
        self
    }

    /// Returns the configuration.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where a threshold is 0 or above 10,000, where its code is too long, or where
    /// there are more than 1,000 thresholds or codes.
    pub fn build(self) -> Result<Config, ConfigError> {
        let Config { thresholds, max_codes, .. } = &self.config;
        for (code, threshold) in thresholds {
            if !(1..=MAX_THRESHOLD).contains(threshold) {
                let (code, threshold) = (code.clone(), *threshold);
                return Err(ConfigError::ThresholdOutOfRange { code, threshold });
            }
            let characters = code.chars().count();
            if crate::codes::NAME_LIMIT < characters {
                return Err(ConfigError::CodeTooLong { characters });
            }
        }
        let codes = thresholds.len().max(*max_codes);
        if MAX_CODES < codes {
            return Err(ConfigError::TooManyCodes { codes });
        }
        Ok(self.config)
    }
}

/// The ring of such a code takes 320 KB.
const MAX_THRESHOLD: u32 = 10_000;
const MAX_CODES: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r89_the_defaults_are_those_of_the_rule() {
        let config = Config::default();

        let defaults = ["AUTH_002", "AUTH_003", "RATE_001"].map(|code| config.threshold(code));
        assert_eq!(defaults, [Some(10), Some(50), Some(20)]);
        assert_eq!(Config::builder().build().unwrap(), config);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let zero = Config::builder().threshold("A", 0).build();
        let huge = Config::builder().threshold("A", 10_001).build();
        let long = Config::builder().threshold("A".repeat(129), 1).build();
        let many = Config::builder().max_codes(1_001).build();

        let messages = [zero, huge, long, many].map(|config| config.unwrap_err().to_string());
        assert_eq!(
            messages,
            [
                "a threshold of 0 per hour for A is not one of 1 to 10000",
                "a threshold of 10001 per hour for A is not one of 1 to 10000",
                "a code of 129 characters is longer than 128",
                "1001 codes are more than 1000",
            ]
        );
    }
}
