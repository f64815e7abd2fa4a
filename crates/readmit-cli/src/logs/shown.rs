//! How a report is shown in a terminal.

use std::io;

use super::chart::Pen;
use super::report::{Chart, Code, Raised, Ranking, Report};
use crate::number::{counted, grouped, length, rate};
use crate::screen::{Look, Screen};

/// For a program.
pub(super) fn json(report: &Report, screen: &mut Screen) -> io::Result<()> {
    screen.line(Look::Plain, &serde_json::to_string_pretty(report)?)
}

/// For a person: what was read, what happened, and one verdict last.
pub(super) fn text(report: &Report, pen: Pen, screen: &mut Screen) -> io::Result<()> {
    head(report, screen)?;
    if let Some(chart) = &report.chart {
        over_time(chart, pen, screen)?;
    }
    codes(report, pen, screen)?;
    for (title, ranking) in [
        ("origins", &report.origins),
        ("routes", &report.routes),
        ("principals", &report.principals),
        ("events", &report.events),
    ] {
        names(title, ranking, pen, screen)?;
    }
    recovery(report, screen)?;
    alerts(report, screen)?;
    chains(report, screen)?;
    screen.blank()?;
    let look = if report.is_broken { Look::Bad } else { Look::Strong };
    // One line whatever its length, so that `tail -n 1` has all of it.
    screen.line(look, &format!("verdict: {}", report.verdict))
}

fn head(report: &Report, screen: &mut Screen) -> io::Result<()> {
    let title = match &report.files[..] {
        [one] => one.file.clone(),
        files => format!("{} files", files.len()),
    };
    screen.paragraph(0, Look::Strong, &title)?;
    let span = match (&report.from, &report.to, report.span_s) {
        (Some(from), Some(to), Some(span)) => format!("{from} to {to} ({})", length(span)),
        _ => "none".to_owned(),
    };
    screen.field("span", Look::Plain, &span)?;
    let (lines, entries) = (report.lines, report.entries);
    let mut read =
        format!("{}, {}", counted(lines, "line", "lines"), counted(entries, "entry", "entries"));
    for (count, what) in [
        (report.passed_over, "not asked for"),
        (report.foreign, "JSON but no entry"),
        (report.unreadable, "unreadable"),
    ] {
        if 0 < count {
            read += &format!(", {} {what}", grouped(count));
        }
    }
    screen.field("read", Look::Plain, &read)?;
    for unread in &report.first_unreadable {
        let told = format!("{}:{}: {}", unread.file, unread.line, unread.text);
        screen.field("unreadable", Look::Unsure, &told)?;
    }
    if 0 < report.backwards {
        let are = counted(report.backwards, "entry is", "entries are");
        let told = format!("{are} earlier than the one before");
        screen.field("order", Look::Unsure, &told)?;
    }
    let severities = report.severities.iter().filter(|severity| 0 < severity.count);
    let severities: Vec<_> =
        severities.map(|it| format!("{} {}", grouped(it.count), it.name)).collect();
    if !severities.is_empty() {
        screen.field("severities", Look::Plain, &severities.join(", "))?;
    }
    Ok(())
}

fn over_time(chart: &Chart, pen: Pen, screen: &mut Screen) -> io::Result<()> {
    let totals: Vec<u64> = chart.counts.iter().map(|counts| counts.iter().sum()).collect();
    let most = totals.iter().copied().max().unwrap_or_default();
    screen.blank()?;
    let title = format!("entries, {} a column, {} at most", length(chart.each_s), grouped(most));
    screen.line(Look::Strong, &title)?;
    for row in pen.columns(&totals, ROWS) {
        screen.line(Look::Plain, format!("  {row}").trim_end())?;
    }
    let width = totals.len();
    let (begin, end) = (&chart.begins_at, &chart.ends_at);
    let gap = width.saturating_sub(begin.len() + end.len()).max(1);
    let axis = if begin.len() + end.len() < width {
        format!("  {begin}{:gap$}{end}", "")
    } else {
        format!("  {begin} to {end}")
    };
    screen.line(Look::Weak, &axis)
}

fn codes(report: &Report, pen: Pen, screen: &mut Screen) -> io::Result<()> {
    if report.codes.is_empty() {
        return Ok(());
    }
    screen.blank()?;
    screen.line(Look::Strong, "codes")?;
    let head =
        format!("{:<CODE$}{:>9}{:>9}{:>9}  {:<8}  ", "", "count", "an hour", "lately", "trend");
    // All histories end with the log, so they are as long as the longest to begin together.
    let units = report.codes.iter().map(|code| code.history.len()).max().unwrap_or_default();
    let shown = length(report.history_unit_s.saturating_mul(units as u64));
    screen.line(Look::Weak, &format!("  {head}last {shown}"))?;
    for code in &report.codes {
        code_line(code, units, pen, screen)?;
    }
    Ok(())
}

