use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use readmit_core::Draws;

use crate::grant::Grant;

/// All refresh tokens that were ever issued, by the families they grew in.
///
/// A refresh token stands in one of these states; a family is what grew from one first token:
///
/// ```text
///   live ──redeemed──► used ──again, within the grace──► (another successor)
///                        │
///                        └──again, later──► the whole family revoked
/// ```
pub(crate) struct Families {
    prefix: String,
    draws: Draws,
    tokens: HashMap<String, Refresh>,
    /// By number, counted from 1.
    families: HashMap<u32, Family>,
    lost: u32,
}

/// How refresh tokens are renewed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rotation {
    /// Each is used once; for this long after its use it may be used again.
    Rotate { grace: Duration },
    /// Each may be used for ever.
    Keep,
}

/// How one refresh token is to be traded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Renewal<'a> {
    pub(crate) now: Duration,
    pub(crate) rotation: Rotation,
    /// Whether it is not replaced, this once.
    pub(crate) keeps: bool,
    /// Whether a token is refused while the answer to its last use is under way.
    pub(crate) refuses_concurrent: bool,
    /// The scopes asked for, where the request names any.
    pub(crate) scopes: Option<&'a BTreeSet<String>>,
    /// The key of a client that has proven no more than that it has this key.
    pub(crate) key: Option<&'a str>,
}

/// What a refresh token was traded for, beside an access token.
#[derive(Debug)]
pub(crate) struct Redeemed {
    pub(crate) family: u32,
    /// The successor, where refresh tokens rotate.
    pub(crate) successor: Option<String>,
    /// What the family was begun for.
    pub(crate) grant: Grant,
    /// Kept by the answer as long as it is under way.
    pub(crate) under_way: Arc<()>,
}

/// Why a refresh token was not traded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NotRedeemed {
    /// The answer to its last use is under way.
    Concurrent,
    /// It is unknown, revoked, or bound to another key.
    Invalid,
    /// It was used before, so that its family is revoked.
    Reused { family: u32 },
    /// More scopes are asked for than the family has.
    Scope,
}

struct Family {
    revoked: bool,
    grant: Grant,
    /// How many tokens it has had.
    grown: u32,
    /// The place of the newest token that the client has in its hands.
    newest: u32,
}

struct Refresh {
    family: u32,
    /// Its place in the family, counted from 1.
    place: u32,
    used: Option<Duration>,
    handed_out: bool,
    under_way: Weak<()>,
}

impl Families {
    pub(crate) fn new(prefix: String) -> Families {
        Families {
            prefix,
            // Never seeded: a token of one API must be unknown to every other.
            draws: Draws::from_process(),
            tokens: HashMap::new(),
            families: HashMap::new(),
            lost: 0,
        }
    }

    /// Begins a family; returns its number and its first refresh token.
    pub(crate) fn begin(&mut self, grant: Grant) -> (u32, String) {
        let family = u32::try_from(self.families.len()).unwrap_or(u32::MAX).saturating_add(1);
        self.families.insert(family, Family { revoked: false, grant, grown: 0, newest: 0 });
        (family, self.grow(family))
    }

    /// Trades a refresh token; one that is reused revokes its family.
    pub(crate) fn redeem(
        &mut self,
        value: &str,
        renewal: Renewal<'_>,
    ) -> Result<Redeemed, NotRedeemed> {
        let token = self.tokens.get_mut(value).ok_or(NotRedeemed::Invalid)?;
        let number = token.family;
        let family = self.families.get_mut(&number).ok_or(NotRedeemed::Invalid)?;
        if token.place < family.newest {
            self.lost += 1;
        }
        family.admit(&renewal)?;
        if renewal.refuses_concurrent && 0 < token.under_way.strong_count() {
            return Err(NotRedeemed::Concurrent);
        }
        if let Rotation::Rotate { grace } = renewal.rotation
            && token.used.is_some_and(|used| used.saturating_add(grace) <= renewal.now)
        {
            family.revoked = true;
            return Err(NotRedeemed::Reused { family: number });
        }
        if let Some(key) = renewal.key {
            family.grant.key.get_or_insert_with(|| key.to_owned());
        }
        let (grant, under_way) = (family.grant.clone(), Arc::new(()));
        token.under_way = Arc::downgrade(&under_way);
        let rotates = !renewal.keeps && matches!(renewal.rotation, Rotation::Rotate { .. });
        if rotates {
            token.used.get_or_insert(renewal.now);
        }
        let successor = rotates.then(|| self.grow(number));
        Ok(Redeemed { family: number, successor, grant, under_way })
    }

