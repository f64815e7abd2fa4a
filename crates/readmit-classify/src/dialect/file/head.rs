use http::HeaderName;
use toml::de::DeTable;

use super::reader::{Reader, Text, quote};
use crate::dialect::success::{Fails, Literal, Test};
use crate::fold::{self, Path};
use crate::rate_limit::Reset;

/// What a file says before its rules.
pub(super) struct Head<'t> {
    pub(super) name: &'t str,
    pub(super) title: &'t str,
    pub(super) also: Vec<Text<'t>>,
    pub(super) hosts: Vec<Text<'t>>,
    pub(super) prefix: &'t str,
    pub(super) places: Vec<Path>,
    pub(super) code_headers: Vec<Text<'t>>,
    pub(super) reset: Option<Reset>,
    pub(super) success: Vec<Test>,
}

pub(super) fn read<'t>(reader: &mut Reader<'_>, table: &'t DeTable<'_>) -> Head<'t> {
    reader.only(table, HEAD_KEYS);
    let name = required(reader, table, "name");
    if let Some(name) = name.as_ref().filter(|name| !is_name(name.text)) {
        let what =
            format!("{} is no name: write small letters, digits and hyphens", quote(name.text));
        reader.mistake(&name.span, what);
    }
    let title = required(reader, table, "title");
    let also = reader.different_texts(table, "also");
    for called in title.iter().chain(&also) {
        says_something(reader, called, "a name");
    }
    docs(reader, table);
    let hosts = hosts(reader, table);
    let places = places(reader, table);
    let code_headers = reader.different_texts(table, "code_headers");
    for header in &code_headers {
        check_header(reader, header.text, header);
    }
    Head {
        name: name.map_or("", |name| name.text),
        title: title.map_or("", |title| title.text),
        also,
        hosts,
        prefix: prefix(reader, table),
        places,
        code_headers,
        reset: reader.word(table, "reset", &RESETS),
        success: success(reader, table),
    }
}

/// Notes a text that has neither letter nor digit, and could not be told from any other such.
pub(super) fn says_something(reader: &mut Reader<'_>, told: &Text<'_>, what: &str) -> bool {
    let says = fold::folded(told.text).next().is_some();
    if !says {
        let what = format!("{} is not {what}: it has no letter and no digit", quote(told.text));
        reader.mistake(&told.span, what);
    }
    says
}

/// Reads a place such as `error.code`.
pub(super) fn place(reader: &mut Reader<'_>, told: &Text<'_>, dotted: &str) -> Option<Path> {
    let is_name = |name: &str| fold::folded(name).next().is_some();
    if dotted.contains(['[', ']']) {
        let what = format!(
            "{} is no place: arrays are transparent, leave the brackets out",
            quote(dotted)
        );
        reader.mistake(&told.span, what);
        return None;
    }
    if !dotted.split('.').all(is_name) || dotted.contains(char::is_whitespace) {
        let what =
            format!("{} is no place: write the names of members, joined with dots", quote(dotted));
        reader.mistake(&told.span, what);
        return None;
    }
    Some(Path::of(dotted))
}

/// Notes a header that cannot be.
pub(super) fn check_header(reader: &mut Reader<'_>, name: &str, told: &Text<'_>) {
    if HeaderName::from_bytes(name.as_bytes()).is_err() {
        reader.mistake(&told.span, format!("{} is no name of a header", quote(name)));
    }
}

impl Reader<'_> {
    /// Takes a text or a list of texts, which may be empty.
    fn texts_if_any<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Vec<Text<'t>> {
        let empty = table.get(key).and_then(|value| value.get_ref().as_array());
        if empty.is_some_and(|items| items.is_empty()) {
            return Vec::new();
        }
        self.texts(table, key)
    }

    /// The same, each of them once.
    fn different_texts<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Vec<Text<'t>> {
        let told = self.texts_if_any(table, key);
        for (at, one) in told.iter().enumerate() {
            if told.iter().take(at).any(|it| it.text.eq_ignore_ascii_case(one.text)) {
                self.mistake(&one.span, format!("{} stands twice in `{key}`", quote(one.text)));
            }
        }
        told
    }
}

