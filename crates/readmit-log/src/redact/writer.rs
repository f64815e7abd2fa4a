use std::io;

use crate::redact::{Redactor, shape};

/// Redacts what it passes on, line by line, so that a secret that comes in two writes is one.
///
/// What has no end of line yet waits for it; [`finish`](Writer::finish) or dropping the writer passes
/// on the rest, and `flush` does not. A private key, which has many lines, is one mark; one whose end
/// does not come within 512 lines hides no more of them. Of a line longer than 256 KiB the rest is
/// left out, for nothing is known of the middle of a line.
///
/// It changes nothing else: terminal sequences of a log's own colours pass.
///
/// # Example
///
/// ```
/// use std::io::Write;
///
/// use readmit_log::redact::Redactor;
///
/// let mut writer = Redactor::new().writer(Vec::new());
/// writer.write_all(b"Authorization: Bea")?;
/// writer.write_all(b"rer abc\nnext line\n")?;
///
/// assert_eq!(writer.finish()?, b"Authorization: Bearer REDACTED\nnext line\n");
/// # Ok::<_, std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Writer<W: io::Write> {
    redactor: Redactor,
    /// `None` once it has been given back.
    to: Option<W>,
    line: Line,
}

/// What has come of a line.
#[derive(Debug, Default)]
struct Line {
    bytes: Vec<u8>,
    /// Whether it was too long, and what comes of it is left out.
    is_over: bool,
    /// How many more lines may be those of a private key that has begun.
    of_key: u32,
}

impl<W: io::Write> Writer<W> {
    pub(crate) fn new(redactor: Redactor, to: W) -> Writer<W> {
        Writer { redactor, to: Some(to), line: Line::default() }
    }

    /// Passes on what waits for the end of its line, and returns the writer behind.
    ///
    /// # Errors
    ///
    /// Those of the writer behind.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_line()?;
        let mut to = self.to.take().ok_or_else(|| io::Error::other("the writer has finished"))?;
        to.flush()?;
        Ok(to)
    }

    /// Passes on the line that has come, with its end where it has one.
    fn end_line(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.line.bytes);
        let is_over = std::mem::take(&mut self.line.is_over);
        let ends = bytes.last() == Some(&b'\n');
        let Some(to) = &mut self.to else { return Ok(()) };
        if let Some(rest) = self.line.of_key.checked_sub(1) {
            // The mark stands where the key began.
            let end = shape::find(&bytes, shape::PEM_END);
            let opens_another = end.is_some_and(|end| shape::opens_key(&bytes[end..]));
            self.line.of_key = match end {
                _ if opens_another => KEY_LINES,
                Some(_) => 0,
                None => rest,
            };
            return Ok(());
        }
        if bytes.is_empty() {
            return Ok(());
        }
        self.line.of_key = if shape::opens_key(&bytes) { KEY_LINES } else { 0 };
        let text = String::from_utf8_lossy(&bytes);
        let clean = self.redactor.text(&text);
        to.write_all(clean.trim_end_matches('\n').as_bytes())?;
        if is_over {
            to.write_all(" … REDACTED (the line was too long)".as_bytes())?;
        }
        // A key without its end swallows the end of its line too.
        if ends { to.write_all(b"\n") } else { Ok(()) }
    }
}

impl Line {
    /// Leaves out the word in which it became too long: the part of a token may not look like one.
    fn cut(&mut self) {
        self.is_over = true;
        let words = self.bytes.iter().rev().take(LONGEST_WORD);
        if let Some(part) = words.into_iter().position(u8::is_ascii_whitespace) {
            self.bytes.truncate(self.bytes.len() - part);
        }
    }
}

impl<W: io::Write> io::Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let ends = part.ends_with(b"\n");
            let room = LONGEST.saturating_sub(self.line.bytes.len());
            if !self.line.is_over && part.len() <= room {
                self.line.bytes.extend_from_slice(part);
            } else {
                if !self.line.is_over {
                    self.line.bytes.extend_from_slice(&part[..room]);
                    self.line.cut();
                }
                if ends {
                    self.line.bytes.push(b'\n');
                }
            }
            if ends {
                self.end_line()?;
            }
        }
        Ok(bytes.len())
    }

    /// Flushes the writer behind; what has no end of line yet still waits.
    fn flush(&mut self) -> io::Result<()> {
        self.to.as_mut().map_or(Ok(()), io::Write::flush)
    }
}

