use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::ci;
use crate::job::{Report, Verdict};
use crate::print;
use crate::process::{cargo, succeeds};
use crate::workspace::Workspace;

/// Writes what each crate offers to its place, or with `--check` says whether it is as written.
pub(crate) fn command(args: &[String]) -> io::Result<ExitCode> {
    let workspace = Workspace::load()?;
    let report = match args {
        [] => write(&workspace)?,
        [flag] if flag == "--check" => ci::demanded(job(&workspace)?, "api"),
        [..] => return Err(io::Error::other("usage: cargo xtask api [--check]")),
    };
    let told = format!("api: {} ({})", report.verdict.word(), report.note);
    print::line(io::stdout(), told);
    // Nothing was written where the toolchain is another one, which is not what was asked for.
    let is_done = report.verdict == Verdict::Passed || !args.is_empty();
    Ok(if is_done && report.verdict != Verdict::Failed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Lists what each crate offers and compares it with the listings in the repository.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let listings = match listings(workspace)? {
        Ok(listings) => listings,
        Err(report) => return Ok(report),
    };
    let written = written(workspace)?;
    let crates: BTreeSet<_> = listings.keys().chain(written.keys()).collect();
    let mut stale = 0_usize;
    for name in crates {
        let [old, new] =
            [&written, &listings].map(|texts| texts.get(name).map_or("", String::as_str));
        stale += usize::from(old != new);
        let file = path(name);
        for line in Difference::of(old, new).lines() {
            print::line(io::stdout(), format_args!("{}: {line}", file.display()));
        }
    }
    let passed = format!("what {} crates offer is as written", listings.len());
    let failed = format!("{stale} listings are not of this code: cargo xtask api, then look at");
    Ok(Report::of_success(stale == 0, &passed, &format!("{failed} what changed")))
}

fn write(workspace: &Workspace) -> io::Result<Report> {
    let listings = match listings(workspace)? {
        Ok(listings) => listings,
        Err(report) => return Ok(report),
    };
    fs::create_dir_all(workspace.root.join(FOLDER))?;
    for name in written(workspace)?.keys().filter(|name| !listings.contains_key(*name)) {
        fs::remove_file(workspace.root.join(path(name)))?;
    }
    for (name, text) in &listings {
        fs::write(workspace.root.join(path(name)), text)?;
    }
    let lines: usize = listings.values().map(|text| text.lines().count()).sum();
    Ok(Report::passed(format!("{lines} lines in {} files of {FOLDER}", listings.len())))
}

/// The listings in the repository, by the name of the crate.
pub(crate) fn written(workspace: &Workspace) -> io::Result<BTreeMap<String, String>> {
    let mut written = BTreeMap::new();
    if !workspace.root.join(FOLDER).is_dir() {
        return Ok(written);
    }
    for file in workspace.files(Path::new(FOLDER), ".txt")? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        written.insert(name, workspace.read(&file)?);
    }
    Ok(written)
}

/// Where the listing of a crate is.
pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{name}.txt"))
}

/// The lines that two listings do not share.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Difference<'a> {
    pub(crate) removed: Vec<&'a str>,
    pub(crate) added: Vec<&'a str>,
}

impl<'a> Difference<'a> {
    pub(crate) fn of(old: &'a str, new: &'a str) -> Difference<'a> {
        let missing_in = |lines: &'a str, other: &'a str| {
            let other: BTreeSet<_> = other.lines().collect();
            lines.lines().filter(|line| !other.contains(line)).collect()
        };
        Difference { removed: missing_in(old, new), added: missing_in(new, old) }
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let removed = self.removed.iter().map(|line| format!("- {line}"));
        removed.chain(self.added.iter().map(|line| format!("+ {line}")))
    }
}

/// Asks rustdoc what each library offers with all its features; a report says why it could not.
fn listings(workspace: &Workspace) -> io::Result<Result<BTreeMap<String, String>, Report>> {
    let rustdoc = env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    let version = Command::new(&rustdoc).arg("--version").stdin(Stdio::null()).output()?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    if !version.starts_with(&format!("rustdoc {MADE_WITH}.")) {
        return Ok(Err(Report::skipped(format!(
            "the listings are made by rustdoc {MADE_WITH}, and this is {version}: rustup toolchain \
             install {MADE_WITH}, then cargo +{MADE_WITH} xtask api"
        ))));
    }
    if !succeeds(&mut cargo(workspace, &["build", "--quiet", "--locked", "--package", PACKAGE]))? {
        return Ok(Err(Report::failed(format!("{PACKAGE} does not build"))));
    }
    let program =
        workspace.target.join("debug").join(PACKAGE).with_extension(env::consts::EXE_EXTENSION);
    let mut describe = cargo(workspace, DESCRIBE);
    describe.env("RUSTDOC", &program).env("RUSTDOCFLAGS", AS_JSON);
    if !succeeds(describe.env("XTASK_API_RUSTDOC", rustdoc))? {
        return Ok(Err(Report::failed("rustdoc has something to say")));
    }
    let mut listings = BTreeMap::new();
    for package in workspace.libraries() {
        let file = format!("{}.json", package.name.replace('-', "_"));
        let mut list = Command::new(&program);
        list.arg(workspace.target.join("doc").join(file));
        let output = list.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
        if !output.status.success() || output.stdout.is_empty() {
            return Ok(Err(Report::failed(format!("{} has no listing", package.name))));
        }
        let text = String::from_utf8(output.stdout).map_err(io::Error::other)?;
        listings.insert(package.name.clone(), text);
    }
    Ok(Ok(listings))
}

const FOLDER: &str = "docs/api";

const PACKAGE: &str = "xtask-api";

/// The format of rustdoc's answer belongs to a version of Rust; with another one go another version
/// of `public-api` and the toolchain of the job in `.github/workflows/ci.yml`.
const MADE_WITH: &str = "1.95";

/// Everything that the job `docs` selects, so that what is built for one serves the other.
const DESCRIBE: &[&str] =
    &["doc", "--quiet", "--workspace", "--lib", "--no-deps", "--all-features", "--locked"];

const AS_JSON: &str = "-Z unstable-options --output-format json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_moved_is_no_difference() {
        let difference = Difference::of("a\nb\nc\n", "c\na\nb\n");

        assert_eq!(difference, Difference { removed: vec![], added: vec![] });
    }

    #[test]
    fn a_line_that_changed_is_one_removed_and_one_added() {
        let difference = Difference::of("pub fn a()\npub fn b()\n", "pub fn a()\npub fn b(u8)\n");

        let told: Vec<_> = difference.lines().collect();
        assert_eq!(told, ["- pub fn b()", "+ pub fn b(u8)"]);
    }
}