fn required<'t>(reader: &mut Reader<'_>, table: &'t DeTable<'_>, key: &str) -> Option<Text<'t>> {
    if !table.contains_key(key) {
        reader.mistake(&(0..0), format!("`{key}` is missing: write it at the top"));
    }
    reader.text(table, key)
}

fn docs(reader: &mut Reader<'_>, table: &DeTable<'_>) {
    if !table.contains_key("docs") {
        let what = "`docs` is missing: write the URL that the facts come from at the top";
        reader.mistake(&(0..0), what);
    }
    for told in reader.texts(table, "docs") {
        let rest = told.text.strip_prefix("https://").or_else(|| told.text.strip_prefix("http://"));
        if rest.is_none_or(str::is_empty) || told.text.contains(char::is_whitespace) {
            let what = format!("{} is no URL: begin with https://", quote(told.text));
            reader.mistake(&told.span, what);
        }
    }
}

fn hosts<'t>(reader: &mut Reader<'_>, table: &'t DeTable<'_>) -> Vec<Text<'t>> {
    let hosts = reader.different_texts(table, "hosts");
    for host in &hosts {
        let name = host.text.strip_prefix("*.").unwrap_or(host.text);
        let label = |label: &str| {
            let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            !label.is_empty() && label.bytes().all(is_part)
        };
        if !name.split('.').all(label) {
            let what = format!(
                "{} is no host: write a name, or `*.` and the end of one, without scheme, port \
                 and path",
                quote(host.text)
            );
            reader.mistake(&host.span, what);
        }
    }
    hosts
}

fn prefix<'t>(reader: &mut Reader<'_>, table: &'t DeTable<'_>) -> &'t str {
    let Some(told) = reader.text(table, "prefix") else { return "" };
    let is_word = told.text.chars().all(char::is_alphanumeric);
    if told.text.is_empty() || !is_word || told.text.ends_with(|c: char| c.is_ascii_digit()) {
        let what = format!(
            "{} is no prefix: write one word that does not end in a digit",
            quote(told.text)
        );
        reader.mistake(&told.span, what);
    }
    told.text
}

fn places(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<Path> {
    let mut places = Vec::new();
    for told in reader.texts_if_any(table, "codes") {
        let Some(path) = place(reader, &told, told.text) else { continue };
        if places.contains(&path) {
            let what = format!(
                "{} is a place twice: names are compared by letters and digits, case ignored",
                quote(told.text)
            );
            reader.mistake(&told.span, what);
        }
        places.push(path);
    }
    places
}

/// Reads `errors`, `ok = false` and `code != 0`.
fn success(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<Test> {
    let told = reader.different_texts(table, "success");
    let tests = told.iter().filter_map(|told| {
        let (path, sign, value) = match told.text.split_once('=') {
            None => (told.text, "", ""),
            Some((path, value)) => match path.strip_suffix('!') {
                Some(path) => (path, "!=", value),
                None => (path, "=", value),
            },
        };
        let (path, value) = (path.trim(), value.trim());
        if !sign.is_empty() && (value.is_empty() || value.starts_with('=')) {
            let what = format!(
                "{} is no test: write `path`, `path = value` or `path != value`",
                quote(told.text)
            );
            reader.mistake(&told.span, what);
        }
        let fails = match sign {
            "=" => Fails::Is(Literal::read(value)),
            "!=" => Fails::Not(Literal::read(value)),
            _ => Fails::There,
        };
        Some(Test { at: place(reader, told, path)?, fails })
    });
    tests.collect()
}

fn is_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.bytes().all(is_part) && name.bytes().any(|byte| byte != b'-')
}

const HEAD_KEYS: &[&str] = &[
    "name",
    "title",
    "also",
    "docs",
    "hosts",
    "prefix",
    "codes",
    "code_headers",
    "reset",
    "success",
    "rule",
];

const RESETS: [(&str, Reset); 4] = [
    ("delta", Reset::Delta),
    ("delta_millis", Reset::DeltaMillis),
    ("epoch", Reset::Epoch),
    ("epoch_millis", Reset::EpochMillis),
];
