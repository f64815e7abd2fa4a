//! The same failure in every shipped language, and in that of the environment.
//!
//! `LANG=ja_JP.UTF-8 cargo run --package readmit-message --features fluent --example language`

use std::env;
use std::time::{Duration, SystemTime};

use readmit_error::{Failure, Kind, Origin, RetryAfter};
use readmit_message::{Catalogue, Terminal};

fn main() {
    let failure = Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
        .retry_after(RetryAfter::new(Duration::from_secs(300), SystemTime::UNIX_EPOCH))
        .build();
    let wanted = env::var("LANG").unwrap_or_default();

    for language in Catalogue::LANGUAGES.into_iter().chain([wanted.as_str()]) {
        let catalogue = Catalogue::shipped(language);
        println!("[{language} -> {}]", catalogue.language());
        println!("{}", catalogue.message(&failure).build().terminal(Terminal::new(60)));
    }
}
