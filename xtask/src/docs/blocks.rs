use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::console::Step;
use super::page::{Block, Page};
use crate::tidy::Finding;

/// Checks that each block has a language that something compiles, runs or parses, and that the
/// pages with Rust in them are among those that are compiled.
///
/// Console blocks are run elsewhere, and TOML and JSON are parsed by a test of the book's package,
/// which has the parsers.
pub(super) fn check(pages: &[Page], compiled: &BTreeSet<PathBuf>) -> io::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for page in pages {
        for block in page.blocks() {
            if let Some(what) = fault(page, &block, compiled)? {
                findings.push(Finding::error(&page.path, block.line, what));
            }
        }
    }
    Ok(findings)
}

/// The pages that the book's package compiles, as its list in `lib.rs` has them.
pub(super) fn compiled(list: &str, folder: &str) -> BTreeSet<PathBuf> {
    let quoted = list.split('"').skip(1).step_by(2);
    quoted.filter(|name| name.ends_with(".md")).map(|name| Path::new(folder).join(name)).collect()
}

fn fault(page: &Page, block: &Block, compiled: &BTreeSet<PathBuf>) -> io::Result<Option<String>> {
    let fault = match block.language.as_str() {
        "rust" if compiled.contains(&page.path) => None,
        "rust" => {
            Some("its Rust is not compiled: add the page to xtask/book/src/lib.rs".to_owned())
        }
        "console" => Step::read(block).err().map(|line| {
            format!("line {line} is the output of no command: begin the command with `$ `")
        }),
        "sh" if is_shell(&block.text)? => None,
        "sh" => Some("a shell does not understand it: correct it".to_owned()),
        "json" | "text" | "toml" => None,
        "" => Some("has no language: name it, or say `text`".to_owned()),
        other => Some(format!("nothing checks `{other}`: say `text`, or teach xtask/src/docs")),
    };
    Ok(fault)
}

/// Asks the shell whether it could run the text, without running it; true where there is none.
fn is_shell(text: &str) -> io::Result<bool> {
    let asked = Command::new("sh").arg("-n").stdin(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut asked) = asked else { return Ok(true) };
    if let Some(mut input) = asked.stdin.take() {
        input.write_all(text.as_bytes())?;
    }
    Ok(asked.wait()?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_nothing_checks_is_a_finding() {
        assert_eq!(whats("```rust\n```\n```console\n$ a\n```\n```toml\n```\n"), [""; 0]);
        assert!(whats("```\na\n```\n")[0].contains("has no language"));
        assert!(whats("```python\na\n```\n")[0].contains("nothing checks `python`"));
        assert!(whats("```console\na\n```\n")[0].contains("line 2 is the output of no command"));
    }

    #[test]
    fn rust_on_a_page_that_is_not_compiled_is_a_finding() {
        let page = Page { path: "docs/b.md".into(), text: "```rust\n```\n".to_owned() };

        let findings = check(&[page], &listed()).unwrap();

        assert!(findings[0].what.contains("is not compiled"), "{findings:?}");
    }

    #[test]
    fn what_no_shell_understands_is_a_finding() {
        assert_eq!(whats("```sh\ncargo xtask docs   # all of it\n```\n"), [""; 0]);
        assert!(whats("```sh\nif then\n```\n")[0].contains("does not understand"));
    }

    fn whats(text: &str) -> Vec<String> {
        let page = Page { path: "docs/a.md".into(), text: text.to_owned() };
        let findings = check(&[page], &listed()).unwrap();
        findings.into_iter().map(|finding| finding.what).collect()
    }

    fn listed() -> BTreeSet<PathBuf> {
        compiled("pages! { a: \"a.md\" }", "docs")
    }
}
