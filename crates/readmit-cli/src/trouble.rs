use std::fmt;
use std::io;
use std::process::ExitCode;

use anstream::eprintln;

/// Why the program cannot do what it was asked for, and what would help.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Trouble {
    what: String,
    cure: Option<String>,
    status: u8,
    is_silent: bool,
}

impl Trouble {
    /// The arguments make no sense together.
    pub(crate) fn usage(what: impl Into<String>) -> Trouble {
        Trouble::new(USAGE, what.into())
    }

    /// What was given to read is not what it should be.
    pub(crate) fn input(what: impl Into<String>) -> Trouble {
        Trouble::new(INPUT, what.into())
    }

    /// A file cannot be read.
    pub(crate) fn unreadable(name: &str, error: &io::Error) -> Trouble {
        Trouble::new(UNREADABLE, format!("cannot read {name}: {error}"))
    }

    /// The system refused something.
    pub(crate) fn system(what: &str, error: &io::Error) -> Trouble {
        Trouble::new(SYSTEM, format!("{what}: {error}"))
    }

    /// Adds what to do about it.
    pub(crate) fn cure(mut self, cure: impl Into<String>) -> Trouble {
        self.cure = Some(cure.into());
        self
    }

    fn new(status: u8, what: String) -> Trouble {
        Trouble { what, cure: None, status, is_silent: false }
    }
}

/// Writing failed: whoever reads has gone, which is no fault (`readmit explain … | head`), or the
/// disk is full, which is one.
impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        let is_silent = error.kind() == io::ErrorKind::BrokenPipe;
        let status = if is_silent { 0 } else { SYSTEM };
        Trouble { is_silent, ..Trouble::new(status, format!("cannot write: {error}")) }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        match &self.cure {
            Some(cure) => write!(f, "\n  cure: {cure}"),
            None => Ok(()),
        }
    }
}

/// Says what is wrong, and returns the exit status that says it to a program.
pub(crate) fn report(trouble: &Trouble) -> ExitCode {
    if !trouble.is_silent {
        eprintln!("{trouble}");
    }
    ExitCode::from(trouble.status)
}

/// The exit statuses are those of `sysexits.h`.
pub(crate) const USAGE: u8 = 64;
const INPUT: u8 = 65;
const UNREADABLE: u8 = 66;
const SYSTEM: u8 = 71;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_says_what_and_what_helps() {
        let trouble = Trouble::input("this is no answer").cure("pipe in one");

        assert_eq!(trouble.to_string(), "error: this is no answer\n  cure: pipe in one");
        assert_eq!(trouble.status, 65);
    }

    #[test]
    fn a_reader_that_has_gone_is_no_fault() {
        let gone = Trouble::from(io::Error::from(io::ErrorKind::BrokenPipe));
        let full = Trouble::from(io::Error::from(io::ErrorKind::StorageFull));

        assert!(gone.is_silent && gone.status == 0);
        assert!(!full.is_silent && full.status == SYSTEM);
    }
}
