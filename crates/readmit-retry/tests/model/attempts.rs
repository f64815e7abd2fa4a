use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use readmit_core::{Clock, Draw, SystemClock};
use readmit_retry::{
    Attempts, Fault, GiveUp, Jitter, Next, Percent, Policy, PolicyBuilder, Ruling, Verdict,
};

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
                    let got = attempts.failed(at, failure.ruling(), failure.draw());
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
        shape in shape(),
        jitter in jitter(),
        retry in 1..200_usize,
        draws in (0.0..=1.0_f64, 0.0..=1.0_f64),
    ) {
        let (base, cap) = (base.min(cap), base.max(cap));
        prop_assume!(!base.is_zero());
        let policy = shape.builder(base, jitter).cap(cap).build().unwrap();
        let mut before = policy.delays();
        for _ in 1..retry {
            before.next(Draw::MAX);
        }
        let delay = |draw| before.clone().next(Draw::new(draw).unwrap());

        let (less, more) = (draws.0.min(draws.1), draws.0.max(draws.1));

        prop_assert!(delay(less) <= delay(more));
        prop_assert!(delay(1.0) <= cap);
        if shape == Shape::Decorrelated {
            prop_assert_eq!(delay(0.0), base.min(LONGEST));
        } else if jitter == Jitter::Full {
            prop_assert_eq!(delay(0.0), Duration::ZERO);
        }
        let grows = matches!(shape, Shape::Decorrelated | Shape::Doubling | Shape::Growing);
        // 1.5 to the power of 120 is more than a word holds.
        if grows && 120 < retry {
            prop_assert_eq!(delay(1.0), cap.min(LONGEST));
        }
    }

    #[test]
    fn a_server_delay_is_a_lower_bound(
        settings in settings(),
        server in edge_duration(),
        draw in 0.0..=1.0,
    ) {
        let t0 = SystemClock.now();
        let settings = Settings { rule: ServerRule::InFull, ..settings };
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
                let too_long = policy.server_cap().is_some_and(|cap| cap < server);
                let one = policy.max_attempts() == 1;
                prop_assert!(too_late || too_long || one, "{:?}", why);
            }
        }
    }
}

/// A policy in plain numbers, milliseconds all.
#[derive(Clone, Copy, Debug)]
struct Settings {
    max_attempts: u32,
    shape: Shape,
    rule: ServerRule,
    base: u64,
    cap: u64,
    jitter: Jitter,
    server_cap: u64,
    deadline: Option<u64>,
    until: Option<u64>,
}

/// How the delay goes from one retry to the next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shape {
    Constant,
    Decorrelated,
    Doubling,
    /// By 1.5, which floats hold exactly as far as this goes.
    Growing,
    /// The base, its half, and all of it again.
    Sequence,
}

/// What becomes of a server's delay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum ServerRule {
    /// Cut to 20 s.
    Cut,
    InFull,
    /// At least the own delay, and at most 5 s more.
    Near,
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
    fault: Fault,
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
        let base = Duration::from_millis(self.base);
        let builder = match self.rule {
            ServerRule::Cut => Policy::aws_standard().jitter(self.jitter),
            ServerRule::InFull => {
                let server_cap = Duration::from_millis(self.server_cap);
                self.shape.builder(base, self.jitter).server_cap(server_cap)
            }
            ServerRule::Near => Policy::aws_standard_2_1().jitter(self.jitter),
        };
        let builder = builder.max_attempts(self.max_attempts).cap(Duration::from_millis(self.cap));
        match self.deadline {
            Some(deadline) => builder.deadline(Duration::from_millis(deadline)).build().unwrap(),
            None => builder.build().unwrap(),
        }
    }

    /// As they are where a published preset sets the shape and the base.
    fn of_presets(self) -> Settings {
        match self.rule {
            ServerRule::Cut => Settings { shape: Shape::Doubling, base: 1_000, ..self },
            ServerRule::InFull => self,
            ServerRule::Near => Settings { shape: Shape::Doubling, base: 50, ..self },
        }
    }
}

impl Shape {
    fn builder(self, base: Duration, jitter: Jitter) -> PolicyBuilder {
        match self {
            Shape::Constant => Policy::constant(base).jitter(jitter),
            Shape::Decorrelated => Policy::decorrelated(base),
            Shape::Doubling => Policy::exponential(base).jitter(jitter),
            Shape::Growing => Policy::growing(base, 1.5).jitter(jitter),
            Shape::Sequence => Policy::sequence([base, base / 2, base]).jitter(jitter),
        }
    }
}

impl Failure {
    fn ruling(self) -> Ruling {
        let verdict = match self.verdict {
            Told::Retry => Verdict::Retry,
            Told::RetryAfter(ms) => Verdict::RetryAfter(Duration::from_millis(ms)),
            Told::Stop => Verdict::Stop,
        };
        verdict.because(self.fault)
    }

