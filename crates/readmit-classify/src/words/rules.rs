//! What the words mean together.

use readmit_error::Kind;

use crate::signal::Reading;
use crate::words::{Set, Word};

/// Words that mean something together.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The words, as `because` tells them.
    pub(crate) says: &'static str,
    pub(crate) reading: Reading,
    all: Set,
    none: Set,
    place: Place,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Code,
    Everywhere,
    Text,
}

impl Rule {
    const fn new(reading: Reading, says: &'static str, all: &[Word]) -> Rule {
        Rule { says, reading, all: Set::of(all), none: Set::EMPTY, place: Place::Everywhere }
    }

    /// Excepts texts with any of these words.
    const fn unless(mut self, any: &[Word]) -> Rule {
        self.none = Set::of(any);
        self
    }

    const fn in_codes(mut self) -> Rule {
        self.place = Place::Code;
        self
    }

    const fn in_texts(mut self) -> Rule {
        self.place = Place::Text;
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        self.reading.kind
    }

    pub(super) const fn needs(&self, word: usize) -> bool {
        self.all.has(word)
    }

    #[cfg(test)]
    pub(super) fn words(&self) -> Set {
        self.all
    }

    pub(crate) fn fits_code(&self, set: Set) -> bool {
        let here = match self.place {
            Place::Code | Place::Everywhere => true,
            Place::Text => false,
        };
        here && self.fits(set)
    }

    pub(crate) fn fits_text(&self, set: Set) -> bool {
        let here = match self.place {
            Place::Text | Place::Everywhere => true,
            Place::Code => false,
        };
        here && self.fits(set)
    }

    fn fits(&self, set: Set) -> bool {
        set.contains(self.all) && !set.overlaps(self.none)
    }
}

const fn is(kind: Kind, says: &'static str, all: &[Word]) -> Rule {
    Rule::new(Reading::specific(kind), says, all)
}

const fn may_be(kind: Kind, says: &'static str, all: &[Word]) -> Rule {
    Rule::new(Reading::coarse(kind), says, all)
}

const fn hints_at(kind: Kind, says: &'static str, all: &[Word]) -> Rule {
    Rule::new(Reading::vague(kind), says, all)
}

