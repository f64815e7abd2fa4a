use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

/// A header as a case writes it: pairs of a name and a value, in order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Vec<(String, String)>")]
pub(crate) struct Headers {
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) map: HeaderMap,
}

impl TryFrom<Vec<(String, String)>> for Headers {
    type Error = String;

    fn try_from(pairs: Vec<(String, String)>) -> Result<Headers, String> {
        let mut map = HeaderMap::new();
        for (name, value) in &pairs {
            let (name, value) = pair(name, value.as_bytes())?;
            map.append(name, value);
        }
        Ok(Headers { pairs, map })
    }
}

/// Makes a name and a value of a header of what a case writes.
///
/// # Errors
///
/// Says which of them no header can hold.
pub(crate) fn pair(name: &str, value: &[u8]) -> Result<(HeaderName, HeaderValue), String> {
    let known = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| format!("`{name}` is no name of a header"))?;
    let value = HeaderValue::from_bytes(value)
        .map_err(|_| format!("the value of `{name}` has a character that no header can hold"))?;
    Ok((known, value))
}

/// The octets of a text in which each character stands for one.
///
/// # Errors
///
/// Names the character that stands for none.
pub(crate) fn latin1(text: &str) -> Result<Vec<u8>, String> {
    text.chars()
        .map(|c| u8::try_from(c).map_err(|_| format!("`{c}` is no Latin-1 character")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_comes_twice_is_kept_twice() {
        let headers: Headers =
            serde_json::from_str(r#"[["Link", "a"], ["X", "1"], ["link", "b"]]"#).unwrap();

        assert_eq!(headers.map.get_all("link").iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(headers.pairs.len(), 3);
    }

    #[test]
    fn what_no_header_can_hold_is_refused() {
        for pairs in [r#"[["a b", "1"]]"#, r#"[["a", "1\n"]]"#] {
            assert!(serde_json::from_str::<Headers>(pairs).is_err(), "{pairs}");
        }
    }

    #[test]
    fn a_character_is_an_octet() {
        assert_eq!(latin1("caf\u{e9}").unwrap(), b"caf\xe9");
        assert!(latin1("\u{20ac}").is_err());
    }
}
