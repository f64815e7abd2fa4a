use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use readmit_core::{Clock, Draw, SystemClock};
use readmit_retry::{
    Allowance, AllowanceBuilder, Attempts, Budget, Fault, GiveUp, Next, Policy, PolicyBuilder,
    Ruling, Spent, Verdict,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Told, seconds};

/// Answers of a service, and what a client in the AWS standard mode makes of each.
#[derive(Debug, Deserialize)]
pub(super) struct Scenario {
    pub(super) id: Option<String>,
    pub(super) name: String,
    given: Given,
    responses: Vec<Step>,
}

/// Which version of the standard mode a scenario is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Version {
    /// 2.1.
    Newer,
    /// 2.0.
    Older,
}

/// The settings; what is left out is as the version has it.
#[derive(Debug, Deserialize)]
struct Given {
    max_attempts: Option<u32>,
    initial_retry_tokens: Option<u32>,
    /// The random number of every jitter.
    exponential_base: Option<f64>,
    /// In seconds.
    max_backoff_time: Option<f64>,
    service: Option<String>,
    /// Whether a caller polls, who waits before the next call even where the budget is empty.
    #[serde(default)]
    long_polling: bool,
}

#[derive(Debug, Deserialize)]
struct Step {
    response: Response,
    expected: Expected,
}

#[derive(Debug, Deserialize)]
struct Response {
    status_code: u16,
    error_code: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct Expected {
    outcome: String,
    retry_quota: Option<u32>,
    /// In seconds.
    delay: Option<f64>,
}

/// What the client made of an answer.
#[derive(Debug)]
struct Got {
    outcome: &'static str,
    quota: u32,
    delay: Option<Duration>,
}

/// A client whose calls follow each other.
#[derive(Debug)]
struct Client<'p> {
    policy: &'p Policy,
    budget: &'p Budget,
    draw: Draw,
    now: Instant,
    polls: bool,
    attempts: Attempts<'p>,
    spent: Option<Spent>,
}

impl Scenario {
    /// Returns what is to be said of the quota, and of the delays where one is expected.
    pub(super) fn run(&self, version: Version) -> (Told, Option<Told>) {
        let Some((policy, budget)) = self.given.machines(version) else {
            return (Told::Skipped("its settings do not build"), None);
        };
        let Some(draw) = Draw::new(self.given.exponential_base.unwrap_or(1.0)) else {
            return (Told::Skipped("its random number is none from 0 to 1"), None);
        };
        let mut client = Client::new(&policy, &budget, draw, self.given.long_polling);
        let steps = self.responses.iter().map(|step| (&step.expected, client.hear(&step.response)));
        let steps: Vec<_> = steps.collect();

        let told = |outcome: &str, quota: Option<u32>| match quota {
            Some(quota) => json!(format!("{outcome} {quota}")),
            None => json!(outcome),
        };
        let expected = steps.iter().map(|(it, _)| told(&it.outcome, it.retry_quota));
        let got =
            steps.iter().map(|(it, got)| told(got.outcome, it.retry_quota.map(|_| got.quota)));
        let quota = Told::compared(expected.collect::<Value>(), got.collect::<Value>());

        let timed: Vec<_> =
            steps.iter().filter_map(|(it, got)| Some((it.delay?, got.delay))).collect();
        let expected = timed.iter().map(|(delay, _)| json!(delay));
        let got = timed.iter().map(|(_, delay)| delay.map_or(Value::Null, seconds));
        let backoff = Told::compared(expected.collect::<Value>(), got.collect::<Value>());
        (quota, (!timed.is_empty()).then_some(backoff))
    }
}

impl Given {
    fn machines(&self, version: Version) -> Option<(Policy, Budget)> {
        let (policy, allowance) = match version {
            Version::Newer => (self.newer(), Allowance::AWS_STANDARD_2_1),
            Version::Older => (Policy::aws_standard(), Allowance::AWS_STANDARD),
        };
        let policy = match self.max_attempts {
            Some(max_attempts) => policy.max_attempts(max_attempts),
            None => policy,
        };
        let policy = match self.max_backoff_time {
            Some(cap) => policy.cap(Duration::try_from_secs_f64(cap).ok()?),
            None => policy,
        };
        let initial = self.initial_retry_tokens.unwrap_or(allowance.capacity());
        let allowance = AllowanceBuilder::from(allowance).initial(initial).build().ok()?;
        Some((policy.build().ok()?, Budget::new(allowance)))
    }

