//! A report as one page, which needs nothing else and runs nothing.

use std::fmt::{self, Write};

use readmit_log::escape::html;

use super::report::{Ranking, Report};
use super::{shown, svg};
use crate::number::{counted, grouped, length, rate};

pub(super) fn draw(report: &Report) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = document(&mut page, report);
    page
}

fn document(page: &mut String, report: &Report) -> fmt::Result {
    let names: Vec<_> = report.files.iter().map(|it| html(&it.file)).collect();
    let names = names.join(", ");
    writeln!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{names}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{names}</h1>\n\
         <p class=\"{}\"><strong>{}</strong></p>",
        if report.is_broken { "bad" } else { "verdict" },
        html(&report.verdict),
    )?;
    read(page, report)?;
    page.push_str(&svg::draw(report));
    codes(page, report)?;
    alerts(page, report)?;
    recovery(page, report)?;
    for (title, ranking) in [
        ("Origins", &report.origins),
        ("Routes", &report.routes),
        ("Principals", &report.principals),
        ("Events", &report.events),
    ] {
        names_of(page, title, ranking)?;
    }
    chains(page, report)?;
    writeln!(page, "</main>\n</body>\n</html>")
}

fn read(page: &mut String, report: &Report) -> fmt::Result {
    let text = |text: &Option<String>| text.as_deref().map(html).unwrap_or_default();
    writeln!(
        page,
        "<p>{}, {}, {} unreadable; from {} to {} ({}).</p>",
        counted(report.lines, "line", "lines"),
        counted(report.entries, "entry", "entries"),
        grouped(report.unreadable),
        text(&report.from),
        text(&report.to),
        length(report.span_s.unwrap_or_default()),
    )?;
    for unread in &report.first_unreadable {
        let (file, text) = (html(&unread.file), html(&unread.text));
        writeln!(page, "<p>Unreadable: {file}:{}: <code>{text}</code></p>", unread.line)?;
    }
    Ok(())
}

fn codes(page: &mut String, report: &Report) -> fmt::Result {
    table(page, "Codes", &["code", "count", "an hour", "in the last hour", "trend"])?;
    for code in &report.codes {
        row(
            page,
            &code.code,
            &[
                &grouped(code.count),
                &rate(code.per_hour),
                &rate(code.last_hour),
                code.trend.unwrap_or("unknown"),
            ],
        )?;
    }
    end(page)
}

fn alerts(page: &mut String, report: &Report) -> fmt::Result {
    writeln!(page, "<h2>Alerts that would have fired</h2>")?;
    if report.alerts.is_empty() {
        return writeln!(page, "<p>None.</p>");
    }
    writeln!(page, "<ul>")?;
    for alert in &report.alerts {
        let told = html(&shown::alert_line(alert));
        writeln!(page, "<li class=\"{}\">{}: {told}</li>", alert.severity, alert.severity)?;
    }
    writeln!(page, "</ul>")
}

fn recovery(page: &mut String, report: &Report) -> fmt::Result {
    let recovery = &report.recovery;
    if recovery.is_empty() {
        return Ok(());
    }
    table(page, "Recovery", &["outcome", "count"])?;
    for (name, count) in [
        ("calls that recovered", recovery.recovered),
        ("calls that failed all the same", recovery.exhausted),
        ("calls that were refused locally", recovery.rejected),
        ("refreshes that succeeded", recovery.refreshes_succeeded),
        ("refreshes that failed", recovery.refreshes_failed),
    ] {
        row(page, name, &[&grouped(count)])?;
    }
    end(page)
}

fn names_of(page: &mut String, title: &str, ranking: &Ranking) -> fmt::Result {
    let Some(first) = ranking.most.first() else { return Ok(()) };
    table(page, title, &["name", "count", "share of the first"])?;
    for name in &ranking.most {
        let share = name.count as f64 / first.count.max(1) as f64;
        writeln!(
            page,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"bar\">\
             <svg viewBox=\"0 0 100 10\" aria-hidden=\"true\" preserveAspectRatio=\"none\">\
             <rect width=\"{:.1}\" height=\"10\"/></svg></td></tr>",
            html(&name.name),
            grouped(name.count),
            share * 100.0,
        )?;
    }
    end(page)
}

fn chains(page: &mut String, report: &Report) -> fmt::Result {
    if report.chains.is_empty() {
        return Ok(());
    }
    table(page, "Audit chain", &["file", "finding", "checkpoint"])?;
    for chain in &report.chains {
        let checkpoint = chain.checkpoint.as_deref().unwrap_or_default();
        row(page, &chain.file, &[&chain.finding, checkpoint])?;
    }
    end(page)
}

fn table(page: &mut String, title: &str, heads: &[&str]) -> fmt::Result {
    write!(page, "<table>\n<caption>{title}</caption>\n<thead><tr>")?;
    for head in heads {
        write!(page, "<th scope=\"col\">{head}</th>")?;
    }
    writeln!(page, "</tr></thead>\n<tbody>")
}

fn row(page: &mut String, name: &str, cells: &[&str]) -> fmt::Result {
    write!(page, "<tr><th scope=\"row\">{}</th>", html(name))?;
    for cell in cells {
        write!(page, "<td>{}</td>", html(cell))?;
    }
    writeln!(page, "</tr>")
}

fn end(page: &mut String) -> fmt::Result {
    writeln!(page, "</tbody>\n</table>")
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;\
padding:1rem;color:#222;background:#fff}table{border-collapse:collapse;margin:1.5rem 0;width:100%}\
caption,h2{font-size:1.2rem;font-weight:600;text-align:left}th,td{padding:.2rem .6rem;\
border-bottom:1px solid #ddd;text-align:right;overflow-wrap:anywhere}tbody th,thead th:first-child\
{text-align:left;font-weight:400}.bar{width:30%}.bar svg{display:block;width:100%;height:.8rem}\
.bar rect{fill:#5a9bd4}.bad,.high{color:#b71c1c}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}th,td{border-color:#444}\
.bad,.high{color:#ef9a9a}}";
