mod lock;
mod replace;

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use readmit_recovery::Record;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::blocking::blocking;
use super::{Store, StoreError, StoreLock, Swap};

/// A store in a file, shared by all processes that name it.
///
/// - It is replaced in one piece: a process that is killed leaves the record before or after, never
///   half of one. What a write needs beside it has the same name and `.tmp`.
/// - Only its owner can read it, from the first moment on. One that others can read is made private
///   when it is read, and refused where that is not possible. This is for systems that have modes;
///   elsewhere it is as private as its folder.
/// - Its lock is a file of the same name and `.lock`, which stays. The lock ends with the process
///   that holds it, however that ends. Do not delete it, nor share the store over a network file
///   system that does not lock.
/// - A record that cannot be read, because it is of a later version or was cut off by something
///   else, is never written over (rule 98): the error says what to do.
/// - Where the disk is full or the folder read-only, the session goes on in memory (rule 18).
/// - All of it happens on Tokio's threads for blocking work.
///
/// A link is followed: the file that it names is the one that is replaced.
///
/// # Example
///
/// ```
/// use readmit::{Client, credentials, store};
///
/// let session = credentials::refresh_token("https://auth.example.com/token", "r1", None)
///     .stored_in(store::file("/var/lib/reports/session.json"));
/// let client = Client::builder("https://api.example.com").credentials(session).build()?;
/// # let _ = client;
/// # Ok::<_, readmit::BuildError>(())
/// ```
#[derive(Clone, Debug)]
pub struct File {
    path: Arc<Path>,
    /// Held by who changes the file: a write that nobody waits for any more may still be at it.
    turn: Arc<Mutex<()>>,
}

impl File {
    pub(super) fn new(path: PathBuf) -> File {
        File { path: path.into(), turn: Arc::default() }
    }

    /// Runs work that changes the file, after any that was begun before.
    pub(super) async fn changing<T: Send + 'static>(
        &self,
        lock: &StoreLock,
        work: impl FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        // What nobody waits for any more keeps the others out until it is over.
        let (lock, turn) = (lock.clone(), Arc::clone(&self.turn));
        self.blocking(move |path| {
            let _lock = lock;
            // Sound: it guards no memory.
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            work(path)
        })
        .await
    }

    /// Runs the work where it may block; cancelled, it goes on to its end.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let path = Arc::clone(&self.path);
        blocking(move || work(&target(&path))).await
    }
}

#[async_trait]
impl Store for File {
    async fn load(&self) -> Result<Option<Record>, StoreError> {
        self.blocking(read).await
    }

    async fn lock(&self, timeout: Duration) -> Result<Option<StoreLock>, StoreError> {
        let end = tokio::time::Instant::now() + timeout;
        let mut wait = SHORTEST_WAIT;
        loop {
            if let Some(locked) = self.blocking(lock::try_lock).await? {
                return Ok(Some(StoreLock::new(locked)));
            }
            let left = end.saturating_duration_since(tokio::time::Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            tokio::time::sleep(wait.min(left)).await;
            wait = LONGEST_WAIT.min(wait * 2);
        }
    }

    async fn write(
        &self,
        lock: &StoreLock,
        record: &Record,
        expected: Option<u64>,
    ) -> Result<Swap, StoreError> {
        let record = record.clone();
        self.changing(lock, move |path| {
            if read(path)?.map(|found| found.epoch()) != expected {
                return Ok(Swap::Conflicted);
            }
            replace::replace(path, record.to_bytes().expose_secret())?;
            Ok(Swap::Done)
        })
        .await
    }

    async fn delete(&self, lock: &StoreLock, held: &SecretString) -> Result<Swap, StoreError> {
        let held = held.clone();
        self.changing(lock, move |path| {
            if !read(path)?.is_some_and(|found| found.holds(&held)) {
                return Ok(Swap::Conflicted);
            }
            replace::remove(path)?;
            Ok(Swap::Done)
        })
        .await
    }
}

/// Follows links, also to a file that is not there yet.
fn target(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| {
        let mut target = path.to_path_buf();
        for _ in 0..MOST_LINKS {
            let Ok(named) = fs::read_link(&target) else { break };
            // What is not named from the root is named from the link's folder.
            target = target.parent().unwrap_or(Path::new("")).join(named);
        }
        target
    })
}

fn read(path: &Path) -> Result<Option<Record>, StoreError> {
    let failed = |error| StoreError::io("read", path, error);
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    make_private(&file, path)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(USUAL_LENGTH));
    file.take(LONGEST).read_to_end(&mut bytes).map_err(failed)?;
    Record::read(&bytes).map(Some).map_err(|error| StoreError::unreadable(path, error))
}

/// Keeps others from reading what they could read so far.
#[cfg(unix)]
fn make_private(file: &fs::File, path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;

    let failed = |error| StoreError::io("keep others from reading", path, error);
    let mode = file.metadata().map_err(failed)?.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    file.set_permissions(fs::Permissions::from_mode(replace::PRIVATE)).map_err(failed)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it fails where there are modes")]
fn make_private(_: &fs::File, _: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// The name of what stands beside a file.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// As many as systems follow; links that lead in a circle are no file, which opening one tells.
const MOST_LINKS: usize = 40;
/// Group and others.
#[cfg(unix)]
const OTHERS: u32 = 0o077;
/// A record has two tokens, which may be long.
const USUAL_LENGTH: usize = 8 * 1024;
/// More than that is no record: it is read as one that was cut off.
const LONGEST: u64 = 1024 * 1024;
/// The system has no lock that is waited for with a timeout, so it is asked for again and again.
const SHORTEST_WAIT: Duration = Duration::from_millis(5);
const LONGEST_WAIT: Duration = Duration::from_millis(80);
