//! Texts compared by their letters and digits alone, case ignored.
//!
//! `InvalidToken`, `invalid_token` and `INVALID-TOKEN` are one text here. Only ASCII is folded; the
//! bytes of any other letter are taken as they are. Nothing is allocated.

/// Where a text has its place among the members of a body: a hash of the names on the way to it.
///
/// Each name is folded. Arrays are transparent: what stands in `errors[0].code` is at
/// `errors.code`. Two paths are told apart by these 64 bits alone; a server that makes two of them
/// meet has won nothing that it could not say with the plain name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Path(pub(crate) u64);

impl Path {
    /// The body itself.
    pub(crate) const ROOT: Path = Path(SEED);

    /// Reads `error.details.code`.
    #[cfg(any(test, feature = "dialect-files"))]
    pub(crate) const fn of(dotted: &str) -> Path {
        let bytes = dotted.as_bytes();
        let mut hash = step(SEED);
        let mut at = 0;
        while at < bytes.len() {
            hash = if bytes[at] == b'.' { step(hash) } else { byte(hash, bytes[at]) };
            at += 1;
        }
        Path(hash)
    }

    /// Returns the path of a member of what stands here.
    pub(crate) const fn member(self, name: &[u8]) -> Path {
        Path(self::name(step(self.0), name))
    }
}

/// Hashes a text.
pub(crate) const fn hash(text: &str) -> u64 {
    name(SEED, text.as_bytes())
}

/// Goes on with a hash: a text in two pieces has the hash of the whole.
pub(crate) const fn name(seed: u64, name: &[u8]) -> u64 {
    let mut hash = seed;
    let mut at = 0;
    while at < name.len() {
        hash = byte(hash, name[at]);
        at += 1;
    }
    hash
}

/// Separates two names, with a byte that no folded text has.
pub(crate) const fn step(seed: u64) -> u64 {
    seed.wrapping_mul(PRIME)
}

/// Returns whether two texts have the same letters and digits.
pub(crate) fn same(one: &str, other: &str) -> bool {
    folded(one).eq(folded(other))
}

/// Returns whether a text has the letters and digits of two others together.
pub(crate) fn same_joined(whole: &str, head: &str, tail: &str) -> bool {
    folded(whole).eq(folded(head).chain(folded(tail)))
}

/// The bytes of a text that count, in lower case.
pub(crate) fn folded(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().map(|byte| FOLDED[byte as usize]).filter(|&byte| byte != DROPPED)
}

const fn byte(hash: u64, byte: u8) -> u64 {
    match FOLDED[byte as usize] {
        DROPPED => hash,
        kept => (hash ^ kept as u64).wrapping_mul(PRIME),
    }
}

/// What stands for a byte that does not count.
const DROPPED: u8 = 0;

const FOLDED: [u8; 256] = {
    let mut table = [DROPPED; 256];
    let mut at = 0_u8;
    loop {
        if at.is_ascii_alphanumeric() || !at.is_ascii() {
            table[at as usize] = at.to_ascii_lowercase();
        }
        if at == u8::MAX {
            break table;
        }
        at += 1;
    }
};

/// FNV-1a, of 64 bits.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn r78_letters_and_digits_alone_are_compared() {
        for other in ["invalid_token", "INVALID-TOKEN", "Invalid Token!", "inva.lid.token"] {
            assert!(same("InvalidToken", other), "{other}");
            assert_eq!(hash("InvalidToken"), hash(other), "{other}");
        }
        for other in ["InvalidTokens", "InvalidToke", "", "InvalidTokén"] {
            assert!(!same("InvalidToken", other), "{other}");
            assert_ne!(hash("InvalidToken"), hash(other), "{other}");
        }
    }

    #[test]
    fn only_ascii_is_folded() {
        assert!(same("ünbekannt", "Ünbekannt".replace('Ü', "ü").as_str()));
        assert!(!same("ünbekannt", "Ünbekannt"));
    }

    #[test]
    fn a_text_in_two_pieces_is_the_whole() {
        assert!(same_joined("AADSTS-50013", "aadsts", "50013"));
        assert!(!same_joined("AADSTS50013", "AADSTS", "50014"));
        assert_eq!(name(hash("AADSTS"), b"50013"), hash("aadsts50013"));
    }

    #[test]
    fn a_path_is_its_names_in_their_order() {
        let path = Path::ROOT.member(b"error").member(b"error_subcode");

        assert_eq!(path, Path::of("error.error_subcode"));
        assert_eq!(path, Path::of("Error.errorSubcode"));
        for other in ["error", "error_subcode", "error_subcode.error", "error.error.subcode"] {
            assert_ne!(path, Path::of(other), "{other}");
        }
        assert_ne!(Path::ROOT, Path::of("error"));
    }

    proptest! {
        #[test]
        fn what_is_the_same_has_the_same_hash(one in "[aB_-]{0,4}", other in "[aB_-]{0,4}") {
            prop_assert_eq!(same(&one, &other), hash(&one) == hash(&other));
        }
    }
}
