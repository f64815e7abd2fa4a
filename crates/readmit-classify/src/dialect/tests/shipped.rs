//! What must hold of the dialects that come with this crate, whatever they say.

use std::fs;
use std::path::Path as File;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::super::*;

#[test]
fn the_shipped_dialects_are_those_of_the_files() {
    let files = files();

    let names: Vec<_> = Dialect::shipped().map(Dialect::name).collect();

    assert_eq!(names, files.iter().map(Dialect::name).collect::<Vec<_>>());
    assert!(!names.is_empty());
}

#[test]
fn a_shipped_dialect_says_what_its_file_says() {
    for (file, shipped) in files().iter().zip(Dialect::shipped()) {
        assert_eq!(all(file), all(shipped), "{}: cargo xtask dialects", file.name);
    }
}

#[test]
fn every_code_phrase_and_status_of_a_file_is_found_in_the_shipped_table() {
    for (file, shipped) in files().iter().zip(Dialect::shipped()) {
        for key in file.codes.keys.iter() {
            let mut fits = Fit::all(file, key.rule).into_iter();
            let decides = |fit: Fit| {
                let found = fit.ask(|context| shipped.code(&key.says, fit.at, context));
                found == Some(key.rule)
            };

            assert!(fits.any(decides), "{} {}", file.name, key.says);
        }
        for key in file.phrases.keys.iter() {
            let mut fits = Fit::all(file, key.rule).into_iter();
            let decides =
                |fit: Fit| fit.ask(|context| shipped.text(&key.says, context)) == Some(key.rule);

            assert!(fits.any(decides), "{} {}", file.name, key.says);
        }
        for &(status, rule) in file.statuses.iter() {
            let mut fits = Fit::all(file, rule).into_iter();
            let decides = |fit: Fit| {
                Fit { status, ..fit }.ask(|context| shipped.status(context)) == Some(rule)
            };

            assert!(fits.any(decides), "{} {status}", file.name);
        }
    }
}

#[test]
fn every_name_and_every_host_leads_to_its_own_dialect() {
    for dialect in Dialect::shipped() {
        for name in [dialect.name(), dialect.title()].into_iter().chain(dialect.also()) {
            let found = Dialect::named(name).map(Dialect::name);

            assert_eq!(found, Some(dialect.name()), "{name}");
        }
        for pattern in dialect.hosts() {
            let host = pattern.replace('*', "a.b-c").to_ascii_uppercase();
            let narrower = |other: &Dialect| {
                other.hosts().any(|it| pattern.len() < it.len() && host::fits(it, &host))
            };

            let found = Dialect::for_host(&format!("{host}.:443")).unwrap();

            assert!(found.name() == dialect.name() || narrower(found), "{pattern}");
            assert!(dialect.speaks_for(&host), "{pattern}");
        }
    }
    assert!(Dialect::for_host("").is_none());
    assert!(Dialect::for_host("[::1]:443").is_none());
}

/// Every field of a dialect; a new one does not build until it is here.
fn all(dialect: &Dialect) -> [String; 13] {
    let Dialect {
        name,
        title,
        also,
        hosts,
        prefix,
        places,
        code_headers,
        reset,
        success,
        rules,
        conditions,
        codes,
        phrases,
        statuses,
    } = dialect;
    [
        format!("{name} {title}"),
        format!("{also:?}"),
        format!("{hosts:?}"),
        format!("{prefix:?}"),
        format!("{places:?}"),
        format!("{code_headers:?}"),
        format!("{reset:?}"),
        format!("{success:?}"),
        format!("{rules:?}"),
        format!("{conditions:?}"),
        format!("{codes:?}"),
        format!("{phrases:?}"),
        format!("{statuses:?}"),
    ]
}

/// An answer for which the conditions of a rule hold.
#[derive(Clone)]
struct Fit {
    at: Option<Path>,
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Fit {
    /// One answer for each status and each phrase that the rule names.
    fn all(dialect: &Dialect, rule: u16) -> Vec<Fit> {
        let none = Fit { at: None, status: 1, headers: HeaderMap::new(), text: String::new() };
        let mut fits = vec![none];
        let (from, to) = dialect.rules[usize::from(rule)].when;
        for condition in &dialect.conditions[usize::from(from)..usize::from(to)] {
            let with = |fit: Fit| match condition {
                Condition::At(place) => vec![Fit { at: Some(*place), ..fit }],
                Condition::Header(name, value) => {
                    let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                    let value = value.as_deref().unwrap_or("x");
                    let headers = [(name, HeaderValue::from_str(value).unwrap())];
                    vec![Fit { headers: HeaderMap::from_iter(headers), ..fit }]
                }
                Condition::Status(statuses) => {
                    statuses.iter().map(|&status| Fit { status, ..fit.clone() }).collect()
                }
                Condition::Text(phrases) => {
                    phrases.iter().map(|it| Fit { text: it.to_string(), ..fit.clone() }).collect()
                }
            };
            fits = fits.into_iter().flat_map(with).collect();
        }
        fits
    }

    fn ask<'d>(&self, look_up: impl FnOnce(&Context<'_>) -> Option<Found<'d>>) -> Option<u16> {
        let texts = |phrase: Phrase<'_>| phrase.stands_in(&self.text);
        let context = Context { status: self.status, headers: &self.headers, texts: &texts };
        look_up(&context).map(|found| found.order())
    }
}

fn files() -> Vec<Dialect> {
    let folder = File::new(env!("CARGO_MANIFEST_DIR")).join("dialects");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|it| it.extension().is_some_and(|it| it == "toml")).collect();
    files.sort();
    files
        .iter()
        .map(|file| {
            let toml = fs::read_to_string(file).unwrap();
            Dialect::parse(&toml).map_err(|error| format!("{}:\n{error}", file.display())).unwrap()
        })
        .collect()
}
