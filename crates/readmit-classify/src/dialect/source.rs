//! Dialects written as Rust, for the table of those that come with this crate.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::Dialect;
use super::rule::{Condition, Rule};
use super::success::{Fails, Literal, Test};
use super::table::{Key, Table};
use crate::fold::{self, Path};

impl Dialect {
    /// Writes the module of the shipped dialects. For the generator; no part of the API.
    #[doc(hidden)]
    #[must_use]
    pub fn as_rust(dialects: &[Dialect]) -> String {
        let mut out = imports(dialects);
        // A string takes whatever is written.
        let _ = write(&mut out, dialects);
        out
    }
}

/// Imports what the tables need, and nothing else.
fn imports(dialects: &[Dialect]) -> String {
    let rules = || dialects.iter().flat_map(|it| it.rules.iter());
    let conditions = || dialects.iter().flat_map(|it| it.conditions.iter());
    let tests = || dialects.iter().flat_map(|it| it.success.iter());
    let keys = |table: &Table| !table.is_empty();
    let at = conditions().any(|it| matches!(it, Condition::At(_)));
    let needed = [
        ("std::borrow::Cow::Borrowed as B", true),
        ("readmit_error::Action", rules().any(|it| it.action.is_some())),
        ("readmit_error::Kind", rules().next().is_some()),
        ("readmit_error::Replay", rules().any(|it| it.replay.is_some())),
        ("super::rule::Condition", conditions().next().is_some()),
        ("super::rule::Rule", rules().next().is_some()),
        ("super::success::Fails", tests().next().is_some()),
        ("super::success::Literal", tests().any(|it| !matches!(it.fails, Fails::There))),
        ("super::success::Test", tests().next().is_some()),
        (
            "super::table::Key",
            dialects.iter().any(|it| keys(&it.codes) || keys(&it.phrases) || !it.hosts.is_empty()),
        ),
        ("super::table::Table", true),
        ("super::Dialect", true),
        ("crate::rate_limit::Reset", dialects.iter().any(|it| it.reset.is_some())),
        (
            "crate::fold::Path",
            at || tests().next().is_some() || dialects.iter().any(|it| !it.places.is_empty()),
        ),
        ("crate::signal::Grain", rules().next().is_some()),
    ];
    needed.iter().filter(|(_, used)| *used).map(|(path, _)| format!("use {path};\n")).collect()
}

fn write(out: &mut String, dialects: &[Dialect]) -> fmt::Result {
    let names: Vec<_> = dialects.iter().map(|it| format!("&{}", constant(&it.name))).collect();
    writeln!(out, "\npub(super) static SHIPPED: [&Dialect; {}] = [", names.len())?;
    packed(out, "    ", names.into_iter())?;
    writeln!(out, "];\n\npub(super) static HOSTS: Table = {};", Shown(&hosts(dialects)))?;
    dialects.iter().try_for_each(|dialect| one(out, dialect))
}

/// Which dialect has which pattern.
pub(super) fn hosts(dialects: &[Dialect]) -> Table {
    let keys = dialects.iter().zip(0_u16..).flat_map(|(dialect, rule)| {
        dialect.hosts.iter().map(move |host| Key { says: host.clone(), rule })
    });
    let folded =
        |host: &str| String::from_utf8_lossy(&fold::folded(host).collect::<Vec<_>>()).into_owned();
    Table::build(keys.collect(), folded, fold::hash)
}

fn one(out: &mut String, dialect: &Dialect) -> fmt::Result {
    let name = constant(&dialect.name);
    writeln!(out, "\nstatic {name}: Dialect = Dialect {{")?;
    writeln!(out, "    name: B({:?}),", dialect.name)?;
    writeln!(out, "    title: B({:?}),", dialect.title)?;
    writeln!(out, "    also: B(&{}),", texts(&dialect.also))?;
    writeln!(out, "    hosts: B(&{}),", texts(&dialect.hosts))?;
    writeln!(out, "    prefix: B({:?}),", dialect.prefix)?;
    let places: Vec<_> = dialect.places.iter().map(|place| path(*place)).collect();
    writeln!(out, "    places: B(&[{}]),", places.join(", "))?;
    writeln!(out, "    code_headers: B(&{}),", texts(&dialect.code_headers))?;
    let reset = dialect.reset.map(|reset| format!("Some(Reset::{reset:?})"));
    writeln!(out, "    reset: {},", reset.as_deref().unwrap_or("None"))?;
    let tests: Vec<_> = dialect.success.iter().map(test_as_rust).collect();
    writeln!(out, "    success: B(&[{}]),", tests.join(", "))?;
    writeln!(out, "    rules: B(&[")?;
    for rule in dialect.rules.iter() {
        writeln!(out, "        {},", rule_as_rust(rule))?;
    }
    writeln!(out, "    ]),\n    conditions: B(&[")?;
    for condition in dialect.conditions.iter() {
        writeln!(out, "        {},", condition_as_rust(condition))?;
    }
    writeln!(out, "    ]),\n    codes: {},", Shown(&dialect.codes))?;
    writeln!(out, "    phrases: {},", Shown(&dialect.phrases))?;
    writeln!(out, "    statuses: B(&{:?}),\n}};", dialect.statuses)
}

