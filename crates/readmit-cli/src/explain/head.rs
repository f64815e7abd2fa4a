//! Answers as they travel, and as `curl -i` prints them: status line, header, blank line, body.

use std::time::SystemTime;

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::answer::Answer;
use super::body;

/// Takes the answers in a text, one after the other, each when it is asked for.
///
/// What stands before the first status line is passed over.
pub(crate) fn answers(text: &[u8], received_at: SystemTime) -> impl Iterator<Item = Answer> {
    let mut rest = first_status_line(text).map_or(&[][..], |at| &text[at..]);
    std::iter::from_fn(move || {
        let (mut answer, after) = read_head(rest, received_at)?;
        let (body, next) = split_body(&answer, after);
        body::put(&mut answer, body);
        rest = next;
        Some(answer)
    })
}

/// Returns where the first line stands that begins an answer.
pub(crate) fn first_status_line(text: &[u8]) -> Option<usize> {
    if begins_answer(text) {
        return Some(0);
    }
    let mut from = 0;
    while let Some(end) = text[from..].iter().position(|byte| *byte == b'\n') {
        from += end + 1;
        if begins_answer(&text[from..]) {
            return Some(from);
        }
    }
    None
}

/// Reads a status line: `HTTP/1.1 401 Unauthorized`, or `HTTP/2 401`.
fn status_line(line: &[u8]) -> Option<(StatusCode, String)> {
    let rest = line.strip_prefix(b"HTTP/")?;
    let version = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let rest = rest.get(version..)?.trim_ascii_start();
    let (code, reason) = rest.split_at_checked(3)?;
    let ends = reason.first().is_none_or(u8::is_ascii_whitespace);
    if version == 0 || !ends || !code.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let reason = String::from_utf8_lossy(reason.trim_ascii()).into_owned();
    Some((StatusCode::from_bytes(code).ok()?, reason))
}

/// Whether an answer begins here. A status line alone does not make one: a body may quote it.
fn begins_answer(text: &[u8]) -> bool {
    if !text.starts_with(b"HTTP/") {
        return false;
    }
    let (first, rest) = line(text);
    let (second, _) = line(rest);
    status_line(first).is_some() && (second.is_empty() || field(second).is_some())
}

/// Splits off a line; its end is CR LF or LF.
fn line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
    let (line, rest) = text.split_at(end);
    (line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..).unwrap_or_default())
}

fn field(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(colon);
    let name = HeaderName::from_bytes(name.trim_ascii()).ok()?;
    Some((name, value_of(value.get(1..)?.trim_ascii())))
}

/// What acts on a terminal has no place in a value, and is left out of it.
fn value_of(bytes: &[u8]) -> HeaderValue {
    HeaderValue::from_bytes(bytes).unwrap_or_else(|_| {
        let kept = bytes.iter().copied().filter(|byte| !byte.is_ascii_control());
        HeaderValue::from_bytes(&kept.collect::<Vec<_>>())
            .unwrap_or_else(|_| HeaderValue::from_static(""))
    })
}

fn read_head(text: &[u8], received_at: SystemTime) -> Option<(Answer, &[u8])> {
    let (first, mut rest) = line(text);
    let (status, reason) = status_line(first)?;
    let mut answer = Answer::new(status, received_at);
    answer.reason = reason;
    let mut unread = 0_usize;
    let mut last = None;
    while !rest.is_empty() && !begins_answer(rest) {
        let (next, after) = line(rest);
        rest = after;
        if next.is_empty() {
            break;
        }
        let folded = next.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        match (folded, field(next)) {
            (true, _) => unfold(&mut answer.headers, last.as_ref(), next),
            (false, Some((name, value))) => {
                last = Some(name.clone());
                unread += usize::from(answer.headers.try_append(name, value).is_err());
            }
            (false, None) => unread += 1,
        }
    }
    if 0 < unread {
        answer.notes.push(format!("{unread} lines of the head are no headers, and were left out"));
    }
    Some((answer, rest))
}

/// Adds a line to the value of the field before it (RFC 9112 section 5.2).
fn unfold(headers: &mut HeaderMap, last: Option<&HeaderName>, line: &[u8]) {
    let Some(value) = last.and_then(|name| headers.get_mut(name)) else { return };
    *value = value_of(&[value.as_bytes(), b" ", line.trim_ascii()].concat());
}

