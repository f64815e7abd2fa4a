/// Undoes percent-encoding; what is no escape stays as it is.
pub(crate) fn decode(text: &[u8], plus_is_blank: bool) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let (byte, width) = match byte {
            b'%' => match escape(text, at) {
                Some(byte) => (byte, 3),
                None => (byte, 1),
            },
            b'+' if plus_is_blank => (b' ', 1),
            _ => (byte, 1),
        };
        decoded.push(byte);
        at += width;
    }
    decoded
}

/// Whether something in the text is percent-encoded.
pub(crate) fn is_encoded(text: &[u8]) -> bool {
    (0..text.len()).any(|at| text[at] == b'%' && escape(text, at).is_some())
}

/// Returns the byte that is written here as `%xx`.
pub(crate) fn escape(text: &[u8], at: usize) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    u8::try_from(digit(at + 1)? * 16 + digit(at + 2)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_escape_stays() {
        assert_eq!(decode(b"a%20b+c%2", false), b"a b+c%2");
        assert_eq!(decode(b"a+b%zz", true), b"a b%zz");
        assert!(is_encoded(b"tok%65n") && !is_encoded(b"100% sure, 5 %"));
    }
}
