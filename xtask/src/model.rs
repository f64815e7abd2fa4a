use std::io;
use std::process::ExitCode;

use crate::job::{Report, Tally, Verdict};
use crate::print;
use crate::process::{cargo, count_tests};
use crate::workspace::Workspace;

/// Runs the test target `model` of each crate that has one, with more cases than `cargo xtask test` does.
pub(crate) fn command(args: &[String]) -> io::Result<ExitCode> {
    let cases = cases(args)?;
    let workspace = Workspace::load()?;
    let mut tests = cargo(&workspace, &["test", "--locked", "--all-features", "--test", "model"]);
    tests.arg("--no-fail-fast").env("PROPTEST_CASES", cases.to_string());
    let mut crates = 0_usize;
    for package in &workspace.packages {
        let tests_of = workspace.root.join(&package.folder).join("tests");
        if MODELS.iter().any(|file| tests_of.join(file).is_file()) {
            tests.args(["--package", &package.name]);
            crates += 1;
        }
    }
    let (succeeded, tally) =
        if crates == 0 { (true, Tally::default()) } else { count_tests(&mut tests)? };
    let report = Report::tested(succeeded, tally);
    let verdict = report.verdict.word();
    let told = format!("model: {verdict} ({}; {cases} cases, {crates} crates)", report.note);
    print::line(io::stdout(), told);
    print::line(io::stdout(), tally);
    Ok(match report.verdict {
        Verdict::Failed => ExitCode::FAILURE,
        Verdict::Passed | Verdict::Skipped => ExitCode::SUCCESS,
    })
}

fn cases(args: &[String]) -> io::Result<u32> {
    let number = match args {
        [] => return Ok(CASES),
        [flag, number] if flag == "--cases" => number.parse().ok(),
        [joined] => joined.strip_prefix("--cases=").and_then(|number| number.parse().ok()),
        [..] => None,
    };
    match number {
        Some(number) if 0 < number => Ok(number),
        Some(_) | None => Err(io::Error::other("usage: cargo xtask model [--cases N], N from 1")),
    }
}

/// Eight times what proptest runs on its own.
const CASES: u32 = 2_048;

/// Where a test target of that name begins.
const MODELS: [&str; 2] = ["model.rs", "model/main.rs"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_cases_is_read_in_both_spellings() {
        assert_eq!(cases(&[]).unwrap(), CASES);
        assert_eq!(cases(&args(&["--cases", "7"])).unwrap(), 7);
        assert_eq!(cases(&args(&["--cases=7"])).unwrap(), 7);
    }

    #[test]
    fn no_cases_and_nonsense_are_refused() {
        for refused in [&["--cases"][..], &["--cases", "0"], &["--cases", "many"], &["7"]] {
            assert!(cases(&args(refused)).is_err(), "{refused:?}");
        }
    }

    fn args(args: &[&str]) -> Vec<String> {
        args.iter().map(|&arg| arg.to_owned()).collect()
    }
}
