use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use readmit_error::{Challenge, Failure};
use serde_json::{Map, Value};

/// What a server wants of a credential before it lets the same request in: what to ask the source,
/// or the person, for next.
///
/// It is data: [`parameters`](Demand::parameters) are what an authorisation or token request says
/// it with. Two demands that are equal are one refresh for everybody (rule 1).
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use readmit_error::{Challenge, Failure, Kind, Origin};
/// use readmit_recovery::Demand;
///
/// let challenge = Challenge::new("Bearer")
///     .param("error", "insufficient_user_authentication")
///     .param("acr_values", "urn:example:silver urn:example:gold")
///     .param("max_age", "300");
/// let failure = Failure::builder(Kind::StepUpRequired, Origin::Answer { status: 401 })
///     .challenge(challenge)
///     .build();
///
/// let demand = Demand::of(&failure)?.ok_or("nothing is demanded")?;
///
/// assert_eq!(demand.acr_values(), ["urn:example:silver", "urn:example:gold"]);
/// assert_eq!(demand.max_age(), Some(Duration::from_secs(300)));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, Eq, Hash, PartialEq)]
pub struct Demand {
    acr_values: Vec<String>,
    max_age: Option<Duration>,
    claims: Option<String>,
    scopes: Vec<String>,
}

impl Demand {
    /// Reads the demand out of the challenges of a failure; `None` where they make none.
    ///
    /// Only `Bearer` and `DPoP` challenges are read, and of each only what belongs to its error:
    /// `claims` beside another error than `insufficient_claims` is no claims challenge (rule 31).
    ///
    /// # Errors
    ///
    /// Returns [`Undecodable`] for a claims challenge whose claims are no JSON object in base64: to
    /// ask again without them would only repeat the refusal (rule 31).
    pub fn of(failure: &Failure) -> Result<Option<Demand>, Undecodable> {
        for challenge in failure.challenges() {
            if !challenge.is("Bearer") && !challenge.is("DPoP") {
                continue;
            }
            match challenge.error() {
                Some("insufficient_claims") => return Demand::claimed(challenge).map(Some),
                Some("insufficient_scope") => return Ok(Demand::scoped(challenge)),
                Some("insufficient_user_authentication") => {
                    return Ok(Some(Demand::stepped_up(challenge)));
                }
                Some(_) | None => {}
            }
        }
        Ok(None)
    }

    /// Returns which classes of authentication would do, in the server's order of preference
    /// (RFC 9470 section 3).
    #[must_use]
    pub fn acr_values(&self) -> &[String] {
        &self.acr_values
    }

    /// Returns how long ago the person may have authenticated at most (RFC 9470 section 3).
    #[must_use]
    pub fn max_age(&self) -> Option<Duration> {
        self.max_age
    }

    /// Returns the claims that the credential must answer, as the JSON object that the server wrote.
    ///
    /// They are passed on as they are, and a credential that is held is no answer to them
    /// (rule 31).
    #[must_use]
    pub fn claims(&self) -> Option<&str> {
        self.claims.as_deref()
    }

    /// Returns the scopes that would do (RFC 6750 section 3.1).
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Returns whether a credential with these scopes, as an answer lists them, has all that are
    /// demanded; where none are, it has.
    #[must_use]
    pub fn is_within(&self, granted: &str) -> bool {
        self.scopes.iter().all(|scope| granted.split(' ').any(|other| other == scope))
    }

    /// Returns the demand as parameters of an authorisation or token request, in the order of their
    /// names.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, String)> {
        let list = |values: &[String]| (!values.is_empty()).then(|| values.join(" "));
        let parameters = [
            ("acr_values", list(&self.acr_values)),
            ("claims", self.claims.clone()),
            ("max_age", self.max_age.map(|age| age.as_secs().to_string())),
            ("scope", list(&self.scopes)),
        ];
        parameters.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    fn claimed(challenge: &Challenge) -> Result<Demand, Undecodable> {
        let claims = challenge.value("claims").ok_or(Undecodable)?;
        Ok(Demand { claims: Some(decode(claims).ok_or(Undecodable)?), ..Demand::default() })
    }

    fn scoped(challenge: &Challenge) -> Option<Demand> {
        let scopes = listed(challenge.value("scope"));
        (!scopes.is_empty()).then(|| Demand { scopes, ..Demand::default() })
    }

    fn stepped_up(challenge: &Challenge) -> Demand {
        let max_age = challenge.value("max_age").filter(|age| is_number(age));
        let max_age = max_age.map(|age| Duration::from_secs(age.parse().unwrap_or(u64::MAX)));
        let (acr_values, scopes) =
            (listed(challenge.value("acr_values")), listed(challenge.value("scope")));
        Demand { acr_values, max_age, scopes, claims: None }
    }
}

/// Shows what is demanded, except for the claims: a server may put anything there.
impl fmt::Debug for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Demand")
            .field("acr_values", &self.acr_values)
            .field("max_age", &self.max_age)
            .field("has_claims", &self.claims.is_some())
            .field("scopes", &self.scopes)
            .finish()
    }
}

