//! What was told of a failure, in one string.

use std::borrow::Cow;
use std::fmt::{self, Write};

use serde_json::{Map, Value};

use crate::error_body::take_object;
use crate::neutral;
use crate::redact::Secret;
use crate::untrusted::{Neutral, is_plain};
use crate::{Details, ErrorBody, Problem};

/// The texts of a failure, bounded and neutralised, and the body of its answer as it arrived.
///
/// All of them lie in one string, so that a failure costs one allocation for its words; the body is
/// taken apart where somebody asks for it.
#[derive(Clone, Default)]
pub(crate) struct Told {
    text: String,
    spans: [Option<Span>; PARTS],
    shape: Shape,
}

/// One of the texts.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Because,
    Code,
    Description,
    RequestId,
    Json,
}

/// What the members of a body mean.
#[derive(Clone, Copy, Default)]
pub(crate) enum Shape {
    /// The documented error format.
    #[default]
    Documented,
    /// Problem details (RFC 9457).
    Problem,
}

#[derive(Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

impl Told {
    /// Takes over a text, bounded and neutralised.
    pub(crate) fn put(&mut self, part: Part, text: &str) {
        if is_plain(text, part.limit()) {
            self.keep(part, text);
        } else {
            self.put_shown(part, text);
        }
    }

    /// Takes over what something shows itself as, bounded and neutralised.
    pub(crate) fn put_shown(&mut self, part: Part, shown: impl fmt::Display) {
        let start = self.begin();
        // It fails where the limit is reached; what fits is written then.
        let _ = write!(Neutral::new(&mut self.text, part.limit()), "{shown}");
        self.set(part, start);
    }

    /// Takes over the text of a JSON object as it arrived.
    pub(crate) fn put_json(&mut self, json: &str, shape: Shape) {
        // Room for what is found in it as well: as a rule, half of it at most.
        self.text.reserve(json.len() + json.len().min(FOUND_LIMIT) / 2 + BECAUSE_ROOM);
        self.keep(Part::Json, json);
        self.shape = shape;
    }

    /// Takes over a body, and the code, the description and the request id in it.
    pub(crate) fn put_body(&mut self, mut body: ErrorBody) {
        neutral::body(&mut body);
        for (part, text) in [
            (Part::Code, &body.error_code),
            (Part::Description, &body.error_description),
            (Part::RequestId, &body.request_id),
        ] {
            match text {
                Some(text) => self.keep(part, text),
                None => self.forget(part),
            }
        }
        self.write(body);
    }

    /// Takes over what an answer told, and leaves why that makes a failure as it is.
    pub(crate) fn put_answer(&mut self, other: &Told) {
        for part in [Part::Code, Part::Description, Part::RequestId, Part::Json] {
            match other.get(part) {
                Some(text) => self.keep(part, text),
                None => self.forget(part),
            }
        }
        self.shape = other.shape;
    }

    /// Forgets a text.
    pub(crate) fn forget(&mut self, part: Part) {
        self.spans[part as usize] = None;
    }

