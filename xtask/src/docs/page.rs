use std::path::{Path, PathBuf};

/// A page of the book: its place in the workspace, and its text.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// A fenced block of a page.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Block {
    /// The first word behind the fence; empty where there is none.
    pub(super) language: String,
    /// The line of the fence, from 1.
    pub(super) line: usize,
    /// What stands between the fences, without the indentation of the fence.
    pub(super) text: String,
}

impl Page {
    /// The fenced blocks, in their order; one that is never closed goes to the end of the page.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<(Block, usize)> = None;
        for (number, line) in (1..).zip(self.text.lines()) {
            let fence = line.trim_start().strip_prefix("```");
            match (&mut open, fence) {
                (None, Some(info)) => {
                    let language = info.split([' ', ',']).next().unwrap_or_default().to_owned();
                    let indent = line.len() - line.trim_start().len();
                    open = Some((Block { language, line: number, text: String::new() }, indent));
                }
                (Some((block, indent)), None) => {
                    let indented = line.len() - line.trim_start().len();
                    block.text += &line[indented.min(*indent)..];
                    block.text.push('\n');
                }
                (Some(_), Some(_)) => blocks.extend(open.take().map(|(block, _)| block)),
                (None, None) => {}
            }
        }
        blocks.extend(open.map(|(block, _)| block));
        blocks
    }

    /// Where the page is below the folder of the book.
    pub(super) fn below(&self, folder: &str) -> &Path {
        self.path.strip_prefix(folder).unwrap_or(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_with_their_language_and_line() {
        let page = page(
            "# a\n\n```rust,no_run\nlet b = 1;\n```\n\n- c\n\n  ```console\n  $ d\n    e\n  ```\n",
        );

        let blocks = page.blocks();

        let [rust, console] = &blocks[..] else { panic!("two blocks: {blocks:?}") };
        assert_eq!((rust.language.as_str(), rust.line), ("rust", 3));
        assert_eq!(rust.text, "let b = 1;\n");
        assert_eq!((console.language.as_str(), console.line), ("console", 9));
        assert_eq!(console.text, "$ d\n  e\n");
    }

    #[test]
    fn a_page_without_fences_has_no_blocks() {
        assert_eq!(page("# a\n\n`b`\n").blocks(), []);
    }

    fn page(text: &str) -> Page {
        Page { path: "docs/a.md".into(), text: text.to_owned() }
    }
}
