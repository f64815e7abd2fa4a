/// A set of scopes.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Scopes {
    /// Each once, in the order of their letters.
    sorted: Vec<String>,
}

impl Scopes {
    /// Returns the scopes of a list that is separated by spaces (RFC 6749 section 3.3).
    pub(crate) fn of(list: &str) -> Scopes {
        let mut sorted: Vec<_> = words(list).map(str::to_owned).collect();
        sorted.sort_unstable();
        sorted.dedup();
        Scopes { sorted }
    }

    pub(crate) fn as_slice(&self) -> &[String] {
        &self.sorted
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Returns both sets as one.
    pub(crate) fn and(&self, list: &str) -> Scopes {
        Scopes::of(&[&self.sorted.join(" "), list].join(" "))
    }

    /// Returns those that are not in a list; `None` where all are.
    pub(crate) fn beyond(&self, list: &str) -> Option<Scopes> {
        let is_beyond = |scope: &&String| words(list).all(|other| other != scope.as_str());
        let beyond: Vec<_> = self.sorted.iter().filter(is_beyond).cloned().collect();
        (!beyond.is_empty()).then_some(Scopes { sorted: beyond })
    }
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r01_a_set_has_no_order() {
        assert_eq!(Scopes::of("write read"), Scopes::of(" read  write read"));
        assert_eq!(Scopes::of("write").and("read"), Scopes::of("read write"));
        assert!(Scopes::of(" ").is_empty());
    }

    #[test]
    fn what_is_there_is_not_asked_for() {
        let wanted = Scopes::of("read write");

        assert_eq!(wanted.beyond("read"), Some(Scopes::of("write")));
        assert_eq!(wanted.beyond("reader"), Some(wanted.clone()));
        assert_eq!(wanted.beyond("write admin read"), None);
    }
}
