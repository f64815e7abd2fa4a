use sha2::{Digest, Sha256};

use super::key::{Hash, Key};

/// A line of a chain that fits to its own hash.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Line {
    pub(crate) seq: u64,
    pub(crate) prev: Hash,
    pub(crate) hash: Hash,
    /// What the line says of torn ones in front of it.
    pub(crate) torn: Option<Torn>,
}

/// Bytes that a crash left behind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Torn {
    pub(crate) bytes: u64,
    pub(crate) hash: Hash,
}

/// What a line turns out to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Read {
    /// No line of a chain, or one whose end is missing.
    Other,
    /// One that does not fit to its hash.
    Unfit,
    Fit(Line),
}

/// Writes a line, with its end, and returns its hash.
pub(crate) fn write(seq: u64, prev: Hash, member: &str, key: Option<&Key>) -> (String, Hash) {
    let mut line = format!("{{\"seq\":{seq},\"prev\":\"{prev}\",{member}");
    let hash = Hash::of(line.as_bytes(), key);
    line += &format!("{HASH}{hash}{END}\n");
    (line, hash)
}

/// Reads a line without its end.
pub(crate) fn read(line: &[u8], key: Option<&Key>) -> Read {
    let Some((seq, prev, member, body, hash)) = parts(line) else { return Read::Other };
    if Hash::of(body, key) != hash {
        return Read::Unfit;
    }
    Read::Fit(Line { seq, prev, hash, torn: Torn::read(member) })
}

type Parts<'l> = (u64, Hash, &'l [u8], &'l [u8], Hash);

fn parts(line: &[u8]) -> Option<Parts<'_>> {
    let rest = line.strip_suffix(END.as_bytes())?;
    let (body, hash) = rest.split_at_checked(rest.len().checked_sub(HASH.len() + 64)?)?;
    let hash = Hash::parse(hash.strip_prefix(HASH.as_bytes())?)?;
    let rest = body.strip_prefix(b"{\"seq\":")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let seq = str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    let rest = rest[digits..].strip_prefix(b",\"prev\":\"")?;
    let (prev, member) = rest.split_at_checked(64)?;
    Some((seq, Hash::parse(prev)?, member.strip_prefix(b"\",")?, body, hash))
}

impl Torn {
    pub(crate) fn member(self) -> String {
        format!("\"torn\":{{\"bytes\":{},\"sha256\":\"{}\"}}", self.bytes, self.hash)
    }

    fn read(member: &[u8]) -> Option<Torn> {
        let rest = member.strip_prefix(b"\"torn\":{\"bytes\":")?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let bytes = str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
        let hash = rest[digits..].strip_prefix(b",\"sha256\":\"")?.strip_suffix(b"\"}")?;
        Some(Torn { bytes, hash: Hash::parse(hash)? })
    }
}

/// Lines that are torn, as they are read one by one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Region {
    hasher: Sha256,
    bytes: u64,
    lines: u64,
    /// Where in it the first whole line is that does not fit to its hash.
    unfit: Option<u64>,
}

impl Region {
    pub(crate) fn push(&mut self, line: &[u8], is_unfit: bool) {
        if is_unfit {
            self.unfit = self.unfit.or(Some(self.lines));
        }
        if 0 < self.lines {
            self.hasher.update(b"\n");
            self.bytes += 1;
        }
        self.hasher.update(line);
        self.bytes += line.len() as u64;
        self.lines += 1;
    }

    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }

    /// How many lines before the end of it the first one is that no crash has left behind: a crash
    /// leaves a line without its hash.
    pub(crate) fn forged(&self) -> Option<u64> {
        self.unfit.map(|unfit| self.lines - unfit)
    }

    pub(crate) fn torn(&self) -> Torn {
        let hash: [u8; 32] = self.hasher.clone().finalize().into();
        Torn { bytes: self.bytes, hash: Hash::new(hash) }
    }
}

const HASH: &str = ",\"hash\":\"";
const END: &str = "\"}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r85_a_line_is_read_as_it_was_written() {
        let key = Key::new(b"k");
        let (line, hash) = write(7, Hash::NONE, "\"entry\":{\"a\":\"\\\"hash\\\"\"}", Some(&key));
        let line = line.trim_end().as_bytes();

        let read_back = read(line, Some(&key));

        assert_eq!(read_back, Read::Fit(Line { seq: 7, prev: Hash::NONE, hash, torn: None }));
        assert_eq!(read(line, None), Read::Unfit);
        assert_eq!(read(&line[..line.len() - 1], Some(&key)), Read::Other);
    }

    #[test]
    fn r85_what_is_said_of_torn_lines_is_read_back() {
        let mut region = Region::default();
        region.push(b"ab", false);
        region.push(b"c", false);
        let (line, _) = write(1, Hash::NONE, &region.torn().member(), None);

        let Read::Fit(read) = read(line.trim_end().as_bytes(), None) else { panic!("it fits") };

        let torn = Torn { bytes: 4, hash: Hash::of(b"ab\nc", None) };
        assert_eq!(read.torn, Some(torn));
    }
}
