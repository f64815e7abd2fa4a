//! The codes that mean exactly one thing: those of the documented format and of OAuth.
//!
//! They are compared as they are written: RFC 6749 section 5.2 has them case-sensitive, and an
//! `SlowDown` is not a `slow_down`.

use readmit_error::Kind;

use crate::signal::Reading;

/// What a known code says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Code {
    /// One thing.
    Is(Reading),
    /// `AUTH_001`, invalid or expired: the times in the details tell which.
    InvalidOrExpired,
    /// RFC 6750 `invalid_token`, "expired, revoked, malformed, or invalid": its description tells.
    InvalidToken,
}

/// Reads a code exactly as it is written.
pub(crate) fn known(code: &str) -> Option<Code> {
    let reading = match code {
        "AUTH_001" => return Some(Code::InvalidOrExpired),
        "invalid_token" => return Some(Code::InvalidToken),
        "AUTH_002" | "invalid_client" | "invalid_dpop_proof" => {
            Reading::specific(Kind::InvalidCredentials)
        }
        // Every reason for which a grant is refused has this one code.
        "invalid_grant" => Reading::coarse(Kind::InvalidCredentials),
        "AUTH_003" => Reading::specific(Kind::TokenExpired),
        "AUTH_004" | "insufficient_scope" | "unauthorized_client" => {
            Reading::specific(Kind::InsufficientPermissions)
        }
        "access_denied" => Reading::coarse(Kind::InsufficientPermissions),
        "RATE_001" => Reading::specific(Kind::RateLimited),
        "VAL_001" | "invalid_scope" | "invalid_target" => Reading::specific(Kind::ValidationFailed),
        "authorization_pending" | "slow_down" => Reading::specific(Kind::Pending),
        "account_selection_required"
        | "consent_required"
        | "insufficient_claims"
        | "insufficient_user_authentication"
        | "interaction_required"
        | "login_required"
        | "unmet_authentication_requirements" => Reading::specific(Kind::StepUpRequired),
        "invalid_request" | "unsupported_grant_type" | "unsupported_response_type" => {
            Reading::specific(Kind::MalformedRequest)
        }
        "server_error" => Reading::specific(Kind::ServerError),
        "temporarily_unavailable" => Reading::specific(Kind::Unavailable),
        "use_dpop_nonce" => Reading::specific(Kind::ChallengeNonce),
        _ => return None,
    };
    Some(Code::Is(reading))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_codes_are_known() {
        for (code, kind) in [
            ("AUTH_002", Kind::InvalidCredentials),
            ("AUTH_003", Kind::TokenExpired),
            ("AUTH_004", Kind::InsufficientPermissions),
            ("RATE_001", Kind::RateLimited),
            ("VAL_001", Kind::ValidationFailed),
        ] {
            assert_eq!(known(code), Some(Code::Is(Reading::specific(kind))), "{code}");
        }
        assert_eq!(known("AUTH_001"), Some(Code::InvalidOrExpired));
    }

    #[test]
    fn r25_the_codes_of_oauth_are_case_sensitive() {
        let pending = Code::Is(Reading::specific(Kind::Pending));

        assert_eq!(known("slow_down"), Some(pending));
        assert_eq!(known("SlowDown"), None);
        assert_eq!(known("INVALID_TOKEN"), None);
    }
}
