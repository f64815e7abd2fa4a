use std::num::NonZeroU32;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use readmit_core::{Clock, SystemClock};
use readmit_retry::{Allowance, Budget, Credit, Percent};

proptest! {
    #[test]
    fn the_budget_pays_as_the_reference(
        allowance in (1..=100_u8, 0..5_u32, 5..12_u32),
        deeds in vec(deed(), 1..120),
    ) {
        let t0 = SystemClock.now();
        let (percent, per_second, capacity) = allowance;
        let allowance = Allowance::percent_of_calls(Percent::new(percent).unwrap())
            .per_second(per_second)
            .capacity(NonZeroU32::new(capacity).unwrap())
            .build()
            .unwrap();
        let budget = Budget::new(allowance);
        let mut ledger = Ledger { percent, per_second, capacity, entries: Vec::new() };
        let mut held: Vec<Credit<'_>> = Vec::new();
        // Late enough for a clock that was read before the budget was made.
        let mut now = 10_000;

        for deed in deeds {
            match deed {
                Deed::Advance(by) => now += by,
                Deed::Deposit => {
                    budget.deposit();
                    ledger.entries.push(Entry::Deposit);
                }
                Deed::GiveBack => {
                    if held.pop().is_some() {
                        ledger.entries.push(Entry::GiveBack);
                    }
                }
                Deed::Spend => {
                    if !held.is_empty() {
                        held.remove(0).spend();
                    }
                }
                Deed::Withdraw { late } => {
                    let read = now - late;
                    let expected = ledger.credits(read) >= 1_000;
                    let got = budget.withdraw(t0 + Duration::from_millis(read));
                    prop_assert_eq!(got.is_ok(), expected);
                    ledger.entries.push(match got {
                        Ok(credit) => {
                            held.push(credit);
                            Entry::Withdraw(read)
                        }
                        Err(empty) => {
                            prop_assert_eq!(empty.retry_at().is_some(), 0 < per_second);
                            Entry::Refuse(read)
                        }
                    });
                }
            }
            let at = t0 + Duration::from_millis(now);
            prop_assert_eq!(u64::from(budget.credits(at)), ledger.credits(now) / 1_000);
        }
    }

    #[test]
    fn an_empty_budget_pays_at_the_instant_it_told_and_not_before(
        per_second in 1..100_u32,
        deposits in 0..10_u32,
    ) {
        let t0 = SystemClock.now();
        let allowance = Allowance::percent_of_calls(Percent::new(9).unwrap())
            .per_second(per_second)
            .build()
            .unwrap();
        let budget = Budget::new(allowance);
        for _ in 0..100 {
            budget.withdraw(t0).unwrap().spend();
        }
        for _ in 0..deposits {
            budget.deposit();
        }

        let retry_at = budget.withdraw(t0).unwrap_err().retry_at().unwrap();

        prop_assert_eq!(budget.credits(retry_at - Duration::from_nanos(1)), 0);
        prop_assert_eq!(budget.credits(retry_at), 1);
    }
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Advance(u64),
    Deposit,
    GiveBack,
    Spend,
    /// With a clock that was read so many milliseconds ago.
    Withdraw {
        late: u64,
    },
}

/// What happened, and when where the budget is told.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Deposit,
    GiveBack,
    Refuse(u64),
    Withdraw(u64),
}

/// Keeps everything that happened to a budget, and recounts it in thousandths of a credit.
#[derive(Debug)]
struct Ledger {
    percent: u8,
    per_second: u32,
    capacity: u32,
    entries: Vec<Entry>,
}

impl Ledger {
    /// What a withdrawal finds at `now`, in thousandths of a credit.
    fn credits(&self, now: u64) -> u64 {
        let most = u64::from(self.capacity) * 1_000;
        let mut credits = most;
        let mut counted_to = 0;
        for entry in self.entries.iter().copied().chain([Entry::Refuse(now)]) {
            if let Entry::Refuse(at) | Entry::Withdraw(at) = entry {
                // A tick at a time, as if the floor came in by the millisecond.
                while counted_to < at {
                    credits = (credits + u64::from(self.per_second)).min(most);
                    counted_to += 1;
                }
            }
            credits = match entry {
                Entry::Deposit => credits + u64::from(self.percent) * 10,
                Entry::GiveBack => credits + 1_000,
                Entry::Refuse(_) => credits,
                Entry::Withdraw(_) => credits - 1_000,
            };
            credits = credits.min(most);
        }
        credits
    }
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        2 => (0..1_500_u64).prop_map(Deed::Advance),
        3 => Just(Deed::Deposit),
        1 => Just(Deed::GiveBack),
        1 => Just(Deed::Spend),
        5 => prop_oneof![3 => Just(0), 1 => 0..2_000_u64]
            .prop_map(|late| Deed::Withdraw { late }),
    ]
}
