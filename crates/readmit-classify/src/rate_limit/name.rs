//! What a field is by the shape of its name.
//!
//! Providers agree on the words and on nothing else: `X-RateLimit-Remaining-Tokens`,
//! `anthropic-ratelimit-tokens-remaining` and `x-rate-limit-remaining` each have the mark of a rate
//! limit, one word for the part that they play, and the rest, which tells one limit from the other.

/// What a field is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Named<'a> {
    /// `RateLimit` of the current draft, or of the one with a dictionary.
    Draft,
    /// A part of a limit.
    Part(Part, Bucket<'a>),
    /// A wait that is said outright, beside or in place of `Retry-After`, in milliseconds or not.
    Retry { in_milliseconds: bool },
    /// `Retry-After` itself.
    RetryAfter,
}

/// The part that a field plays.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    Limit,
    Remaining,
    Reset(Form),
}

/// What the name of a reset says of its number; the form that leaves least doubt is the largest.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Form {
    /// Nothing: it may be a length of time or a time.
    Open,
    /// A time, though some write a length all the same.
    Instant,
    /// Milliseconds, of a length of time or of a time.
    Milliseconds,
    /// A number of seconds from when the answer was made.
    Seconds,
}

/// The name without the word for the part: the same for all fields of one limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Bucket<'a> {
    before: &'a str,
    behind: &'a str,
}

impl<'a> Bucket<'a> {
    pub(super) fn name(self) -> (&'a str, &'a str) {
        (self.before, self.behind)
    }

    /// Returns the place in the order of the families in which most clients look for a reset.
    pub(super) fn rank(self) -> usize {
        let plain = self.behind.is_empty();
        let place = PRECEDENCE.iter().position(|family| plain && *family == self.before);
        place.unwrap_or(PRECEDENCE.len())
    }

    /// Returns whether the bucket is of a family that has no place of its own in that order.
    pub(super) fn is_unranked(self) -> bool {
        self.rank() == PRECEDENCE.len()
    }
}

/// Says what a field is, by its name in lower case.
pub(super) fn named(name: &str) -> Option<Named<'_>> {
    let (mark, end) = find_mark(name.as_bytes())?;
    match mark {
        Mark::Limit if name == "ratelimit" => Some(Named::Draft),
        Mark::Limit => part(name, end),
        Mark::Retry if name == "retry-after" => Some(Named::RetryAfter),
        Mark::Retry => retry(name, end),
    }
}

fn part(name: &str, mut at: usize) -> Option<Named<'_>> {
    while let Some(rest) = name.get(at..).filter(|rest| !rest.is_empty()) {
        let word = first_word(rest);
        let end = at + word.len();
        let bucket = |start, end| {
            let bucket = Bucket { before: name.get(..start)?, behind: name.get(end..)? };
            Some(bucket)
        };
        if let Some(head) = word.strip_suffix("remaining").or_else(|| word.strip_suffix("left")) {
            return Some(Named::Part(Part::Remaining, bucket(at + head.len(), end)?));
        }
        if let Some(head) = word.strip_suffix("limit") {
            return Some(Named::Part(Part::Limit, bucket(at + head.len(), end)?));
        }
        if let Some((head, form, end)) = reset(name, at, word) {
            let Bucket { before, behind } = bucket(at + head, end)?;
            let (behind, form) = without_unit(behind, form);
            return Some(Named::Part(Part::Reset(form), Bucket { before, behind }));
        }
        at = end + 1;
    }
    None
}

