use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A signed JWT (RFC 7515 section 3.1), taken apart; whether it is true is for others to say.
pub(crate) struct Jwt {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) signature: Vec<u8>,
}

impl Jwt {
    /// Takes apart what has three parts, of which the first two are JSON objects and the last is
    /// not empty.
    pub(crate) fn parse(text: &str) -> Option<Jwt> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let jwt = Jwt { header: object(header)?, claims: object(claims)?, signature };
        (!jwt.signature.is_empty()).then_some(jwt)
    }
}

fn object(part: &str) -> Option<Value> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    let value = serde_json::from_slice::<Value>(&json).ok()?;
    value.is_object().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jwt_is_taken_apart() {
        // {"alg":"ES256"}.{"sub":"a"}.[1, 2, 3]
        let text = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.AQID";

        let jwt = Jwt::parse(text).unwrap();

        assert_eq!((&jwt.header["alg"], &jwt.claims["sub"]), (&"ES256".into(), &"a".into()));
        assert_eq!(jwt.signature, [1, 2, 3]);
    }

    #[test]
    fn what_has_not_the_shape_is_none() {
        for text in [
            "",
            "a.b.c",
            "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0",
            "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.",
            "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.AQID.AQID",
            "W10.eyJzdWIiOiJhIn0.AQID",
        ] {
            assert!(Jwt::parse(text).is_none(), "{text}");
        }
    }
}
