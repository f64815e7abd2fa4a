//! What answers in place of the API: a proxy, a portal, a filter.

use http::StatusCode;
use readmit_error::Failure;

use super::answer::Answer;

/// What somebody on the way wants, and what to do about it. It is always the caller's move.
pub(super) struct Bystander {
    pub(super) meaning: &'static str,
    pub(super) next: &'static str,
}

/// Says it of the statuses that nobody but somebody on the way sends.
pub(super) fn bystander(status: StatusCode) -> Option<Bystander> {
    match status {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Some(Bystander {
            meaning: "The proxy on the way wants a credential of its own; the API has not seen \
                      the request.",
            next: "give the proxy its credential; the one of the API is not in question",
        }),
        StatusCode::NETWORK_AUTHENTICATION_REQUIRED => Some(Bystander {
            meaning: "The network on the way wants somebody to sign in; the API has not seen the \
                      request.",
            next: "sign in to the network in a browser, then send the request again",
        }),
        _ => None,
    }
}

/// Whether this is the answer of a proxy to `CONNECT`, before that of the API.
pub(super) fn is_tunnel(answer: &Answer) -> bool {
    answer.status == StatusCode::OK
        && answer.body.is_empty()
        && answer.reason.eq_ignore_ascii_case("connection established")
}

/// Doubts that the API has said what nothing but a status says, in a page.
pub(super) fn doubt(answer: &Answer, failure: &Failure) -> Option<String> {
    let by_status = failure.because().starts_with("status ");
    let in_place = bystander(answer.status).is_some();
    (by_status && !in_place && is_page(answer)).then(|| PAGE.to_owned())
}

/// Whether the body is a page, made for a browser.
pub(super) fn is_page(answer: &Answer) -> bool {
    let body = answer.body.trim_ascii_start();
    let begins = |tag: &str| {
        body.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    };
    let media_type = answer.header("content-type").unwrap_or_default();
    let declared = media_type.get(..9).is_some_and(|it| it.eq_ignore_ascii_case("text/html"));
    declared || begins("<!doctype html") || begins("<html")
}

/// Whether something is broken, where somebody on the way wants something.
pub(super) const ENFORCED: &str =
    "enforcement: nothing is broken, something on the way lets through only whom it knows";
pub(super) const PAGE: &str =
    "the body is a page: a portal, a filter or a proxy may have answered in place of the API";

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::super::options::Context;
    use super::*;

    #[test]
    fn r36_what_a_proxy_wants_is_not_asked_of_the_api() {
        for (status, word) in [(407, "proxy"), (511, "network")] {
            let told = bystander(StatusCode::from_u16(status).unwrap()).unwrap();

            assert!(told.meaning.contains(word) && told.next.contains(word), "{status}");
        }
        assert!(bystander(StatusCode::UNAUTHORIZED).is_none());
    }

    #[test]
    fn a_page_that_says_no_more_than_its_status_is_doubted() {
        for (body, doubted) in [
            ("<!DOCTYPE HTML><title>Web Filter Violation</title>", true),
            ("<html><title>403</title></html>", true),
            ("<html><h1>Your access token has expired</h1></html>", false),
            ("{\"message\": \"no\"}", false),
            ("<Error><Message>no</Message></Error>", false),
        ] {
            let mut answer = Answer::new(StatusCode::FORBIDDEN, SystemTime::UNIX_EPOCH);
            answer.body = body.as_bytes().to_vec();

            let failure = answer.failure(&Context::default()).unwrap();

            assert_eq!(doubt(&answer, &failure).is_some(), doubted, "{body}");
        }
    }

    #[test]
    fn a_tunnel_is_no_success_of_the_api() {
        let mut answer = Answer::new(StatusCode::OK, SystemTime::UNIX_EPOCH);
        assert!(!is_tunnel(&answer));

        answer.reason = "Connection Established".to_owned();

        assert!(is_tunnel(&answer));
    }
}
