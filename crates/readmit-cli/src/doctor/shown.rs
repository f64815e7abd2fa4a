//! How the findings are shown.

use std::io;

use super::check::{Section, Status};
use super::report::Report;
use crate::screen::{Look, Screen};

/// For a program.
pub(super) fn json(report: &Report, screen: &mut Screen) -> io::Result<()> {
    screen.line(Look::Plain, &serde_json::to_string_pretty(report)?)
}

/// For a person: the steps in their order, and one verdict last.
pub(super) fn text(report: &Report, screen: &mut Screen) -> io::Result<()> {
    for section in Section::ALL {
        let checks: Vec<_> = report.checks.iter().filter(|it| it.section == section).collect();
        if checks.is_empty() {
            continue;
        }
        screen.line(Look::Strong, section.as_str())?;
        for check in checks {
            let told = format!("{}: {}", check.id, check.summary);
            screen.marked(check.status.as_str(), look(check.status), &told)?;
            for evidence in &check.evidence {
                screen.marked("", Look::Plain, &format!("- {evidence}"))?;
            }
            if let Some(fix) = check.fix.as_ref().filter(|_| is_worth_it(check.status)) {
                screen.marked("", Look::Plain, &format!("fix: {fix}"))?;
            }
        }
    }
    screen.blank()?;
    // One line whatever its length, so that `tail -n 1` has all of it.
    screen.line(Look::Strong, &format!("verdict: {}", report.verdict))
}

fn look(status: Status) -> Look {
    match status {
        Status::Ok => Look::Good,
        Status::Fail => Look::Bad,
        Status::Warn | Status::Unknown => Look::Unsure,
        Status::Skipped => Look::Weak,
    }
}

fn is_worth_it(status: Status) -> bool {
    match status {
        Status::Fail | Status::Unknown | Status::Warn => true,
        Status::Ok | Status::Skipped => false,
    }
}
