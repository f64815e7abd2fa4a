//! How an explanation is shown.

use std::io;

use readmit_error::{Denied, Party, Replay};

use super::explanation::{Explained, Explanation, Report};
use super::success::Outcome;
use crate::message::{Cause, Message};
use crate::screen::{Look, Screen};

/// For a program.
pub(super) fn json(report: &Report, screen: &mut Screen) -> io::Result<()> {
    let text = serde_json::to_string_pretty(report)?;
    screen.line(Look::Plain, &text)
}

/// For a person.
pub(super) fn text(report: &Report, screen: &mut Screen) -> io::Result<()> {
    for (index, explanation) in report.answers.iter().enumerate() {
        if 0 < index {
            screen.blank()?;
        }
        answer(explanation, screen)?;
    }
    if report.answers.is_empty() {
        screen.line(Look::Good, "There is no failure in the input.")?;
    }
    if report.more {
        screen.blank()?;
        let more = format!("There is more; only the first {} are explained.", report.answers.len());
        screen.paragraph(0, Look::Weak, &more)?;
    }
    Ok(())
}

fn answer(explanation: &Explanation, screen: &mut Screen) -> io::Result<()> {
    let look = match (explanation.outcome, &explanation.failure) {
        (Outcome::Failure, _) => Look::Bad,
        (Outcome::Success, _) => Look::Good,
        (Outcome::Informational | Outcome::Redirect, _) => Look::Unsure,
    };
    screen.paragraph(0, look, &title(explanation))?;
    if let Some(request) = &explanation.request {
        screen.field("request", Look::Plain, request)?;
    }
    screen.field("meaning", Look::Plain, &explanation.meaning)?;
    match &explanation.failure {
        Some(explained) => failure(explained, explanation, screen)?,
        None => screen.field("do next", Look::Strong, &explanation.next)?,
    }
    if let Some(dialect) = explanation.dialect {
        screen.field("dialect", Look::Plain, dialect)?;
    }
    for note in &explanation.notes {
        screen.field("note", Look::Unsure, note)?;
    }
    Ok(())
}

fn title(explanation: &Explanation) -> String {
    let mut title = match (explanation.status, &explanation.reason) {
        (Some(status), Some(reason)) => format!("HTTP {status} {reason}"),
        (Some(status), None) => format!("HTTP {status}"),
        (None, _) => "No answer".to_owned(),
    };
    if let Some(explained) = &explanation.failure {
        title.push_str(": ");
        title.push_str(explained.kind.as_str());
    }
    title
}

fn failure(
    explained: &Explained,
    explanation: &Explanation,
    screen: &mut Screen,
) -> io::Result<()> {
    screen.field("why", Look::Plain, &explained.because)?;
    if let Some(code) = &explained.code {
        screen.field("code", Look::Plain, code)?;
    }
    screen.field("broken?", Look::Plain, explained.broken)?;
    screen.field("whose move", Look::Plain, mover(explained.whose_move))?;
    screen.field("do next", Look::Strong, &explanation.next)?;
    screen.field("again?", Look::Plain, again(explained))?;
    if let Some(seconds) = explained.retry_after_s {
        let until = explained.retry_at.as_ref().map(|at| format!(", until {at}"));
        screen.field("wait", Look::Strong, &format!("{seconds} s{}", until.unwrap_or_default()))?;
    }
    for asked in &explained.asks_for {
        screen.field("asks for", Look::Plain, asked)?;
    }
    for (label, names) in denied(&explained.denied) {
        screen.field("denied", Look::Plain, &format!("{label} {names}"))?;
    }
    if let Some(id) = &explained.request_id {
        screen.field("request id", Look::Plain, id)?;
    }
    if let Some(description) = &explained.description {
        screen.field("server says", Look::Weak, description)?;
    }
    let mut label = "often";
    for Cause { cause, cure } in &explained.causes {
        screen.field(label, Look::Plain, &format!("- {cause} {cure}"))?;
        label = "";
    }
    let Message { title, text, actions } = &explained.message;
    let message = format!("{title}: {text} {}", actions.join(" "));
    screen.field("user sees", Look::Plain, &message)
}

fn mover(party: Party) -> &'static str {
    match party {
        Party::Administrator => "an administrator of the account",
        Party::Caller => "the caller: the program, its configuration, or who uses it",
        Party::Clock => "nobody: it passes with time",
        Party::Provider => "the provider, or who runs the network on the way to it",
    }
}

fn again(explained: &Explained) -> &'static str {
    match (explained.retryable, explained.replay) {
        (true, Replay::NotProcessed) => {
            "yes, after that step; the server has not acted on the request"
        }
        (true, Replay::PossiblyProcessed) => {
            "yes, after that step, if it is idempotent: the server may have acted on the request"
        }
        (true, Replay::Processed) => "no: the server has acted on the request",
        (false, Replay::NotProcessed) => "not as it is; the server has not acted on the request",
        (false, Replay::PossiblyProcessed) => {
            "not as it is; the server may have acted on the request"
        }
        (false, Replay::Processed) => "no: the server has acted on the request",
    }
}

fn denied(denied: &Denied) -> Vec<(&'static str, String)> {
    let lists = [("permission", &denied.permissions), ("scope", &denied.scopes)];
    let names = [
        ("role", &denied.role),
        ("organization", &denied.organization),
        ("resource", &denied.resource),
    ];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
    let lists = lists.map(|(label, names)| (label, names.join(", ")));
    let names = names.into_iter().filter_map(|(label, name)| Some((label, name.clone()?)));
    lists.chain(names).collect()
}