    fn draw(self) -> Draw {
        Draw::new(f64::from(self.quarters) / 4.0).unwrap()
    }
}

impl Reference {
    fn failed(&mut self, now: u64, failure: Failure) -> Decision {
        self.history.push((now, failure));
        let settings = self.settings;
        let failures = self.history.len();

        let (needed, wished) = match failure.verdict {
            Told::Stop => return Decision::Stopped,
            _ if failures >= settings.max_attempts as usize => {
                return Decision::Exhausted(failures);
            }
            Told::Retry => {
                let delay = self.own();
                (delay, delay)
            }
            Told::RetryAfter(ms) => {
                let server = u128::from(ms) * MILLI;
                match settings.rule {
                    ServerRule::Cut => (server.min(20_000 * MILLI), server.min(20_000 * MILLI)),
                    ServerRule::InFull if ms > settings.server_cap => {
                        return Decision::Long(server);
                    }
                    ServerRule::InFull => (server, server + self.chance()),
                    ServerRule::Near if server < self.own() => (self.own(), self.own()),
                    ServerRule::Near => {
                        let delay = server.min(self.own() + 5_000 * MILLI);
                        (delay, delay)
                    }
                }
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

    /// The policy's own delay after the last failure.
    fn own(&self) -> u128 {
        let (low, _) = self.range(self.history.len());
        (low + self.chance()).min(self.cap())
    }

    /// What chance makes of it.
    fn chance(&self) -> u128 {
        let (_, width) = self.range(self.history.len());
        let quarters = self.history.last().map_or(0, |(_, failure)| failure.quarters);
        width * u128::from(quarters) / 4
    }

    /// The shortest delay after so many failures, and how much chance adds.
    fn range(&self, failures: usize) -> (u128, u128) {
        let base = u128::from(self.settings.base) * MILLI;
        if self.settings.shape == Shape::Decorrelated {
            return (base, self.widest(failures) - base);
        }
        let fault = self.history[failures - 1].1.fault;
        let mut nominal = match (self.settings.rule, fault) {
            (ServerRule::Near, Fault::Throttled) => 1_000 * MILLI,
            _ => base,
        };
        for earlier in 1..failures {
            nominal = match self.settings.shape {
                Shape::Constant | Shape::Decorrelated => nominal,
                Shape::Doubling => (nominal * 2).min(self.cap()),
                // Rounded once at the end, so it is kept whole until then.
                Shape::Growing => nominal,
                Shape::Sequence if earlier == 1 => base / 2,
                Shape::Sequence => base,
            };
        }
        if self.settings.shape == Shape::Growing {
            let grown = u32::try_from(failures - 1).unwrap();
            let (above, below) = (3_u128.pow(grown), 2_u128.pow(grown));
            nominal = (base * above / below).min(self.cap());
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

    /// The end of a decorrelated range, from every draw that a delay was made of.
    fn widest(&self, failures: usize) -> u128 {
        let base = u128::from(self.settings.base) * MILLI;
        let mut delay = base;
        let drawn = self.history[..failures - 1].iter().map(|(_, failure)| failure);
        for failure in drawn.filter(|failure| !matches!(failure.verdict, Told::Stop)) {
            let end = (3 * delay).min(self.cap());
            delay = base + (end - base) * u128::from(failure.quarters) / 4;
        }
        (3 * delay).min(self.cap())
    }

    fn cap(&self) -> u128 {
        u128::from(self.settings.cap) * MILLI
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
    let caps = (1..5_000_u64, 1_000..50_000_u64, 0..30_000_u64);
    let rule = prop_oneof![
        1 => Just(ServerRule::Cut),
        4 => Just(ServerRule::InFull),
        1 => Just(ServerRule::Near),
    ];
    let whole = (1..8_u32, shape(), rule, caps, jitter(), limit(), limit());
    whole.prop_map(|(max_attempts, shape, rule, caps, jitter, deadline, until)| {
        let (base, above, server_cap) = caps;
        let cap = base + above;
        let settings =
            Settings { max_attempts, shape, rule, base, cap, jitter, server_cap, deadline, until };
        settings.of_presets()
    })
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        1 => Just(Shape::Constant),
        1 => Just(Shape::Decorrelated),
        2 => Just(Shape::Doubling),
        1 => Just(Shape::Growing),
        1 => Just(Shape::Sequence),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::Transient),
        1 => Just(Fault::Throttled),
        1 => Just(Fault::TimedOut),
    ]
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
        (told, fault(), 0..=4_u8).prop_map(|(verdict, fault, quarters)| {
            Event::Failure(Failure { verdict, fault, quarters })
        }),
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

/// The longest delay of a policy.
const LONGEST: Duration = Duration::from_nanos(u64::MAX);

/// In nanoseconds.
const MILLI: u128 = 1_000_000;