/// Returns how far into the word the reset begins, what it says, and where in the name it ends.
fn reset(name: &str, at: usize, word: &str) -> Option<(usize, Form, usize)> {
    let end = at + word.len();
    if word == "next" {
        return Some((0, Form::Instant, end));
    }
    let behind = |end: usize| name.get(end..).unwrap_or_default();
    if word == "retry" {
        let after = behind(end).strip_prefix(is_joint)?.strip_prefix("after")?;
        return after.chars().next().is_none_or(is_joint).then_some((
            0,
            Form::Seconds,
            end + "-after".len(),
        ));
    }
    let head = word.as_bytes().windows(5).position(|it| it == b"reset")?;
    let tail = word.get(head + 5..)?;
    // The word goes on, `resettime`, or the next one does, `reset-after`.
    let next = || Some(first_word(behind(end).strip_prefix(is_joint)?));
    let said = |word: &str| match word {
        "after" | "in" => Some(Form::Seconds),
        "at" | "date" | "time" | "timestamp" => Some(Form::Instant),
        _ => None,
    };
    if let (true, Some(next)) = (tail.is_empty(), next())
        && let Some(form) = said(next)
    {
        return Some((head, form, end + 1 + next.len()));
    }
    let form = if tail.is_empty() { Some(Form::Open) } else { said(tail) };
    Some((head, form?, end))
}

/// Takes a unit off the end of a name.
fn without_unit(behind: &str, form: Form) -> (&str, Form) {
    for (unit, of_unit) in UNITS {
        if let Some(rest) = behind.strip_suffix(unit) {
            return (rest, of_unit);
        }
    }
    (behind, form)
}

fn retry(name: &str, end: usize) -> Option<Named<'_>> {
    let rest = name.get(end..)?.strip_prefix(is_joint)?;
    let rest = rest.strip_prefix("after").or_else(|| rest.strip_prefix("in"))?;
    let (rest, form) = without_unit(rest, Form::Seconds);
    let in_milliseconds = form == Form::Milliseconds || name == AWS;
    rest.is_empty().then_some(Named::Retry { in_milliseconds })
}

fn first_word(text: &str) -> &str {
    let length = text.bytes().position(|byte| is_joint(char::from(byte)));
    length.and_then(|length| text.get(..length)).unwrap_or(text)
}

fn is_joint(mark: char) -> bool {
    matches!(mark, '-' | '_')
}

/// What tells the names that matter from all others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mark {
    Limit,
    Retry,
}

/// Finds the mark of a rate limit, or else of a retry, and returns it with where it ends.
///
/// Both words have five letters. What stands where the fifth would be says how far the next place
/// may be, so that a name is passed over in about a fifth as many steps as it has bytes: most
/// names of an answer have nothing to do with limits, and this is what each of them costs.
fn find_mark(name: &[u8]) -> Option<(Mark, usize)> {
    let mut retry = None;
    let mut end = 5;
    while let Some(last) = name.get(end - 1) {
        let ends = |word: &[u8]| name.get(..end).is_some_and(|it| it.ends_with(word));
        end += match last {
            b't' if ends(b"ratelimit") || ends(b"rate-limit") || ends(b"rate_limit") => {
                return Some((Mark::Limit, end));
            }
            b'y' if ends(b"retry") => {
                retry = retry.or(Some((Mark::Retry, end)));
                5
            }
            // The least of what each word allows.
            b'i' | b'r' => 1,
            b'm' | b't' => 2,
            b'e' => 3,
            b'l' => 4,
            _ => 5,
        };
    }
    retry
}

