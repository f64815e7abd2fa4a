use std::time::Duration;

use readmit_core::{Clock, SystemClock};
use readmit_retry::{
    Allowance, AllowanceBuilder, Budget, Call, Fault, Jitter, Percent, Policy, Ruling, Verdict,
    retry_blocking,
};
use serde::Deserialize;
use serde_json::json;

use super::Told;

/// Facts about the credits of a budget.
#[derive(Debug, Default, Deserialize)]
pub(super) struct TokenBucket {
    success_reward: Option<SuccessReward>,
    exhaustion: Option<Exhaustion>,
    combined_time_and_reward: Option<Combined>,
    quota: Option<List<Quota>>,
    not_given_back: Option<List<String>>,
}

#[derive(Debug, Deserialize)]
struct List<T> {
    cases: Vec<T>,
}

/// How many successes bring one credit to an empty budget.
#[derive(Debug, Deserialize)]
struct SuccessReward {
    capacity: u32,
    reward: f64,
    successes_until_one_token: u32,
}

/// How many retries a full budget pays for.
#[derive(Debug, Deserialize)]
struct Exhaustion {
    capacity: u32,
    cost: u32,
    grants: u32,
}

/// What time and successes bring to an empty budget.
#[derive(Debug, Deserialize)]
struct Combined {
    refill_per_s: f64,
    elapsed_s: u64,
    reward: f64,
    successes: u32,
    expected_tokens: u32,
}

/// What is left after credits were taken and came back.
#[derive(Debug, Deserialize)]
struct Quota {
    start: u32,
    /// `acquire 5`, `acquire 10 (refused)` or `release 5`.
    ops: Vec<String>,
    left: u32,
}

/// A call that a sentence tells of.
#[derive(Debug)]
struct Sentence {
    begin: &'static str,
    /// Those before the success, if there is one.
    failures: &'static [(Verdict, Fault)],
    /// By how much the credits change.
    change: i64,
}

impl TokenBucket {
    /// Returns each fact with its id, its name and what came of it.
    pub(super) fn run(&self) -> Vec<(String, String, Told)> {
        let mut told = Vec::new();
        let mut tell = |id: &str, name: &str, it: Option<Told>| {
            let it = it.unwrap_or(Told::Skipped("its settings do not build"));
            told.push((id.to_owned(), name.to_owned(), it));
        };
        if let Some(case) = &self.success_reward {
            tell("success_reward", "successes until one credit", case.run());
        }
        if let Some(case) = &self.exhaustion {
            tell("exhaustion", "retries that a full budget pays", case.run());
        }
        if let Some(case) = &self.combined_time_and_reward {
            tell("combined_time_and_reward", "time and successes together", case.run());
        }
        for (at, case) in self.quota.iter().flat_map(|list| &list.cases).enumerate() {
            tell(&format!("quota[{at}]"), &case.ops.join(", "), case.run());
        }
        for (at, case) in self.not_given_back.iter().flat_map(|list| &list.cases).enumerate() {
            tell(&format!("not_given_back[{at}]"), case, Some(outcome(case)));
        }
        told
    }
}

impl SuccessReward {
    fn run(&self) -> Option<Told> {
        let builder = Allowance::percent_of_calls(share(self.reward)?).per_second(0);
        let budget = Budget::new(builder.capacity(self.capacity).initial(0).build().ok()?);
        let now = SystemClock.now();
        let mut successes = 0_u32;
        while budget.credits(now) == 0 {
            budget.deposit();
            successes = successes.saturating_add(1);
        }
        Some(Told::compared(self.successes_until_one_token, successes))
    }
}

impl Exhaustion {
    fn run(&self) -> Option<Told> {
        let builder = AllowanceBuilder::from(Allowance::DEFAULT).per_second(0);
        let builder = builder.capacity(self.capacity).cost(Fault::Transient, self.cost);
        let budget = Budget::new(builder.build().ok()?);
        let now = SystemClock.now();
        let mut grants = 0_u32;
        while grants <= self.grants && budget.withdraw(now).map(|it| it.spend()).is_ok() {
            grants += 1;
        }
        Some(Told::compared(self.grants, grants))
    }
}

impl Combined {
    fn run(&self) -> Option<Told> {
        let floor = (1..=1_000).find(|&floor| f64::from(floor) == self.refill_per_s)?;
        let builder = Allowance::percent_of_calls(share(self.reward)?).per_second(floor);
        let budget = Budget::new(builder.capacity(1_000).initial(0).build().ok()?);
        let now = SystemClock.now();
        // Time counts from the first retry that was asked for.
        let refused = budget.withdraw(now).is_err();
        for _ in 0..self.successes {
            budget.deposit();
        }
        let then = now.checked_add(Duration::from_secs(self.elapsed_s))?;
        Some(Told::compared(self.expected_tokens, refused.then(|| budget.credits(then))))
    }
}

