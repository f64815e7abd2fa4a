use std::time::Duration;

use readmit_error::Transport;

use crate::failure::RefreshFailure;

/// Why a token endpoint gave no token.
///
/// # Example
///
/// ```
/// use http::Uri;
/// use readmit_recovery::{TokenAnswer, TokenRequest, WhoseMove};
///
/// let url = Uri::from_static("https://auth.example.com/token");
/// let request = TokenRequest::refresh_token(&url, &"r1".into(), None, None)?;
///
/// let error = TokenAnswer::read(&request, 400, None, br#"{"error":"invalid_grant"}"#).unwrap_err();
/// assert!(error.is_terminal());
/// assert_eq!(error.whose_move(), WhoseMove::Person);
///
/// let error = TokenAnswer::read(&request, 503, None, br#"{"error":"invalid_grant"}"#).unwrap_err();
/// assert!(!error.is_terminal(), "a service in trouble does not ask anybody to sign in");
/// # Ok::<_, readmit_recovery::RequestError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It said that all went well, and the answer makes no sense (rule 26).
    #[error("the token endpoint answered {status}, and {fault}")]
    Malformed {
        /// The status of the answer.
        status: u16,
        /// What is wrong with it.
        fault: Fault,
    },
    /// It said no.
    #[error("the token endpoint answered {status}: {code}")]
    Refused {
        /// The status of the answer.
        status: u16,
        /// The code that it gave, or `HTTP_` and the status: bounded, free of secrets and of
        /// control characters.
        code: String,
        /// Its own words, treated likewise, and never to be shown as ours.
        description: Option<String>,
        /// Who can do something about it.
        whose_move: WhoseMove,
        /// How long it asked to wait.
        retry_after: Option<Duration>,
    },
    /// There was no answer, or not all of one.
    #[error("the token endpoint did not answer")]
    Transport(#[from] Transport),
}

impl TokenError {
    /// Returns whether asking again is useless until somebody did something (rule 25).
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        match self.whose_move() {
            WhoseMove::Person | WhoseMove::Operator => true,
            WhoseMove::Provider => false,
        }
    }

    /// Returns who can do something about it.
    #[must_use]
    pub fn whose_move(&self) -> WhoseMove {
        match self {
            TokenError::Refused { whose_move, .. } => *whose_move,
            TokenError::Malformed { fault: Fault::ErrorInside { whose_move, .. }, .. } => {
                *whose_move
            }
            // A proxy's or a portal's page, a deployment in progress: it may be gone in a minute.
            TokenError::Malformed { .. } | TokenError::Transport(_) => WhoseMove::Provider,
        }
    }

    /// Returns the code that it gave, where it gave one: under a good status only one of the
    /// standards.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            TokenError::Refused { code, .. } => Some(code),
            TokenError::Malformed { fault: Fault::ErrorInside { code, .. }, .. } => *code,
            TokenError::Malformed { .. } | TokenError::Transport(_) => None,
        }
    }

    /// Returns how long the endpoint asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            TokenError::Refused { retry_after, .. } => *retry_after,
            TokenError::Malformed { .. } | TokenError::Transport(_) => None,
        }
    }

    /// Returns whether what was sent may have been acted upon, with nobody to tell how (rule 23).
    ///
    /// A refusal, a 5xx of the endpoint itself and a request that never arrived leave no doubt; a
    /// gateway that lost its answer, by whatever status, a connection that broke and an answer that makes no sense do.
    #[must_use]
    pub fn leaves_doubt(&self) -> bool {
        match self {
            TokenError::Malformed { fault: Fault::ErrorInside { .. }, .. } => false,
            TokenError::Malformed { .. } => true,
            TokenError::Refused { status, .. } => {
                matches!(status, 502 | 504 | 520 | 522 | 524 | 598 | 599)
            }
            TokenError::Transport(transport) => !transport.replay().is_safe(),
        }
    }

    /// Returns whether the endpoint wants its nonce in the proof (RFC 9449 section 8): the driver
    /// sends the same request again, once, with another proof (rule 33).
    #[must_use]
    pub fn is_nonce_challenge(&self) -> bool {
        self.code() == Some("use_dpop_nonce")
    }

    /// Whether the token that was presented is good for nothing, in the words of the standard.
    pub(crate) fn is_invalid_grant(&self) -> bool {
        self.is_terminal() && self.code() == Some("invalid_grant")
    }

    /// Whether it is no more than two refreshes that met, as fosite reports it (rule 24).
    pub(crate) fn asks_to_retry(&self) -> bool {
        let TokenError::Refused { code, description: Some(words), .. } = self else {
            return false;
        };
        code == "invalid_request" && words.to_ascii_lowercase().contains("retry the request")
    }

    /// Returns what to tell the [`Lifecycle`](crate::Lifecycle) of it.
    pub fn failure(&self) -> RefreshFailure {
        let failure = if self.is_terminal() {
            RefreshFailure::terminal()
        } else {
            RefreshFailure::transient()
        };
        match self.retry_after() {
            Some(wait) => failure.retry_after(wait),
            None => failure,
        }
    }
}

