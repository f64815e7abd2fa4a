//! Cookies: their names and attributes may be seen, their values not.

use std::ops::Range;

/// Returns the secret parts of a `Cookie` or `Set-Cookie` header's value.
pub(crate) fn secrets(value: &[u8]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for pair in value.split(|byte| *byte == b';') {
        let end = start + pair.len();
        let blanks = pair.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let equals = pair.iter().position(|byte| *byte == b'=');
        let name = pair[..equals.unwrap_or(pair.len())].trim_ascii();
        let is_attribute =
            ATTRIBUTES.iter().any(|attribute| name.eq_ignore_ascii_case(attribute.as_bytes()));
        // The first pair is the cookie itself, whatever its name.
        let is_attribute = is_attribute && 0 < start;
        if !is_attribute && blanks < pair.len() {
            parts.push(equals.map_or(start + blanks, |equals| start + equals + 1)..end);
        }
        start = end + 1;
    }
    parts
}

/// Those of RFC 6265 section 5.2 and of its successors.
const ATTRIBUTES: &[&str] = &[
    "domain",
    "expires",
    "httponly",
    "max-age",
    "partitioned",
    "path",
    "priority",
    "samesite",
    "secure",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_of_a_cookie_only_its_name_is_seen() {
        let value = b"SID=a; theme = dark; Path=/; HttpOnly; alone";

        let hidden: Vec<_> =
            secrets(value).into_iter().map(|part| str::from_utf8(&value[part]).unwrap()).collect();

        assert_eq!(hidden, ["a", " dark", "alone"]);
    }

    #[test]
    fn r82_a_cookie_with_the_name_of_an_attribute_is_hidden() {
        let hidden = secrets(b"path=a; Path=/");

        assert_eq!((hidden.len(), hidden.first()), (1, Some(&(5..6))));
    }
}
