#[cfg(feature = "dialect-files")]
mod file;
mod host;
mod look_up;
mod phrase;
mod rule;
#[rustfmt::skip]
mod shipped;
#[cfg(feature = "dialect-files")]
mod source;
mod success;
mod table;
#[cfg(test)]
#[cfg(feature = "dialect-files")]
mod tests;

use std::borrow::Cow;
use std::fmt;

#[cfg(feature = "dialect-files")]
pub use self::file::{DialectError, Mistake};
pub(crate) use self::phrase::Phrase;
pub(crate) use self::rule::{By, Context, Found};
use self::rule::{Condition, Rule};
use self::success::Test;
pub(crate) use self::success::Told;
use self::table::Table;
use crate::fold::{self, Path};
use crate::rate_limit::Reset;

/// What one family of APIs says that nobody can know who has not read its documentation.
///
/// Numeric codes, words that mean something else than they seem, errors inside a 200, how the reset
/// of a limit is counted. What words and shapes tell of any API needs no dialect.
///
/// The dialects that come with this crate are found by host or by name. They are tables in the
/// program: nothing is read or parsed when it starts, and a look-up costs the same however many
/// rules there are. With the feature `dialect-files`, `Dialect::parse` reads one of your own.
///
/// # Example
///
/// ```
/// use readmit_classify::Dialect;
///
/// for dialect in Dialect::shipped() {
///     assert_eq!(Dialect::named(dialect.title()).map(Dialect::name), Some(dialect.name()));
///     for host in dialect.hosts().filter(|host| !host.starts_with('*')) {
///         assert_eq!(Dialect::for_host(host).map(Dialect::name), Some(dialect.name()));
///     }
/// }
/// assert!(Dialect::for_host("api.example.com").is_none());
/// ```
#[derive(Clone)]
pub struct Dialect {
    name: Cow<'static, str>,
    title: Cow<'static, str>,
    also: Cow<'static, [Cow<'static, str>]>,
    hosts: Cow<'static, [Cow<'static, str>]>,
    /// What stands before the digits of a code in a text; empty if nothing does.
    prefix: Cow<'static, str>,
    /// Where codes stand, the most telling first.
    places: Cow<'static, [Path]>,
    code_headers: Cow<'static, [Cow<'static, str>]>,
    reset: Option<Reset>,
    success: Cow<'static, [Test]>,
    /// In the order of the file.
    rules: Cow<'static, [Rule]>,
    conditions: Cow<'static, [Condition]>,
    codes: Table,
    /// By their first words; of the rules without a code.
    phrases: Table,
    /// The statuses of the rules that have nothing else to be found by, with the rule, in order.
    statuses: Cow<'static, [(u16, u16)]>,
}

impl Dialect {
    /// Returns the dialects that come with this crate, in the order of their names.
    pub fn shipped() -> impl Iterator<Item = &'static Dialect> {
        shipped::SHIPPED.iter().copied()
    }

    /// Finds a shipped dialect by its name, its title or one of the other names that it is called
    /// by.
    ///
    /// The whole name is compared, by letters and digits, case ignored: `git-hub` is GitHub, and
    /// `Square Enix` is not Square.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Dialect> {
        Dialect::shipped().find(|dialect| dialect.is_called(name))
    }

    /// Finds the shipped dialect that is spoken at a host.
    ///
    /// Of several patterns the longest decides, and a whole name before all. A port and the dot at
    /// the end of a host are left out; an address in digits has no dialect, nor has what is longer
    /// than a name can be (253 bytes).
    #[must_use]
    pub fn for_host(host: &str) -> Option<&'static Dialect> {
        shipped::SHIPPED.get(at_host(host, &shipped::HOSTS)?).copied()
    }

    /// Returns the name by which programs know it, such as `github`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the name by which people know it, such as `GitHub`.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the other names that it is called by.
    pub fn also(&self) -> impl Iterator<Item = &str> {
        self.also.iter().map(AsRef::as_ref)
    }

    /// Returns the patterns of its hosts: a name, or `*.` and the end of one.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.hosts.iter().map(AsRef::as_ref)
    }

    /// Returns whether one of the patterns fits a host; a port is left out.
    #[must_use]
    pub fn speaks_for(&self, host: &str) -> bool {
        let fits = |name| self.hosts().any(|pattern| host::fits(pattern, name));
        host::name(host).is_some_and(fits)
    }

    /// Returns what the reset of a limit is counted in here, where the dialect says so: for
    /// [`Limits::wait`](crate::rate_limit::Limits::wait).
    #[must_use]
    pub fn reset(&self) -> Option<Reset> {
        self.reset
    }

    /// Returns whether this API hides failures in answers below 400.
    ///
    /// Only then is the body of a success worth reading.
    #[must_use]
    pub fn reads_success(&self) -> bool {
        !self.success.is_empty()
    }

    /// Whether anything hangs on where a member of a body stands.
    pub(crate) fn has_places(&self) -> bool {
        !self.places.is_empty()
    }

    fn is_called(&self, name: &str) -> bool {
        fold::same(&self.name, name)
            || fold::same(&self.title, name)
            || self.also().any(|other| fold::same(other, name))
    }
}

/// Finds the pattern that decides for a host; says which dialect has it.
fn at_host(host: &str, hosts: &Table) -> Option<usize> {
    let name = host::name(host)?;
    let by = |suffix, is: fn(&str, &str) -> bool| {
        let mut run = hosts.run(fold::hash(suffix), |pattern| fold::same(pattern, suffix));
        run.find(|key| is(&key.says, suffix))
    };
    let key = by(name, host::is_exact)
        .or_else(|| host::suffixes(name).find_map(|suffix| by(suffix, host::is_suffix)))?;
    Some(usize::from(key.rule))
}

/// Shows the name alone.
impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialect").field("name", &self.name).finish_non_exhaustive()
    }
}
