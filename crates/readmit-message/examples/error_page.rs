//! The page that a web application shows where its own call to an API fails, and the answer for
//! programs that ask for JSON.
//!
//! `cargo run --package readmit-message --example error_page`

use readmit_error::{Failure, Kind, Origin, Problem};
use readmit_message::{BadLink, Catalogue};

fn main() -> Result<(), BadLink> {
    let catalogue = Catalogue::english().help_base("https://help.example.com/errors/")?;
    let failure = Failure::builder(Kind::Unavailable, Origin::Answer { status: 503 })
        .description("<b>pool exhausted</b> on db-7.internal")
        .request_id("req_7f3a9c2e51b84d06")
        .build();

    // People outside are not to see what a server inside said.
    let message = catalogue.message(&failure).build().without_details();
    println!("<!doctype html>\n<title>{}</title>\n{}", failure.kind(), message.html());

    println!("Content-Type: {}\n", Problem::MEDIA_TYPE);
    match serde_json::to_string_pretty(&message.problem()) {
        Ok(problem) => println!("{problem}"),
        Err(error) => eprintln!("{error}"),
    }
    Ok(())
}
