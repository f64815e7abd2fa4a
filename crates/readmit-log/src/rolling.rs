use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use readmit_core::{Clock, SystemClock};

/// When a file of a log is put aside, and how many are kept.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_log::Rotation;
///
/// let rotation = Rotation::default().max_bytes(1 << 20).max_age(Duration::from_secs(86_400)).keep(7);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rotation {
    max_bytes: u64,
    max_age: Option<Duration>,
    keep: u32,
}

impl Default for Rotation {
    /// After 16 MiB, however old, and five files are kept: a log does not fill the disk.
    fn default() -> Rotation {
        Rotation { max_bytes: 16 << 20, max_age: None, keep: 5 }
    }
}

impl Rotation {
    /// Sets how large a file may become; a single line may be larger.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Rotation {
        self.max_bytes = bytes;
        self
    }

    /// Sets how old a file may become, by the wall clock; looked at when a line is written.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Rotation {
        self.max_age = Some(age);
        self
    }

    /// Sets how many files are kept besides the one that is written; with 0 there is one file, which
    /// begins anew.
    #[must_use]
    pub fn keep(mut self, files: u32) -> Rotation {
        self.keep = files;
        self
    }
}

/// A file of lines that is put aside when it is large or old: `app.log` becomes `app.log.1`, and
/// what had that name `app.log.2`.
///
/// A line is never divided. Where the files cannot be renamed, it goes on in the same one, and the
/// failure is told for each line. What a crash or a full disk has left of a line is given an end, so
/// that the next one stands by itself. On Unix nobody but the owner can read the files.
#[derive(Debug)]
pub struct RollingFile<C = SystemClock> {
    path: PathBuf,
    rotation: Rotation,
    clock: C,
    file: File,
    bytes: u64,
    begun_at: SystemTime,
    /// Whether the last line has its end.
    is_between_lines: bool,
    /// Whether the file may end with a part of a line that nobody goes on with.
    may_be_torn: bool,
}

impl RollingFile {
    /// Opens a file, to go on behind what it holds, or makes it.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn open(path: impl Into<PathBuf>, rotation: Rotation) -> io::Result<RollingFile> {
        RollingFile::open_at(path, rotation, SystemClock)
    }
}

impl<C: Clock> RollingFile<C> {
    /// Does the same by another clock.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn open_at(
        path: impl Into<PathBuf>,
        rotation: Rotation,
        clock: C,
    ) -> io::Result<RollingFile<C>> {
        let path = path.into();
        let file = open(&path)?;
        let metadata = file.metadata()?;
        let bytes = metadata.len();
        // An empty file begins with its first line.
        let begun_at = match metadata.created().or_else(|_| metadata.modified()) {
            Ok(at) if 0 < bytes => at,
            _ => clock.wall(),
        };
        Ok(RollingFile {
            path,
            rotation,
            clock,
            file,
            bytes,
            begun_at,
            is_between_lines: true,
            may_be_torn: true,
        })
    }

    /// Gives an end to what is left of a line.
    fn mend(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        if 0 < length {
            let mut last = [0];
            self.file.seek(SeekFrom::Start(length - 1))?;
            self.file.read_exact(&mut last)?;
            if last != *b"\n" {
                self.file.write_all(b"\n")?;
            }
        }
        self.bytes = self.file.metadata()?.len();
        (self.is_between_lines, self.may_be_torn) = (true, false);
        Ok(())
    }

    fn is_over(&self, more: u64) -> bool {
        let is_large = self.rotation.max_bytes < self.bytes.saturating_add(more);
        let age = || self.clock.wall().duration_since(self.begun_at).unwrap_or_default();
        let is_old = self.rotation.max_age.is_some_and(|most| most <= age());
        0 < self.bytes && self.is_between_lines && (is_large || is_old)
    }

    fn rotate(&mut self) -> io::Result<()> {
        if self.rotation.keep == 0 {
            empty(&self.path)?;
            self.file = open(&self.path)?;
        } else if self.path.try_exists()? {
            for number in (1..self.rotation.keep).rev() {
                rename(&self.aside(number), &self.aside(number + 1))?;
            }
            rename(&self.path, &self.aside(1))?;
            self.file = open(&self.path)?;
        } else {
            // It was put aside before, and none could be begun.
            self.file = open(&self.path)?;
        }
        self.bytes = 0;
        self.begun_at = self.clock.wall();
        Ok(())
    }

    fn aside(&self, number: u32) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(format!(".{number}"));
        PathBuf::from(path)
    }
}

