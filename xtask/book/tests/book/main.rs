//! What the book says, compared with the code.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "these are tests: what does not hold ends them"
)]

mod failures;
mod page;
mod pictures;
mod settings;
mod signals;

use std::fs;
use std::path::{Path, PathBuf};

use crate::page::folder;

/// TOML and JSON in the book can be read by whoever copies them.
#[test]
fn data_in_the_book_is_what_it_says() {
    let mut read = 0_usize;
    for (path, line, language, text) in blocks() {
        let fault = match language.as_str() {
            "json" => serde_json::from_str::<serde_json::Value>(&text).err().map(|e| e.to_string()),
            "toml" => toml::from_str::<toml::Table>(&text).err().map(|e| e.to_string()),
            _ => continue,
        };
        read += 1;
        assert_eq!(fault, None, "{}:{line}", path.display());
    }
    assert!(0 < read);
}

/// The fenced blocks of all pages: page, line, language, text.
fn blocks() -> Vec<(PathBuf, usize, String, String)> {
    let mut blocks = Vec::new();
    for path in pages(&folder()) {
        let page = fs::read_to_string(&path).unwrap();
        let mut open: Option<(usize, String, String)> = None;
        for (number, line) in (1..).zip(page.lines()) {
            match (&mut open, line.trim_start().strip_prefix("```")) {
                (None, Some(info)) => open = Some((number, info.to_owned(), String::new())),
                (Some((_, _, text)), None) => {
                    text.push_str(line);
                    text.push('\n');
                }
                (Some(_), Some(_)) => {
                    blocks.extend(open.take().map(|(n, info, text)| (path.clone(), n, info, text)));
                }
                (None, None) => {}
            }
        }
    }
    blocks
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}
