//! gRPC, where a call that is refused at once says so in the header of a 200: a *Trailers-Only*
//! answer of gRPC over HTTP/2.

use http::{HeaderMap, HeaderName, StatusCode};
use readmit_error::{Failure, Origin};

use crate::Evidence;

/// Returns whether an answer is a gRPC call that was refused at once, whatever its status says.
///
/// A refusal that comes after an answer has begun is in the trailers, which nobody has read by then.
///
/// # Example
///
/// ```
/// use http::{HeaderMap, HeaderName, HeaderValue};
/// use readmit_classify::refuses_grpc;
///
/// let status = HeaderName::from_static("grpc-status");
/// let unauthenticated = HeaderMap::from_iter([(status, HeaderValue::from_static("16"))]);
/// assert!(refuses_grpc(&unauthenticated));
/// assert!(!refuses_grpc(&HeaderMap::new()));
/// ```
#[must_use]
pub fn refuses_grpc(headers: &HeaderMap) -> bool {
    headers.get(STATUS).is_some_and(|status| status.as_bytes() != b"0")
}

/// Judges a refusal as the HTTP answer that `google/rpc/code.proto` likens its code to, with the
/// message in the place of the body.
pub(crate) fn judge(
    evidence: &Evidence<'_>,
    judge: impl FnOnce(&Evidence<'_>) -> Option<Failure>,
) -> Option<Failure> {
    let number = evidence.headers().get(STATUS).and_then(|status| status.to_str().ok());
    let known = CODES.iter().find(|(code, ..)| number == Some(code));
    // A number that nobody knows stands for the code that is called so.
    let (_, name, status) = known.unwrap_or(&("2", "UNKNOWN", StatusCode::INTERNAL_SERVER_ERROR));
    let message = evidence.headers().get(MESSAGE).map(|it| decode(it.as_bytes()));
    let message = message.unwrap_or_default();
    let failure = judge(&evidence.likened_to(*status, message.as_bytes()))?;
    let origin = Origin::Answer { status: evidence.status().as_u16() };
    let builder = Failure::builder(failure.kind(), origin)
        .answer_of(&failure)
        .code(name)
        .because(format_args!("grpc-status {name}"))
        .timestamp(evidence.received_at())
        .replay(failure.replay());
    let builder = if message.is_empty() { builder } else { builder.description(message) };
    let builder = failure.retry_after().into_iter().fold(builder, |it, hint| it.retry_after(hint));
    Some(builder.build())
}

/// Undoes the percent-encoding; what is none stands for itself.
fn decode(message: &[u8]) -> String {
    let mut decoded = Vec::with_capacity(message.len());
    let mut rest = message;
    while let Some((&byte, behind)) = rest.split_first() {
        let hex = behind.get(..2).filter(|_| byte == b'%').and_then(|hex| str::from_utf8(hex).ok());
        let (byte, behind) = match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => (byte, behind.get(2..).unwrap_or_default()),
            None => (byte, behind),
        };
        decoded.push(byte);
        rest = behind;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

const STATUS: HeaderName = HeaderName::from_static("grpc-status");

const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// `google/rpc/code.proto`: the number, the name, and the status of HTTP that it is likened to.
const CODES: [(&str, &str, StatusCode); 16] = [
    // HTTP has no status for a call that was cancelled; the nearest is one that ran out of time.
    ("1", "CANCELLED", StatusCode::REQUEST_TIMEOUT),
    ("2", "UNKNOWN", StatusCode::INTERNAL_SERVER_ERROR),
    ("3", "INVALID_ARGUMENT", StatusCode::BAD_REQUEST),
    ("4", "DEADLINE_EXCEEDED", StatusCode::GATEWAY_TIMEOUT),
    ("5", "NOT_FOUND", StatusCode::NOT_FOUND),
    ("6", "ALREADY_EXISTS", StatusCode::CONFLICT),
    ("7", "PERMISSION_DENIED", StatusCode::FORBIDDEN),
    ("8", "RESOURCE_EXHAUSTED", StatusCode::TOO_MANY_REQUESTS),
    ("9", "FAILED_PRECONDITION", StatusCode::BAD_REQUEST),
    ("10", "ABORTED", StatusCode::CONFLICT),
    ("11", "OUT_OF_RANGE", StatusCode::BAD_REQUEST),
    ("12", "UNIMPLEMENTED", StatusCode::NOT_IMPLEMENTED),
    ("13", "INTERNAL", StatusCode::INTERNAL_SERVER_ERROR),
    ("14", "UNAVAILABLE", StatusCode::SERVICE_UNAVAILABLE),
    ("15", "DATA_LOSS", StatusCode::INTERNAL_SERVER_ERROR),
    ("16", "UNAUTHENTICATED", StatusCode::UNAUTHORIZED),
];

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use http::{HeaderValue, Method};
    use readmit_error::{Kind, Replay};

    use super::*;
    use crate::classify;

    #[test]
    fn a_call_that_is_refused_at_once_is_a_failure_under_a_200() {
        let expired = refusal("16", "the access token has expired");
        let denied = refusal("7", "caller does not have permission");

        assert_eq!((expired.kind(), expired.status()), (Kind::TokenExpired, Some(200)));
        assert_eq!(expired.code(), Some("UNAUTHENTICATED"));
        assert_eq!(expired.because(), "grpc-status UNAUTHENTICATED");
        assert_eq!(expired.replay(), Replay::NotProcessed);
        assert_eq!(denied.kind(), Kind::InsufficientPermissions);
        assert_eq!(denied.description(), Some("caller does not have permission"));
    }

    #[test]
    fn each_code_has_the_kind_of_the_status_that_it_is_likened_to() {
        for (code, kind) in [
            ("3", Kind::MalformedRequest),
            ("4", Kind::Timeout),
            ("5", Kind::NotFound),
            ("6", Kind::Conflict),
            ("8", Kind::RateLimited),
            ("13", Kind::ServerError),
            ("14", Kind::Unavailable),
            ("16", Kind::InvalidCredentials),
            ("99", Kind::ServerError),
        ] {
            assert_eq!(refusal(code, "").kind(), kind, "{code}");
        }
        assert_eq!(refusal("14", "").replay(), Replay::PossiblyProcessed);
    }

    #[test]
    fn a_call_that_went_well_is_no_failure() {
        let fine = headers("0", "");
        let answer = Evidence::answer(&Method::POST, StatusCode::OK, &fine, SystemTime::UNIX_EPOCH);

        assert!(classify(&answer).is_none());
        assert!(!refuses_grpc(&fine));
    }

    #[test]
    fn a_message_is_decoded_as_far_as_it_is_encoded() {
        assert_eq!(decode(b"caf%C3%A9 100% %zz %"), "caf\u{e9} 100% %zz %");
    }

    fn refusal(code: &'static str, message: &'static str) -> Failure {
        let headers = headers(code, message);
        let answer =
            Evidence::answer(&Method::POST, StatusCode::OK, &headers, SystemTime::UNIX_EPOCH);
        classify(&answer.credential_sent(true)).unwrap()
    }

    fn headers(code: &'static str, message: &'static str) -> HeaderMap {
        let said = [(STATUS, code), (MESSAGE, message)];
        HeaderMap::from_iter(said.map(|(name, said)| (name, HeaderValue::from_static(said))))
    }
}
