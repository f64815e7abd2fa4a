use std::num::NonZeroU32;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use readmit_core::{Clock, Draw, SystemClock};
use readmit_retry::{Attempts, GiveUp, Jitter, Next, Percent, Policy, Verdict};

proptest! {
    #[test]
    fn the_machine_decides_as_the_reference(
        settings in settings(),
        events in vec(event(), 1..40),
    ) {
        let t0 = SystemClock.now();
        let policy = settings.policy();
        let mut attempts = Attempts::new(&policy, || t0);
        if let Some(until) = settings.until {
            attempts = attempts.until(t0 + Duration::from_millis(until));
        }
        let mut reference = Reference { settings, history: Vec::new() };
        let mut now = 0;

        for event in events {
            match event {
                Event::Advance(by) => now += by,
                Event::Failure(failure) => {
                    let at = t0 + Duration::from_millis(now);
                    let got = attempts.failed(at, failure.verdict(), failure.draw());
                    let expected = reference.failed(now, failure);
                    prop_assert_eq!(reference.read(got), expected);
                    prop_assert_eq!(attempts.attempts() as usize, reference.history.len());
                }
            }
        }
    }

    #[test]
    fn a_delay_lies_within_the_cap_and_grows_with_the_draw(
        base in edge_duration(),
        cap in edge_duration(),
        jitter in jitter(),
        retry in prop_oneof![1..100_u32, Just(u32::MAX - 1), Just(u32::MAX)],
        draws in (0.0..=1.0_f64, 0.0..=1.0_f64),
    ) {
        let (base, cap) = (base.min(cap), base.max(cap));
        prop_assume!(!base.is_zero());
        let policy = Policy::exponential(base).cap(cap).jitter(jitter).build().unwrap();
        let retry = NonZeroU32::new(retry).unwrap();
        let delay = |draw| policy.delay(retry, Draw::new(draw).unwrap());

        let (less, more) = (draws.0.min(draws.1), draws.0.max(draws.1));

        prop_assert!(delay(less) <= delay(more));
        prop_assert!(delay(1.0) <= cap);
        if jitter == Jitter::Full {
            prop_assert_eq!(delay(0.0), Duration::ZERO);
        }
        let longest = Duration::from_nanos(u64::MAX);
        if retry.get() == u32::MAX {
            prop_assert_eq!(delay(1.0), cap.min(longest));
        }
    }

    #[test]
    fn a_server_delay_is_a_lower_bound(
        settings in settings(),
        server in edge_duration(),
        draw in 0.0..=1.0,
    ) {
        let t0 = SystemClock.now();
        let policy = settings.policy();
        let draw = Draw::new(draw).unwrap();

        let next = Attempts::new(&policy, || t0).failed(t0, Verdict::RetryAfter(server), draw);

        match next {
            Next::RetryIn(delay) => {
                prop_assert!(server <= delay);
                // Proportional jitter of 100 % is twice as wide as the delay.
                let width = Duration::from_millis(settings.cap).saturating_mul(2);
                prop_assert!(delay <= server.saturating_add(width));
                if let Some(deadline) = policy.deadline() {
                    prop_assert!(delay <= deadline);
                }
            }
            Next::GiveUp(why) => {
                let too_late = policy.deadline().is_some_and(|deadline| deadline < server);
                let too_long = policy.server_cap() < server;
                let one = policy.max_attempts().get() == 1;
                prop_assert!(too_late || too_long || one, "{:?}", why);
            }
        }
    }
}

/// A policy in plain numbers, milliseconds all.
#[derive(Clone, Copy, Debug)]
struct Settings {
    max_attempts: u32,
    base: u64,
    cap: u64,
    jitter: Jitter,
    server_cap: u64,
    deadline: Option<u64>,
    until: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Advance(u64),
    Failure(Failure),
}

/// A failure, and a draw in quarters, so that the reference can do without floats.
#[derive(Clone, Copy, Debug)]
struct Failure {
    verdict: Told,
    quarters: u8,
}

/// A verdict, its delay in milliseconds.
#[derive(Clone, Copy, Debug)]
enum Told {
    Retry,
    RetryAfter(u64),
    Stop,
}

/// Keeps every failure, and decides from all of them.
#[derive(Debug)]
struct Reference {
    settings: Settings,
    history: Vec<(u64, Failure)>,
}

/// A decision without instants: a delay in nanoseconds, or a reason with its values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Decision {
    Again(u128),
    Exhausted(usize),
    Late { needed: u128, left: u128 },
    Long(u128),
    Stopped,
    Unpaid,
}

impl Settings {
    fn policy(&self) -> Policy {
        let builder = Policy::exponential(Duration::from_millis(self.base))
            .max_attempts(NonZeroU32::new(self.max_attempts).unwrap())
            .cap(Duration::from_millis(self.cap))
            .jitter(self.jitter)
            .server_cap(Duration::from_millis(self.server_cap));
        match self.deadline {
            Some(deadline) => builder.deadline(Duration::from_millis(deadline)).build().unwrap(),
            None => builder.build().unwrap(),
        }
    }
}

