//! Finds out what was given, and takes the answers out of it.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::iter::Peekable;
use std::path::Path;
use std::time::SystemTime;

use anstream::eprintln;

use super::answer::Subject;
use super::{curl, entry, har, head};
use crate::trouble::Trouble;

/// What there is to explain, each taken out of the input when it is asked for.
pub(crate) struct Subjects<'a> {
    each: Peekable<Box<dyn Iterator<Item = Subject> + 'a>>,
}

impl<'a> Subjects<'a> {
    pub(super) fn of(each: impl Iterator<Item = Subject> + 'a) -> Subjects<'a> {
        Subjects { each: (Box::new(each) as Box<dyn Iterator<Item = Subject> + 'a>).peekable() }
    }

    /// Returns itself, where there is anything.
    fn or_none(mut self) -> Option<Subjects<'a>> {
        self.each.peek().is_some().then_some(self)
    }
}

impl Iterator for Subjects<'_> {
    type Item = Subject;

    fn next(&mut self) -> Option<Subject> {
        self.each.next()
    }
}

impl From<Subject> for Subjects<'_> {
    fn from(subject: Subject) -> Self {
        Subjects::of(std::iter::once(subject))
    }
}

/// Reads a file or the standard input, as much of it as is looked at.
pub(super) fn read(file: Option<&Path>) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    match file.filter(|path| path.as_os_str() != "-") {
        Some(path) => File::open(path)
            .and_then(|file| file.take(LIMIT).read_to_end(&mut bytes))
            .map_err(|error| Trouble::unreadable(&path.display().to_string(), &error))?,
        None => {
            let stdin = io::stdin();
            if stdin.is_terminal() {
                eprintln!("paste an answer with its head, then press Ctrl-D");
            }
            let read = stdin.lock().take(LIMIT).read_to_end(&mut bytes);
            read.map_err(|error| Trouble::unreadable("the standard input", &error))?
        }
    };
    Ok(unmarked(bytes))
}

/// Takes the answers out of what was read.
pub(super) fn subjects(bytes: &[u8], now: SystemTime) -> Result<Subjects<'_>, Trouble> {
    let text = bytes.trim_ascii_start();
    let is_json = matches!(text.first(), Some(b'{' | b'['));
    let found = match () {
        () if text.is_empty() => return Err(empty()),
        () if is_json => match har::subjects(text, now) {
            Some(subjects) => subjects,
            None => entry::subjects(text),
        },
        () if curl::is_verbose(text) => curl::subjects(text, now),
        () if head::first_status_line(text).is_some() => {
            Subjects::of(head::answers(text, now).map(|answer| Subject::Answer(Box::new(answer))))
        }
        () => match curl::broken(text, now) {
            Some(subject) => subject.into(),
            None => entry::subjects(text),
        },
    };
    found.or_none().ok_or_else(|| if is_json { headless() } else { unknown() })
}

/// Undoes what an editor or a shell of Windows adds: a mark at the beginning, and UTF-16.
fn unmarked(bytes: Vec<u8>) -> Vec<u8> {
    if let Some(text) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return text.to_vec();
    }
    let Some(text) = bytes.strip_prefix(b"\xff\xfe") else { return bytes };
    let (pairs, _) = text.as_chunks();
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
    let chars = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    chars.collect::<String>().into_bytes()
}

fn empty() -> Trouble {
    Trouble::input("there is nothing to explain: the input is empty").cure(
        "pipe an answer in, with its head: curl -siS https://api.example.com/ 2>&1 | readmit explain",
    )
}

fn headless() -> Trouble {
    Trouble::input("this JSON is no HAR file and no log entry; it looks like a body without its head")
        .cure("have curl print the head (-i), or tell the status: readmit explain --status 401 --body @FILE")
}

fn unknown() -> Trouble {
    Trouble::input("there is no answer in the input: no line begins with HTTP/ and a status")
        .cure("have curl print the head: curl -si URL | readmit explain; or tell the status: --status 401")
}

/// Bytes that are read: a large HAR file fits, and what has no end does not fill the memory.
const LIMIT: u64 = 64 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_explained_is_refused_with_the_cure() {
        for (input, cure) in [
            ("", "pipe an answer in"),
            ("  \r\n ", "pipe an answer in"),
            (r#"{"error": "invalid_token"}"#, "--status 401"),
            ("{", "--status 401"),
            ("<html>", "curl -si"),
            ("\u{0}\u{1}\u{fffd}", "curl -si"),
        ] {
            let read = subjects(input.as_bytes(), SystemTime::UNIX_EPOCH);
            let Err(trouble) = read else { panic!("{input}") };

            assert!(trouble.to_string().contains(cure), "{input}: {trouble}");
        }
    }

    #[test]
    fn what_a_shell_of_windows_writes_is_read() {
        let utf_16: Vec<u8> =
            "HTTP/1.1 401 Nö\r\n\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();

        let read = unmarked([b"\xff\xfe", &utf_16[..]].concat());

        assert_eq!(read, "HTTP/1.1 401 Nö\r\n\r\n".as_bytes());
        assert_eq!(unmarked(b"\xef\xbb\xbfa".to_vec()), b"a");
        assert_eq!(unmarked(b"\xff\xfe\x41".to_vec()), b"");
    }
}
