//! A breaker for each host.
//!
//! `cargo run --package readmit-breaker --example registry`

use readmit_breaker::{Config, Registry};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let hosts = Registry::new(Config::FIVE_IN_A_ROW);
    let (sick, well) = (hosts.get("sick.example")?, hosts.get("well.example")?);

    for _ in 0..6 {
        if let Err(error) = sick.call(|| Err::<(), _>("connection refused")) {
            println!("sick.example: {error}");
        }
        well.call(|| Ok::<_, std::io::Error>(()))?;
    }

    for (host, snapshot) in hosts.list() {
        println!("{host} is {snapshot}");
    }
    assert!(sick.rejection().is_some());
    assert!(well.rejection().is_none());
    Ok(())
}
