use std::fmt;
use std::io;

use crate::{Entry, Rendering};

/// Where the entries of a [`Queue`](crate::Queue) go: it is called on the queue's own thread, so it
/// may take its time.
pub trait Output: fmt::Debug + Send {
    /// Writes one entry.
    ///
    /// # Errors
    ///
    /// Those of what is behind it; the entry counts as lost.
    fn write(&mut self, entry: &Entry) -> io::Result<()>;

    /// Makes sure that what was written is where others can see it.
    ///
    /// # Errors
    ///
    /// Those of what is behind it.
    fn flush(&mut self) -> io::Result<()>;
}

/// Writes each entry as a line.
///
/// # Example
///
/// ```
/// use std::time::SystemTime;
///
/// use readmit_error::event::{Event, Record};
/// use readmit_log::{Lines, Output, Rendering, Scribe};
///
/// let mut lines = Lines::new(Vec::new()).rendering(Rendering::Line);
/// let event = Event::MonitorEnabled { monitor: "thresholds".to_owned() };
/// lines.write(&Scribe::default().entry(&Record::new(SystemTime::UNIX_EPOCH, event)))?;
///
/// assert_eq!(
///     String::from_utf8_lossy(lines.get_ref()),
///     "1970-01-01T00:00:00Z WARN  readmit.monitor.enabled readmit.monitor.name=thresholds\n",
/// );
/// # Ok::<_, std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Lines<W> {
    to: W,
    rendering: Rendering,
}

impl<W: io::Write> Lines<W> {
    /// Writes JSON lines to a writer.
    #[must_use]
    pub fn new(to: W) -> Lines<W> {
        Lines { to, rendering: Rendering::default() }
    }

    /// Sets how a line is written; by default as [`Rendering::Json`].
    #[must_use]
    pub fn rendering(mut self, rendering: Rendering) -> Lines<W> {
        self.rendering = rendering;
        self
    }

    /// Returns the writer.
    #[must_use]
    pub fn get_ref(&self) -> &W {
        &self.to
    }
}

impl<W: fmt::Debug + io::Write + Send> Output for Lines<W> {
    fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = entry.render(self.rendering);
        line.push('\n');
        // In one call, so that the lines of several writers do not mix.
        self.to.write_all(line.as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
