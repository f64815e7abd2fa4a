//! What curl prints beside an answer: the talk of `-v`, and why there is no answer.

use std::time::SystemTime;

use http::Method;
use readmit_error::{Stage, Transport, neutralise};

use super::answer::{Answer, Subject};
use super::head;
use super::input::Subjects;

/// Whether this is what `curl -v` prints: its lines begin with `*`, `>` and `<`.
pub(super) fn is_verbose(text: &[u8]) -> bool {
    let mut lines = lines(text).take(LOOKED_AT);
    let first = lines.find_map(|line| match line {
        _ if line.starts_with(b"HTTP/") => Some(false),
        _ if line.starts_with(b"< HTTP/") => Some(true),
        _ => None,
    });
    first.unwrap_or(false)
}

/// Takes the answers out of what `curl -v` prints.
pub(super) fn subjects(text: &[u8], now: SystemTime) -> Subjects<'_> {
    let mut request = Request::default();
    let mut parts: Vec<(Request, Vec<u8>)> = Vec::new();
    let mut in_head = false;
    for line in lines(text) {
        if let Some(told) = line.strip_prefix(b"> ") {
            request.hear(told);
        } else if let Some(told) = line.strip_prefix(b"< ").or_else(|| line.strip_prefix(b"<\r")) {
            if told.starts_with(b"HTTP/") {
                parts.push((request.clone(), Vec::new()));
            }
            in_head = !told.trim_ascii().is_empty();
            keep(&mut parts, told);
        } else if !is_remark(line) && !in_head {
            keep(&mut parts, line);
        }
    }
    Subjects::of(parts.into_iter().filter_map(move |(request, text)| {
        let answer = head::answers(&text, now).next()?;
        Some(Subject::Answer(Box::new(request.put(answer))))
    }))
}

/// Reads why there was no answer: `curl: (6) Could not resolve host`.
pub(super) fn broken(text: &[u8], at: SystemTime) -> Option<Subject> {
    let mut numbers = lines(text).filter_map(|line| {
        let rest = line.strip_prefix(b"curl: (")?;
        let end = rest.iter().position(|byte| *byte == b')')?;
        std::str::from_utf8(rest.get(..end)?).ok()?.parse::<u32>().ok()
    });
    let transport = numbers.find_map(transport_of)?;
    Some(Subject::Broken { request: None, transport, at })
}

/// What the exit statuses of curl mean; its manual defines them.
fn transport_of(number: u32) -> Option<Transport> {
    let (stage, timed_out) = match number {
        5 | 6 => (Stage::Dns, false),
        7 | 97 => (Stage::Connect, false),
        35 | 51 | 53 | 54 | 58 | 59 | 60 | 64 | 66 | 77 | 80 | 82 | 83 | 90 | 91 | 98 => {
            (Stage::Tls, false)
        }
        28 => (Stage::Sent, true),
        52 | 55 | 92 | 95 | 96 => (Stage::Sent, false),
        18 | 56 => (Stage::Answering, false),
        _ => return None,
    };
    Some(Transport { stage, timed_out })
}

/// What is known of a request.
#[derive(Clone, Debug, Default)]
struct Request {
    method: Option<Method>,
    path: String,
    host: Option<String>,
    credential_sent: bool,
}

impl Request {
    fn hear(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        let line = line.trim();
        let mut words = line.split(' ');
        if let (Some(method), Some(target), Some(version)) =
            (words.next(), words.next(), words.next())
            && version.starts_with("HTTP/")
        {
            let path = target.split('?').next().unwrap_or(target).to_owned();
            *self = Request { method: method.parse().ok(), path, ..Request::default() };
        }
        let Some((name, value)) = line.split_once(':') else { return };
        if name.eq_ignore_ascii_case("host") {
            self.host = Some(value.trim().to_owned());
        }
        self.credential_sent |= is_credential(name);
    }

    fn put(self, answer: Answer) -> Answer {
        let host = self.host.as_deref().unwrap_or_default();
        let shown = self.method.as_ref().map(|method| format!("{method} {host}{}", self.path));
        Answer {
            request: shown.map(|shown| neutralise(&shown, SHOWN)),
            credential_sent: self.method.is_some().then_some(self.credential_sent),
            method: self.method,
            host: self.host,
            ..answer
        }
    }
}

/// Whether a header of this name carries a credential, by what most APIs call it.
pub(super) fn is_credential(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let marks = ["api-key", "apikey", "auth-token", "access-token"];
    matches!(name.as_str(), "authorization" | "cookie" | "private-token")
        || marks.iter().any(|mark| name.contains(mark))
}

/// Whether curl says this, and not the server.
fn is_remark(line: &[u8]) -> bool {
    [&b"* "[..], b"{ [", b"} [", b"> ", b"  % Total", b"curl: ("]
        .iter()
        .any(|mark| line.starts_with(mark))
}

fn keep(parts: &mut [(Request, Vec<u8>)], line: &[u8]) {
    if let Some((_, text)) = parts.last_mut() {
        text.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            text.push(b'\n');
        }
    }
}

/// The lines of a text, with their ends.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}

/// Lines before the answer that `curl -v` may print, with all the certificates.
const LOOKED_AT: usize = 400;
/// Characters of a request that are shown.
const SHOWN: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_talk_of_curl_tells_the_request_too() {
        let talk = b"*   Trying 1.2.3.4:443...\n> POST /v1/items?key=s3cret HTTP/2\r\n\
            > Host: api.example.com\r\n> authorization: Bearer s3cret\r\n> \r\n\
            * Mark bundle\n< HTTP/2 401 \r\n< content-type: application/json\r\n< \r\n\
            { [54 bytes data]\n{\"error_code\": \"AUTH_003\"}\n* Connection #0 left intact\n";

        assert!(is_verbose(talk));
        let found: Vec<_> = subjects(talk, SystemTime::UNIX_EPOCH).collect();

        let [Subject::Answer(answer)] = &found[..] else { panic!("one answer") };
        assert_eq!(answer.request.as_deref(), Some("POST api.example.com/v1/items"));
        assert_eq!(answer.credential_sent, Some(true));
        assert_eq!(answer.status.as_u16(), 401);
        assert_eq!(answer.body, b"{\"error_code\": \"AUTH_003\"}\n");
    }

    #[test]
    fn an_answer_without_the_talk_is_none_of_it() {
        assert!(!is_verbose(b"HTTP/1.1 200 OK\n\n< HTTP/1.1 401 No\n"));
        assert!(!is_verbose(b"> GET / HTTP/1.1\n"));
    }

    #[test]
    fn r80_the_exit_status_of_curl_says_how_far_the_call_came() {
        let broken = |text: &str| {
            let subject = broken(text.as_bytes(), SystemTime::UNIX_EPOCH)?;
            let Subject::Broken { transport, .. } = subject else { panic!("{text}") };
            Some(transport)
        };

        let dns = broken("curl: (6) Could not resolve host: x.invalid\n");
        assert_eq!(dns, Some(Transport { stage: Stage::Dns, timed_out: false }));
        let timeout = broken("curl: (28) Operation timed out");
        assert_eq!(timeout, Some(Transport { stage: Stage::Sent, timed_out: true }));
        assert_eq!(broken("curl: (2) no URL"), None);
        assert_eq!(broken("a timeout"), None);
    }
}
