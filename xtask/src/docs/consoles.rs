use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::console::Step;
use super::fits::fits;
use super::page::{Block, Page};
use super::shell::Shell;
use crate::print;
use crate::process::{cargo, is_there};
use crate::tidy::Finding;
use crate::workspace::Workspace;

/// What came of the console blocks of all pages.
#[derive(Debug, Default)]
pub(super) struct Ran {
    pub(super) commands: usize,
    /// The pages that were left out, with the reason.
    pub(super) skipped: Vec<String>,
    pub(super) findings: Vec<Finding>,
}

/// Runs the console blocks of each page, from its first to its last, and compares what they print.
pub(super) fn run(workspace: &Workspace, pages: &[Page], folder: &str) -> io::Result<Ran> {
    let mut ran = Ran::default();
    if !is_there(Command::new("sh").args(["-c", "true"])) {
        ran.skipped.push("no shell runs the console blocks here".to_owned());
        return Ok(ran);
    }
    let curl = is_there(Command::new("curl").arg("--version"));
    let mut built = None;
    for page in pages {
        let acts = acts(page);
        let steps = || acts.iter().filter_map(Act::step);
        if steps().next().is_none() {
            continue;
        }
        if !curl && steps().any(|step| step.needs("curl")) {
            ran.skipped.push(format!("{} needs curl", page.path.display()));
            continue;
        }
        if built.is_none() {
            built = Built::make(workspace)?;
        }
        let Some(built) = &built else {
            let what = "what its commands run does not build";
            ran.findings.push(Finding::error(&page.path, 1, what));
            return Ok(ran);
        };
        print::line(io::stdout(), format_args!("--> the commands of {}", page.path.display()));
        ran.commands += steps().count();
        let home = workspace.target.join("docs-console").join(page.below(folder));
        ran.findings.extend(follow(page, &acts, built, &home)?);
    }
    Ok(ran)
}

/// What a reader of a page does.
#[derive(Debug)]
enum Act {
    /// Copies a program into the project at hand.
    Copy(Block),
    Run(Step),
}

impl Act {
    fn step(&self) -> Option<&Step> {
        match self {
            Act::Run(step) => Some(step),
            Act::Copy(_) => None,
        }
    }
}

fn acts(page: &Page) -> Vec<Act> {
    let mut acts = Vec::new();
    for block in page.blocks() {
        match block.language.as_str() {
            "rust" => acts.push(Act::Copy(block)),
            "console" => {
                acts.extend(Step::read(&block).unwrap_or_default().into_iter().map(Act::Run));
            }
            _ => {}
        }
    }
    acts
}

/// Does what a reader of the page would; stops where one would be stopped.
fn follow(page: &Page, acts: &[Act], built: &Built, home: &Path) -> io::Result<Vec<Finding>> {
    let mut shell = Shell::start(Path::new(&built.readmit), home)?;
    let mut copied = None;
    for act in acts {
        let step = match act {
            Act::Copy(block) => {
                copied = built.program(&block.text).or(copied);
                continue;
            }
            Act::Run(step) => step,
        };
        let told = match (step.serves(), copied) {
            (true, _) => shell.serve(&step.command, |told| fits(told, &step.shown))?,
            (false, Some(program)) => {
                let passed_on = step.command.replace(&format!("{CARGO_RUN} --"), program);
                shell.run(&passed_on.replace(CARGO_RUN, program))?
            }
            (false, None) => shell.run(&step.command)?,
        };
        if !fits(&told, &step.shown) {
            let (command, shown) = (&step.command, &step.shown);
            let what = format!("$ {command}\nprints\n{told}and the page shows\n{shown}");
            return Ok(vec![Finding::error(&page.path, step.line, what)]);
        }
    }
    Ok(Vec::new())
}

/// What the commands of the pages run.
#[derive(Debug)]
struct Built {
    readmit: String,
    /// The programs of the pages, each with its source.
    programs: Vec<(String, String)>,
}

impl Built {
    /// Builds it as the tests of the workspace do, so that nothing is built twice.
    fn make(workspace: &Workspace) -> io::Result<Option<Built>> {
        let mut build = cargo(workspace, &["test", "--workspace", "--all-features", "--locked"]);
        build.args(["--no-run", "--test", "cli", "--test", "book"]);
        build.args(["--message-format", "json-render-diagnostics"]);
        let output = build.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Ok(None);
        }
        let mut readmit = None;
        let mut programs = Vec::new();
        for (name, source, executable) in programs_of(&String::from_utf8_lossy(&output.stdout)) {
            if name == "readmit" {
                readmit = Some(executable);
            } else {
                programs.push((fs::read_to_string(source)?, executable));
            }
        }
        Ok(readmit.map(|readmit| Built { readmit, programs }))
    }

    /// The program of which a page shows the source, all but the line that names the page.
    fn program(&self, source: &str) -> Option<&str> {
        let is_it = |(own, _): &&(String, String)| {
            own.split_once("\n\n").is_some_and(|(_, own)| own == source)
        };
        self.programs.iter().find(is_it).map(|(_, executable)| executable.as_str())
    }
}

/// Finds the programs among the artifacts that cargo tells of: their name, source and place.
fn programs_of(messages: &str) -> Vec<(String, String, String)> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages
        .filter(|message| message["target"]["kind"][0] == "bin")
        .filter_map(|message| {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let target = &message["target"];
            let executable = text(&message["executable"])?;
            Some((text(&target["name"])?, text(&target["src_path"])?, executable))
        })
        .collect()
}

/// What a reader types to run the program that was copied last.
const CARGO_RUN: &str = "cargo run --quiet";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_among_what_was_built() {
        let messages = r#"
            {"target": {"name": "readmit", "kind": ["lib"], "src_path": "/l.rs"}, "executable": null}
            {"target": {"name": "cli", "kind": ["test"], "src_path": "/c.rs"}, "executable": "/t/c-1"}
            {"target": {"name": "readmit", "kind": ["bin"], "src_path": "/m.rs"}, "executable": "/t/r"}
        "#;

        let [(name, source, executable)] = &programs_of(messages)[..] else { panic!("one") };
        assert_eq!([name, source, executable], ["readmit", "/m.rs", "/t/r"]);
    }
}
