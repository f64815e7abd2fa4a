use readmit_error::Kind;
use serde::Serialize;

/// Whether something is broken, or the platform is doing its job.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Nature {
    /// The API refuses, as it was built to.
    Enforcement,
    /// Something is broken, at the provider or on the way to it.
    Fault,
    /// The client's own protection decided; nobody was asked.
    Protection,
    /// Cannot be told.
    Unclear,
}

impl Nature {
    pub(crate) fn of(kind: Kind) -> Nature {
        match kind {
            Kind::MissingCredentials
            | Kind::InvalidCredentials
            | Kind::TokenExpired
            | Kind::ChallengeNonce
            | Kind::ClockSkew
            | Kind::StepUpRequired
            | Kind::InsufficientPermissions
            | Kind::RateLimited
            | Kind::QuotaExhausted
            | Kind::Pending
            | Kind::MalformedRequest
            | Kind::ValidationFailed
            | Kind::PayloadTooLarge
            | Kind::NotFound
            | Kind::Gone
            | Kind::Conflict => Nature::Enforcement,
            Kind::ServerError
            | Kind::Unavailable
            | Kind::Gateway
            | Kind::Timeout
            | Kind::Dns
            | Kind::Connect
            | Kind::Tls
            | Kind::ConnectionLost
            | Kind::ClientTimeout => Nature::Fault,
            Kind::CircuitOpen
            | Kind::RetriesExhausted
            | Kind::DeadlineExceeded
            | Kind::LockedOut => Nature::Protection,
            Kind::OutcomeUnknown | Kind::Unknown => Nature::Unclear,
        }
    }

    /// Says it of a kind, in a sentence.
    pub(crate) fn sentence(kind: Kind) -> &'static str {
        match kind {
            Kind::MissingCredentials
            | Kind::InvalidCredentials
            | Kind::TokenExpired
            | Kind::ChallengeNonce
            | Kind::StepUpRequired => {
                "enforcement: nothing is broken, the platform lets in only whom it knows"
            }
            Kind::ClockSkew => {
                "enforcement: the platform refuses what is dated wrongly; a clock is off"
            }
            Kind::InsufficientPermissions => {
                "enforcement: nothing is broken, the platform knows who calls and says no"
            }
            Kind::RateLimited | Kind::QuotaExhausted => {
                "enforcement: nothing is broken, the platform protects itself from load"
            }
            Kind::Pending => "enforcement: nothing is broken, the result is not there yet",
            Kind::MalformedRequest | Kind::ValidationFailed | Kind::PayloadTooLarge => {
                "enforcement: the platform works, the request is at fault"
            }
            Kind::NotFound | Kind::Gone => {
                "enforcement: the platform works, there is nothing for this caller at the address"
            }
            Kind::Conflict => "enforcement: the platform works, and keeps its data consistent",
            Kind::ServerError | Kind::Unavailable | Kind::Gateway | Kind::Timeout => {
                "fault: something is broken or overloaded at the provider"
            }
            Kind::Dns | Kind::Connect | Kind::Tls | Kind::ConnectionLost | Kind::ClientTimeout => {
                "fault: something is broken on the way to the provider"
            }
            Kind::CircuitOpen
            | Kind::RetriesExhausted
            | Kind::DeadlineExceeded
            | Kind::LockedOut => "protection: the client itself decided, to do no more harm",
            Kind::OutcomeUnknown | Kind::Unknown => "unclear: the answer does not tell",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_begins_with_the_nature() {
        for kind in Kind::ALL {
            let nature = serde_json::to_value(Nature::of(kind)).unwrap();
            let sentence = Nature::sentence(kind);

            assert!(sentence.starts_with(&format!("{}:", nature.as_str().unwrap())), "{kind}");
        }
    }
}
