use std::env;
use std::io;
use std::process::{Command, ExitCode};

use crate::job::Tally;
use crate::process::{cargo, count_tests};
use crate::workspace::Workspace;

/// Compiles and runs the Rust of the book.
///
/// `cargo test --package` would choose other features than the tests of the whole workspace, and
/// build every dependency again.
/// So cargo is asked to test the documentation of all packages, with this program in the place of
/// rustdoc, which passes the book on and leaves the others out.
pub(super) fn run(workspace: &Workspace) -> io::Result<(bool, Tally)> {
    let mut tests = cargo(workspace, &["test", "--workspace", "--all-features", "--locked"]);
    let rustdoc = env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    tests.args(["--doc", "--quiet"]).env("RUSTDOC", env::current_exe()?).env(PASSED_ON, rustdoc);
    count_tests(&mut tests)
}

/// Stands in for rustdoc where this program was asked to.
pub(crate) fn stand_in(args: &[String]) -> Option<io::Result<ExitCode>> {
    let rustdoc = env::var_os(PASSED_ON)?;
    if !is_passed_on(args) {
        return Some(Ok(ExitCode::SUCCESS));
    }
    let ended = Command::new(rustdoc).args(args).status();
    Some(ended.map(|status| if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }))
}

/// Tests of the book alone, and whatever is no test, such as the question for the version.
fn is_passed_on(args: &[String]) -> bool {
    let tests = args.iter().any(|arg| arg == "--test");
    let name = args.windows(2).find(|pair| pair[0] == "--crate-name").map(|pair| &pair[1]);
    !tests || name.is_some_and(|name| name == BOOK)
}

/// The variable that has the rustdoc that is stood in for.
const PASSED_ON: &str = "XTASK_DOCS_RUSTDOC";

const BOOK: &str = "xtask_book";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_of_the_book_alone_are_passed_on() {
        let args = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();

        assert!(is_passed_on(&args("--crate-name xtask_book --test src/lib.rs")));
        assert!(!is_passed_on(&args("--crate-name readmit --test src/lib.rs")));
        assert!(is_passed_on(&args("-vV")));
    }
}