    fn newer(&self) -> PolicyBuilder {
        match self.service.as_deref() {
            Some("dynamodb") => Policy::aws_dynamodb_2_1(),
            Some(_) | None => Policy::aws_standard_2_1(),
        }
    }
}

impl<'p> Client<'p> {
    fn new(policy: &'p Policy, budget: &'p Budget, draw: Draw, polls: bool) -> Client<'p> {
        let now = SystemClock.now();
        let attempts = Attempts::new(policy, || now);
        Client { policy, budget, draw, now, polls, attempts, spent: None }
    }

    fn hear(&mut self, response: &Response) -> Got {
        let (outcome, delay) = match response.ruling() {
            None => {
                self.succeed();
                ("success", None)
            }
            Some(ruling) => match self.fail(ruling) {
                Ok(delay) => ("retry_request", Some(delay)),
                Err(GiveUp::BudgetEmpty { delay, .. }) => {
                    ("retry_quota_exceeded", self.polls.then_some(delay))
                }
                Err(GiveUp::Exhausted { .. }) => ("max_attempts_exceeded", None),
                Err(GiveUp::Stopped) => ("fail_request", None),
                Err(GiveUp::DeadlineTooNear { .. }) => ("deadline_too_near", None),
                Err(GiveUp::ServerDelayTooLong { .. }) => ("server_delay_too_long", None),
            },
        };
        if delay.is_none() || outcome != "retry_request" {
            // The call is over, and the next answer is for another one.
            self.attempts = Attempts::new(self.policy, || self.now);
            self.spent = None;
        }
        Got { outcome, quota: self.budget.credits(self.now), delay }
    }

    fn succeed(&self) {
        match self.spent {
            Some(spent) => self.budget.refund(spent),
            None => self.budget.deposit(),
        }
    }

    fn fail(&mut self, ruling: Ruling) -> Result<Duration, GiveUp> {
        let delay = match self.attempts.failed(self.now, ruling, self.draw) {
            Next::GiveUp(why) => return Err(why),
            Next::RetryIn(delay) => delay,
        };
        match self.budget.withdraw_for(self.now, ruling.fault()) {
            Ok(credit) => self.spent = Some(credit.spend()),
            Err(empty) => {
                return Err(GiveUp::BudgetEmpty { delay, retry_at: empty.retry_at() });
            }
        }
        Ok(delay)
    }
}

impl Response {
    /// Judges an answer as the SDKs do; a success is none to judge.
    fn ruling(&self) -> Option<Ruling> {
        let code = self.error_code.as_deref().unwrap_or_default();
        let fault = match self.status_code {
            200..=299 if code.is_empty() => return None,
            _ if THROTTLES.contains(&code) => Fault::Throttled,
            _ if TIMEOUTS.contains(&code) => Fault::TimedOut,
            429 => Fault::Throttled,
            500 | 502 | 503 | 504 => Fault::Transient,
            _ => return Some(Verdict::Stop.into()),
        };
        let verdict = match self.delay() {
            Some(delay) => Verdict::RetryAfter(delay),
            None => Verdict::Retry,
        };
        Some(verdict.because(fault))
    }

    /// What the server asks for, in whole milliseconds; anything else is ignored.
    fn delay(&self) -> Option<Duration> {
        let is_delay = |name: &str| name.eq_ignore_ascii_case("x-amz-retry-after");
        let (_, text) = self.headers.iter().find(|(name, _)| is_delay(name))?;
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Duration::from_millis(text.parse().unwrap_or(u64::MAX)))
    }
}

/// The codes that the SDKs take for a throttle, whatever the status.
const THROTTLES: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// The codes that the SDKs take for a timeout.
const TIMEOUTS: &[&str] = &["RequestTimeout", "RequestTimeoutException"];
