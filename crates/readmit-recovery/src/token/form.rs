use std::fmt;

use zeroize::Zeroizing;

/// Fields in `application/x-www-form-urlencoded`, wiped when dropped.
#[derive(Clone, Default)]
pub(super) struct Form {
    text: Zeroizing<String>,
}

impl Form {
    pub(super) fn push(&mut self, name: &str, value: &str) {
        let mut grown = Zeroizing::new(String::with_capacity(
            // The longest that it can be: a buffer that grew would leave its old self in memory.
            self.text.len() + 2 + ENCODED_BYTE * (name.len() + value.len()),
        ));
        grown.push_str(&self.text);
        if !grown.is_empty() {
            grown.push('&');
        }
        encode_into(&mut grown, name);
        grown.push('=');
        encode_into(&mut grown, value);
        self.text = grown;
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.text.len())
    }
}

/// Encodes a text as a form does (RFC 6749 appendix B).
pub(super) fn encode(text: &str) -> Zeroizing<String> {
    let mut encoded = Zeroizing::new(String::with_capacity(ENCODED_BYTE * text.len()));
    encode_into(&mut encoded, text);
    encoded
}

fn encode_into(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                out.push(hex_digit(byte >> 4));
                out.push(hex_digit(byte & 15));
            }
        }
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or_default().to_ascii_uppercase()
}

/// One byte becomes at most this many.
const ENCODED_BYTE: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded_as_the_standard_has_it() {
        // The example of RFC 6749, appendix B.
        assert_eq!(*encode(" %&+\u{a3}\u{20ac}"), "+%25%26%2B%C2%A3%E2%82%AC");
    }

    #[test]
    fn fields_are_joined_in_their_order() {
        let mut form = Form::default();

        form.push("grant_type", "refresh_token");
        form.push("scope", "a b");

        assert_eq!(form.as_bytes(), b"grant_type=refresh_token&scope=a+b");
    }
}
