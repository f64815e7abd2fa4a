use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use readmit_error::neutralise;

use crate::suite;

/// The case files of a folder, and the names of what else is there.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) files: Vec<File>,
    /// The files that no suite reads, in the order of their names.
    pub(crate) unknown: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Folder {
    /// Reads what the suites read; other files are not opened, and folders not entered.
    ///
    /// # Errors
    ///
    /// Fails where the folder or a file of it cannot be read, and names it.
    pub(crate) fn read(path: &Path) -> io::Result<Folder> {
        let named = |error: io::Error, path: &Path| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        };
        let mut folder = Folder { path: path.to_path_buf(), ..Folder::default() };
        for entry in fs::read_dir(path).map_err(|error| named(error, path))? {
            let file = entry.map_err(|error| named(error, path))?;
            // A link is what it leads to.
            let is_file = fs::metadata(file.path()).is_ok_and(|what| what.is_file());
            let name = name(file.file_name());
            if !is_file || OWN.contains(&name.as_str()) {
                continue;
            }
            if suite::of(&name).is_none() {
                folder.unknown.push(name);
                continue;
            }
            let bytes = fs::read(file.path()).map_err(|error| named(error, &file.path()))?;
            folder.files.push(File { name, bytes });
        }
        folder.unknown.sort_unstable();
        Ok(folder)
    }

    /// Returns the bytes of a file.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.iter().find(|file| file.name == name).map(|file| file.bytes.as_slice())
    }
}

fn name(name: OsString) -> String {
    neutralise(&name.to_string_lossy(), NAME_LIMIT)
}

/// Where the known gaps of the project stand.
pub(crate) const GAPS: &str = "known-gaps.toml";

/// What the project's folder has beside the cases: no case files, and nothing unknown.
const OWN: [&str; 2] = ["Cargo.toml", GAPS];

/// Characters of a name.
const NAME_LIMIT: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_the_project_has_a_file_for_every_suite_and_nothing_unknown() {
        let folder = Folder::read(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();

        for suite in suite::ALL {
            assert!(folder.file(suite.file).is_some(), "{}", suite.file);
        }
        assert!(folder.unknown.is_empty(), "{:?}", folder.unknown);
    }

    #[test]
    fn files_that_no_suite_reads_are_named_and_folders_are_not() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");

        let folder = Folder::read(&here).unwrap();

        assert!(folder.files.is_empty());
        assert!(folder.unknown.contains(&"main.rs".to_owned()));
        assert!(!folder.unknown.contains(&"classify".to_owned()));
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Folder::read(Path::new("no-such-folder")).unwrap_err();

        assert!(error.to_string().starts_with("no-such-folder: "), "{error}");
    }
}