impl<C: Clock> Write for RollingFile<C> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.may_be_torn {
            self.mend()?;
        }
        let rotated = if self.is_over(bytes.len() as u64) { self.rotate() } else { Ok(()) };
        // Where this fails, some of the line may be there.
        self.may_be_torn = true;
        self.file.write_all(bytes)?;
        self.may_be_torn = false;
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        self.is_between_lines = bytes.ends_with(b"\n");
        rotated
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Renames a file that need not be there.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Empties a file that need not be there.
///
/// A handle that appends may add to its file on Windows, and not shorten it.
fn empty(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).truncate(true).open(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::{Instant, UNIX_EPOCH};

    use super::*;

    #[test]
    fn a_file_that_is_large_is_put_aside_between_lines() {
        let folder = Folder::new("large");
        let rotation = Rotation::default().max_bytes(10).keep(2);
        let mut file = RollingFile::open(folder.log(), rotation).unwrap();

        for line in ["first\n", "sec", "ond, which is long\n", "third\n", "4th\n", "fifth\n"] {
            file.write_all(line.as_bytes()).unwrap();
        }

        assert_eq!(folder.read("app.log"), "fifth\n");
        assert_eq!(folder.read("app.log.1"), "third\n4th\n");
        // What begins on a line ends on it.
        assert_eq!(folder.read("app.log.2"), "first\nsecond, which is long\n");
        assert!(!folder.0.join("app.log.3").exists());
    }

    #[test]
    fn a_file_that_is_old_is_put_aside() {
        let folder = Folder::new("old");
        let clock = Wall(Mutex::new(UNIX_EPOCH));
        let rotation = Rotation::default().max_age(Duration::from_secs(60));
        let mut file = RollingFile::open_at(folder.log(), rotation, &clock).unwrap();

        for (second, line) in [(0, "a\n"), (59, "b\n"), (60, "c\n"), (30, "d\n")] {
            *clock.0.lock().unwrap() = UNIX_EPOCH + Duration::from_secs(second);
            file.write_all(line.as_bytes()).unwrap();
        }

        assert_eq!(
            (folder.read("app.log.1").as_str(), folder.read("app.log").as_str()),
            ("a\nb\n", "c\nd\n")
        );
    }

    #[test]
    fn a_file_that_is_there_is_gone_on_with_and_none_may_be_kept() {
        let folder = Folder::new("none");
        fs::write(folder.log(), "before\n").unwrap();
        let rotation = Rotation::default().max_bytes(12).keep(0);
        let mut file = RollingFile::open(folder.log(), rotation).unwrap();

        file.write_all(b"one\n").unwrap();
        let both = folder.read("app.log");
        file.write_all(b"two\n").unwrap();

        assert_eq!((both.as_str(), folder.read("app.log").as_str()), ("before\none\n", "two\n"));
    }

    #[test]
    fn what_a_crash_left_of_a_line_spoils_no_other() {
        let folder = Folder::new("crash");
        fs::write(folder.log(), "whole\nto").unwrap();

        let mut file = RollingFile::open(folder.log(), Rotation::default()).unwrap();
        file.write_all(b"ne").unwrap();
        file.write_all(b"xt\n").unwrap();

        assert_eq!(folder.read("app.log"), "whole\nto\nnext\n");
    }

    #[test]
    fn what_a_full_disk_left_of_a_line_spoils_no_other() {
        let folder = Folder::new("full");
        let mut file = RollingFile::open(folder.log(), Rotation::default()).unwrap();
        file.write_all(b"first\n").unwrap();
        // It can only be read, so that no write succeeds; some of the line has come.
        let sound = std::mem::replace(&mut file.file, File::open(folder.log()).unwrap());
        fs::OpenOptions::new().append(true).open(folder.log()).unwrap().write_all(b"to").unwrap();

        let failed = file.write_all(b"torn\n");
        file.file = sound;
        file.write_all(b"next\n").unwrap();

        assert!(failed.is_err());
        assert_eq!(folder.read("app.log"), "first\nto\nnext\n");
    }

    #[test]
    fn files_that_were_put_aside_stay_where_the_next_one_could_not_be_begun() {
        let folder = Folder::new("begun");
        let rotation = Rotation::default().max_bytes(6).keep(2);
        let mut file = RollingFile::open(folder.log(), rotation).unwrap();
        for line in ["first\n", "next\n"] {
            file.write_all(line.as_bytes()).unwrap();
        }
        fs::remove_file(folder.log()).unwrap();

        file.write_all(b"last\n").unwrap();

        assert_eq!(
            (folder.read("app.log.1"), folder.read("app.log")),
            ("first\n".into(), "last\n".into())
        );
    }

    #[derive(Debug)]
    struct Wall(Mutex<SystemTime>);

    impl Clock for Wall {
        fn now(&self) -> Instant {
            SystemClock.now()
        }

        fn wall(&self) -> SystemTime {
            *self.0.lock().unwrap()
        }
    }

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let name = format!("readmit-rolling-{}-{name}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            fs::create_dir_all(&folder).unwrap();
            Folder(folder)
        }

        fn log(&self) -> PathBuf {
            self.0.join("app.log")
        }

        fn read(&self, name: &str) -> String {
            fs::read_to_string(self.0.join(name)).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            // What is left behind does no harm.
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}
