use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use readmit_error::neutralise;

use super::blocks::lines;
use super::summary::read;
use crate::trouble::Trouble;

/// A log that is open, and what its beginning tells.
pub(crate) struct Source {
    /// Neutral, to be shown.
    pub(crate) name: String,
    /// Where it is a file.
    pub(crate) bytes: Option<u64>,
    /// The number of the first line of an audit chain in it, where it is one.
    pub(crate) chained_from: Option<u64>,
    first_at: Option<SystemTime>,
    from: Box<dyn Read + Send>,
}

impl Source {
    /// Returns what is read from, from its beginning on.
    pub(crate) fn into_reader(self) -> Box<dyn Read + Send> {
        self.from
    }

    fn open(path: &Path) -> io::Result<Source> {
        let name = neutralise(&path.display().to_string(), NAME);
        if path.as_os_str() == "-" {
            return Source::of("the standard input".to_owned(), None, Box::new(io::stdin()));
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let bytes = metadata.is_file().then_some(metadata.len());
        Source::of(name, bytes, Box::new(file))
    }

    fn of(name: String, bytes: Option<u64>, mut from: Box<dyn Read + Send>) -> io::Result<Source> {
        let mut start = Vec::new();
        (&mut from).take(START).read_to_end(&mut start)?;
        let first_at = lines(&start).find_map(|line| Some(read(line).ok()?.at));
        let chained_from = lines(&start).find_map(number);
        let from = Box::new(Cursor::new(start).chain(from));
        Ok(Source { name, bytes, chained_from, first_at, from })
    }
}

/// Opens the files in the order of their first entries, so that `app.log*` is read from the oldest
/// file on; nothing stands for the standard input.
pub(crate) fn open(paths: &[PathBuf]) -> Result<Vec<Source>, Trouble> {
    let stdin = [PathBuf::from("-")];
    let paths = if paths.is_empty() { &stdin[..] } else { paths };
    let mut sources = Vec::new();
    for path in paths {
        let source = Source::open(path).map_err(|error| {
            Trouble::unreadable(&neutralise(&path.display().to_string(), NAME), &error)
        })?;
        sources.push(source);
    }
    // One without an entry stays behind those that have one.
    sources.sort_by_key(|source| (source.first_at.is_none(), source.first_at));
    Ok(sources)
}

/// Returns the number of a line of an audit chain.
fn number(line: &[u8]) -> Option<u64> {
    let rest = line.strip_prefix(b"{\"seq\":")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at_checked(digits)?;
    let number = str::from_utf8(digits).ok()?.parse().ok()?;
    rest.starts_with(b",\"prev\":\"").then_some(number)
}

/// Bytes of a file that are looked at to know what it is.
const START: u64 = 64 * 1024;
/// Characters of a file's name.
const NAME: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_is_read_again() {
        let text = "{\"seq\":7,\"prev\":\"00\",\"entry\":{}}\nrest\n".repeat(5_000);
        let from = Cursor::new(text.clone());

        let source = Source::of("a".to_owned(), None, Box::new(from)).unwrap();

        assert_eq!(source.chained_from, Some(7));
        let mut whole = String::new();
        source.into_reader().read_to_string(&mut whole).unwrap();
        assert!(whole == text);
    }

    #[test]
    fn rolled_files_are_read_from_the_oldest_on() {
        let folder =
            std::env::temp_dir().join(format!("readmit-logs-order-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let paths = ["a.log", "a.log.1", "a.log.2"].map(|name| folder.join(name));
        for (path, day) in paths.iter().zip([17, 16, 15]) {
            let line = format!("{{\"timestamp\":\"2026-01-{day}T00:00:00Z\",\"event\":\"e\"}}\n");
            std::fs::write(path, line).unwrap();
        }

        let sources = open(&paths).unwrap();

        std::fs::remove_dir_all(&folder).unwrap();
        let names: Vec<_> = sources.iter().map(|it| it.name.rsplit('/').next().unwrap()).collect();
        assert_eq!(names, ["a.log.2", "a.log.1", "a.log"]);
    }
}
