//! Writes an audit log through a queue into a file, and verifies it.

use std::error::Error;
use std::fs::{self, File};
use std::io::BufReader;
use std::time::Duration;

use readmit_core::{Clock, SystemClock};
use readmit_error::event::{Event, Record, Sink};
use readmit_log::audit::{Chain, Key, verify};
use readmit_log::{Queue, Scribe};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("readmit-audit-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let path = folder.join("audit.log");
    let key = Key::new(b"32 random bytes out of a vault..");

    let chain = Chain::options().key(key.clone()).open(&path)?;
    let checkpoints = chain.checkpoints();
    let sink = Queue::new(Scribe::default(), chain).start()?;
    for consecutive in 1..=3 {
        let event = Event::CredentialsRejected { challenge_error: None, consecutive };
        sink.record(&Record::new(SystemClock.wall(), event));
    }
    sink.shutdown(Duration::from_secs(10))?;
    let checkpoint = checkpoints.latest();

    let verified = verify(BufReader::new(File::open(&path)?), Some(&key), Some(&checkpoint))?;
    println!("{} lines as they were written: {}", verified.last.seq(), verified.last);

    let forged =
        fs::read_to_string(&path)?.replacen("\"http_status\":null", "\"http_status\":200", 1);
    fs::write(&path, forged)?;
    let broken = verify(BufReader::new(File::open(&path)?), Some(&key), Some(&checkpoint));
    println!("after a change: {}", broken.err().map(|error| error.to_string()).unwrap_or_default());

    fs::remove_dir_all(&folder)?;
    Ok(())
}
