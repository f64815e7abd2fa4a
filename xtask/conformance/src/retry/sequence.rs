use std::time::Duration;

use readmit_core::{Draw, Draws};
use readmit_retry::Policy;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Told, seconds};

/// The delays of a policy that doubles.
#[derive(Debug, Deserialize)]
pub(super) struct Sequence {
    pub(super) id: Option<String>,
    #[serde(default)]
    name: String,
    source: Option<String>,
    /// In seconds, as is the next one; where it is missing, the name says it.
    base: Option<f64>,
    max: Option<f64>,
    /// The random number of every jitter.
    jitter: Option<f64>,
    /// Which delays, counted from 1.
    attempts: Option<Vec<usize>>,
    /// Which delays, counted from 0.
    retries: Option<Vec<usize>>,
    /// In seconds.
    delays: Option<Vec<f64>>,
}

impl Sequence {
    pub(super) fn name(&self) -> &str {
        if self.name.is_empty() { self.source.as_deref().unwrap_or_default() } else { &self.name }
    }

    pub(super) fn run(&self) -> Told {
        let Some(policy) = self.policy() else {
            return Told::Skipped("its settings do not build");
        };
        let Some(delays) = &self.delays else {
            return if self.name.starts_with(UNIFORMITY) {
                Told::compared("even", evenness(&policy))
            } else {
                Told::Skipped("it says in no number what must be")
            };
        };
        let Some(draw) = Draw::new(self.jitter.unwrap_or(1.0)) else {
            return Told::Skipped("its random number is none from 0 to 1");
        };
        let numbers: Vec<usize> = match (&self.attempts, &self.retries) {
            (Some(attempts), _) => attempts.clone(),
            (None, Some(retries)) => retries.iter().map(|retry| retry.saturating_add(1)).collect(),
            (None, None) => (1..=delays.len()).collect(),
        };
        let got = numbers.iter().map(|&number| seconds(nth(&policy, number, draw)));
        let expected = delays.iter().map(|delay| json!(delay));
        Told::compared(expected.collect::<Value>(), got.collect::<Value>())
    }

    fn policy(&self) -> Option<Policy> {
        let base = self.base.or_else(|| named(&self.name, "initial")).unwrap_or(DEFAULT_BASE);
        let cap = self.max.or_else(|| named(&self.name, "max")).unwrap_or(DEFAULT_CAP);
        let [base, cap] = [base, cap].map(|secs| Duration::try_from_secs_f64(secs).ok());
        Policy::exponential(base?).cap(cap?).build().ok()
    }
}

/// Returns a delay, counted from 1.
fn nth(policy: &Policy, number: usize, draw: Draw) -> Duration {
    let mut delays = policy.delays();
    for _ in 1..number {
        delays.next(draw);
    }
    delays.next(draw)
}

/// Returns the seconds that a name tells after a word, as in `max 4s`.
fn named(name: &str, word: &str) -> Option<f64> {
    let mut words = name.split([' ', ',']).skip_while(|part| *part != word);
    words.nth(1)?.strip_suffix('s')?.parse().ok()
}

/// Says whether each whole second below the cap is drawn as often as the others, within a fifth.
fn evenness(policy: &Policy) -> &'static str {
    let draws = Draws::seeded(1);
    let bins = nth(policy, CAPPED, Draw::MAX).as_secs();
    let mut counts = vec![0_u64; usize::try_from(bins).unwrap_or_default()];
    let mut delays = policy.delays();
    for _ in 1..CAPPED {
        delays.next(Draw::MAX);
    }
    for _ in 0..DRAWS {
        let second = usize::try_from(delays.next(draws.draw()).as_secs()).unwrap_or(usize::MAX);
        // The cap itself has no bin.
        if let Some(count) = counts.get_mut(second) {
            *count += 1;
        }
    }
    let mean = DRAWS / bins.max(1);
    let is_even = !counts.is_empty() && counts.iter().all(|it| it.abs_diff(mean) <= mean / 5);
    if is_even { "even" } else { "uneven" }
}

/// How the name of the case begins that looks at many draws.
const UNIFORMITY: &str = "uniformity";
const DRAWS: u64 = 10_000;
/// A retry whose delay is the cap.
const CAPPED: usize = 33;

/// In seconds, as the standard mode has them.
const DEFAULT_BASE: f64 = 1.0;
const DEFAULT_CAP: f64 = 20.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_tell_the_settings() {
        let name = "gax exponential: initial 1.5s, max 4s, scaling 2";

        assert_eq!([named(name, "initial"), named(name, "max")], [Some(1.5), Some(4.0)]);
        assert_eq!(named(name, "scaling"), None);
        assert_eq!(named("the max", "max"), None);
    }

    #[test]
    fn draws_that_lean_are_uneven() {
        let policy = Policy::exponential(Duration::from_secs(1)).cap(Duration::from_secs(20));
        let full = policy.clone().build().unwrap();
        let equal = policy.jitter(readmit_retry::Jitter::Equal).build().unwrap();

        assert_eq!((evenness(&full), evenness(&equal)), ("even", "uneven"));
    }
}
