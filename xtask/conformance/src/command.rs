use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::arguments::{Request, Selection, USAGE};
use crate::explain;
use crate::folder::{Folder, GAPS};
use crate::gaps::Gaps;
use crate::report::Report;
use crate::suite;

/// What the program says and how it ends.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: u8,
}

/// Does what the words ask for; `project` is the folder with the project's own cases and gaps.
///
/// Nothing is said before all is known, so that a reader who leaves early changes no exit status.
pub(crate) fn run(
    words: impl Iterator<Item = String>,
    project: &Path,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let told = match Request::read(words) {
        Ok(Request::Help) => Told { out: USAGE.to_owned(), ..Told::default() },
        Ok(Request::Run(selection)) => cases(&selection, project),
        Ok(Request::Explain { folder, id }) => {
            match Folder::read(folder.as_deref().unwrap_or(project)) {
                Ok(folder) => explain::explain(&folder, &id),
                Err(error) => Told::refused(&error.to_string()),
            }
        }
        Err(complaint) => Told { err: complaint, code: MISUSED, ..Told::default() },
    };
    match deliver(&told, out, err) {
        Ok(()) => told.code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => told.code,
        Err(_) => REFUSED,
    }
}

impl Told {
    /// Says why nothing was done.
    pub(crate) fn refused(why: &str) -> Told {
        Told { err: format!("conformance: {why}\n"), code: REFUSED, ..Told::default() }
    }
}

fn cases(selection: &Selection, project: &Path) -> Told {
    let path = selection.folder.as_deref().unwrap_or(project);
    if let Some(name) = &selection.suite
        && !suite::line_names().any(|line| crate::line::is_under(line, name))
    {
        let names: Vec<_> = suite::line_names().collect();
        return Told::refused(&format!(
            "there is no suite `{name}`; there are {}",
            names.join(", ")
        ));
    }
    let folder = match Folder::read(path) {
        Ok(folder) => folder,
        Err(error) => return Told::refused(&error.to_string()),
    };
    let file = project.join(GAPS);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => return Told::refused(&format!("{}: {error}", file.display())),
    };
    let gaps = match Gaps::parse(&text) {
        Ok(gaps) => gaps,
        Err(fault) => return Told::refused(&format!("{}:{fault}", file.display())),
    };
    let report = Report::new(&folder, &gaps, selection.suite.as_deref());
    report.tell(selection.json, is_same(path, project))
}

fn is_same(one: &Path, other: &Path) -> bool {
    let [one, other] = [one, other].map(|path| fs::canonicalize(path).ok());
    one.is_some() && one == other
}

fn deliver(told: &Told, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<()> {
    let first = out.write_all(told.out.as_bytes()).and_then(|()| out.flush());
    let second = err.write_all(told.err.as_bytes()).and_then(|()| err.flush());
    first.and(second)
}

/// A file is broken, or what was asked for is not there.
pub(crate) const REFUSED: u8 = 2;

/// The command line could not be understood, as in `sysexits.h`.
const MISUSED: u8 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_cases_are_told_the_same_way() {
        let (_, out, _) = run_with(&[]);

        assert!(out.contains("classify.generic.kind: "), "{out}");
        assert_eq!(run_with(&[]), run_with(&[]));
        assert_eq!(run_with(&["--json"]), run_with(&["--json"]));
    }

    #[test]
    fn one_suite_is_run_alone() {
        let (code, out, _) = run_with(&["--suite", "retry_after", "--json"]);

        let told: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(code, 0);
        assert_eq!(told.as_object().unwrap().keys().collect::<Vec<_>>(), ["retry_after"]);
    }

    #[test]
    fn what_is_not_there_is_named_and_refused() {
        for (words, word) in [
            (&["--suite", "clasify"][..], "no suite `clasify`; there are classify.kind"),
            (&["no-such-folder"], "no-such-folder: "),
            (&["--explain", "no-such-case"], "no case `no-such-case`"),
            (&["no-such-folder", "--explain", "a"], "no-such-folder: "),
        ] {
            let (code, out, err) = run_with(words);

            assert_eq!((code, out.as_str()), (REFUSED, ""), "{words:?}");
            assert!(err.contains(word), "{words:?}: {err}");
        }
    }

    #[test]
    fn a_command_line_that_is_not_understood_is_misuse() {
        let (code, out, err) = run_with(&["--loud"]);

        assert_eq!((code, out.as_str()), (MISUSED, ""));
        assert!(err.contains("usage:"), "{err}");
    }

    #[test]
    fn help_is_what_was_asked_for() {
        let (code, out, err) = run_with(&["--help"]);

        assert_eq!((code, err.as_str()), (0, ""));
        assert!(out.starts_with("usage:"), "{out}");
    }

    #[test]
    fn a_reader_who_leaves_early_changes_nothing() {
        let words = |word: &str| std::iter::once(word.to_owned());
        let (mut out, mut err) = (Vec::new(), Vec::new());

        let good = run(words("--help"), project(), &mut Closed, &mut err);
        let bad = run(words("no-such-folder"), project(), &mut out, &mut Closed);

        assert_eq!((good, bad), (0, REFUSED));
    }

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn run_with(words: &[&str]) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let words = words.iter().map(|&word| word.to_owned());
        let code = run(words, project(), &mut out, &mut err);
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    fn project() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }
}