    /// Takes a secret out of all of it.
    pub(crate) fn redact(&mut self, secret: &Secret<'_>) {
        let body = self.redacted_body(secret);
        let texts = [Part::Because, Part::Code, Part::Description, Part::RequestId]
            .map(|part| (part, self.get(part).map(|text| secret.redact(text))));
        let echoed = |(_, text): &(Part, Option<Cow<'_, str>>)| matches!(text, Some(Cow::Owned(_)));
        if body.is_none() && !texts.iter().any(echoed) {
            return;
        }
        // From the beginning, so that nothing is left of what the string held.
        let mut clean = Told::default();
        match (body, self.get(Part::Json)) {
            (Some(body), _) => clean.write(body),
            (None, Some(json)) => clean.put_json(json, self.shape),
            (None, None) => {}
        }
        for (part, text) in texts {
            if let Some(text) = text {
                clean.keep(part, &text);
            }
        }
        *self = clean;
    }

    /// Returns which signal decided the kind.
    pub(crate) fn because(&self) -> &str {
        self.get(Part::Because).unwrap_or("its kind was given")
    }

    pub(crate) fn get(&self, part: Part) -> Option<&str> {
        let span = self.spans[part as usize]?;
        self.text.get(span.start as usize..span.end as usize)
    }

    /// Reads the body, and completes it with what was found elsewhere.
    pub(crate) fn body(&self) -> ErrorBody {
        let mut body = self.own_body();
        for (name, text, part) in [
            ("error_code", &mut body.error_code, Part::Code),
            ("error_description", &mut body.error_description, Part::Description),
            ("request_id", &mut body.request_id, Part::RequestId),
        ] {
            // A member of another type stays what it is; one without a value is none.
            match (&*text, self.get(part), body.extra.get(name)) {
                (None, Some(found), None) => *text = Some(found.to_owned()),
                (None, Some(found), Some(Value::Null)) => {
                    *text = Some(found.to_owned());
                    body.extra.remove(name);
                }
                (Some(_), _, _) | (None, None, _) | (None, Some(_), Some(_)) => {}
            }
        }
        body
    }

    /// Reads the `details` of the body.
    pub(crate) fn details(&self) -> Details<'static> {
        Details::new(take_object(&mut self.members(), "details").map(Cow::Owned))
    }

    /// Reads the body as it arrived.
    fn own_body(&self) -> ErrorBody {
        let members = self.members();
        let mut body = match self.shape {
            Shape::Documented => ErrorBody::from_members(members),
            Shape::Problem => ErrorBody::from(Problem::from(members)),
        };
        neutral::body(&mut body);
        body
    }

    /// Reads the members of the body; an array stands for the first thing in it.
    fn members(&self) -> Map<String, Value> {
        let mut value = self.get(Part::Json).and_then(|json| serde_json::from_str(json).ok());
        if let Some(Value::Array(items)) = value {
            value = items.into_iter().next();
        }
        match value {
            Some(Value::Object(members)) => members,
            Some(
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_),
            )
            | None => Map::new(),
        }
    }

    /// Returns the body without the secret, or `None` where it is not in there.
    fn redacted_body(&self, secret: &Secret<'_>) -> Option<ErrorBody> {
        let json = self.get(Part::Json)?;
        // What is spelled as it is read need not be read.
        let spelled_out = !json.contains(['\\', '…']) && !secret.fits_a_number();
        if spelled_out && matches!(secret.redact(json), Cow::Borrowed(_)) {
            return None;
        }
        let mut body = self.own_body();
        secret.redact_body(&mut body);
        Some(body)
    }

    fn write(&mut self, body: ErrorBody) {
        let members = body.into_members();
        let start = self.begin();
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{}", Value::Object(members));
        self.set(Part::Json, start);
        self.shape = Shape::Documented;
    }

    /// Returns where the next text begins; there is room for a few from the first on.
    fn begin(&mut self) -> usize {
        if self.text.is_empty() {
            self.text.reserve(FEW_WORDS);
        }
        self.text.len()
    }

    fn keep(&mut self, part: Part, text: &str) {
        let start = self.begin();
        self.text.push_str(text);
        self.set(part, start);
    }

    /// Says that a part is what was written from here on; what lies behind 4 GiB is not kept.
    fn set(&mut self, part: Part, start: usize) {
        let (start, end) = (u32::try_from(start).ok(), u32::try_from(self.text.len()).ok());
        self.spans[part as usize] = start.zip(end).map(|(start, end)| Span { start, end });
    }
}

/// Bodies are compared by what they say, however it is written.
impl PartialEq for Told {
    fn eq(&self, other: &Told) -> bool {
        let texts = [Part::Code, Part::Description, Part::RequestId];
        self.because() == other.because()
            && texts.into_iter().all(|part| self.get(part) == other.get(part))
            && self.body() == other.body()
    }
}

impl Eq for Told {}

impl Part {
    fn limit(self) -> usize {
        match self {
            Part::Because | Part::Description => neutral::DESCRIPTION_LIMIT,
            Part::Code | Part::RequestId => neutral::NAME_LIMIT,
            Part::Json => usize::MAX,
        }
    }
}

