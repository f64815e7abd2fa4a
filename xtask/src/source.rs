use std::ops::Range;
use std::path::{Path, PathBuf};

/// A Rust file, read as far as the checks need: which bytes are code, and which of that is tests.
///
/// This is no parser. It knows comments, literals and braces, which is what it takes not to be
/// fooled by a word in a comment or a brace in a string.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// The file, line for line, with comments blanked and literals masked by `_`.
    pub(crate) code: String,
    /// Where in `code` the test modules are.
    tests: Vec<Range<usize>>,
}

impl Source {
    pub(crate) fn new(path: &Path, text: &str) -> Source {
        let code = mask(text);
        let mut tests = test_modules(&code);
        if is_test_file(path) {
            tests.push(0..code.len());
        }
        Source { path: path.to_path_buf(), code, tests }
    }

    /// Returns whether it declares this module, inline or in a file of its own.
    pub(crate) fn has_module(&self, name: &str) -> bool {
        find_words(&self.code, &format!("mod {name}")).next().is_some()
    }

    /// Returns whether this offset into `code` lies in tests.
    pub(crate) fn is_test(&self, offset: usize) -> bool {
        self.tests.iter().any(|test| test.contains(&offset))
    }

    /// Returns the number of the line, from 1, that has this offset into `code`.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.code.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
    }

    /// Counts the lines in a range of `code` that hold code; tests are left out.
    pub(crate) fn code_lines(&self, range: Range<usize>) -> usize {
        let mut count = 0;
        let mut start = range.start;
        for line in self.code[range].split_inclusive('\n') {
            if !line.trim().is_empty() && !self.is_test(start) {
                count += 1;
            }
            start += line.len();
        }
        count
    }
}

/// Finds a sequence of words or signs that does not begin or end inside an identifier.
pub(crate) fn find_words<'a>(code: &'a str, words: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(words).map(|(start, _)| start).filter(move |&start| {
        let before = code[..start].chars().next_back();
        let after = code[start + words.len()..].chars().next();
        let cuts = |edge: Option<char>, other: Option<char>| {
            edge.is_some_and(is_word) && other.is_some_and(is_word)
        };
        !cuts(words.chars().next(), before) && !cuts(words.chars().next_back(), after)
    })
}

/// Returns where the block ends that opens with the brace at this offset: past its closing brace.
pub(crate) fn block_end(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

fn is_word(next: char) -> bool {
    next.is_alphanumeric() || next == '_'
}

/// Files that hold nothing but tests.
fn is_test_file(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "tests" || stem == "loom_tests")
        || path.components().any(|part| part.as_os_str() == "tests")
}

fn test_modules(code: &str) -> Vec<Range<usize>> {
    let mut modules = Vec::new();
    for name in ["mod tests", "mod loom_tests"] {
        for start in find_words(code, name) {
            let after = start + name.len();
            if code[after..].trim_start().starts_with('{') {
                modules.push(start..block_end(code, after));
            }
        }
    }
    modules
}

fn mask(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (length, filler) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), ' ')
        } else if rest.starts_with("/*") {
            (block_comment(rest), ' ')
        } else if let Some(length) = literal(rest, code.chars().next_back()) {
            (length, '_')
        } else {
            code.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        let (masked, left) = rest.split_at(length);
        code.extend(masked.chars().map(|c| if c.is_whitespace() { c } else { filler }));
        rest = left;
    }
    code
}

/// The length of the comment at the start; comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of the string or character at the start, if there is one.
fn literal(text: &str, before: Option<char>) -> Option<usize> {
    let unprefixed = text.strip_prefix(['b', 'c']).unwrap_or(text);
    if let Some(raw) = unprefixed.strip_prefix('r').filter(|_| !before.is_some_and(is_word)) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let open = text.len() - raw.len() + hashes + 1;
            return Some(
                text[open..].find(&close).map_or(text.len(), |at| open + at + close.len()),
            );
        }
    }
    if text.starts_with('"') {
        return Some(quoted(text, '"'));
    }
    let inside = text.strip_prefix('\'')?;
    let mut chars = inside.chars();
    match (chars.next()?, chars.next()) {
        ('\\', _) => Some(quoted(text, '\'')),
        (only, Some('\'')) => Some(only.len_utf8() + 2),
        // A lifetime or a label.
        (_, _) => None,
    }
}

/// The length of what stands between the quote at the start and the next one not escaped.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, next) in text.char_indices().skip(1) {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if next == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_blanked_and_nest() {
        let code = mask("a /* b /* c */ d */ e // f {\ng");

        assert_eq!(code, "a                   e     \ng".replace("     \n", "       \n"));
    }

    #[test]
    fn literals_are_masked() {
        assert_eq!(mask(r#"f("a\"{", 'b', '\'', b'{')"#), "f(______, ___, ____, b___)");
        assert_eq!(mask(r##"f(r#"a"{"#, br"\", r"{")"##), "f(________, _____, ____)");
        assert_eq!(mask("f(\"ü\n{\")"), "f(__\n__)");
    }

    #[test]
    fn lifetimes_labels_and_raw_identifiers_are_code() {
        let text = "fn f<'a>(r#type: &'a str, writer: Kr) { 'outer: loop {} }";

        assert_eq!(mask(text), text);
    }

    #[test]
    fn an_unclosed_literal_ends_with_the_file() {
        assert_eq!(mask("f(\"a"), "f(__");
        assert_eq!(mask("f(r#\"a"), "f(____");
        assert_eq!(mask("f /* a"), "f     ");
    }

    #[test]
    fn words_are_found_whole() {
        let found: Vec<_> =
            find_words("mod tests; mod tests_too; xmod tests;", "mod tests").collect();

        assert_eq!(found, [0]);
    }

    #[test]
    fn a_brace_in_a_string_closes_no_block() {
        let source = Source::new(Path::new("a.rs"), "mod tests { f(\"}\"); }\nfn g() {}\n");

        assert!(source.is_test(source.code.find("f(").unwrap()));
        assert!(!source.is_test(source.code.find("fn g").unwrap()));
    }

    #[test]
    fn lines_of_code_are_counted_without_comments_and_tests() {
        let text = "//! a\n\nfn f() {\n    // b\n    g();\n}\n\nmod tests {\n    fn h() {}\n}\n";
        let source = Source::new(Path::new("a.rs"), text);

        assert_eq!(source.code_lines(0..source.code.len()), 3);
    }

    #[test]
    fn a_file_of_tests_is_all_tests() {
        assert!(Source::new(Path::new("crates/a/tests/model.rs"), "fn f() {}").is_test(0));
        assert!(Source::new(Path::new("crates/a/src/shared/tests.rs"), "fn f() {}").is_test(0));
        assert!(!Source::new(Path::new("crates/a/src/shared.rs"), "fn f() {}").is_test(0));
    }
}
