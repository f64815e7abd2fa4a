//! URLs: who calls is hidden, and of the query whatever is not known to be harmless.

use std::ops::Range;

use crate::redact::name::Class;
use crate::redact::rules::Rules;
use crate::redact::sieve::SHORTEST_TOKEN;
use crate::redact::spans::Spans;
use crate::redact::{looks, percent, text};

/// Returns where the URL ends that begins at this place of a text.
pub(crate) fn end(text: &[u8], start: usize) -> usize {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'<>`\\".contains(byte);
    let length = text[start..].iter().position(ends).unwrap_or(text.len() - start);
    let found = &text[start..start + length];
    // What closes a bracket around the URL, and the sign at the end of the sentence, is not its own.
    let mut kept = found.len();
    while let Some(last) = found[..kept].last() {
        let opens = |open: u8| found[..kept].contains(&open);
        let is_own = match last {
            b')' => opens(b'('),
            b']' => opens(b'['),
            b'}' => opens(b'{'),
            b'.' | b',' | b';' | b':' | b'!' => false,
            _ => true,
        };
        if is_own || found.len() - kept == MOST_SIGNS {
            break;
        }
        kept -= 1;
    }
    start + kept
}

/// Returns the secret parts of a URL or a reference, however odd it is.
pub(crate) fn secrets(rules: &Rules, url: &[u8], depth: u8) -> Spans {
    let mut url = Url { rules, url, depth, spans: Spans::default() };
    url.read();
    url.spans
}

#[derive(Debug)]
struct Url<'t> {
    rules: &'t Rules,
    url: &'t [u8],
    depth: u8,
    spans: Spans,
}

impl Url<'_> {
    fn read(&mut self) {
        let path = self.authority();
        let find = |byte: u8, from: usize| {
            let rest = &self.url[from..];
            rest.iter().position(|it| *it == byte).map(|at| from + at)
        };
        let end = self.url.len();
        let fragment = find(b'#', path).unwrap_or(end);
        let query = find(b'?', path).filter(|at| *at < fragment).unwrap_or(fragment);
        self.path(path..query);
        self.parameters((query + 1).min(fragment)..fragment);
        let fragment = (fragment + 1).min(end)..end;
        if self.url[fragment.clone()].contains(&b'=') {
            self.parameters(fragment);
        } else {
            self.free(fragment);
        }
    }

    /// Hides who is named in front of the host, and returns where the path begins.
    fn authority(&mut self) -> usize {
        let url = self.url;
        let scheme =
            url.iter().take(LONGEST_SCHEME).position(|byte| !is_scheme(*byte)).unwrap_or(0);
        let start = match url.get(scheme..) {
            Some([b':', b'/', b'/', ..]) => scheme + 3,
            _ if url.starts_with(b"//") => 2,
            _ => return 0,
        };
        let rest = &url[start..];
        let end = rest.iter().position(|byte| b"/?#\\".contains(byte)).unwrap_or(rest.len());
        let authority = &rest[..end];
        let last_at = authority.iter().rposition(|byte| *byte == b'@');
        let named = authority.iter().position(|byte| *byte == b':');
        let is_port = |at: usize| authority[at + 1..].iter().all(u8::is_ascii_digit);
        // A password with a slash in it, which a URL may not have, goes on behind the slash.
        let beyond = match (last_at, named) {
            (Some(_), Some(_)) => later_at(rest, end),
            // What is no port is a password, whatever host follows it; and so is one of no host.
            (None, Some(colon))
                if !authority.starts_with(b"[") && (colon == 0 || !is_port(colon)) =>
            {
                rest[end..].iter().rposition(|byte| *byte == b'@').map(|at| end + at)
            }
            _ => None,
        };
        let Some(at) = beyond.or(last_at) else { return start + end };
        self.spans.hide(start..start + at);
        let host = &rest[at + 1..];
        start + at + 1 + host.iter().position(|byte| b"/?#\\".contains(byte)).unwrap_or(host.len())
    }

    /// Hides tokens among the segments of a path, and what stands behind a word that announces one.
    fn path(&mut self, part: Range<usize>) {
        let mut start = part.start;
        let mut announced = Announced::Nothing;
        for segment in self.url[part].split(|byte| *byte == b'/') {
            let parameter = segment.iter().position(|byte| *byte == b';').unwrap_or(segment.len());
            let name = &segment[..parameter];
            let is_secret = looks::is_token(name)
                || match announced {
                    Announced::Nothing => false,
                    Announced::Token => looks::is_random(name),
                    Announced::Hook => looks::is_unusual(name, 8),
                };
            if is_secret {
                self.spans.hide(start..start + parameter);
            } else {
                self.free(start..start + parameter);
            }
            if parameter < segment.len() {
                self.parameters(start + parameter + 1..start + segment.len());
            }
            announced = Announced::by(name).unwrap_or(announced);
            start += segment.len() + 1;
        }
    }

    /// Hides the values of all parameters that are not known to be harmless.
    fn parameters(&mut self, part: Range<usize>) {
        let mut start = part.start;
        for pair in self.url[part].split(|byte| matches!(byte, b'&' | b';')) {
            let equals = pair.iter().position(|byte| *byte == b'=');
            let name = percent::decode(&pair[..equals.unwrap_or(pair.len())], true);
            let from = start + equals.map_or(0, |equals| equals + 1);
            let end = start + pair.len();
            let may_show =
                self.rules.may_show_query(&name) && self.rules.class(&name) == Class::Plain;
            match equals {
                Some(_) if may_show => self.free(from..end),
                // A page that is asked for by its name alone.
                None if !looks::is_random(pair) => self.free(from..end),
                _ => self.spans.hide(from..end),
            }
            start = end + 1;
        }
    }

    /// Hides a part in which a text finds something.
    fn free(&mut self, part: Range<usize>) {
        let found = &self.url[part.clone()];
        if self.depth == DEEPEST || is_plain_word(found) {
            return;
        }
        let decoded = percent::decode(found, true);
        let is_address = super::shape::find(&decoded, b"://").is_some();
        if is_address && secrets_of_address(self.rules, &decoded, self.depth) {
            self.spans.hide(part);
        } else if !is_address {
            if decoded != found && !text::scan(self.rules, &decoded, self.depth + 1).is_empty() {
                self.spans.hide(part);
            } else {
                for secret in text::scan(self.rules, found, self.depth + 1).iter() {
                    self.spans.hide(part.start + secret.start..part.start + secret.end);
                }
            }
        }
    }
}

