//! The tables against a reference that is slower and dumber: it goes through all rules, in order.

use http::HeaderMap;
use proptest::collection::vec;
use proptest::prelude::*;
use readmit_error::Kind;

use super::super::*;

proptest! {
    #[test]
    fn codes_are_found_as_by_going_through_all_rules(
        rules in vec(rule(), 0..12),
        asked in vec((code(), status(), 0_usize..3), 1..12),
    ) {
        let (rules, dialect) = written(&rules);
        let none = HeaderMap::new();

        for (code, status, place) in asked {
            let context = Context { status, headers: &none, texts: &|_| false };
            let found = dialect.code(&code, Some(Path::of(PLACES[place])), &context);

            let expected = by_code(&rules, &code, status, PLACES[place]);
            prop_assert_eq!(found.map(|it| usize::from(it.order())), expected, "{} {}", code, status);
        }
    }

    #[test]
    fn texts_are_found_as_by_going_through_all_rules(
        rules in vec(rule(), 0..12),
        text in "(([aA]|b|c|AC[0-9]{1,2})[ -]?){0,8}",
        status in status(),
    ) {
        let (rules, dialect) = written(&rules);
        let none = HeaderMap::new();
        let context = Context { status, headers: &none, texts: &|_| false };

        let found = dialect.text(&text, &context);

        prop_assert_eq!(found.map(|it| usize::from(it.order())), by_text(&rules, &text, status));
    }

    #[test]
    fn nothing_that_is_asked_panics(code in ".*", text in ".*", status in any::<u16>()) {
        let rules = "[[rule]]\ncode = 'a'\nkind = 'gone'\n[[rule]]\ntext = 'b c'\nkind = 'gone'\n";
        let dialect = super::dialect_with("prefix = 'E'\nhosts = '*.a.example'\n", rules);
        let none = HeaderMap::new();
        let context = Context { status, headers: &none, texts: &|phrase| phrase.stands_in(&text) };

        let found = [
            dialect.code(&code, None, &context),
            dialect.text(&text, &context),
            dialect.status(&context),
        ];
        prop_assert!(found.iter().flatten().all(|found| found.reading().kind == Kind::Gone));
        prop_assert!(!dialect.speaks_for(&text) || text.to_lowercase().contains(".example"));
        prop_assert_eq!(Dialect::named(&text).map(Dialect::name), Dialect::named(&text).map(Dialect::name));
        prop_assert_eq!(Dialect::for_host(&text).map(Dialect::name), Dialect::for_host(&text).map(Dialect::name));
    }

    #[test]
    fn no_file_panics(lines in vec("((code|text|status|at|name|success) = )?['\\[0-9a-z. !=\\]]*", 0..8)) {
        let _ = Dialect::parse(&lines.join("\n"));
    }
}

/// A rule, and everything that it may name.
#[derive(Clone, Debug)]
struct Reference {
    codes: Vec<String>,
    phrases: Vec<String>,
    statuses: Vec<u16>,
    place: Option<usize>,
}

fn by_code(rules: &[Reference], code: &str, status: u16, place: &str) -> Option<usize> {
    let code = letters(code);
    let bare = code.strip_suffix("exception").map(str::to_owned);
    let is_number = code.bytes().all(|byte| byte.is_ascii_digit());
    let prefixed = is_number.then(|| format!("ac{code}"));
    [Some(code), bare.filter(|it| !it.is_empty()), prefixed].into_iter().flatten().find_map(
        |code| {
            rules.iter().position(|rule| {
                rule.codes.iter().any(|own| letters(own) == code)
                    && rule.phrases.is_empty()
                    && rule.allows(status)
                    && rule.place.is_none_or(|own| PLACES[own] == place)
            })
        },
    )
}

fn by_text(rules: &[Reference], text: &str, status: u16) -> Option<usize> {
    let separate = text.to_ascii_lowercase().replace('-', " ");
    let words: Vec<_> = separate.split_whitespace().collect();
    let is_code = |word: &&&str| {
        word.strip_prefix("ac").is_some_and(|it| !it.is_empty() && it.parse::<u32>().is_ok())
    };
    let codes: Vec<_> = words.iter().filter(is_code).collect();
    let has_code = |rule: &Reference| {
        rule.codes.iter().any(|own| codes.iter().any(|code| letters(own) == **code))
    };
    let by_code = rules.iter().position(|rule| {
        has_code(rule) && rule.phrases.is_empty() && rule.place.is_none() && rule.allows(status)
    });
    by_code.or_else(|| {
        rules.iter().position(|rule| {
            let stands =
                |phrase: &String| format!(" {} ", words.join(" ")).contains(&format!(" {phrase} "));
            rule.codes.is_empty() && rule.phrases.iter().any(stands) && rule.allows(status)
        })
    })
}

impl Reference {
    fn allows(&self, status: u16) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }

    fn toml(&self) -> String {
        let mut toml = String::from("[[rule]]\nkind = 'gone'\n");
        for (key, list) in [("code", &self.codes), ("text", &self.phrases)] {
            if !list.is_empty() {
                toml += &format!("{key} = {list:?}\n");
            }
        }
        if !self.statuses.is_empty() {
            toml += &format!("status = {:?}\n", self.statuses);
        }
        if let Some(place) = self.place {
            toml += &format!("at = '{}'\n", PLACES[place]);
        }
        toml
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The dialect of some rules, and those of them that a file may have: one that could never decide
/// is refused, and left out here.
fn written(drawn: &[Reference]) -> (Vec<Reference>, Dialect) {
    let start = "name = 'a'\ntitle = 'A'\ndocs = 'https://a.example'\nprefix = 'AC'\n\
                 codes = ['code', 'error.code', 'error']\n";
    let (mut toml, mut rules) = (start.to_owned(), Vec::new());
    for rule in drawn {
        let longer = toml.clone() + &rule.toml();
        if Dialect::parse(&longer).is_ok() {
            toml = longer;
            rules.push(rule.clone());
        }
    }
    (rules, Dialect::parse(&toml).unwrap())
}

fn rule() -> impl Strategy<Value = Reference> {
    let by_code = (vec(code(), 1..3), vec(status(), 0..3), any::<Option<u8>>());
    let by_code = by_code.prop_map(|(codes, statuses, place)| Reference {
        codes,
        phrases: Vec::new(),
        statuses,
        place: place.map(|place| usize::from(place) % PLACES.len()),
    });
    let phrase = "(a|b|c)( (a|b|c)){0,2}";
    let by_text = (vec(phrase, 1..3), vec(status(), 0..3)).prop_map(|(phrases, statuses)| {
        Reference { codes: Vec::new(), phrases, statuses, place: None }
    });
    prop_oneof![by_code, by_text]
}

fn code() -> impl Strategy<Value = String> {
    prop_oneof!["[aB]_?[aB]?", "(Ac)?[0-9]{1,2}", "a(Exception|_exception)?"]
}

fn status() -> impl Strategy<Value = u16> {
    prop_oneof![Just(400), Just(403), Just(429)]
}

const PLACES: [&str; 3] = ["code", "error.code", "error"];

#[test]
fn the_reference_and_the_table_know_a_rule_each() {
    let rule = Reference {
        codes: vec!["a_b".to_owned()],
        phrases: Vec::new(),
        statuses: vec![403],
        place: Some(1),
    };

    assert_eq!(by_code(std::slice::from_ref(&rule), "AB", 403, "error.code"), Some(0));
    assert_eq!(by_code(std::slice::from_ref(&rule), "AB", 403, "error"), None);
    assert_eq!(written(&[rule.clone(), rule]).0.len(), 1);
}
