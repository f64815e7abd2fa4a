mod changelog;
mod compatible;
mod consumers;
mod packages;
mod tree;
mod version;
mod versions;

use std::io;
use std::process::ExitCode;

use crate::ci;
use crate::job::{Report, Verdict, timed};
use crate::print;
use crate::process::{cargo, succeeds};
use crate::tidy::Finding;
use crate::workspace::Workspace;
use crate::{api, deny};

/// Says whether the crates can be published as they are, what the changelog says of this version,
/// or what a person does to publish them; it publishes nothing itself.
pub(crate) fn command(args: &[String]) -> io::Result<ExitCode> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let release = Release::of(Workspace::load()?)?;
    match words[..] {
        [] => {
            print::line(io::stdout(), release.steps());
            Ok(ExitCode::SUCCESS)
        }
        ["--notes"] => {
            let text = release.workspace.read(changelog::FILE.as_ref())?;
            let notes = changelog::notes(&text, &release.version);
            let notes = notes.ok_or_else(|| io::Error::other(changelog::NO_NOTES))?;
            print::line(io::stdout(), notes);
            Ok(ExitCode::SUCCESS)
        }
        ["--dry-run"] => dry_run(&release),
        ["--dry-run", "--tag", tag] => dry_run(&Release { tag: Some(tag.to_owned()), ..release }),
        _ => Err(io::Error::other(USAGE)),
    }
}

/// What is about to be published.
#[derive(Debug)]
pub(crate) struct Release {
    workspace: Workspace,
    /// That of every published crate.
    version: String,
    /// The tag that asks for it, if one does: then the changelog must be dated.
    tag: Option<String>,
}

impl Release {
    fn of(workspace: Workspace) -> io::Result<Release> {
        let first = workspace.published().next();
        let version = first.map(|package| package.version.clone());
        let version = version.ok_or_else(|| io::Error::other("nothing is published"))?;
        Ok(Release { workspace, version, tag: None })
    }

    fn steps(&self) -> String {
        let version = &self.version;
        format!(
            "\
cargo xtask publishes nothing. To publish {version}, on a branch that CI has passed:

  1. In Cargo.toml, set `version` and the versions of the crates in `[workspace.dependencies]`,
     then `cargo update --workspace`; `cargo xtask api` writes what the crates offer.
  2. In CHANGELOG.md, rename `## Unreleased` to `## {version} - YYYY-MM-DD`, with the day.
  3. Once: write where the project is as `repository` into `[workspace.package]`, and
     `repository.workspace = true` into each crate; on crates.io, make the workflow release.yml a
     trusted publisher of each crate. A crate that is not there yet is published by hand first,
     for only what is there can have a trusted publisher.
  4. Commit, and see `cargo xtask release --dry-run` pass.
  5. `git tag v{version}` and push the tag: .github/workflows/release.yml does the dry run again,
     publishes, and makes a release of what `cargo xtask release --notes` prints."
        )
    }
}

fn dry_run(release: &Release) -> io::Result<ExitCode> {
    let mut done = Vec::new();
    for (name, about, check) in CHECKS {
        print::line(io::stdout(), format_args!("\n==> {name}: {about}"));
        let (report, took) = timed(|| check(release));
        let report = report.unwrap_or_else(|error| Report::failed(error.to_string()));
        let report = ci::demanded(report, name);
        done.push((*name, report, took));
    }
    print::line(io::stdout(), ci::table(&done));
    let failed = done.iter().filter(|(_, report, _)| report.verdict == Verdict::Failed).count();
    let told = match failed {
        0 => format!("{} can be published", release.version),
        _ => format!("{} cannot be published: {failed} checks failed", release.version),
    };
    print::line(io::stdout(), told);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

type Check = fn(&Release) -> io::Result<Report>;

/// What is quick comes first, and what builds comes last.
const CHECKS: &[(&str, &str, Check)] = &[
    ("tree", "nothing that is not committed, and the tag", tree::check),
    ("versions", "one version, in every place that tells it", versions::check),
    ("changelog", "what this version brings", changelog::check),
    ("compatible", "what was offered before, against the version", compatible::check),
    ("deny", "licences, advisories, bans", |release| deny::job(&release.workspace)),
    ("packages", "what each package holds, and its licences", packages::check),
    ("api", "what each crate offers, against docs/api", |release| api::job(&release.workspace)),
    ("publish", "all of them, in their order, up to the upload", publish),
    ("consumers", "each package, in an empty project", consumers::check),
];

/// Packages every crate in the order of their dependencies, builds each from its package, and stops
/// before the upload.
fn publish(release: &Release) -> io::Result<Report> {
    let mut publish = cargo(&release.workspace, &["publish", "--workspace", "--dry-run"]);
    Ok(Report::of_success(
        succeeds(publish.arg("--locked"))?,
        "each builds from its package",
        "cargo would not publish it: it says why above (`--workspace` is known from cargo 1.90 on)",
    ))
}

/// Prints what is to be mended, and counts it.
fn judged(findings: &[Finding], passed: impl Into<String>) -> Report {
    for finding in findings {
        print::line(io::stdout(), finding);
    }
    match findings.len() {
        0 => Report::passed(passed),
        count => Report::failed(format!("{count} to mend, named above")),
    }
}

const USAGE: &str = "usage: cargo xtask release [--dry-run [--tag vX.Y.Z] | --notes]";
