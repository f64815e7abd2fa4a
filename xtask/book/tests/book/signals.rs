//! The tables of events and metrics.

use readmit_monitor::METRICS;

use crate::page::{assert_made, source, table};

/// The names of the attributes stand in the model, at the fields that they are written from.
#[test]
fn the_events_are_those_of_the_model() {
    let model = source("crates/readmit-error/src/event/situation.rs");
    let body = model.split("pub enum Event {").nth(1).unwrap().split("\n}\n").next().unwrap();
    let mut rows: Vec<_> = body.split("\n    },\n").filter_map(event).collect();
    rows.sort();

    assert!(10 < rows.len(), "{rows:?}");
    assert_made("reference/signals.md", "events", &table(&["event", "when", "attributes"], &rows));
}

#[test]
fn the_metrics_are_those_of_the_monitor() {
    let rows: Vec<_> = METRICS
        .iter()
        .map(|metric| {
            let attributes: Vec<_> =
                metric.attributes.iter().map(|name| format!("`{name}`")).collect();
            vec![
                format!("`{}`", metric.name),
                format!("`{}`", metric.prometheus()),
                metric.about.to_owned(),
                attributes.join(", "),
            ]
        })
        .collect();

    let head = ["metric", "in Prometheus", "what it is", "attributes"];
    assert_made("reference/signals.md", "metrics", &table(&head, &rows));
}

/// Reads a variant: its sentence, its name and the names of its fields.
fn event(variant: &str) -> Option<Vec<String>> {
    let (head, fields) = variant.split_once(" {\n").unwrap_or((variant, ""));
    let sentence = head.lines().find_map(|line| line.trim().strip_prefix("/// "))?;
    let name = renamed(head).next()?;
    let attributes: Vec<_> = renamed(fields).map(|name| format!("`{name}`")).collect();
    Some(vec![format!("`{name}`"), sentence.to_owned(), attributes.join(", ")])
}

fn renamed(text: &str) -> impl Iterator<Item = &str> {
    text.split("rename = \"").skip(1).filter_map(|rest| rest.split('"').next())
}
