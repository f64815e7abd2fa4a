use std::io;
use std::iter;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::print;
use crate::process::cargo;
use crate::workspace::{Package, Workspace};

/// Switches on the faults of each crate that has them, one at a time, and fails where the tests of
/// the crate do not notice; named crates alone where there are arguments.
///
/// A crate has faults where `src/mutants.rs` says how many: `pub(crate) const COUNT: u32 = 12;`.
/// It is built once, with `--cfg mutants`, in a target folder of its own; the environment variable
/// `MUTANT` says to its tests which fault is on, from 1, and 0 is none.
/// Where it says `pub(crate) const LOOM_FROM: u32 = 11;` as well, the faults from there on are for
/// its `loom_tests`, which are built once too.
pub(crate) fn command(names: &[String]) -> io::Result<ExitCode> {
    let workspace = Workspace::load()?;
    let mut rows = Vec::new();
    let mut crates = 0_usize;
    for package in workspace.libraries() {
        if !names.is_empty() && !names.contains(&package.name) {
            continue;
        }
        let Some(faults) = faults(&workspace, package)? else { continue };
        crates += 1;
        rows.extend(crate_rows(&workspace, package, faults)?);
    }
    if crates == 0 {
        let told = format!("mutants: no crate, or none of that name, has `{FILE}`");
        print::line(io::stderr(), told);
        return Ok(ExitCode::FAILURE);
    }
    for row in &rows {
        print::line(io::stdout(), row);
    }
    let (all, unnoticed) = (rows.len(), rows.iter().filter(|row| !row.is_killed()).count());
    let told = format!("mutants: {} of {all} noticed, {crates} crates", all - unnoticed);
    print::line(io::stdout(), told);
    Ok(if unnoticed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A fault, and what the tests made of it.
#[derive(Debug)]
struct Row {
    package: String,
    number: u32,
    fate: Fate,
}

#[derive(Debug)]
enum Fate {
    /// This test failed, the first of those that did.
    Failed(String),
    /// A run of the tests did not end.
    Hung,
    Survived,
}

impl Row {
    fn is_killed(&self) -> bool {
        match self.fate {
            Fate::Failed(_) | Fate::Hung => true,
            Fate::Survived => false,
        }
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Row { package, number, fate } = self;
        match fate {
            Fate::Failed(test) => write!(f, "{package:<20} {number:>3}  killed by {test}"),
            Fate::Hung => write!(f, "{package:<20} {number:>3}  killed: the tests did not end"),
            Fate::Survived => write!(f, "{package:<20} {number:>3}  SURVIVED"),
        }
    }
}

/// The faults of a crate, by number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Faults {
    count: u32,
    /// The first of those that loom must find.
    loom_from: Option<u32>,
}

/// Returns the faults of a crate; none where it has no such file.
fn faults(workspace: &Workspace, package: &Package) -> io::Result<Option<Faults>> {
    let file = package.folder.join(FILE);
    if !workspace.root.join(&file).is_file() {
        return Ok(None);
    }
    let text = workspace.read(&file)?;
    let missing = || io::Error::other(format!("{}: write `{COUNT}12;`", file.display()));
    let count = number(&text, COUNT).filter(|count| 0 < *count).ok_or_else(missing)?;
    Ok(Some(Faults { count, loom_from: number(&text, LOOM_FROM) }))
}

/// Reads a line such as `pub(crate) const COUNT: u32 = 12;`.
fn number(text: &str, constant: &str) -> Option<u32> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix(constant))?;
    line.strip_suffix(';')?.parse().ok()
}

fn crate_rows(workspace: &Workspace, package: &Package, faults: Faults) -> io::Result<Vec<Row>> {
    let loom_from = faults.loom_from.unwrap_or(faults.count + 1);
    let mut rows = tested_rows(workspace, package, Tests::Ordinary, 1..loom_from)?;
    if loom_from <= faults.count {
        rows.extend(tested_rows(workspace, package, Tests::Loom, loom_from..faults.count + 1)?);
    }
    Ok(rows)
}

/// Which tests are to find a fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Tests {
    Loom,
    Ordinary,
}

fn tested_rows(
    workspace: &Workspace,
    package: &Package,
    kind: Tests,
    faults: Range<u32>,
) -> io::Result<Vec<Row>> {
    let tests = build(workspace, package, kind)?;
    let folder = workspace.root.join(&package.folder);
    let mut rows = Vec::new();
    for number in iter::once(NONE).chain(faults) {
        let mut fate = Fate::Survived;
        for test in &tests {
            fate = run(test, &folder, kind, number)?;
            if !matches!(fate, Fate::Survived) {
                break;
            }
        }
        let row = Row { package: package.name.clone(), number, fate };
        if number != NONE {
            rows.push(row);
        } else if row.is_killed() {
            return Err(io::Error::other(format!("without a fault, too: {row}")));
        }
    }
    Ok(rows)
}