const PARTS: usize = 5;
/// Bytes of a body of which half are taken for room that its texts need.
const FOUND_LIMIT: usize = 1_024;
/// Bytes for the line that says which signal decided.
const BECAUSE_ROOM: usize = 64;
/// Bytes for the texts of a failure without a body.
const FEW_WORDS: usize = 96;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_found_in_a_body_fits_in_behind_it() {
        let body = r#"{"error":"unauthorized","error_description":"Invalid or expired access token",
            "error_code":"AUTH_001","timestamp":"2024-01-15T10:30:00Z","request_id":"req_1234567890"}"#;
        let mut told = Told::default();
        told.put_json(body, Shape::Documented);
        let room = told.text.capacity();

        told.put(Part::Code, "AUTH_001");
        told.put(Part::Description, "Invalid or expired access token");
        told.put(Part::RequestId, "req_1234567890");
        told.put_shown(Part::Because, format_args!("code {}", "AUTH_001"));

        assert_eq!(told.text.capacity(), room);
        assert_eq!(told.get(Part::Json), Some(body));
        assert_eq!(told.because(), "code AUTH_001");
    }

    #[test]
    fn the_last_word_counts() {
        let mut told = Told::default();

        told.put(Part::Code, "first");
        told.put(Part::Code, "last");

        assert_eq!(told.get(Part::Code), Some("last"));
        assert_eq!(told.body().error_code.as_deref(), Some("last"));
    }

    #[test]
    fn a_body_is_completed_where_it_lacks_a_member() {
        for (json, completed) in [
            (json!({}), json!({"error_code": "found"})),
            (json!({"error_code": null}), json!({"error_code": "found"})),
            (json!({"error_code": "own"}), json!({"error_code": "own"})),
            // What arrived is not lost, whatever type it is of.
            (json!({"error_code": 42}), json!({"error_code": 42})),
        ] {
            let mut told = Told::default();
            told.put_json(&json.to_string(), Shape::Documented);
            told.put(Part::Code, "found");

            assert_eq!(Value::Object(told.body().into_members()), completed, "{json}");
            assert_eq!(told.get(Part::Code), Some("found"), "{json}");
        }
    }

    #[test]
    fn r75_a_body_that_is_no_object_says_nothing() {
        for (json, members) in [
            (r#"[{"error": "first"}, 2]"#, json!({"error": "first"})),
            (r#"["first"]"#, json!({})),
            ("[[{}]]", json!({})),
            (r#""text""#, json!({})),
            (r#"{"error": "cut"#, json!({})),
            ("", json!({})),
        ] {
            let mut told = Told::default();
            told.put_json(json, Shape::Documented);

            assert_eq!(Value::Object(told.body().into_members()), members, "{json}");
            assert_eq!(told.details().limit(), None, "{json}");
        }
    }

    #[test]
    fn problem_details_are_told_in_the_documented_format() {
        let mut told = Told::default();
        let problem = r#"{"type": "https://example.com/out-of-credit", "title": "t", "detail": "d",
            "balance": 30, "details": {"limit": 7}}"#;
        told.put_json(problem, Shape::Problem);

        let body = told.body();

        assert_eq!(body.error_code.as_deref(), Some("out-of-credit"));
        assert_eq!(body.error_description.as_deref(), Some("d"));
        assert_eq!(body.extra["balance"], 30);
        assert_eq!(told.details().limit(), Some(7));
    }

    #[test]
    fn r56_the_beginning_of_a_secret_that_the_server_cut_is_found_in_a_body() {
        let mut told = Told::default();
        told.put_json(r#"{"error": "token 0123…", "more": 1}"#, Shape::Documented);

        told.redact(&Secret::new("0123456789abcdef"));

        assert_eq!(told.body().error.as_deref(), Some("token REDACTED…"));
    }

    #[test]
    fn r56_nothing_is_left_of_a_secret_in_the_memory_of_a_failure() {
        let mut told = Told::default();
        told.put_json(r#"{"a": "\u0073ecret-12345"}"#, Shape::Documented);
        told.put(Part::Code, "secret-12345");
        told.put(Part::Code, "other");

        told.redact(&Secret::new("secret-12345"));

        assert_eq!(told.text, r#"{"a":"REDACTED"}other"#);
    }
}
