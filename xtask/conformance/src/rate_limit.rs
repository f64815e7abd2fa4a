//! `ratelimit_fields` of `challenges.json`: what the `RateLimit` field of an answer tells.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use http::HeaderMap;
use readmit_classify::rate_limit::{self, Reset};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::headers::pair;
use crate::instant;
use crate::line::{Check, Line};
use crate::page::{Page, value};

/// Reads the limits of an answer that came at this time.
pub(crate) type Read = fn(&HeaderMap, SystemTime) -> Told;

pub(crate) const LINE: &str = "ratelimit";

/// What the header says of limits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// In the order of the field; empty where there is none, or where it is malformed.
    pub(crate) limits: Vec<Limit>,
    /// How long the answer asks to wait, in seconds, `Retry-After` included.
    pub(crate) wait_s: Option<u64>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub(crate) struct Limit {
    pub(crate) name: String,
    /// What is left.
    pub(crate) r: u64,
    /// Seconds until it is restored.
    pub(crate) t: Option<u64>,
    /// The partition key, as text.
    pub(crate) pk_utf8: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    id: String,
    headers: Lines,
    #[serde(default, deserialize_with = "instant::read")]
    now: Option<SystemTime>,
    expect: Expect,
    note: Option<String>,
}

/// What is right; what is left out is not compared.
#[derive(Debug, Deserialize)]
struct Expect {
    limits: Option<Vec<Limit>>,
    wait_s: Option<u64>,
    wait_s_at_least: Option<u64>,
    /// The whole field says nothing.
    #[serde(default)]
    ignored: bool,
}

/// A header written as an object from a name to its values; `__second_line` is another line of the
/// `RateLimit` field.
#[derive(Debug, Deserialize)]
#[serde(try_from = "BTreeMap<String, Vec<String>>")]
struct Lines(HeaderMap);

impl TryFrom<BTreeMap<String, Vec<String>>> for Lines {
    type Error = String;

    fn try_from(mut fields: BTreeMap<String, Vec<String>>) -> Result<Lines, String> {
        let second = fields.remove("__second_line").unwrap_or_default();
        let mut map = HeaderMap::new();
        let named =
            fields.iter().flat_map(|(name, all)| all.iter().map(move |one| (name.as_str(), one)));
        for (name, value) in named.chain(second.iter().map(|one| ("RateLimit", one))) {
            let (name, value) = pair(name, value.as_bytes())?;
            map.append(name, value);
        }
        Ok(Lines(map))
    }
}

/// Reads the limits as the classifier does with no dialect.
pub(crate) fn read(headers: &HeaderMap, received_at: SystemTime) -> Told {
    read_in(headers, received_at, None)
}

/// Reads the limits as the classifier does in a dialect that counts resets in this.
pub(crate) fn read_in(headers: &HeaderMap, received_at: SystemTime, unit: Option<Reset>) -> Told {
    let limits = rate_limit::limits(headers.get_all("ratelimit")).unwrap_or_default();
    let limits = limits.into_iter().map(|limit| Limit {
        name: limit.name,
        r: limit.remaining,
        t: limit.reset_after.map(|wait| wait.as_secs()),
        pk_utf8: limit.partition_key.and_then(|key| String::from_utf8(key).ok()),
    });
    let wait = rate_limit::read(headers, received_at).wait(unit);
    Told { limits: limits.collect(), wait_s: wait.map(|wait| wait.delay().as_secs()) }
}

/// Compares every case.
pub(crate) fn line(cases: &[Case], read: Read) -> Line {
    let mut line = Line::new(LINE);
    for case in cases {
        line.add(&case.id, case.check(read));
    }
    line
}

/// Tells each case with this id.
pub(crate) fn explain(cases: &[Case], id: &str) -> Vec<String> {
    cases.iter().filter(|case| case.id == id).map(Case::page).collect()
}

impl Case {
    fn check(&self, read: Read) -> Check {
        let told = self.told(read);
        if self.expect.holds(&told) {
            return Check::Passed;
        }
        Check::Failed { expected: self.expect.shown(), got: told.shown() }
    }

    fn told(&self, read: Read) -> Told {
        read(&self.headers.0, self.now.unwrap_or_else(instant::unsaid))
    }

    fn page(&self) -> String {
        let mut page = Page::new(&self.id);
        if let Some(note) = &self.note {
            page.row("note", note);
        }
        page.section("header");
        for (name, told) in &self.headers.0 {
            page.line(&format!("{name}: {}", String::from_utf8_lossy(told.as_bytes())));
        }
        page.section("verdict");
        page.row("expected", &value(&self.expect.shown()));
        let told = self.told(read);
        let mark = if self.expect.holds(&told) { "got, right" } else { "got, WRONG" };
        page.row(mark, &told.to_string());
        page.into_text()
    }
}

