use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

/// What an access token was issued for, and to whom it is bound.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grant {
    /// The scopes asked for; none where the request named none.
    pub(crate) scopes: Option<BTreeSet<String>>,
    /// How strongly the user was authenticated: the first of the `acr_values` asked for.
    pub(crate) acr: Option<String>,
    /// When the user, or the client itself, was authenticated: a span since the API began.
    pub(crate) authenticated: Duration,
    /// The claims asked for; null where the request had none.
    pub(crate) claims: Value,
    /// The thumbprint of the key that whoever presents the token must have (RFC 9449 section 6).
    pub(crate) key: Option<String>,
}

impl Grant {
    /// Returns what nobody asked anything special for.
    pub(crate) fn plain(now: Duration, key: Option<String>) -> Grant {
        Grant { authenticated: now, key, ..Grant::default() }
    }

    /// Returns whether all of these scopes, parted by blanks, are among its own.
    pub(crate) fn has_scope(&self, wanted: &str) -> bool {
        let own = self.scopes.as_ref();
        words(wanted).iter().all(|scope| own.is_some_and(|own| own.contains(scope)))
    }

    /// Returns whether it has one of these levels, parted by blanks; no level at all is any.
    pub(crate) fn has_acr(&self, wanted: &str) -> bool {
        let wanted = words(wanted);
        wanted.is_empty() || self.acr.as_ref().is_some_and(|acr| wanted.contains(acr))
    }

    /// Returns whether the authentication is at most this old.
    pub(crate) fn is_younger_than(&self, max_age: Duration, now: Duration) -> bool {
        now.saturating_sub(self.authenticated) <= max_age
    }

    /// Returns whether these claims are among its own, which may be more.
    pub(crate) fn has_claims(&self, wanted: &Value) -> bool {
        contains(&self.claims, wanted)
    }
}

/// Returns the words of a list that is parted by blanks (RFC 6749 section 3.3).
pub(crate) fn words(text: &str) -> BTreeSet<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

fn contains(all: &Value, part: &Value) -> bool {
    match (all, part) {
        (Value::Object(all), Value::Object(part)) => {
            part.iter().all(|(name, part)| all.get(name).is_some_and(|value| contains(value, part)))
        }
        _ => all == part,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn r30_every_scope_wanted_must_be_there() {
        let grant = Grant { scopes: Some(words("a b")), ..Grant::default() };

        assert!(grant.has_scope("b") && grant.has_scope("b  a"));
        assert!(!grant.has_scope("a c") && !Grant::default().has_scope("a"));
    }

    #[test]
    fn r31_claims_may_be_more_than_those_wanted() {
        let claims = json!({ "access_token": { "nbf": { "value": "1" }, "xms_cc": ["cp1"] } });
        let grant = Grant { claims, ..Grant::default() };

        assert!(grant.has_claims(&json!({ "access_token": { "nbf": { "value": "1" } } })));
        assert!(!grant.has_claims(&json!({ "access_token": { "nbf": { "value": "2" } } })));
        assert!(!Grant::default().has_claims(&json!({ "access_token": {} })));
    }

    #[test]
    fn r32_one_of_the_levels_is_enough() {
        let grant = Grant { acr: Some("phr".to_owned()), ..Grant::default() };

        assert!(grant.has_acr("phrh phr") && grant.has_acr(""));
        assert!(!grant.has_acr("phrh") && !Grant::default().has_acr("phr"));
    }

    #[test]
    fn r32_an_authentication_is_young_enough_up_to_its_greatest_age() {
        let grant = Grant::plain(Duration::from_secs(10), None);
        let max_age = Duration::from_secs(5);

        assert!(grant.is_younger_than(max_age, Duration::from_secs(15)));
        assert!(!grant.is_younger_than(max_age, Duration::from_millis(15_001)));
    }
}
