use std::path::PathBuf;

/// What the runner was asked to do.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Request {
    Explain { folder: Option<PathBuf>, id: String },
    Help,
    Run(Selection),
}

/// Which cases to run, and for whom to print.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Selection {
    /// The project's own cases where none is given.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) suite: Option<String>,
    pub(crate) json: bool,
}

impl Request {
    /// Reads the words behind the command's name.
    ///
    /// # Errors
    ///
    /// Says what cannot be understood, with the usage.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Request, String> {
        let mut selection = Selection::default();
        let mut explain = None;
        while let Some(word) = words.next() {
            match word.as_str() {
                "--help" | "-h" => return Ok(Request::Help),
                "--json" => selection.json = true,
                "--suite" => selection.suite = Some(value(&word, words.next())?),
                "--explain" => explain = Some(value(&word, words.next())?),
                flag if flag.starts_with('-') => {
                    return Err(format!("unknown argument {flag}\n{USAGE}"));
                }
                folder if selection.folder.is_none() => selection.folder = Some(folder.into()),
                second => return Err(format!("one folder at a time, not {second} too\n{USAGE}")),
            }
        }
        let Some(id) = explain else { return Ok(Request::Run(selection)) };
        if selection.json || selection.suite.is_some() {
            return Err(format!("--explain tells one case, in words for people\n{USAGE}"));
        }
        Ok(Request::Explain { folder: selection.folder, id })
    }
}

fn value(flag: &str, word: Option<String>) -> Result<String, String> {
    word.filter(|word| !word.is_empty()).ok_or_else(|| format!("{flag} wants a value\n{USAGE}"))
}

pub(crate) const USAGE: &str = "\
usage: cargo xtask conformance [DIR] [--suite NAME] [--json]
       cargo xtask conformance [DIR] --explain ID

  DIR            the folder with the cases; the project's own if none is given
  --suite NAME   one line, such as classify.generic.kind, or all below a name, such as classify
  --json         an object for machines on the standard output
  --explain ID   one case in full: what came, what was expected, what was made of it and why

Exit status: 0 all cases end as they must, or known-gaps.toml says why not; 1 one does not;
2 a file is broken or what was asked for is not there; 64 the command line is not understood.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_words_the_projects_own_cases_are_run() {
        assert_eq!(read(&[]), Ok(Request::Run(Selection::default())));
    }

    #[test]
    fn the_words_may_come_in_any_order() {
        let selection = Selection {
            folder: Some(PathBuf::from("cases")),
            suite: Some("classify".to_owned()),
            json: true,
        };

        assert_eq!(read(&["--json", "cases", "--suite", "classify"]), Ok(Request::Run(selection)));
    }

    #[test]
    fn one_case_is_explained_in_words_alone() {
        let explained = read(&["cases", "--explain", "a"]);
        let for_machines = read(&["--explain", "a", "--json"]);

        let folder = Some(PathBuf::from("cases"));
        assert_eq!(explained, Ok(Request::Explain { folder, id: "a".to_owned() }));
        assert!(for_machines.is_err());
    }

    #[test]
    fn what_is_not_understood_is_refused_with_the_usage() {
        for words in [&["--loud"][..], &["--suite"], &["--suite", ""], &["--explain"], &["a", "b"]]
        {
            let refused = read(words).unwrap_err();

            assert!(refused.contains("usage:"), "{words:?}: {refused}");
        }
    }

    fn read(words: &[&str]) -> Result<Request, String> {
        Request::read(words.iter().map(|&word| word.to_owned()))
    }
}
