use std::fmt;
use std::path::{Path, PathBuf};

/// Something to mend, and where.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) path: PathBuf,
    /// From 1.
    pub(crate) line: usize,
    pub(crate) severity: Severity,
    /// What is wrong, and the cure.
    pub(crate) what: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Severity {
    Error,
    /// Asks for a look; there may be a reason.
    Warning,
}

impl Finding {
    pub(crate) fn error(path: &Path, line: usize, what: impl Into<String>) -> Finding {
        Finding { path: path.to_path_buf(), line, severity: Severity::Error, what: what.into() }
    }

    pub(crate) fn warning(path: &Path, line: usize, what: impl Into<String>) -> Finding {
        Finding { path: path.to_path_buf(), line, severity: Severity::Warning, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        write!(f, "{}:{}: {severity}{}", self.path.display(), self.line, self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_where_then_what() {
        let error = Finding::error(Path::new("a/b.rs"), 7, "too long: split it");
        let warning = Finding::warning(Path::new("a/b.rs"), 7, "too long: split it");

        assert_eq!(error.to_string(), "a/b.rs:7: too long: split it");
        assert_eq!(warning.to_string(), "a/b.rs:7: warning: too long: split it");
    }
}
