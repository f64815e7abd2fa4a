use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use readmit_core::Draws;

use crate::families::{Families, NotRedeemed, Redeemed, Renewal};
use crate::grant::Grant;

/// All tokens that were ever issued, and how each stands.
///
/// Access tokens are known by number, counted from 1 in the order they were issued. Times are
/// spans since the API began.
pub(crate) struct Tokens {
    access_prefix: String,
    draws: Draws,
    access: Vec<Access>,
    numbers: HashMap<String, u32>,
    families: Families,
    newest: HashMap<Holder, u32>,
    /// How many tokens a holder was given in answer to requests it made with each in its hands.
    refreshes: HashMap<(Holder, u32), u32>,
    /// How many tokens their clients gave up.
    given_up: u32,
}

/// Whom a token was issued to. A newer token of the same holder makes an older one stale.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Holder {
    /// Handed to the test itself.
    Test,
    ServiceKey,
    OAuthClient,
    /// Whoever presents an assertion.
    Assertion,
    /// Whoever exchanges a token.
    Exchange,
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

/// What the tokens have to tell to whoever looks at what the API saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) issued: u32,
    pub(crate) given_up: u32,
    pub(crate) lost_refresh_tokens: u32,
    pub(crate) undelivered_refresh_tokens: usize,
    pub(crate) refreshes: HashMap<(Holder, u32), u32>,
}

struct Access {
    holder: Holder,
    expires: Duration,
    grant: Grant,
    revoked: bool,
    /// The newest token that the holder had in its hands when this one was issued, or 0.
    since: u32,
    handed_out: bool,
    /// The refresh token that came with it.
    refresh: Option<String>,
}

impl Tokens {
    pub(crate) fn new(access_prefix: String, refresh_prefix: String) -> Tokens {
        Tokens {
            access_prefix,
            // Never seeded: a token of one API must be unknown to every other.
            draws: Draws::from_process(),
            access: Vec::new(),
            numbers: HashMap::new(),
            families: Families::new(refresh_prefix),
            newest: HashMap::new(),
            refreshes: HashMap::new(),
            given_up: 0,
        }
    }

    /// Issues an access token, with the refresh token that its answer also brings.
    pub(crate) fn issue(
        &mut self,
        holder: Holder,
        expires: Duration,
        grant: Grant,
        refresh: Option<String>,
    ) -> (u32, String) {
        let since = self.newest.get(&holder).copied().unwrap_or(0);
        let (revoked, handed_out) = (false, false);
        let access = Access { holder, expires, grant, revoked, since, handed_out, refresh };
        self.access.push(access);
        let number = self.issued();
        let draws = [self.draws.draw(), self.draws.draw()];
        let random = draws.map(|draw| format!("{:016x}", draw.get().to_bits())).concat();
        let value = format!("{}{number}-{random}", self.access_prefix);
        self.numbers.insert(value.clone(), number);
        (number, value)
    }

    /// Says that the holder has this token in its hands, and the refresh token that came with it.
    pub(crate) fn hand_out(&mut self, number: u32) {
        let Some(access) = self.access.get_mut(index(number)) else { return };
        if std::mem::replace(&mut access.handed_out, true) {
            return;
        }
        if let Some(refresh) = &access.refresh {
            self.families.hand_out(refresh);
        }
        *self.refreshes.entry((access.holder, access.since)).or_default() += 1;
        let newest = self.newest.entry(access.holder).or_insert(number);
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
        self.families.revoke_all();
    }

    /// Revokes a token that its client gives up: an access token alone, a refresh token with all
    /// that grew from it (RFC 7009 section 2.1). One that is unknown changes nothing.
    pub(crate) fn give_up(&mut self, value: &str) {
        if let Some(number) = self.number(value) {
            self.revoke(number);
        } else if let Some(family) = self.families.revoke_family_of(value) {
            self.revoke_grown(family);
        } else {
            return;
        }
        self.given_up += 1;
    }

    /// Begins a family; returns who holds it and its first refresh token.
    pub(crate) fn begin_family(&mut self, grant: Grant) -> (Holder, String) {
        let (family, value) = self.families.begin(grant);
        (Holder::Family(family), value)
    }

    /// Says that the client has this refresh token in its hands.
    pub(crate) fn hand_out_refresh(&mut self, value: &str) {
        self.families.hand_out(value);
    }

