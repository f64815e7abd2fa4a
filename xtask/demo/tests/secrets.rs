//! The demo at its loudest: nothing that it prints holds a secret.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

#[test]
fn r55_a_planted_secret_occurs_nowhere_in_the_output_at_trace() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_xtask-demo")).env("RUST_LOG", "trace").output().unwrap();
    let shown = [output.stdout, output.stderr].concat();
    let shown = String::from_utf8_lossy(&shown);

    assert!(output.status.success(), "{}", last_lines(&shown));
    assert!(shown.contains("readmit.auth.refresh.succeeded"), "the events are part of the output");
    for planted in PLANTED {
        let mut spellings = vec![planted.to_owned(), percent(planted), hex(planted)];
        spellings.extend(in_base64(planted));
        for spelling in spellings {
            let found = shown.find(&spelling);
            let around = found.map(|at| shown[at.saturating_sub(300)..].chars().take(400));
            assert_eq!(found, None, "{:?}", around.map(Iterator::collect::<String>));
        }
    }
}

/// What the secrets of the demo begin with.
const PLANTED: [&str; 4] =
    ["s3cr3t-service-key", "s3cr3t-client-secret", "s3cr3t-access-", "s3cr3t-refresh-"];

/// The letters that the middle of the secret has in base64, at each of the three places where it
/// may begin.
fn in_base64(secret: &str) -> Vec<String> {
    let mut spellings = Vec::new();
    for shift in 0..3 {
        for engine in [&STANDARD, &URL_SAFE] {
            let encoded = engine.encode([&"\0".repeat(shift), secret].concat());
            // The first and last four letters depend on what stands beside the secret.
            spellings.push(encoded[4..encoded.len() - 4].to_owned());
        }
    }
    spellings
}

fn percent(secret: &str) -> String {
    secret.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn hex(secret: &str) -> String {
    secret.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().rev().take(40).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
