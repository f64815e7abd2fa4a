use crate::eights;
use crate::lookup::{Lookup, join};

/// What a member is by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// A code proper: it may be a number.
    Code,
    /// The time by the server's clock.
    CurrentTime,
    /// What was denied, which is read apart.
    Denied,
    /// When the token expires, or expired.
    ExpiresAt,
    /// The name of a part of the request.
    Field,
    /// A container with more of these, or a word, or a sentence.
    Group,
    /// A code, if it is made of well-known words, and otherwise an id of no meaning.
    Identity,
    /// The sentence, in an object that has the name of a sentence.
    Inner,
    /// A word for the family, or the name of a status.
    Family,
    RequestId,
    /// Whether a later try may succeed, as the server sees it.
    Retryable,
    /// A wait, in seconds unless it says otherwise.
    Wait,
    /// A wait in milliseconds.
    WaitMillis,
    Text,
}

impl Role {
    /// Looks a name up, however it is written: `errorCode`, `error_code` and `ErrorCode` are one.
    pub(crate) fn of(name: &str) -> Option<Role> {
        let known = ROLES.get(name.as_bytes());
        if known.is_some() || eights::are_alphanumeric(name.as_bytes()) {
            return known;
        }
        let (joined, length) = join(name.as_bytes());
        ROLES.get(joined.get(..length)?)
    }

    /// Whether the members of an object of this name are the error's.
    pub(crate) fn holds_more(self) -> bool {
        match self {
            Role::Code | Role::Family | Role::Group | Role::Text => true,
            Role::CurrentTime
            | Role::Denied
            | Role::ExpiresAt
            | Role::Field
            | Role::Identity
            | Role::Inner
            | Role::RequestId
            | Role::Retryable
            | Role::Wait
            | Role::WaitMillis => false,
        }
    }
}

#[rustfmt::skip]
static ROLES: Lookup<Role, 512> = {
    use Role as R;
    Lookup::in_both_cases(&[
        ("api_exception", R::Group),
        ("backoff_seconds", R::Wait),
        ("can_retry", R::Retryable),
        ("cause", R::Group),
        ("code", R::Code),
        ("content", R::Inner),
        ("correlation_id", R::RequestId),
        ("current_time", R::CurrentTime),
        ("data", R::Group),
        ("default_message", R::Text),
        ("desc", R::Text),
        ("description", R::Text),
        ("detail", R::Group),
        ("detailed_message", R::Text),
        ("details", R::Group),
        ("ecode", R::Code),
        ("err", R::Text),
        ("err_code", R::Family),
        ("err_msg", R::Text),
        ("errno", R::Code),
        ("error", R::Group),
        ("error_class", R::Family),
        ("error_code", R::Code),
        ("error_code_name", R::Family),
        ("error_description", R::Text),
        ("error_id", R::Identity),
        ("error_message", R::Text),
        ("error_messages", R::Group),
        ("error_msg", R::Text),
        ("error_name", R::Family),
        ("error_response", R::Group),
        ("error_slug", R::Family),
        ("error_status", R::Family),
        ("error_summary", R::Text),
        ("error_text", R::Text),
        ("error_type", R::Family),
        ("errors", R::Group),
        ("estimated_time", R::Wait),
        ("exception", R::Group),
        ("exception_code", R::Family),
        ("explanation", R::Text),
        ("extensions", R::Group),
        ("fault", R::Group),
        ("fault_code", R::Family),
        ("fault_string", R::Text),
        ("field", R::Field),
        ("fields", R::Field),
        ("id", R::Identity),
        ("identifier", R::Identity),
        ("inner_error", R::Group),
        ("is_retryable", R::Retryable),
        ("is_transient", R::Retryable),
        ("message", R::Text),
        ("messages", R::Group),
        ("meta", R::Group),
        ("msg", R::Text),
        ("name", R::Family),
        ("oauth_problem", R::Family),
        ("oauth_problem_advice", R::Text),
        ("odata_error", R::Group),
        ("org_id", R::Denied),
        ("organization", R::Denied),
        ("organization_id", R::Denied),
        ("param", R::Field),
        ("parameters", R::Group),
        ("permission", R::Denied),
        ("permissions", R::Denied),
        ("pointer", R::Field),
        ("problem", R::Group),
        ("reason", R::Family),
        ("reason_code", R::Family),
        ("request_id", R::RequestId),
        ("required_permission", R::Denied),
        ("required_permissions", R::Denied),
        ("required_role", R::Denied),
        ("required_scope", R::Denied),
        ("required_scopes", R::Denied),
        ("resource", R::Denied),
        ("resource_id", R::Denied),
        ("response", R::Group),
        ("result", R::Group),
        ("result_code", R::Family),
        ("retry_after", R::Wait),
        ("retry_after_ms", R::WaitMillis),
        ("retry_after_seconds", R::Wait),
        ("retry_delay", R::Wait),
        ("retryable", R::Retryable),
        ("role", R::Denied),
        ("root_cause", R::Group),
        ("scope", R::Denied),
        ("scopes", R::Denied),
        ("slug", R::Identity),
        ("source", R::Group),
        ("status", R::Family),
        ("status_message", R::Text),
        ("status_text", R::Text),
        ("sub_code", R::Code),
        ("sys", R::Group),
        ("tag", R::Family),
        ("text", R::Inner),
        ("title", R::Family),
        ("token_expires_at", R::ExpiresAt),
        ("trace_id", R::RequestId),
        ("type", R::Family),
        ("user_message", R::Text),
        ("value", R::Inner),
        ("wait_seconds", R::Wait),
    ])
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r78_one_name_in_many_spellings_is_one() {
        for name in ["errorCode", "error_code", "ErrorCode", "ERROR-CODE", "errorcode"] {
            assert_eq!(Role::of(name), Some(Role::Code), "{name}");
        }
        for name in ["", "_", "password", "codes", "a_name_that_is_longer_than_any_of_these"] {
            assert_eq!(Role::of(name), None, "{name}");
        }
    }
}
