use std::time::{Duration, SystemTime};

use readmit_classify::{Dialect, classify_transport};
use readmit_error::{
    Action, Category, Challenge, Denied, Failure, Kind, Party, Replay, neutralise, rfc3339,
};
use readmit_log::redact::Redactor;
use serde::Serialize;

use super::answer::{Answer, Subject};
use super::input::Subjects;
use super::options::Context;
use super::success::{self, Outcome};
use super::way;
use crate::message::{Cause, Message};
use crate::nature::Nature;

/// Everything that is explained, as `--json` prints it; `schema` changes where a member does that
/// somebody may read.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) schema: &'static str,
    pub(crate) answers: Vec<Explanation>,
    /// Whether there were more than are explained.
    pub(crate) more: bool,
    #[serde(skip)]
    ends_in_failure: bool,
}

/// What one answer means.
#[derive(Debug, Serialize)]
pub(crate) struct Explanation {
    /// Method and address of the request, where they are told.
    pub(crate) request: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) reason: Option<String>,
    pub(crate) outcome: Outcome,
    pub(crate) meaning: String,
    pub(crate) next: String,
    pub(crate) failure: Option<Explained>,
    /// The dialect that it was read in.
    pub(crate) dialect: Option<&'static str>,
    pub(crate) notes: Vec<String>,
}

/// What there is to say of a failure alone.
#[derive(Debug, Serialize)]
pub(crate) struct Explained {
    pub(crate) kind: Kind,
    pub(crate) category: Category,
    pub(crate) code: Option<String>,
    pub(crate) because: String,
    pub(crate) nature: Nature,
    /// The nature in a sentence.
    #[serde(skip)]
    pub(crate) broken: &'static str,
    pub(crate) whose_move: Party,
    pub(crate) action: Action,
    pub(crate) retryable: bool,
    pub(crate) replay: Replay,
    pub(crate) retry_after_s: Option<f64>,
    pub(crate) retry_at: Option<String>,
    /// What the challenges ask for; a line each.
    pub(crate) asks_for: Vec<String>,
    pub(crate) denied: Denied,
    /// The server's own words, neutralised.
    pub(crate) description: Option<String>,
    pub(crate) request_id: Option<String>,
    /// What it often is, and what helps then.
    pub(crate) causes: Vec<Cause>,
    pub(crate) message: Message,
}

impl Report {
    pub(super) fn of(subjects: Subjects<'_>, context: &Context) -> Report {
        let mut report =
            Report { schema: SCHEMA, answers: Vec::new(), more: false, ends_in_failure: false };
        for subject in subjects {
            let explanation = Explanation::of(subject, context);
            report.ends_in_failure = explanation.outcome == Outcome::Failure;
            if context.failures_only && !report.ends_in_failure {
                continue;
            }
            if report.answers.len() == MOST {
                report.more = true;
                break;
            }
            report.answers.push(explanation);
        }
        report
    }

    pub(super) fn ends_in_failure(&self) -> bool {
        self.ends_in_failure
    }
}

impl Explanation {
    fn of(subject: Subject, context: &Context) -> Explanation {
        match subject {
            Subject::Answer(answer) => Explanation::of_answer(*answer, context),
            Subject::Broken { request, transport, at } => {
                let failure = classify_transport(transport, at);
                Explanation::of_failure(request, &failure, &context.redactor)
            }
            Subject::Told { request, failure } => {
                Explanation::of_failure(request, &failure, &context.redactor)
            }
        }
    }

    fn of_answer(answer: Answer, context: &Context) -> Explanation {
        let dialect = answer.dialect(context).map(Dialect::name);
        let failure = answer.failure(context);
        let explained = match &failure {
            Some(failure) => Explanation::of_refusal(&answer, failure, context),
            None => Explanation::of_success(&answer, dialect.is_some()),
        };
        let reason = Some(neutralise(&answer.reason, SHOWN)).filter(|reason| !reason.is_empty());
        let notes = [answer.notes, explained.notes].concat();
        let status = Some(answer.status.as_u16());
        Explanation { request: answer.request, status, reason, dialect, notes, ..explained }
    }

    /// The same as of any failure, and what only the answer tells: who may have sent it, and when.
    fn of_refusal(answer: &Answer, failure: &Failure, context: &Context) -> Explanation {
        let mut explanation = Explanation::of_failure(None, failure, &context.redactor);
        if let Some(bystander) = way::bystander(answer.status) {
            explanation.meaning = bystander.meaning.to_owned();
            explanation.next = bystander.next.to_owned();
            // What is usual of the API says nothing of who is on the way to it.
            if let Some(explained) = &mut explanation.failure {
                (explained.nature, explained.broken) = (Nature::Enforcement, way::ENFORCED);
                explained.whose_move = Party::Caller;
                explained.causes.clear();
            }
        }
        let until = failure.retry_after().and_then(|hint| hint.at());
        let is_over = until.is_some_and(|at| at < answer.received_at);
        let over = is_over.then(|| "the wait that was asked for is over".to_owned());
        explanation.notes.extend(over.into_iter().chain(way::doubt(answer, failure)));
        explanation
    }

    fn of_success(answer: &Answer, in_dialect: bool) -> Explanation {
        let told = success::meaning_of(answer);
        let notes = if in_dialect { Vec::new() } else { success::doubts(answer) };
        Explanation {
            request: None,
            status: None,
            reason: None,
            outcome: told.outcome,
            meaning: told.meaning.to_owned(),
            next: told.next.to_owned(),
            failure: None,
            dialect: None,
            notes,
        }
    }

