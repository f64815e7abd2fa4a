//! What a hostile server may send, against everything that reads it.
//!
//! Each target is a function of bytes that panics where something does not hold. `cargo xtask fuzz`
//! feeds it what libFuzzer makes up, on a nightly toolchain; on any toolchain the tests feed it the
//! files in `corpus/`, where each finding stays.

mod answer;
mod challenges;
mod dialect;
mod fields;
mod rate_limit;
mod redactor;
mod retry_after;
mod text;
mod told;
mod wire;

use std::env;
use std::fs;
use std::io;

pub use crate::answer::{body, classify};
pub use crate::challenges::challenges;
pub use crate::dialect::dialect;
pub use crate::rate_limit::rate_limit;
pub use crate::redactor::redactor;
pub use crate::retry_after::retry_after;
pub use crate::text::{neutralise, redact};
pub use crate::wire::{error_body, failure, problem};

/// Makes the program of a target: with libFuzzer where that builds it, and otherwise one that
/// feeds the target the files named on its command line.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::$name(data));

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            $crate::replay($crate::$name)
        }
    };
}

/// Feeds a target the files named on the command line.
///
/// # Errors
///
/// Those of reading the files.
pub fn replay(target: fn(&[u8])) -> io::Result<()> {
    for file in env::args_os().skip(1) {
        println!("{}", file.display());
        target(&fs::read(file)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn r75_whatever_was_found_once_stays_mended() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");

        for Target(name, run) in TARGETS {
            let mut files: Vec<_> = fs::read_dir(corpus.join(name)).unwrap().collect();
            assert!(!files.is_empty(), "{name}");
            files.sort_by_key(|file| file.as_ref().map(fs::DirEntry::path).ok());
            for file in files {
                let file = file.unwrap().path();
                // Shown where it panics.
                println!("{}", file.display());
                run(&fs::read(file).unwrap());
            }
        }
    }

    #[test]
    fn every_folder_of_the_corpus_has_a_target() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");

        for folder in fs::read_dir(corpus).unwrap() {
            let folder = folder.unwrap().file_name();
            assert!(TARGETS.iter().any(|Target(name, _)| folder == *name), "{}", folder.display());
        }
    }

    struct Target(&'static str, fn(&[u8]));

    const TARGETS: &[Target] = &[
        Target("body", body),
        Target("challenges", challenges),
        Target("classify", classify),
        Target("dialect", dialect),
        Target("error_body", error_body),
        Target("failure", failure),
        Target("neutralise", neutralise),
        Target("problem", problem),
        Target("rate_limit", rate_limit),
        Target("redact", redact),
        Target("redactor", redactor),
        Target("retry_after", retry_after),
    ];
}