fn code_line(code: &Code, units: usize, pen: Pen, screen: &mut Screen) -> io::Result<()> {
    let mut history = vec![0; units.saturating_sub(code.history.len())];
    history.extend(&code.history);
    let counted = format!(
        "{:>9}{:>9}{:>9}  {:<8}  {}",
        grouped(code.count),
        rate(code.per_hour),
        rate(code.last_hour),
        code.trend.unwrap_or("unknown"),
        pen.sparkline(&history, SPARKLINE),
    );
    screen.row(&code.code, CODE, Look::Plain, counted.trim_end())
}

fn names(title: &str, ranking: &Ranking, pen: Pen, screen: &mut Screen) -> io::Result<()> {
    let Some(first) = ranking.most.first() else { return Ok(()) };
    screen.blank()?;
    let more = ranking.names.saturating_sub(ranking.most.len());
    let title = match (more, ranking.error) {
        (0, 0) => title.to_owned(),
        (more, 0) => format!("{title}, and {} more", grouped(more as u64)),
        (_, error) => format!("{title}, of very many: each count is up to {} more", grouped(error)),
    };
    screen.line(Look::Strong, &title)?;
    for name in &ranking.most {
        let bar = pen.bar(name.count, first.count, BAR);
        let counted = format!("{:>11}  {bar}", grouped(name.count));
        screen.row(&name.name, NAME, Look::Plain, &counted)?;
    }
    Ok(())
}

fn recovery(report: &Report, screen: &mut Screen) -> io::Result<()> {
    let recovery = &report.recovery;
    if recovery.is_empty() {
        return Ok(());
    }
    screen.blank()?;
    screen.line(Look::Strong, "recovery")?;
    let rate = recovery
        .success_rate
        .map(|rate| format!(" ({:.0} % of the calls in trouble)", rate * 100.0));
    let calls = format!(
        "{} recovered{}, {} exhausted, {} rejected",
        grouped(recovery.recovered),
        rate.unwrap_or_default(),
        grouped(recovery.exhausted),
        grouped(recovery.rejected),
    );
    screen.field("calls", Look::Plain, &calls)?;
    let refreshes = format!(
        "{} succeeded, {} failed",
        grouped(recovery.refreshes_succeeded),
        grouped(recovery.refreshes_failed),
    );
    screen.field("refreshes", Look::Plain, &refreshes)?;
    for it in &recovery.strategies {
        let told =
            format!("helped in {} of {} calls", grouped(it.succeeded), grouped(it.attempted));
        screen.field(&it.strategy, Look::Plain, &told)?;
    }
    Ok(())
}

fn alerts(report: &Report, screen: &mut Screen) -> io::Result<()> {
    screen.blank()?;
    screen.line(Look::Strong, "alerts that would have fired")?;
    if report.alerts.is_empty() {
        return screen.paragraph(2, Look::Good, "none");
    }
    for alert in report.alerts.iter().take(ALERTS) {
        let look = if alert.severity == "high" { Look::Bad } else { Look::Unsure };
        screen.marked(alert.severity, look, &alert_line(alert))?;
    }
    let more = report.alerts.len().saturating_sub(ALERTS) as u64 + report.more_alerts;
    if 0 < more {
        screen.paragraph(2, Look::Weak, &format!("and {} more", grouped(more)))?;
    }
    Ok(())
}

pub(super) fn alert_line(alert: &Raised) -> String {
    let lasted = length(alert.duration_s);
    let end = if alert.stands { "and still stood at the end" } else { "and was over then" };
    format!(
        "{} from {} on, for {lasted} {end}: up to {} in {}, threshold {}",
        alert.rule,
        alert.started_at,
        alert.peak,
        length(alert.window_s),
        alert.threshold,
    )
}

fn chains(report: &Report, screen: &mut Screen) -> io::Result<()> {
    if report.chains.is_empty() {
        return Ok(());
    }
    screen.blank()?;
    screen.line(Look::Strong, "audit chain")?;
    for chain in &report.chains {
        let (mark, look) = if chain.intact { ("ok", Look::Good) } else { ("BROKEN", Look::Bad) };
        screen.marked(mark, look, &format!("{}: {}", chain.file, chain.finding))?;
        if let Some(checkpoint) = &chain.checkpoint {
            // On a line of its own, wider or not, so that it can be copied.
            screen.line(Look::Weak, checkpoint)?;
        }
    }
    Ok(())
}

/// Rows of the chart of entries.
const ROWS: usize = 5;
/// Columns of a code.
const CODE: usize = 22;
/// Columns of another name.
const NAME: usize = 40;
const SPARKLINE: usize = 17;
const BAR: usize = 25;
/// Alerts that are shown.
const ALERTS: usize = 20;
