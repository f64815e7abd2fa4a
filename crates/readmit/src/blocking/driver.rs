use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Drives the sockets, the timers and the tasks of a client while a call waits in its own thread.
#[derive(Default)]
pub(super) struct Driver {
    /// `None` until the first call (rule 99).
    running: Mutex<Option<Running>>,
}

struct Running {
    handle: Handle,
    /// The thread ends when this is dropped.
    _end: oneshot::Sender<()>,
}

/// Why nothing was waited for.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error(
        "a blocking client was used inside an async runtime, where it would stop everything else; \
         use the async client there"
    )]
    InRuntime,
    #[error("the thread of the blocking client cannot be started")]
    NoThread(#[source] io::Error),
}

impl Driver {
    /// Runs the future in this thread to its end.
    pub(super) fn wait<F: Future>(&self, future: F) -> Result<F::Output, Refused> {
        if Handle::try_current().is_ok() {
            return Err(Refused::InRuntime);
        }
        let handle = self.handle().map_err(Refused::NoThread)?;
        Ok(handle.block_on(future))
    }

    fn handle(&self) -> io::Result<Handle> {
        // Sound: it holds nothing or a thread that runs.
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*running {
            return Ok(running.handle.clone());
        }
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel::<()>();
        let run = move || drop(runtime.block_on(ended));
        thread::Builder::new().name("readmit".to_owned()).spawn(run)?;
        *running = Some(Running { handle: handle.clone(), _end: end });
        Ok(handle)
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Driver")
    }
}
