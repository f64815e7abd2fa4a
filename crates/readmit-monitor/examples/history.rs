//! A history that outlives its process, and the trend in it.
//!
//! `cargo run --package readmit-monitor --example history`

use std::error::Error;
use std::time::Duration;

use readmit_core::SystemClock;
use readmit_monitor::{Config, Direction, History, Now, Unit, Watcher};

fn main() -> Result<(), Box<dyn Error>> {
    // The machine is given the time, so a fortnight takes no time at all.
    let begin = Now::read(&SystemClock);
    let day = |number: u32| {
        let by = Duration::from_secs(86_400) * number;
        Now { mono: begin.mono + by, wall: begin.wall + by }
    };
    let mut before = Watcher::new(day(0), Config::default());
    for number in 0..14 {
        for _ in 0..number {
            drop(before.record_code(day(number), "AUTH_003"));
        }
    }
    let file = before.history(day(14)).to_json();
    println!("{} bytes are saved", file.len());

    let mut after = Watcher::new(day(14), Config::default());
    after.load(day(14), &History::read(file.as_bytes())?)?;

    let trend = after.trend(day(14), "AUTH_003", Unit::Day).ok_or("too few days")?;
    println!("expired tokens by day: {trend}");
    assert_eq!(trend.direction(), Direction::Rising);
    let damaged = file.get(..file.len() / 2).unwrap_or_default();
    if let Err(error) = History::read(damaged.as_bytes()) {
        println!("half of the file: {error}");
    }
    Ok(())
}
