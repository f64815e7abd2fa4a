//! JSON: what is secret by the names of its members, however deep, and what each string says.
//!
//! The text is read twice, without recursion: once for its structure, once to hide. What is no JSON,
//! or has been cut, is structure as far as it goes and a text from there on. Of most strings the first
//! reading tells already that they are ordinary.

use std::borrow::Cow;
use std::ops::Range;

use crate::redact::name::Class;
use crate::redact::rules::Rules;
use crate::redact::spans::MARK;
use crate::redact::texts::{Glance, Seen};
use crate::redact::view::View;
use crate::redact::{Texts, looks};

/// Rewrites JSON without its secrets, or returns `None` where there is nothing to hide.
pub(crate) fn redact(texts: &Texts<'_>, json: &str, depth: u8) -> Option<String> {
    let document = Document::read(texts, json);
    let mut hidden = document.hide(texts.rules);
    let mut clean = String::with_capacity(json.len());
    let mut kept_from = 0;
    let mut changed = false;
    let mut replace = |range: Range<usize>, by: &str, clean: &mut String| {
        clean.push_str(&json[kept_from..range.start]);
        clean.push_str(by);
        kept_from = range.end;
        changed = true;
    };
    for (at, node) in document.nodes.iter().enumerate() {
        if let Some(name) =
            node.name.filter(|name| name.seen.is_odd && !hidden.is_within(node.start))
            && let Some(clean_name) = redact_string(texts, name.of(json), depth)
        {
            replace(name.start..name.end, &clean_name, &mut clean);
        }
        if hidden.is_within(node.start) {
            continue;
        }
        if hidden.secrets[at] {
            hidden.until = node.end;
            if !is_literal(&json[node.start..node.end]) {
                replace(node.start..node.end, &format!("\"{MARK}\""), &mut clean);
            }
        } else if node.seen.is_odd
            && let Some(value) = redact_scalar(texts, node, &json[node.start..node.end], depth)
        {
            replace(node.start..node.end, &value, &mut clean);
        }
    }
    let rest = json.get(document.end.max(kept_from)..).unwrap_or_default();
    let clean_rest = if document.ends_in_secret(texts.rules) && !rest.trim().is_empty() {
        Some(MARK.to_owned())
    } else {
        texts.redact(rest, depth).map(|rest| rest.into_owned())
    };
    if !changed && clean_rest.is_none() {
        return None;
    }
    clean.push_str(&json[kept_from..document.end.max(kept_from)]);
    clean.push_str(clean_rest.as_deref().unwrap_or(rest));
    Some(clean)
}

/// Redacts a value by what it says; a secret of digits may be a number as well.
fn redact_scalar(texts: &Texts<'_>, node: &Node, value: &str, depth: u8) -> Option<String> {
    match node.kind {
        Kind::Array | Kind::Object => None,
        Kind::String => redact_string(texts, value, depth),
        Kind::Word => texts.is_registered(value).then(|| format!("\"{MARK}\"")),
    }
}

/// Redacts what a string of JSON says, with its quotes.
fn redact_string(texts: &Texts<'_>, quoted: &str, depth: u8) -> Option<String> {
    let inside = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let decoded = if inside.contains('\\') {
        Cow::Owned(serde_json::from_str(quoted).unwrap_or_else(|_| inside.to_owned()))
    } else {
        Cow::Borrowed(inside)
    };
    let clean = texts.redact_value(&decoded, depth)?;
    serde_json::to_string(&clean).ok()
}

/// Whether a value has nothing that could be secret: none, a truth, an empty text, its own mark.
fn is_literal(value: &str) -> bool {
    matches!(value, "null" | "true" | "false" | "\"\"" | "[]" | "{}" | "\"REDACTED\"")
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Array,
    Object,
    String,
    /// A number, a truth or nothing.
    Word,
}

#[derive(Debug)]
struct Node {
    kind: Kind,
    start: usize,
    end: usize,
    /// The container that it is in.
    parent: Option<usize>,
    /// Where it is a member of an object.
    name: Option<Text>,
    seen: Seen,
    /// Where it stands in its container.
    place: usize,
}

impl Node {
    fn text(&self) -> Text {
        Text { start: self.start, end: self.end, seen: self.seen }
    }
}

