//! The texts in English, as plain data: what every other language is a translation of.

mod access;
mod authentication;
mod codes;
mod local;
mod network;
mod request;
mod service;

use readmit_error::Kind;

use crate::Audience;
use crate::field::Field;
use crate::phrase::{Label, Phrase, Wait};
use crate::topic::Topic;

/// The texts of one entry; those that are lists have a line for each of their items.
struct Text {
    title: &'static str,
    user: &'static str,
    user_action: &'static str,
    developer: &'static str,
    developer_action: &'static str,
    administrator: &'static str,
    administrator_action: &'static str,
    causes: &'static str,
    cures: &'static str,
    prevention: &'static str,
}

pub(crate) fn text(topic: Topic, field: Field) -> &'static str {
    let text = entry(topic);
    match field {
        Field::Title => text.title,
        Field::Message(Audience::User) => text.user,
        Field::Action(Audience::User) => text.user_action,
        Field::Message(Audience::Developer) => text.developer,
        Field::Action(Audience::Developer) => text.developer_action,
        Field::Message(Audience::Administrator) => text.administrator,
        Field::Action(Audience::Administrator) => text.administrator_action,
        Field::Causes => text.causes,
        Field::Cures => text.cures,
        Field::Prevention => text.prevention,
    }
}

pub(crate) fn phrase(phrase: Phrase<'_>) -> String {
    match phrase {
        Phrase::CheckFirst => {
            "If this was to change something, check first whether it has been done already."
                .to_owned()
        }
        Phrase::Label(label) => self::label(label).to_owned(),
        Phrase::RunCommand(command) => format!("Run: {command}"),
        Phrase::Wait(wait) => match wait {
            Wait::Now => "You can try again now.".to_owned(),
            Wait::Seconds(count) => again_in(count, "second"),
            Wait::Minutes(count) => again_in(count, "minute"),
            Wait::Hours(count) => again_in(count, "hour"),
            Wait::Days(count) => again_in(count, "day"),
        },
    }
}

fn again_in(count: u64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("You can try again in {count} {unit}{plural}.")
}

fn label(label: Label) -> &'static str {
    match label {
        Label::Action => "What to do",
        Label::Causes => "Common causes",
        Label::Credential => "Credential",
        Label::Cures => "Cures",
        Label::Details => "Technical details",
        Label::Help => "More about this",
        Label::Host => "Host",
        Label::Prevention => "Prevention",
        Label::Request => "Request",
        Label::Time => "Time",
    }
}

fn entry(topic: Topic) -> &'static Text {
    match topic {
        Topic::AccessToken => &codes::ACCESS_TOKEN,
        Topic::ServiceKey => &codes::SERVICE_KEY,
        Topic::Kind(kind) => match kind {
            Kind::MissingCredentials => &authentication::MISSING_CREDENTIALS,
            Kind::InvalidCredentials => &authentication::INVALID_CREDENTIALS,
            Kind::TokenExpired => &authentication::TOKEN_EXPIRED,
            Kind::ChallengeNonce => &authentication::CHALLENGE_NONCE,
            Kind::ClockSkew => &authentication::CLOCK_SKEW,
            Kind::StepUpRequired => &authentication::STEP_UP_REQUIRED,
            Kind::InsufficientPermissions => &access::INSUFFICIENT_PERMISSIONS,
            Kind::RateLimited => &access::RATE_LIMITED,
            Kind::QuotaExhausted => &access::QUOTA_EXHAUSTED,
            Kind::Pending => &access::PENDING,
            Kind::MalformedRequest => &request::MALFORMED_REQUEST,
            Kind::ValidationFailed => &request::VALIDATION_FAILED,
            Kind::PayloadTooLarge => &request::PAYLOAD_TOO_LARGE,
            Kind::NotFound => &request::NOT_FOUND,
            Kind::Gone => &request::GONE,
            Kind::Conflict => &request::CONFLICT,
            Kind::ServerError => &service::SERVER_ERROR,
            Kind::Unavailable => &service::UNAVAILABLE,
            Kind::Gateway => &service::GATEWAY,
            Kind::Timeout => &service::TIMEOUT,
            Kind::Dns => &network::DNS,
            Kind::Connect => &network::CONNECT,
            Kind::Tls => &network::TLS,
            Kind::ConnectionLost => &network::CONNECTION_LOST,
            Kind::ClientTimeout => &network::CLIENT_TIMEOUT,
            Kind::CircuitOpen => &local::CIRCUIT_OPEN,
            Kind::RetriesExhausted => &local::RETRIES_EXHAUSTED,
            Kind::DeadlineExceeded => &local::DEADLINE_EXCEEDED,
            Kind::LockedOut => &local::LOCKED_OUT,
            Kind::OutcomeUnknown => &local::OUTCOME_UNKNOWN,
            Kind::Unknown => &local::UNKNOWN,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn r93_every_entry_has_every_text() {
        for topic in Topic::all() {
            for field in Field::ALL {
                let text = text(topic, field);

                assert!(text.lines().all(|line| !line.trim().is_empty()), "{topic:?} {field:?}");
                assert!(!text.is_empty(), "{topic:?} {field:?}");
                assert!(field.is_list() || text.lines().count() == 1, "{topic:?} {field:?}");
            }
        }
    }

    #[test]
    fn no_two_entries_say_the_same_and_no_two_audiences_of_one() {
        let titles: HashSet<_> = Topic::all().map(|topic| text(topic, Field::Title)).collect();
        let messages: HashSet<_> = Topic::all()
            .flat_map(|topic| Audience::ALL.map(|to| text(topic, Field::Message(to))))
            .collect();

        assert_eq!(titles.len(), Topic::all().count());
        assert_eq!(messages.len(), Audience::ALL.len() * Topic::all().count());
    }

    #[test]
    fn every_cause_has_its_cure() {
        for topic in Topic::all() {
            let [causes, cures] =
                [Field::Causes, Field::Cures].map(|field| text(topic, field).lines().count());

            assert_eq!(causes, cures, "{topic:?}");
        }
    }

    #[test]
    fn a_wait_of_one_is_in_the_singular() {
        let wait = |wait| phrase(Phrase::Wait(wait));

        assert_eq!(wait(Wait::Minutes(1)), "You can try again in 1 minute.");
        assert_eq!(wait(Wait::Minutes(5)), "You can try again in 5 minutes.");
        assert_eq!(wait(Wait::Now), "You can try again now.");
    }
}
