//! Who may do what: what worked and is denied since, and which scopes are of no use (rule 91).

mod review;

use std::time::SystemTime;

use readmit_error::event::{CallContext, Event, Record};
use readmit_error::neutralise;

pub use self::review::{AccessReview, Denial, Drift, ScopeUse};
use crate::Now;
use crate::codes::NAME_LIMIT;
use crate::roster::Roster;
use crate::worked::Worked;

/// Somebody who does something: whose call it is, its method, and its route or else its host.
///
/// A raw path is no route: it holds ids, and each would be an access of its own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Access<'a> {
    principal: &'a str,
    method: &'a str,
    place: &'a str,
}

impl<'a> Access<'a> {
    /// Returns an access; the principal is empty where the client itself is the only one.
    #[inline]
    #[must_use]
    pub fn new(principal: &'a str, method: &'a str, place: &'a str) -> Access<'a> {
        Access { principal, method, place }
    }

    /// Returns the access of a call, as its records describe it.
    #[must_use]
    pub fn of(call: &'a CallContext) -> Access<'a> {
        let place = call.template.as_deref().or(call.server.as_deref()).unwrap_or_default();
        let method = call.method.as_deref().unwrap_or_default();
        Access { principal: call.user.as_deref().unwrap_or_default(), method, place }
    }

    /// Returns what it is made of.
    #[inline]
    pub(crate) fn names(self) -> [&'a str; 3] {
        [self.principal, self.method, self.place]
    }

    fn key(self) -> Key {
        let operation = if self.method.is_empty() {
            neutralise(self.place, NAME_LIMIT)
        } else {
            neutralise(&format!("{} {}", self.method, self.place), NAME_LIMIT)
        };
        Key { principal: neutralise(self.principal, NAME_LIMIT), operation }
    }
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Key {
    principal: String,
    operation: String,
}

/// What was denied, and which scopes were granted and used.
#[derive(Debug)]
pub(crate) struct Accesses {
    /// Of those for whom it never worked, of whom there may be as many as somebody makes up.
    denials: Roster<Key, Denied>,
    /// Of those for whom it did, so that the others cannot push them out.
    drifts: Roster<Key, Denied>,
    scopes: Roster<(String, String), Scope>,
}

#[derive(Clone, Debug)]
struct Denied {
    since: Now,
    last: Now,
    count: u64,
    required: Vec<String>,
    /// When it worked last before it was denied first.
    worked_at: Option<SystemTime>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Scope {
    granted_at: Option<SystemTime>,
    used: u64,
    used_at: Option<SystemTime>,
}

impl Accesses {
    pub(crate) fn new() -> Accesses {
        let [denials, drifts] = [Roster::new(MAX_DENIALS), Roster::new(MAX_DENIALS)];
        Accesses { denials, drifts, scopes: Roster::new(MAX_SCOPES) }
    }

    pub(crate) fn record(&mut self, now: Now, record: &Record, worked: &Worked) {
        let Event::AuthzDenied { required, .. } = &record.event else { return };
        let access = Access::of(&record.call);
        let key = access.key();
        let worked_at = worked.last(access).map(|at| now.at(at).wall);
        let is_drift = worked_at.is_some() || self.drifts.get(&key).is_some();
        let roster = if is_drift { &mut self.drifts } else { &mut self.denials };
        let denied = roster.touch(key, || Denied {
            since: now,
            last: now,
            count: 0,
            required: Vec::new(),
            worked_at,
        });
        // It worked again meanwhile, so what is denied is denied anew.
        let is_anew = worked.last(access).is_some_and(|at| denied.last.mono < at);
        if is_anew {
            *denied = Denied { since: now, count: 0, worked_at, ..denied.clone() };
        }
        denied.last = now;
        denied.count = denied.count.saturating_add(1);
        let names = required.iter().take(MAX_REQUIRED);
        denied.required = names.map(|name| neutralise(name, NAME_LIMIT)).collect();
    }

    pub(crate) fn granted(&mut self, now: Now, principal: &str, scope: &str) {
        self.scope(principal, scope).granted_at.get_or_insert(now.wall);
    }

    pub(crate) fn used(&mut self, now: Now, principal: &str, scope: &str) {
        let scope = self.scope(principal, scope);
        scope.used = scope.used.saturating_add(1);
        scope.used_at = Some(now.wall);
    }

    pub(crate) fn review(&self, worked: &Worked) -> AccessReview {
        let denial = |(key, denied): (&Key, &Denied)| denied.denial(key);
        let drift = |(key, denied): (&Key, &Denied)| {
            let (method, place) = key.operation.split_once(' ').unwrap_or(("", &key.operation));
            let last = worked.last(Access::new(&key.principal, method, place));
            let works_again = last.is_some_and(|at| denied.last.mono < at);
            let last_worked = denied.worked_at.unwrap_or(denied.since.wall);
            Drift { denial: denied.denial(key), last_worked, works_again }
        };
        let scope = |((principal, scope), of): (&(String, String), &Scope)| ScopeUse {
            principal: principal.clone(),
            scope: scope.clone(),
            granted_at: of.granted_at,
            used: of.used,
            last_used: of.used_at,
        };
        AccessReview {
            denials: self.denials.iter().map(denial).collect(),
            drifts: self.drifts.iter().map(drift).collect(),
            scopes: self.scopes.iter().map(scope).collect(),
        }
    }

    #[cfg(all(test, not(loom)))]
    pub(crate) fn len(&self) -> usize {
        self.denials.len() + self.drifts.len() + self.scopes.len()
    }

    fn scope(&mut self, principal: &str, scope: &str) -> &mut Scope {
        let key = (neutralise(principal, NAME_LIMIT), neutralise(scope, NAME_LIMIT));
        self.scopes.touch(key, Scope::default)
    }
}

impl Denied {
    fn denial(&self, key: &Key) -> Denial {
        Denial {
            principal: key.principal.clone(),
            operation: key.operation.clone(),
            required: self.required.clone(),
            count: self.count,
            since: self.since.wall,
            last: self.last.wall,
        }
    }
}

/// Of each kind.
const MAX_DENIALS: usize = 512;
const MAX_SCOPES: usize = 512;
/// Of one operation.
const MAX_REQUIRED: usize = 8;

#[cfg(not(loom))]
#[cfg(test)]
mod tests;
