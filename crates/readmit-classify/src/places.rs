//! The places of a body in which providers put codes, sentences, ids and waits.

mod role;
mod wait;

use std::borrow::Cow;

use arrayvec::ArrayVec;

use self::role::Role;
pub(crate) use self::wait::Wait;
use crate::body::{DEPTH, Path, Value, Visitor};
use crate::dialect::Dialect;
use crate::{eights, fold, words};

/// What stood in the usual places of a body.
#[derive(Debug, Default)]
pub(crate) struct Places<'a> {
    dialect: Option<&'a Dialect>,
    /// What the objects are that the member at hand stands in.
    around: [Option<Role>; DEPTH],
    /// Codes, the most telling places first.
    pub(crate) codes: ArrayVec<Code<'a>, CODE_LIMIT>,
    /// Sentences, the outermost first.
    pub(crate) texts: ArrayVec<Text<'a>, TEXT_LIMIT>,
    pub(crate) request_id: Option<Cow<'a, str>>,
    /// Whether the body names a field of the request, and which.
    pub(crate) names_a_field: bool,
    pub(crate) field: Option<Cow<'a, str>>,
    /// Whether a name may say what was denied.
    pub(crate) names_the_denied: bool,
    /// The JSON that stands in a text.
    pub(crate) nested: Option<Cow<'a, str>>,
    pub(crate) wait: Option<Wait<'a>>,
    pub(crate) expires_at: Option<Cow<'a, str>>,
    pub(crate) current_time: Option<Cow<'a, str>>,
    /// Whether the server says that a later try may succeed.
    pub(crate) retryable: Option<bool>,
    /// The members that stand outermost and have a name that a standard gives them.
    outermost: Outermost<'a>,
}

/// What the documented format and RFC 9457 name.
#[derive(Debug, Default)]
struct Outermost<'a> {
    error_code: Option<Cow<'a, str>>,
    error_description: Option<Cow<'a, str>>,
    title: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    detail: Option<Cow<'a, str>>,
}

/// A code, and how much its place says.
#[derive(Clone, Debug)]
pub(crate) struct Code<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Where it stands, if the dialect cares.
    pub(crate) at: Option<fold::Path>,
    /// The lower, the more telling.
    weight: usize,
    /// A number says something only to who knows the provider.
    pub(crate) is_number: bool,
    /// Whether it stands where codes stand, and not in the place of a family or of a status.
    pub(crate) is_proper: bool,
}

/// A sentence, and how far out it stands.
#[derive(Clone, Debug)]
pub(crate) struct Text<'a> {
    pub(crate) text: Cow<'a, str>,
    weight: usize,
}

impl<'a> Visitor<'a> for Places<'a> {
    fn member(&mut self, path: &Path<'a>, value: Value<'a>) {
        let value = match self.dialect {
            Some(dialect) if dialect.has_places() => match self.placed(dialect, path, value) {
                Some(value) => value,
                None => return,
            },
            _ => value,
        };
        let role = Role::of(path.name());
        let depth = path.names().len().saturating_sub(1);
        if matches!(value, Value::Group { .. })
            && let Some(place) = self.around.get_mut(depth)
        {
            *place = role.filter(|role| *role != Role::Denied);
        }
        let Some(role) = role else { return self.unknown(path, value) };
        match role {
            Role::Identity => {
                if let Value::Text(text) = value {
                    self.name(text);
                }
            }
            Role::Denied => {
                self.names_the_denied = true;
                self.unknown(path, value);
            }
            Role::RequestId => keep(&mut self.request_id, value),
            Role::ExpiresAt => keep(&mut self.expires_at, value),
            Role::CurrentTime => keep(&mut self.current_time, value),
            Role::Field => {
                self.names_a_field |= matches!(value, Value::Text(_) | Value::Group { .. });
                keep(&mut self.field, value);
            }
            Role::Retryable => {
                if let Value::Bool(told) = value {
                    self.retryable = self.retryable.or(Some(told));
                }
            }
            Role::Wait | Role::WaitMillis => {
                let wait = Wait::new(value, role == Role::WaitMillis);
                self.wait = self.wait.take().or(wait);
            }
            Role::Code | Role::Family | Role::Group | Role::Inner | Role::Text => {
                self.telling(role, path, value);
            }
        }
    }
}

