//! What support needs, in a file without secrets.

use std::fs::File;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};
use std::path::Path;

use anstream::eprint;
use serde_json::json;

use super::options::Options;
use super::report::Report;
use crate::screen::{Look, Screen};
use crate::trouble::Trouble;

/// Refuses what would fail at the end, before anything is sent.
pub(super) fn check(options: &Options) -> Result<(), Trouble> {
    let Some(path) = &options.bundle else { return Ok(()) };
    if path.exists() {
        let what = format!("{} is there already", path.display());
        return Err(Trouble::usage(what).cure("choose another name for the bundle"));
    }
    if !options.yes && !io::stdin().is_terminal() {
        return Err(Trouble::usage("nobody is there to be asked about the bundle")
            .cure("run it in a terminal, or say --yes"));
    }
    Ok(())
}

/// Writes the findings, after a person has seen them and said yes.
pub(super) fn write(
    report: &Report,
    path: &Path,
    options: &Options,
    screen: &mut Screen,
) -> Result<(), Trouble> {
    if !options.yes && !is_wanted(path)? {
        return Ok(());
    }
    let bundle = json!({
        "schema": "readmit.bundle/1",
        "readmit": env!("CARGO_PKG_VERSION"),
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
        "report": report,
    });
    let written = File::create_new(path).and_then(|mut file| {
        file.write_all(serde_json::to_string_pretty(&bundle)?.as_bytes())?;
        file.write_all(b"\n")
    });
    written.map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            return Trouble::usage(format!("{} is there already", path.display()));
        }
        Trouble::system(&format!("cannot write {}", path.display()), &error)
    })?;
    if !options.json {
        screen.paragraph(0, Look::Weak, &format!("The bundle is in {}.", path.display()))?;
        screen.flush()?;
    }
    Ok(())
}

fn is_wanted(path: &Path) -> Result<bool, Trouble> {
    eprint!(
        "The bundle has what stands above, the version of readmit and of the system; no\n\
         credential, no header and no body. Write {}? [y/N] ",
        path.display()
    );
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}
