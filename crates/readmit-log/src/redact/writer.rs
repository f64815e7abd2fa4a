use std::io;

use crate::redact::{Redactor, shape};

/// Redacts what it passes on, line by line, so that a secret that comes in two writes is one.
///
/// What has no end of line yet waits for it; [`finish`](Writer::finish) or dropping the writer passes
/// on the rest, and `flush` does not. A private key, which has many lines, is one mark. Of a line
/// longer than 256 KiB the rest is left out, for nothing is known of the middle of a line.
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
    /// Whether it is one of a private key.
    in_key: bool,
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
        let ends_key = shape::find(&bytes, shape::PEM_END).is_some();
        if self.line.in_key {
            // The mark stands where the key began.
            self.line.in_key = !ends_key;
            return Ok(());
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let begin = shape::find(&bytes, b"-----BEGIN ");
        self.line.in_key = !ends_key && begin.is_some_and(|at| shape::is_pem_begin(&bytes[at..]));
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

impl<W: io::Write> io::Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let ends = part.ends_with(b"\n");
            let room = LONGEST.saturating_sub(self.line.bytes.len());
            if room < part.len() {
                self.line.is_over = true;
                self.line.bytes.extend_from_slice(&part[..room]);
                if ends {
                    self.line.bytes.push(b'\n');
                }
            } else {
                self.line.bytes.extend_from_slice(part);
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
    fn dropping_the_writer_passes_on_the_rest() {
        let mut behind = Vec::new();

        let mut writer = Redactor::new().writer(&mut behind);
        writer.write_all(b"no end").unwrap();
        drop(writer);

        assert_eq!(behind, b"no end");
    }
}
