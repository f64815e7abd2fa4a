use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use readmit_core::{Clock, SystemClock};
use readmit_retry::{Allowance, Budget, Credit, Fault, Percent, Spent};

proptest! {
    #[test]
    fn the_budget_pays_as_the_reference(
        terms in terms(),
        deeds in vec(deed(), 1..120),
    ) {
        let t0 = SystemClock.now();
        let budget = Budget::new(terms.allowance());
        let mut ledger = Ledger { terms, entries: Vec::new() };
        let mut held: Vec<(Credit<'_>, u32)> = Vec::new();
        let mut sent: Vec<(Spent, u32)> = Vec::new();
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
                    if let Some((_, cost)) = held.pop() {
                        ledger.entries.push(Entry::GiveBack(cost));
                    }
                }
                Deed::Refund => {
                    if let Some((spent, cost)) = sent.pop() {
                        budget.refund(spent);
                        ledger.entries.push(Entry::Refund(cost));
                    }
                }
                Deed::Spend => {
                    if !held.is_empty() {
                        let (credit, cost) = held.remove(0);
                        sent.push((credit.spend(), cost));
                    }
                }
                Deed::Withdraw { fault, late } => {
                    let read = now - late;
                    let cost = terms.cost(fault);
                    let expected = u64::from(cost) * 1_000 <= ledger.credits(read);
                    let got = budget.withdraw_for(t0 + Duration::from_millis(read), fault);
                    prop_assert_eq!(got.is_ok(), expected);
                    ledger.entries.push(match got {
                        Ok(credit) => {
                            held.push((credit, cost));
                            Entry::Withdraw(read, cost)
                        }
                        Err(empty) => {
                            prop_assert_eq!(empty.retry_at().is_some(), 0 < terms.per_second);
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

/// The terms of a budget in plain numbers.
#[derive(Clone, Copy, Debug)]
struct Terms {
    percent: u8,
    per_second: u32,
    capacity: u32,
    initial: u32,
    /// Of a retry after a throttle, after a timeout, and after anything else.
    costs: (u32, u32, u32),
    refunds: bool,
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Advance(u64),
    Deposit,
    GiveBack,
    Refund,
    Spend,
    /// With a clock that was read so many milliseconds ago.
    Withdraw {
        fault: Fault,
        late: u64,
    },
}

/// What happened, and when where the budget is told.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Deposit,
    GiveBack(u32),
    Refund(u32),
    Refuse(u64),
    Withdraw(u64, u32),
}

/// Keeps everything that happened to a budget, and recounts it in thousandths of a credit.
#[derive(Debug)]
struct Ledger {
    terms: Terms,
    entries: Vec<Entry>,
}

impl Terms {
    fn allowance(&self) -> Allowance {
        let (throttled, timed_out, transient) = self.costs;
        let builder = Allowance::percent_of_calls(Percent::new(self.percent).unwrap())
            .per_second(self.per_second)
            .capacity(self.capacity)
            .initial(self.initial)
            .cost(Fault::Throttled, throttled)
            .cost(Fault::TimedOut, timed_out)
            .cost(Fault::Transient, transient);
        let builder = if self.refunds { builder.refund() } else { builder };
        builder.build().unwrap()
    }

    fn cost(&self, fault: Fault) -> u32 {
        let (throttled, timed_out, transient) = self.costs;
        match fault {
            Fault::Throttled => throttled,
            Fault::TimedOut => timed_out,
            Fault::Transient => transient,
        }
    }
}

impl Ledger {
    /// What a withdrawal finds at `now`, in thousandths of a credit.
    fn credits(&self, now: u64) -> u64 {
        let most = u64::from(self.terms.capacity) * 1_000;
        let share = u64::from(self.terms.percent) * 10;
        let mut credits = u64::from(self.terms.initial) * 1_000;
        let mut counted_to = None;
        for entry in self.entries.iter().copied().chain([Entry::Refuse(now)]) {
            if let Entry::Refuse(at) | Entry::Withdraw(at, _) = entry {
                // A tick at a time, as if the floor came in by the millisecond; time counts from
                // the first withdrawal.
                let mut tick = counted_to.unwrap_or(at);
                while tick < at {
                    credits = (credits + u64::from(self.terms.per_second)).min(most);
                    tick += 1;
                }
                counted_to = Some(tick);
            }
            credits = match entry {
                Entry::Deposit => credits + share,
                Entry::Refund(_) if !self.terms.refunds => credits + share,
                Entry::GiveBack(cost) | Entry::Refund(cost) => credits + u64::from(cost) * 1_000,
                Entry::Refuse(_) => credits,
                Entry::Withdraw(_, cost) => credits - u64::from(cost) * 1_000,
            };
            credits = credits.min(most);
        }
        credits
    }
}

fn terms() -> impl Strategy<Value = Terms> {
    let costs = (0..=5_u32, 0..=5_u32, 1..=5_u32);
    (1..=100_u8, 0..5_u32, 5..12_u32, 0..=5_u32, costs, any::<bool>()).prop_map(
        |(percent, per_second, capacity, short, costs, refunds)| Terms {
            percent,
            per_second,
            capacity,
            initial: capacity - short,
            costs,
            refunds,
        },
    )
}

fn deed() -> impl Strategy<Value = Deed> {
    let fault = prop_oneof![Just(Fault::Throttled), Just(Fault::TimedOut), Just(Fault::Transient)];
    let late = prop_oneof![3 => Just(0), 1 => 0..2_000_u64];
    prop_oneof![
        2 => (0..1_500_u64).prop_map(Deed::Advance),
        3 => Just(Deed::Deposit),
        1 => Just(Deed::GiveBack),
        1 => Just(Deed::Refund),
        2 => Just(Deed::Spend),
        5 => (fault, late).prop_map(|(fault, late)| Deed::Withdraw { fault, late }),
    ]
}
