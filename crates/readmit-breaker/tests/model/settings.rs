use std::time::Duration;

use proptest::option;
use proptest::prelude::*;
use readmit_breaker::{Builder, Config};

/// A configuration in plain numbers, milliseconds all; without jitter.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) rule: Rule,
    pub(crate) open: u64,
    pub(crate) growth: u32,
    pub(crate) max_open: u64,
    pub(crate) server_cap: u64,
    pub(crate) needed: u32,
    pub(crate) probes: u32,
    pub(crate) lease: u64,
    pub(crate) abandon_counts_after: u64,
    pub(crate) ramp: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) enum Rule {
    InARow(u32),
    Window { span: Span, failures: Failures, slow: Option<(u8, u64)>, min_calls: u32 },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Span {
    Calls(u32),
    Time(u64),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Failures {
    Count(u32),
    Percent(u8),
}

impl Settings {
    pub(crate) fn config(&self) -> Config {
        match self.rule {
            Rule::InARow(failures) => {
                self.finish(Config::consecutive_failures(failures)).build().unwrap()
            }
            Rule::Window { span, failures, slow, min_calls } => {
                let builder = match span {
                    Span::Calls(calls) => Config::over_calls(calls),
                    Span::Time(time) => Config::over_time(ms(time)),
                };
                let builder = match failures {
                    Failures::Count(count) => builder.failure_count(count),
                    Failures::Percent(percent) => builder.failure_rate(percent),
                };
                let builder = match slow {
                    Some((percent, after)) => builder.slow_rate(percent, ms(after)),
                    None => builder,
                };
                self.finish(builder.min_calls(min_calls)).build().unwrap()
            }
        }
    }

    pub(crate) fn slow_after(&self) -> Option<u64> {
        match self.rule {
            Rule::Window { slow: Some((_, after)), .. } => Some(after),
            Rule::InARow(_) | Rule::Window { slow: None, .. } => None,
        }
    }

    fn finish<R>(&self, builder: Builder<R>) -> Builder<R> {
        let builder = builder
            .open_for(ms(self.open))
            .open_growth(self.growth)
            .max_open(ms(self.max_open))
            .server_cap(ms(self.server_cap))
            .jitter(0)
            .probes(self.needed, self.probes)
            .probe_lease(ms(self.lease))
            .abandon_counts_after(ms(self.abandon_counts_after));
        match self.ramp {
            Some(ramp) => builder.ramp(ms(ramp)),
            None => builder,
        }
    }
}

pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let open = (0..2_000_u64, prop_oneof![Just(100), Just(200)], 0..8_000_u64, 0..9_000_u64);
    let probes = (1..4_u32, 0..3_u32, 1..5_000_u64);
    // A prime, so that no share of it is exactly a quarter.
    let ramp = option::weighted(0.2, Just(1_009));
    (rule(), open, probes, 0..3_000_u64, ramp).prop_map(
        |(rule, (open, growth, above, server_cap), (needed, more, lease), abandon, ramp)| {
            Settings {
                rule,
                open,
                growth,
                max_open: open + above,
                server_cap,
                needed,
                probes: needed + more,
                lease,
                abandon_counts_after: abandon,
                ramp,
            }
        },
    )
}

/// Settings under which the reference needs no draw, and time is divided by whole milliseconds: the
/// wrapper need not hear of the first call, from which the machine counts the parts of a window.
pub(crate) fn settings_without_chance() -> impl Strategy<Value = Settings> {
    settings().prop_map(|mut settings| {
        settings.ramp = None;
        if let Rule::Window { span: Span::Time(length), slow: None, .. } = &mut settings.rule {
            *length = 60;
        }
        settings
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    let span = prop_oneof![(1..12_u32).prop_map(Span::Calls), (1..3_000_u64).prop_map(Span::Time),];
    let failures = prop_oneof![
        (1..6_u32).prop_map(Failures::Count),
        (1..=100_u8).prop_map(Failures::Percent),
    ];
    let slow = option::of((1..=100_u8, 1..800_u64));
    prop_oneof![
        1 => (1..6_u32).prop_map(Rule::InARow),
        3 => (span, failures, slow, 1..8_u32).prop_map(|(span, failures, slow, min_calls)| {
            let (failures, min_calls) = match (span, failures) {
                (Span::Calls(calls), Failures::Count(count)) => {
                    (Failures::Count(count.min(calls)), min_calls.min(calls))
                }
                (Span::Calls(calls), Failures::Percent(_)) => (failures, min_calls.min(calls)),
                (Span::Time(_), Failures::Count(_) | Failures::Percent(_)) => (failures, min_calls),
            };
            Rule::Window { span, failures, slow, min_calls }
        }),
    ]
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
