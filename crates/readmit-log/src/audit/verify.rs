use std::io::{self, BufRead};

use super::checkpoint::Checkpoint;
use super::key::Key;
use super::line::{self, Line, Read, Region};

/// What a chain is that nobody has touched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Verified {
    /// Where it ends; keep it as the next checkpoint.
    pub last: Checkpoint,
    /// How many times a crash left a line torn, which a later line tells.
    ///
    /// What such a line says is not verified: it has no hash that fits.
    pub crashes: u64,
    /// Whether it ends in the middle of a line: somebody is writing, or was when it crashed.
    pub is_unfinished: bool,
}

/// What happened to a chain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Tampering {
    /// The line is another than was written; without its key every line is.
    Changed,
    /// The chain ends before its checkpoint, so many lines too early.
    CutShort {
        /// How many.
        lines: u64,
    },
    /// The line was not written there.
    Inserted,
    /// In front of the line some are missing.
    Removed {
        /// How many.
        lines: u64,
    },
    /// The lines stand in another order.
    Reordered,
    /// The line fits, but is not the one of the checkpoint: the chain was written anew.
    Rewritten,
}

/// The first line of a chain that is not as it was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {tampering:?}")]
#[non_exhaustive]
pub struct Broken {
    /// Its number in the file, from 1 on.
    pub line: u64,
    /// What happened to it.
    pub tampering: Tampering,
}

/// Why a chain is not verified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unverified {
    /// Somebody touched it.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// It could not be read.
    #[error("the chain could not be read")]
    Io(#[from] io::Error),
}

/// Reads a chain from its beginning, and finds the first line that is not as it was written.
///
/// # Errors
///
/// [`Unverified::Broken`] with that line and what happened to it, or the failure to read.
pub fn verify(
    mut log: impl BufRead,
    key: Option<&Key>,
    checkpoint: Option<&Checkpoint>,
) -> Result<Verified, Unverified> {
    let mut reading = Reading::default();
    let mut line = Vec::new();
    while 0 < log.read_until(b'\n', &mut line)? {
        reading.ends_in_line = line.pop_if(|byte| *byte == b'\n').is_none();
        reading.number += 1;
        let read = line::read(&line, key);
        if let Some(suspicion) = reading.step(&line, read) {
            return Err(reading.decide(suspicion, log, key)?.into());
        }
        if let Some(checkpoint) = checkpoint
            && reading.last.seq == checkpoint.seq
            && reading.last.hash != checkpoint.hash
        {
            let line = reading.number;
            return Err(Broken { line, tampering: Tampering::Rewritten }.into());
        }
        line.clear();
    }
    Ok(reading.end(checkpoint)?)
}

/// A chain that is being read.
#[derive(Debug)]
struct Reading {
    /// That of the line that was read last.
    number: u64,
    last: Checkpoint,
    crashes: u64,
    /// Lines that do not fit, behind the last one that does.
    region: Region,
    ends_in_line: bool,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading {
            number: 0,
            last: Checkpoint::START,
            crashes: 0,
            region: Region::default(),
            ends_in_line: false,
        }
    }
}

/// What is wrong with a line; what comes behind it may tell more.
#[derive(Clone, Copy, Debug)]
enum Suspicion {
    /// Decided already: how many lines back, and what.
    Certain(u64, Tampering),
    /// There are numbers missing.
    Gap(Line),
    /// The number is right, and the line before it another one.
    Misfit,
}

impl Reading {
    fn step(&mut self, text: &[u8], read: Read) -> Option<Suspicion> {
        let Read::Fit(line) = read else {
            self.region.push(text, read == Read::Unfit);
            return None;
        };
        let follows = line.seq == self.last.seq.wrapping_add(1) && line.prev == self.last.hash;
        let unfit = self.region.lines();
        if 0 < unfit {
            let tells = line.torn == Some(self.region.torn());
            if let Some(back) = self.region.forged().filter(|_| follows && tells) {
                return Some(Suspicion::Certain(back, Tampering::Changed));
            }
            return match (follows, tells) {
                (true, true) => {
                    self.crashes += 1;
                    self.accept(line);
                    None
                }
                (true, false) => Some(Suspicion::Certain(unfit, Tampering::Inserted)),
                (false, _) => Some(Suspicion::Certain(unfit, Tampering::Changed)),
            };
        }
        if follows && line.torn.is_none() {
            self.accept(line);
            return None;
        }
        Some(if follows {
            // It tells of torn lines that are not there.
            Suspicion::Certain(0, Tampering::Removed { lines: 1 })
        } else if line.seq <= self.last.seq {
            Suspicion::Certain(0, Tampering::Inserted)
        } else if line.seq == self.last.seq.wrapping_add(1) {
            Suspicion::Misfit
        } else {
            Suspicion::Gap(line)
        })
    }

    fn accept(&mut self, line: Line) {
        self.last = Checkpoint { seq: line.seq, hash: line.hash };
        self.region = Region::default();
    }

    /// Reads on to see what happened to the line that was read last.
    fn decide(
        &self,
        suspicion: Suspicion,
        mut log: impl BufRead,
        key: Option<&Key>,
    ) -> io::Result<Broken> {
        let next = self.last.seq.wrapping_add(1);
        let mut comes_later = || -> io::Result<bool> {
            let mut text = Vec::new();
            while 0 < log.read_until(b'\n', &mut text)? {
                text.pop_if(|byte| *byte == b'\n');
                let read = line::read(&text, key);
                if matches!(read, Read::Fit(line) if line.seq == next && line.prev == self.last.hash)
                {
                    return Ok(true);
                }
                text.clear();
            }
            Ok(false)
        };
        let (back, tampering) = match suspicion {
            Suspicion::Certain(back, tampering) => (back, tampering),
            Suspicion::Gap(_) if comes_later()? => (0, Tampering::Reordered),
            Suspicion::Gap(line) => (0, Tampering::Removed { lines: line.seq - next }),
            Suspicion::Misfit if comes_later()? => (0, Tampering::Inserted),
            // The line before it was replaced by one that fits to its own hash.
            Suspicion::Misfit => (u64::from(1 < self.number), Tampering::Changed),
        };
        Ok(Broken { line: self.number - back, tampering })
    }

    fn end(self, checkpoint: Option<&Checkpoint>) -> Result<Verified, Broken> {
        let unfit = self.region.lines();
        if let Some(back) = self.region.forged() {
            let line = self.number - back + 1;
            return Err(Broken { line, tampering: Tampering::Changed });
        }
        if 0 < unfit && !self.ends_in_line {
            let line = self.number - unfit + 1;
            return Err(Broken { line, tampering: Tampering::Changed });
        }
        if let Some(checkpoint) = checkpoint
            && self.last.seq < checkpoint.seq
        {
            let lines = checkpoint.seq - self.last.seq;
            let line = self.number - unfit + 1;
            return Err(Broken { line, tampering: Tampering::CutShort { lines } });
        }
        Ok(Verified { last: self.last, crashes: self.crashes, is_unfinished: self.ends_in_line })
    }
}
