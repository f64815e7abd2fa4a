use std::fs;
use std::io;
use std::path::Path;
use std::process::{ExitCode, Stdio};

use crate::job::{Report, Verdict};
use crate::print;
use crate::process::cargo;
use crate::tidy::dialects::{self, FOLDER, TABLE};
use crate::workspace::Workspace;

/// Writes the table of the shipped dialects, or with `--check` says whether it is as written.
pub(crate) fn command(args: &[String]) -> io::Result<ExitCode> {
    let workspace = Workspace::load()?;
    let report = match args {
        [] => write(&workspace)?,
        [flag] if flag == "--check" => job(&workspace)?,
        [flag] if flag == "--empty" => empty(&workspace)?,
        [..] => return Err(io::Error::other("usage: cargo xtask dialects [--check | --empty]")),
    };
    let told = format!("dialects: {} ({})", report.verdict.word(), report.note);
    print::line(io::stdout(), told);
    Ok(match report.verdict {
        Verdict::Failed => ExitCode::FAILURE,
        Verdict::Passed | Verdict::Skipped => ExitCode::SUCCESS,
    })
}

/// Makes the table again and compares it with the one in the repository.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let Some(table) = table(workspace)? else { return Ok(Report::failed(BROKEN)) };
    let current = workspace.read(Path::new(TABLE)).unwrap_or_default();
    Ok(Report::of_success(table == current, "the table is that of the files", STALE))
}

fn write(workspace: &Workspace) -> io::Result<Report> {
    let Some(table) = table(workspace)? else { return Ok(Report::failed(BROKEN)) };
    fs::write(workspace.root.join(TABLE), &table)?;
    Ok(Report::passed(format!("{} lines in {TABLE}", table.lines().count())))
}

/// Leaves a table without dialects: the generator is built of the crate that the table is in, and
/// cannot be while that table does not compile.
fn empty(workspace: &Workspace) -> io::Result<Report> {
    fs::write(workspace.root.join(TABLE), EMPTY)?;
    Ok(Report::passed("the table is empty: run `cargo xtask dialects`"))
}

/// Returns the table that the files make, or `None` if something is wrong with them.
fn table(workspace: &Workspace) -> io::Result<Option<String>> {
    let sources = dialects::sources(workspace)?;
    let run = ["run", "--quiet", "--locked", "--package", "xtask-dialects", "--", FOLDER];
    let output = cargo(workspace, &run).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Ok(None);
    }
    let body = String::from_utf8(output.stdout).map_err(io::Error::other)?;
    Ok(Some(dialects::with_head(&sources, &body)))
}

const BROKEN: &str = "the files make no table; if it is the old table that does not compile, run \
                      `cargo xtask dialects --empty` first";

const STALE: &str = "the table is not that of the files: cargo xtask dialects";

/// What compiles whatever the tables look like.
const EMPTY: &str = "\
use std::borrow::Cow::Borrowed as B;

use super::Dialect;
use super::table::Table;

pub(super) static SHIPPED: [&Dialect; 0] = [];

pub(super) static HOSTS: Table = Table { keys: B(&[]), slots: B(&[]) };
";