    /// Says that the client has this refresh token in its hands.
    pub(crate) fn hand_out(&mut self, value: &str) {
        let Some(token) = self.tokens.get_mut(value) else { return };
        token.handed_out = true;
        if let Some(family) = self.families.get_mut(&token.family) {
            family.newest = family.newest.max(token.place);
        }
    }

    pub(crate) fn revoke_all(&mut self) {
        self.families.values_mut().for_each(|family| family.revoked = true);
    }

    /// Revokes the family of a refresh token, and returns it where the token is known.
    pub(crate) fn revoke_family_of(&mut self, value: &str) -> Option<u32> {
        let family = self.tokens.get(value)?.family;
        self.families.get_mut(&family)?.revoked = true;
        Some(family)
    }

    /// Counts the refreshes with a token that its client had a newer one for.
    pub(crate) fn lost(&self) -> u32 {
        self.lost
    }

    /// Counts the tokens whose answer has not been read whole.
    pub(crate) fn undelivered(&self) -> usize {
        self.tokens.values().filter(|token| !token.handed_out).count()
    }

    fn grow(&mut self, number: u32) -> String {
        let draws = [self.draws.draw(), self.draws.draw()];
        let random = draws.map(|draw| format!("{:016x}", draw.get().to_bits())).concat();
        let value = format!("{}{number}-{random}", self.prefix);
        let place = self.families.get_mut(&number).map_or(0, |family| {
            family.grown = family.grown.saturating_add(1);
            family.grown
        });
        let token = Refresh {
            family: number,
            place,
            used: None,
            handed_out: false,
            under_way: Weak::new(),
        };
        self.tokens.insert(value.clone(), token);
        value
    }
}

impl Family {
    /// Checks what the family as a whole has to say.
    fn admit(&self, renewal: &Renewal<'_>) -> Result<(), NotRedeemed> {
        let is_bound_elsewhere = renewal
            .key
            .is_some_and(|key| self.grant.key.as_deref().is_some_and(|bound| bound != key));
        if self.revoked || is_bound_elsewhere {
            return Err(NotRedeemed::Invalid);
        }
        let is_wider = renewal
            .scopes
            .zip(self.grant.scopes.as_ref())
            .is_some_and(|(wanted, own)| !wanted.is_subset(own));
        if is_wider { Err(NotRedeemed::Scope) } else { Ok(()) }
    }
}

impl fmt::Debug for Families {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Families").field("families", &self.families.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant::words;

    #[test]
    fn r19_a_rotated_refresh_token_is_replaced() {
        let mut families = families();
        let (family, first) = families.begin(Grant::default());

        let redeemed = families.redeem(&first, ROTATE).unwrap();
        let second = redeemed.successor.unwrap();

        assert_ne!(first, second);
        assert_eq!((redeemed.family, family), (1, 1));
        assert!(families.redeem(&second, ROTATE).is_ok());
    }

    #[test]
    fn r19_a_kept_refresh_token_may_be_used_again() {
        let mut families = families();
        let (_, first) = families.begin(Grant::default());
        let renewal = Renewal { rotation: Rotation::Keep, ..ROTATE };

        for _ in 0..3 {
            assert!(families.redeem(&first, renewal).unwrap().successor.is_none());
        }
    }

