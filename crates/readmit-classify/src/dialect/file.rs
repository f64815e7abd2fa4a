//! Dialects read from TOML.

mod assemble;
mod head;
mod nearest;
mod reach;
mod reader;
mod rule;

use std::error::Error;
use std::fmt;

use super::Dialect;

/// Everything that is wrong with the file of a dialect.
///
/// [`Display`](fmt::Display) has a line for each mistake: `line 12: …`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DialectError {
    mistakes: Vec<Mistake>,
}

/// One mistake in the file of a dialect: where it is, what was found, and the cure.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Mistake {
    line: usize,
    column: usize,
    what: String,
}

impl Dialect {
    /// Reads a dialect from a TOML file.
    ///
    /// The keys of the file:
    ///
    /// | key | what it says |
    /// |---|---|
    /// | `name` | how programs call the dialect: small letters, digits and hyphens |
    /// | `title` | how people call it |
    /// | `also` | other names, compared by letters and digits, case ignored |
    /// | `docs` | where the facts come from: a URL, or a list of them |
    /// | `hosts` | where it is spoken: names, or `*.` and the end of a name |
    /// | `prefix` | a word of a text that begins so and goes on in digits is a code |
    /// | `codes` | the places where codes stand, the most telling first: `error.error_subcode`; arrays are transparent |
    /// | `code_headers` | the headers whose value is a code |
    /// | `reset` | what the reset of a limit holds: `delta`, `delta_millis`, `epoch` or `epoch_millis` |
    /// | `success` | what makes a failure of an answer below 400: `errors`, `ok = false`, `code != 0` |
    ///
    /// Only `name`, `title` and `docs` must be there.
    /// Then any number of `[[rule]]`s follow, each with a `kind` and at least one of the first
    /// three of these:
    ///
    /// | key | what it says |
    /// |---|---|
    /// | `code` | a code, or a list: compared by letters and digits, case ignored, without its namespace; numbers are written as texts |
    /// | `text` | words that follow each other in a text of the answer, or a list of such |
    /// | `status` | a status, or a list; below 400 only with `success` at the top |
    /// | `at` | only where the code stands in this place, which must be one of `codes` |
    /// | `header` | only where this header is there: `name`, or `name: value` |
    /// | `grain` | `specific`, as it is by default, or `coarse`: a sentence may make it finer |
    /// | `action`, `retryable`, `replay` | where they are not those of the kind |
    ///
    /// All that a rule names must hold. A rule is looked up by its code, without one by its text,
    /// without both by its status, and trusted in this order; of several that hold the first in
    /// the file decides.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the file at once, each with its line. Where the file is not
    /// TOML, that alone is told.
    ///
    /// # Example
    ///
    /// ```
    /// use http::{HeaderMap, Method, StatusCode};
    /// use readmit_classify::{Dialect, Evidence, classify};
    /// use readmit_core::{Clock, SystemClock};
    /// use readmit_error::Kind;
    ///
    /// let dialect = Dialect::parse(
    ///     r#"
    ///     name = "acme"
    ///     title = "Acme"
    ///     docs = "https://docs.acme.example/errors"
    ///     hosts = ["*.acme.example"]
    ///
    ///     [[rule]]
    ///     code = "1207"
    ///     kind = "token_expired"
    ///     "#,
    /// )?;
    /// assert!(dialect.speaks_for("api.acme.example"));
    ///
    /// let (headers, now) = (HeaderMap::new(), SystemClock.wall());
    /// let answer = Evidence::answer(&Method::GET, StatusCode::BAD_REQUEST, &headers, now);
    /// let failure = classify(&answer.body(br#"{"code": 1207}"#).dialect(&dialect));
    /// assert_eq!(failure.map(|it| it.kind()), Some(Kind::TokenExpired));
    ///
    /// let wrong = "name = 'acme'\ntitle = 'Acme'\ndocs = 'https://a.example'\nhost = []\n";
    /// let error = Dialect::parse(wrong).err().ok_or("no mistake found")?;
    /// assert_eq!(error.to_string(), "line 4: unknown key `host`: did you mean `hosts`?");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(toml: &str) -> Result<Dialect, DialectError> {
        reader::read(toml).map_err(|mistakes| DialectError { mistakes })
    }
}

impl DialectError {
    /// Returns the mistakes in the order of the file; there is at least one.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl Mistake {
    /// Returns the line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns what was found, and the cure.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for DialectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for mistake in &self.mistakes {
            write!(f, "{between}{mistake}")?;
            between = "\n";
        }
        Ok(())
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl Error for DialectError {}
