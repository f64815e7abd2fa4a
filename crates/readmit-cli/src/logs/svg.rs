//! The chart of a report as SVG: by itself a document, and within the page a part of it.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use readmit_error::rfc3339;
use readmit_log::escape::html;

use super::report::{Chart, Report};
use crate::number::{grouped, length};

/// Draws how many entries of each severity there were over time, and when alerts stood.
pub(super) fn draw(report: &Report) -> String {
    let mut svg = String::new();
    // Writing to a string does not fail.
    let _ = match &report.chart {
        Some(chart) => document(&mut svg, report, chart),
        None => nothing(&mut svg),
    };
    svg
}

fn nothing(svg: &mut String) -> std::fmt::Result {
    open(svg, "There are no entries.", "")?;
    writeln!(svg, "<text x=\"{LEFT}\" y=\"{TOP}\">There are no entries.</text>\n</svg>")
}

fn document(svg: &mut String, report: &Report, chart: &Chart) -> std::fmt::Result {
    let title = format!("Entries from {} to {}", chart.begins_at, chart.ends_at);
    let told: Vec<_> =
        report.severities.iter().map(|it| format!("{} {}", grouped(it.count), it.name)).collect();
    let description = format!(
        "{}; a bar is {}. {} alerts would have fired.",
        told.join(", "),
        length(chart.each_s),
        report.alerts.len()
    );
    open(svg, &title, &description)?;
    alerts(svg, report, chart)?;
    let most = chart.counts.iter().map(|counts| counts.iter().sum::<u64>()).max();
    let most = most.unwrap_or_default().max(1);
    axes(svg, chart, most)?;
    bars(svg, report, chart, most)?;
    legend(svg, report)?;
    writeln!(svg, "</svg>")
}

fn open(svg: &mut String, title: &str, description: &str) -> std::fmt::Result {
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-labelledby=\"chart-title chart-description\">\n\
         <title id=\"chart-title\">{}</title>\n<desc id=\"chart-description\">{}</desc>\n\
         <style>{STYLE}</style>\n<rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>",
        html(title),
        html(description),
    )
}

/// Bands behind the bars.
fn alerts(svg: &mut String, report: &Report, chart: &Chart) -> std::fmt::Result {
    let Some(scale) = Scale::of(chart) else { return Ok(()) };
    for alert in &report.alerts {
        let Some(at) = rfc3339::parse(&alert.started_at) else { continue };
        let end = at.checked_add(Duration::from_secs(alert.duration_s)).unwrap_or(at);
        let (from, to) = (scale.x(at), scale.x(end));
        writeln!(
            svg,
            "<rect class=\"alert\" x=\"{from:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{DEPTH}\">\
             <title>{} ({}), {}</title></rect>",
            (to - from).max(2.0),
            html(&alert.rule),
            alert.severity,
            length(alert.duration_s),
        )?;
    }
    Ok(())
}

fn axes(svg: &mut String, chart: &Chart, most: u64) -> std::fmt::Result {
    let (right, bottom) = (WIDTH - RIGHT, TOP + DEPTH);
    for (count, y) in [(most, TOP), (most / 2, TOP + DEPTH / 2.0), (0, bottom)] {
        writeln!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {y}H{right}\"/>\
             <text class=\"end\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            LEFT - 6.0,
            y + 4.0,
            grouped(count),
        )?;
    }
    let y = bottom + 20.0;
    writeln!(svg, "<text x=\"{LEFT}\" y=\"{y}\">{}</text>", html(&chart.begins_at))?;
    writeln!(svg, "<text class=\"end\" x=\"{right}\" y=\"{y}\">{}</text>", html(&chart.ends_at))
}

fn bars(svg: &mut String, report: &Report, chart: &Chart, most: u64) -> std::fmt::Result {
    let step = BREADTH / chart.counts.len().max(1) as f64;
    for (place, counts) in chart.counts.iter().enumerate() {
        let x = LEFT + place as f64 * step;
        let mut y = TOP + DEPTH;
        // The gravest stand at the foot, where heights can be compared.
        for (severity, count) in report.severities.iter().zip(counts).filter(|(_, n)| 0 < **n) {
            let height = *count as f64 / most as f64 * DEPTH;
            y -= height;
            writeln!(
                svg,
                "<rect class=\"{}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" \
                 height=\"{height:.1}\"><title>{} {}</title></rect>",
                severity.name,
                (step * 0.9).max(0.5),
                grouped(*count),
                severity.name,
            )?;
        }
    }
    Ok(())
}

fn legend(svg: &mut String, report: &Report) -> std::fmt::Result {
    for (place, severity) in report.severities.iter().enumerate() {
        let x = LEFT + place as f64 * 150.0;
        writeln!(
            svg,
            "<rect class=\"{}\" x=\"{x}\" y=\"10\" width=\"12\" height=\"12\"/>\
             <text x=\"{}\" y=\"21\">{} {}</text>",
            severity.name,
            x + 18.0,
            grouped(severity.count),
            severity.name,
        )?;
    }
    Ok(())
}

/// Where on the chart a time is.
struct Scale {
    from: SystemTime,
    whole: f64,
}

impl Scale {
    fn of(chart: &Chart) -> Option<Scale> {
        let from = rfc3339::parse(&chart.begins_at)?;
        let whole = chart.each_s as f64 * chart.counts.len() as f64;
        (0.0 < whole).then_some(Scale { from, whole })
    }

    fn x(&self, at: SystemTime) -> f64 {
        let since = at.duration_since(self.from).unwrap_or_default().as_secs_f64();
        LEFT + (since / self.whole).min(1.0) * BREADTH
    }
}

/// Colours that are told apart by those who see few, by day and by night.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#333}.end{text-anchor:end}\
.ground{fill:#fff}.grid{stroke:#ddd}.critical{fill:#7b1fa2}.error{fill:#c62828}\
.warning{fill:#e69500}.info{fill:#5a9bd4}.alert{fill:#c62828;fill-opacity:.12}\
@media(prefers-color-scheme:dark){text{fill:#ddd}.ground{fill:#161616}.grid{stroke:#444}\
.critical{fill:#ce93d8}.error{fill:#ef5350}.warning{fill:#ffb74d}.info{fill:#64b5f6}\
.alert{fill-opacity:.25}}";

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 40.0;
/// From the highest count to none.
const DEPTH: f64 = 220.0;
const BREADTH: f64 = WIDTH - LEFT - RIGHT;
