use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use super::checkpoint::{Checkpoint, Checkpoints};
use super::key::Key;
use super::line::{self, Read, Region};
use crate::{Entry, Output, Rendering, rolling};

/// How a chain is opened; made by [`Chain::options`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Options {
    key: Option<Key>,
    syncs_each: bool,
}

impl Options {
    /// Sets the key; by default there is none, and anybody who can write can write the chain anew.
    pub fn key(mut self, key: Key) -> Options {
        self.key = Some(key);
        self
    }

    /// Waits for the disk after each line, so that a power failure loses none that was written.
    ///
    /// By default the system writes when it likes: a crash of the process loses nothing.
    pub fn sync_each(mut self) -> Options {
        self.syncs_each = true;
        self
    }

    /// Opens a chain, to go on behind its last line, or begins one.
    ///
    /// What a crash left behind the last line stays, and the next line says of it what it is. On Unix
    /// nobody but the owner can read the file.
    ///
    /// # Errors
    ///
    /// Those of the file system; [`io::ErrorKind::WouldBlock`] where another process or chain has it
    /// open; [`io::ErrorKind::InvalidData`] where no line of it fits to this key.
    pub fn open(self, path: impl AsRef<Path>) -> io::Result<Chain> {
        let file = rolling::open(path.as_ref())?;
        file.try_lock().map_err(|error| match error {
            TryLockError::Error(error) => error,
            TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
        })?;
        let checkpoints = Checkpoints::new(Checkpoint::START);
        let mut chain =
            Chain { file, options: self, last: Checkpoint::START, checkpoints, is_whole: false };
        chain.recover()?;
        Ok(chain)
    }
}

/// A chain that is written; an [`Output`] for a [`Queue`](crate::Queue).
#[derive(Debug)]
pub struct Chain {
    file: File,
    options: Options,
    last: Checkpoint,
    checkpoints: Checkpoints,
    /// Whether the file ends with the last line.
    is_whole: bool,
}

/// What a file ends with.
#[derive(Debug, Default)]
struct Tail {
    last: Option<Checkpoint>,
    region: Region,
    /// Whether what is behind the last line ends in the middle of one.
    is_cut: bool,
    /// Whether a line had a hash that does not fit.
    has_unfit: bool,
}

impl Chain {
    /// Returns how a chain is opened by default.
    pub fn options() -> Options {
        Options::default()
    }

    /// Returns what tells how far the chain has come.
    #[must_use]
    pub fn checkpoints(&self) -> Checkpoints {
        self.checkpoints.clone()
    }

    fn append(&mut self, member: &str) -> io::Result<()> {
        if !self.is_whole {
            self.recover()?;
        }
        self.write_line("", member)
    }

    fn write_line(&mut self, before: &str, member: &str) -> io::Result<()> {
        let seq = self.last.seq.wrapping_add(1);
        let (line, hash) = line::write(seq, self.last.hash, member, self.options.key.as_ref());
        // Where this fails, some of the line may be there: the next one looks.
        self.is_whole = false;
        self.file.write_all(format!("{before}{line}").as_bytes())?;
        if self.options.syncs_each {
            self.file.sync_data()?;
        }
        self.is_whole = true;
        self.last = Checkpoint { seq, hash };
        self.checkpoints.set(self.last);
        Ok(())
    }

    /// Finds the last line, and closes off what a crash left behind it.
    fn recover(&mut self) -> io::Result<()> {
        let tail = self.tail()?;
        if tail.last.is_none() && tail.has_unfit {
            let reason = "no line of the file fits to this key";
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        self.last = tail.last.unwrap_or(Checkpoint::START);
        self.checkpoints.set(self.last);
        let before = if tail.is_cut { "\n" } else { "" };
        if 0 < tail.region.lines() {
            return self.write_line(before, &tail.region.torn().member());
        }
        self.file.write_all(before.as_bytes())?;
        self.is_whole = true;
        Ok(())
    }

    fn tail(&mut self) -> io::Result<Tail> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::new(&self.file);
        let mut tail = Tail::default();
        let mut line = Vec::new();
        while 0 < reader.read_until(b'\n', &mut line)? {
            tail.is_cut = line.pop_if(|byte| *byte == b'\n').is_none();
            match line::read(&line, self.options.key.as_ref()) {
                Read::Fit(line) => {
                    tail.last = Some(Checkpoint { seq: line.seq, hash: line.hash });
                    tail.region = Region::default();
                }
                read @ (Read::Other | Read::Unfit) => {
                    tail.has_unfit |= read == Read::Unfit;
                    tail.region.push(&line, read == Read::Unfit);
                }
            }
            line.clear();
        }
        Ok(tail)
    }
}

impl Output for Chain {
    fn write(&mut self, entry: &Entry) -> io::Result<()> {
        self.append(&format!("\"entry\":{}", entry.render(Rendering::Json)))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // Closing the file does it as well, where no child process has inherited it.
        let _ = self.file.unlock();
    }
}