/// What is wrong with an answer that says it is good. It never holds any of the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It is an error under a good status.
    #[error("an error stood inside")]
    ErrorInside {
        /// Who can do something about that error.
        whose_move: WhoseMove,
        /// Its code, where it is one of the standards.
        code: Option<&'static str>,
    },
    /// It is longer than an answer ever is.
    #[error("the body was longer than any answer")]
    TooLong,
    /// It has no code for a person to enter, or no address to enter it at.
    #[error("nothing that a person could enter stood inside")]
    NoUserCode,
    /// It has no code for the device to ask with, or an empty one.
    #[error("no device code stood inside")]
    NoDeviceCode,
    /// It has no access token, or an empty one.
    #[error("no access token stood inside")]
    NoAccessToken,
    /// It is not a JSON object.
    #[error("the body was not a JSON object")]
    NotJson,
    /// Its access token has characters that cannot stand in a header.
    #[error("the access token cannot stand in a header")]
    UnfitAccessToken,
    /// Its token type is none that can stand in a header.
    #[error("the token type cannot stand in a header")]
    UnfitTokenType,
}

/// Who can do something about a refused token request (rule 25).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "whoever signs in, sets up, or serves")]
pub enum WhoseMove {
    /// The person whose access it is: sign in, or consent, again.
    Person,
    /// Whoever set the client up: its key, its id, its secret, its scopes, its URL.
    Operator,
    /// The provider, and time.
    Provider,
}

impl WhoseMove {
    /// Says whose move it is. The status comes first, since a service in trouble may say anything;
    /// then the code, letter by letter.
    pub(super) fn of(status: u16, code: &str) -> WhoseMove {
        if is_trouble(status) {
            return WhoseMove::Provider;
        }
        match code {
            "access_denied"
            | "account_selection_required"
            | "consent_required"
            | "expired_token"
            | "interaction_required"
            | "invalid_grant"
            | "login_required" => WhoseMove::Person,
            "RATE_001"
            | "authorization_pending"
            | "server_error"
            | "slow_down"
            | "temporarily_unavailable"
            // The same request with the nonce that came along will do.
            | "use_dpop_nonce" => WhoseMove::Provider,
            // `invalid_client`, `invalid_scope`, `AUTH_002` and their like; a code that nobody knows
            // is more likely a matter of set-up than one that time cures.
            _ => WhoseMove::Operator,
        }
    }
}

/// Returns a code of the standards as one that can be shown, whoever wrote it.
pub(super) fn standard(code: &str) -> Option<&'static str> {
    STANDARD_CODES.into_iter().find(|standard| *standard == code)
}

