use std::borrow::Cow;

use super::head::Head;
use super::reader::{Reader, Text};
use super::rule::Draft;
use crate::Dialect;
use crate::dialect::phrase::{self, head};
use crate::dialect::rule::{Condition, Rule};
use crate::dialect::table::{Key, Table};
use crate::fold;

/// Makes the tables of what was read.
pub(super) fn dialect(reader: &mut Reader<'_>, head: Head<'_>, drafts: &[Draft<'_>]) -> Dialect {
    let keys: usize = drafts.iter().map(|it| 1 + it.codes.len() + it.texts.len()).sum();
    if Table::LIMIT / CONDITIONS < keys {
        reader.mistake(&(0..0), "the rules are too many: make two dialects of it");
    }
    let mut conditions = Vec::new();
    let (mut codes, mut phrases, mut statuses) = (Vec::new(), Vec::new(), Vec::new());
    let mut rules = Vec::with_capacity(drafts.len());
    for (draft, rule) in drafts.iter().take(Table::LIMIT).zip(0_u16..) {
        if !draft.codes.is_empty() {
            codes.extend(draft.codes.iter().map(|code| key(code, rule)));
        } else if !draft.texts.is_empty() {
            phrases.extend(draft.texts.iter().map(|phrase| key(phrase, rule)));
        } else {
            statuses.extend(draft.statuses.iter().map(|(status, _)| (*status, rule)));
        }
        let from = conditions.len();
        conditions.extend(conditions_of(draft));
        rules.push(Rule {
            kind: draft.kind,
            grain: draft.grain,
            action: draft.action,
            retryable: draft.retryable,
            replay: draft.replay,
            when: (index(from), index(conditions.len())),
        });
    }
    statuses.sort_unstable();
    Dialect {
        name: owned(head.name),
        title: owned(head.title),
        also: texts(&head.also),
        hosts: texts(&head.hosts),
        prefix: owned(head.prefix),
        places: Cow::Owned(head.places),
        code_headers: texts(&head.code_headers),
        reset: head.reset,
        success: Cow::Owned(head.success),
        rules: Cow::Owned(rules),
        conditions: Cow::Owned(conditions),
        codes: Table::build(codes, folded, fold::hash),
        phrases: Table::build(phrases, head_of, |head| phrase::hash(head.split(' '))),
        statuses: Cow::Owned(statuses),
    }
}

/// What must hold beside that by which the rule is looked up.
fn conditions_of(draft: &Draft<'_>) -> impl Iterator<Item = Condition> {
    let by_code = !draft.codes.is_empty();
    let by_status = !by_code && draft.texts.is_empty();
    let statuses = draft.statuses.iter().map(|(status, _)| *status).collect::<Vec<_>>();
    let asks_status = !by_status && !statuses.is_empty();
    let status = Some(Condition::Status(Cow::Owned(statuses))).filter(|_| asks_status);
    let header = draft.header.as_ref().map(|header| {
        Condition::Header(Cow::Owned(header.name.to_ascii_lowercase()), header.value.map(owned))
    });
    let text = (by_code && !draft.texts.is_empty()).then(|| Condition::Text(texts(&draft.texts)));
    let place = draft.place.as_ref().map(|at| Condition::At(at.path));
    // The cheapest to ask comes first.
    [place, status, header, text].into_iter().flatten()
}

fn key(told: &Text<'_>, rule: u16) -> Key {
    Key { says: owned(told.text), rule }
}

/// What a phrase is looked up by, its words apart.
fn head_of(phrase: &str) -> String {
    head(phrase).map(folded).collect::<Vec<_>>().join(" ")
}

fn folded(text: &str) -> String {
    String::from_utf8_lossy(&fold::folded(text).collect::<Vec<_>>()).into_owned()
}

fn texts(told: &[Text<'_>]) -> Cow<'static, [Cow<'static, str>]> {
    Cow::Owned(told.iter().map(|told| owned(told.text)).collect())
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}

/// The number of rules is bounded above so that this holds them all.
fn index(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

/// The most conditions that a rule has.
const CONDITIONS: usize = 4;