/// A string with its quotes.
#[derive(Clone, Copy, Debug)]
struct Text {
    start: usize,
    end: usize,
    seen: Seen,
}

impl Text {
    fn of(self, json: &str) -> &str {
        &json[self.start..self.end]
    }
}

/// The values of a JSON text in the order of their beginnings.
#[derive(Debug)]
struct Document<'j> {
    json: &'j str,
    glance: Glance<'j>,
    nodes: Vec<Node>,
    /// Where what can be read ends.
    end: usize,
    /// The name of the member that has no value there, or a part of one.
    cut: Option<Text>,
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    node: usize,
    name: Option<Text>,
    count: usize,
}

impl<'j> Document<'j> {
    fn read(texts: &Texts<'_>, json: &'j str) -> Document<'j> {
        let nodes = Vec::with_capacity(json.len() / BYTES_PER_NODE);
        let (glance, open) = (texts.glance(json), Vec::new());
        let mut document = Document { json, glance, nodes, end: 0, cut: None, open };
        let mut at = if json.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        while let Some(next) = document.token(at) {
            at = next;
            document.end = at;
        }
        let pending = document.open.last().and_then(|open| open.name);
        document.cut = document.cut.or(pending);
        document.end_name();
        for open in &document.open {
            document.nodes[open.node].end = json.len();
        }
        document
    }

    /// Reads the next sign or value, and returns the place behind it.
    fn token(&mut self, at: usize) -> Option<usize> {
        let bytes = self.json.as_bytes();
        let blanks = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_whitespace());
        let at = at + blanks.count();
        match bytes.get(at)? {
            b'{' => self.open(Kind::Object, at),
            b'[' => self.open(Kind::Array, at),
            b'}' => self.close(Kind::Object, at),
            b']' => self.close(Kind::Array, at),
            b',' | b':' => Some(at + 1),
            b'"' => self.string(at),
            byte if byte.is_ascii_alphanumeric() || *byte == b'-' => {
                let rest = &bytes[at..];
                let length = rest
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
                let end = at + length.count();
                let word = &self.json[at..end];
                let is_value = word.bytes().all(|byte| byte.is_ascii_digit())
                    || matches!(word, "null" | "true" | "false")
                    || word.parse::<f64>().is_ok();
                if !is_value {
                    return None;
                }
                let seen = self.glance.at(at, end);
                self.push(Kind::Word, Text { start: at, end, seen });
                Some(end)
            }
            _ => None,
        }
    }

    fn string(&mut self, at: usize) -> Option<usize> {
        let bytes = self.json.as_bytes();
        let mut end = at + 1;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(_) => end += 1,
                None => {
                    self.cut = self.open.last().and_then(|open| open.name);
                    return None;
                }
            }
        }
        let end = end + 1;
        let text = Text { start: at, end, seen: self.glance.at(at, end) };
        let is_name = self
            .open
            .last()
            .is_some_and(|open| self.nodes[open.node].kind == Kind::Object && open.name.is_none());
        match self.open.last_mut() {
            Some(open) if is_name => open.name = Some(text),
            _ => self.push(Kind::String, text),
        }
        Some(end)
    }

    fn push(&mut self, kind: Kind, text: Text) {
        let Text { start, end, seen } = text;
        let mut node = Node { kind, start, end, parent: None, name: None, seen, place: 0 };
        if let Some(open) = self.open.last_mut() {
            node.parent = Some(open.node);
            node.name = open.name.take();
            node.place = open.count;
            open.count += 1;
        }
        self.nodes.push(node);
    }

    fn open(&mut self, kind: Kind, at: usize) -> Option<usize> {
        self.push(kind, Text { start: at, end: at + 1, seen: Seen::default() });
        self.open.push(Open { node: self.nodes.len() - 1, name: None, count: 0 });
        Some(at + 1)
    }

    fn close(&mut self, kind: Kind, at: usize) -> Option<usize> {
        self.open.last().filter(|open| self.nodes[open.node].kind == kind)?;
        self.end_name();
        let open = self.open.pop()?;
        self.nodes[open.node].end = at + 1;
        Some(at + 1)
    }

    /// Takes a name without a value for a value without a name.
    fn end_name(&mut self) {
        if let Some(text) = self.open.last_mut().and_then(|open| open.name.take()) {
            self.push(Kind::String, text);
        }
    }

    /// Whether what cannot be read is part of a secret.
    fn ends_in_secret(&self, rules: &Rules) -> bool {
        let is_secret = |name| !matches!(self.class(rules, name), Class::Plain | Class::Suspect);
        self.cut.is_some_and(is_secret)
    }

    fn class(&self, rules: &Rules, name: Text) -> Class {
        if !name.seen.may_name {
            return Class::Plain;
        }
        let quoted = name.of(self.json);
        let inside = quoted.trim_matches('"');
        if !inside.contains('\\') {
            return rules.class(inside.as_bytes());
        }
        match serde_json::from_str::<String>(quoted) {
            Ok(decoded) => rules.class(decoded.as_bytes()),
            // A name that no reader of JSON takes is read as one takes it who is not strict.
            Err(_) => match View::of(inside) {
                Some(view) => rules.class(view.text()),
                None => rules.class(inside.as_bytes()),
            },
        }
    }

    /// Says of each node whether it is a secret.
    fn hide(&self, rules: &Rules) -> Hidden {
        let mut hidden = Hidden { secrets: vec![false; self.nodes.len()], until: 0 };
        // What a member called `name` says the value beside it is, for each container.
        let mut named = vec![Class::Plain; self.nodes.len()];
        for node in &self.nodes {
            if let (Some(name), Some(parent), Kind::String) = (node.name, node.parent, node.kind)
                && node.seen.may_name
                && is_one_of(self.json, name, &["field", "header", "key", "name", "parameter"])
            {
                named[parent] = self.class(rules, node.text());
            }
        }
        let mut before: Vec<Option<Class>> = vec![None; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate() {
            hidden.secrets[at] = match (node.name, node.parent) {
                (Some(name), Some(parent)) => {
                    let values = &["content", "default", "val", "value", "values"];
                    self.is_secret(node, self.class(rules, name))
                        || (named[parent] != Class::Plain
                            && is_one_of(self.json, name, values)
                            && self.is_secret(node, named[parent]))
                }
                (None, Some(parent)) => {
                    let announced = before[parent].take();
                    before[parent] = self.announces(rules, node);
                    announced.is_some_and(|class| self.is_secret(node, class))
                }
                _ => false,
            };
        }
        hidden
    }

    fn is_secret(&self, node: &Node, class: Class) -> bool {
        let is_container = matches!(node.kind, Kind::Array | Kind::Object);
        match class {
            Class::Plain => false,
            Class::Suspect => {
                let text = self.json[node.start..node.end].trim_matches('"').as_bytes();
                node.kind == Kind::String && looks::is_random(text) && !text.contains(&b' ')
            }
            Class::Holder => !is_container,
            Class::Cookie | Class::Credentials | Class::Secret => true,
        }
    }

    /// What an element says of the next one: the name of a pair in a list of pairs, or a flag.
    fn announces(&self, rules: &Rules, node: &Node) -> Option<Class> {
        if node.kind != Kind::String || !node.seen.may_name {
            return None;
        }
        let text = node.text().of(self.json).trim_matches('"');
        if text.contains([' ', '=']) {
            return None;
        }
        let in_list = || {
            let parent = node.parent.and_then(|parent| self.nodes[parent].parent);
            parent.is_some_and(|list| self.nodes[list].kind == Kind::Array)
        };
        let is_pair = node.place == 0 && in_list();
        (text.starts_with('-') || is_pair).then(|| rules.class(text.as_bytes()))
    }
}

/// Which nodes are secret, and up to where everything is within one that is.
#[derive(Debug)]
struct Hidden {
    secrets: Vec<bool>,
    until: usize,
}

impl Hidden {
    fn is_within(&self, at: usize) -> bool {
        at < self.until
    }
}

fn is_one_of(json: &str, name: Text, names: &[&str]) -> bool {
    let name = name.of(json).trim_matches('"');
    names.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Whether a text may be JSON.
pub(crate) fn may_be(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('{') || text.starts_with('[')
}

/// As many bytes as most values take, with their names.
const BYTES_PER_NODE: usize = 16;

#[cfg(test)]
mod tests;
