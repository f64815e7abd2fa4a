use std::fmt;
use std::str::FromStr;

use readmit_error::neutralise;
use readmit_testkit::{Api, Fault};

use super::catalogue;

/// A fault that was asked for, as in `GET /data_flows=429:2x3`.
#[derive(Debug)]
pub(super) struct Order {
    text: String,
    scope: Option<(String, String)>,
    fault: Fault,
    when: When,
}

/// When a fault strikes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum When {
    Always,
    Next(u64),
    Nth(u64),
    Percent(u8),
}

/// Why an order cannot be read.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Wrong(pub(super) String);

impl Order {
    /// Gives the order to an API.
    pub(super) fn give(self, api: &Api) {
        let script = api.fault(self.fault);
        let script = match &self.scope {
            Some((method, path)) => script.on(method, path),
            None => script,
        };
        match self.when {
            When::Always => script.always(),
            When::Next(count) => script.next(count),
            When::Nth(number) => script.nth(number),
            When::Percent(percent) => script.at_percent(percent),
        }
    }

    /// Returns the order as it was written, fit to be shown.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl FromStr for Order {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Order, Wrong> {
        let shown = neutralise(text.trim(), SHOWN);
        let wrong = |why: &str| Wrong(format!("cannot read the fault {shown}: {why}"));
        let (scope, what) = split_scope(text.trim());
        let scope = match scope {
            Some(scope) => Some(read_scope(scope).ok_or_else(|| {
                wrong("before the = stand a method and a path, as in GET /data_flows")
            })?),
            None => None,
        };
        let (what, when) = split_when(what).map_err(|why| wrong(&why))?;
        let (name, detail) = match what.split_once(':') {
            Some((name, detail)) => (name, Some(detail)),
            None => (what, None),
        };
        let fault =
            catalogue::fault(name, detail).map_err(|why| wrong(&neutralise(&why, SHOWN)))?;
        Ok(Order { text: shown, scope, fault, when })
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Splits off where it strikes; a detail may have a `=` too, and stands behind a colon.
fn split_scope(text: &str) -> (Option<&str>, &str) {
    match text.split_once('=') {
        Some((scope, what)) if !scope.contains(':') => (Some(scope), what),
        _ => (None, text),
    }
}

fn read_scope(text: &str) -> Option<(String, String)> {
    let (method, path) = text.trim().split_once(' ')?;
    let path = path.trim();
    let is_method = method == "*" || method.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_path = path == "*" || path.starts_with('/');
    (is_method && is_path).then(|| (method.to_ascii_uppercase(), path.to_owned()))
}

/// Splits off when it strikes: `x3`, `#3` or `%3` at the end.
fn split_when(text: &str) -> Result<(&str, When), String> {
    let what = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &text[what.len()..];
    let mark = what.chars().next_back().filter(|_| !digits.is_empty());
    let (when, name): (fn(u64) -> When, _) = match mark {
        Some('x') => (When::Next, what.strip_suffix('x')),
        Some('#') => (When::Nth, what.strip_suffix('#')),
        Some('%') => (
            |percent| When::Percent(u8::try_from(percent).unwrap_or(u8::MAX)),
            what.strip_suffix('%'),
        ),
        _ => return Ok((text, When::Always)),
    };
    match digits.parse() {
        Ok(number) if 0 < number => Ok((name.unwrap_or(text), when(number))),
        _ => Err(format!("{digits} is no number from 1 on")),
    }
}

/// Characters of an order that are shown.
const SHOWN: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_says_what_where_and_when() {
        for (text, scope, when) in [
            ("429", None, When::Always),
            ("429x3", None, When::Next(3)),
            ("get /data_flows=429:2x3", Some(("GET", "/data_flows")), When::Next(3)),
            ("* /data_flows/{id}=reset#2", Some(("*", "/data_flows/{id}")), When::Nth(2)),
            ("POST *=slow:250ms%10", Some(("POST", "*")), When::Percent(10)),
            ("503%1000", None, When::Percent(255)),
            ("challenge:Bearer error=\"invalid_token\"", None, When::Always),
        ] {
            let order: Order = text.parse().unwrap();

            let told = order.scope.as_ref().map(|(method, path)| (method.as_str(), path.as_str()));
            assert_eq!((told, order.when), (scope, when), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (text, why) in [
            ("", "no fault called"),
            ("429x0", "0 is no number from 1 on"),
            ("429x99999999999999999999", "is no number"),
            ("/data_flows=429", "a method and a path"),
            ("GET data_flows=429", "a method and a path"),
            ("nope\u{1b}[31m", "no fault called nope\\u{1b}"),
        ] {
            let wrong = text.parse::<Order>().unwrap_err().to_string();

            assert!(wrong.contains(why) && !wrong.contains('\u{1b}'), "{text}: {wrong}");
        }
    }
}
