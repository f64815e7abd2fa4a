use clap::{Parser, Subcommand};

use crate::{explain, serve_faults};

/// Gets an API client let back in: explains answers, looks for what keeps a client out, and serves
/// an API that misbehaves on purpose.
#[derive(Debug, Parser)]
#[command(name = "readmit", version, max_term_width = 80, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Explain(explain::Options),
    ServeFaults(serve_faults::Options),
}