impl Failure {
    fn verdict(self) -> Verdict {
        match self.verdict {
            Told::Retry => Verdict::Retry,
            Told::RetryAfter(ms) => Verdict::RetryAfter(Duration::from_millis(ms)),
            Told::Stop => Verdict::Stop,
        }
    }

    fn draw(self) -> Draw {
        Draw::new(f64::from(self.quarters) / 4.0).unwrap()
    }
}

impl Reference {
    fn failed(&mut self, now: u64, failure: Failure) -> Decision {
        self.history.push((now, failure));
        let settings = &self.settings;
        let failures = self.history.len();

        let (low, width) = self.range();
        let chance = width * u128::from(failure.quarters) / 4;
        let (needed, wished) = match failure.verdict {
            Told::Stop => return Decision::Stopped,
            _ if failures >= settings.max_attempts as usize => {
                return Decision::Exhausted(failures);
            }
            Told::Retry => {
                let delay = (low + chance).min(u128::from(settings.cap) * MILLI);
                (delay, delay)
            }
            Told::RetryAfter(ms) if ms > settings.server_cap => {
                return Decision::Long(u128::from(ms) * MILLI);
            }
            Told::RetryAfter(ms) => {
                let server = u128::from(ms) * MILLI;
                (server, server + chance)
            }
        };

        let deadlines = [settings.deadline, settings.until];
        let Some(deadline) = deadlines.into_iter().flatten().min() else {
            return Decision::Again(wished);
        };
        let (deadline, now) = (u128::from(deadline) * MILLI, u128::from(now) * MILLI);
        for delay in [wished, needed] {
            if now + delay <= deadline {
                return Decision::Again(delay);
            }
        }
        Decision::Late { needed, left: deadline.saturating_sub(now) }
    }

    /// The shortest delay of the last failure, and how much chance adds.
    fn range(&self) -> (u128, u128) {
        let cap = u128::from(self.settings.cap) * MILLI;
        let mut nominal = u128::from(self.settings.base) * MILLI;
        for _earlier in &self.history[1..] {
            nominal = (nominal * 2).min(cap);
        }
        match self.settings.jitter {
            Jitter::Equal => (nominal - nominal / 2, nominal / 2),
            Jitter::Full => (0, nominal),
            Jitter::Proportional(percent) => {
                let swing = nominal * u128::from(percent.get()) / 100;
                (nominal - swing, 2 * swing)
            }
            Jitter::None | _ => (nominal, 0),
        }
    }

    fn read(&self, next: Next) -> Decision {
        match next {
            Next::RetryIn(delay) => Decision::Again(delay.as_nanos()),
            Next::GiveUp(GiveUp::BudgetEmpty { .. }) => Decision::Unpaid,
            Next::GiveUp(GiveUp::DeadlineTooNear { needed, left, .. }) => {
                Decision::Late { needed: needed.as_nanos(), left: left.as_nanos() }
            }
            Next::GiveUp(GiveUp::Exhausted { attempts }) => Decision::Exhausted(attempts as usize),
            Next::GiveUp(GiveUp::ServerDelayTooLong { needed, .. }) => {
                Decision::Long(needed.as_nanos())
            }
            Next::GiveUp(GiveUp::Stopped) => Decision::Stopped,
        }
    }
}

fn settings() -> impl Strategy<Value = Settings> {
    let limit = || proptest::option::of(1..20_000_u64);
    let caps = (1..5_000_u64, 0..50_000_u64, 0..30_000_u64);
    (1..8_u32, caps, jitter(), limit(), limit()).prop_map(
        |(max_attempts, (base, above, server_cap), jitter, deadline, until)| Settings {
            max_attempts,
            base,
            cap: base + above,
            jitter,
            server_cap,
            deadline,
            until,
        },
    )
}

fn jitter() -> impl Strategy<Value = Jitter> {
    prop_oneof![
        Just(Jitter::Equal),
        Just(Jitter::Full),
        Just(Jitter::None),
        (1..=100_u8).prop_map(|percent| Jitter::Proportional(Percent::new(percent).unwrap())),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let told = prop_oneof![
        6 => Just(Told::Retry),
        4 => (0..20_000_u64).prop_map(Told::RetryAfter),
        1 => Just(Told::Stop),
    ];
    prop_oneof![
        (0..3_000_u64).prop_map(Event::Advance),
        (told, 0..=4_u8)
            .prop_map(|(verdict, quarters)| Event::Failure(Failure { verdict, quarters })),
    ]
}

/// Ordinary lengths, and those at the edges of the arithmetic.
fn edge_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (0..100_000_u64).prop_map(Duration::from_millis),
        (0..10_u64).prop_map(Duration::from_nanos),
        (0..10_u64).prop_map(|less| Duration::from_nanos(u64::MAX - less)),
        Just(Duration::MAX),
        Just(Duration::MAX - Duration::from_nanos(1)),
    ]
}

/// In nanoseconds.
const MILLI: u128 = 1_000_000;
