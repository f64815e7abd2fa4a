//! `WWW-Authenticate` and `Proxy-Authenticate` (RFC 9110 section 11).
//!
//! A field may hold several challenges, and an answer several fields; together they are one list.
//! What is malformed is told apart from what is not, and never hides it (rule 37).
//!
//! # Example
//!
//! ```
//! use readmit_classify::challenges;
//!
//! let told = challenges::parse([r#"Basic realm="x", Bearer error="invalid_token", Bad a=b=c"#]);
//! assert_eq!(told.well_formed().len(), 2);
//! assert_eq!(told.well_formed()[1].error(), Some("invalid_token"));
//! assert_eq!(told.malformed_schemes().collect::<Vec<_>>(), ["Bad"]);
//! assert!(!told.is_valid());
//! ```

use readmit_error::Challenge;

/// The challenges of an answer.
#[derive(Clone, Debug)]
pub struct Challenges {
    well_formed: Vec<Challenge>,
    malformed: Vec<String>,
    valid: bool,
    contradicts_itself: bool,
}

impl Challenges {
    /// Returns the challenges that follow the grammar, in the server's order, to be looked at.
    #[must_use]
    pub fn well_formed(&self) -> &[Challenge] {
        &self.well_formed
    }

    /// Returns the challenges that follow the grammar, in the server's order, to be kept:
    /// nothing is copied, and the rest of what was told is dropped.
    #[must_use]
    pub fn into_well_formed(self) -> Vec<Challenge> {
        self.well_formed
    }

    /// Returns the schemes of the challenges that do not follow the grammar.
    ///
    /// Their parameters are not told: nothing may be done on account of them.
    pub fn malformed_schemes(&self) -> impl Iterator<Item = &str> {
        self.malformed.iter().map(String::as_str)
    }

    /// Returns whether everything in the fields follows the grammar; where there is none, it does.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.valid
    }

    /// Whether a parameter stands twice: then not even the words of the field mean anything.
    pub(crate) fn contradicts_itself(&self) -> bool {
        self.contradicts_itself
    }
}

/// Reads the values of a field, such as `headers.get_all(WWW_AUTHENTICATE)`.
///
/// Bytes from 0x80 on are read as Latin-1, so each value that a header can hold can be read.
/// A challenge with a parameter twice, or with more parameters than any scheme has (128), is
/// malformed. The time taken grows with the length of the values and no faster.
#[must_use]
pub fn parse<V: AsRef<[u8]>>(values: impl IntoIterator<Item = V>) -> Challenges {
    let nothing = Challenges {
        well_formed: Vec::new(),
        malformed: Vec::new(),
        valid: true,
        contradicts_itself: false,
    };
    let mut reader = Reader { told: nothing, draft: None };
    for value in values {
        let mut rest = value.as_ref();
        while let Some((element, after)) = next_element(rest) {
            reader.read(element);
            rest = after;
        }
    }
    reader.finish();
    reader.told
}

struct Reader {
    told: Challenges,
    draft: Option<Draft>,
}

/// The challenge that is being read: what comes next may belong to it, even on the next line.
struct Draft {
    challenge: Challenge,
    params: usize,
    takes_params: bool,
    malformed: bool,
}

impl Reader {
    fn read(&mut self, element: &[u8]) {
        if let Some((name, value)) = param(element) {
            return self.param(name, value);
        }
        match split_token(element) {
            Some((scheme, [])) => self.begin(scheme, false),
            Some((scheme, body @ [b' ', ..])) => self.scheme_and_body(scheme, body),
            // Neither a parameter nor a challenge: what stands before it cannot be trusted.
            _ => self.malformed(),
        }
    }

    fn scheme_and_body(&mut self, scheme: &[u8], body: &[u8]) {
        let body = trim(body);
        self.begin(scheme, true);
        if body.is_empty() {
            return;
        }
        if let Some((name, value)) = param(body) {
            return self.param(name, value);
        }
        match &mut self.draft {
            Some(draft) if is_token68(body) => {
                draft.challenge = Challenge::new(latin1(scheme)).token68(latin1(body));
                draft.takes_params = false;
            }
            _ => self.malformed(),
        }
    }

    fn begin(&mut self, scheme: &[u8], takes_params: bool) {
        self.finish();
        let challenge = Challenge::new(latin1(scheme));
        self.draft = Some(Draft { challenge, params: 0, takes_params, malformed: false });
    }

    fn param(&mut self, name: &[u8], value: String) {
        let Some(draft) = self.draft.as_mut().filter(|draft| draft.takes_params) else {
            self.told.valid = false;
            return;
        };
        let name = latin1(name);
        if draft.params == PARAM_LIMIT || draft.challenge.value(&name).is_some() {
            self.told.contradicts_itself = true;
            return self.malformed();
        }
        draft.params += 1;
        let challenge = std::mem::replace(&mut draft.challenge, Challenge::new(String::new()));
        draft.challenge = challenge.param(name, value);
    }

    fn malformed(&mut self) {
        self.told.valid = false;
        if let Some(draft) = &mut self.draft {
            draft.malformed = true;
        }
    }

    fn finish(&mut self) {
        match self.draft.take() {
            Some(draft) if draft.malformed => {
                self.told.malformed.push(draft.challenge.scheme().to_owned());
            }
            Some(draft) => self.told.well_formed.push(draft.challenge),
            None => {}
        }
    }
}

/// Cuts off what stands before the next comma that is not in quotes.
///
/// A trailing space stays: after a scheme it is what lets parameters follow.
fn next_element(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = line.iter().position(|&byte| !matches!(byte, b',' | b' ' | b'\t'))?;
    let line = &line[start..];
    let (mut quoted, mut escaped) = (false, false);
    let comma = line.iter().position(|&byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' => return !quoted,
            _ => {}
        }
        false
    });
    Some(line.split_at(comma.unwrap_or(line.len())))
}