    #[test]
    fn r19_a_refresh_token_that_is_kept_once_rotates_the_next_time() {
        let mut families = families();
        let (_, first) = families.begin(Grant::default());

        let kept = families.redeem(&first, Renewal { keeps: true, ..ROTATE }).unwrap();
        let rotated = families.redeem(&first, ROTATE).unwrap();

        assert!(kept.successor.is_none() && rotated.successor.is_some());
    }

    #[test]
    fn r23_reuse_revokes_the_family_and_no_other() {
        let mut families = families();
        let (first, other) =
            (families.begin(Grant::default()).1, families.begin(Grant::default()).1);
        let successor = families.redeem(&first, ROTATE).unwrap().successor.unwrap();

        let reused = families.redeem(&first, ROTATE).unwrap_err();

        assert_eq!(reused, NotRedeemed::Reused { family: 1 });
        assert_eq!(families.redeem(&successor, ROTATE).unwrap_err(), NotRedeemed::Invalid);
        assert!(families.redeem(&other, ROTATE).is_ok());
    }

    #[test]
    fn r23_within_the_grace_a_used_refresh_token_is_taken_again() {
        let mut families = families();
        let (_, first) = families.begin(Grant::default());
        let rotation = Rotation::Rotate { grace: at(5) };
        let renewal = |now| Renewal { now, rotation, ..ROTATE };
        families.redeem(&first, renewal(at(0))).unwrap();

        assert!(families.redeem(&first, renewal(at(5) - Duration::from_nanos(1))).is_ok());
        assert!(families.redeem(&first, renewal(at(5))).is_err());
    }

    #[test]
    fn r24_a_token_is_refused_only_while_its_answer_is_under_way() {
        let mut families = families();
        let (_, first) = families.begin(Grant::default());
        let rotation = Rotation::Rotate { grace: at(5) };
        let renewal = Renewal { refuses_concurrent: true, rotation, ..ROTATE };
        let redeemed = families.redeem(&first, renewal).unwrap();

        let concurrent = families.redeem(&first, renewal).unwrap_err();
        drop(redeemed);

        assert_eq!(concurrent, NotRedeemed::Concurrent);
        assert!(families.redeem(&first, renewal).is_ok());
    }

    #[test]
    fn a_refresh_narrows_the_scope_and_never_widens_it() {
        let mut families = families();
        let grant = Grant { scopes: Some(words("a b")), ..Grant::default() };
        let (_, first) = families.begin(grant);
        let (narrow, wide) = (words("a"), words("a c"));

        let wider = families.redeem(&first, Renewal { scopes: Some(&wide), ..ROTATE });

        assert_eq!(wider.unwrap_err(), NotRedeemed::Scope);
        assert!(families.redeem(&first, Renewal { scopes: Some(&narrow), ..ROTATE }).is_ok());
    }

    #[test]
    fn a_family_is_bound_to_the_first_key_it_meets() {
        let mut families = families();
        let (_, first) = families.begin(Grant::default());
        let renewal = |key| Renewal { key: Some(key), ..ROTATE };
        let second = families.redeem(&first, renewal("mine")).unwrap().successor.unwrap();

        let stolen = families.redeem(&second, renewal("other")).unwrap_err();

        assert_eq!(stolen, NotRedeemed::Invalid);
        assert!(families.redeem(&second, renewal("mine")).is_ok());
    }

    #[test]
    fn r18_a_token_is_lost_when_an_older_one_comes_after_it_was_handed_out() {
        let mut families = families();
        let (_, first) = families.begin(Grant::default());
        let grace = Renewal { rotation: Rotation::Rotate { grace: at(5) }, ..ROTATE };
        let second = families.redeem(&first, grace).unwrap().successor.unwrap();
        families.redeem(&first, grace).unwrap();
        assert_eq!((families.lost(), families.undelivered()), (0, 3));

        families.hand_out(&second);
        families.redeem(&first, grace).unwrap();

        assert_eq!((families.lost(), families.undelivered()), (1, 3));
    }

    fn families() -> Families {
        Families::new("rt-".to_owned())
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
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
