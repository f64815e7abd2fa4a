use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use readmit_core::Draws;

/// All tokens that were ever issued, and how each stands.
///
/// Access tokens are known by number, counted from 1 in the order they were issued. Times are
/// spans since the API began.
///
/// A refresh token stands in one of these states; a family is what grew from one first token:
///
/// ```text
///   live ──redeemed──► used ──again, within the grace──► (another successor)
///                        │
///                        └──again, later──► the whole family revoked
/// ```
pub(crate) struct Tokens {
    access_prefix: String,
    refresh_prefix: String,
    draws: Draws,
    access: Vec<Access>,
    numbers: HashMap<String, u32>,
    refresh: HashMap<String, Refresh>,
    families: u32,
    revoked: HashSet<u32>,
    newest: HashMap<Holder, u32>,
}

/// Whom a token was issued to. A newer token of the same holder makes an older one stale.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Holder {
    /// Handed to the test itself.
    Test,
    ServiceKey,
    OAuthClient,
    Family(u32),
}

/// How an access token stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    Live,
    Expired {
        at: Duration,
    },
    /// Never issued, or revoked.
    Unknown,
}

/// What a refresh token was traded for, beside an access token.
#[derive(Debug)]
pub(crate) struct Redeemed {
    pub(crate) holder: Holder,
    /// The successor, where refresh tokens rotate.
    pub(crate) successor: Option<String>,
}

/// How refresh tokens are renewed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rotation {
    /// Each is used once; for this long after its use it may be used again.
    Rotate { grace: Duration },
    /// Each may be used for ever.
    Keep,
}

struct Access {
    holder: Holder,
    expires: Duration,
    revoked: bool,
}

struct Refresh {
    family: u32,
    used: Option<Duration>,
}

impl Tokens {
    pub(crate) fn new(access_prefix: String, refresh_prefix: String) -> Tokens {
        Tokens {
            access_prefix,
            refresh_prefix,
            // Never seeded: a token of one API must be unknown to every other.
            draws: Draws::from_process(),
            access: Vec::new(),
            numbers: HashMap::new(),
            refresh: HashMap::new(),
            families: 0,
            revoked: HashSet::new(),
            newest: HashMap::new(),
        }
    }

    pub(crate) fn issue(&mut self, holder: Holder, expires: Duration) -> (u32, String) {
        self.access.push(Access { holder, expires, revoked: false });
        let number = self.issued();
        let value = format!("{}{number}-{}", self.access_prefix, self.random());
        self.numbers.insert(value.clone(), number);
        (number, value)
    }

    /// Says that the holder has this token in its hands.
    pub(crate) fn hand_out(&mut self, number: u32) {
        let Some(holder) = self.get(number).map(|access| access.holder) else { return };
        let newest = self.newest.entry(holder).or_insert(number);
        *newest = number.max(*newest);
    }

    pub(crate) fn revoke(&mut self, number: u32) {
        if let Some(access) = self.access.get_mut(index(number)) {
            access.revoked = true;
        }
    }

    pub(crate) fn revoke_access(&mut self) {
        self.access.iter_mut().for_each(|access| access.revoked = true);
    }

    pub(crate) fn expire_access(&mut self, now: Duration) {
        self.access.iter_mut().for_each(|access| access.expires = access.expires.min(now));
    }

    pub(crate) fn revoke_refresh(&mut self) {
        self.revoked.extend(1..=self.families);
    }

    /// Begins a family with a first refresh token.
    pub(crate) fn begin_family(&mut self) -> String {
        self.families += 1;
        self.add_refresh(self.families)
    }

    /// Trades a refresh token; `None` is `invalid_grant`.
    pub(crate) fn redeem(
        &mut self,
        value: &str,
        now: Duration,
        rotation: Rotation,
    ) -> Option<Redeemed> {
        let refresh = self.refresh.get_mut(value)?;
        let family = refresh.family;
        if self.revoked.contains(&family) {
            return None;
        }
        let holder = Holder::Family(family);
        let grace = match rotation {
            Rotation::Keep => return Some(Redeemed { holder, successor: None }),
            Rotation::Rotate { grace } => grace,
        };
        if refresh.used.is_some_and(|used| used.saturating_add(grace) <= now) {
            self.revoke_family(family);
            return None;
        }
        refresh.used.get_or_insert(now);
        Some(Redeemed { holder, successor: Some(self.add_refresh(family)) })
    }

