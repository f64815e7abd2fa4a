use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Reads what is written to a file, also after it was put aside for another, or cut to nothing.
#[derive(Debug)]
pub(crate) struct Tail {
    path: PathBuf,
    file: Option<File>,
    /// Bytes of the file that were read.
    read: u64,
    /// The beginning of a line whose end is not there yet.
    rest: Vec<u8>,
    /// Whether the present line is too long, and what comes of it is passed over.
    is_passing: bool,
}

impl Tail {
    /// Opens a file, to be read from its beginning on.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub(crate) fn open(path: &Path) -> io::Result<Tail> {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let path = path.to_path_buf();
        Ok(Tail { path, file: Some(file), read: 0, rest: Vec::new(), is_passing: false })
    }

    /// Returns whole lines that are new, some of them where there are many, and nothing where there
    /// are none for the moment.
    ///
    /// # Errors
    ///
    /// Those of the file system; that the file is gone is none.
    pub(crate) fn poll(&mut self) -> io::Result<Vec<u8>> {
        loop {
            let mut block = Vec::new();
            let read = match &mut self.file {
                Some(file) => file.take(AT_ONCE).read_to_end(&mut block)?,
                None => 0,
            };
            self.read += read as u64;
            if read == 0 {
                let before = self.turn()?;
                match before {
                    Some(line) if line.is_empty() => continue,
                    Some(line) => return Ok(line),
                    None => return Ok(Vec::new()),
                }
            }
            let lines = self.whole_lines(block);
            if !lines.is_empty() {
                return Ok(lines);
            }
        }
    }

    /// Looks whether there is another file to read, or the same one from its beginning on, and
    /// returns then what is left of the one before.
    fn turn(&mut self) -> io::Result<Option<Vec<u8>>> {
        let there = match std::fs::metadata(&self.path) {
            // It was put aside, and another was not made yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            there => there?,
        };
        let is_same = match &self.file {
            Some(file) => is_same(&file.metadata()?, &there),
            None => false,
        };
        if is_same && self.read <= there.len() {
            return Ok(None);
        }
        match &mut self.file {
            Some(file) if is_same => {
                file.seek(SeekFrom::Start(0))?;
            }
            Some(_) | None => self.file = Some(File::open(&self.path)?),
        }
        self.read = 0;
        self.is_passing = false;
        Ok(Some(std::mem::take(&mut self.rest)))
    }

    fn whole_lines(&mut self, mut block: Vec<u8>) -> Vec<u8> {
        if self.is_passing {
            let Some(end) = memchr::memchr(b'\n', &block) else { return Vec::new() };
            block.drain(..=end);
            self.is_passing = false;
        }
        let mut lines = std::mem::take(&mut self.rest);
        lines.append(&mut block);
        self.rest = match memchr::memrchr(b'\n', &lines) {
            Some(end) => lines.split_off(end + 1),
            None => std::mem::take(&mut lines),
        };
        if LONGEST < self.rest.len() {
            self.rest = Vec::new();
            self.is_passing = true;
        }
        lines
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    one.created().ok() == other.created().ok()
}

/// Bytes that are read at once.
const AT_ONCE: u64 = 1 << 20;
/// The longest line that is looked at.
const LONGEST: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write;

    use super::*;

    #[test]
    fn lines_come_when_they_are_whole() {
        let log = Log::new("whole");
        log.write("a\nb");
        let mut tail = Tail::open(&log.path).unwrap();

        let mut told = vec![tail.poll().unwrap(), tail.poll().unwrap()];
        log.write("c\n");
        told.push(tail.poll().unwrap());

        assert_eq!(told, [&b"a\n"[..], b"", b"bc\n"]);
    }

    #[test]
    fn a_file_that_is_put_aside_is_read_to_its_end() {
        let log = Log::new("aside");
        log.write("a\n");
        let mut tail = Tail::open(&log.path).unwrap();
        tail.poll().unwrap();
        log.write("b\ncut");
        fs::rename(&log.path, log.path.with_extension("1")).unwrap();

        let mut told = vec![tail.poll().unwrap(), tail.poll().unwrap()];
        log.write("c\n");
        told.extend([tail.poll().unwrap(), tail.poll().unwrap(), tail.poll().unwrap()]);

        assert_eq!(told, [&b"b\n"[..], b"", b"cut", b"c\n", b""]);
    }

    #[test]
    fn a_file_that_is_cut_to_nothing_is_read_anew() {
        let log = Log::new("cut");
        log.write("a long line\n");
        let mut tail = Tail::open(&log.path).unwrap();
        tail.poll().unwrap();

        fs::write(&log.path, "b\n").unwrap();

        assert_eq!(tail.poll().unwrap(), b"b\n");
    }

    #[test]
    fn a_line_without_an_end_takes_no_memory() {
        let log = Log::new("long");
        let mut tail = {
            log.write("");
            Tail::open(&log.path).unwrap()
        };
        for _ in 0..5 {
            log.write(&"x".repeat(LONGEST));
            assert_eq!(tail.poll().unwrap(), b"");
            assert!(tail.rest.len() <= LONGEST);
        }

        log.write("\nb\n");

        assert_eq!(tail.poll().unwrap(), b"b\n");
    }

    struct Log {
        folder: PathBuf,
        path: PathBuf,
    }

    impl Log {
        fn new(name: &str) -> Log {
            let name = format!("readmit-logs-tail-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            fs::create_dir_all(&folder).unwrap();
            let path = folder.join("a.log");
            Log { folder, path }
        }

        fn write(&self, text: &str) {
            let mut options = OpenOptions::new();
            let mut file = options.create(true).append(true).open(&self.path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }
    }

    impl Drop for Log {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}
