use std::time::SystemTime;

use http::{HeaderMap, Method, StatusCode};
use readmit_classify::{Dialect, Evidence};
use readmit_error::{Category, Failure};

use crate::fields::{headers, split, time};
use crate::told;

/// An answer, such as `401 sent cut 1767225600`, its fields one to a line, an empty line and the
/// body: one failure for one answer, and nothing in it that acts.
///
/// The first line has the status, then in any order `sent` or `bare` for a request that carried a
/// credential or none, `cut` for a body of which there was more, when the answer came, and the name
/// of a dialect.
pub fn classify(data: &[u8]) {
    understand(data, None);
}

/// A body, behind the statuses for which most of it is looked at.
pub fn body(data: &[u8]) {
    let headers = HeaderMap::new();
    for status in [StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS] {
        for cut in [false, true] {
            let evidence = Evidence::answer(&Method::GET, status, &headers, SystemTime::UNIX_EPOCH);
            check(&evidence.body(data).cut(cut), None);
        }
    }
}

/// Classifies an answer, in this dialect or in the one that it names.
pub(crate) fn understand(data: &[u8], mut dialect: Option<&Dialect>) {
    let (head, body) = split(data, b"\n\n");
    let (line, fields) = split(head, b"\n");
    let headers = headers(fields);
    let mut words = line.split(|byte| *byte == b' ');
    let status = words.next().and_then(|word| StatusCode::from_bytes(word).ok());
    let status = status.unwrap_or(StatusCode::UNAUTHORIZED);
    let (mut cut, mut sent, mut at) = (false, None, SystemTime::UNIX_EPOCH);
    for word in words {
        match word {
            b"bare" => sent = Some(false),
            b"cut" => cut = true,
            b"sent" => sent = Some(true),
            [b'0'..=b'9', ..] => at = time(word),
            _ => dialect = dialect.or_else(|| Dialect::named(str::from_utf8(word).ok()?)),
        }
    }
    let evidence = Evidence::answer(&Method::GET, status, &headers, at).body(body).cut(cut);
    let evidence = sent.map_or(evidence, |sent| evidence.credential_sent(sent));
    let evidence = dialect.map_or(evidence, |dialect| evidence.dialect(dialect));
    check(&evidence, dialect);
}

fn check(evidence: &Evidence<'_>, dialect: Option<&Dialect>) {
    let failure = readmit_classify::classify(evidence);
    assert_eq!(failure, readmit_classify::classify(evidence), "one answer");
    let status = evidence.status().as_u16();
    let Some(failure) = failure else {
        return assert!(status < 400, "a failure of status {status} was passed over");
    };
    assert!(400 <= status || dialect.is_some_and(Dialect::reads_success), "{failure:?}");
    judged(&failure, status);
    told::check(&failure);
}

fn judged(failure: &Failure, status: u16) {
    assert_eq!(failure.status(), Some(status));
    assert!(!failure.because().is_empty(), "a reason");
    assert!(!failure.is_retryable() || failure.action().is_automated(), "{failure:?}");
    let category = failure.kind().category();
    assert!(!matches!(category, Category::Local | Category::Network), "{failure:?}");
}
