//! The body of an answer, with what was done to it for the way undone.

use http::header::{CONTENT_ENCODING, TRANSFER_ENCODING};
use miniz_oxide::inflate::{
    DecompressError, TINFLStatus, decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit,
};
use readmit_classify::BODY_LIMIT;

use super::answer::Answer;
use super::head::promised;

/// Puts a body into its answer, as much of it as is looked at.
pub(crate) fn put(answer: &mut Answer, body: &[u8]) {
    let short = promised(answer).filter(|length| !body.is_empty() && body.len() < *length);
    if let Some(length) = short {
        answer.notes.push(format!("the body is not whole: {} of {length} bytes came", body.len()));
        answer.cut = true;
    }
    let encoded = |name: &str| answer.header(name).unwrap_or_default().to_ascii_lowercase();
    let chunked = encoded(TRANSFER_ENCODING.as_str()).contains("chunked");
    let encoding = encoded(CONTENT_ENCODING.as_str());
    match chunks(body).filter(|_| chunked) {
        // What compressed 64 KiB unpack to is more than is looked at.
        Some(joined) => unpack(answer, &encoding, &joined),
        None => unpack(answer, &encoding, body),
    }
}

fn unpack(answer: &mut Answer, encoding: &str, body: &[u8]) {
    let unpacked = match encoding {
        // `curl --compressed` has unpacked it, and says so nowhere.
        "gzip" | "x-gzip" if body.starts_with(GZIP) => match gzip_data(body) {
            Some(data) => decompress_to_vec_with_limit(data, BODY_LIMIT),
            None => Ok(Vec::new()),
        },
        "deflate" if body.first().is_some_and(|byte| byte & 0x0f == ZLIB) => {
            decompress_to_vec_zlib_with_limit(body, BODY_LIMIT)
        }
        "br" | "zstd" if std::str::from_utf8(body).is_err() => {
            let note = format!("the body is compressed ({encoding}): run curl with --compressed");
            answer.notes.push(note);
            Ok(Vec::new())
        }
        _ => Ok(body.get(..BODY_LIMIT).unwrap_or(body).to_vec()),
    };
    let (kept, whole) = match unpacked {
        Ok(kept) => (kept, body.len() <= BODY_LIMIT),
        Err(error) => (note_broken(answer, error), false),
    };
    answer.cut |= !whole;
    answer.body = kept;
}

/// Returns what could be unpacked, and notes why it is not all.
fn note_broken(answer: &mut Answer, error: DecompressError) -> Vec<u8> {
    if error.status != TINFLStatus::HasMoreOutput {
        answer.notes.push("the compressed body is cut or broken; what came is read".to_owned());
    }
    error.output
}