    pub(crate) fn of_failure(
        request: Option<String>,
        failure: &Failure,
        redactor: &Redactor,
    ) -> Explanation {
        Explanation {
            request,
            status: failure.status(),
            reason: None,
            outcome: Outcome::Failure,
            meaning: failure.kind().meaning().to_owned(),
            next: failure.advice().to_owned(),
            failure: Some(Explained::of(failure, redactor)),
            dialect: None,
            notes: Vec::new(),
        }
    }
}

impl Explained {
    /// What the server says may hold a token, its own or that of the request.
    fn of(failure: &Failure, redactor: &Redactor) -> Explained {
        let hint = failure.retry_after();
        let clean = |text: &str| neutralise(&redactor.text(text), SHOWN);
        let owned = |text: Option<&str>| text.map(clean);
        Explained {
            kind: failure.kind(),
            category: failure.kind().category(),
            code: owned(failure.code()),
            because: clean(failure.because()),
            nature: Nature::of(failure.kind()),
            broken: Nature::sentence(failure.kind()),
            whose_move: failure.whose_move(),
            action: failure.action(),
            retryable: failure.is_retryable(),
            replay: failure.replay(),
            retry_after_s: hint.map(|hint| seconds(hint.delay())),
            retry_at: hint.and_then(|hint| hint.at()).map(moment),
            asks_for: failure
                .challenges()
                .iter()
                .take(CHALLENGES)
                .map(asked)
                .map(|it| clean(&it))
                .collect(),
            denied: failure.denied().clone(),
            description: owned(failure.description()),
            request_id: owned(failure.request_id()),
            causes: Cause::of(failure),
            message: Message::of(failure),
        }
    }
}

/// Says what a challenge asks for, as far as a person wants to know.
fn asked(challenge: &Challenge) -> String {
    let named = |name: &str| Some(format!(", {name} {}", challenge.value(name)?));
    let parts = ["realm", "scope", "error", "acr_values", "max_age"].iter();
    let parts: String = parts.filter_map(|name| named(name)).collect();
    format!("{}{parts}", challenge.scheme())
}

/// To the second, and not before the moment.
fn moment(at: SystemTime) -> String {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let whole = since.as_secs().saturating_add(u64::from(0 < since.subsec_nanos()));
    let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(whole)).unwrap_or(at);
    rfc3339::format(at)
}

/// To the millisecond: a waiting time is never more exact.
fn seconds(delay: Duration) -> f64 {
    (delay.as_secs_f64() * 1_000.0).round() / 1_000.0
}

/// Things that are explained; who has more has a log to search.
const MOST: usize = 200;
const SCHEMA: &str = "readmit.explain/1";
/// Challenges that are told.
const CHALLENGES: usize = 8;
/// Characters of a text of the server that are shown in one line.
const SHOWN: usize = 200;

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::Value;

    use super::super::input;
    use super::*;

    #[test]
    fn more_than_anybody_reads_is_not_explained() {
        let many = ["HTTP/1.1 200 OK\n\n".repeat(MOST), "HTTP/1.1 401 No\n\n".repeat(2)].concat();
        let explained = |failures_only| {
            let context = Context { failures_only, ..Context::default() };
            Report::of(input::subjects(many.as_bytes(), SystemTime::UNIX_EPOCH).unwrap(), &context)
        };

        let (all, failures) = (explained(false), explained(true));

        assert_eq!((all.answers.len(), all.more), (MOST, true));
        assert_eq!((failures.answers.len(), failures.more), (2, false));
        assert!(all.ends_in_failure() && failures.ends_in_failure());
    }

    proptest! {
        /// Whatever is piped in is explained or refused, and acts on no terminal.
        #[test]
        fn r75_nothing_breaks_and_nothing_acts(pieces in vec(piece(), 0..40)) {
            let text = pieces.concat();

            if let Ok(subjects) = input::subjects(&text, SystemTime::UNIX_EPOCH) {
                let report = Report::of(subjects, &Context::default());
                let shown = serde_json::to_value(&report).unwrap();
                prop_assert!(!report.answers.is_empty());
                prop_assert!(!acts(&shown), "{shown}");
            }
        }
    }

    fn acts(shown: &Value) -> bool {
        match shown {
            Value::String(text) => text.contains(|c: char| c.is_control()),
            Value::Array(items) => items.iter().any(acts),
            Value::Object(members) => members.values().any(acts),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// What answers are made of, and what is not of them.
    fn piece() -> impl Strategy<Value = Vec<u8>> {
        let words: Vec<Vec<u8>> = [
            &b"HTTP/1.1 401 No\r\n"[..],
            b"HTTP/2 200\n",
            b"\r\n",
            b"\n",
            b"A: \x1b[31m\n",
            b"Content-Length: 5\r\n",
            b"Transfer-Encoding: chunked\r\n",
            b"Content-Encoding: gzip\r\n",
            b"\x1f\x8b\x08",
            b"5\r\n",
            b"ffffffffffffffff\r\n",
            b"WWW-Authenticate: Bearer error=\"\x9b\"\r\n",
            b"< HTTP/1.1 403 No\r\n",
            b"< \r\n",
            b"> GET /\x07 HTTP/1.1\r\n",
            b"{\"error\": \"",
            b"\"}",
            b"{\"error_type\": \"rate_limited\", \"error_code\": \"\\u001b\"}\n",
            b"{\"log\": {\"entries\": []}}",
            b"curl: (6)",
        ]
        .map(<[u8]>::to_vec)
        .to_vec();
        prop_oneof![4 => select(words), 1 => vec(any::<u8>(), 0..20)]
    }

    #[test]
    fn r43_the_moment_to_come_back_is_never_too_early() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_001);

        assert_eq!(moment(at), "1970-01-01T00:00:02Z");
        assert_eq!(moment(SystemTime::UNIX_EPOCH), "1970-01-01T00:00:00Z");
    }
}
