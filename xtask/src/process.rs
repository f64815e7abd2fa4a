use std::env;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::job::Tally;
use crate::print;
use crate::workspace::Workspace;

/// Returns a command that runs this toolchain's cargo in the workspace's root.
pub(crate) fn cargo(workspace: &Workspace, args: &[&str]) -> Command {
    let mut command = Command::new(cargo_path());
    command.args(args).current_dir(&workspace.root).stdin(Stdio::null());
    command
}

/// The cargo that runs this program, so that `cargo +1.89 xtask` stays with that toolchain.
pub(crate) fn cargo_path() -> std::ffi::OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs a command, its output going where ours goes.
pub(crate) fn succeeds(command: &mut Command) -> io::Result<bool> {
    Ok(command.status()?.success())
}

/// Returns whether a command can be run here at all; its output is dropped.
pub(crate) fn is_there(command: &mut Command) -> bool {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Returns what a command prints, or `None` if it fails.
pub(crate) fn told(command: &mut Command) -> io::Result<Option<String>> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    Ok(output.status.success().then_some(text))
}

/// Runs a test command, passing its output on, and counts the tests it reports.
pub(crate) fn count_tests(command: &mut Command) -> io::Result<(bool, Tally)> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut tally = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        each_line(stdout, |line| {
            print::line(io::stdout(), line);
            tally.add(tally_of(line));
        })?;
    }
    Ok((child.wait()?.success(), tally))
}

/// Runs a cargo command and returns whether it succeeded without a warning about our crates.
///
/// `RUSTFLAGS="-D warnings"` would say the same, at the price of building every dependency again.
pub(crate) fn succeeds_unwarned(command: &mut Command) -> io::Result<bool> {
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let mut warned = false;
    if let Some(stderr) = child.stderr.take() {
        each_line(stderr, |line| {
            print::line(io::stderr(), line);
            warned |= line.starts_with("warning: ") && line.contains(" generated ");
        })?;
    }
    Ok(child.wait()?.success() && !warned)
}

fn each_line(stream: impl Read, mut tell: impl FnMut(&str)) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    while 0 < stream.read_until(b'\n', &mut line)? {
        tell(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}

/// Reads `test result: ok. 12 passed; 0 failed; 1 ignored; …`; any other line counts nothing.
fn tally_of(line: &str) -> Tally {
    let mut tally = Tally::default();
    let Some((_, counts)) =
        line.strip_prefix("test result: ").and_then(|result| result.split_once(". "))
    else {
        return tally;
    };
    for count in counts.split("; ") {
        let Some((number, what)) = count.split_once(' ') else { continue };
        let number = number.parse().unwrap_or(0);
        match what {
            "passed" => tally.passed = number,
            "failed" => tally.failed = number,
            "ignored" => tally.ignored = number,
            _ => {}
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_line_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered \
                    out; finished in 0.01s";

        let tally = tally_of(line);

        assert_eq!(tally, Tally { passed: 12, failed: 3, ignored: 1 });
    }

    #[test]
    fn any_other_line_counts_nothing() {
        let tally = tally_of("test clock::tests::passed ... ok. 12 passed; 3 failed");

        assert_eq!(tally, Tally::default());
    }

    #[test]
    fn bytes_that_are_no_utf8_do_not_end_the_reading() {
        let mut seen = Vec::new();

        each_line(&b"one\n\xff\ntwo"[..], |line| seen.push(line.to_owned())).unwrap();

        assert_eq!(seen, ["one", "\u{fffd}", "two"]);
    }
}