impl Expect {
    fn holds(&self, told: &Told) -> bool {
        let limits = self.limits.as_ref().is_none_or(|limits| *limits == told.limits);
        let exactly = self.wait_s.is_none_or(|wait| told.wait_s == Some(wait));
        let at_least = |least| told.wait_s.is_some_and(|wait| least <= wait);
        let ignored = !self.ignored || *told == Told::default();
        limits && exactly && self.wait_s_at_least.is_none_or(at_least) && ignored
    }

    fn shown(&self) -> Value {
        if self.ignored {
            return json!("ignored");
        }
        let mut all = serde_json::Map::new();
        if let Some(limits) = &self.limits {
            all.insert("limits".to_owned(), limits.iter().map(Limit::shown).collect());
        }
        for (name, wait) in [("wait_s", self.wait_s), ("wait_s_at_least", self.wait_s_at_least)] {
            all.extend(wait.map(|wait| (name.to_owned(), json!(wait))));
        }
        Value::Object(all)
    }
}

impl Told {
    fn shown(&self) -> Value {
        let limits: Vec<_> = self.limits.iter().map(Limit::shown).collect();
        json!({"limits": limits, "wait_s": self.wait_s})
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&value(&self.shown()))
    }
}

impl Limit {
    fn shown(&self) -> Value {
        json!({"name": self.name, "r": self.r, "t": self.t, "pk_utf8": self.pk_utf8})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_compared_one_by_one_and_in_order() {
        let expect = r#"{"limits": [{"name": "a", "r": 0, "t": 30}, {"name": "b", "r": 1}]}"#;
        let [a, b] = [limit("a", 0, Some(30)), limit("b", 1, None)];

        assert!(holds(expect, &told(&[a.clone(), b.clone()], None)));
        assert!(!holds(expect, &told(&[b.clone(), a.clone()], None)));
        assert!(!holds(expect, &told(std::slice::from_ref(&a), None)));
        assert!(!holds(expect, &told(&[limit("a", 0, None), b], None)));
    }

    #[test]
    fn a_wait_is_exact_or_at_least() {
        for (expect, wait, is_right) in [
            (r#"{"wait_s": 5}"#, Some(5), true),
            (r#"{"wait_s": 5}"#, Some(6), false),
            (r#"{"wait_s": 5}"#, None, false),
            (r#"{"wait_s_at_least": 60}"#, Some(60), true),
            (r#"{"wait_s_at_least": 60}"#, Some(61), true),
            (r#"{"wait_s_at_least": 60}"#, Some(59), false),
            (r#"{"wait_s_at_least": 60}"#, None, false),
        ] {
            assert_eq!(holds(expect, &told(&[], wait)), is_right, "{expect} {wait:?}");
        }
    }

    #[test]
    fn a_field_that_is_ignored_says_nothing() {
        let expect = r#"{"ignored": true}"#;

        assert!(holds(expect, &told(&[], None)));
        assert!(!holds(expect, &told(&[limit("a", 1, None)], None)));
        assert!(!holds(expect, &told(&[], Some(1))));
    }

    #[test]
    fn a_second_line_of_the_field_comes_after_the_first() {
        let case: Case = serde_json::from_str(
            r#"{"id": "x", "headers": {"__second_line": ["b"], "RateLimit": ["a"]}, "expect": {}}"#,
        )
        .unwrap();

        let values: Vec<_> = case.headers.0.get_all("ratelimit").iter().collect();

        assert_eq!(values, ["a", "b"]);
    }

    #[test]
    fn a_case_is_read_with_its_header_and_a_fixed_time() {
        let cases: Vec<Case> = serde_json::from_str(
            r#"[{"id": "x", "headers": {"RateLimit": ["a"]}, "expect": {"wait_s": 1}},
                {"id": "y", "headers": {}, "expect": {"wait_s": 1}}]"#,
        )
        .unwrap();

        let line = line(&cases, |headers, now| {
            assert_eq!(now, instant::unsaid());
            told(&[], headers.get("ratelimit").map(|_| 1))
        });

        assert_eq!(line.passes, ["x"]);
        assert_eq!(line.misses[0].got, json!({"limits": [], "wait_s": null}));
    }

    fn holds(expect: &str, told: &Told) -> bool {
        serde_json::from_str::<Expect>(expect).unwrap().holds(told)
    }

    fn told(limits: &[Limit], wait_s: Option<u64>) -> Told {
        Told { limits: limits.to_vec(), wait_s }
    }

    fn limit(name: &str, r: u64, t: Option<u64>) -> Limit {
        Limit { name: name.to_owned(), r, t, pk_utf8: None }
    }
}