impl Quota {
    fn run(&self) -> Option<Told> {
        let builder = Allowance::percent_of_calls(share(1.0)?).per_second(0);
        let mut builder = builder.capacity(self.start);
        let now = SystemClock.now();
        let mut kinds = FAULTS.into_iter();
        let mut acts = Vec::new();
        for op in &self.ops {
            let (verb, amount) = op.split_once(' ')?;
            let (number, refused) = match amount.split_once(' ') {
                Some((number, note)) => (number, note == "(refused)"),
                None => (amount, false),
            };
            let amount: u32 = number.parse().ok()?;
            // A budget has a price for each kind of failure.
            let kind = if verb == "acquire" { Some(kinds.next()?) } else { None };
            if let Some(kind) = kind {
                builder = builder.cost(kind, amount);
            }
            acts.push((kind, amount, refused));
        }
        let budget = Budget::new(builder.build().ok()?);
        let mut is_as_told = true;
        for (kind, amount, refused) in acts {
            match kind {
                Some(kind) => {
                    let paid = budget.withdraw_for(now, kind).map(|credit| credit.spend());
                    is_as_told &= paid.is_err() == refused;
                }
                // A success brings one whole credit here.
                None => (0..amount).for_each(|_| budget.deposit()),
            }
        }
        Some(Told::compared(self.left, is_as_told.then(|| budget.credits(now))))
    }
}

/// Plays what a sentence says, in the standard mode, and tells how the credits have changed.
fn outcome(sentence: &str) -> Told {
    let Some(said) = SENTENCES.iter().find(|it| sentence.starts_with(it.begin)) else {
        return Told::Skipped("its sentence is not known");
    };
    let standard = AllowanceBuilder::from(Allowance::AWS_STANDARD).initial(START).build();
    let policy = Policy::aws_standard().jitter(Jitter::None).build();
    let (Ok(standard), Ok(policy)) = (standard, policy) else {
        return Told::Skipped("the preset does not build");
    };
    let budget = Budget::new(standard);
    let mut failures = said.failures.iter();
    let call = Call::new(&policy).budget(&budget);
    let answer = || match failures.next() {
        Some(&(verdict, fault)) => Err(verdict.because(fault)),
        None => Ok(()),
    };
    let _ended = retry_blocking(call, |_delay| {}, answer).verdict(|told: &Ruling| *told);
    let left = i64::from(budget.credits(SystemClock.now()));
    Told::compared(said.change, json!(left - i64::from(START)))
}

/// Returns a share of a credit.
fn share(reward: f64) -> Option<Percent> {
    (1..=100)
        .find(|&percent| f64::from(percent) / 100.0 == reward)
        .and_then(|it| Percent::new(it).ok())
}

const FAULTS: [Fault; 3] = [Fault::Transient, Fault::TimedOut, Fault::Throttled];

/// Credits at the start of a sentence, so that there is room to both sides.
const START: u32 = 400;

/// What the sentences of a list say.
const SENTENCES: &[Sentence] = &[
    Sentence {
        begin: "all retries failed",
        failures: &[(Verdict::Retry, Fault::Transient); 3],
        change: -10,
    },
    Sentence {
        begin: "a single failed",
        failures: &[(Verdict::Stop, Fault::Transient)],
        change: 0,
    },
    Sentence { begin: "a first-try success", failures: &[], change: 1 },
    Sentence {
        begin: "a success after a retry",
        failures: &[(Verdict::Retry, Fault::Transient), (Verdict::Retry, Fault::TimedOut)],
        change: -5,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_that_was_not_told_is_wrong() {
        let quota = |op: &str, left| Quota { start: 5, ops: vec![op.to_owned()], left };

        for (case, is_right) in [
            (quota("acquire 5", 0), true),
            (quota("acquire 5 (refused)", 0), false),
            (quota("release 5", 5), true),
            (quota("acquire 4", 0), false),
        ] {
            let Some(Told::Compared { expected, got }) = case.run() else { panic!("compared") };
            assert_eq!(expected == got, is_right, "{case:?}");
        }
        assert!(quota("borrow", 5).run().is_none());
    }

    #[test]
    fn a_sentence_that_is_not_known_is_skipped() {
        assert!(matches!(outcome("something else"), Told::Skipped(_)));
    }
}
