use std::fmt;
use std::time::SystemTime;

use readmit_error::rfc3339;

/// Who was denied what since when, what worked before, and which scopes are used.
///
/// It names principals as the application does, and shows them to whoever asks for it; its `Debug`
/// has the numbers alone.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct AccessReview {
    /// What never worked, as far as is known; the latest first, 512 at most.
    pub denials: Vec<Denial>,
    /// What worked before; the latest first, 512 at most.
    pub drifts: Vec<Drift>,
    /// The scopes that were granted or used; 512 at most.
    pub scopes: Vec<ScopeUse>,
}

/// What a principal was denied.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Denial {
    /// As the application names them; empty for the client itself.
    pub principal: String,
    /// The method, and the route or else the host.
    pub operation: String,
    /// The permissions or scopes that would do, as far as the server told.
    pub required: Vec<String>,
    /// How often.
    pub count: u64,
    /// When it was denied first.
    pub since: SystemTime,
    /// When it was denied last.
    pub last: SystemTime,
}

/// What a principal could do and is denied (rule 91).
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Drift {
    /// What is denied.
    pub denial: Denial,
    /// When it worked last before it was denied, to the minute.
    pub last_worked: SystemTime,
    /// Whether it has worked again since it was denied last.
    pub works_again: bool,
}

/// How a scope is used.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct ScopeUse {
    /// As the application names them; empty for the client itself.
    pub principal: String,
    /// The scope.
    pub scope: String,
    /// When it was first seen to be granted.
    pub granted_at: Option<SystemTime>,
    /// How many calls needed it and succeeded.
    pub used: u64,
    /// When the last of them did.
    pub last_used: Option<SystemTime>,
}

impl AccessReview {
    /// Returns the scopes that were granted and never used: candidates for being taken away.
    pub fn unused_scopes(&self) -> impl Iterator<Item = &ScopeUse> {
        self.scopes.iter().filter(|scope| scope.granted_at.is_some() && scope.used == 0)
    }
}

impl fmt::Display for AccessReview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Drift { denial, last_worked, works_again } in &self.drifts {
            let again = if *works_again { ", and works again" } else { "" };
            writeln!(f, "{denial}; it worked until {}{again}", rfc3339::format(*last_worked))?;
        }
        for denial in &self.denials {
            writeln!(f, "{denial}")?;
        }
        for scope in self.unused_scopes() {
            writeln!(f, "{} never used {}", Name(&scope.principal), scope.scope)?;
        }
        Ok(())
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Denial { principal, operation, required, count, since, .. } = self;
        let (principal, since) = (Name(principal), rfc3339::format(*since));
        write!(f, "{principal} is denied {operation} since {since}, {count} times")?;
        if required.is_empty() { Ok(()) } else { write!(f, ", needs {}", required.join(" or ")) }
    }
}

impl fmt::Debug for AccessReview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessReview")
            .field("denials", &self.denials.len())
            .field("drifts", &self.drifts.len())
            .field("scopes", &self.scopes.len())
            .finish()
    }
}

impl fmt::Debug for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Denial").field("count", &self.count).finish_non_exhaustive()
    }
}

impl fmt::Debug for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drift").field("denial", &self.denial).finish_non_exhaustive()
    }
}

impl fmt::Debug for ScopeUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopeUse").field("used", &self.used).finish_non_exhaustive()
    }
}

/// Shows who the client itself is.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "the client" } else { self.0 })
    }
}
