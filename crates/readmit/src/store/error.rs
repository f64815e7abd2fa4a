use std::fmt;
use std::path::Path;
use std::sync::Arc;

use readmit_recovery::RecordError;

/// Why a [`Store`](super::Store) did not do what it was asked to.
///
/// It holds nothing of what is stored, and is cheap to clone.
#[derive(Clone, Debug)]
pub struct StoreError {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    message: String,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Io(std::io::Error),
    Record(RecordError),
    Told,
}

impl StoreError {
    /// Returns an error in your own words.
    ///
    /// The message is shown to people and must hold no secret.
    #[must_use]
    pub fn new(message: impl Into<String>) -> StoreError {
        StoreError::of(message.into(), Cause::Told)
    }

    /// Returns whether there is a record that this version cannot read.
    ///
    /// It stays as it is until a person moves it away, or a version runs that can.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        matches!(self.inner.cause, Cause::Record(_))
    }

    pub(super) fn io(doing: &str, path: &Path, error: std::io::Error) -> StoreError {
        StoreError::of(format!("cannot {doing} {}", path.display()), Cause::Io(error))
    }

    pub(super) fn unreadable(path: &Path, error: RecordError) -> StoreError {
        let place = format!("the session in {}", path.display());
        StoreError::of(cure(&place, error), Cause::Record(error))
    }

    fn of(message: String, cause: Cause) -> StoreError {
        StoreError { inner: Arc::new(Inner { message, cause }) }
    }
}

impl From<RecordError> for StoreError {
    fn from(error: RecordError) -> StoreError {
        StoreError::of(cure("the session in the store", error), Cause::Record(error))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.inner.cause {
            Cause::Io(error) => Some(error),
            Cause::Record(error) => Some(error),
            Cause::Told => None,
        }
    }
}

/// What a person has to do about a record that cannot be read.
fn cure(place: &str, error: RecordError) -> String {
    let is_newer = matches!(error, RecordError::TooNew { .. });
    let what = if is_newer { "was written by a later version" } else { "makes no sense" };
    format!("{place} {what} and is left as it is: update this program, or move it away and sign in")
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn r98_a_record_of_a_later_version_says_the_cure_and_its_cause() {
        let error = StoreError::from(RecordError::TooNew { readable_from: 9 });

        assert!(error.is_unreadable());
        assert!(error.to_string().contains("update this program"), "{error}");
        assert!(error.source().unwrap().to_string().contains('9'));
    }
}
