//! The pictures of the machines are those that their own documentation has.

use crate::page::{assert_made, source};

#[test]
fn each_machine_is_drawn_as_its_documentation_draws_it() {
    for (name, file) in MACHINES {
        assert_made("explanation/machines.md", name, &drawn(&source(file)));
    }
}

/// The first picture among the doc comments.
fn drawn(source: &str) -> String {
    let mut lines = source.lines().skip_while(|line| *line != "/// ```text").skip(1);
    let lines = lines.by_ref().take_while(|line| *line != "/// ```");
    let lines: Vec<_> =
        lines.map(|line| line.trim_start_matches("///").replacen(' ', "", 1)).collect();
    assert!(3 < lines.len(), "{lines:?}");
    format!("```text\n{}\n```", lines.join("\n"))
}

const MACHINES: [(&str, &str); 4] = [
    ("breaker", "crates/readmit-breaker/src/breaker.rs"),
    ("credential", "crates/readmit-recovery/src/lifecycle.rs"),
    ("limiter", "crates/readmit-limit/src/limiter.rs"),
    ("retry", "crates/readmit-retry/src/attempts.rs"),
];
