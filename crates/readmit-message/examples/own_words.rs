//! Texts of an application's own before those of the catalogue, and what a mistake in them says.
//!
//! `cargo run --package readmit-message --example own_words`

use readmit_error::{Failure, Kind, Origin};
use readmit_message::{BadFile, Catalogue};

fn main() -> Result<(), BadFile> {
    let mut catalogue = Catalogue::english();
    catalogue.overlay(OWN)?;

    let failure = Failure::builder(Kind::Conflict, Origin::Answer { status: 409 })
        .code("FLOW_LOCKED")
        .build();
    println!("{}", catalogue.message(&failure).build().plain());

    if let Err(bad) = catalogue.overlay(&OWN.replace("\"title\"", "\"titel\"")) {
        println!("refused, and nothing has changed: {bad}");
    }
    Ok(())
}

const OWN: &str = r#"{
    "help_base": "https://help.acme.example/",
    "codes": {
        "FLOW_LOCKED": {
            "title": "The flow is running",
            "help_link": "flows/locked",
            "user": {
                "message": "A flow cannot be changed while it runs.",
                "action": ["Pause the flow.", "Change it, then start it again."]
            }
        }
    }
}"#;
