use std::time::SystemTime;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Response};
use readmit_classify::{BODY_LIMIT, Dialect, Evidence, classify, refuses_grpc};
use readmit_error::{Failure, Kind, Origin};

use crate::response_body::{Excerpt, ResponseBody};

/// The head of an answer, and its body as far as it was read.
pub(crate) struct Answered<'a, B> {
    pub(crate) response: Response<ResponseBody<B>>,
    /// Whether it came from an origin that the credential is for.
    pub(crate) trusted: bool,
    /// What is spoken where it came from.
    pub(crate) dialect: Option<&'a Dialect>,
}

impl<B> Answered<'_, B> {
    /// Whether it is a failure, or a success with one in its body as far as its head can tell.
    ///
    /// Nothing is read of any other answer (rule 74).
    pub(crate) fn may_be_failure(&self) -> bool {
        self.is_refusal()
            || refuses_grpc(self.response.headers())
            || self.dialect.is_some_and(Dialect::reads_success)
                && may_hold_failure(self.response.headers())
    }

    /// Returns the failure that it is, and what was read of its body to find out.
    pub(crate) fn failure(
        &self,
        method: &Method,
        received_at: impl FnOnce() -> SystemTime,
        credential_sent: bool,
    ) -> Option<(Failure, Excerpt)> {
        if !self.may_be_failure() {
            return None;
        }
        let excerpt = self.response.body().excerpt(BODY_LIMIT);
        let (status, headers) = (self.response.status(), self.response.headers());
        let evidence = Evidence::answer(method, status, headers, received_at())
            .body(&excerpt.bytes)
            .cut(excerpt.cut)
            .credential_sent(credential_sent);
        let failure = match self.dialect {
            Some(dialect) => classify(&evidence.dialect(dialect)),
            None => classify(&evidence),
        };
        let origin = Origin::Answer { status: status.as_u16() };
        let unknown = || Failure::builder(Kind::Unknown, origin).build();
        let failure = failure.or_else(|| self.is_refusal().then(unknown))?;
        Some((failure, excerpt))
    }

    fn is_refusal(&self) -> bool {
        400 <= self.response.status().as_u16()
    }
}

/// Whether a body of this type may be a document that tells of a failure: JSON or XML, by the
/// families that the MIME Sniffing Standard names so, or a form, as OAuth endpoints answer.
///
/// Any other may be a stream that nobody must wait for.
fn may_hold_failure(headers: &HeaderMap) -> bool {
    let Some(media_type) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = media_type.split_once(';').map_or(media_type, |(essence, _)| essence).trim();
    let is = |name: &&str| essence.eq_ignore_ascii_case(name);
    let suffix = essence.rsplit_once('+').map(|(_, suffix)| suffix);
    let ends = |name: &&str| suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(name));
    DOCUMENTS.iter().any(is) || SUFFIXES.iter().any(ends)
}

const DOCUMENTS: [&str; 5] = [
    "application/json",
    "text/json",
    "application/xml",
    "text/xml",
    "application/x-www-form-urlencoded",
];

const SUFFIXES: [&str; 2] = ["json", "xml"];

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn r74_only_a_document_is_read_for_a_failure() {
        for document in [
            "application/json",
            "application/json; charset=utf-8",
            " Application/JSON ;charset=utf-8",
            "text/json",
            "application/graphql-response+json",
            "application/problem+XML",
            "text/xml",
            "application/xml;charset=utf-8",
            "application/x-www-form-urlencoded",
        ] {
            assert!(may_hold_failure(&of_type(document)), "{document}");
        }
        for other in [
            "",
            "text/event-stream",
            "application/x-ndjson",
            "application/json-seq",
            "application/octet-stream",
            "application/grpc+proto",
            "text/plain; charset=application/json",
            "text/html",
        ] {
            assert!(!may_hold_failure(&of_type(other)), "{other}");
        }
        assert!(!may_hold_failure(&HeaderMap::new()));
    }

    fn of_type(media_type: &str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_str(media_type).unwrap())])
    }
}
