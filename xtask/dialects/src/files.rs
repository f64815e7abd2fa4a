use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use readmit_classify::Dialect;

/// The file of a dialect, or all that is wrong with it.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) toml: String,
    pub(crate) dialect: Result<Dialect, Vec<Finding>>,
}

/// Something to mend: `file:line: what, and the cure`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Finding {
    pub(crate) path: PathBuf,
    pub(crate) line: usize,
    pub(crate) what: String,
}

/// Reads the files of a folder that end in `.toml`, in the order of their names.
pub(crate) fn read(folder: &Path) -> io::Result<Vec<File>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(io::Error::other(format!("no dialects in {}", folder.display())));
    }
    paths.sort();
    paths.into_iter().map(|path| Ok(File::new(&path, fs::read_to_string(&path)?))).collect()
}

impl File {
    pub(crate) fn new(path: &Path, toml: String) -> File {
        let dialect = Dialect::parse(&toml).map_err(|error| {
            let finding = |line, what: &str| Finding {
                path: path.to_path_buf(),
                line,
                what: what.to_owned(),
            };
            error.mistakes().iter().map(|it| finding(it.line(), it.what())).collect()
        });
        File { path: path.to_path_buf(), toml, dialect }
    }

    /// Returns a finding in the line that first has this text.
    pub(crate) fn finding(&self, text: &str, what: String) -> Finding {
        let line = self.toml.lines().position(|line| line.contains(text));
        Finding { path: self.path.clone(), line: line.map_or(1, |at| at + 1), what }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_of_a_file_is_told_with_its_line() {
        let file = File::new(Path::new("d/acme.toml"), "name = 'acme'\nhost = 1\n".to_owned());

        let findings = file.dialect.unwrap_err();

        let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[2].starts_with("d/acme.toml:2: unknown key `host`"), "{lines:?}");
    }
}
