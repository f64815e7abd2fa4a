//! The curves and the jitters, each with the range that its delays are drawn from.
//!
//! `cargo run --package readmit-retry --example curves`

use std::time::Duration;

use readmit_core::Draw;
use readmit_retry::{ConfigError, Jitter, Percent, Policy};

fn main() -> Result<(), ConfigError> {
    let second = Duration::from_secs(1);
    let sequence = [1, 5, 30].map(Duration::from_secs);
    let curves = [
        ("constant", Policy::constant(second).jitter(Jitter::None)),
        ("exponential", Policy::exponential(second).jitter(Jitter::None)),
        ("growing by 1.5", Policy::growing(second, 1.5).jitter(Jitter::None)),
        ("sequence", Policy::sequence(sequence).jitter(Jitter::None)),
        ("decorrelated", Policy::decorrelated(second)),
    ];
    for (name, builder) in curves {
        show(name, &builder.build()?);
    }
    let jitters = [
        ("full jitter", Jitter::Full),
        ("equal jitter", Jitter::Equal),
        ("25 % jitter", Jitter::Proportional(Percent::new(25)?)),
        ("10 % jitter", Jitter::TENTH),
    ];
    for (name, jitter) in jitters {
        show(name, &Policy::exponential(second).jitter(jitter).build()?);
    }
    Ok(())
}

/// Prints the shortest and the longest delays before the first retries.
fn show(name: &str, policy: &Policy) {
    print!("{name:>15}:");
    let (mut shortest, mut longest) = (policy.delays(), policy.delays());
    for _ in 0..6 {
        let (least, most) = (shortest.next(Draw::MIN), longest.next(Draw::MAX));
        if least == most {
            print!("  {least:.1?}");
        } else {
            print!("  {least:.1?} to {most:.1?}");
        }
    }
    println!();
}