/// A claims challenge whose claims cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the claims that the server demands are no JSON object in base64")]
#[non_exhaustive]
pub struct Undecodable;

/// Splits a list at its spaces, and drops what could not stand in one.
fn listed(list: Option<&str>) -> Vec<String> {
    let is_word = |word: &&str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
    };
    let words = list.unwrap_or_default().split(' ').filter(is_word);
    words.take(MAX_WORDS).map(str::to_owned).collect()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Decodes claims in either alphabet of base64, padded or not.
fn decode(claims: &str) -> Option<String> {
    if MAX_CLAIMS < claims.len() {
        return None;
    }
    let url_safe = claims.replace('+', "-").replace('/', "_");
    let text = String::from_utf8(BASE64.decode(url_safe).ok()?).ok()?;
    serde_json::from_str::<Map<String, Value>>(&text).ok()?;
    Some(text)
}

/// A server that lists more is not read further.
const MAX_WORDS: usize = 64;

/// In bytes; a header field is seldom longer than 8 KiB.
const MAX_CLAIMS: usize = 16 * 1024;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[cfg(test)]
mod tests {
    use readmit_error::{Kind, Origin};

    use super::*;

    #[test]
    fn r31_claims_are_decoded_in_each_spelling() {
        let object = r#"{"a":"ü?>"}"#;
        // The same bytes: URL-safe, standard, and standard without its padding.
        for claims in ["eyJhIjoiw7w_PiJ9", "eyJhIjoiw7w/PiJ9"] {
            let demand = demand(bearer("insufficient_claims").param("claims", claims)).unwrap();

            assert_eq!(demand.unwrap().claims(), Some(object), "{claims}");
        }
        for claims in ["e30=", "e30"] {
            let demand = demand(bearer("insufficient_claims").param("claims", claims)).unwrap();

            assert_eq!(demand.unwrap().claims(), Some("{}"), "{claims}");
        }
    }

    #[test]
    fn r31_claims_that_cannot_be_read_are_an_error() {
        // Not base64, a list, not UTF-8, too long, nothing.
        let long = "e30".repeat(MAX_CLAIMS);
        for claims in ["!!", "W10", "_w", &long, ""] {
            let challenge = bearer("insufficient_claims").param("claims", claims);
            assert_eq!(demand(challenge), Err(Undecodable), "{claims:.10}");
        }
        assert_eq!(demand(bearer("insufficient_claims")), Err(Undecodable));
    }

    #[test]
    fn r31_claims_beside_another_error_are_no_demand() {
        for error in ["invalid_token", "insufficient_scope"] {
            assert_eq!(demand(bearer(error).param("claims", "e30")), Ok(None));
        }
        assert_eq!(demand(Challenge::new("Bearer").param("claims", "e30")), Ok(None));
    }

    #[test]
    fn r30_the_scopes_that_are_listed_are_demanded() {
        let listed = bearer("insufficient_scope").param("scope", "a  b \u{7f}");

        let demand = demand(listed).unwrap().unwrap();

        assert_eq!(demand.scopes(), ["a", "b"]);
        assert!(demand.is_within("b x a"));
        assert!(!demand.is_within("ab b"));
        assert_eq!(demand.parameters().collect::<Vec<_>>(), [("scope", "a b".to_owned())]);
    }

    #[test]
    fn r32_a_step_up_names_its_classes_and_its_age() {
        let challenge = bearer("insufficient_user_authentication").param("acr_values", "x y");

        let aged = demand(challenge.clone().param("max_age", "0")).unwrap().unwrap();

        assert_eq!(aged.max_age(), Some(Duration::ZERO));
        let expected = [("acr_values", "x y".to_owned()), ("max_age", "0".to_owned())];
        assert_eq!(aged.parameters().collect::<Vec<_>>(), expected);
        for age in ["+5", "-1", "5.0", "", "soon"] {
            let demand = demand(challenge.clone().param("max_age", age)).unwrap().unwrap();
            assert_eq!(demand.max_age(), None, "{age}");
        }
        let long = demand(challenge.param("max_age", "99999999999999999999")).unwrap();
        assert_eq!(long.unwrap().max_age(), Some(Duration::from_secs(u64::MAX)));
    }

    #[test]
    fn r37_a_challenge_of_another_scheme_demands_nothing() {
        let basic = Challenge::new("Basic").param("error", "insufficient_claims");

        assert_eq!(demand(basic), Ok(None));
    }

    #[test]
    fn r55_claims_are_not_printed() {
        let challenge = bearer("insufficient_claims").param("claims", "eyJhIjoiYiJ9");

        let printed = format!("{:?}", demand(challenge));

        assert!(!printed.contains(r#"{"a""#) && printed.contains("has_claims: true"), "{printed}");
    }

    fn bearer(error: &str) -> Challenge {
        Challenge::new("Bearer").param("error", error)
    }

    fn demand(challenge: Challenge) -> Result<Option<Demand>, Undecodable> {
        let failure = Failure::builder(Kind::StepUpRequired, Origin::Answer { status: 401 });
        Demand::of(&failure.challenge(challenge).build())
    }
}
