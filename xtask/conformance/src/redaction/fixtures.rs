use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;

/// The secrets of a file by their names, in parts that no scanner knows.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Fixtures(BTreeMap<String, Fixture>);

#[derive(Debug, Deserialize)]
struct Fixture {
    parts: Vec<String>,
}

impl Fixtures {
    /// Returns a secret, or one that is made of another, as its name says: `pw_b64`, `opaque_a`.
    pub(crate) fn value(&self, name: &str) -> Result<String, String> {
        self.find(name).ok_or_else(|| format!("there is no fixture `{name}`"))
    }

    /// Puts the secrets in the place of `${name}`; what is none of theirs stays.
    pub(crate) fn expand(&self, text: &str) -> String {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("${") {
            expanded += before;
            match behind.split_once('}').and_then(|(name, after)| Some((self.find(name)?, after))) {
                Some((value, after)) => {
                    expanded += &value;
                    rest = after;
                }
                None => {
                    expanded += "${";
                    rest = behind;
                }
            }
        }
        expanded + rest
    }

    fn find(&self, name: &str) -> Option<String> {
        if let Some(fixture) = self.0.get(name) {
            return Some(fixture.parts.concat());
        }
        let pem = |side: &str, kind: &str| Some(format!("-----{side} {kind}PRIVATE KEY-----"));
        match name {
            "json_b64" => {
                let json = serde_json::json!({"password": self.find("pw")?});
                return Some(STANDARD.encode(json.to_string()));
            }
            "pem_begin" => return pem("BEGIN", ""),
            "pem_begin_rsa" => return pem("BEGIN", "RSA "),
            "pem_end" => return pem("END", ""),
            "pem_end_rsa" => return pem("END", "RSA "),
            "pem_json" => return Some(self.find("pem_body")?.replace('\n', "\\n")),
            _ => {}
        }
        let (of, how) = name.rsplit_once('_')?;
        let value = self.find(of)?;
        let half = value.len() / 2;
        match how {
            "a" => value.get(..half).map(str::to_owned),
            "b" => value.get(half..).map(str::to_owned),
            "b64" => Some(STANDARD.encode(value)),
            "b64url" => Some(URL_SAFE_NO_PAD.encode(value)),
            "bearer" => Some(format!("Bearer {value}")),
            "enc" | "pct" => Some(percent(&value)),
            "hex" => Some(value.bytes().map(|byte| format!("{byte:02x}")).collect()),
            "json" => {
                let quoted = serde_json::to_string(&value).ok()?;
                quoted.strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
            }
            _ => None,
        }
    }
}

fn percent(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| match byte {
        _ if is_plain(byte) => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures_are_joined_and_made_of_each_other() {
        let fixtures: Fixtures = serde_json::from_str(
            r#"{"pw": {"parts": ["a\"", "bc"]}, "pem_body": {"parts": ["x\ny"]}}"#,
        )
        .unwrap();

        assert_eq!(fixtures.expand("1${pw}2${pw_a}${pw_b}"), "1a\"bc2a\"bc");
        assert_eq!(fixtures.expand("${jndi:x} ${pw"), "${jndi:x} ${pw");
        assert_eq!(fixtures.value("pw_json").unwrap(), "a\\\"bc");
        assert_eq!(fixtures.value("pw_hex").unwrap(), "61226263");
        assert_eq!(fixtures.value("pw_pct").unwrap(), "a%22bc");
        assert_eq!(fixtures.value("pem_json").unwrap(), "x\\ny");
        assert!(fixtures.value("other").is_err());
    }
}
