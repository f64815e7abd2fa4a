use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use readmit_error::neutralise;

use crate::arguments::Arguments;
use crate::screen::Screen;
use crate::trouble::Trouble;

/// Prints what a shell has to know to complete a line.
///
/// # Errors
///
/// It cannot be written.
pub(crate) fn completions(shell: Shell, screen: &mut Screen) -> Result<ExitCode, Trouble> {
    // The generator panics where it cannot write, so it writes to the memory.
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut text);
    screen.raw(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a page of the manual in roff.
///
/// # Errors
///
/// There is no such command, or it cannot be written.
pub(crate) fn page(command: Option<&str>, screen: &mut Screen) -> Result<ExitCode, Trouble> {
    let program = Arguments::command();
    let page = match command {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned().ok_or_else(|| {
                Trouble::usage(format!("there is no command {}", neutralise(name, SHOWN)))
                    .cure("readmit --help has them all")
            })?;
            found.name(format!("{NAME}-{name}")).bin_name(format!("{NAME} {name}"))
        }
    };
    let mut text = Vec::new();
    Man::new(page.version(env!("CARGO_PKG_VERSION"))).render(&mut text)?;
    screen.raw(&text)?;
    Ok(ExitCode::SUCCESS)
}

const NAME: &str = "readmit";
/// Characters of a wrong name that are repeated.
const SHOWN: usize = 60;
