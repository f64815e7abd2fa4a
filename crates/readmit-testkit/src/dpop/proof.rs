use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, Uri};
use serde_json::Value;

use crate::jwt::Jwt;

/// A proof whose signature is that of the key in it (RFC 9449 section 4.2).
pub(crate) struct Proof {
    thumbprint: String,
    claims: Value,
}

impl Proof {
    /// Reads the proof of a request; an error says what is wrong.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Proof, &'static str> {
        let mut values = headers.get_all("dpop").iter();
        let only = values.next().ok_or("there is no proof")?;
        if values.next().is_some() {
            return Err("there is more than one proof");
        }
        let text = only.to_str().unwrap_or_default();
        let jwt = Jwt::parse(text).ok_or("the proof is no JWT")?;
        if jwt.header["typ"] != "dpop+jwt" {
            return Err("typ is not dpop+jwt");
        }
        if jwt.header["alg"] != "ES256" {
            return Err("alg is not ES256");
        }
        let key = Key::read(&jwt.header["jwk"]).ok_or("jwk is no public key of P-256")?;
        let signed = text.rsplit_once('.').map_or("", |(signed, _)| signed);
        if !key.signed(signed, &jwt.signature) {
            return Err("the signature is wrong");
        }
        let is_whole = jwt.claims["jti"].is_string() && jwt.claims["iat"].is_u64();
        if !is_whole {
            return Err("jti or iat is missing");
        }
        Ok(Proof { thumbprint: key.thumbprint(), claims: jwt.claims })
    }

    /// Checks that it was made for this method and this URL, of which the query says nothing.
    pub(crate) fn check_target(&self, head: &Parts) -> Result<(), &'static str> {
        if self.claims["htm"].as_str() != Some(head.method.as_str()) {
            return Err("htm is another method");
        }
        let named = self.claims["htu"].as_str().and_then(|htu| htu.parse::<Uri>().ok());
        if named.is_some_and(|named| is_same(&named, head)) {
            Ok(())
        } else {
            Err("htu is another URL")
        }
    }

    /// Checks that it was made for this access token, where there is one.
    pub(crate) fn check_token(&self, token: Option<&str>) -> Result<(), &'static str> {
        let hash = token.map(|token| hash(token.as_bytes()));
        if hash.is_none() || self.claims["ath"].as_str() == hash.as_deref() {
            Ok(())
        } else {
            Err("ath is of another access token")
        }
    }

    pub(crate) fn issued_at(&self) -> u64 {
        self.claims["iat"].as_u64().unwrap_or_default()
    }

    /// Returns its `jti`, which must be unlike those of the same key alone: no client can use up
    /// the identifiers of another.
    pub(crate) fn unique_id(&self) -> String {
        format!("{}.{}", self.thumbprint, self.claims["jti"].as_str().unwrap_or_default())
    }

    pub(crate) fn nonce(&self) -> Option<&str> {
        self.claims["nonce"].as_str()
    }

    /// Returns the thumbprint of its key (RFC 7638).
    pub(crate) fn into_thumbprint(self) -> String {
        self.thumbprint
    }
}

/// A public key of P-256: its two coordinates as the JWK writes them.
struct Key<'a> {
    x: &'a str,
    y: &'a str,
    point: Vec<u8>,
}

impl Key<'_> {
    fn read(jwk: &Value) -> Option<Key<'_>> {
        if jwk["kty"] != "EC" || jwk["crv"] != "P-256" || jwk.get("d").is_some() {
            return None;
        }
        let (x, y) = (jwk["x"].as_str()?, jwk["y"].as_str()?);
        // As ECDSA writes a point that is not compressed (SEC 1 section 2.3.3).
        let mut point = vec![4];
        for coordinate in [x, y] {
            let bytes = URL_SAFE_NO_PAD.decode(coordinate).ok().filter(|it| it.len() == 32)?;
            point.extend(bytes);
        }
        Some(Key { x, y, point })
    }

    fn signed(&self, text: &str, signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point);
        key.verify(text.as_bytes(), signature).is_ok()
    }

    fn thumbprint(&self) -> String {
        let Key { x, y, .. } = self;
        hash(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes())
    }
}