impl<'a> Places<'a> {
    pub(crate) fn new(dialect: Option<&'a Dialect>) -> Places<'a> {
        // What the dialect takes for a code is not looked at twice.
        let names_the_denied = dialect.is_some_and(Dialect::has_places);
        Places { dialect, names_the_denied, ..Places::default() }
    }

    /// Returns the provider's code as the failure tells it: a word before a number.
    ///
    /// A number that is the status is no code, unless the dialect has its codes there.
    pub(crate) fn code(&self, status: u16, is_problem: bool) -> Option<&str> {
        if let Some(code) = &self.outermost.error_code {
            return Some(code);
        }
        let kind = self.outermost.kind.as_deref().filter(|_| is_problem);
        let is_kind = |code: &&Code<'_>| kind != Some(&*code.text);
        let word = self.codes.iter().filter(|code| !code.is_number).find(is_kind);
        let kind = kind.filter(|kind| *kind != "about:blank").map(words::last_segment);
        let is_status = |code: &Code<'_>| code.at.is_none() && code.as_status() == Some(status);
        let number = || self.codes.iter().find(|code| code.is_number && !is_status(code));
        let proper = word.filter(|code| code.is_proper || kind.is_none());
        proper.map(|code| &*code.text).or(kind).or_else(|| number().map(|code| &*code.text))
    }

    /// Returns the sentence that the failure tells.
    pub(crate) fn description(&self) -> Option<&str> {
        let first = || self.texts.first().filter(|text| text.weight < UNKNOWN);
        let named = self.outermost.error_description.as_ref().or(self.outermost.detail.as_ref());
        named.map(AsRef::as_ref).or_else(|| first().map(|text| &*text.text))
    }

    /// Returns whether the body has the shape of RFC 9457: a title beside a type or a detail.
    pub(crate) fn is_problem(&self) -> bool {
        let outermost = &self.outermost;
        outermost.title.is_some() && (outermost.kind.is_some() || outermost.detail.is_some())
    }

    /// Takes a member from where the dialect has its codes; gives back what is none of these.
    ///
    /// It stays apart from the path of the many answers that have no dialect.
    #[inline(never)]
    fn placed(
        &mut self,
        dialect: &Dialect,
        path: &Path<'a>,
        value: Value<'a>,
    ) -> Option<Value<'a>> {
        let at = path.names().fold(fold::Path::ROOT, |at, name| at.member(name.as_bytes()));
        let Some(rank) = dialect.place(at) else { return Some(value) };
        let text = match value {
            Value::Text(text) => trim(text),
            Value::Number(number) => Cow::Borrowed(number),
            Value::Null | Value::Bool(_) | Value::Group { .. } => return Some(value),
        };
        if says_nothing(&text) {
            return None;
        }
        if words::is_code(&text) {
            self.insert_code(text, Some(at), true, usize::from(rank));
        } else {
            self.push_text(text, 0);
        }
        None
    }

    /// Takes a member that is about the error if what it stands in is.
    ///
    /// Objects of unknown names may be an envelope: in them only the plainest names count.
    fn telling(&mut self, role: Role, path: &Path<'a>, value: Value<'a>) {
        let depth = path.names().len().saturating_sub(1);
        let around = self.around.get(..depth).unwrap_or_default();
        let is_inner = role == Role::Inner;
        if is_inner && around.last() != Some(&Some(Role::Text)) {
            return self.unknown(path, value);
        }
        let role = if is_inner { Role::Text } else { role };
        let about_something_else = around.iter().flatten().any(|role| !role.holds_more());
        let in_envelope = around.contains(&None);
        if about_something_else || (in_envelope && role == Role::Family) {
            return;
        }
        match value {
            Value::Text(text) => {
                let text = trim(text);
                if text.is_empty() {
                    return;
                }
                if depth == 0
                    && let Some(place) = self.outermost.place(path.name())
                {
                    *place = place.take().or_else(|| Some(text.clone()));
                }
                self.word(role, text, depth);
            }
            Value::Number(number) if role == Role::Code => self.number(number, depth),
            Value::Null | Value::Bool(_) | Value::Group { .. } | Value::Number(_) => {}
        }
    }