    pub(crate) fn issued(&self) -> u32 {
        u32::try_from(self.access.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn number(&self, value: &str) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    pub(crate) fn standing(&self, value: &str, now: Duration) -> Standing {
        let access = self.number(value).and_then(|number| self.get(number));
        match access {
            Some(access) if access.revoked => Standing::Unknown,
            Some(access) if access.expires <= now => Standing::Expired { at: access.expires },
            Some(_) => Standing::Live,
            None => Standing::Unknown,
        }
    }

    /// Returns the newer token that the holder of this one has in its hands, if there is one.
    pub(crate) fn superseded_by(&self, number: u32) -> Option<u32> {
        let newest = *self.newest.get(&self.get(number)?.holder)?;
        (number < newest).then_some(newest)
    }

    fn get(&self, number: u32) -> Option<&Access> {
        self.access.get(index(number))
    }

    fn add_refresh(&mut self, family: u32) -> String {
        let value = format!("{}{family}-{}", self.refresh_prefix, self.random());
        self.refresh.insert(value.clone(), Refresh { family, used: None });
        value
    }

    fn revoke_family(&mut self, family: u32) {
        self.revoked.insert(family);
        let grown = self.access.iter_mut().filter(|it| it.holder == Holder::Family(family));
        grown.for_each(|access| access.revoked = true);
    }

    fn random(&self) -> String {
        let draws = [self.draws.draw(), self.draws.draw()];
        draws.map(|draw| format!("{:016x}", draw.get().to_bits())).concat()
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("issued", &self.access.len()).finish_non_exhaustive()
    }
}

/// Numbers count from 1; number 0, which nothing has, becomes an index that is never reached.
fn index(number: u32) -> usize {
    usize::try_from(number).map_or(usize::MAX, |number| number.wrapping_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_until_the_instant_of_its_expiry() {
        let mut tokens = tokens();
        let (_, value) = tokens.issue(Holder::ServiceKey, at(10));

        assert_eq!(tokens.standing(&value, at(10) - Duration::from_nanos(1)), Standing::Live);
        assert_eq!(tokens.standing(&value, at(10)), Standing::Expired { at: at(10) });
    }

    #[test]
    fn expiring_never_prolongs_a_token() {
        let mut tokens = tokens();
        let (_, value) = tokens.issue(Holder::ServiceKey, at(10));

        tokens.expire_access(at(20));

        assert_eq!(tokens.standing(&value, at(20)), Standing::Expired { at: at(10) });
    }

    #[test]
    fn a_revoked_token_is_as_unknown_as_a_foreign_one() {
        let mut tokens = tokens();
        let (number, value) = tokens.issue(Holder::ServiceKey, at(10));

        tokens.revoke(number);

        assert_eq!(tokens.standing(&value, at(0)), Standing::Unknown);
        assert_eq!(tokens.standing("foreign", at(0)), Standing::Unknown);
        assert_eq!(tokens.number(&value), Some(1));
    }

    #[test]
    fn a_token_is_stale_once_a_newer_one_of_its_holder_is_handed_out() {
        let mut tokens = tokens();
        let (first, _) = tokens.issue(Holder::ServiceKey, at(10));
        let (second, _) = tokens.issue(Holder::ServiceKey, at(20));
        tokens.hand_out(first);
        assert_eq!(tokens.superseded_by(first), None);

        tokens.hand_out(second);

        assert_eq!(tokens.superseded_by(first), Some(second));
        assert_eq!(tokens.superseded_by(second), None);
    }

    #[test]
    fn a_token_that_is_handed_out_late_does_not_become_the_newest() {
        let mut tokens = tokens();
        let (first, _) = tokens.issue(Holder::ServiceKey, at(10));
        let (second, _) = tokens.issue(Holder::ServiceKey, at(20));

        tokens.hand_out(second);
        tokens.hand_out(first);

        assert_eq!(tokens.superseded_by(first), Some(second));
    }

    #[test]
    fn a_token_of_another_holder_makes_none_stale() {
        let mut tokens = tokens();
        let (first, _) = tokens.issue(Holder::ServiceKey, at(10));
        let (second, _) = tokens.issue(Holder::OAuthClient, at(10));

        tokens.hand_out(first);
        tokens.hand_out(second);

        assert_eq!(tokens.superseded_by(first), None);
    }

    #[test]
    fn r19_a_rotated_refresh_token_is_replaced() {
        let mut tokens = tokens();
        let first = tokens.begin_family();

        let redeemed = tokens.redeem(&first, at(0), ROTATE).unwrap();
        let second = redeemed.successor.unwrap();

        assert_ne!(first, second);
        assert_eq!(redeemed.holder, Holder::Family(1));
        assert!(tokens.redeem(&second, at(0), ROTATE).is_some());
    }

    #[test]
    fn r19_a_kept_refresh_token_may_be_used_again() {
        let mut tokens = tokens();
        let first = tokens.begin_family();

        for _ in 0..3 {
            assert!(tokens.redeem(&first, at(0), Rotation::Keep).unwrap().successor.is_none());
        }
    }

    #[test]
    fn r23_reuse_revokes_the_family_and_no_other() {
        let mut tokens = tokens();
        let (first, other) = (tokens.begin_family(), tokens.begin_family());
        let successor = tokens.redeem(&first, at(0), ROTATE).unwrap().successor.unwrap();
        let (_, access) = tokens.issue(Holder::Family(1), at(10));

        assert!(tokens.redeem(&first, at(0), ROTATE).is_none());

        assert!(tokens.redeem(&successor, at(0), ROTATE).is_none());
        assert_eq!(tokens.standing(&access, at(0)), Standing::Unknown);
        assert!(tokens.redeem(&other, at(0), ROTATE).is_some());
    }

    #[test]
    fn r23_within_the_grace_a_used_refresh_token_is_taken_again() {
        let mut tokens = tokens();
        let first = tokens.begin_family();
        let rotation = Rotation::Rotate { grace: Duration::from_secs(5) };
        tokens.redeem(&first, at(0), rotation).unwrap();

        assert!(tokens.redeem(&first, at(5) - Duration::from_nanos(1), rotation).is_some());
        assert!(tokens.redeem(&first, at(5), rotation).is_none());
    }

    #[test]
    fn debug_shows_no_token() {
        let mut tokens = tokens();
        tokens.issue(Holder::ServiceKey, at(10));
        tokens.begin_family();

        assert_eq!(format!("{tokens:?}"), "Tokens { issued: 1, .. }");
    }

    fn tokens() -> Tokens {
        Tokens::new("at-".to_owned(), "rt-".to_owned())
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const ROTATE: Rotation = Rotation::Rotate { grace: Duration::ZERO };
}
