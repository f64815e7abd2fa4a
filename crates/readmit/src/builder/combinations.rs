//! Which settings contradict each other, or could never have an effect (rule 97).

use std::time::Duration;

use http::header::AUTHORIZATION;
use readmit_core::Draw;
use readmit_retry::Policy;

use crate::credentials::Given;
use crate::{BuildError, ClientBuilder, Credentials};

impl ClientBuilder {
    /// Returns the attempt timeout, once the times are found to fit together.
    pub(super) fn times(&self) -> Result<Duration, BuildError> {
        let deadline = self.deadline;
        let attempt = self.attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT.min(deadline));
        for (what, time) in [("deadline", deadline), ("attempt timeout", attempt)] {
            if time.is_zero() {
                return Err(BuildError::ZeroTimeout { what });
            }
        }
        if deadline < attempt {
            return Err(BuildError::AttemptBeyondDeadline { attempt, deadline });
        }
        self.attempts_in_time()?;
        Ok(attempt)
    }

    /// Refuses what contradicts itself, and what would be set for nothing.
    pub(super) fn combinations(&self) -> Result<(), BuildError> {
        self.retries_are_made()?;
        if self.monitoring.is_none() && !self.alerts.is_empty() {
            return Err(BuildError::AlertsWithoutMonitor);
        }
        match &self.credentials {
            Some(credentials) => self.one_credential(credentials),
            None => self.nothing_of_credentials(),
        }
    }

    /// Refuses attempts that the deadline leaves no room for.
    ///
    /// An attempt timeout that was not set gives way to what is left, and then the waits alone have
    /// to fit; so do retries that nobody asked for. A policy with a deadline of its own asks for
    /// attempts until then, however many it allows.
    fn attempts_in_time(&self) -> Result<(), BuildError> {
        if self.policy.is_none() && self.attempt_timeout.is_none() {
            return Ok(());
        }
        let (default, deadline) = (Policy::DEFAULT, self.deadline);
        let policy = self.policy.as_ref().unwrap_or(&default);
        match policy.deadline() {
            Some(own) if deadline < own => {
                return Err(BuildError::RetriesBeyondDeadline { retries: own, deadline });
            }
            Some(_) => return Ok(()),
            None => {}
        }
        let (attempts, waits) = (policy.max_attempts(), waits(policy));
        let attempt = self.attempt_timeout.unwrap_or_default();
        let needed = attempt.saturating_mul(attempts).saturating_add(waits);
        if 1 < attempts && deadline < needed {
            return Err(BuildError::AttemptsBeyondDeadline { attempts, attempt, waits, deadline });
        }
        Ok(())
    }

    /// Refuses a budget that nobody spends; one that could never pay for a retry is no
    /// [`Allowance`](readmit_retry::Allowance).
    fn retries_are_made(&self) -> Result<(), BuildError> {
        let retries = self.policy.as_ref().is_none_or(|policy| 1 < policy.max_attempts());
        if !retries && self.admission.allowance.is_some() {
            return Err(BuildError::BudgetWithoutRetries);
        }
        Ok(())
    }

    /// Refuses a header of every request that the credential goes into as well.
    fn one_credential(&self, credentials: &Credentials) -> Result<(), BuildError> {
        let taken = match &credentials.given {
            Ok(Given::Token(token)) => &token.name,
            Ok(Given::Storable(_)) => &AUTHORIZATION,
            // Where a source's goes is known only once there is one.
            Ok(Given::Source(_)) | Err(_) => return Ok(()),
        };
        let mut names = self.headers.iter().flatten().map(|(name, _)| name);
        match names.find(|name| *name == taken) {
            Some(name) => Err(BuildError::HeaderOfCredential { name: name.to_string() }),
            None => Ok(()),
        }
    }

    fn nothing_of_credentials(&self) -> Result<(), BuildError> {
        #[cfg(feature = "dpop")]
        let has_key = self.key.is_some();
        #[cfg(not(feature = "dpop"))]
        let has_key = false;
        let set = [
            ("recovery", self.recovery.is_some()),
            ("on_step_up", self.step_ups.is_some()),
            ("dpop", has_key),
        ];
        match set.into_iter().find(|(_, is_set)| *is_set) {
            Some((what, _)) => Err(BuildError::WithoutCredentials { what }),
            None => Ok(()),
        }
    }
}

/// Returns the longest that a call waits between its attempts, by its policy alone.
fn waits(policy: &Policy) -> Duration {
    let retries = policy.max_attempts().saturating_sub(1);
    let mut delays = policy.delays();
    let (mut waits, mut last) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..retries.min(GROWING) {
        last = delays.next(Draw::MAX);
        waits = waits.saturating_add(last);
    }
    waits.saturating_add(last.saturating_mul(retries.saturating_sub(GROWING)))
}

const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// How many delays are looked at one by one: by then they have reached their cap, or never will.
const GROWING: u32 = 1_000;

#[cfg(test)]
mod tests {
    use readmit_retry::{Allowance, Percent};

    use super::*;
    use crate::{Client, credentials};

    #[test]
    fn r97_an_attempt_that_outlasts_its_call_is_refused_with_the_values() {
        let short = || client().deadline(secs(10));

        let error = short().attempt_timeout(secs(30)).times().unwrap_err();

        assert_eq!(short().times().unwrap(), secs(10), "one that was not set gives way");
        assert!(matches!(error, BuildError::AttemptBeyondDeadline { .. }));
        assert!(error.to_string().contains("30s") && error.to_string().contains("10s"), "{error}");
    }

