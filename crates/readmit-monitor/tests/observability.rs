//! The rules and the dashboard that are shipped use the metrics there are, and their attributes.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use readmit_monitor::{Instrument, METRICS};

#[test]
fn every_metric_that_a_file_names_exists() {
    for file in FILES {
        let text = read(file);
        let names: BTreeSet<&str> = words(&text).filter(|word| is_metric(word)).collect();

        assert!(5 <= names.len(), "{file} names {names:?}");
        for name in names {
            assert!(known().contains(name), "{file}: {name} is no metric");
        }
    }
}

#[test]
fn every_attribute_that_a_file_selects_or_groups_by_exists() {
    let attributes = METRICS.iter().flat_map(|metric| metric.attributes);
    let mut known: BTreeSet<String> = attributes.map(|name| name.replace('.', "_")).collect();
    // What Prometheus adds, and what an alert is called by.
    known.extend(["job", "le", "alertname"].map(str::to_owned));
    for file in FILES {
        let text = read(file);
        let grouped = text.split(" by (").skip(1).filter_map(|rest| rest.split(')').next());
        let grouped = grouped.flat_map(|names| names.split(", ")).map(str::to_owned);
        let selected = words(&text).filter(|word| {
            let after = &text[word.as_ptr() as usize - text.as_ptr() as usize + word.len()..];
            ["=\"", "=~", "!~", "=\\\""].iter().any(|sign| after.starts_with(sign))
        });
        let used: BTreeSet<String> = grouped.chain(selected.map(str::to_owned)).collect();

        assert!(3 <= used.len(), "{file} uses {used:?}");
        for name in used {
            assert!(known.contains(&name), "{file}: {name} is no attribute");
        }
    }
}

#[test]
fn the_dashboard_is_json_with_a_panel_for_each_thing_to_see() {
    let dashboard: serde_json::Value =
        serde_json::from_str(&read("readmit.dashboard.json")).unwrap();

    let panels = dashboard["panels"].as_array().unwrap();
    let kinds: BTreeSet<&str> = panels.iter().filter_map(|panel| panel["type"].as_str()).collect();
    assert!(kinds.is_superset(&["row", "state-timeline", "table", "timeseries"].into()));
    let ids: BTreeSet<u64> = panels.iter().filter_map(|panel| panel["id"].as_u64()).collect();
    assert_eq!(ids.len(), panels.len());
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let names: Vec<&str> = variables.iter().filter_map(|it| it["name"].as_str()).collect();
    assert_eq!(names, ["datasource", "service", "server", "code"]);
}

/// The names under which Prometheus has what is emitted, and those of the recording rules.
fn known() -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for metric in METRICS {
        let name = metric.prometheus();
        if metric.instrument == Instrument::Seconds {
            known.extend(["_bucket", "_count", "_sum"].map(|suffix| format!("{name}{suffix}")));
        } else {
            known.insert(name);
        }
    }
    let rules = read("readmit.rules.yml");
    let recorded = rules.lines().filter_map(|line| line.trim().strip_prefix("- record: "));
    known.extend(recorded.map(str::to_owned));
    known
}

fn is_metric(word: &str) -> bool {
    let attributes = METRICS.iter().flat_map(|metric| metric.attributes);
    let is_attribute = attributes.into_iter().any(|name| name.replace('.', "_") == word);
    let is_named = word.contains("readmit_") || word.starts_with("http_client_");
    is_named && !is_attribute
}

/// Names as Prometheus has them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
        .map(|word| word.trim_end_matches(':'))
        .filter(|word| !word.is_empty())
}

fn read(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/observability");
    fs::read_to_string(folder.join(file)).unwrap()
}

const FILES: [&str; 3] = ["readmit.rules.yml", "readmit.rules.test.yml", "readmit.dashboard.json"];
