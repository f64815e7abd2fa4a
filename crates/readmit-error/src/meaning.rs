use crate::Kind;

impl Kind {
    /// Returns what the kind means, in one sentence for a person.
    ///
    /// The sentence never repeats a word of the server's, and never calls a credential invalid
    /// that could merely not be verified (rules 94 and 95).
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Kind::MissingCredentials => "The request carried no credential, and the API wants one.",
            Kind::InvalidCredentials => "The API does not accept the credential.",
            Kind::TokenExpired => "The access token has expired.",
            Kind::ChallengeNonce => "The API wants a fresh nonce in the proof of possession.",
            Kind::ClockSkew => "The clocks of this machine and of the API are too far apart.",
            Kind::StepUpRequired => "The API wants the user to sign in again, or more strongly.",
            Kind::InsufficientPermissions => {
                "The API knows who is calling, and does not allow this operation."
            }
            Kind::RateLimited => "Too many requests were sent in too short a time.",
            Kind::QuotaExhausted => "The allowance for this account is used up.",
            Kind::Pending => "The result is not ready yet.",
            Kind::MalformedRequest => "The API could not make sense of the request.",
            Kind::ValidationFailed => "A value in the request is not acceptable.",
            Kind::PayloadTooLarge => "The request is larger than the API takes.",
            Kind::NotFound => {
                "There is nothing at this address, or nothing this caller is allowed to see."
            }
            Kind::Gone => "What was at this address has been removed for good.",
            Kind::Conflict => "The request contradicts the present state of the resource.",
            Kind::ServerError => "The API broke while it was answering.",
            Kind::Unavailable => "The API is not serving requests at the moment.",
            Kind::Gateway => "A gateway in front of the API could not get an answer from it.",
            Kind::Timeout => "The API took too long to answer.",
            Kind::Dns => "The name of the API's host could not be resolved.",
            Kind::Connect => "No connection to the API could be opened.",
            Kind::Tls => "No trusted encrypted connection to the API could be agreed on.",
            Kind::ConnectionLost => "The connection to the API broke before its answer was whole.",
            Kind::ClientTimeout => "No answer came within the time set for it.",
            Kind::CircuitOpen => {
                "The API has been failing, so the request was held back without being sent."
            }
            Kind::RetriesExhausted => "Every attempt that the retry policy allows has failed.",
            Kind::DeadlineExceeded => "The call could not be finished before its deadline.",
            Kind::LockedOut => {
                "The credential was refused several times in a row, so it is not presented again."
            }
            Kind::OutcomeUnknown => {
                "A credential that works once was sent, and the answer was lost: it may be spent."
            }
            Kind::Unknown => "The API reported a failure of a kind that is not known.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_is_one_sentence() {
        for kind in Kind::ALL {
            let meaning = kind.meaning();

            assert!(meaning.ends_with('.'), "{kind}");
            assert_eq!(meaning.matches(". ").count(), 0, "{kind}");
        }
    }

    #[test]
    fn r95_what_could_not_be_verified_is_not_called_invalid() {
        for kind in Kind::ALL.into_iter().filter(|&kind| kind != Kind::InvalidCredentials) {
            assert!(!kind.meaning().contains("does not accept the credential"), "{kind}");
        }
    }
}
