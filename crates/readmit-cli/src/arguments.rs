use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::{doctor, explain, logs, serve_faults};

/// Gets an API client let back in: explains answers, looks for what keeps a client out,
/// summarises logs, and serves an API that misbehaves on purpose.
#[derive(Debug, Parser)]
#[command(name = "readmit", version, max_term_width = 80, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Explain(explain::Options),
    Doctor(doctor::Options),
    Logs(logs::Options),
    ServeFaults(serve_faults::Options),
    /// Print the completions of a shell
    #[command(after_help = "As in: readmit completions bash > readmit.bash; source readmit.bash")]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page of the program, or of a command
    #[command(after_help = "As in: readmit man explain | man -l -")]
    Man {
        /// The command
        command: Option<String>,
    },
}
