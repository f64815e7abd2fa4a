//! What the server itself says about a later try.

use readmit_error::{Action, Category, FailureBuilder, Kind};

/// Makes the failure say what the server says.
///
/// Of a credential and of a permission the server does not know what the client can do.
pub(crate) fn apply(builder: FailureBuilder, kind: Kind, told: Option<bool>) -> FailureBuilder {
    let about_access =
        matches!(kind.category(), Category::Authentication | Category::Authorization);
    match told {
        Some(_) if about_access => builder,
        Some(true) if kind.action().is_automated() => builder.retryable(true),
        Some(true) => builder.retryable(true).action(Action::RetryWithBackoff),
        Some(false) => builder.retryable(false),
        None => builder,
    }
}

#[cfg(test)]
mod tests {
    use readmit_error::{Failure, Origin};

    use super::*;

    #[test]
    fn what_the_server_says_goes_before_the_kind() {
        let failure = |kind, told| {
            apply(Failure::builder(kind, Origin::Answer { status: 400 }), kind, told).build()
        };

        assert!(failure(Kind::Conflict, Some(true)).is_retryable());
        assert_eq!(failure(Kind::Conflict, Some(true)).action(), Action::RetryWithBackoff);
        assert!(!failure(Kind::ServerError, Some(false)).is_retryable());
        assert!(failure(Kind::ServerError, None).is_retryable());
        assert!(!failure(Kind::InvalidCredentials, Some(true)).is_retryable());
    }
}
