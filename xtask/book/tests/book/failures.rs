//! The tables of kinds, actions and codes.

use readmit_error::{Action, Failure, Kind, Origin};
use readmit_message::{Audience, Catalogue};

use crate::page::{assert_made, table};

#[test]
fn the_kinds_are_those_of_the_model() {
    let rows = Kind::ALL.map(|kind| {
        let status = Failure::builder(kind, Origin::Local).build().answer("api").status();
        let again = if kind.is_retryable() { "yes" } else { "no" };
        vec![
            format!("[`{kind}`](#{kind})"),
            word(kind.category()),
            status.to_string(),
            word(kind.whose_move()),
            format!("`{}`", kind.action()),
            again.to_owned(),
        ]
    });

    let head = ["kind", "category", "status", "whose move", "action", "again?"];
    assert_made("reference/kinds.md", "kinds", &table(&head, &rows));
}

#[test]
fn each_kind_is_told_with_the_words_of_the_catalogue() {
    let catalogue = Catalogue::english();
    let mut told = String::new();
    for kind in Kind::ALL {
        let entry = catalogue.kind(kind);
        told += &format!("### `{kind}`\n\n{}\n\n", kind.meaning());
        told += &format!("A user reads: *{}* {}\n\n", entry.title(), entry.message(Audience::User));
        for (cause, cure) in entry.causes().iter().zip(entry.cures()) {
            told += &format!("- {cause} {cure}\n");
        }
        told += &format!("\nPrevention: {}\n\n", entry.prevention());
    }

    assert_made("reference/kinds.md", "each kind", &told);
}

#[test]
fn the_actions_are_those_of_the_model() {
    let rows = Action::ALL.map(|action| {
        let automated = if action.is_automated() { "a program" } else { "a person" };
        vec![
            format!("`{action}`"),
            action.advice().to_owned(),
            automated.to_owned(),
            format!("`{}`", action.documented()),
        ]
    });

    let head = ["action", "what to do", "who can", "in the documented handler's words"];
    assert_made("reference/kinds.md", "actions", &table(&head, &rows));
}

#[test]
fn the_codes_are_those_of_the_catalogue() {
    let catalogue = Catalogue::english();
    let rows = Catalogue::CODES.map(|code| {
        let entry = catalogue.code(code);
        vec![
            format!("`{code}`"),
            format!("[`{0}`](kinds.md#{0})", entry.kind()),
            entry.title().to_owned(),
            entry.message(Audience::Developer).to_owned(),
            entry.cures().join(" "),
        ]
    });

    let head = ["code", "kind", "title", "what happened", "what helps"];
    assert_made("reference/codes.md", "codes", &table(&head, &rows));
}

/// An enum's word as JSON has it.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}
