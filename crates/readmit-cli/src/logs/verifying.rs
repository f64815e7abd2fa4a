use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use readmit_log::audit::{self, Checkpoint, Key, Tampering, Unverified};

use super::blocks::Block;
use super::source::Source;
use crate::trouble::Trouble;

/// How audit chains are verified (rule 85).
#[derive(Debug, Default)]
pub(crate) struct Chains {
    pub(crate) key: Option<Key>,
    /// Where the chain is known to have come to.
    pub(crate) checkpoint: Option<Checkpoint>,
    /// Whether every file must be a chain, also where it does not look like one.
    pub(crate) demanded: bool,
}

/// What whoever verifies is told.
#[derive(Debug)]
pub(crate) enum Feed {
    /// A chain begins, in the file of this name.
    Begin(String),
    Block(Arc<Block>),
}

/// What a chain turned out to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Verdict {
    /// The file that it begins in.
    pub(crate) file: String,
    pub(crate) found: Found,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Found {
    Broken {
        line: u64,
        tampering: Tampering,
    },
    Intact {
        lines: u64,
        crashes: u64,
        is_unfinished: bool,
        checkpoint: String,
    },
    /// A line is too long to be one of a chain.
    Unreadable,
}

impl Chains {
    /// Returns whether a source is verified.
    pub(crate) fn has(&self, source: &Source) -> bool {
        self.demanded || source.chained_from.is_some()
    }

    /// Returns whether a chain begins in a source, or goes on in it from the one before.
    pub(crate) fn begins(&self, file: usize, source: &Source) -> bool {
        self.has(source) && (file == 0 || source.chained_from.is_none_or(|number| number <= 1))
    }

    /// Refuses a checkpoint where nobody can say which chain it is of.
    pub(crate) fn check(&self, sources: &[Source]) -> Result<(), Trouble> {
        let begun = sources.iter().enumerate().filter(|(file, source)| self.begins(*file, source));
        match (begun.count(), self.checkpoint) {
            (_, None) | (1, Some(_)) => Ok(()),
            (chains, Some(_)) => Err(Trouble::usage(format!(
                "the checkpoint is of one chain, and these are {chains}"
            ))
            .cure("give the files of one chain")),
        }
    }

    /// Verifies the chains that come, one after the other.
    pub(crate) fn verify(&self, feed: &Receiver<Feed>) -> Vec<Verdict> {
        let mut verdicts: Vec<Verdict> = Vec::new();
        let mut begun = match feed.recv() {
            Ok(Feed::Begin(file)) => Some(file),
            Ok(Feed::Block(_)) | Err(_) => None,
        };
        while let Some(file) = begun.take() {
            let mut piped = Piped { feed, block: None, read: 0, next: None, is_over: false };
            let verified = audit::verify(&mut piped, self.key.as_ref(), self.checkpoint.as_ref());
            // What comes behind the fault is not looked at, but whoever sends must not wait.
            while !piped.is_over {
                piped.receive();
            }
            begun = piped.next.take();
            verdicts.push(Verdict { file, found: Found::of(verified) });
        }
        verdicts
    }
}

impl Found {
    fn of(verified: Result<audit::Verified, Unverified>) -> Found {
        match verified {
            Ok(verified) => Found::Intact {
                lines: verified.last.seq(),
                crashes: verified.crashes,
                is_unfinished: verified.is_unfinished,
                checkpoint: verified.last.to_string(),
            },
            Err(Unverified::Broken(broken)) => {
                Found::Broken { line: broken.line, tampering: broken.tampering }
            }
            // Nothing else fails here than a line that is too long.
            Err(_) => Found::Unreadable,
        }
    }
}

/// The text of one chain, block by block.
struct Piped<'f> {
    feed: &'f Receiver<Feed>,
    block: Option<Arc<Block>>,
    /// Bytes of the block that were read.
    read: usize,
    /// The chain that comes next.
    next: Option<String>,
    is_over: bool,
}

impl Piped<'_> {
    fn receive(&mut self) {
        self.read = 0;
        self.block = match self.feed.recv() {
            Ok(Feed::Block(block)) => Some(block),
            Ok(Feed::Begin(file)) => {
                self.next = Some(file);
                None
            }
            Err(_) => None,
        };
        self.is_over = self.block.is_none();
    }
}

impl BufRead for Piped<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let length = match self.block.as_deref() {
            Some(Block::Lines(text)) => text.len(),
            Some(Block::TooLong(_)) | None => 0,
        };
        if length <= self.read && !self.is_over {
            self.receive();
        }
        match self.block.as_deref() {
            None => Ok(&[]),
            Some(Block::Lines(text)) => Ok(text.get(self.read..).unwrap_or_default()),
            Some(Block::TooLong(_)) => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn consume(&mut self, amount: usize) {
        self.read += amount;
    }
}

impl Read for Piped<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut from = self.fill_buf()?;
        let read = from.read(into)?;
        self.consume(read);
        Ok(read)
    }
}
