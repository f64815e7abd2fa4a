use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use crate::workspace::Workspace;
use crate::{
    alerts, api, bench, conformance, demo, deny, dialects, docs, examples, features, fmt as format,
    interop, lint, loom, minimal, test, tidy, wasm,
};

/// The jobs of `cargo xtask ci`, in their order; each is a command of its own too.
pub(crate) const JOBS: &[Job] = &[
    Job { name: "fmt", about: "formatting", run: format::job },
    Job { name: "lint", about: "clippy over everything, warnings refused", run: lint::job },
    Job { name: "tidy", about: "the house rules that a program can check", run: tidy::job },
    Job { name: "deny", about: "licences, advisories, bans", run: deny::job },
    Job { name: "test", about: "unit, integration and doc tests, counted", run: test::job },
    Job { name: "dialects", about: "the table of the dialects, made again", run: dialects::job },
    Job { name: "features", about: "each crate with no feature, and with all", run: features::job },
    Job { name: "wasm", about: "the crates below I/O, for wasm32", run: wasm::job },
    Job { name: "loom", about: "all interleavings of what threads share", run: loom::job },
    Job { name: "conformance", about: "the project's own cases", run: conformance::job },
    Job { name: "examples", about: "builds and runs the examples", run: examples::job },
    Job { name: "bench", about: "each bench, once, to see that it works", run: bench::job },
    Job { name: "demo", about: "the demo, to its end", run: demo::job },
    Job { name: "interop", about: "a provider that nobody here wrote", run: interop::job },
    Job { name: "alerts", about: "the rules for Prometheus", run: alerts::job },
    Job { name: "docs", about: "rustdoc, links, and the book with its code", run: docs::job },
    Job { name: "api", about: "what each crate offers, against docs/api", run: api::job },
];

/// What `cargo xtask ci` leaves out, because it builds much that nothing else needs; CI runs each as
/// a job of its own.
pub(crate) const MORE_JOBS: &[Job] = &[
    Job { name: "minimal", about: "each dependency at its lower bound", run: minimal::job },
    Job { name: "pairs", about: "each crate with each one and two features", run: features::pairs },
];

/// One thing that must pass.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Workspace) -> io::Result<Report>,
}

/// What came of a job.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) verdict: Verdict,
    /// Why, in a few words.
    pub(crate) note: String,
    /// The tests that ran, for the jobs that run tests.
    pub(crate) tally: Tally,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Failed,
    Passed,
    /// The machine lacks something beyond a Rust toolchain, or there is nothing to run.
    Skipped,
}

/// Counted tests.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) ignored: u32,
}

impl Report {
    pub(crate) fn passed(note: impl Into<String>) -> Report {
        Report { verdict: Verdict::Passed, note: note.into(), tally: Tally::default() }
    }

    pub(crate) fn failed(note: impl Into<String>) -> Report {
        Report { verdict: Verdict::Failed, note: note.into(), tally: Tally::default() }
    }

    pub(crate) fn skipped(note: impl Into<String>) -> Report {
        Report { verdict: Verdict::Skipped, note: note.into(), tally: Tally::default() }
    }

    /// Judges a test run: it passes if the command did and at least one test ran.
    pub(crate) fn tested(succeeded: bool, tally: Tally) -> Report {
        let (verdict, note) = match (succeeded, tally) {
            (true, Tally { passed: 0, .. }) => (Verdict::Failed, "no test ran".to_owned()),
            (true, Tally { failed: 0, ignored: 0, .. }) => (Verdict::Passed, tally.to_string()),
            (true, Tally { failed: 0, ignored, .. }) => {
                (Verdict::Passed, format!("{tally}, {ignored} ignored"))
            }
            (false, Tally { failed: 0, .. }) => {
                (Verdict::Failed, "ended without a verdict on every test".to_owned())
            }
            (_, _) => (Verdict::Failed, tally.to_string()),
        };
        Report { verdict, note, tally }
    }

    /// Judges a job by one command's success.
    pub(crate) fn of_success(succeeded: bool, passed: &str, failed: &str) -> Report {
        if succeeded { Report::passed(passed) } else { Report::failed(failed) }
    }

    /// Returns the report, failed where something failed that is no test.
    pub(crate) fn or_failed_for(self, reasons: &[String]) -> Report {
        if reasons.is_empty() {
            return self;
        }
        Report { verdict: Verdict::Failed, note: reasons.join("; "), tally: self.tally }
    }
}

impl Verdict {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Verdict::Failed => "FAILED",
            Verdict::Passed => "passed",
            Verdict::Skipped => "skipped",
        }
    }
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.ignored = self.ignored.saturating_add(other.ignored);
    }

    /// Returns whether any test ran.
    pub(crate) fn ran(self) -> bool {
        0 < self.passed || 0 < self.failed
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs something and says how long it took.
pub(crate) fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let started = now();
    let value = run();
    (value, now().saturating_duration_since(started))
}

#[expect(clippy::disallowed_methods, reason = "xtask is a program; it times its jobs")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_tests_has_failed() {
        let report = Report::tested(true, Tally::default());

        assert_eq!(report.verdict, Verdict::Failed);
        assert_eq!(report.note, "no test ran");
    }

    #[test]
    fn a_run_with_a_failing_test_has_failed() {
        let report = Report::tested(false, Tally { passed: 3, failed: 1, ignored: 0 });

        assert_eq!(report.verdict, Verdict::Failed);
        assert_eq!(report.note, "3 passed, 1 failed");
    }

    #[test]
    fn a_run_that_died_has_failed_though_no_test_did() {
        let report = Report::tested(false, Tally { passed: 3, failed: 0, ignored: 0 });

        assert_eq!(report.verdict, Verdict::Failed);
    }

    #[test]
    fn a_run_in_which_all_tests_passed_has_passed() {
        let report = Report::tested(true, Tally { passed: 3, failed: 0, ignored: 0 });

        assert_eq!(report.verdict, Verdict::Passed);
        assert_eq!(report.note, "3 passed, 0 failed");
    }
}
