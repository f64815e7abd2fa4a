//! What a command-line program prints where a call fails: to its user, and to its developer.
//!
//! `cargo run --package readmit-message --example cli`

use std::env;
use std::io::{IsTerminal, stderr};

use readmit_error::{Action, Denied, Failure, Kind, Origin};
use readmit_message::{Audience, Catalogue, Terminal};

fn main() {
    let catalogue = Catalogue::english().command(Action::ReAuthenticate, "acme login");
    let refused = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
        .description("token is malformed")
        .request_id("req_7f3a9c2e51b84d06")
        .build();
    let denied = Denied { scopes: vec!["flows:write".to_owned()], ..Denied::default() };
    let denied = Failure::builder(Kind::InsufficientPermissions, Origin::Answer { status: 403 })
        .denied(denied)
        .build();

    for (failure, audience) in [(&refused, Audience::User), (&denied, Audience::Developer)] {
        let message = catalogue
            .message(failure)
            .audience(audience)
            .host("api.example.com")
            .credential("env:API_TOKEN")
            .build();
        eprintln!("{}", message.terminal(terminal()));
    }
}

/// Colours are for a person at a terminal who has not asked for none (no-color.org).
fn terminal() -> Terminal {
    let terminal = Terminal::new(72);
    let wanted = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && stderr().is_terminal() { terminal.coloured() } else { terminal }
}