/// Builds the tests of a crate, and returns the programs.
fn build(workspace: &Workspace, package: &Package, kind: Tests) -> io::Result<Vec<PathBuf>> {
    let mut build = cargo(workspace, &["test", "--locked", "--no-run", "--lib"]);
    build.args(["--message-format", "json-render-diagnostics", "--package", &package.name]);
    build.env("CARGO_TARGET_DIR", workspace.target.join("mutants"));
    match kind {
        Tests::Loom => {
            build.arg("--release").env("RUSTFLAGS", "--cfg loom --cfg mutants");
            // As `cargo xtask loom` does.
            build.env("CARGO_PROFILE_RELEASE_LTO", "off");
            build.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        }
        Tests::Ordinary => {
            build.args(["--tests", "--all-features"]).env("RUSTFLAGS", "--cfg mutants");
        }
    }
    let output = build.stderr(Stdio::inherit()).output()?;
    let tests = programs(&String::from_utf8_lossy(&output.stdout));
    if !output.status.success() || tests.is_empty() {
        return Err(io::Error::other(format!("{} does not build with mutants", package.name)));
    }
    Ok(tests)
}

/// Finds the programs among the messages of cargo, one to a line; the unit tests come first, because
/// they are the quickest to find a fault.
fn programs(messages: &str) -> Vec<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs: Vec<(bool, PathBuf)> = messages
        .filter_map(|message| {
            let is_test = message["target"]["kind"][0].as_str() == Some("test");
            Some((is_test, message["executable"].as_str()?.into()))
        })
        .collect();
    programs.sort();
    programs.into_iter().map(|(_is_test, program)| program).collect()
}

/// Runs a program of tests with a fault switched on.
fn run(test: &Path, folder: &Path, kind: Tests, number: u32) -> io::Result<Fate> {
    let mut run = Command::new(test);
    match kind {
        Tests::Loom => run.arg("loom"),
        Tests::Ordinary => &mut run,
    };
    run.current_dir(folder).env("MUTANT", number.to_string());
    // A fault is found anew each time, and what found it is no regression.
    run.env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true").env("RUST_BACKTRACE", "0");
    // Into a file, because a pipe that nobody reads fills up and stops the tests.
    let log = test.with_extension("mutants.log");
    let out = std::fs::File::create(&log)?;
    let mut child = run.stdin(Stdio::null()).stderr(Stdio::null()).stdout(out).spawn()?;
    for _ in 0..TICKS {
        if let Some(status) = child.try_wait()? {
            if status.success() {
                return Ok(Fate::Survived);
            }
            let text = std::fs::read_to_string(&log)?;
            return Ok(Fate::Failed(first_failed(&text).unwrap_or("a crash").to_owned()));
        }
        pause();
    }
    child.kill()?;
    child.wait()?;
    Ok(Fate::Hung)
}

/// Returns the name of the first test that failed.
fn first_failed(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
}

#[expect(clippy::disallowed_methods, reason = "xtask is a program; it waits for another one")]
fn pause() {
    thread::sleep(TICK);
}

/// Where a crate keeps its faults.
const FILE: &str = "src/mutants.rs";
const COUNT: &str = "pub(crate) const COUNT: u32 = ";
const LOOM_FROM: &str = "pub(crate) const LOOM_FROM: u32 = ";
/// The run without a fault, in which nothing may fail.
const NONE: u32 = 0;
const TICK: Duration = Duration::from_millis(20);
/// Three minutes: what takes longer does not end.
const TICKS: u32 = 9_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_faults_is_read_from_its_line() {
        let text = "//! Faults.\n\n#[cfg(mutants)]\npub(crate) const COUNT: u32 = 12;\n";

        assert_eq!((number(text, COUNT), number(text, LOOM_FROM)), (Some(12), None));
        let text = format!("{text}pub(crate) const LOOM_FROM: u32 = 11;\n");
        assert_eq!((number(&text, COUNT), number(&text, LOOM_FROM)), (Some(12), Some(11)));
        assert_eq!(number("const COUNT: u32 = 12;", COUNT), None);
        assert_eq!(number("pub(crate) const COUNT: u32 = many;", COUNT), None);
    }

    #[test]
    fn the_programs_are_found_among_the_messages() {
        let messages = concat!(
            "{\"target\": {\"kind\": [\"test\"]}, \"executable\": \"/target/a-1\"}\n",
            "{\"target\": {\"kind\": [\"lib\"]}, \"executable\": \"/target/b-1\"}\n",
            "{\"reason\": \"compiler-artifact\", \"executable\": null}\n",
            "no message\n",
            "{\"reason\": \"build-finished\", \"success\": true}\n",
        );

        assert_eq!(programs(messages), ["/target/b-1", "/target/a-1"].map(PathBuf::from));
    }

    #[test]
    fn the_first_test_that_failed_is_named() {
        let text = "running 2 tests\ntest a::b ... ok\ntest a::c ... FAILED\ntest d ... FAILED\n";

        assert_eq!(first_failed(text), Some("a::c"));
        assert_eq!(first_failed("test a ... ok\n"), None);
    }

    #[test]
    fn what_survives_is_told_loudly() {
        let row = |fate| Row { package: "readmit-retry".to_owned(), number: 7, fate };

        assert!(row(Fate::Survived).to_string().ends_with("7  SURVIVED"));
        assert!(!row(Fate::Survived).is_killed());
        assert!(row(Fate::Hung).is_killed() && row(Fate::Failed("a".to_owned())).is_killed());
    }
}