/// Returns what lies behind the head of a gzip member (RFC 1952 section 2.3).
fn gzip_data(member: &[u8]) -> Option<&[u8]> {
    let flags = *member.get(3)?;
    let mut rest = member.get(10..)?;
    if flags & EXTRA != 0 {
        let (length, after) = rest.split_at_checked(2)?;
        let length = u16::from_le_bytes(length.try_into().ok()?);
        rest = after.get(usize::from(length)..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    let check = if flags & HEADER_CHECK != 0 { 2 } else { 0 };
    rest.get(check..)
}

/// Joins the chunks of a body (RFC 9112 section 7.1) as far as they go; `None` where it has none,
/// because curl has joined them.
fn chunks(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    let mut is_first = true;
    while let Some((size, rest)) = chunk_size(body) {
        let chunk = rest.get(..size).unwrap_or(rest);
        let room = BODY_LIMIT.saturating_add(1).saturating_sub(joined.len());
        joined.extend_from_slice(chunk.get(..room).unwrap_or(chunk));
        let after = &rest[chunk.len()..];
        let after = after.strip_prefix(b"\r").unwrap_or(after);
        if is_first && !(after.is_empty() || after.starts_with(b"\n")) {
            return None;
        }
        if size == 0 || BODY_LIMIT < joined.len() {
            return Some(joined);
        }
        body = after.strip_prefix(b"\n").unwrap_or(after);
        is_first = false;
    }
    (!is_first).then_some(joined)
}

fn chunk_size(text: &[u8]) -> Option<(usize, &[u8])> {
    let end = text.iter().take(SIZE_LINE).position(|byte| *byte == b'\n')?;
    let line = text.get(..end)?;
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let tail = line.get(digits..)?.trim_ascii();
    let size = std::str::from_utf8(line.get(..digits)?).ok()?;
    let size = usize::from_str_radix(size, 16).ok()?;
    (tail.is_empty() || tail.starts_with(b";")).then(|| (size, &text[end + 1..]))
}

const GZIP: &[u8] = &[0x1f, 0x8b, 8];
/// The method in the first byte of zlib's format (RFC 1950).
const ZLIB: u8 = 8;
const HEADER_CHECK: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
/// Bytes of the line that tells the size of a chunk.
const SIZE_LINE: usize = 256;

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use http::{HeaderValue, StatusCode};
    use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};

    use super::*;

    #[test]
    fn chunks_are_joined_where_they_are_left() {
        let raw =
            put_under("transfer-encoding", "chunked", b"4\r\n{\"a\"\r\n3;x=y\r\n:1}\r\n0\r\n\r\n");
        let joined = put_under("transfer-encoding", "chunked", b"{\"a\":1}");
        let looks_so = put_under("transfer-encoding", "chunked", b"12\nfish in the sea, or more\n");
        let cut = put_under("transfer-encoding", "chunked", b"ffffffffffff\r\n{\"a\"");

        assert_eq!(raw.body, b"{\"a\":1}");
        assert_eq!(joined.body, b"{\"a\":1}");
        assert_eq!(looks_so.body, b"12\nfish in the sea, or more\n");
        assert_eq!(cut.body, b"{\"a\"");
    }

    #[test]
    fn compressed_bodies_are_unpacked() {
        let zipped = put_under("content-encoding", "gzip", &gzip(b"{\"error\": \"x\"}"));
        let deflated =
            put_under("content-encoding", "deflate", &compress_to_vec_zlib(b"{\"a\": 1}", 6));
        let unpacked = put_under("content-encoding", "gzip", b"{\"a\": 1}");

        assert_eq!(zipped.body, b"{\"error\": \"x\"}");
        assert_eq!(deflated.body, b"{\"a\": 1}");
        assert_eq!(unpacked.body, b"{\"a\": 1}");
    }

    #[test]
    fn r75_what_is_cut_or_has_no_end_is_read_to_a_bound() {
        let whole = gzip(&(0..=255).cycle().take(4_000).collect::<Vec<u8>>());
        let cut = put_under("content-encoding", "gzip", &whole[..whole.len() / 2]);
        let bomb = put_under("content-encoding", "gzip", &gzip(&vec![b'a'; 10_000_000]));
        let long = put_under("x", "y", &vec![b'a'; BODY_LIMIT + 1]);

        assert!(cut.cut && cut.notes.len() == 1, "{:?}", cut.notes);
        assert!(bomb.cut && bomb.body.len() <= BODY_LIMIT, "{}", bomb.body.len());
        assert!(long.cut && long.body.len() == BODY_LIMIT);
    }

    #[test]
    fn every_cut_of_a_gzip_head_is_no_panic() {
        let mut member = gzip(b"abc");
        member[3] = EXTRA | NAME | COMMENT | HEADER_CHECK;

        for length in 0..member.len() {
            let answer = put_under("content-encoding", "gzip", &member[..length]);

            assert!(answer.body.len() <= BODY_LIMIT);
        }
    }

    #[test]
    fn what_cannot_be_unpacked_says_so() {
        let answer = put_under("content-encoding", "br", b"\x8b\x00\xff");

        assert!(answer.notes[0].contains("--compressed"));
        assert!(answer.body.is_empty());
    }

    fn put_under(name: &'static str, value: &'static str, body: &[u8]) -> Answer {
        let mut answer = Answer::new(StatusCode::BAD_REQUEST, SystemTime::UNIX_EPOCH);
        answer.headers.insert(name, HeaderValue::from_static(value));
        put(&mut answer, body);
        answer
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        [GZIP, &[0; 7], &compress_to_vec(bytes, 6)].concat()
    }
}
