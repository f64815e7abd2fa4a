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

    /// Whether it fits wherever the other fits.
    #[cfg(test)]
    pub(super) fn covers(&self, other: &Rule) -> bool {
        let here = match (self.place, other.place) {
            (Place::Everywhere, _) | (Place::Code, Place::Code) | (Place::Text, Place::Text) => {
                true
            }
            (Place::Code | Place::Text, _) => false,
        };
        here && other.all.contains(self.all) && other.none.contains(self.none)
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
        is(K::StepUpRequired, "interaction required", &[W::Interaction, W::Required]).unless(&[W::Auth, W::Authorized]),
        is(K::StepUpRequired, "login required", &[W::Login, W::Required]).in_codes(),
        is(K::StepUpRequired, "fresh token", &[W::Fresh, W::Token]).unless(&[W::Refresh]),
        is(K::StepUpRequired, "sso required", &[W::Sso, W::Required]).unless(&[W::Invalid]),
        is(K::StepUpRequired, "reauthentication", &[W::Reauth]).in_codes(),
        is(K::StepUpRequired, "reauthentication required", &[W::Reauth, W::Required]),
        is(K::StepUpRequired, "sudo", &[W::Sudo]).in_codes(),
        is(K::StepUpRequired, "sudo required", &[W::Sudo, W::Required]),
        is(K::StepUpRequired, "confirm password", &[W::Confirm, W::Password]).unless(&[W::Not, W::Match, W::Mismatch, W::Invalid, W::Incorrect, W::Field, W::Parameter]),
        is(K::StepUpRequired, "insufficient claims", &[W::Insufficient, W::Claims]),
        is(K::ClockSkew, "skew", &[W::Skew]),
        is(K::ClockSkew, "clock", &[W::Clock]),
        is(K::ClockSkew, "timestamp out of bounds", &[W::Timestamp, W::Bounds]).unless(&[W::Record]),
        is(K::ClockSkew, "timestamp window", &[W::Timestamp, W::Window]),
        is(K::ClockSkew, "timestamp expired", &[W::Timestamp, W::Expired]).unless(&[W::Token, W::Grant, W::Or]),
        may_be(K::ClockSkew, "invalid timestamp", &[W::Invalid, W::Timestamp]).unless(&[W::Parameter, W::Field]),
        may_be(K::ClockSkew, "bad timestamp", &[W::Bad, W::Timestamp]).unless(&[W::Parameter, W::Field]),
        is(K::ClockSkew, "timestamp future", &[W::Timestamp, W::Future]).unless(&[W::Must, W::Record]),
        is(K::ClockSkew, "request time expired", &[W::Request, W::Time, W::Expired]).unless(&[W::Token, W::Session, W::Access]),
        is(K::ClockSkew, "security semantics expired", &[W::Security, W::Semantics, W::Expired]),
        is(K::ClockSkew, "issued future", &[W::Issued, W::Future]),
        is(K::ClockSkew, "used before issued", &[W::Before, W::Issued]),
        is(K::ClockSkew, "signature expired", &[W::Signature, W::Expired, W::Earlier]),
        is(K::TokenExpired, "signature expired", &[W::Signature, W::Expired]).in_texts(),
        is(K::ClockSkew, "signature expired", &[W::Signature, W::Expired]).in_codes(),
        is(K::ClockSkew, "request expired", &[W::Request, W::Expired]).unless(&[W::Token]).in_codes(),
        is(K::ClockSkew, "token not yet", &[W::Token, W::Not, W::Yet]).unless(&[W::Expired]),
        is(K::ClockSkew, "not yet valid", &[W::Not, W::Yet, W::Valid]).unless(&[W::Expired]),
        is(K::QuotaExhausted, "daily limit", &[W::Daily, W::Limit]),
        is(K::RateLimited, OF_A_MINUTE, &[W::PerMinute, W::Limit]),
        is(K::RateLimited, OF_A_MINUTE, &[W::PerMinute, W::Quota]),
        is(K::RateLimited, "rate limit", &[W::Rate, W::Limit]).unless(&[W::Daily]),
        is(K::RateLimited, "rate limit", &[W::RateLimit]),
        is(K::InvalidCredentials, "refresh token", &[W::RefreshToken]).unless(&[W::Permission, W::Rate]),
        may_be(K::InvalidCredentials, "expired or invalid", &[W::Expired, W::Or, W::Invalid]),
        may_be(K::InvalidCredentials, "expired or incorrect", &[W::Expired, W::Or, W::Incorrect]),
        may_be(K::InvalidCredentials, "expired or revoked", &[W::Expired, W::Or, W::Revoked]),
        may_be(K::InvalidCredentials, "expired or not valid", &[W::Expired, W::Or, W::Not, W::Valid]).unless(&[W::Yet]),
        may_be(K::InvalidCredentials, "csrf", &[W::Csrf]),
        may_be(K::InvalidCredentials, "unable to authenticate", &[W::Unable, W::Auth]),
        is(K::InvalidCredentials, "key expired", &[W::Key, W::Expired]),
        is(K::InvalidCredentials, "secret expired", &[W::Secret, W::Expired]),
        is(K::InvalidCredentials, "password expired", &[W::Password, W::Expired]),
        is(K::InvalidCredentials, "grant expired", &[W::Grant, W::Expired]),
        is(K::InvalidCredentials, "certificate expired", &[W::Certificate, W::Expired]),
        is(K::QuotaExhausted, "subscription expired", &[W::Subscription, W::Expired]),
        is(K::TokenExpired, "token expired", &[W::Token, W::Expired]).unless(&[W::Not]),
        is(K::TokenExpired, "session expired", &[W::Session, W::Expired]),
        is(K::TokenExpired, "access expired", &[W::Access, W::Expired]),
        is(K::TokenExpired, "credentials expired", &[W::Credentials, W::Expired]),
        is(K::TokenExpired, "login expired", &[W::Login, W::Expired]),
        is(K::TokenExpired, "cookie expired", &[W::Cookie, W::Expired]),
        is(K::TokenExpired, "session timeout", &[W::Session, W::Timeout]),
        is(K::TokenExpired, "login timeout", &[W::Login, W::Timeout]),
        is(K::TokenExpired, "session timed out", &[W::Session, W::Timed, W::Out]),
        is(K::TokenExpired, "login timed out", &[W::Login, W::Timed, W::Out]),
        is(K::TokenExpired, "session ended", &[W::Session, W::Ended]),
        is(K::QuotaExhausted, "quota", &[W::Quota]).unless(&[W::Rate]),
        is(K::QuotaExhausted, "insufficient credit", &[W::Insufficient, W::Credit]),
        is(K::QuotaExhausted, "not enough credit", &[W::Not, W::Enough, W::Credit]),
        is(K::QuotaExhausted, "no credit", &[W::No, W::Credit]),
        is(K::QuotaExhausted, "low credit", &[W::Low, W::Credit]),
        is(K::QuotaExhausted, "out of credit", &[W::Out, W::Credit]),
        is(K::QuotaExhausted, "credit exhausted", &[W::Credit, W::Exhausted]),
        is(K::QuotaExhausted, "credit limit", &[W::Credit, W::Limit]),
        is(K::QuotaExhausted, "billing", &[W::Billing]).unless(&[W::Rate]),
        is(K::QuotaExhausted, "usage limit", &[W::Usage, W::Limit, W::Exceeded]),
        is(K::QuotaExhausted, "plan limit", &[W::Plan, W::Limit]).unless(&[W::Rate]),
        is(K::QuotaExhausted, "limit increase", &[W::Limit, W::Increase]).unless(&[W::Rate]),
        is(K::QuotaExhausted, "maximum allowed", &[W::Maximum, W::Allowed, W::Exceeded]).unless(&[W::Attempts, W::Body, W::Extent, W::Field, W::Megabyte, W::Memory, W::Parameter, W::Rate, W::Request, W::Size]),
        is(K::RateLimited, "throttled", &[W::Throttle]),
        is(K::RateLimited, "too many requests", &[W::Too, W::Many, W::Request]),
        is(K::RateLimited, "too many attempts", &[W::Too, W::Many, W::Attempts]),
        is(K::RateLimited, "attempts exceeded", &[W::Attempts, W::Exceeded]),
        is(K::RateLimited, "too many concurrent", &[W::Too, W::Many, W::Concurrent]),
        is(K::RateLimited, "too frequently", &[W::Too, W::Frequently]),
        is(K::RateLimited, "slow down", &[W::Slow, W::Down]),
        is(K::RateLimited, "request limit exceeded", &[W::Request, W::Limit, W::Exceeded]),
        is(K::RateLimited, "over rate", &[W::Over, W::Rate]),
        may_be(K::RateLimited, "over limit", &[W::Over, W::Limit]),
        may_be(K::RateLimited, "abuse", &[W::Abuse]),
        may_be(K::RateLimited, "resource exhausted", &[W::Resource, W::Exhausted]),
        is(K::QuotaExhausted, "resource limit exceeded", &[W::Resource, W::Limit, W::Exceeded]),
        is(K::QuotaExhausted, "project limit exceeded", &[W::Project, W::Limit, W::Exceeded]),
        is(K::QuotaExhausted, "storage limit exceeded", &[W::Storage, W::Limit, W::Exceeded]),
        may_be(K::RateLimited, "limit exceeded", &[W::Limit, W::Exceeded]).unless(&[W::Size, W::Body, W::Maximum, W::Memory]),
        is(K::InsufficientPermissions, "insufficient permission", &[W::Insufficient, W::Permission]),
        is(K::InsufficientPermissions, "missing permission", &[W::Missing, W::Permission]),
        is(K::InsufficientPermissions, "need permission", &[W::Need, W::Permission]),
        is(K::InsufficientPermissions, "required permission", &[W::Required, W::Permission]),
        is(K::InsufficientPermissions, "not permission", &[W::Not, W::Permission]),
        is(K::InsufficientPermissions, "no permission", &[W::No, W::Permission]),
        is(K::InsufficientPermissions, "permission mismatch", &[W::Permission, W::Mismatch]),
        is(K::InsufficientPermissions, "plan upgrade", &[W::Upgrade, W::Plan]).unless(&[W::Limit]),
        is(K::InsufficientPermissions, "subscription required", &[W::Subscription, W::Required]),
        is(K::InsufficientPermissions, "must have an active subscription", &[W::Subscription, W::Must, W::Active]),
        is(K::InsufficientPermissions, "no subscription", &[W::Subscription, W::Not]),
        is(K::InsufficientPermissions, "token not authorized", &[W::Token, W::Not, W::Authorized]).unless(&[W::Invalid]).in_texts(),
        is(K::InsufficientPermissions, "not the required authorization", &[W::Not, W::Required, W::Authorized]).unless(&[W::Auth, W::Supplied]),
        is(K::MissingCredentials, "missing token", &[W::Missing, W::Token]),
        is(K::MissingCredentials, "missing authentication", &[W::Missing, W::Auth]),
        is(K::MissingCredentials, "missing authorization", &[W::Missing, W::Authorized]),
        is(K::MissingCredentials, "missing credentials", &[W::Missing, W::Credentials]),
        is(K::MissingCredentials, "missing key", &[W::Missing, W::Key]),
        is(K::MissingCredentials, "missing session", &[W::Missing, W::Session]),
        is(K::MissingCredentials, "token not supplied", &[W::Token, W::Not, W::Supplied]).unless(NOT_ABSENT),
        is(K::MissingCredentials, "credentials not supplied", &[W::Credentials, W::Not, W::Supplied]).unless(NOT_ABSENT),
        is(K::MissingCredentials, "key not supplied", &[W::Key, W::Not, W::Supplied]).unless(NOT_ABSENT),
        is(K::MissingCredentials, "authorization not supplied", &[W::Authorized, W::Not, W::Supplied]).unless(NOT_ABSENT),
        is(K::MissingCredentials, "authentication not supplied", &[W::Auth, W::Not, W::Supplied]).unless(NOT_ABSENT),
        is(K::MissingCredentials, "authentication required", &[W::Auth, W::Required]).unless(&[W::Failed, W::Invalid, W::Field]),
        is(K::MissingCredentials, "token required", &[W::Token, W::Required]).unless(&[W::Invalid, W::Expired, W::Field]),
        is(K::MissingCredentials, "key required", &[W::Key, W::Required]).unless(&[W::Invalid, W::Expired, W::Field]),
        is(K::MissingCredentials, "authorization required", &[W::Authorized, W::Required]).unless(&[W::Invalid, W::Field]),
        is(K::MissingCredentials, "not authenticated", &[W::Not, W::Authenticated]).unless(&[W::Allowed, W::Permission]),
        is(K::MissingCredentials, "not logged in", &[W::Not, W::Login]),
        is(K::MissingCredentials, "cookie required", &[W::Cookie, W::Required]).unless(&[W::Invalid, W::Field]),
        is(K::MissingCredentials, "missing cookie", &[W::Missing, W::Cookie]),
        is(K::MissingCredentials, "token must be supplied", &[W::Token, W::Must, W::Supplied]),
        is(K::MissingCredentials, "key must be supplied", &[W::Key, W::Must, W::Supplied]),
        is(K::MissingCredentials, "credentials must be supplied", &[W::Credentials, W::Must, W::Supplied]),
        is(K::MissingCredentials, "must authenticate", &[W::Must, W::Auth]),
        is(K::MissingCredentials, "must be authenticated", &[W::Must, W::Authenticated]),
        is(K::MissingCredentials, "must log in", &[W::Must, W::Login]),
        is(K::MissingCredentials, "need to log in", &[W::Need, W::Login]),
        is(K::MissingCredentials, "need to authenticate", &[W::Need, W::Auth]),
        is(K::MissingCredentials, "no token", &[W::No, W::Token]).unless(NOT_NONE),
        is(K::MissingCredentials, "no credentials", &[W::No, W::Credentials]).unless(NOT_NONE),
        is(K::MissingCredentials, "no authorization", &[W::No, W::Authorized]).unless(NOT_NONE),
        is(K::MissingCredentials, "no authentication", &[W::No, W::Auth]).unless(NOT_NONE),
        is(K::MissingCredentials, "no session", &[W::No, W::Session]).unless(NOT_NONE),
        is(K::MissingCredentials, "no key", &[W::No, W::Key]).unless(NOT_NONE),
        is(K::MissingCredentials, "credentials not found", &[W::Credentials, W::Not, W::Found]),
        is(K::MissingCredentials, "authorization not found", &[W::Authorized, W::Not, W::Found]).unless(&[W::Or, W::Code]),
        may_be(K::InvalidCredentials, "authorization code not found", &[W::Authorized, W::Code, W::Not, W::Found]),
        is(K::MissingCredentials, "authentication not found", &[W::Auth, W::Not, W::Found]).unless(&[W::Or]),
        is(K::Pending, "authorization pending", &[W::Authorized, W::Pending]).in_codes(),
        is(K::InvalidCredentials, "invalid credentials", &[W::Invalid, W::Credentials]),
        is(K::InvalidCredentials, "invalid key", &[W::Invalid, W::Key]),
        is(K::InvalidCredentials, "invalid password", &[W::Invalid, W::Password]),
        is(K::InvalidCredentials, "invalid secret", &[W::Invalid, W::Secret]),
        is(K::InvalidCredentials, "invalid session", &[W::Invalid, W::Session]),
        is(K::InvalidCredentials, "invalid signature", &[W::Invalid, W::Signature]),
        is(K::InvalidCredentials, "invalid cookie", &[W::Invalid, W::Cookie]),
        may_be(K::InvalidCredentials, "cookie failed", &[W::Cookie, W::Failed]),
        may_be(K::InvalidCredentials, "invalid nonce", &[W::Invalid, W::Nonce]),
        is(K::InvalidCredentials, "invalid client", &[W::Invalid, W::Client]).in_codes(),
        is(K::InvalidCredentials, "invalid certificate", &[W::Invalid, W::Certificate]),
        is(K::InvalidCredentials, "invalid authorization", &[W::Invalid, W::Authorized]).unless(&[W::Permission]).in_texts(),
        may_be(K::InvalidCredentials, "invalid authorization", &[W::Invalid, W::Authorized]),
        may_be(K::InvalidCredentials, "invalid authentication", &[W::Invalid, W::Auth]),
        may_be(K::InvalidCredentials, "invalid login", &[W::Invalid, W::Login]),
        is(K::InvalidCredentials, "invalid security", &[W::Invalid, W::Security]).in_codes(),
        is(K::InvalidCredentials, "signature not match", &[W::Signature, W::Not, W::Match]),
        is(K::InvalidCredentials, "signature mismatch", &[W::Signature, W::Mismatch]),
        is(K::InvalidCredentials, "signature failed", &[W::Signature, W::Failed]),
        is(K::InvalidCredentials, "signature rejected", &[W::Signature, W::Rejected]),
        is(K::InvalidCredentials, "bad credentials", &[W::Bad, W::Credentials]),
        is(K::InvalidCredentials, "bad token", &[W::Bad, W::Token]),
        is(K::InvalidCredentials, "bad key", &[W::Bad, W::Key]),
        is(K::InvalidCredentials, "incorrect credentials", &[W::Incorrect, W::Credentials]),
        is(K::InvalidCredentials, "incorrect password", &[W::Incorrect, W::Password]),
        is(K::InvalidCredentials, "incorrect key", &[W::Incorrect, W::Key]),
        is(K::InvalidCredentials, "incorrect token", &[W::Incorrect, W::Token]),
        may_be(K::InvalidCredentials, "unknown token", &[W::Unknown, W::Token]),
        is(K::InvalidCredentials, "unknown key", &[W::Unknown, W::Key]),
        is(K::InvalidCredentials, "token revoked", &[W::Token, W::Revoked]),
        is(K::InvalidCredentials, "key revoked", &[W::Key, W::Revoked]),
        is(K::InvalidCredentials, "credentials revoked", &[W::Credentials, W::Revoked]),
        is(K::InvalidCredentials, "session revoked", &[W::Session, W::Revoked]),
        is(K::InvalidCredentials, "token rejected", &[W::Token, W::Rejected]),
        is(K::InvalidCredentials, "token not decoded", &[W::Token, W::Decode]),
        is(K::InvalidCredentials, "token malformed", &[W::Token, W::Malformed]),
        is(K::InvalidCredentials, "key no longer", &[W::Key, W::No, W::Longer]).unless(&[W::Exist]),
        may_be(K::InvalidCredentials, "token no longer", &[W::Token, W::No, W::Longer]).unless(&[W::Exist]),
        may_be(K::InvalidCredentials, "credentials no longer", &[W::Credentials, W::No, W::Longer]),
        is(K::InvalidCredentials, "key inactive", &[W::Key, W::Active]).in_codes(),
        is(K::InvalidCredentials, "malformed credentials", &[W::Malformed, W::Credentials]),
        is(K::InvalidCredentials, "credentials not decoded", &[W::Credentials, W::Not, W::Decode]),
        is(K::InvalidCredentials, "token mismatch", &[W::Token, W::Mismatch]).unless(&[W::Csrf]),
        may_be(K::InvalidCredentials, "invalid token", &[W::Invalid, W::Token]),
        may_be(K::InvalidCredentials, "token not valid", &[W::Token, W::Not, W::Valid]),
        may_be(K::InvalidCredentials, "key not valid", &[W::Key, W::Not, W::Valid]),
        may_be(K::InvalidCredentials, "credentials not valid", &[W::Credentials, W::Not, W::Valid]),
        may_be(K::InvalidCredentials, "token disabled", &[W::Token, W::Disabled]).unless(&[W::Or]),
        may_be(K::InvalidCredentials, "key disabled", &[W::Key, W::Disabled]).unless(&[W::Or, W::Project, W::Use]),
        may_be(K::InvalidCredentials, "token not active", &[W::Token, W::Not, W::Active]),
        is(K::InvalidCredentials, "session not active", &[W::Session, W::Not, W::Active]),
        may_be(K::InvalidCredentials, "token not found", &[W::Token, W::Not, W::Found]),
        may_be(K::InvalidCredentials, "credentials not exist", &[W::Credentials, W::Not, W::Exist]),
        may_be(K::InvalidCredentials, "token not exist", &[W::Token, W::Not, W::Exist]),
        may_be(K::InvalidCredentials, "key not found", &[W::Key, W::Not, W::Found]).in_texts(),
        may_be(K::InvalidCredentials, "session not found", &[W::Session, W::Not, W::Found]),
        may_be(K::InvalidCredentials, "token not match", &[W::Token, W::Not, W::Match]),
        may_be(K::InvalidCredentials, "token validation", &[W::Token, W::Validation]),
        may_be(K::InvalidCredentials, "token verification", &[W::Token, W::Verification]),
        may_be(K::InvalidCredentials, "validating token", &[W::Validating, W::Token]),
        may_be(K::InvalidCredentials, "validating credentials", &[W::Validating, W::Credentials]),
        may_be(K::MissingCredentials, "unauthenticated", &[W::Unauthenticated]).in_texts(),
        may_be(K::InvalidCredentials, "authentication failed", &[W::Auth, W::Failed]),
        may_be(K::InvalidCredentials, "authentication error", &[W::Auth, W::Error]).in_codes(),
        may_be(K::InvalidCredentials, "not authenticate", &[W::Not, W::Auth]).in_texts(),
        may_be(K::InvalidCredentials, "login failed", &[W::Login, W::Failed]),
        may_be(K::InvalidCredentials, "login incorrect", &[W::Login, W::Incorrect]),
        hints_at(K::InvalidCredentials, "oauth", &[W::Oauth, W::Error]).in_codes(),
        may_be(K::InvalidCredentials, "invalid grant", &[W::Invalid, W::Grant]).in_codes(),
        is(K::Conflict, "already published", &[W::Already, W::Published]),
        may_be(K::Conflict, "already", &[W::Already]).in_texts(),
        may_be(K::InsufficientPermissions, "invalid permission", &[W::Invalid, W::Permission]).in_texts(),
        may_be(K::InsufficientPermissions, "permission denied", &[W::Permission, W::Denied]),
        may_be(K::InsufficientPermissions, "access denied", &[W::Access, W::Denied]),
        may_be(K::InsufficientPermissions, "not allowed", &[W::Not, W::Allowed]).in_texts(),
        may_be(K::InsufficientPermissions, "authorization denied", &[W::Authorized, W::Denied]),
        may_be(K::InsufficientPermissions, "account locked", &[W::Account, W::Locked]),
        is(K::InsufficientPermissions, "account suspended", &[W::Account, W::Suspended]),
        may_be(K::InsufficientPermissions, "suspended", &[W::Suspended]),
        may_be(K::InsufficientPermissions, "blocked", &[W::Blocked]),
        is(K::MalformedRequest, "user agent", &[W::User, W::Agent]).in_texts(),
        is(K::ValidationFailed, "required not found", &[W::Required, W::Not, W::Found]),
        is(K::NotFound, "not found", &[W::Not, W::Found]),
        is(K::NotFound, "not exist", &[W::Not, W::Exist]),
        is(K::NotFound, "no such", &[W::No, W::Such]),
        is(K::NotFound, "unknown resource", &[W::Unknown, W::Resource]).in_codes(),
        is(K::Conflict, "already exists", &[W::Already, W::Exist]),
        is(K::Conflict, "conflict", &[W::Conflict]),
        is(K::Conflict, "duplicate", &[W::Duplicate]),
        is(K::Conflict, "in use", &[W::In, W::Use]).in_codes(),
        is(K::Conflict, "dependent", &[W::Dependent]).in_codes(),
        may_be(K::Conflict, "exists", &[W::Exist]).unless(&[W::No, W::Longer]),
        is(K::PayloadTooLarge, "too large", &[W::Too, W::Large]),
        is(K::PayloadTooLarge, "size exceeded", &[W::Size, W::Exceeded]),
        is(K::PayloadTooLarge, "body exceeded", &[W::Body, W::Exceeded]),
        is(K::PayloadTooLarge, "size", &[W::Megabyte, W::Size]),
        is(K::Pending, "not ready", &[W::Not, W::Ready]),
        is(K::Timeout, "timeout", &[W::Timeout]),
        is(K::Timeout, "timed out", &[W::Timed, W::Out]),
        is(K::Timeout, "deadline exceeded", &[W::Deadline, W::Exceeded]),
        is(K::Unavailable, "overloaded", &[W::Overloaded]),
        is(K::Unavailable, "maintenance", &[W::Maintenance]),
        is(K::Unavailable, "over capacity", &[W::Over, W::Capacity]),
        is(K::Unavailable, "capacity exceeded", &[W::Capacity, W::Exceeded]).unless(&[W::Account, W::Memory, W::Plan, W::Storage]),
        is(K::Unavailable, "at capacity", &[W::Capacity, W::Retry]),
        is(K::Unavailable, "down", &[W::Down]).unless(&[W::Field, W::Invalid, W::Parameter]).in_codes(),
        may_be(K::Unavailable, "not responding", &[W::Not, W::Responding]),
        is(K::Unavailable, "busy", &[W::Busy]),
        is(K::Unavailable, "unavailable", &[W::Unavailable]),
        is(K::ValidationFailed, "validation", &[W::Validation]).in_codes(),
        is(K::ValidationFailed, "validation failed", &[W::Validation, W::Failed]),
        is(K::ValidationFailed, "validation error", &[W::Validation, W::Error]),
        is(K::ValidationFailed, "declined", &[W::Declined]).in_codes(),
        is(K::ValidationFailed, "unprocessable", &[W::Unprocessable]),
        is(K::ValidationFailed, "invalid parameter", &[W::Invalid, W::Parameter]),
        is(K::ValidationFailed, "invalid field", &[W::Invalid, W::Field]),
        is(K::ValidationFailed, "missing parameter", &[W::Missing, W::Parameter]),
        is(K::ValidationFailed, "missing field", &[W::Missing, W::Field]),
        is(K::ValidationFailed, "required field", &[W::Required, W::Field]),
        is(K::ValidationFailed, "required parameter", &[W::Required, W::Parameter]),
        is(K::Gone, "gone", &[W::Gone]).in_codes(),
        is(K::Gone, "no longer exists", &[W::No, W::Longer, W::Exist]),
        may_be(K::ValidationFailed, "not valid", &[W::Not, W::Valid]),
        may_be(K::ValidationFailed, "must", &[W::Must]).in_texts(),
        may_be(K::ValidationFailed, "required", &[W::Required]).in_texts(),
        may_be(K::ValidationFailed, "missing", &[W::Missing]).in_texts(),
        may_be(K::ValidationFailed, "unknown field", &[W::Unknown, W::Field]),
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
        hints_at(K::RateLimited, "retry later", &[W::Retry, W::Later]).in_texts(),
        hints_at(K::InsufficientPermissions, "disabled", &[W::Disabled]).in_texts(),
        is(K::Pending, "pending", &[W::Pending]).unless(&[W::Account, W::User]).in_codes(),
    ]
};

/// A limit of so many a minute, which is a rate whatever else it is called.
pub(crate) const OF_A_MINUTE: &str = "limit per minute";

/// What is said of a credential that was supplied, and was not what it should be.
const NOT_ABSENT: &[Word] = &[Word::Decode, Word::Found, Word::Invalid, Word::Match, Word::Valid];

/// What makes of `no token` something else than that there was none.
const NOT_NONE: &[Word] = &[Word::Failed, Word::Incorrect, Word::Invalid, Word::Longer, Word::Such];

/// With one of [`UNDER_WAY`]: the first request with this idempotency key is still under way.
pub(crate) const IDEMPOTENCY: Set = Set::of(&[Word::Idempotency]);

pub(crate) const UNDER_WAY: Set = Set::of(&[Word::Progress, Word::Use]);

/// What a client signs in with, or is allowed by.
pub(crate) const SIGNS_IN: Set =
    Set::of(&[Word::Permission, Word::RefreshToken, Word::Session, Word::Token]);