/// RFC 6749 section 5.2, RFC 7009 section 2.2.1, RFC 8628 section 3.5, RFC 8693 section 2.2.2,
/// RFC 9449 section 5, and OpenID Connect.
const STANDARD_CODES: [&str; 19] = [
    "access_denied",
    "account_selection_required",
    "authorization_pending",
    "consent_required",
    "expired_token",
    "interaction_required",
    "invalid_client",
    "invalid_dpop_proof",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "invalid_target",
    "login_required",
    "server_error",
    "slow_down",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "use_dpop_nonce",
];

/// Whether the status alone says that the service could not do its work.
fn is_trouble(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..)
}

#[cfg(test)]
mod tests {
    use readmit_error::Stage;

    use super::*;

    #[test]
    fn r25_each_code_has_its_class() {
        let cases = [
            (WhoseMove::Person, "invalid_grant"),
            (WhoseMove::Person, "interaction_required"),
            (WhoseMove::Person, "consent_required"),
            (WhoseMove::Person, "login_required"),
            (WhoseMove::Operator, "invalid_client"),
            (WhoseMove::Operator, "unauthorized_client"),
            (WhoseMove::Operator, "unsupported_grant_type"),
            (WhoseMove::Operator, "invalid_scope"),
            (WhoseMove::Operator, "invalid_request"),
            (WhoseMove::Operator, "AUTH_002"),
            (WhoseMove::Provider, "temporarily_unavailable"),
            (WhoseMove::Provider, "server_error"),
            (WhoseMove::Provider, "RATE_001"),
        ];
        for (whose_move, code) in cases {
            assert_eq!(WhoseMove::of(400, code), whose_move, "{code}");
        }
    }

    #[test]
    fn r33_a_nonce_challenge_is_nobodys_move() {
        let error = TokenError::Refused {
            status: 400,
            code: "use_dpop_nonce".to_owned(),
            description: None,
            whose_move: WhoseMove::of(400, "use_dpop_nonce"),
            retry_after: None,
        };

        assert!(error.is_nonce_challenge());
        assert!(!error.is_terminal() && !error.leaves_doubt());
    }

    #[test]
    fn r25_codes_are_case_sensitive() {
        assert_eq!(WhoseMove::of(400, "Invalid_Grant"), WhoseMove::Operator);
        assert_eq!(WhoseMove::of(400, "SERVER_ERROR"), WhoseMove::Operator);
    }

    #[test]
    fn r25_trouble_is_never_login_required() {
        for status in [429, 500, 502, 503, 504, 599, 999] {
            for code in ["invalid_grant", "login_required", "AUTH_002"] {
                assert_eq!(WhoseMove::of(status, code), WhoseMove::Provider, "{status} {code}");
            }
        }
    }

    #[test]
    fn r23_only_a_lost_answer_leaves_doubt() {
        let lost = |stage| TokenError::from(Transport { stage, timed_out: false });
        let refused = |status| TokenError::Refused {
            status,
            code: format!("HTTP_{status}"),
            description: None,
            whose_move: WhoseMove::Provider,
            retry_after: None,
        };
        let malformed = |fault| TokenError::Malformed { status: 200, fault };
        let inside = Fault::ErrorInside { whose_move: WhoseMove::Person, code: None };

        for plain in [lost(Stage::Connect), lost(Stage::Unsent), refused(400), refused(429)] {
            assert!(!plain.leaves_doubt(), "{plain:?}");
        }
        for plain in [refused(500), refused(503), malformed(inside)] {
            assert!(!plain.leaves_doubt(), "{plain:?}");
        }
        let gateway = [502, 504, 520, 522, 524, 599].map(refused);
        let cut = [lost(Stage::Sent), lost(Stage::Answering), malformed(Fault::NotJson)];
        for doubtful in gateway.iter().chain(&cut) {
            assert!(doubtful.leaves_doubt(), "{doubtful:?}");
        }
    }

    #[test]
    fn r25_a_transport_failure_is_transient() {
        let error = TokenError::from(Transport { stage: Stage::Sent, timed_out: true });

        assert!(!error.is_terminal());
        assert_eq!(error.failure(), RefreshFailure::transient());
        assert_eq!(error.to_string(), "the token endpoint did not answer");
    }
}
