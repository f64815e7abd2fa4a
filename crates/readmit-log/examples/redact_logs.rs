//! Puts the redacting writer under a logger of one's own.

use std::io::{self, Write};

use readmit_log::redact::Redactor;

fn main() -> io::Result<()> {
    let redactor = Redactor::builder().secret_name("badge").allow_query("cursor").build();
    redactor.register("hunter2-of-the-database");

    let mut log = redactor.writer(Vec::new());
    writeln!(log, "connecting to postgres://app:hunter2-of-the-database@db.test/orders")?;
    writeln!(log, "GET https://api.test/items?cursor=8&session=abc answered 401")?;
    writeln!(log, "badge=1234 was refused, Authorization: Bearer abc")?;
    let written = log.finish()?;

    io::stdout().write_all(&written)?;
    assert!(!String::from_utf8_lossy(&written).contains("hunter2"));
    Ok(())
}