/// Parts the body of an answer from the answer that follows it.
///
/// The length that the head promises counts where it fits; where text was converted or unpacked on
/// its way here it does not, and then the next status line ends the body.
fn split_body<'a>(answer: &Answer, after: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let bodiless = answer.status.is_informational()
        || matches!(answer.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if (bodiless && first_status_line(after).is_some()) || begins_answer(after) {
        let next = first_status_line(after).unwrap_or(after.len());
        return (&[], &after[next..]);
    }
    if let Some((body, rest)) = promised(answer).and_then(|length| after.split_at_checked(length)) {
        let rest = rest.trim_ascii_start();
        if rest.is_empty() || begins_answer(rest) {
            return (body, rest);
        }
    }
    after.split_at(first_status_line(after).unwrap_or(after.len()))
}

/// Returns the length that the head promises; that of what is compressed is not that of the body.
pub(crate) fn promised(answer: &Answer) -> Option<usize> {
    let compressed = answer.headers.contains_key(CONTENT_ENCODING);
    let length = answer.header(CONTENT_LENGTH.as_str())?;
    length.parse().ok().filter(|_| !compressed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines_are_of_any_version() {
        for (text, status, reason) in [
            ("HTTP/1.1 401 Unauthorized", 401, "Unauthorized"),
            ("HTTP/2 429 ", 429, ""),
            ("HTTP/3 200", 200, ""),
            ("HTTP/1.0 999 x", 999, "x"),
        ] {
            let (told, because) = status_line(text.as_bytes()).unwrap();

            assert_eq!((told.as_u16(), because.as_str()), (status, reason), "{text}");
        }
        for text in ["HTTP/1.1 4010", "HTTP/1.1", "HTTP/ 401", "http/1.1 401", "HTTP/2 000", ""] {
            assert!(status_line(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn ends_of_lines_may_be_mixed() {
        let [answer] = &read("HTTP/1.1 401 No\nA: 1\r\nB: 2\n\r\nbody\r\nmore\n")[..] else {
            panic!("one answer")
        };

        assert_eq!((&answer.headers["a"], &answer.headers["b"]), (&h("1"), &h("2")));
        assert_eq!(answer.body, b"body\r\nmore\n");
    }

    #[test]
    fn hops_are_answers_of_their_own() {
        let hops = "HTTP/1.1 200 Connection established\r\n\r\n\
                    HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 5\r\n\r\n\
                    HTTP/1.1 100 Continue\r\n\r\n\
                    HTTP/2 403 \r\ncontent-length: 4\r\n\r\nnope\n\
                    HTTP/2 204\r\n\r\n";

        let statuses: Vec<_> = read(hops).iter().map(|answer| answer.status.as_u16()).collect();

        assert_eq!(statuses, [200, 301, 100, 403, 204]);
        assert_eq!(read(hops)[3].body, b"nope");
    }

    #[test]
    fn a_body_may_quote_a_status_line() {
        let quoted = "HTTP/1.1 502 Bad\n\nupstream said\nHTTP/1.1 401 No\nand went\n";
        let length = "HTTP/1.1 502 Bad\nContent-Length: 25\n\nsee:\nHTTP/1.1 401 No\nA: b";

        assert_eq!(read(quoted).len(), 1);
        assert_eq!(read(length).len(), 1);
        assert_eq!(read(length)[0].body.len(), 25);
    }

    #[test]
    fn what_stands_before_the_first_answer_is_passed_over() {
        assert_eq!(read("$ curl -si x\n\nHTTP/1.1 404 Not Found\n\n").len(), 1);
        assert_eq!(read("nothing\n").len(), 0);
        assert_eq!(read("").len(), 0);
    }

    #[test]
    fn lines_that_are_no_headers_are_counted() {
        let [answer] = &read("HTTP/1.1 401 No\nA: \u{1b}[31m1\nwhat\nB: 2\n  3\n\n")[..] else {
            panic!("one answer")
        };

        assert_eq!((&answer.headers["a"], &answer.headers["b"]), (&h("[31m1"), &h("2 3")));
        assert_eq!(answer.notes.len(), 1);
    }

    #[test]
    fn more_headers_than_fit_are_no_panic() {
        let many: String = (0..40_000).map(|number| format!("x-{number}: 1\n")).collect();

        let answers = read(&format!("HTTP/1.1 401 No\n{many}\n"));

        assert!(answers[0].notes[0].contains("no headers"), "{:?}", answers[0].notes);
    }

    fn read(text: &str) -> Vec<Answer> {
        answers(text.as_bytes(), SystemTime::UNIX_EPOCH).collect()
    }

    fn h(value: &'static str) -> HeaderValue {
        HeaderValue::from_static(value)
    }
}
