use std::borrow::Cow;

use crate::fold::Path;

/// What makes a failure of an answer below 400.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) at: Path,
    pub(super) fails: Fails,
}

#[derive(Clone, Debug)]
pub(super) enum Fails {
    /// Where the member has this value.
    Is(Literal),
    /// Where the member is there and has another value.
    Not(Literal),
    /// Where the member is there and says something.
    There,
}

/// A value that a file writes.
#[derive(Clone, Debug)]
pub(super) enum Literal {
    Bool(bool),
    Number(Cow<'static, str>),
    Text(Cow<'static, str>),
}

/// The value of one member of a body.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told<'a> {
    Bool(bool),
    /// An object or an array.
    Container {
        empty: bool,
    },
    Null,
    /// As it is written.
    Number(&'a str),
    Text(&'a str),
}

impl Test {
    /// Returns whether a member of the body makes a failure of the answer.
    pub(super) fn fails(&self, at: Path, told: Told<'_>) -> bool {
        self.at == at
            && match &self.fails {
                Fails::Is(value) => value.is(told),
                // A code that is null is none.
                Fails::Not(value) => !matches!(told, Told::Null) && !value.is(told),
                Fails::There => says_something(told),
            }
    }
}

impl Literal {
    /// Reads `false`, `0`, `error` or `"error"`.
    #[cfg(any(test, feature = "dialect-files"))]
    pub(super) fn read(text: &str) -> Literal {
        let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match (quoted, text) {
            (Some(inside), _) => Literal::Text(Cow::Owned(inside.to_owned())),
            (None, "true") => Literal::Bool(true),
            (None, "false") => Literal::Bool(false),
            (None, text) if number(text).is_some() => Literal::Number(Cow::Owned(text.to_owned())),
            (None, text) => Literal::Text(Cow::Owned(text.to_owned())),
        }
    }

    /// A number or a truth that a server writes in quotes is the same to it.
    fn is(&self, told: Told<'_>) -> bool {
        match (self, told) {
            (Literal::Bool(wanted), Told::Bool(told)) => *wanted == told,
            (Literal::Bool(wanted), Told::Text(told)) => {
                told.eq_ignore_ascii_case(if *wanted { "true" } else { "false" })
            }
            (Literal::Number(wanted), Told::Number(told) | Told::Text(told)) => {
                wanted == told || number(told).is_some_and(|told| number(wanted) == Some(told))
            }
            (Literal::Text(wanted), Told::Text(told)) => told.trim().eq_ignore_ascii_case(wanted),
            (
                Literal::Bool(_) | Literal::Number(_) | Literal::Text(_),
                Told::Bool(_) | Told::Container { .. } | Told::Null | Told::Number(_),
            ) => false,
        }
    }
}

fn says_something(told: Told<'_>) -> bool {
    match told {
        Told::Bool(told) => told,
        Told::Container { empty } => !empty,
        Told::Null => false,
        Told::Number(told) => number(told) != Some(0.0),
        Told::Text(told) => !told.is_empty(),
    }
}

/// `inf` and `NaN` are words to a server.
fn number(text: &str) -> Option<f64> {
    let begins = text.starts_with(|first: char| first.is_ascii_digit() || first == '-');
    text.parse().ok().filter(|number: &f64| begins && number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_alone_asks_whether_something_is_said() {
        let nothing = [
            Told::Null,
            Told::Bool(false),
            Told::Text(""),
            Told::Number("0"),
            Told::Number("-0.0"),
            Told::Container { empty: true },
        ];
        for told in nothing {
            assert!(!fails(Fails::There, told), "{told:?}");
        }
        for told in [Told::Text("0"), Told::Number("1e3"), Told::Container { empty: false }] {
            assert!(fails(Fails::There, told), "{told:?}");
        }
    }

    #[test]
    fn a_value_is_compared_by_what_it_says() {
        for (literal, told) in [
            ("false", Told::Bool(false)),
            ("false", Told::Text("False")),
            ("0", Told::Number("0")),
            ("0", Told::Number("0.0")),
            ("0", Told::Text("0")),
            ("error", Told::Text("Error")),
            ("\"0\"", Told::Text("0")),
        ] {
            assert!(fails(Fails::Is(Literal::read(literal)), told), "{literal} {told:?}");
            assert!(!fails(Fails::Not(Literal::read(literal)), told), "{literal} {told:?}");
        }
        for (literal, told) in [
            ("false", Told::Bool(true)),
            ("0", Told::Number("9007199254740993")),
            ("0", Told::Text("")),
            ("error", Told::Text("errors")),
            ("error", Told::Container { empty: false }),
            ("inf", Told::Number("1")),
            ("\"0\"", Told::Number("0")),
        ] {
            assert!(!fails(Fails::Is(Literal::read(literal)), told), "{literal} {told:?}");
            assert!(fails(Fails::Not(Literal::read(literal)), told), "{literal} {told:?}");
        }
    }

    #[test]
    fn what_is_null_is_not_there() {
        assert!(!fails(Fails::Not(Literal::read("0")), Told::Null));
    }

    #[test]
    fn a_test_asks_its_own_member() {
        let test = Test { at: Path::of("ok"), fails: Fails::Is(Literal::Bool(false)) };

        assert!(!test.fails(Path::of("okay"), Told::Bool(false)));
    }

    fn fails(fails: Fails, told: Told<'_>) -> bool {
        Test { at: Path::of("a.b"), fails }.fails(Path::of("a.b"), told)
    }
}