impl<W: io::Write> Drop for Writer<W> {
    fn drop(&mut self) {
        // There is nobody to tell of a failure.
        let _ = self.end_line();
    }
}

/// Bytes of a line.
const LONGEST: usize = 256 * 1024;
/// Bytes of a word at the end of a line that is too long.
const LONGEST_WORD: usize = 8 * 1024;
/// Lines of a private key: one of 16,384 bits has 200 and some.
const KEY_LINES: u32 = 512;

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn r82_a_secret_in_pieces_is_hidden() {
        for size in 1..12 {
            let text = "a token=abc0123456789 b\npassword: \"x y\"\nlast";
            let mut writer = Redactor::new().writer(Vec::new());

            for piece in text.as_bytes().chunks(size) {
                writer.write_all(piece).unwrap();
                writer.flush().unwrap();
            }
            let written = String::from_utf8(writer.finish().unwrap()).unwrap();

            assert_eq!(written, "a token=REDACTED b\npassword: \"REDACTED\"\nlast");
        }
    }

    #[test]
    fn r82_a_private_key_of_many_lines_is_one_mark() {
        let key = [
            "-----BEGIN RSA PRIVATE ",
            "KEY-----\nMIIabc\nMIIdef\n-----END RSA PRIVATE KEY-----\n",
        ];
        let mut writer = Redactor::new().writer(Vec::new());

        writer.write_all(format!("before\n{}{}after\n", key[0], key[1]).as_bytes()).unwrap();
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();

        assert_eq!(written, "before\nREDACTED\nafter\n");
    }

    #[test]
    fn r82_what_is_too_long_for_a_line_is_left_out() {
        let mut writer = Redactor::new().writer(Vec::new());

        for _ in 0..1_000 {
            writer.write_all("x ".repeat(1_000).as_bytes()).unwrap();
        }
        writer.write_all(b"token=abc0123456789\nnext\n").unwrap();
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();

        assert!(written.len() < LONGEST + 100);
        assert!(!written.contains("abc0123456789"));
        assert!(written.ends_with("(the line was too long)\nnext\n"));
    }

    #[test]
    fn r82_what_is_left_of_a_word_in_a_line_that_is_too_long_is_left_out() {
        let redactor = Redactor::new();
        redactor.register("a-token-in-use");
        let mut writer = redactor.writer(Vec::new());

        writer.write_all("x ".repeat(LONGEST / 2 - 5).as_bytes()).unwrap();
        writer.write_all(b"a-token-in-use\nnext\n").unwrap();
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();

        assert!(!written.contains("a-token"), "{}", &written[LONGEST - 20..]);
    }

    #[test]
    fn r82_a_private_key_behind_a_certificate_without_an_end_of_line_is_hidden() {
        let pem = "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\
                   -----BEGIN RSA PRIVATE KEY-----\nMIIEsecret\n-----END RSA PRIVATE KEY-----\
                   -----BEGIN EC PRIVATE KEY-----\nMHcsecret\n-----END EC PRIVATE KEY-----\nnext\n";
        let mut writer = Redactor::new().writer(Vec::new());

        writer.write_all(pem.as_bytes()).unwrap();
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();

        assert!(!written.contains("secret"), "{written}");
        assert!(written.starts_with("-----BEGIN CERTIFICATE-----\nMIIC\n"), "{written}");
        assert!(written.ends_with("\nnext\n"), "{written}");
    }

    #[test]
    fn a_key_whose_end_does_not_come_does_not_silence_a_log() {
        let mut writer = Redactor::new().writer(Vec::new());

        writer.write_all(b"said: -----BEGIN PRIVATE KEY-----\n").unwrap();
        (0..KEY_LINES).for_each(|_| writer.write_all(b"hidden\n").unwrap());
        writer.write_all(b"an alarm\n").unwrap();
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();

        assert_eq!(written, "said: REDACTED\nan alarm\n");
    }

    #[test]
    fn dropping_the_writer_passes_on_the_rest() {
        let mut behind = Vec::new();

        let mut writer = Redactor::new().writer(&mut behind);
        writer.write_all(b"no end").unwrap();
        drop(writer);

        assert_eq!(behind, b"no end");
    }
}
