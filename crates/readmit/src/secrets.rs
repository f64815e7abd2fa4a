use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use readmit_log::redact::Redactor;
use secrecy::{ExposeSecret, SecretString};

/// The secrets in use, which no log may show in any spelling (rule 82).
///
/// The redactor knows each of them as long as somebody holds it, and for a while behind: what is
/// written down late, by the thread of a sink, may still speak of it.
#[derive(Clone)]
pub(crate) struct Secrets {
    redactor: Redactor,
    /// Those that were sent, issued or let go lately, the latest at the end.
    recent: Arc<Mutex<VecDeque<String>>>,
}

/// Keeps secrets known until it is dropped, and many others were held after them.
pub(crate) struct InUse {
    secrets: Secrets,
    values: Vec<SecretString>,
}

impl Secrets {
    pub(crate) fn new(redactor: Redactor) -> Secrets {
        Secrets { redactor, recent: Arc::default() }
    }

    /// Returns who knows them.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Makes values known for as long as they are held, and a while longer.
    pub(crate) fn hold<'s>(&self, values: impl Iterator<Item = &'s str>) -> InUse {
        let values: Vec<_> = values.map(SecretString::from).collect();
        values.iter().for_each(|value| self.redactor.register(value.expose_secret()));
        InUse { secrets: self.clone(), values }
    }

    /// Makes values known until many others have been: refresh tokens, and what they are asked for
    /// with, which nobody holds who could say when they are replaced.
    pub(crate) fn remember<'s>(&self, values: impl Iterator<Item = &'s SecretString>) {
        let mut recent = self.lock();
        values.for_each(|value| self.keep(&mut recent, value.expose_secret()));
    }

    /// Puts a value behind the recent ones, and lets go of the oldest where there are too many.
    fn keep(&self, recent: &mut VecDeque<String>, value: &str) {
        match recent.iter().position(|known| known == value) {
            Some(place) => drop(recent.remove(place)),
            None => self.redactor.register(value),
        }
        recent.push_back(value.to_owned());
        if RECENT < recent.len()
            && let Some(oldest) = recent.pop_front()
        {
            self.redactor.forget(&oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        // Sound: a value that is there twice, or not at all, only keeps a secret known.
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        let mut recent = self.secrets.lock();
        for value in self.values.iter().map(ExposeSecret::expose_secret) {
            self.secrets.keep(&mut recent, value);
            self.secrets.redactor.forget(value);
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// Secrets that are remembered though nobody holds them.
const RECENT: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_a_secret_is_known_until_its_last_holder_has_gone_and_many_others_came() {
        let redactor = Redactor::new();
        let secrets = Secrets::new(redactor.clone());
        let hold = || secrets.hold(["a-token-in-use"].into_iter());
        let another = |at| secrets.remember([format!("another-{at:04}").into()].iter());

        let (first, second) = (hold(), hold());
        drop(first);
        (0..RECENT).for_each(another);
        assert_eq!(redactor.text("a-token-in-use"), "REDACTED");
        drop(second);
        assert_eq!(redactor.text("a-token-in-use"), "REDACTED");
        (0..RECENT).for_each(another);
        assert_eq!(redactor.text("a-token-in-use"), "a-token-in-use");
    }

    #[test]
    fn r82_what_was_issued_is_known_until_many_others_were() {
        let redactor = Redactor::new();
        let secrets = Secrets::new(redactor.clone());
        let issue = |number: usize| secrets.remember([format!("issued-{number:04}").into()].iter());

        (0..RECENT).for_each(issue);

        assert_eq!(redactor.text("issued-0000 issued-0015"), "REDACTED REDACTED");
        issue(0);
        issue(RECENT);
        assert_eq!(redactor.text("issued-0000 issued-0001"), "REDACTED issued-0001");
    }
}