    /// Takes a name that is itself a code: that of a flag that is set, or of the envelope.
    fn unknown(&mut self, path: &Path<'a>, value: Value<'a>) {
        let depth = path.names().len();
        match value {
            // Texts in an array that is the whole body.
            Value::Text(text) if depth == 0 => {
                self.word(Role::Text, trim(text), 0);
            }
            Value::Text(text) => {
                let in_errors = path.names().rev().nth(1);
                self.names_a_field |= in_errors.is_some_and(|it| it.eq_ignore_ascii_case("errors"));
                if depth <= 2 && eights::position(text.as_bytes(), *b" ").is_some() {
                    self.push_text(trim(text), UNKNOWN + depth);
                }
            }
            Value::Bool(true) => self.name(Cow::Borrowed(path.name())),
            Value::Group { empty: false } if depth == 1 && self.is_blank() => {
                self.name(Cow::Borrowed(path.name()));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Group { .. } => {}
        }
    }

    fn name(&mut self, name: Cow<'a, str>) {
        if words::is_code(&name) && words::of_code(&name).is_some() {
            self.push_code(name, Role::Family, 0);
        }
    }

    fn is_blank(&self) -> bool {
        self.codes.is_empty() && self.texts.is_empty()
    }

    fn number(&mut self, number: &'a str, depth: usize) {
        if is_number(number) {
            self.push_code(Cow::Borrowed(number), Role::Code, depth);
        }
    }

    /// Sorts a word by its shape: a sentence under `code` is a sentence, a code under `message` a
    /// code (rule 78).
    fn word(&mut self, role: Role, text: Cow<'a, str>, depth: usize) {
        if says_nothing(&text) {
            return;
        }
        if is_number(&text) {
            return self.push_code(text, role, depth);
        }
        if text.starts_with("{\"") {
            self.nested = self.nested.take().or(Some(text));
            return;
        }
        let is_text = role == Role::Text;
        // A single word in the place of a sentence may be anybody's name.
        let is_code = words::is_code(&text)
            && (!is_text || text.contains('_') || words::of_code(&text).is_some());
        if !is_code || is_text {
            self.push_text(text.clone(), 2 * depth + usize::from(!is_text));
        }
        if is_code {
            self.push_code(text, role, depth);
        }
    }

    fn push_text(&mut self, text: Cow<'a, str>, weight: usize) {
        insert(&mut self.texts, Text { text, weight }, |text| text.weight);
    }

    fn push_code(&mut self, text: Cow<'a, str>, role: Role, depth: usize) {
        let weight = PLACES + code_weight(role, depth);
        self.insert_code(text, None, role == Role::Code, weight);
    }

    fn insert_code(
        &mut self,
        text: Cow<'a, str>,
        at: Option<fold::Path>,
        is_proper: bool,
        weight: usize,
    ) {
        let is_number = is_number(&text);
        let code = Code { text, at, weight, is_number, is_proper };
        insert(&mut self.codes, code, |code| code.weight);
    }
}

impl Code<'_> {
    /// Returns the status of 400 or more that the number is.
    pub(crate) fn as_status(&self) -> Option<u16> {
        let number = self.text.parse().ok().filter(|_| self.is_number);
        number.filter(|number| (400..600).contains(number))
    }
}

impl<'a> Outermost<'a> {
    fn place(&mut self, name: &str) -> Option<&mut Option<Cow<'a, str>>> {
        match name {
            "error_code" => Some(&mut self.error_code),
            "error_description" => Some(&mut self.error_description),
            "type" => Some(&mut self.kind),
            "title" => Some(&mut self.title),
            "detail" => Some(&mut self.detail),
            _ => None,
        }
    }
}

