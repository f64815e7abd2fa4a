use std::env;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use crate::job::{JOBS, Report, Tally, Verdict, timed};
use crate::print;
use crate::workspace::Workspace;

/// Runs every job to its end, then prints a table and the total.
///
/// A failed job does not stop the others, so that one run tells everything there is to mend.
pub(crate) fn command(workspace: &Workspace) -> io::Result<ExitCode> {
    let mut done = Vec::new();
    for job in JOBS {
        print::line(io::stdout(), format_args!("\n==> {}: {}", job.name, job.about));
        let (report, took) = timed(|| (job.run)(workspace));
        let report = report.unwrap_or_else(|error| Report::failed(error.to_string()));
        let report = demanded(report, job.name);
        let ended = format!("==> {}: {} ({})", job.name, report.verdict.word(), report.note);
        print::line(io::stdout(), ended);
        done.push((job.name, report, took));
    }
    print::line(io::stdout(), format_args!("{}\n{}", table(&done), total(&done)));
    let failed = done.iter().any(|(_, report, _)| report.verdict == Verdict::Failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Fails a job that was skipped although it was demanded: a machine that was made ready for it
/// must not pass for want of it.
pub(crate) fn demanded(report: Report, name: &str) -> Report {
    demand(report, name, &env::var(DEMANDED).unwrap_or_default())
}

fn demand(report: Report, name: &str, demanded: &str) -> Report {
    if names(demanded, name) && report.verdict == Verdict::Skipped {
        return Report::failed(format!("{}, and {DEMANDED} demands it", report.note));
    }
    report
}

/// Returns whether what a job could do without must be there.
pub(crate) fn is_demanded(name: &str) -> bool {
    names(&env::var(DEMANDED).unwrap_or_default(), name)
}

fn names(demanded: &str, name: &str) -> bool {
    demanded.split_whitespace().any(|demanded| demanded == name)
}

pub(crate) fn table(done: &[(&str, Report, Duration)]) -> String {
    let mut table = format!("\n{:<12} {:<8} {:>8}  why\n", "job", "verdict", "seconds");
    for (name, report, took) in done {
        let (verdict, seconds) = (report.verdict.word(), took.as_secs_f64());
        table += &format!("{name:<12} {verdict:<8} {seconds:>8.1}  {}\n", report.note);
    }
    table
}

/// The tests of all jobs; a job that failed without a failing test counts as one failure, so that
/// `0 failed` says that everything passed.
fn total(done: &[(&str, Report, Duration)]) -> Tally {
    let mut total = Tally::default();
    for (_, report, _) in done {
        total.add(report.tally);
        if report.verdict == Verdict::Failed && report.tally.failed == 0 {
            total.add(Tally { failed: 1, ..Tally::default() });
        }
    }
    total
}

/// The variable that names the jobs, and what jobs use, that must be there; with spaces between.
const DEMANDED: &str = "XTASK_DEMANDS";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_counts_tests() {
        let done = [
            ("fmt", Report::passed(""), Duration::ZERO),
            ("test", tested(true, 7, 0), Duration::ZERO),
            ("loom", tested(true, 2, 0), Duration::ZERO),
        ];

        assert_eq!(total(&done).to_string(), "9 passed, 0 failed");
    }

    #[test]
    fn a_job_that_failed_without_a_failing_test_is_one_failure() {
        let done = [
            ("fmt", Report::failed(""), Duration::ZERO),
            ("test", tested(false, 7, 2), Duration::ZERO),
            ("wasm", Report::skipped(""), Duration::ZERO),
        ];

        assert_eq!(total(&done).to_string(), "7 passed, 3 failed");
    }

    #[test]
    fn a_job_that_was_demanded_must_not_be_skipped() {
        let skipped = || Report::skipped("no node");

        assert_eq!(demand(skipped(), "interop", "").verdict, Verdict::Skipped);
        assert_eq!(demand(skipped(), "interop", "wasm").verdict, Verdict::Skipped);
        assert_eq!(demand(skipped(), "interop", "wasm interop").verdict, Verdict::Failed);
        let passed = demand(Report::passed(""), "interop", "interop");
        assert_eq!(passed.verdict, Verdict::Passed);
    }

    #[test]
    fn the_table_has_a_row_for_each_job() {
        let done = [
            ("fmt", Report::passed("formatted"), Duration::from_millis(1_260)),
            ("wasm", Report::skipped("no target"), Duration::ZERO),
        ];

        let table = table(&done);

        assert!(table.contains("fmt          passed        1.3  formatted\n"), "{table}");
        assert!(table.contains("wasm         skipped       0.0  no target\n"), "{table}");
    }

    fn tested(succeeded: bool, passed: u32, failed: u32) -> Report {
        Report::tested(succeeded, Tally { passed, failed, ignored: 0 })
    }
}
