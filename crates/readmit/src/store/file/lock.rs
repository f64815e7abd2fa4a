use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use super::{StoreError, beside, replace};

/// Takes the lock of the file at `path`, until what is returned is dropped; `None` where somebody
/// else has it.
///
/// The lock is on a file beside: the one at `path` is another after each write.
pub(super) fn try_lock(path: &Path) -> Result<Option<File>, StoreError> {
    let beside = beside(path, ".lock");
    let failed = |error| StoreError::io("lock", &beside, error);
    let file = open(path, &beside).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Opens what is locked: where no file can be made, because the disk is full or the folder
/// read-only, the one that is there, or the folder (rule 18).
fn open(path: &Path, beside: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    replace::private(options.write(true).create(true).truncate(false))
        .open(beside)
        .or_else(|error| File::open(beside).map_err(|_| error))
        .or_else(|error| replace::folder(path).map_err(|_| error))
}