/// Whether a part is a word too short to be a token, as most are.
fn is_plain_word(part: &[u8]) -> bool {
    part.len() < SHORTEST_TOKEN
        && part.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(byte))
}

/// Whether a URL within a URL has secrets.
fn secrets_of_address(rules: &Rules, decoded: &[u8], depth: u8) -> bool {
    !text::scan(rules, decoded, depth + 1).is_empty()
}

/// Finds the last `@` behind this place that a host seems to follow.
fn later_at(rest: &[u8], from: usize) -> Option<usize> {
    let at = from + rest[from..].iter().rposition(|byte| *byte == b'@')?;
    let host = &rest[at + 1..];
    let host = &host[..host.iter().position(|byte| b"/?#:".contains(byte)).unwrap_or(host.len())];
    let is_host = host.contains(&b'.') || host.eq_ignore_ascii_case(b"localhost");
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
    (is_host && host.iter().all(is_name)).then_some(at)
}

fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)
}

/// What the segments of a path say of those behind them.
#[derive(Clone, Copy, Debug)]
enum Announced {
    Nothing,
    /// A token, if one of them looks like it.
    Token,
    /// Whoever knows the rest may call: all of it that is no word.
    Hook,
}

impl Announced {
    fn by(segment: &[u8]) -> Option<Announced> {
        const HOOKS: &[&str] = &["hook", "hooks", "services", "webhook", "webhookb2", "webhooks"];
        const TOKENS: &[&str] = &[
            "activate",
            "confirm",
            "invitation",
            "invitations",
            "invite",
            "invites",
            "key",
            "keys",
            "login",
            "magic",
            "reset",
            "session",
            "sessions",
            "share",
            "shared",
            "unsubscribe",
            "verification",
            "verify",
        ];
        let has = |words: &[&str]| {
            let mut own = segment.split(|byte| !byte.is_ascii_alphanumeric());
            own.any(|own| words.iter().any(|word| own.eq_ignore_ascii_case(word.as_bytes())))
        };
        if has(HOOKS) {
            Some(Announced::Hook)
        } else {
            (Class::of(segment) != Class::Plain || has(TOKENS)).then_some(Announced::Token)
        }
    }
}

const DEEPEST: u8 = 3;
const LONGEST_SCHEME: usize = 24;
/// Signs at the end of a URL that are looked at.
const MOST_SIGNS: usize = 4;