/// A table as Rust.
struct Shown<'a>(&'a Table);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return write!(f, "Table {{ keys: B(&[]), slots: B(&[]) }}");
        }
        writeln!(f, "Table {{ keys: B(&[")?;
        let key = |key: &Key| format!("Key {{ says: B({:?}), rule: {} }}", key.says, key.rule);
        packed(f, "        ", self.0.keys.iter().map(key))?;
        writeln!(f, "    ]), slots: B(&[")?;
        packed(f, "        ", self.0.slots.iter().map(u16::to_string))?;
        write!(f, "    ]) }}")
    }
}

/// Writes items one after the other, as many as a line takes.
fn packed(out: &mut impl Write, indent: &str, items: impl Iterator<Item = String>) -> fmt::Result {
    let mut line = String::new();
    for item in items {
        if !line.is_empty() && WIDTH < indent.len() + line.len() + item.len() + 2 {
            writeln!(out, "{indent}{}", line.trim_end())?;
            line.clear();
        }
        write!(line, "{item}, ")?;
    }
    if line.is_empty() { Ok(()) } else { writeln!(out, "{indent}{}", line.trim_end()) }
}

fn rule_as_rust(rule: &Rule) -> String {
    let action = rule.action.map(|it| format!("Some(Action::{it:?})"));
    let retryable = rule.retryable.map(|it| format!("Some({it})"));
    let replay = rule.replay.map(|it| format!("Some(Replay::{it:?})"));
    let none = |told: Option<String>| told.unwrap_or_else(|| "None".to_owned());
    format!(
        "Rule {{ kind: Kind::{:?}, grain: Grain::{:?}, action: {}, retryable: {}, replay: {}, \
         when: {:?} }}",
        rule.kind,
        rule.grain,
        none(action),
        none(retryable),
        none(replay),
        rule.when
    )
}

fn condition_as_rust(condition: &Condition) -> String {
    match condition {
        Condition::At(place) => format!("Condition::At({})", path(*place)),
        Condition::Header(name, None) => format!("Condition::Header(B({name:?}), None)"),
        Condition::Header(name, Some(value)) => {
            format!("Condition::Header(B({name:?}), Some(B({value:?})))")
        }
        Condition::Status(statuses) => format!("Condition::Status(B(&{statuses:?}))"),
        Condition::Text(phrases) => format!("Condition::Text(B(&{}))", texts(phrases)),
    }
}

fn test_as_rust(test: &Test) -> String {
    let fails = match &test.fails {
        Fails::Is(value) => format!("Is({})", literal_as_rust(value)),
        Fails::Not(value) => format!("Not({})", literal_as_rust(value)),
        Fails::There => "There".to_owned(),
    };
    format!("Test {{ at: {}, fails: Fails::{fails} }}", path(test.at))
}

fn literal_as_rust(literal: &Literal) -> String {
    match literal {
        Literal::Bool(value) => format!("Literal::Bool({value})"),
        Literal::Number(text) => format!("Literal::Number(B({text:?}))"),
        Literal::Text(text) => format!("Literal::Text(B({text:?}))"),
    }
}

fn path(path: Path) -> String {
    format!("Path({:#018x})", path.0)
}

fn texts(texts: &[Cow<'static, str>]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| format!("B({text:?})")).collect();
    format!("[{}]", texts.join(", "))
}

/// `GRPC_GATEWAY` for `grpc-gateway`; a name that begins with a digit gets a letter before it.
fn constant(name: &str) -> String {
    let upper = name.to_ascii_uppercase().replace('-', "_");
    if upper.starts_with(|first: char| first.is_ascii_digit()) {
        format!("N{upper}")
    } else {
        upper
    }
}

/// Columns of a line, as everywhere.
const WIDTH: usize = 100;
