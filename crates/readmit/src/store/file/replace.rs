use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::{StoreError, beside};

/// Puts these bytes in the place of the file, in one piece, and returns once they are safe.
///
/// The caller has the lock, so that one name beside it is enough, and what a killed process left
/// there goes with the next write.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let new = beside(path, ".tmp");
    write_new(&new, bytes).and_then(|()| fs::rename(&new, path)).map_err(|error| {
        // It may hold a secret; where it cannot be removed, the next write tries again.
        let _ = fs::remove_file(&new);
        StoreError::io("write", path, error)
    })?;
    sync_folder(path)
}

/// Removes the file, and what a killed process left beside it, and returns once they are gone.
///
/// The caller has the lock.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::io("delete", path, error);
    fs::remove_file(path).and_then(|()| absent(&beside(path, ".tmp"))).map_err(failed)?;
    sync_folder(path)
}

/// Makes a rename, or a removal, outlast a loss of power.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    if cfg!(not(unix)) {
        return Ok(()); // A folder cannot be opened there.
    }
    let synced = folder(path).and_then(|folder| folder.sync_all());
    synced.map_err(|error| StoreError::io("save the folder of", path, error))
}

/// Opens the folder that the file is in.
pub(super) fn folder(path: &Path) -> io::Result<File> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))
}

/// Makes what is created readable by its owner alone, from the first moment on.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(PRIVATE);
    }
    options
}

fn write_new(new: &Path, bytes: &[u8]) -> io::Result<()> {
    absent(new)?;
    // Made anew, it has the mode that is asked for, and is no link to elsewhere.
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(new)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Removes what may be there.
fn absent(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// For its owner to read and write.
#[cfg(unix)]
pub(super) const PRIVATE: u32 = 0o600;
