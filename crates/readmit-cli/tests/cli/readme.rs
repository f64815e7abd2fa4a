use std::path::Path;
use std::process::Command;

use crate::program::Ended;

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

fn shell(line: &str) -> Ended {
    let program = Path::new(env!("CARGO_BIN_EXE_readmit"));
    let path = format!("{}:{}", program.parent().unwrap().display(), env!("PATH"));
    let output = Command::new("sh").args(["-c", line]).env("PATH", path).output().unwrap();
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
