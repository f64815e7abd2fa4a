mod arrows;
mod changelog;
pub(crate) mod dialects;
mod finding;
mod manifest;
mod numbers;
mod readme;
mod size;
mod suppressions;

use std::io;
use std::path::Path;

pub(crate) use self::arrows::{Layer, layer_of, runs_without_io};
pub(crate) use self::finding::{Finding, Severity};
use crate::job::Report;
use crate::print;
use crate::source::Source;
use crate::workspace::Workspace;

/// Checks the house rules that need no compiler; prints `path:line: what, and the cure`.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let sources = sources(workspace)?;
    let mut findings = arrows::check(&workspace.packages);
    for package in &workspace.packages {
        findings.extend(manifest::check(package, &workspace.read(&package.manifest())?));
    }
    for package in workspace.libraries() {
        let root = workspace.read(&package.folder.join("src/lib.rs"))?;
        let readme = workspace.read(&package.folder.join("README.md")).ok();
        findings.extend(readme::check(package, &root, readme.as_deref()));
    }
    let dialects = dialects::sources(workspace)?;
    for source in &sources {
        let text = workspace.read(&source.path)?;
        findings.extend(dialects::check(&source.path, &text, &dialects));
        if !dialects::is_generated(&text) {
            findings.extend(size::check(source));
        }
        findings.extend(suppressions::check(source));
    }
    let [front, quickstart] =
        [readme::FRONT_PAGE, readme::QUICKSTART].map(|file| workspace.read(Path::new(file)).ok());
    findings.extend(readme::check_quickstart(front.as_deref(), quickstart.as_deref()));
    let version = workspace.libraries().next().map(|package| package.version.as_str());
    let changelog = workspace.read(Path::new(changelog::FILE)).ok();
    findings.extend(changelog::check(changelog.as_deref(), version.unwrap_or_default()));
    let rules = workspace.read(Path::new(numbers::FILE)).unwrap_or_default();
    findings.extend(numbers::check(&rules, &sources));
    let tested = numbers::tested(&sources);
    let told = format!("{tested} of the rules have a test that is named after them");
    print::line(io::stdout(), told);
    Ok(report(&findings))
}

fn report(findings: &[Finding]) -> Report {
    for finding in findings {
        print::line(io::stdout(), finding);
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    let note = format!("errors: {errors}, warnings: {warnings}");
    Report::of_success(errors == 0, &note, &note)
}

fn sources(workspace: &Workspace) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in ["crates", "xtask"] {
        for file in workspace.files(Path::new(folder), ".rs")? {
            sources.push(Source::new(&file, &workspace.read(&file)?));
        }
    }
    Ok(sources)
}
