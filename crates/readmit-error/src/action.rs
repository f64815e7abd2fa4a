use std::fmt;

use serde::{Deserialize, Serialize};

/// The one next step after a failure.
///
/// # Example
///
/// ```
/// use readmit_error::Action;
///
/// assert_eq!(Action::RefreshToken.as_str(), "refresh_token");
/// assert_eq!(Action::RefreshToken.advice(), "refresh the token and send the request again");
/// assert!(!Action::VerifyPermissions.is_automated());
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "each action is one that readmit knows how to take")]
pub enum Action {
    /// Ask whoever runs the API, with the request id at hand.
    ContactSupport,
    /// Learn how far the clocks are apart, and sign again.
    FixClock,
    /// Obtain a credential from the start: sign in, or exchange the long-lived secret.
    ReAuthenticate,
    /// Send less, or have the allowance raised.
    ReduceLoadOrUpgrade,
    /// Trade the old token for a new one and send the request again.
    RefreshToken,
    /// Put the server's nonce into the proof and send the request again.
    ResendWithNonce,
    /// Send the request again after a pause that grows.
    RetryWithBackoff,
    /// Correct the request.
    ReviewRequest,
    /// Have the user prove themselves again, as the server demands.
    StepUp,
    /// Have somebody grant the permission, or do without the operation.
    VerifyPermissions,
    /// Check the address and whether the caller may see what is there.
    VerifyResource,
    /// Wait as long as the server said, then send the request again.
    WaitAndRetry,
}

impl Action {
    /// Every action, in alphabetical order.
    pub const ALL: [Action; 12] = [
        Action::ContactSupport,
        Action::FixClock,
        Action::ReAuthenticate,
        Action::ReduceLoadOrUpgrade,
        Action::RefreshToken,
        Action::ResendWithNonce,
        Action::RetryWithBackoff,
        Action::ReviewRequest,
        Action::StepUp,
        Action::VerifyPermissions,
        Action::VerifyResource,
        Action::WaitAndRetry,
    ];

    /// Returns the name of the action in snake case, as it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Action::ContactSupport => "contact_support",
            Action::FixClock => "fix_clock",
            Action::ReAuthenticate => "re_authenticate",
            Action::ReduceLoadOrUpgrade => "reduce_load_or_upgrade",
            Action::RefreshToken => "refresh_token",
            Action::ResendWithNonce => "resend_with_nonce",
            Action::RetryWithBackoff => "retry_with_backoff",
            Action::ReviewRequest => "review_request",
            Action::StepUp => "step_up",
            Action::VerifyPermissions => "verify_permissions",
            Action::VerifyResource => "verify_resource",
            Action::WaitAndRetry => "wait_and_retry",
        }
    }

    /// Returns the step as advice to a person: what to do, in the imperative, without a full stop.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Action::ContactSupport => "ask the provider's support, and name the request id",
            Action::FixClock => "set the clock of this machine and send the request again",
            Action::ReAuthenticate => "sign in again, or check the configured credential",
            Action::ReduceLoadOrUpgrade => "send fewer requests, or have the allowance raised",
            Action::RefreshToken => "refresh the token and send the request again",
            Action::ResendWithNonce => "send the request again with the nonce from the answer",
            Action::RetryWithBackoff => "send the request again after a pause",
            Action::ReviewRequest => "correct the request",
            Action::StepUp => "have the user confirm who they are, then send the request again",
            Action::VerifyPermissions => "have an administrator grant the permission",
            Action::VerifyResource => "check the address, and whether it may be seen",
            Action::WaitAndRetry => "wait as long as the server asks, then send the request again",
        }
    }

    /// Returns the word that the documented handler used for this step.
    ///
    /// It knew eight; the steps that it had no word for go by the nearest of those.
    #[must_use]
    pub fn documented(self) -> &'static str {
        match self {
            Action::ContactSupport | Action::ReduceLoadOrUpgrade => "contact_support",
            Action::ReAuthenticate | Action::StepUp => "re_authenticate",
            Action::RefreshToken => "refresh_token",
            Action::FixClock | Action::ResendWithNonce | Action::RetryWithBackoff => "retry_later",
            Action::ReviewRequest => "review_request",
            Action::VerifyPermissions => "verify_permissions",
            Action::VerifyResource => "verify_resource",
            Action::WaitAndRetry => "wait_and_retry",
        }
    }

    /// Returns whether a program can take the step without a person.
    #[must_use]
    pub fn is_automated(self) -> bool {
        match self {
            Action::FixClock
            | Action::RefreshToken
            | Action::ResendWithNonce
            | Action::RetryWithBackoff
            | Action::WaitAndRetry => true,
            Action::ContactSupport
            | Action::ReAuthenticate
            | Action::ReduceLoadOrUpgrade
            | Action::ReviewRequest
            | Action::StepUp
            | Action::VerifyPermissions
            | Action::VerifyResource => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_its_name_in_json() {
        for action in Action::ALL {
            let json = format!("\"{action}\"");

            assert_eq!(serde_json::to_string(&action).unwrap(), json);
            assert_eq!(serde_json::from_str::<Action>(&json).unwrap(), action);
        }
    }

    #[test]
    fn a_server_error_is_retry_later_in_the_documented_words() {
        assert_eq!(crate::Kind::ServerError.action().documented(), "retry_later");
        assert_eq!(crate::Kind::TokenExpired.action().documented(), "refresh_token");
    }
}