    /// Trades a refresh token.
    pub(crate) fn redeem(
        &mut self,
        value: &str,
        renewal: Renewal<'_>,
    ) -> Result<Redeemed, NotRedeemed> {
        let redeemed = self.families.redeem(value, renewal);
        if let Err(NotRedeemed::Reused { family }) = redeemed {
            self.revoke_grown(family);
        }
        redeemed
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

    /// Returns what an access token was issued for, where it ever was.
    pub(crate) fn grant(&self, value: &str) -> Option<&Grant> {
        self.number(value).and_then(|number| self.get(number)).map(|access| &access.grant)
    }

    /// Returns the newer token that the holder of this one has in its hands, if there is one.
    pub(crate) fn superseded_by(&self, number: u32) -> Option<u32> {
        let newest = *self.newest.get(&self.get(number)?.holder)?;
        (number < newest).then_some(newest)
    }

    pub(crate) fn tally(&self) -> Tally {
        Tally {
            issued: self.issued(),
            given_up: self.given_up,
            lost_refresh_tokens: self.families.lost(),
            undelivered_refresh_tokens: self.families.undelivered(),
            refreshes: self.refreshes.clone(),
        }
    }

    fn get(&self, number: u32) -> Option<&Access> {
        self.access.get(index(number))
    }

    fn revoke_grown(&mut self, family: u32) {
        let grown = self.access.iter_mut().filter(|it| it.holder == Holder::Family(family));
        grown.for_each(|access| access.revoked = true);
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
    use crate::families::Rotation;

    #[test]
    fn a_token_lives_until_the_instant_of_its_expiry() {
        let mut tokens = tokens();
        let (_, value) = issue(&mut tokens, Holder::ServiceKey, at(10));

        assert_eq!(tokens.standing(&value, at(10) - Duration::from_nanos(1)), Standing::Live);
        assert_eq!(tokens.standing(&value, at(10)), Standing::Expired { at: at(10) });
    }

    #[test]
    fn expiring_never_prolongs_a_token() {
        let mut tokens = tokens();
        let (_, value) = issue(&mut tokens, Holder::ServiceKey, at(10));

        tokens.expire_access(at(20));

        assert_eq!(tokens.standing(&value, at(20)), Standing::Expired { at: at(10) });
    }

    #[test]
    fn a_revoked_token_is_as_unknown_as_a_foreign_one() {
        let mut tokens = tokens();
        let (number, value) = issue(&mut tokens, Holder::ServiceKey, at(10));

        tokens.revoke(number);

        assert_eq!(tokens.standing(&value, at(0)), Standing::Unknown);
        assert_eq!(tokens.standing("foreign", at(0)), Standing::Unknown);
        assert_eq!(tokens.number(&value), Some(1));
    }

    #[test]
    fn a_token_is_stale_once_a_newer_one_of_its_holder_is_handed_out() {
        let mut tokens = tokens();
        let (first, _) = issue(&mut tokens, Holder::ServiceKey, at(10));
        let (second, _) = issue(&mut tokens, Holder::ServiceKey, at(20));
        tokens.hand_out(first);
        assert_eq!(tokens.superseded_by(first), None);

        tokens.hand_out(second);

        assert_eq!(tokens.superseded_by(first), Some(second));
        assert_eq!(tokens.superseded_by(second), None);
    }

    #[test]
    fn a_token_that_is_handed_out_late_does_not_become_the_newest() {
        let mut tokens = tokens();
        let (first, _) = issue(&mut tokens, Holder::ServiceKey, at(10));
        let (second, _) = issue(&mut tokens, Holder::ServiceKey, at(20));

        tokens.hand_out(second);
        tokens.hand_out(first);

        assert_eq!(tokens.superseded_by(first), Some(second));
    }

    #[test]
    fn a_token_of_another_holder_makes_none_stale() {
        let mut tokens = tokens();
        let (first, _) = issue(&mut tokens, Holder::ServiceKey, at(10));
        let (second, _) = issue(&mut tokens, Holder::OAuthClient, at(10));

        tokens.hand_out(first);
        tokens.hand_out(second);

        assert_eq!(tokens.superseded_by(first), None);
    }

    #[test]
    fn r01_refreshes_are_counted_by_the_token_that_their_holder_had() {
        let mut tokens = tokens();
        let (first, _) = issue(&mut tokens, Holder::ServiceKey, at(10));
        tokens.hand_out(first);
        for _ in 0..2 {
            issue(&mut tokens, Holder::ServiceKey, at(20));
        }

        tokens.hand_out(2);
        tokens.hand_out(2);
        assert_eq!(tokens.tally().refreshes[&(Holder::ServiceKey, first)], 1);
        tokens.hand_out(3);

        assert_eq!(tokens.tally().refreshes[&(Holder::ServiceKey, first)], 2);
    }

    #[test]
    fn r23_reuse_revokes_the_access_tokens_of_the_family() {
        let mut tokens = tokens();
        let (holder, first) = tokens.begin_family(Grant::default());
        tokens.redeem(&first, ROTATE).unwrap();
        let (_, access) = issue(&mut tokens, holder, at(10));

        tokens.redeem(&first, ROTATE).unwrap_err();

        assert_eq!(tokens.standing(&access, at(0)), Standing::Unknown);
    }

    #[test]
    fn giving_up_a_refresh_token_gives_up_all_that_grew_from_it() {
        let mut tokens = tokens();
        let (holder, first) = tokens.begin_family(Grant::default());
        let (_, grown) = issue(&mut tokens, holder, at(10));
        let (_, other) = issue(&mut tokens, Holder::OAuthClient, at(10));

        tokens.give_up(&first);
        tokens.give_up("foreign");

        assert_eq!(tokens.standing(&grown, at(0)), Standing::Unknown);
        assert_eq!(tokens.standing(&other, at(0)), Standing::Live);
        assert_eq!(tokens.redeem(&first, ROTATE).unwrap_err(), NotRedeemed::Invalid);
        assert_eq!(tokens.tally().given_up, 1);
    }

    #[test]
    fn debug_shows_no_token() {
        let mut tokens = tokens();
        issue(&mut tokens, Holder::ServiceKey, at(10));
        tokens.begin_family(Grant::default());

        assert_eq!(format!("{tokens:?}"), "Tokens { issued: 1, .. }");
    }

    fn tokens() -> Tokens {
        Tokens::new("at-".to_owned(), "rt-".to_owned())
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn issue(tokens: &mut Tokens, holder: Holder, expires: Duration) -> (u32, String) {
        tokens.issue(holder, expires, Grant::default(), None)
    }

    const ROTATE: Renewal<'static> = Renewal {
        now: Duration::ZERO,
        rotation: Rotation::Rotate { grace: Duration::ZERO },
        keeps: false,
        refuses_concurrent: false,
        scopes: None,
        key: None,
    };
}
