//! Reads logs with all processors: one thread reads blocks, others parse and count them, and the
//! parts are put together in their order.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use super::blocks::{Block, Blocks, lines};
use super::filter::Filter;
use super::retrospect::{Moment, Retrospect};
use super::source::Source;
use super::summary::Summary;
use super::verifying::{Chains, Feed, Verdict};

/// What was read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) summary: Summary,
    /// How many lines each source has, in their order.
    pub(crate) lines: Vec<u64>,
    pub(crate) chains: Vec<Verdict>,
}

/// A block that is to be looked at.
struct Job {
    file: usize,
    block: io::Result<Arc<Block>>,
}

/// What a block holds.
struct Part {
    file: usize,
    bytes: u64,
    held: io::Result<(Summary, Vec<Moment>)>,
}

/// Reads all of the sources, tells `retrospect` of it, and `progress` how many bytes were read.
///
/// # Errors
///
/// A source cannot be read, with its place among the sources.
pub(crate) fn read(
    sources: Vec<Source>,
    filter: &Filter,
    chains: &Chains,
    retrospect: &mut Retrospect,
    progress: &mut dyn FnMut(u64),
) -> Result<Read, (usize, io::Error)> {
    let mut counted = vec![0; sources.len()];
    thread::scope(|scope| {
        let mut jobs = Vec::new();
        let mut parts = Vec::new();
        for _ in 0..workers() {
            let (job, of_jobs) = sync_channel(AHEAD);
            let (part, of_parts) = sync_channel(AHEAD);
            scope.spawn(move || work(&of_jobs, &part, filter));
            jobs.push(job);
            parts.push(of_parts);
        }
        let (feed, of_feed) = sync_channel(AHEAD);
        let (verdicts, of_verdicts) = channel();
        scope.spawn(move || verify(chains, &of_feed, &verdicts));
        scope.spawn(move || distribute(sources, &jobs, &feed, chains));

        let mut summary = Summary::default();
        let in_order = (0..parts.len()).cycle().map_while(|worker| parts.get(worker)?.recv().ok());
        for Part { file, bytes, held } in in_order {
            let (part, moments) = held.map_err(|error| (file, error))?;
            let Some(lines) = counted.get_mut(file) else { continue };
            let before = *lines;
            *lines += part.lines;
            summary.merge(part, file, before);
            for moment in &moments {
                retrospect.feed(moment);
            }
            progress(bytes);
        }
        retrospect.end();
        Ok(Read { summary, lines: counted, chains: of_verdicts.iter().collect() })
    })
}

/// Hands the blocks to the workers in turn, and those of chains to whoever verifies them.
///
/// It ends early where nobody wants more.
fn distribute(
    sources: Vec<Source>,
    jobs: &[SyncSender<Job>],
    feed: &SyncSender<Feed>,
    chains: &Chains,
) {
    let mut turns = jobs.iter().cycle();
    let mut hand =
        |file, block| turns.next().is_some_and(|to| to.send(Job { file, block }).is_ok());
    for (file, source) in sources.into_iter().enumerate() {
        let is_chained = chains.has(&source);
        let begins = chains.begins(file, &source);
        if begins && feed.send(Feed::Begin(source.name.clone())).is_err() {
            return;
        }
        let mut blocks = Blocks::new(source.into_reader());
        loop {
            let block = match blocks.next() {
                Ok(None) => break,
                Ok(Some(block)) => Arc::new(block),
                Err(error) => {
                    hand(file, Err(error));
                    return;
                }
            };
            if is_chained && feed.send(Feed::Block(Arc::clone(&block))).is_err() {
                return;
            }
            if !hand(file, Ok(block)) {
                return;
            }
        }
    }
}

fn work(jobs: &Receiver<Job>, parts: &SyncSender<Part>, filter: &Filter) {
    for Job { file, block } in jobs {
        let (bytes, held) = match block {
            Err(error) => (0, Err(error)),
            Ok(block) => match &*block {
                Block::Lines(text) => (text.len(), Ok(look(text, filter))),
                Block::TooLong(text) => {
                    let mut summary = Summary::default();
                    summary.too_long(text);
                    (text.len(), Ok((summary, Vec::new())))
                }
            },
        };
        if parts.send(Part { file, bytes: bytes as u64, held }).is_err() {
            return;
        }
    }
}

fn look(text: &[u8], filter: &Filter) -> (Summary, Vec<Moment>) {
    let mut summary = Summary::default();
    let moments = lines(text).filter_map(|line| summary.line(line, filter)).collect();
    (summary, moments)
}

fn verify(chains: &Chains, feed: &Receiver<Feed>, verdicts: &Sender<Verdict>) {
    for verdict in chains.verify(feed) {
        if verdicts.send(verdict).is_err() {
            return;
        }
    }
}

/// As many as there are processors, within reason: whoever puts together is busy too.
fn workers() -> usize {
    thread::available_parallelism().map_or(1, |processors| processors.get().clamp(1, 8))
}

/// Blocks that may wait for each worker.
const AHEAD: usize = 2;
