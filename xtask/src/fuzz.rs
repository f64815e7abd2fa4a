use std::io;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::print;
use crate::process::{is_there, succeeds};
use crate::workspace::Workspace;

/// Runs each target of `xtask/fuzz` for a while, or the named one.
///
/// What libFuzzer learns stays in the target folder; an input that breaks a target is written into
/// the corpus, so that `cargo xtask test` fails from then on until it is mended.
pub(crate) fn command(args: &[String]) -> io::Result<ExitCode> {
    let wish = Wish::read(args)?;
    let workspace = Workspace::load()?;
    let mut targets = targets(&workspace)?;
    if let Some(only) = wish.target {
        if !targets.contains(&only) {
            let all = targets.join(", ");
            return Err(io::Error::other(format!("no target `{only}`; there are {all}")));
        }
        targets = vec![only];
    }
    if !is_there(&mut nightly(&["rustc", "--version"])) {
        return Err(io::Error::other(
            "no nightly toolchain: rustup toolchain install nightly --profile minimal",
        ));
    }
    if !is_there(&mut nightly(&["cargo", "fuzz", "--version"])) {
        return Err(io::Error::other("no cargo-fuzz: cargo install --locked cargo-fuzz"));
    }
    let mut broken = Vec::new();
    for target in &targets {
        print::line(io::stdout(), format_args!("\n==> fuzz: {target} for {} s", wish.seconds));
        if !runs(&workspace, target, wish.seconds)? {
            broken.push(target.as_str());
        }
    }
    let (ran, names) = (targets.len(), broken.join(", "));
    let told = format!("\nfuzz: {ran} ran, {} broken {names}", broken.len());
    print::line(io::stdout(), told);
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What somebody asked for.
#[derive(Debug, Eq, PartialEq)]
struct Wish {
    seconds: u32,
    target: Option<String>,
}

impl Wish {
    fn read(args: &[String]) -> io::Result<Wish> {
        let mut wish = Wish { seconds: SECONDS, target: None };
        let mut words = args.iter();
        while let Some(word) = words.next() {
            let number = match word.strip_prefix("--seconds") {
                Some("") => words.next().map(String::as_str),
                Some(joined) => joined.strip_prefix('='),
                None if !word.starts_with('-') && wish.target.is_none() => {
                    wish.target = Some(word.clone());
                    continue;
                }
                None => None,
            };
            // To libFuzzer, no seconds are no end.
            let number = number.and_then(|number| number.parse().ok()).filter(|it| 0 < *it);
            wish.seconds = number.ok_or_else(|| io::Error::other(USAGE))?;
        }
        Ok(wish)
    }
}

/// The names of the targets, which are those of their files.
fn targets(workspace: &Workspace) -> io::Result<Vec<String>> {
    let files = workspace.files(&Path::new(FOLDER).join("targets"), ".rs")?;
    let names = files.iter().filter_map(|file| file.file_stem()?.to_str());
    Ok(names.map(str::to_owned).collect())
}

fn runs(workspace: &Workspace, target: &str, seconds: u32) -> io::Result<bool> {
    let folder = workspace.root.join(FOLDER);
    let learnt = workspace.target.join("fuzz").join(target);
    let corpus = folder.join("corpus").join(target);
    std::fs::create_dir_all(&learnt)?;
    // Nothing of ours is unsafe, so the time is better spent without a sanitizer.
    let mut fuzz = nightly(&["cargo", "fuzz", "run", "--sanitizer", "none", "--fuzz-dir", FOLDER]);
    fuzz.current_dir(&workspace.root).arg(target).args([&learnt, &corpus]).arg("--").args([
        format!("-max_total_time={seconds}"),
        format!("-dict={}", folder.join("words.dict").display()),
        format!("-artifact_prefix={}/", corpus.display()),
    ]);
    fuzz.args(BOUNDS);
    // The profile of a release would take minutes to link each target.
    fuzz.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    succeeds(&mut fuzz)
}

/// Returns a command of the nightly toolchain, which libFuzzer's instrumentation needs.
fn nightly(words: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly"]).args(words).stdin(Stdio::null());
    command
}

const FOLDER: &str = "xtask/fuzz";
/// For each target.
const SECONDS: u32 = 60;
/// An input takes less than two seconds and half a gibibyte, or is a finding.
const BOUNDS: [&str; 3] = ["-timeout=2", "-rss_limit_mb=512", "-report_slow_units=2"];
const USAGE: &str = "usage: cargo xtask fuzz [--seconds N] [TARGET], N from 1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_target_are_read_in_any_order() {
        let wish =
            |seconds, target: Option<&str>| Wish { seconds, target: target.map(str::to_owned) };

        assert_eq!(read(&[]).unwrap(), wish(SECONDS, None));
        assert_eq!(read(&["--seconds", "7", "body"]).unwrap(), wish(7, Some("body")));
        assert_eq!(read(&["body", "--seconds=7"]).unwrap(), wish(7, Some("body")));
    }

    #[test]
    fn no_time_and_nonsense_are_refused() {
        for refused in
            [&["--seconds"][..], &["--seconds", "0"], &["--seconds7"], &["-x"], &["a", "b"]]
        {
            assert!(read(refused).is_err(), "{refused:?}");
        }
    }

    fn read(args: &[&str]) -> io::Result<Wish> {
        Wish::read(&args.iter().map(|&arg| arg.to_owned()).collect::<Vec<_>>())
    }
}
