use http::HeaderMap;
use http::header::{AGE, DATE};
use readmit_recovery::{Dated, Now};

/// Reads what an answer tells of its server's clock (rule 51); `None` without a date.
pub(crate) fn dated(sent: Now, received: Now, headers: &HeaderMap) -> Option<Dated> {
    let date = headers.get(DATE)?.to_str().ok()?;
    let dated = Dated::new(sent, received, httpdate::parse_http_date(date).ok()?);
    Some(if headers.contains_key(AGE) { dated.from_cache() } else { dated })
}
