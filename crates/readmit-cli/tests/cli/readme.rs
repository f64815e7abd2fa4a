use std::path::Path;
use std::process::Command;

use crate::program::{Ended, readmit};

/// Every `console` block of the README is run, and must print what stands there.
///
/// A line that begins with `$` is a command for the shell; `…` stands for the rest of a line or of
/// the output.
#[test]
fn the_readme_is_true() {
    let readme = include_str!("../../README.md");
    let blocks: Vec<_> = readme.split("```console\n").skip(1).collect();
    assert!(!blocks.is_empty());

    for block in blocks {
        let block = block.split("```").next().unwrap();
        for step in block.split("$ ").skip(1) {
            let (line, expected) = step.split_once('\n').unwrap();
            let ended = shell(line);

            let told = format!("{}{}", ended.out, ended.err);
            assert!(fits(&told, expected), "$ {line}\n{told}\ninstead of\n{expected}");
        }
    }
}

/// Whoever reads the JSON of the program finds each member in the README.
#[test]
fn every_member_of_the_json_is_described() {
    let readme = include_str!("../../README.md");
    let explained = readmit(&["explain", "--json", "--status", "429", "-H", "Retry-After: 1"], b"");
    let examined = readmit(&["doctor", "--json", "--offline", "https://example.invalid/"], b"");

    let event = r#"{"timestamp":"2026-01-15T10:00:00Z","event":"readmit.recovery.succeeded",
        "level":"INFO","attributes":{"readmit.recovery.strategy":"refresh",
        "readmit.recovery.authentication":true,"readmit.recovery.attempts":2,
        "readmit.recovery.elapsed_s":1}}"#;
    let code = r#"{"timestamp":"2026-01-15T10:00:00Z","error_type":"a","error_code":"AUTH_002"}"#;
    let log = event.replace('\n', " ") + "\ncut\n" + &format!("{code}\n").repeat(11);
    let summarised = readmit(&["logs", "--json", "--verify"], log.as_bytes());

    let mut names = Vec::new();
    members(&summarised.json(), &mut names);
    members(&explained.json(), &mut names);
    members(&examined.json(), &mut names);

    assert!(80 < names.len(), "{names:?}");
    for name in names {
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}

fn members(value: &serde_json::Value, names: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (name, value) in object {
                names.push(name.clone());
                members(value, names);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| members(item, names)),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

fn shell(line: &str) -> Ended {
    let program = Path::new(env!("CARGO_BIN_EXE_readmit"));
    let others = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{others}", program.parent().unwrap().display());
    let output = Command::new("sh")
        .args(["-c", line])
        .env("PATH", path)
        .env_remove("READMIT_TOKEN")
        .output()
        .unwrap();
    Ended::of(&output)
}

fn fits(told: &str, expected: &str) -> bool {
    let (mut told, mut expected) = (told.trim_end().lines(), expected.trim_end().lines());
    loop {
        match (told.next(), expected.next()) {
            (_, Some("…")) | (None, None) => return true,
            (Some(line), Some(pattern)) => {
                let fits = match pattern.split_once('…') {
                    Some((start, _)) => line.starts_with(start),
                    None => line == pattern,
                };
                if !fits {
                    return false;
                }
            }
            (Some(_), None) | (None, Some(_)) => return false,
        }
    }
}
