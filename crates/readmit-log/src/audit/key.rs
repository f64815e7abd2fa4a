use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The key of a chain: without it nobody can add or replace a line unseen.
///
/// Use 32 random bytes, and keep them where whoever writes to the disk cannot read them.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// Makes a key of bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Key {
        // A longer key than a block is hashed first (RFC 2104 section 2).
        let mut block = [0; BLOCK];
        let hashed;
        let bytes = if BLOCK < bytes.len() {
            hashed = Sha256::digest(bytes);
            &hashed[..]
        } else {
            bytes
        };
        block.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Key(Hmac::new(&block.into()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// What a line is known by.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) struct Hash([u8; 32]);

impl Hash {
    /// That of no line.
    pub(crate) const NONE: Hash = Hash([0; 32]);

    pub(crate) fn new(bytes: [u8; 32]) -> Hash {
        Hash(bytes)
    }

    pub(crate) fn of(bytes: &[u8], key: Option<&Key>) -> Hash {
        match key {
            Some(Key(mac)) => Hash(mac.clone().chain_update(bytes).finalize().into_bytes().into()),
            None => Hash(Sha256::digest(bytes).into()),
        }
    }

    pub(crate) fn parse(text: &[u8]) -> Option<Hash> {
        if text.len() != 64 {
            return None;
        }
        let mut hash = [0; 32];
        for (byte, digits) in hash.iter_mut().zip(text.as_chunks::<2>().0) {
            let digit = |byte: u8| match byte {
                b'0'..=b'9' => Some(byte - b'0'),
                b'a'..=b'f' => Some(byte - b'a' + 10),
                _ => None,
            };
            *byte = digit(digits[0])? << 4 | digit(digits[1])?;
        }
        Some(Hash(hash))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_are_those_of_the_standards() {
        // RFC 4231 section 4.3 and 4.7; FIPS 180 of "abc".
        let plain = Hash::of(b"abc", None);
        let keyed = Hash::of(b"what do ya want for nothing?", Some(&Key::new(b"Jefe")));
        let long = Key::new(&[0xaa; 131]);
        let long = Hash::of(b"Test Using Larger Than Block-Size Key - Hash Key First", Some(&long));

        assert!(plain.to_string().starts_with("ba7816bf8f01cfea414140de5dae2223"));
        assert!(keyed.to_string().starts_with("5bdcc146bf60754e6a042426089575c7"));
        assert!(long.to_string().starts_with("60e431591ee0b67f0d8a26aacbf5b77f"));
        assert_eq!(Hash::parse(plain.to_string().as_bytes()), Some(plain));
        assert_eq!(Hash::parse(b"AB"), None);
    }
}
