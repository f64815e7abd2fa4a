use super::Finding;
use crate::source::{Source, find_words};

/// Finds what switches a lint or a test off, and tests that sleep.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for forbidden in FORBIDDEN {
        for offset in find_words(&source.code, forbidden.code) {
            if !forbidden.in_tests_alone || source.is_test(offset) {
                let what = format!("`{}`: {}", forbidden.code, forbidden.cure);
                findings.push(Finding::error(&source.path, source.line(offset), what));
            }
        }
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}

struct Forbidden {
    code: &'static str,
    in_tests_alone: bool,
    cure: &'static str,
}

const FORBIDDEN: &[Forbidden] = &[
    Forbidden { code: "#[allow", in_tests_alone: false, cure: EXPECT },
    Forbidden { code: "#![allow", in_tests_alone: false, cure: EXPECT },
    Forbidden {
        code: "#[ignore",
        in_tests_alone: false,
        cure: "a test that does not run is none: mend it, or remove it",
    },
    Forbidden {
        code: "#[should_panic",
        in_tests_alone: false,
        cure: "assert on the value or the error that comes back",
    },
    // Elsewhere it is clippy's `disallowed_methods` that says so.
    Forbidden {
        code: "thread::sleep",
        in_tests_alone: true,
        cure: "pass the instant in, or pause Tokio's clock",
    },
];

const EXPECT: &str = "write `#[expect(…, reason = \"…\")]`, which goes when it is unneeded";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_switches_something_off_is_a_finding_with_its_line() {
        let findings = check(&source("\n#[allow(dead_code)]\nfn f() {}\n#![allow(unused)]\n"));

        let lines: Vec<_> = findings.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [2, 4]);
    }

    #[test]
    fn tests_are_not_ignored_and_do_not_sleep() {
        let text = "fn f() { thread::sleep(a) }\nmod tests {\n    #[ignore = \"\"]\n    \
                    #[should_panic]\n    fn g() { std::thread::sleep(a) }\n}\n";

        let lines: Vec<_> = check(&source(text)).iter().map(|finding| finding.line).collect();

        assert_eq!(lines, [3, 4, 5]);
    }

    #[test]
    fn words_in_comments_and_strings_are_no_findings() {
        let text = "// #[allow(dead_code)]\nfn f() { g(\"#[ignore]\") } /* #[should_panic] */\n";

        assert!(check(&source(text)).is_empty());
    }

    #[test]
    fn expect_and_longer_words_are_no_findings() {
        let text = "#[expect(dead_code, reason = \"\")]\n#[allowed]\n#[ignored_by_g]\nfn f() {}\n";

        assert!(check(&source(text)).is_empty());
    }

    fn source(text: &str) -> Source {
        Source::new(Path::new("crates/a/src/a.rs"), text)
    }
}
