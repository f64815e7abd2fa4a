mod blocks;
mod book;
mod console;
mod consoles;
mod doctests;
mod fits;
mod page;
mod pictures;
mod shell;
mod summary;

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

pub(crate) use self::doctests::stand_in;
use self::page::Page;
use crate::ci;
use crate::job::{Report, Verdict};
use crate::links;
use crate::print;
use crate::process::{cargo, count_tests, succeeds};
use crate::tidy::Finding;
use crate::workspace::Workspace;

/// Checks the documentation, or with `--site` makes a site of it as well.
pub(crate) fn command(args: &[String]) -> io::Result<ExitCode> {
    let workspace = Workspace::load()?;
    let report = match args {
        [] => job(&workspace)?,
        [flag] if flag == "--write" => write(&workspace)?,
        [flag, site] if flag == "--site" => make_site(&workspace, Path::new(site))?,
        [..] => return Err(io::Error::other("usage: cargo xtask docs [--write | --site DIR]")),
    };
    print::line(io::stdout(), format_args!("docs: {} ({})", report.verdict.word(), report.note));
    Ok(match report.verdict {
        Verdict::Failed => ExitCode::FAILURE,
        Verdict::Passed | Verdict::Skipped => ExitCode::SUCCESS,
    })
}

/// Builds the API documentation, warnings refused, follows the links of the Markdown files,
/// compiles or runs every block of code in the book, and makes the book where that is possible.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let mut failed = Vec::new();
    if !document(workspace)? {
        failed.push("rustdoc has something to say".to_owned());
    }
    let pages = pages(workspace)?;
    let (links, files) = broken_links(workspace)?;
    let list = workspace.read(Path::new(LIST))?;
    let compiled = blocks::compiled(&list, FOLDER);
    let summary = Path::new(SUMMARY);
    let mut found = summary::check(summary, &workspace.read(summary)?, &pages);
    found.extend(blocks::check(&pages, &compiled)?);
    if workspace.read(Path::new(PICTURE)).ok() != Some(pictures::crates(workspace)) {
        let what = "is not that of the crates: cargo xtask docs --write";
        found.push(Finding::error(Path::new(PICTURE), 1, what));
    }
    let consoles = consoles::run(workspace, &pages, FOLDER)?;
    found.extend(consoles.findings);
    for finding in links.iter().chain(&found) {
        print::line(io::stdout(), finding);
    }
    if !links.is_empty() {
        failed.push(format!("{} links lead nowhere", links.len()));
    }
    if !found.is_empty() {
        failed.push(format!("{} findings in the book", found.len()));
    }
    let (doctests, blocks) = doctests::run(workspace)?;
    let (tests, checks) = count_tests(&mut tests(workspace))?;
    if !doctests || blocks.passed == 0 {
        failed.push("the Rust of the book does not run".to_owned());
    }
    if !tests || checks.passed == 0 {
        failed.push("the book says otherwise than the code".to_owned());
    }
    let mut notes = vec![format!(
        "rustdoc, the links of {files} Markdown files, and of the book {} commands, {} blocks of \
         Rust and {} comparisons with the code",
        consoles.commands, blocks.passed, checks.passed
    )];
    notes.extend(consoles.skipped.iter().map(|page| format!("skipped: {page}")));
    match make_book(workspace, &pages, &workspace.target.join("book"))? {
        Some(true) => notes.push("the book is made".to_owned()),
        Some(false) => failed.push("mdbook has something to say".to_owned()),
        None if ci::is_demanded(MDBOOK) => failed.push(format!("no {MDBOOK}, which is demanded")),
        None => notes.push(format!("skipped: the book is not made, for want of {MDBOOK}")),
    }
    Ok(Report::passed(notes.join("; ")).or_failed_for(&failed))
}

/// Writes what the book has of the code: tables and pictures.
fn write(workspace: &Workspace) -> io::Result<Report> {
    fs::write(workspace.root.join(PICTURE), pictures::crates(workspace))?;
    // One after the other, because several write to the same page.
    let mut tests = tests(workspace);
    tests.args(["--", "--test-threads", "1"]).env(WRITE, "1");
    let (written, _) = count_tests(&mut tests)?;
    Ok(Report::of_success(written, "the pages are written", "a page could not be written"))
}

/// Makes one site of the book and the API documentation.
fn make_site(workspace: &Workspace, site: &Path) -> io::Result<Report> {
    let site = std::path::absolute(site)?;
    if !document(workspace)? {
        return Ok(Report::failed("rustdoc has something to say"));
    }
    match make_book(workspace, &pages(workspace)?, &site)? {
        Some(true) => book::add_api(workspace, &site)?,
        Some(false) => return Ok(Report::failed("mdbook has something to say")),
        None => return Ok(Report::failed(format!("no {MDBOOK}: cargo install {MDBOOK}"))),
    }
    Ok(Report::passed(format!("the site is in {}", site.display())))
}

fn document(workspace: &Workspace) -> io::Result<bool> {
    let mut rustdoc = cargo(workspace, &["doc", "--workspace", "--no-deps", "--all-features"]);
    succeeds(rustdoc.arg("--locked").env("RUSTDOCFLAGS", "-D warnings"))
}

/// The comparisons of the book with the code, in the build of the tests of the whole workspace.
fn tests(workspace: &Workspace) -> std::process::Command {
    let mut tests = cargo(workspace, &["test", "--workspace", "--all-features", "--locked"]);
    tests.args(["--test", "book", "--quiet"]);
    tests
}

fn broken_links(workspace: &Workspace) -> io::Result<(Vec<Finding>, usize)> {
    let files = workspace.files(Path::new(""), ".md")?;
    let mut broken = Vec::new();
    for file in &files {
        broken.extend(links::check(&workspace.root, file, &workspace.read(file)?));
    }
    Ok((broken, files.len()))
}

fn pages(workspace: &Workspace) -> io::Result<Vec<Page>> {
    let files = workspace.files(Path::new(FOLDER), ".md")?;
    files.into_iter().map(|path| workspace.read(&path).map(|text| Page { path, text })).collect()
}

/// Makes the book; `None` where the program for it is missing.
fn make_book(workspace: &Workspace, pages: &[Page], to: &Path) -> io::Result<Option<bool>> {
    if !book::is_possible() {
        return Ok(None);
    }
    book::make(workspace, pages, FOLDER, to).map(Some)
}

const FOLDER: &str = "docs";
const SUMMARY: &str = "docs/SUMMARY.md";
/// The crates and what they are built from.
const PICTURE: &str = "docs/pictures/crates.svg";
/// The package that has the pages with Rust in them for its documentation.
const LIST: &str = "xtask/book/src/lib.rs";
/// The variable under which the comparisons write what they would compare.
const WRITE: &str = "XTASK_DOCS_WRITE";
const MDBOOK: &str = "mdbook";
