use readmit_error::Kind;
use readmit_error::event::Severity;

use crate::field::Field;
use crate::{Audience, Catalogue};

/// What a catalogue says of one kind of failure, or of one code.
///
/// # Example
///
/// ```
/// use readmit_error::Kind;
/// use readmit_message::{Audience, Catalogue};
///
/// let catalogue = Catalogue::english();
/// let entry = catalogue.kind(Kind::TokenExpired);
/// assert_eq!(entry.title(), "Session expired");
/// assert_eq!(entry.causes().len(), entry.cures().len());
/// assert!(entry.help_link().ends_with("#token_expired"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Entry<'c> {
    catalogue: &'c Catalogue,
    kind: Kind,
    code: Option<&'c str>,
}

impl<'c> Entry<'c> {
    pub(crate) fn new(catalogue: &'c Catalogue, kind: Kind, code: Option<&'c str>) -> Entry<'c> {
        Entry { catalogue, kind, code }
    }

    /// Returns the kind that the entry is about.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the title: a few words, the same for every audience.
    #[must_use]
    pub fn title(&self) -> &'c str {
        self.text(Field::Title)
    }

    /// Returns what happened and why, in plain words for this audience.
    #[must_use]
    pub fn message(&self, audience: Audience) -> &'c str {
        self.text(Field::Message(audience))
    }

    /// Returns what this audience can do, step by step.
    #[must_use]
    pub fn actions(&self, audience: Audience) -> Vec<&'c str> {
        self.text(Field::Action(audience)).lines().collect()
    }

    /// Returns the common causes.
    #[must_use]
    pub fn causes(&self) -> Vec<&'c str> {
        self.text(Field::Causes).lines().collect()
    }

    /// Returns what to do about each of the [causes](Entry::causes), in their order.
    #[must_use]
    pub fn cures(&self) -> Vec<&'c str> {
        self.text(Field::Cures).lines().collect()
    }

    /// Returns how to keep it from happening again.
    #[must_use]
    pub fn prevention(&self) -> &'c str {
        self.text(Field::Prevention)
    }

    /// Returns where to read more: an absolute address, and never one that a server sent (rule 96).
    #[must_use]
    pub fn help_link(&self) -> String {
        self.catalogue.help_link(self.kind, self.code)
    }

    /// Returns whether the same request can succeed later, judged by the kind alone.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind.is_retryable()
    }

    /// Returns how grave it is, as a security log grades it by default (rule 81).
    ///
    /// The codes `AUTH_CRITICAL` and `SYSTEM_FAILURE` are critical; `AUTH_002`, `AUTH_004`,
    /// `SECURITY_VIOLATION`, and a credential or a permission that was refused, are errors; the rest
    /// are warnings.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.catalogue.severity(self.kind, self.code)
    }

    fn text(&self, field: Field) -> &'c str {
        self.catalogue.text(self.kind, self.code, field)
    }
}

/// The severity of a code, where it has one, else that of the kind.
pub(crate) fn severity(kind: Kind, code: Option<&str>) -> Severity {
    match code {
        Some("AUTH_CRITICAL" | "SYSTEM_FAILURE") => Severity::Critical,
        Some("AUTH_002" | "AUTH_004" | "SECURITY_VIOLATION") => Severity::Error,
        Some(_) | None => severity_of(kind),
    }
}

fn severity_of(kind: Kind) -> Severity {
    match kind {
        Kind::InvalidCredentials | Kind::InsufficientPermissions => Severity::Error,
        Kind::MissingCredentials
        | Kind::TokenExpired
        | Kind::ChallengeNonce
        | Kind::ClockSkew
        | Kind::StepUpRequired
        | Kind::RateLimited
        | Kind::QuotaExhausted
        | Kind::Pending
        | Kind::MalformedRequest
        | Kind::ValidationFailed
        | Kind::PayloadTooLarge
        | Kind::NotFound
        | Kind::Gone
        | Kind::Conflict
        | Kind::ServerError
        | Kind::Unavailable
        | Kind::Gateway
        | Kind::Timeout
        | Kind::Dns
        | Kind::Connect
        | Kind::Tls
        | Kind::ConnectionLost
        | Kind::ClientTimeout
        | Kind::CircuitOpen
        | Kind::RetriesExhausted
        | Kind::DeadlineExceeded
        | Kind::LockedOut
        | Kind::OutcomeUnknown
        | Kind::Unknown => Severity::Warning,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r81_a_message_is_as_grave_as_the_entry_of_a_log() {
        for (kind, code, severity) in [
            (Kind::Unknown, Some("AUTH_CRITICAL"), Severity::Critical),
            (Kind::Unknown, Some("SYSTEM_FAILURE"), Severity::Critical),
            (Kind::Unknown, Some("SECURITY_VIOLATION"), Severity::Error),
            (Kind::Unknown, Some("AUTH_002"), Severity::Error),
            (Kind::InsufficientPermissions, None, Severity::Error),
            (Kind::InvalidCredentials, Some("AUTH_001"), Severity::Error),
            (Kind::TokenExpired, Some("AUTH_001"), Severity::Warning),
            (Kind::RateLimited, None, Severity::Warning),
        ] {
            let catalogue = Catalogue::english();

            assert_eq!(catalogue.severity(kind, code), severity, "{kind} {code:?}");
        }
    }
}