    #[test]
    fn r97_attempts_and_their_waits_have_to_fit_the_deadline() {
        let retry = || Policy::constant(secs(1)).max_attempts(4).build().unwrap();
        let four = |attempt| client().deadline(secs(11)).attempt_timeout(attempt).retry(retry());

        let error = four(Duration::from_millis(2_001)).times().unwrap_err().to_string();

        assert!(four(secs(2)).times().is_ok(), "4 x 2 s and 3 x 1 s");
        assert_eq!(
            error,
            "4 attempts of 2.001s each, with waits of 3s between them, do not fit the deadline of \
             11s: lengthen it to 11.004s, shorten the attempt timeout, or make fewer attempts"
        );
    }

    #[test]
    fn r97_an_attempt_timeout_that_was_not_set_leaves_room_for_the_waits() {
        let ten = |deadline| {
            let policy = Policy::constant(secs(2)).max_attempts(10).build().unwrap();
            client().retry(policy).deadline(deadline).times()
        };

        assert!(ten(secs(18)).is_ok());
        let error = ten(secs(17)).unwrap_err().to_string();
        assert!(
            error.starts_with("10 attempts, with waits of 18s between them, do not"),
            "{error}"
        );
    }

    #[test]
    fn r97_a_deadline_of_the_policy_that_comes_after_the_calls_is_refused() {
        let policy = |deadline| Policy::constant(secs(1)).deadline(deadline).build().unwrap();

        let error = client().retry(policy(secs(61))).times().unwrap_err().to_string();

        assert!(client().retry(policy(secs(60))).times().is_ok());
        let often = Policy::constant(secs(1)).max_attempts(1_000).deadline(secs(30));
        assert!(client().retry(often.build().unwrap()).times().is_ok(), "until then");
        assert!(error.contains("61s") && error.contains("ClientBuilder::deadline"), "{error}");
    }

    #[test]
    fn r97_however_many_attempts_there_are_their_waits_are_soon_known() {
        let endless = |delay| Policy::constant(delay).max_attempts(u32::MAX).build().unwrap();

        assert_eq!(waits(&endless(secs(1))), secs(u64::from(u32::MAX) - 1));
        assert_eq!(waits(&endless(Duration::ZERO)), Duration::ZERO);
    }

    #[test]
    fn r97_a_budget_that_nobody_spends_is_refused_and_an_empty_one_is_none() {
        let tenth = || Allowance::percent_of_calls(Percent::new(10).unwrap());
        let budget = || client().budget(tenth().initial(0).per_second(0).build().unwrap());

        let unspent = refusal(budget().retry(Policy::never()));

        assert!(unspent.starts_with("a budget for retries is set"), "{unspent}");
        assert!(budget().combinations().is_ok(), "successes fill it");
        assert!(tenth().capacity(0).per_second(0).build().is_err());
    }

    #[test]
    fn r97_alerts_that_nobody_raises_are_refused() {
        let (alerted, _alerts) = crate::monitor::AlertChannel::new(1);

        let error = refusal(client().alerts(alerted).without_monitor());

        assert!(error.contains("without a monitor") && error.contains("leave out"), "{error}");
    }

    #[cfg(feature = "metrics")]
    #[test]
    fn metrics_need_no_monitor() {
        let client = client().without_monitor().metrics();

        assert!(client.combinations().is_ok());
    }

    #[test]
    fn r97_a_header_of_every_request_and_a_credential_in_it_contradict_each_other() {
        let with = |name: &str, credentials| {
            client().default_header(name, "planted").credentials(credentials)
        };
        let fetched = || credentials::service_key("https://a.test/token", "planted");

        let error = refusal(with("authorization", fetched()));

        assert!(error.contains("the header authorization"), "{error}");
        assert!(!error.contains("planted"));
        let key = credentials::header("x-api-key", "planted");
        assert!(refusal(with("X-Api-Key", key)).contains("x-api-key"));
        assert!(with("x-api-key", fetched()).combinations().is_ok());
        assert!(client().default_header("authorization", "planted").combinations().is_ok());
        let own = credentials::from_fn(|| async { Ok(crate::Token::bearer("planted")?) });
        assert!(with("authorization", own).combinations().is_ok(), "it may be for another header");
    }

    #[test]
    fn a_deadline_alone_is_no_contradiction_however_short() {
        let short = client().deadline(Duration::from_millis(100));

        assert_eq!(short.times().unwrap(), Duration::from_millis(100));
    }

    #[test]
    fn r97_what_is_for_credentials_alone_is_refused_without_them() {
        let recovery = || client().recovery(crate::recovery::Config::DEFAULT);
        let step_up = || client().on_step_up(|_| async { None });

        assert!(refusal(recovery()).starts_with("`recovery` is of no use without credentials"));
        assert!(refusal(step_up()).starts_with("`on_step_up` is of no use without credentials"));
        let token = || credentials::bearer("planted");
        assert!(recovery().credentials(token()).combinations().is_ok());
        assert!(step_up().credentials(token()).combinations().is_ok());
    }

    fn refusal(client: ClientBuilder) -> String {
        client.combinations().unwrap_err().to_string()
    }

    fn client() -> ClientBuilder {
        Client::builder("https://a.test")
    }

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }
}
