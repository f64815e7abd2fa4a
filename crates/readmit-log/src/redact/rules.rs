use std::collections::{HashMap, HashSet};

use crate::redact::name::Class;
use crate::redact::{allow, percent};

/// What is told of values by their names: what readmit knows, and what the application adds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    names: HashMap<Vec<u8>, Class>,
    headers: HashSet<Vec<u8>>,
    query: HashSet<Vec<u8>>,
}

impl Rules {
    pub(crate) fn set_class(&mut self, name: &str, class: Class) {
        self.names.insert(plain(name.as_bytes()), class);
    }

    pub(crate) fn allow_header(&mut self, name: &str) {
        self.headers.insert(plain(name.as_bytes()));
    }

    pub(crate) fn allow_query(&mut self, name: &str) {
        self.query.insert(plain(name.as_bytes()));
    }

    /// Whether the application has added a name, of which nobody else knows.
    pub(crate) fn has_added_names(&self) -> bool {
        !self.names.is_empty()
    }

    pub(crate) fn class(&self, name: &[u8]) -> Class {
        if name.contains(&b'%') {
            return self.known(&percent::decode(name, false));
        }
        self.known(name)
    }

    /// Whether the value of a header may be looked at.
    pub(crate) fn may_show_header(&self, name: &[u8]) -> bool {
        allow::header(name) || (!self.headers.is_empty() && self.headers.contains(&plain(name)))
    }

    /// Whether the value of a query's parameter may be looked at.
    pub(crate) fn may_show_query(&self, name: &[u8]) -> bool {
        allow::query(name) || (!self.query.is_empty() && self.query.contains(&plain(name)))
    }

    fn known(&self, name: &[u8]) -> Class {
        // Nearly nobody adds a name, and then there is nothing to look up.
        let added = if self.names.is_empty() { None } else { self.names.get(&plain(name)) };
        added.copied().unwrap_or_else(|| Class::of(name))
    }
}

/// A name without case, and without the sign that its words are joined by.
fn plain(name: &[u8]) -> Vec<u8> {
    let letters = name.iter().filter(|byte| byte.is_ascii_alphanumeric() || 0x80 <= **byte);
    letters.map(u8::to_ascii_lowercase).collect()
}
