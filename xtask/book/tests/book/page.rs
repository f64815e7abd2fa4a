//! A page of the book, and the parts of it that are made from the code.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Asserts that the part of a page between `<!-- name -->` and `<!-- end -->` is what is made.
///
/// `cargo xtask docs --write` puts it there.
pub(crate) fn assert_made(page: &str, name: &str, made: &str) {
    let path = folder().join(page);
    let text = fs::read_to_string(&path).unwrap();
    let (begin, made) = (format!("<!-- {name} -->\n"), made.trim_end());
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("no {begin} in {page}"));
    let (shown, after) = rest.split_once(END).unwrap_or_else(|| panic!("no {END} in {page}"));
    if shown.trim() == made.trim() {
        return;
    }
    assert!(
        env::var_os(WRITE).is_some(),
        "`{name}` of docs/{page} is not what the code says: cargo xtask docs --write\n\
         it shows\n{shown}\nand the code says\n{made}",
    );
    fs::write(path, format!("{before}{begin}\n{made}\n\n{END}{after}")).unwrap();
}

pub(crate) fn folder() -> PathBuf {
    workspace().join("docs")
}

/// What a file of the workspace holds.
pub(crate) fn source(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A table in Markdown.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<_> = head.iter().map(|&cell| cell.to_owned()).collect();
    let mut table = line(&head) + &"|---".repeat(head.len()) + "|\n";
    for row in rows {
        let cells: Vec<_> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        table += &line(&cells);
    }
    table
}

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

const END: &str = "<!-- end -->";

/// The variable under which the pages are written.
const WRITE: &str = "XTASK_DOCS_WRITE";
