use readmit_error::Kind;

/// What an entry is about: a kind, or a code that says more than its kind.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Topic {
    Kind(Kind),
    /// `AUTH_001`: an access token that is wrong or has expired.
    AccessToken,
    /// `AUTH_002`: a service key that is wrong or was revoked.
    ServiceKey,
}

impl Topic {
    #[cfg(any(test, feature = "fluent"))]
    pub(crate) fn all() -> impl Iterator<Item = Topic> {
        let codes = [Topic::AccessToken, Topic::ServiceKey];
        Kind::ALL.into_iter().map(Topic::Kind).chain(codes)
    }

    /// Returns the topic of a documented code, where that code can mean this kind.
    ///
    /// Other providers use the same codes for other things; the classifier has seen more than the
    /// code, so its kind decides.
    pub(crate) fn of(code: &str, kind: Kind) -> Option<Topic> {
        let known = CODES.iter().find(|known| known.code == code)?;
        known.kinds.contains(&kind).then_some(known.topic)
    }

    /// Returns the kind that a documented code means by itself.
    pub(crate) fn kind_of(code: &str) -> Option<Kind> {
        let known = CODES.iter().find(|known| known.code == code)?;
        known.kinds.first().copied()
    }

    /// Returns the name of the topic: of its kind, or of its code.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Topic::Kind(kind) => kind.as_str(),
            Topic::AccessToken => "AUTH_001",
            Topic::ServiceKey => "AUTH_002",
        }
    }

    /// Returns the name of the topic in a language file.
    #[cfg(feature = "fluent")]
    pub(crate) fn id(self) -> &'static str {
        match self {
            Topic::Kind(kind) => kind.as_str(),
            Topic::AccessToken => "code-AUTH_001",
            Topic::ServiceKey => "code-AUTH_002",
        }
    }
}

struct Known {
    code: &'static str,
    topic: Topic,
    /// The kinds that the code can mean; by itself it means the first.
    kinds: &'static [Kind],
}

/// The documented codes.
const CODES: [Known; 6] = [
    Known {
        code: "AUTH_001",
        topic: Topic::AccessToken,
        kinds: &[Kind::InvalidCredentials, Kind::TokenExpired],
    },
    Known { code: "AUTH_002", topic: Topic::ServiceKey, kinds: &[Kind::InvalidCredentials] },
    Known {
        code: "AUTH_003",
        topic: Topic::Kind(Kind::TokenExpired),
        kinds: &[Kind::TokenExpired],
    },
    Known {
        code: "AUTH_004",
        topic: Topic::Kind(Kind::InsufficientPermissions),
        kinds: &[Kind::InsufficientPermissions],
    },
    Known { code: "RATE_001", topic: Topic::Kind(Kind::RateLimited), kinds: &[Kind::RateLimited] },
    Known {
        code: "VAL_001",
        topic: Topic::Kind(Kind::ValidationFailed),
        kinds: &[Kind::ValidationFailed],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[test]
    fn the_documented_codes_are_those_that_the_catalogue_names() {
        assert_eq!(CODES.map(|known| known.code), Catalogue::CODES);
    }

    #[test]
    fn a_code_that_another_provider_uses_otherwise_is_not_taken_at_its_word() {
        assert_eq!(Topic::of("AUTH_002", Kind::NotFound), None);
        assert_eq!(Topic::of("AUTH_002", Kind::InvalidCredentials), Some(Topic::ServiceKey));
    }
}
