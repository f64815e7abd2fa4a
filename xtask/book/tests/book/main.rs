//! What the book says, compared with the code.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "these are tests: what does not hold ends them"
)]

mod failures;
mod manifests;
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
    for block in blocks() {
        let fault = match block.language.as_str() {
            "json" => {
                serde_json::from_str::<serde_json::Value>(&block.text).err().map(|e| e.to_string())
            }
            "toml" => toml::from_str::<toml::Table>(&block.text).err().map(|e| e.to_string()),
            _ => continue,
        };
        read += 1;
        assert_eq!(fault, None, "{}:{}", block.page.display(), block.line);
    }
    assert!(0 < read);
}

/// A fenced block of a page.
struct Block {
    page: PathBuf,
    line: usize,
    language: String,
    text: String,
}

/// The fenced blocks of all pages.
fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for page in pages(&folder()) {
        let text = fs::read_to_string(&page).unwrap();
        let mut open: Option<Block> = None;
        for (line, text) in (1..).zip(text.lines()) {
            match (&mut open, text.trim_start().strip_prefix("```")) {
                (None, Some(language)) => {
                    let (page, language) = (page.clone(), language.to_owned());
                    open = Some(Block { page, line, language, text: String::new() });
                }
                (Some(block), None) => {
                    block.text.push_str(text);
                    block.text.push('\n');
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
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
