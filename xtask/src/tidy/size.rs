use super::Finding;
use crate::source::{Source, block_end, find_words};

/// Warns of files and functions that are asking to be two; comments, blank lines and tests are not
/// counted.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lines = source.code_lines(0..source.code.len());
    if FILE_LINES < lines {
        let what = format!("{lines} lines of code, more than {FILE_LINES}: split by idea");
        findings.push(Finding::warning(&source.path, 1, what));
    }
    for function in functions(&source.code) {
        let lines = source.code_lines(function.start..function.end);
        if FUNCTION_LINES < lines {
            let what = format!(
                "`{}` has {lines} lines of code, more than {FUNCTION_LINES}: split it",
                function.name
            );
            findings.push(Finding::warning(&source.path, source.line(function.start), what));
        }
    }
    findings
}

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 50;

struct Function<'a> {
    name: &'a str,
    start: usize,
    end: usize,
}

fn functions(code: &str) -> Vec<Function<'_>> {
    let mut found = Vec::new();
    for start in find_words(code, "fn ") {
        let after = start + "fn ".len();
        let rest = &code[after..];
        let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(rest);
        if let Some(open) = body(rest).filter(|_| !name.is_empty()) {
            found.push(Function { name, start, end: block_end(code, after + open) });
        }
    }
    found
}

/// Where the body of a function opens, if it has one: past the parameters and the types.
fn body(signature: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, next) in signature.char_indices() {
        match next {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '{' if depth == 0 => return Some(at),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_function_is_counted_with_its_signature_and_without_its_comments() {
        let body = "    // why\n\n    g();\n";

        assert_eq!(check(&source(&function(&body.repeat(48)))).len(), 0);
        assert_eq!(check(&source(&function(&body.repeat(49)))).len(), 1);
    }

    #[test]
    fn a_finding_names_the_function_and_its_line() {
        let text = format!("struct A;\n{}", function(&"    g();\n".repeat(60)));

        let findings = check(&source(&text));

        assert_eq!(
            findings[0].to_string(),
            "crates/a/src/a.rs:2: warning: `f` has 62 lines of code, more than 50: split it"
        );
    }

    #[test]
    fn a_file_is_counted_without_its_tests() {
        let item = "const A: u8 = 1;\n";
        let tests = format!("mod tests {{\n{}}}\n", item.repeat(100));

        assert_eq!(check(&source(&(item.repeat(400) + &tests))).len(), 0);
        assert_eq!(check(&source(&(item.repeat(401) + &tests))).len(), 1);
    }

    #[test]
    fn signatures_without_a_body_and_function_types_are_no_functions() {
        let code = "trait T { fn a(x: [u8; 4]); fn b(&self) -> u8 { 1 } } type F = fn (u8) -> u8;";

        let names: Vec<_> = functions(code).iter().map(|function| function.name).collect();

        assert_eq!(names, ["b"]);
    }

    fn function(body: &str) -> String {
        format!("fn f(x: [u8; 4]) {{\n{body}}}\n")
    }

    fn source(text: &str) -> Source {
        Source::new(Path::new("crates/a/src/a.rs"), text)
    }
}