/// The rules, the first that fits deciding: what is special stands before what is general.
#[rustfmt::skip]
pub(crate) static RULES: &[Rule] = {
    use Kind as K;
    use Word as W;
    &[
        is(K::ChallengeNonce, "dpop nonce", &[W::Dpop, W::Nonce]),
        is(K::StepUpRequired, "mfa", &[W::Mfa]),
        is(K::StepUpRequired, "two factor", &[W::Two, W::Factor]),
        is(K::StepUpRequired, "step up", &[W::Step, W::Up]).in_codes(),
        is(K::StepUpRequired, "interaction required", &[W::Interaction, W::Required]),
        is(K::StepUpRequired, "login required", &[W::Login, W::Required]).in_codes(),
        is(K::StepUpRequired, "reauthentication", &[W::Reauth]),
        is(K::StepUpRequired, "insufficient claims", &[W::Insufficient, W::Claims]),
        is(K::ClockSkew, "skew", &[W::Skew]),
        is(K::ClockSkew, "timestamp out of bounds", &[W::Timestamp, W::Bounds]),
        is(K::ClockSkew, "issued future", &[W::Issued, W::Future]),
        is(K::ClockSkew, "signature expired", &[W::Signature, W::Expired]),
        is(K::ClockSkew, "request expired", &[W::Request, W::Expired]).unless(&[W::Token]).in_codes(),
        is(K::ClockSkew, "not yet", &[W::Not, W::Yet]).unless(&[W::Expired]).in_texts(),
        is(K::InvalidCredentials, "refresh token", &[W::RefreshToken]),
        may_be(K::InvalidCredentials, "expired or invalid", &[W::Expired, W::Or, W::Invalid]),
        may_be(K::InvalidCredentials, "expired or incorrect", &[W::Expired, W::Or, W::Incorrect]),
        may_be(K::InvalidCredentials, "expired or revoked", &[W::Expired, W::Or, W::Revoked]),
        is(K::InvalidCredentials, "key expired", &[W::Key, W::Expired]),
        is(K::InvalidCredentials, "secret expired", &[W::Secret, W::Expired]),
        is(K::InvalidCredentials, "password expired", &[W::Password, W::Expired]),
        is(K::InvalidCredentials, "grant expired", &[W::Grant, W::Expired]),
        is(K::TokenExpired, "token expired", &[W::Token, W::Expired]),
        is(K::TokenExpired, "session expired", &[W::Session, W::Expired]),
        is(K::TokenExpired, "access expired", &[W::Access, W::Expired]),
        is(K::TokenExpired, "credentials expired", &[W::Credentials, W::Expired]),
        is(K::QuotaExhausted, "quota", &[W::Quota]).unless(&[W::Rate]),
        is(K::QuotaExhausted, "insufficient credit", &[W::Insufficient, W::Credit]),
        is(K::QuotaExhausted, "not enough credit", &[W::Not, W::Enough, W::Credit]),
        is(K::QuotaExhausted, "out of credit", &[W::Out, W::Credit]),
        is(K::QuotaExhausted, "billing", &[W::Billing]).unless(&[W::Rate]),
        is(K::QuotaExhausted, "daily limit", &[W::Daily, W::Limit]),
        is(K::QuotaExhausted, "usage limit", &[W::Usage, W::Limit, W::Exceeded]),
        is(K::RateLimited, "rate limit", &[W::Rate, W::Limit]),
        is(K::RateLimited, "rate limit", &[W::RateLimit]),
        is(K::RateLimited, "throttled", &[W::Throttle]),
        is(K::RateLimited, "too many requests", &[W::Too, W::Many, W::Request]),
        is(K::RateLimited, "slow down", &[W::Slow, W::Down]),
        is(K::RateLimited, "request limit exceeded", &[W::Request, W::Limit, W::Exceeded]),
        may_be(K::RateLimited, "resource exhausted", &[W::Resource, W::Exhausted]),
        may_be(K::RateLimited, "limit exceeded", &[W::Limit, W::Exceeded]),
        is(K::InsufficientPermissions, "insufficient permission", &[W::Insufficient, W::Permission]),
        is(K::InsufficientPermissions, "missing permission", &[W::Missing, W::Permission]),
        is(K::InsufficientPermissions, "need permission", &[W::Need, W::Permission]),
        is(K::InsufficientPermissions, "required permission", &[W::Required, W::Permission]),
        is(K::InsufficientPermissions, "not permission", &[W::Not, W::Permission]),
        may_be(K::InsufficientPermissions, "permission denied", &[W::Permission, W::Denied]),
        may_be(K::InsufficientPermissions, "access denied", &[W::Access, W::Denied]),
        may_be(K::InsufficientPermissions, "not allowed", &[W::Not, W::Allowed]).in_texts(),
        may_be(K::InsufficientPermissions, "authorization denied", &[W::Authorized, W::Denied]),
        is(K::MissingCredentials, "missing token", &[W::Missing, W::Token]),
        is(K::MissingCredentials, "missing authentication", &[W::Missing, W::Auth]),
        is(K::MissingCredentials, "missing authorization", &[W::Missing, W::Authorized]),
        is(K::MissingCredentials, "missing credentials", &[W::Missing, W::Credentials]),
        is(K::MissingCredentials, "missing key", &[W::Missing, W::Key]),
        is(K::MissingCredentials, "authentication required", &[W::Auth, W::Required]),
        is(K::MissingCredentials, "not authenticated", &[W::Not, W::Authenticated]),
        is(K::MissingCredentials, "no token", &[W::No, W::Token]),
        is(K::MissingCredentials, "no credentials", &[W::No, W::Credentials]),
        is(K::MissingCredentials, "no key", &[W::No, W::Key]).unless(&[W::Such]),
        is(K::MissingCredentials, "credentials not found", &[W::Credentials, W::Not, W::Found]),
        may_be(K::MissingCredentials, "unauthenticated", &[W::Unauthenticated]).in_texts(),
        is(K::Pending, "authorization pending", &[W::Authorized, W::Pending]).in_codes(),
        may_be(K::InvalidCredentials, "invalid token", &[W::Invalid, W::Token]),
        is(K::InvalidCredentials, "invalid credentials", &[W::Invalid, W::Credentials]),
        is(K::InvalidCredentials, "invalid key", &[W::Invalid, W::Key]),
        is(K::InvalidCredentials, "invalid password", &[W::Invalid, W::Password]),
        is(K::InvalidCredentials, "invalid secret", &[W::Invalid, W::Secret]),
        is(K::InvalidCredentials, "invalid session", &[W::Invalid, W::Session]),
        is(K::InvalidCredentials, "invalid signature", &[W::Invalid, W::Signature]),
        is(K::InvalidCredentials, "signature not match", &[W::Signature, W::Not, W::Match]),
        is(K::InvalidCredentials, "bad credentials", &[W::Bad, W::Credentials]),
        is(K::InvalidCredentials, "bad token", &[W::Bad, W::Token]),
        is(K::InvalidCredentials, "incorrect credentials", &[W::Incorrect, W::Credentials]),
        is(K::InvalidCredentials, "incorrect password", &[W::Incorrect, W::Password]),
        is(K::InvalidCredentials, "incorrect key", &[W::Incorrect, W::Key]),
        may_be(K::InvalidCredentials, "token not valid", &[W::Token, W::Not, W::Valid]),
        may_be(K::InvalidCredentials, "token not active", &[W::Token, W::Not, W::Active]),
        is(K::InvalidCredentials, "session not active", &[W::Session, W::Not, W::Active]),
        may_be(K::InvalidCredentials, "token validation", &[W::Token, W::Validation]),
        may_be(K::InvalidCredentials, "validating token", &[W::Validating, W::Token]),
        may_be(K::InvalidCredentials, "validating credentials", &[W::Validating, W::Credentials]),
        is(K::InvalidCredentials, "token revoked", &[W::Token, W::Revoked]),
        is(K::InvalidCredentials, "key revoked", &[W::Key, W::Revoked]),
        is(K::InvalidCredentials, "credentials revoked", &[W::Credentials, W::Revoked]),
        is(K::InvalidCredentials, "unknown token", &[W::Unknown, W::Token]),
        may_be(K::InvalidCredentials, "authentication failed", &[W::Auth, W::Failed]),
        may_be(K::InvalidCredentials, "authentication error", &[W::Auth, W::Error]).in_codes(),
        may_be(K::InvalidCredentials, "not authenticate", &[W::Not, W::Auth]).in_texts(),
        may_be(K::InvalidCredentials, "login failed", &[W::Login, W::Failed]),
        may_be(K::InvalidCredentials, "invalid grant", &[W::Invalid, W::Grant]).in_codes(),
        may_be(K::InsufficientPermissions, "suspended", &[W::Suspended]),
        may_be(K::InsufficientPermissions, "blocked", &[W::Blocked]),
        is(K::NotFound, "not found", &[W::Not, W::Found]),
        is(K::NotFound, "not exist", &[W::Not, W::Exist]),
        is(K::NotFound, "no such", &[W::No, W::Such]),
        is(K::NotFound, "unknown resource", &[W::Unknown, W::Resource]).in_codes(),
        is(K::Conflict, "already exists", &[W::Already, W::Exist]),
        is(K::Conflict, "conflict", &[W::Conflict]),
        is(K::Conflict, "duplicate", &[W::Duplicate]),
        is(K::PayloadTooLarge, "too large", &[W::Too, W::Large]),
        is(K::Timeout, "timeout", &[W::Timeout]),
        is(K::Timeout, "timed out", &[W::Timed, W::Out]),
        is(K::Timeout, "deadline exceeded", &[W::Deadline, W::Exceeded]),
        is(K::Unavailable, "overloaded", &[W::Overloaded]),
        is(K::Unavailable, "maintenance", &[W::Maintenance]),
        is(K::Unavailable, "unavailable", &[W::Unavailable]),
        is(K::ValidationFailed, "validation", &[W::Validation]).in_codes(),
        is(K::ValidationFailed, "validation failed", &[W::Validation, W::Failed]),
        is(K::ValidationFailed, "validation error", &[W::Validation, W::Error]),
        is(K::ValidationFailed, "unprocessable", &[W::Unprocessable]),
        is(K::ValidationFailed, "invalid parameter", &[W::Invalid, W::Parameter]),
        is(K::ValidationFailed, "invalid field", &[W::Invalid, W::Field]),
        is(K::ValidationFailed, "missing parameter", &[W::Missing, W::Parameter]),
        is(K::ValidationFailed, "missing field", &[W::Missing, W::Field]),
        is(K::ValidationFailed, "required field", &[W::Required, W::Field]),
        is(K::Gone, "gone", &[W::Gone]).in_codes(),
        is(K::Gone, "no longer exists", &[W::No, W::Longer, W::Exist]),
        hints_at(K::InsufficientPermissions, "forbidden", &[W::Forbidden]),
        hints_at(K::InsufficientPermissions, "not authorized", &[W::Not, W::Authorized]),
        hints_at(K::InvalidCredentials, "unauthorized", &[W::Unauthorized]),
        hints_at(K::InvalidCredentials, "unauthenticated", &[W::Unauthenticated]).in_codes(),
        hints_at(K::MalformedRequest, "malformed", &[W::Malformed]),
        hints_at(K::MalformedRequest, "bad request", &[W::Bad, W::Request]),
        hints_at(K::MalformedRequest, "invalid request", &[W::Invalid, W::Request]),
        hints_at(K::ServerError, "internal error", &[W::Internal, W::Error]),
        hints_at(K::ServerError, "internal failure", &[W::Internal, W::Failed]),
        hints_at(K::ServerError, "server error", &[W::Server, W::Error]),
        hints_at(K::InsufficientPermissions, "disabled", &[W::Disabled]).in_texts(),
        is(K::Pending, "pending", &[W::Pending]).in_codes(),
    ]
};

/// With one of [`UNDER_WAY`]: the first request with this idempotency key is still under way.
pub(crate) const IDEMPOTENCY: Set = Set::of(&[Word::Idempotency]);

pub(crate) const UNDER_WAY: Set = Set::of(&[Word::Progress, Word::Use]);
