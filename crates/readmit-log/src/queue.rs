use std::collections::VecDeque;
use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use readmit_error::event::{Record, Sink, Unflushed};

use crate::{Output, Scribe};

/// A queue in front of an [`Output`], with a thread of its own: a call waits for neither (rule 84).
///
/// # Example
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use readmit_error::event::{Event, Record, Sink};
/// use readmit_log::{Lines, Queue, Scribe};
///
/// let sink = Queue::new(Scribe::default(), Lines::new(std::io::stderr())).start()?;
/// let event = Event::MonitorEnabled { monitor: "thresholds".to_owned() };
/// sink.record(&Record::new(SystemTime::UNIX_EPOCH, event));
///
/// sink.shutdown(Duration::from_secs(5))?;
/// assert_eq!((sink.dropped(), sink.failed()), (0, 0));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "it does nothing before `start`"]
pub struct Queue {
    scribe: Scribe,
    output: Box<dyn Output>,
    capacity: NonZeroUsize,
}

impl Queue {
    /// Returns a queue of 1,024 records.
    pub fn new(scribe: Scribe, output: impl Output + 'static) -> Queue {
        Queue { scribe, output: Box::new(output), capacity: CAPACITY }
    }

    /// Sets how many records may wait; a further one is dropped and counted.
    pub fn capacity(mut self, records: NonZeroUsize) -> Queue {
        self.capacity = records;
        self
    }

    /// Begins the thread that writes.
    ///
    /// # Errors
    ///
    /// Where the system gives no thread.
    pub fn start(self) -> io::Result<QueueSink> {
        let Queue { scribe, output, capacity } = self;
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            dropped: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        });
        let ending = Ending(Arc::clone(&shared));
        let writer = Writer { scribe, output, shared: Arc::clone(&shared), seq: 0, told: 0 };
        thread::Builder::new().name("readmit-log".to_owned()).spawn(move || {
            let _ending = ending;
            writer.run();
        })?;
        let closing = Arc::new(Closing(Arc::clone(&shared)));
        Ok(QueueSink { shared, capacity, _closing: closing })
    }
}

/// The sink in front of a queue's thread; a clone is the same sink.
///
/// When the last one is dropped, the thread writes what is left and ends; nobody waits for that but
/// [`shutdown`](QueueSink::shutdown).
#[derive(Clone, Debug)]
pub struct QueueSink {
    shared: Arc<Shared>,
    capacity: NonZeroUsize,
    _closing: Arc<Closing>,
}

/// What was recorded is not all written yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{pending} entries are not written yet")]
#[non_exhaustive]
pub struct NotWritten {
    /// How many.
    pub pending: u64,
}

impl QueueSink {
    /// Returns how many records were dropped because the queue was full or closed.
    ///
    /// The log tells it too, as `readmit.log.dropped`, as soon as there is room.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// Returns how many entries the output could not write.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.shared.failed.load(Ordering::Relaxed)
    }

    /// Waits until everything recorded before is written, at most this long.
    ///
    /// # Errors
    ///
    /// Where the time was not enough.
    pub fn flush(&self, timeout: Duration) -> Result<(), NotWritten> {
        let state = self.shared.lock();
        let accepted = state.accepted;
        self.wait(state, timeout, |state| accepted <= state.settled || state.has_ended, accepted)
    }

    /// Takes no more records, and waits until everything is written and the thread has ended, at
    /// most this long.
    ///
    /// # Errors
    ///
    /// Where the time was not enough; the thread goes on writing.
    pub fn shutdown(&self, timeout: Duration) -> Result<(), NotWritten> {
        self.shared.close();
        let state = self.shared.lock();
        let accepted = state.accepted;
        self.wait(state, timeout, |state| state.has_ended, accepted)
    }

    fn wait(
        &self,
        state: MutexGuard<'_, State>,
        timeout: Duration,
        is_over: impl Fn(&State) -> bool,
        accepted: u64,
    ) -> Result<(), NotWritten> {
        let waited =
            self.shared.changed.wait_timeout_while(state, timeout, |state| !is_over(state));
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let pending = accepted.saturating_sub(state.settled);
        if is_over(&state) && pending == 0 { Ok(()) } else { Err(NotWritten { pending }) }
    }
}

impl Sink for QueueSink {
    fn record(&self, record: &Record) {
        let record = record.clone();
        let mut state = self.shared.lock();
        if state.is_closed || self.capacity.get() <= state.queue.len() {
            drop(state);
            // Only a number that is read by itself: nothing is ordered by it.
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        state.queue.push_back(record);
        state.accepted += 1;
        let is_first = state.queue.len() == 1;
        drop(state);
        if is_first {
            self.shared.changed.notify_all();
        }
    }

    fn flush(&self, within: Duration) -> Result<(), Unflushed> {
        QueueSink::flush(self, within).map_err(|NotWritten { pending }| Unflushed { pending })
    }
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    dropped: AtomicU64,
    failed: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Record>,
    /// How many records there have been.
    accepted: u64,
    /// How many of them have been written, or could not be.
    settled: u64,
    is_closed: bool,
    has_ended: bool,
}

impl Shared {
    /// Nothing panics while it is held but the allocator, and that leaves the queue whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }
}

/// Closes the queue with its last sink.
#[derive(Debug)]
struct Closing(Arc<Shared>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Says that the thread has ended, even where the output panicked.
#[derive(Debug)]
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.is_closed = true;
        state.has_ended = true;
        drop(state);
        self.0.changed.notify_all();
    }
}

