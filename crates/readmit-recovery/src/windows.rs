use std::time::Duration;

use readmit_core::Draw;

use crate::config::Config;
use crate::mutants::mutate;

/// The ages at which a credential passes from one phase to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Windows {
    /// From this age on it is refreshed beside its use.
    pub(crate) advisory: Duration,
    /// From this age on callers wait for its refresh.
    pub(crate) mandatory: Duration,
    /// From this age on it is of no use.
    pub(crate) expiry: Duration,
    /// From this age on it is not even used for lack of a better one.
    pub(crate) grace: Duration,
}

impl Windows {
    /// Returns the windows of a credential of this lifetime (rule 14).
    pub(crate) fn new(config: &Config, lifetime: Duration, draw: Draw) -> Windows {
        let mandatory = config.mandatory_window().min(lifetime / MANDATORY_SHARE);
        let longest = lifetime / 100 * u32::from(config.advisory_percent());
        let advisory = config.advisory_window(lifetime).min(mutate!(10, longest, lifetime));
        let advisory = spread(advisory, SMALLEST_WINDOW, draw).max(mandatory);
        Windows {
            advisory: lifetime.saturating_sub(advisory),
            mandatory: lifetime.saturating_sub(mandatory),
            expiry: lifetime,
            grace: lifetime.saturating_add(config.serve_expired_for()),
        }
    }

    /// Returns the ages in their order.
    pub(crate) fn ages(&self) -> [Duration; 4] {
        [self.advisory, self.mandatory, self.expiry, self.grace]
    }
}

/// Returns `whole` shrunk by chance, to the share `smallest` of it at most.
pub(crate) fn spread(whole: Duration, smallest: f64, draw: Draw) -> Duration {
    let share = smallest + (1.0 - smallest) * draw.get();
    Duration::try_from_secs_f64(whole.as_secs_f64() * share).unwrap_or(whole).min(whole)
}

/// The mandatory window is at most a tenth: where a token lives 60 s, callers wait in its last 6.
const MANDATORY_SHARE: u32 = 10;

/// Chance shrinks the advisory window by a quarter at most, which spreads processes that were
/// started together over a quarter of it.
const SMALLEST_WINDOW: f64 = 0.75;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r14_the_window_is_at_most_half_of_the_lifetime() {
        let windows = Windows::new(&Config::DEFAULT, secs(5_400), Draw::MAX);
        assert_eq!(windows.advisory, secs(2_700));

        let windows = Windows::new(&Config::DEFAULT, secs(60), Draw::MAX);
        assert_eq!(windows.advisory, secs(30));

        let windows = Windows::new(&Config::DEFAULT, secs(7_200), Draw::MAX);
        assert_eq!(windows.advisory, secs(3_600));

        let windows = Windows::new(&Config::DEFAULT, secs(86_400), Draw::MAX);
        assert_eq!(windows.advisory, secs(86_400 - 3_600));
    }

    #[test]
    fn r14_the_share_of_the_window_can_be_set() {
        let config = Config::builder().advisory_percent(75).build().unwrap();

        let windows = Windows::new(&config, secs(1_230), Draw::MAX);

        assert_eq!(windows.advisory, secs(1_230 - 900));
    }

    #[test]
    fn r14_a_short_credential_is_not_mandatory_from_birth() {
        let windows = Windows::new(&Config::DEFAULT, secs(60), Draw::MAX);
        assert_eq!(windows.mandatory, secs(54));

        let windows = Windows::new(&Config::DEFAULT, secs(3_600), Draw::MAX);
        assert_eq!(windows.mandatory, secs(3_540));
    }

    #[test]
    fn r14_chance_shrinks_the_window_by_a_quarter_at_most() {
        let windows = Windows::new(&Config::DEFAULT, secs(1_200), Draw::MIN);

        assert_eq!(windows.advisory, secs(1_200 - 225));
    }

    #[test]
    fn r14_chance_does_not_shrink_the_window_below_the_mandatory_one() {
        let config = Config::builder().advisory_window(secs(60)).build().unwrap();

        let windows = Windows::new(&config, secs(3_600), Draw::MIN);

        assert_eq!((windows.advisory, windows.mandatory), (secs(3_540), secs(3_540)));
    }

    #[test]
    fn r15_the_longest_lifetime_does_not_overflow() {
        let windows = Windows::new(&Config::DEFAULT, Duration::MAX, Draw::MAX);

        assert_eq!(windows.expiry, Duration::MAX);
        assert_eq!(windows.advisory, Duration::MAX - secs(3_600));
        assert_eq!(spread(Duration::MAX, 0.5, Draw::MAX), Duration::MAX);
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }
}
