//! A message as a `miette` report, as a command-line program would end with it.
//!
//! `cargo run --package readmit-message --features miette --example miette`

use std::time::{Duration, SystemTime};

use miette::NarratableReportHandler;
use readmit_error::{Failure, Kind, Origin, RetryAfter};
use readmit_message::{Audience, Catalogue};

fn main() -> Result<(), std::fmt::Error> {
    let failure = Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
        .description("rate limit exceeded for key 42")
        .retry_after(RetryAfter::new(Duration::from_secs(90), SystemTime::UNIX_EPOCH))
        .build();
    let catalogue = Catalogue::english();
    let message = catalogue.message(&failure).audience(Audience::Developer).build();

    // A program returns the message from `main` as an error; with its feature `fancy`, `miette`
    // draws a frame around it.
    let mut report = String::new();
    NarratableReportHandler::new().render_report(&mut report, &message)?;
    println!("{report}");
    Ok(())
}