/// The thread.
#[derive(Debug)]
struct Writer {
    scribe: Scribe,
    output: Box<dyn Output>,
    shared: Arc<Shared>,
    /// The number of the entry that was written last.
    seq: u64,
    /// How many drops have been told.
    told: u64,
}

impl Writer {
    fn run(mut self) {
        while let Some(batch) = self.next() {
            let count = batch.len() as u64;
            for record in batch {
                self.tell_drops(&record);
                let entry = self.scribe.entry(&record);
                self.write(entry);
            }
            if self.output.flush().is_err() {
                self.shared.failed.fetch_add(1, Ordering::Relaxed);
            }
            self.shared.lock().settled += count;
            self.shared.changed.notify_all();
        }
    }

    /// Waits for records; there are none where the queue is closed and empty.
    fn next(&self) -> Option<VecDeque<Record>> {
        let waits = |state: &mut State| state.queue.is_empty() && !state.is_closed;
        let state = self.shared.changed.wait_while(self.shared.lock(), waits);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let batch = std::mem::take(&mut state.queue);
        (!batch.is_empty()).then_some(batch)
    }

    /// A gap in a log is told in the log.
    fn tell_drops(&mut self, record: &Record) {
        let dropped = self.shared.dropped.load(Ordering::Relaxed);
        if self.told < dropped {
            let entry = self.scribe.drops(record.at, dropped - self.told);
            self.told = dropped;
            self.write(entry);
        }
    }

    fn write(&mut self, mut entry: crate::Entry) {
        self.seq += 1;
        entry.seq = Some(self.seq);
        if self.output.write(&entry).is_err() {
            self.shared.failed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Some seconds of a client that does nothing but fail; at a few kilobytes each it is little memory.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(1_024).unwrap();

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::SystemTime;

    use readmit_error::event::Event;

    use super::*;
    use crate::{Entry, Rendering};

    #[test]
    fn r84_a_queue_that_is_full_drops_counts_and_tells() {
        let (output, seen, go) = Held::new();
        let capacity = NonZeroUsize::new(2).unwrap();
        let sink = Queue::new(Scribe::default(), output).capacity(capacity).start().unwrap();
        sink.record(&record("first"));
        // The thread holds the first one, so that two more fit and the rest does not.
        assert!(seen.recv().unwrap().contains("first"));

        for name in ["second", "third", "fourth", "fifth"] {
            sink.record(&record(name));
        }
        let dropped = sink.dropped();
        (0..9).for_each(|_| go.send(()).unwrap());
        sink.shutdown(LONG).unwrap();

        let lines: Vec<_> = seen.into_iter().collect();
        assert_eq!(dropped, 2);
        assert!(lines[0].contains("readmit.log.dropped=2"), "{lines:?}");
        assert!(lines[1].contains("second") && lines[2].contains("third"), "{lines:?}");
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn r84_flush_waits_no_longer_than_it_may() {
        let (output, seen, go) = Held::new();
        let sink = Queue::new(Scribe::default(), output).start().unwrap();
        sink.record(&record("first"));
        seen.recv().unwrap();

        let too_early = sink.flush(Duration::ZERO);
        go.send(()).unwrap();

        assert_eq!(too_early, Err(NotWritten { pending: 1 }));
        assert_eq!(sink.flush(LONG), Ok(()));
    }

    #[test]
    fn r84_an_output_that_fails_or_panics_is_counted_and_stops_nobody() {
        let failing = Queue::new(Scribe::default(), Failing(false)).start().unwrap();
        let panicking = Queue::new(Scribe::default(), Failing(true)).start().unwrap();

        failing.record(&record("a"));
        panicking.record(&record("a"));
        let failed = failing.shutdown(LONG);
        let panicked = panicking.shutdown(LONG);
        panicking.record(&record("b"));

        assert_eq!((failed, failing.failed()), (Ok(()), 2));
        assert_eq!((panicked, panicking.dropped()), (Err(NotWritten { pending: 1 }), 1));
    }

    #[test]
    fn dropping_the_last_sink_writes_what_is_left() {
        let (output, seen, go) = Held::new();
        let sink = Queue::new(Scribe::default(), output).start().unwrap();
        let clone = sink.clone();
        for name in ["first", "second"] {
            sink.record(&record(name));
        }
        (0..2).for_each(|_| go.send(()).unwrap());

        drop(sink);
        clone.record(&record("third"));
        drop(clone);
        go.send(()).unwrap();

        let lines: Vec<_> = seen.into_iter().collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
    }

    /// Tells of each entry, and holds it until it may go.
    #[derive(Debug)]
    struct Held {
        seen: Sender<String>,
        go: Receiver<()>,
    }

    impl Held {
        fn new() -> (Held, Receiver<String>, Sender<()>) {
            let (seen, told) = channel();
            let (free, go) = channel();
            (Held { seen, go }, told, free)
        }
    }

    impl Output for Held {
        fn write(&mut self, entry: &Entry) -> io::Result<()> {
            self.seen.send(entry.render(Rendering::Line)).unwrap();
            self.go.recv().unwrap();
            Ok(())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Fails, or panics.
    #[derive(Debug)]
    struct Failing(bool);

    impl Output for Failing {
        fn write(&mut self, _: &Entry) -> io::Result<()> {
            assert!(!self.0, "as a careless output does");
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    fn record(monitor: &str) -> Record {
        let event = Event::MonitorEnabled { monitor: monitor.to_owned() };
        Record::new(SystemTime::UNIX_EPOCH, event)
    }

    /// Nobody waits so long unless something is wrong.
    const LONG: Duration = Duration::from_secs(60);
}
