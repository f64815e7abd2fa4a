/// A file with texts that cannot be used: where, why, and what to do about it.
///
/// The catalogue that was to take it is as it was before.
///
/// # Example
///
/// ```
/// use readmit_message::Catalogue;
///
/// let mut catalogue = Catalogue::english();
/// let refused = catalogue.overlay("{\n  \"kinds\": {\"token_expird\": {}}\n}");
/// assert_eq!(refused.map_err(|bad| bad.line()), Err(2));
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {what}; {cure}")]
pub struct BadFile {
    line: usize,
    what: String,
    cure: String,
}

impl BadFile {
    pub(crate) fn new(line: usize, what: impl Into<String>, cure: impl Into<String>) -> BadFile {
        BadFile { line, what: what.into(), cure: cure.into() }
    }

    /// Returns the line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns what is wrong there.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Returns what to do about it, in the imperative.
    #[must_use]
    pub fn cure(&self) -> &str {
        &self.cure
    }
}