/// Compares as far as the request tells where it was sent: on loopback its scheme is not in it.
fn is_same(named: &Uri, head: &Parts) -> bool {
    let is_scheme = head.uri.scheme().is_none_or(|scheme| named.scheme() == Some(scheme));
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = head.uri.authority().map(http::uri::Authority::as_str).or(host);
    let scheme = named.scheme_str().unwrap_or_default();
    let is_authority = authority.is_none_or(|authority| {
        named.authority().is_some_and(|named| {
            bare(named.as_str(), scheme).eq_ignore_ascii_case(bare(authority, scheme))
        })
    });
    is_scheme && is_authority && named.path() == head.uri.path()
}

/// Returns an authority without the port that its scheme has anyway.
fn bare<'a>(authority: &'a str, scheme: &str) -> &'a str {
    let port = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    authority.strip_suffix(port).unwrap_or(authority)
}

fn hash(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    /// The proof of RFC 9449 section 4.1, figure 1, whose key's thumbprint section 6.1 tells.
    #[test]
    fn r33_the_example_of_the_rfc_is_a_proof() {
        let proof = Proof::read(&headers(EXAMPLE)).unwrap();

        assert_eq!(proof.issued_at(), 1_562_262_616);
        assert!(proof.unique_id().ends_with(".-BwC3ESc6acc2lTc"));
        assert_eq!(proof.check_target(&head("POST", "https://server.example.com/token")), Ok(()));
        assert_eq!(proof.into_thumbprint(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    }

    #[test]
    fn r33_a_proof_is_for_one_method_and_one_url() {
        let proof = Proof::read(&headers(EXAMPLE)).unwrap();

        for (method, uri, is_right) in [
            ("POST", "https://SERVER.example.com:443/token?a=b", true),
            ("POST", "/token", true),
            ("GET", "https://server.example.com/token", false),
            ("POST", "http://server.example.com/token", false),
            ("POST", "https://server.example.com:8443/token", false),
            ("POST", "https://server.example.com/token/refresh", false),
        ] {
            let result = proof.check_target(&head(method, uri));

            assert_eq!(result.is_ok(), is_right, "{method} {uri}");
        }
    }

    #[test]
    fn r33_without_an_absolute_url_the_host_tells_where_a_proof_is_for() {
        let proof = Proof::read(&headers(EXAMPLE)).unwrap();

        for (host, is_right) in [("server.example.com", true), ("other.example.com", false)] {
            let mut head = head("POST", "/token");
            head.headers.insert(HOST, host.parse().unwrap());

            assert_eq!(proof.check_target(&head).is_ok(), is_right, "{host}");
        }
    }

    #[test]
    fn r33_a_changed_proof_is_none() {
        let (rest, signature) = EXAMPLE.rsplit_once('.').unwrap();
        let changed = format!("{rest}.{}", signature.replacen('l', "m", 1));

        let Err(what) = Proof::read(&headers(&changed)) else { panic!("it is signed") };

        assert_eq!(what, "the signature is wrong");
    }

    #[test]
    fn r33_two_proofs_are_none() {
        let mut headers = headers(EXAMPLE);
        headers.append("dpop", EXAMPLE.parse().unwrap());

        assert!(Proof::read(&headers).is_err());
    }

    fn headers(proof: &str) -> HeaderMap {
        HeaderMap::from_iter([(http::HeaderName::from_static("dpop"), proof.parse().unwrap())])
    }

    fn head(method: &str, uri: &str) -> Parts {
        Request::builder().method(method).uri(uri).body(()).unwrap().into_parts().0
    }

    const EXAMPLE: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik\
        VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR\
        nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE\
        QSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIj\
        oiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwia\
        WF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg\
        4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
}
