//! HAR files (HTTP Archive 1.2), as the tools of browsers export them.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use readmit_classify::BODY_LIMIT;
use readmit_error::{Stage, Transport, neutralise, rfc3339};
use serde::Deserialize;
use url::Url;

use super::answer::{Answer, Subject};
use super::curl::is_credential;
use super::input::Subjects;

/// Takes the answers out of a HAR file; `None` where it is none.
pub(super) fn subjects(text: &[u8], now: SystemTime) -> Option<Subjects<'_>> {
    let har: Har = serde_json::from_slice(text).ok()?;
    Some(Subjects::of(har.log.entries.into_iter().map(move |entry| entry.subject(now))))
}

#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "startedDateTime")]
    started: Option<String>,
    /// Milliseconds.
    time: Option<f64>,
    request: Request,
    response: Response,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
}

#[derive(Deserialize)]
struct Response {
    /// 0 where no answer came.
    status: i64,
    #[serde(default, rename = "statusText")]
    reason: String,
    #[serde(default)]
    headers: Vec<Header>,
    #[serde(default)]
    content: Content,
    /// Why no answer came, as Chromium calls it.
    #[serde(rename = "_error")]
    error: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
struct Content {
    text: Option<String>,
    encoding: Option<String>,
}

impl Entry {
    fn subject(self, now: SystemTime) -> Subject {
        let at = self.received_at().unwrap_or(now);
        let request = Some(self.request.shown());
        let status = u16::try_from(self.response.status).ok();
        let Some(status) = status.and_then(|status| StatusCode::from_u16(status).ok()) else {
            let transport = transport_of(self.response.error.as_deref().unwrap_or_default());
            return Subject::Broken { request, transport, at };
        };
        let (body, cut) = self.response.content.bytes();
        Subject::Answer(Box::new(Answer {
            request,
            method: self.request.method.parse().ok(),
            host: self.request.host(),
            credential_sent: Some(self.request.headers.iter().any(|it| is_credential(&it.name))),
            reason: self.response.reason,
            headers: headers(&self.response.headers),
            body,
            cut,
            ..Answer::new(status, at)
        }))
    }

    fn received_at(&self) -> Option<SystemTime> {
        let started = rfc3339::parse(self.started.as_deref()?)?;
        let took = self.time.map(|millis| millis / 1_000.0);
        let took = took.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        started.checked_add(took.unwrap_or_default())
    }
}

impl Request {
    fn host(&self) -> Option<String> {
        Url::parse(&self.url).ok()?.host_str().map(str::to_owned)
    }

    /// The method and the address, without what may be secret in it.
    fn shown(&self) -> String {
        let address = self.url.split(['?', '#']).next().unwrap_or_default();
        let address = match address.split_once("://") {
            Some((_, rest)) => rest.rsplit_once('@').map_or(rest, |(_, rest)| rest),
            None => address,
        };
        neutralise(&format!("{} {address}", self.method), SHOWN)
    }
}

impl Content {
    /// Returns as much as is looked at, and whether there is more.
    fn bytes(self) -> (Vec<u8>, bool) {
        let text = self.text.unwrap_or_default();
        let is_base64 = self.encoding.is_some_and(|name| name.eq_ignore_ascii_case("base64"));
        let mut bytes = match STANDARD.decode(&text) {
            Ok(bytes) if is_base64 => bytes,
            Ok(_) | Err(_) => text.into_bytes(),
        };
        let cut = BODY_LIMIT < bytes.len();
        bytes.truncate(BODY_LIMIT);
        (bytes, cut)
    }
}

fn headers(list: &[Header]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for Header { name, value } in list {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            // What does not fit any more is left out.
            let _ = headers.try_append(name, value);
        }
    }
    headers
}

/// How far a call came, by the names of Chromium's network errors; by default it was sent.
fn transport_of(error: &str) -> Transport {
    let name = error.strip_prefix("net::").unwrap_or(error);
    let is = |marks: &[&str]| marks.iter().any(|mark| name.starts_with(mark));
    let stage = match () {
        () if is(&["ERR_NAME_", "ERR_DNS_"]) => Stage::Dns,
        () if is(&["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_TIMED_OUT", "ERR_ADDRESS_"]) => {
            Stage::Connect
        }
        () if is(&["ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_FAILED"]) => Stage::Connect,
        () if is(&["ERR_CERT_", "ERR_SSL_", "ERR_BAD_SSL_"]) => Stage::Tls,
        () => Stage::Sent,
    };
    Transport { stage, timed_out: name.ends_with("TIMED_OUT") }
}

/// Characters of a request that are shown.
const SHOWN: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_tells_the_request_and_the_answer() {
        let har = br#"{"log": {"version": "1.2", "entries": [{
            "startedDateTime": "2024-01-15T10:30:00.000Z", "time": 1500,
            "request": {"method": "POST", "url": "https://u:p@api.example.com/a?key=s3cret",
                "headers": [{"name": "Authorization", "value": "Bearer s3cret"}]},
            "response": {"status": 401, "statusText": "Unauthorized",
                "headers": [{"name": "a b", "value": "no header"}, {"name": "X-A", "value": "1"}],
                "content": {"text": "eyJhIjoxfQ==", "encoding": "base64"}}}]}}"#;

        let found: Vec<_> = subjects(har, SystemTime::UNIX_EPOCH).unwrap().collect();

        let [Subject::Answer(answer)] = &found[..] else { panic!("one answer") };
        assert_eq!(answer.request.as_deref(), Some("POST api.example.com/a"));
        assert_eq!(answer.credential_sent, Some(true));
        assert_eq!(answer.host.as_deref(), Some("api.example.com"));
        assert_eq!(answer.header("x-a"), Some("1"));
        assert_eq!(answer.body, br#"{"a":1}"#);
        assert_eq!(rfc3339::format(answer.received_at), "2024-01-15T10:30:01.5Z");
    }

    #[test]
    fn an_entry_without_an_answer_says_how_far_the_call_came() {
        for (error, stage, timed_out) in [
            ("net::ERR_NAME_NOT_RESOLVED", Stage::Dns, false),
            ("net::ERR_CONNECTION_TIMED_OUT", Stage::Connect, true),
            ("net::ERR_CERT_DATE_INVALID", Stage::Tls, false),
            ("net::ERR_CONNECTION_RESET", Stage::Sent, false),
            ("", Stage::Sent, false),
        ] {
            assert_eq!(transport_of(error), Transport { stage, timed_out }, "{error}");
        }
    }

    #[test]
    fn what_is_no_har_is_none() {
        let nested = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        for text in ["{}", r#"{"log": "x"}"#, r#"{"log": {"entries": 1}}"#, &nested] {
            assert!(subjects(text.as_bytes(), SystemTime::UNIX_EPOCH).is_none());
        }
    }
}