/// Amazon's own: milliseconds without a word of it.
const AWS: &str = "x-amz-retry-after";
const PRECEDENCE: [&str; 3] = ["ratelimit-", "x-ratelimit-", "x-rate-limit-"];
const UNITS: [(&str, Form); 6] = [
    ("-ms", Form::Milliseconds),
    ("-millis", Form::Milliseconds),
    ("-milliseconds", Form::Milliseconds),
    ("-s", Form::Seconds),
    ("-sec", Form::Seconds),
    ("-seconds", Form::Seconds),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r53_a_name_is_understood_by_its_shape() {
        let remaining = |before, behind| part_of(Part::Remaining, before, behind);
        let limit = |before, behind| part_of(Part::Limit, before, behind);
        let reset = |form, before, behind| part_of(Part::Reset(form), before, behind);

        for (name, is) in [
            ("ratelimit", Some(Named::Draft)),
            ("ratelimit-remaining", remaining("ratelimit-", "")),
            ("x-ratelimit-limit", limit("x-ratelimit-", "")),
            ("x-rate-limit-limit", limit("x-rate-limit-", "")),
            ("x-ratelimit-remaining-tokens", remaining("x-ratelimit-", "-tokens")),
            ("x-ratelimit-requests-remaining", remaining("x-ratelimit-requests-", "")),
            ("x-ratelimit-userremaining", remaining("x-ratelimit-user", "")),
            ("x-rate-limit-requests-left", remaining("x-rate-limit-requests-", "")),
            ("x-ratelimit-reset", reset(Form::Open, "x-ratelimit-", "")),
            ("x-ratelimit-reset-requests", reset(Form::Open, "x-ratelimit-", "-requests")),
            ("x-ratelimit-reset-after", reset(Form::Seconds, "x-ratelimit-", "")),
            ("x-ratelimit-reset-ms", reset(Form::Milliseconds, "x-ratelimit-", "")),
            ("x-ratelimit-retry-after", reset(Form::Seconds, "x-ratelimit-", "")),
            ("x-ratelimit-retry-after-ms", reset(Form::Milliseconds, "x-ratelimit-", "")),
            ("x-ratelimit-next", reset(Form::Instant, "x-ratelimit-", "")),
            ("ratelimit-resettime", reset(Form::Instant, "ratelimit-", "")),
            ("x-ratelimit-userreset", reset(Form::Open, "x-ratelimit-user", "")),
            (
                "anthropic-ratelimit-input-tokens-reset",
                reset(Form::Open, "anthropic-ratelimit-input-tokens-", ""),
            ),
            ("retry-after", Some(Named::RetryAfter)),
            ("x-retry-in", Some(Named::Retry { in_milliseconds: false })),
            ("retry-after-seconds", Some(Named::Retry { in_milliseconds: false })),
            ("retry-after-ms", Some(Named::Retry { in_milliseconds: true })),
            ("x-ms-retry-after-ms", Some(Named::Retry { in_milliseconds: true })),
            ("x-amz-retry-after", Some(Named::Retry { in_milliseconds: true })),
            ("ratelimit-policy", None),
            ("x-ratelimit-used", None),
            ("x-ratelimit-delay", None),
            ("x-ratelimit-resource", None),
            ("x-ratelimit-retry", None),
            ("x-ratelimit-resettable", None),
            ("x-limit-remaining", None),
            ("x-should-retry", None),
            ("retry-attempt", None),
            ("retry-after-all", None),
            ("content-length", None),
            ("x-rate", None),
        ] {
            assert_eq!(named(name), is, "{name}");
        }
    }

    #[test]
    fn a_mark_is_found_wherever_it_stands() {
        for padding in ["", "l", "li", "lim", "limi", "limilimi", "ttttt", "rrrr", "retr", "eeyee"]
        {
            for (word, mark) in [
                ("ratelimit", Mark::Limit),
                ("rate-limit", Mark::Limit),
                ("rate_limit", Mark::Limit),
                ("retry", Mark::Retry),
            ] {
                let name = format!("{padding}{word}");

                assert_eq!(find_mark(name.as_bytes()), Some((mark, name.len())), "{name}");
                assert_eq!(find_mark(format!("{name}-x").as_bytes()), Some((mark, name.len())));
            }
            assert_eq!(find_mark(padding.as_bytes()), None);
            assert_eq!(find_mark(format!("{padding}limit").as_bytes()), None);
        }
        let both = find_mark(b"retry-limit-x-ratelimit-reset");
        assert_eq!(both, Some((Mark::Limit, "retry-limit-x-ratelimit".len())));
    }

    fn part_of<'a>(part: Part, before: &'a str, behind: &'a str) -> Option<Named<'a>> {
        Some(Named::Part(part, Bucket { before, behind }))
    }
}