/// A code proper goes before what is inside, and that before a word for the family, wherever the
/// three stand.
fn code_weight(role: Role, depth: usize) -> usize {
    if role == Role::Code {
        return depth;
    }
    // A word in the place of a group stands for what would be inside of it.
    let inside = matches!(role, Role::Group | Role::Text);
    2 * DEPTH + usize::from(!inside) + 2 * DEPTH.saturating_sub(depth)
}

/// Inserts behind what weighs as much; the heaviest makes room.
fn insert<T, const LIMIT: usize>(
    list: &mut ArrayVec<T, LIMIT>,
    item: T,
    weight: impl Fn(&T) -> usize,
) {
    let lighter = list.iter().rposition(|other| weight(other) <= weight(&item));
    let at = lighter.map_or(0, |lighter| lighter + 1);
    if at == list.len() {
        let _ = list.try_push(item);
        return;
    }
    if list.is_full() {
        list.pop();
    }
    let _ = list.try_insert(at, item);
}

fn keep<'a>(place: &mut Option<Cow<'a, str>>, value: Value<'a>) {
    if let (None, Value::Text(text)) = (&place, value) {
        *place = Some(text);
    }
}

fn says_nothing(text: &str) -> bool {
    text.is_empty()
        || ["about:blank", "error", "fail"].iter().any(|it| text.eq_ignore_ascii_case(it))
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Cuts the space off both ends, where there hardly ever is any.
fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    let ends = [text.as_bytes().first(), text.as_bytes().last()];
    let has_space = ends.into_iter().flatten().any(u8::is_ascii_whitespace);
    if has_space { cut(text) } else { text }
}

fn cut(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_ascii()),
        Cow::Owned(text) => Cow::Owned(text.trim_ascii().to_owned()),
    }
}

/// The weight behind the places of a dialect.
const PLACES: usize = 256;
/// The weight of a sentence in a place that nobody knows: it comes after all others.
const UNKNOWN: usize = 4 * DEPTH;
/// Codes that are looked at.
const CODE_LIMIT: usize = 8;
/// Sentences that are looked at.
const TEXT_LIMIT: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body;

    #[test]
    fn codes_and_sentences_are_found_where_providers_put_them() {
        for (body, code, text) in [
            (r#"{"error": "unauthorized", "error_code": "A_1"}"#, Some("A_1"), None),
            (r#"{"error": {"code": "A_1", "message": "It broke"}}"#, Some("A_1"), Some("It broke")),
            (
                r#"{"errors": [{"title": "A_1", "detail": "It broke"}]}"#,
                Some("A_1"),
                Some("It broke"),
            ),
            (r#"{"errors": ["It broke"]}"#, None, Some("It broke")),
            (r#"["It broke"]"#, None, Some("It broke")),
            (r#"{"__type": "A_1", "Message": "It broke"}"#, Some("A_1"), Some("It broke")),
            (r#"{"message": "A_1"}"#, Some("A_1"), Some("A_1")),
            (r#"{"code": "It broke", "status": 400}"#, None, Some("It broke")),
            (r#"{"type": "error", "error": {"type": "A_1"}}"#, Some("A_1"), None),
            (r#"{"error": {"code": 401}, "errors": [{"code": 10000}]}"#, Some("10000"), None),
        ] {
            let mut places = Places::default();

            body::walk(body, &mut places);

            assert_eq!(places.code(401, false), code, "{body}");
            assert_eq!(places.description(), text, "{body}");
        }
    }

    #[test]
    fn r75_of_codes_without_number_the_most_telling_are_kept() {
        let family = r#""type": "x_1", "#.repeat(100);
        let body = format!("{{{family} \"code\": \"A_1\"}}");
        let mut places = Places::default();

        body::walk(&body, &mut places);

        assert_eq!(places.codes.len(), CODE_LIMIT);
        assert_eq!(places.code(401, false), Some("A_1"));
    }
}
