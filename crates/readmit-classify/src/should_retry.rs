//! What the server itself says about a later try.

use http::HeaderMap;
use readmit_error::{Action, Category, FailureBuilder, Kind};

use crate::places::Places;

/// Returns whether the server says that the same request may succeed later.
///
/// The field goes before the body.
pub(crate) fn told(headers: &HeaderMap, places: &Places<'_>) -> Option<bool> {
    let field = FIELDS.iter().find_map(|name| match headers.get(*name)?.as_bytes() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    });
    field.or(places.retryable)
}

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

const FIELDS: [&str; 2] = ["x-should-retry", "stripe-should-retry"];

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use readmit_error::{Failure, Origin};

    use super::*;

    #[test]
    fn the_field_goes_before_the_body() {
        let mut places = Places::default();
        crate::body::walk(r#"{"error": {"is_transient": false}}"#, &mut places);
        let mut headers = HeaderMap::new();
        assert_eq!(told(&headers, &places), Some(false));

        headers.insert("stripe-should-retry", HeaderValue::from_static("perhaps"));
        assert_eq!(told(&headers, &places), Some(false));

        headers.insert("x-should-retry", HeaderValue::from_static("true"));
        assert_eq!(told(&headers, &places), Some(true));
    }

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