/// Reads `name = value`, where the value is a token or a quoted string.
fn param(element: &[u8]) -> Option<(&[u8], String)> {
    let (name, rest) = split_token(element)?;
    let value = trim(trim(rest).strip_prefix(b"=")?);
    if value.first() == Some(&b'"') {
        return Some((name, unquote(value)?));
    }
    match split_token(value)? {
        (token, []) => Some((name, latin1(token))),
        _ => None,
    }
}

/// Reads a quoted string that ends where the bytes end.
fn unquote(value: &[u8]) -> Option<String> {
    let mut bytes = value.strip_prefix(b"\"")?.iter();
    let mut text = String::with_capacity(value.len());
    loop {
        match bytes.next()? {
            b'"' => return bytes.as_slice().is_empty().then_some(text),
            b'\\' => text.push(char::from(*bytes.next()?)),
            byte => text.push(char::from(*byte)),
        }
    }
}

fn split_token(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| !is_token_byte(*byte)).unwrap_or(bytes.len());
    (0 < end).then(|| bytes.split_at(end))
}

/// RFC 9110 section 5.6.2, `tchar`.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// RFC 9110 section 11.2, `token68`.
fn is_token68(bytes: &[u8]) -> bool {
    let padding = bytes.iter().rev().take_while(|&&byte| byte == b'=').count();
    let body = &bytes[..bytes.len() - padding];
    let in_body = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte);
    !body.is_empty() && body.iter().all(in_body)
}

fn trim(bytes: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = bytes.iter().take_while(|byte| is_space(byte)).count();
    let end = bytes.iter().rev().take_while(|byte| is_space(byte)).count();
    bytes.get(start..bytes.len() - end).unwrap_or_default()
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

const PARAM_LIMIT: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r37_parameters_belong_to_their_scheme() {
        let told = parse([r#"Basic realm="a, b", Bearer realm="c", error="invalid_token""#]);

        assert!(told.is_valid());
        assert_eq!(told.well_formed()[0].realm(), Some("a, b"));
        assert_eq!(told.well_formed()[0].error(), None);
        assert_eq!(told.well_formed()[1].error(), Some("invalid_token"));
    }

    #[test]
    fn r37_a_duplicate_makes_the_challenge_malformed_whatever_its_case() {
        let told = parse([r#"Bearer error="invalid_token", ERROR="insufficient_scope", Basic"#]);

        assert_eq!(schemes(&told), ["Basic"]);
        assert_eq!(told.malformed_schemes().collect::<Vec<_>>(), ["Bearer"]);
    }

    #[test]
    fn r37_a_malformed_challenge_hides_no_other() {
        for values in [
            [r#"Foo bar=can't parse"#, r#"Bearer error="invalid_token""#],
            [r#"Foo ""#, r#"Bearer error="invalid_token""#],
            [r#"Foo a="b" c="d", e=f"#, "Bearer error=invalid_token"],
            [r#"Foo https://example.com/"#, "Bearer error=invalid_token"],
        ] {
            let told = parse(values);

            assert!(!told.is_valid());
            assert_eq!(schemes(&told), ["Bearer"], "{values:?}");
            assert_eq!(told.malformed_schemes().collect::<Vec<_>>(), ["Foo"]);
        }
    }

    #[test]
    fn r37_a_value_in_place_of_parameters_is_kept_whole() {
        let told = parse(["Negotiate oYG2MIGz==, NTLM, Bearer realm="]);

        let values: Vec<_> = told.well_formed().iter().map(Challenge::as_token68).collect();
        assert_eq!(values, [Some("oYG2MIGz=="), None, Some("realm=")]);
    }

    #[test]
    fn r37_several_lines_are_one_list() {
        let told = parse(["", "Digest realm=a", "nonce=b", " , Basic ,, realm = c "]);

        assert!(told.is_valid());
        assert_eq!(told.well_formed()[0].value("nonce"), Some("b"));
        assert_eq!(told.well_formed()[1].realm(), Some("c"));
    }

    #[test]
    fn r37_no_field_and_an_empty_one_follow_the_grammar() {
        for values in [&[][..], &[""], &["", " , "]] {
            let told = parse(values);

            assert!(told.is_valid() && told.well_formed().is_empty(), "{values:?}");
        }
    }

    #[test]
    fn r37_a_parameter_without_a_scheme_is_junk() {
        let told = parse([r#"Basic, realm="foo""#, "Basic="]);

        assert!(!told.is_valid());
        assert_eq!(parse([r#"Basic, realm="foo""#]).well_formed(), [Challenge::new("Basic")]);
    }

    #[test]
    fn r37_quotes_and_escapes_are_undone_and_bytes_are_latin_1() {
        let told = parse([b"Basic realm=\"a\\\"b\\\\c \xe9\"".as_slice()]);

        assert_eq!(told.well_formed()[0].realm(), Some("a\"b\\c é"));
    }

    #[test]
    fn r75_more_parameters_than_any_scheme_has_are_not_kept() {
        let params: Vec<_> = (0..=PARAM_LIMIT).map(|n| format!("p{n}=v")).collect();
        let line = |params: &[String]| format!("Foo {}", params.join(", "));

        assert_eq!(schemes(&parse([line(&params[1..])])), ["Foo"]);
        assert!(parse([line(&params)]).well_formed().is_empty());
    }

    fn schemes(told: &Challenges) -> Vec<&str> {
        told.well_formed().iter().map(Challenge::scheme).collect()
    }
}
