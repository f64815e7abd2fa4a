//! `readmit serve-faults`: the API of `readmit-testkit`, for anybody's client in any language.

mod catalogue;
mod control;
mod options;
mod order;
mod shown;
mod tally;

use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;

use self::control::Control;
pub(crate) use self::options::Options;
use self::shown::Start;
use self::tally::Tally;
use crate::ending;
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Serves until somebody ends it, and says what it saw.
///
/// # Errors
///
/// A fault cannot be read, or the port cannot be had.
pub(crate) fn run(options: &Options, screen: &mut Screen) -> Result<ExitCode, Trouble> {
    let orders = options.orders()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).map_err(|error| {
        Trouble::system(&format!("cannot listen on port {}", options.port), &error)
            .cure("choose another with --port, or leave it out for a free one")
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::system("cannot start", &error))?;
    runtime.block_on(async {
        let api = options.api();
        let control = Control::new(api.clone());
        for order in orders {
            control.script(order);
        }
        let aside = control.clone().aside();
        let server = api
            .serve_on(listener, aside)
            .map_err(|error| Trouble::system("cannot serve", &error))?;

        let start = Start::of(server.url(), &api, control.orders());
        shown::start(&start, options.json, screen)?;
        ending::asked()
            .await
            .map_err(|error| Trouble::system("cannot wait for a signal", &error))?;
        drop(server);
        shown::end(&Tally::of(&api.seen()), options.json, screen)?;
        Ok(ExitCode::SUCCESS)
    })
}
