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

    /// Returns a finding in the line in which a key has this text, or else in that of the key.
    ///
    /// A list may go on in the lines that follow the key.
    pub(crate) fn finding(&self, key: &str, text: &str, what: String) -> Finding {
        let is_key = |line: &str| {
            line.trim_start().strip_prefix(key).is_some_and(|it| it.trim_start().starts_with('='))
        };
        let quoted = [format!("\"{text}\""), format!("'{text}'")];
        let has_text = |line: &str| quoted.iter().any(|text| line.contains(text));
        let mut lines = (1..).zip(self.toml.lines()).skip_while(|(_, line)| !is_key(line));
        let of_key = lines.clone().next();
        let line = lines.find(|(_, line)| has_text(line)).or(of_key);
        Finding { path: self.path.clone(), line: line.map_or(1, |(line, _)| line), what }
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
    fn a_finding_is_in_the_line_where_the_key_has_the_text() {
        let toml =
            "# 'a' and \"b\"\ntitle = 'a b'\nname = 'a'\nalso = [\n  'ab',\n  \"b\", 'a',\n]\n";
        let file = File::new(Path::new("d/a.toml"), toml.to_owned());

        for (key, text, line) in [
            ("name", "a", 3),
            ("also", "b", 6),
            ("also", "a", 6),
            ("also", "B", 4),
            ("hosts", "a", 1),
        ] {
            assert_eq!(file.finding(key, text, String::new()).line, line, "{key} {text}");
        }
    }

    #[test]
    fn every_mistake_of_a_file_is_told_with_its_line() {
        let file = File::new(Path::new("d/acme.toml"), "name = 'acme'\nhost = 1\n".to_owned());

        let findings = file.dialect.unwrap_err();

        let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[2].starts_with("d/acme.toml:2: unknown key `host`"), "{lines:?}");
    }
}
