use std::collections::BTreeMap;
use std::time::SystemTime;

use readmit_error::event::{Record, Severity};
use readmit_log::{Form, NotTold, Severities, Told};
use readmit_monitor::code_of;

use super::filter::Filter;
use super::retrospect::Moment;
use super::times::{Counts, Times, place};
use super::top::Top;

/// What is counted of a log: a part of it, or the parts put together in their order.
///
/// Its memory is bounded whatever the log holds (rule 87).
#[derive(Clone, Debug, Default)]
pub(crate) struct Summary {
    pub(crate) lines: u64,
    pub(crate) entries: u64,
    /// Entries that were not asked for.
    pub(crate) passed_over: u64,
    /// JSON that is no entry.
    pub(crate) foreign: u64,
    /// What an audit chain says of torn lines.
    pub(crate) marks: u64,
    pub(crate) chained: u64,
    pub(crate) unreadable: u64,
    /// The first lines that cannot be read.
    pub(crate) first_unreadable: Vec<Unreadable>,
    pub(crate) forms: BTreeMap<Form, u64>,
    pub(crate) severities: Counts,
    /// The earliest and the latest time.
    pub(crate) span: Option<(SystemTime, SystemTime)>,
    /// The time of the first entry in the log and of the last.
    order: Option<(SystemTime, SystemTime)>,
    /// Entries that tell an earlier time than the one before them.
    pub(crate) backwards: u64,
    pub(crate) times: Times,
    pub(crate) codes: Top,
    pub(crate) events: Top,
    pub(crate) origins: Top,
    pub(crate) routes: Top,
    pub(crate) principals: Top,
}

/// A line that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Unreadable {
    pub(crate) file: usize,
    /// From 1 on.
    pub(crate) line: u64,
    /// How it begins.
    pub(crate) text: Vec<u8>,
}

impl Summary {
    /// Takes a line without its end, and returns what happened then, where that matters to a
    /// monitor.
    pub(crate) fn line(&mut self, line: &[u8], filter: &Filter) -> Option<Moment> {
        self.lines += 1;
        if line.trim_ascii().is_empty() {
            return None;
        }
        match read(line) {
            Ok(told) => self.entry(&told, filter),
            Err(NotTold::Mark) => {
                self.marks += 1;
                None
            }
            Err(NotTold::NoEntry) => {
                self.foreign += 1;
                None
            }
            Err(NotTold::Unreadable) => {
                self.unreadable(line);
                None
            }
        }
    }

    /// Takes a line that is too long to be looked at.
    pub(crate) fn too_long(&mut self, beginning: &[u8]) {
        self.lines += 1;
        self.unreadable(beginning);
    }

    /// Adds the part that comes next; its lines are counted from that file's beginning on, of which
    /// `before` lines came earlier.
    pub(crate) fn merge(&mut self, next: Summary, file: usize, before: u64) {
        self.lines += next.lines;
        self.entries += next.entries;
        self.passed_over += next.passed_over;
        self.foreign += next.foreign;
        self.marks += next.marks;
        self.chained += next.chained;
        self.unreadable += next.unreadable;
        let room = SHOWN.saturating_sub(self.first_unreadable.len());
        self.first_unreadable.extend(
            next.first_unreadable.into_iter().take(room).map(|of| Unreadable {
                file,
                line: of.line.saturating_add(before),
                ..of
            }),
        );
        for (form, count) in next.forms {
            *self.forms.entry(form).or_default() += count;
        }
        for (sum, count) in self.severities.iter_mut().zip(next.severities) {
            *sum += count;
        }
        self.backwards += next.backwards;
        if let Some((first, last)) = next.order {
            self.comes(first);
            self.order = self.order.map(|(begin, _)| (begin, last));
        }
        for at in next.span.into_iter().flat_map(|(from, to)| [from, to]) {
            self.widen(at);
        }
        self.times.merge(&next.times);
        self.codes.merge(&next.codes);
        self.events.merge(&next.events);
        self.origins.merge(&next.origins);
        self.routes.merge(&next.routes);
        self.principals.merge(&next.principals);
    }

    fn entry(&mut self, told: &Told<'_>, filter: &Filter) -> Option<Moment> {
        let record = told.record();
        let code = counted_as(told, record.as_ref());
        if !filter.takes(told, code) {
            self.passed_over += 1;
            return None;
        }
        self.entries += 1;
        self.chained += u64::from(told.is_chained);
        *self.forms.entry(told.form).or_default() += 1;
        let severity = severity(told, record.as_ref());
        if let Some(count) = self.severities.get_mut(place(severity)) {
            *count += 1;
        }
        self.comes(told.at);
        self.widen(told.at);
        self.times.add(told.at, severity);
        for (top, name) in [
            (&mut self.codes, code),
            (&mut self.events, told.event.as_deref()),
            (&mut self.routes, told.endpoint.as_deref()),
            (&mut self.principals, told.user_id.as_deref()),
        ] {
            if let Some(name) = name {
                top.add(name);
            }
        }
        match (told.server.as_deref(), told.port) {
            (Some(server), Some(port)) if port != 443 => {
                self.origins.add(&format!("{server}:{port}"));
            }
            (Some(server), _) => self.origins.add(server),
            (None, _) => {}
        }
        Moment::of(told, record)
    }

    fn unreadable(&mut self, line: &[u8]) {
        self.unreadable += 1;
        if self.first_unreadable.len() < SHOWN {
            let text = line.get(..line.len().min(BEGINNING)).unwrap_or_default().to_vec();
            self.first_unreadable.push(Unreadable { file: 0, line: self.lines, text });
        }
    }

    fn comes(&mut self, at: SystemTime) {
        let (first, last) = self.order.unwrap_or((at, at));
        self.backwards += u64::from(at < last);
        self.order = Some((first, at));
    }

    fn widen(&mut self, at: SystemTime) {
        let (from, to) = self.span.unwrap_or((at, at));
        self.span = Some((from.min(at), to.max(at)));
    }
}

/// Reads a line; what stands before the entry is passed over.
pub(super) fn read(line: &[u8]) -> Result<Told<'_>, NotTold> {
    let start = memchr::memchr(b'{', line).ok_or(NotTold::Unreadable)?;
    Told::read(line.get(start..).unwrap_or_default())
}

/// The code that a monitor counts an entry under; without an event there is the code alone.
pub(super) fn counted_as<'t>(told: &'t Told<'_>, record: Option<&'t Record>) -> Option<&'t str> {
    match record {
        Some(record) => code_of(record),
        None => told.error_code.as_deref().filter(|_| told.event.is_none()),
    }
}

fn severity(told: &Told<'_>, record: Option<&Record>) -> Severity {
    let by_rendering = told.severity.or_else(|| record.map(|record| record.event.severity()));
    by_rendering.unwrap_or_else(|| {
        let code = told.error_code.as_deref().unwrap_or_default();
        Severities::default().of_code(code).unwrap_or(Severity::Warning)
    })
}

/// Unreadable lines that are shown.
const SHOWN: usize = 3;
/// Bytes of them.
const BEGINNING: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_by_what_they_are() {
        let mut summary = Summary::default();
        for line in [
            entry("AUTH_002", "12:00:00"),
            "WARN ".to_owned() + &entry("AUTH_002", "12:00:05"),
            String::new(),
            "{\"a\": 1}".to_owned(),
            "{\"event\": \"cut".to_owned(),
            entry("AUTH_003", "11:59:00"),
        ] {
            summary.line(line.as_bytes(), &Filter::default());
        }

        assert_eq!((summary.lines, summary.entries, summary.foreign), (6, 3, 1));
        assert_eq!((summary.unreadable, summary.backwards), (1, 1));
        assert_eq!(summary.first_unreadable[0].line, 5);
        assert_eq!(summary.codes.most(9), [("AUTH_002", 2), ("AUTH_003", 1)]);
        assert_eq!(summary.severities, [0, 2, 1, 0]);
        let (from, to) = summary.span.unwrap();
        assert_eq!(to.duration_since(from).unwrap().as_secs(), 65);
    }

    #[test]
    fn parts_put_together_are_the_whole() {
        let lines: Vec<String> = (0..60)
            .map(|second| match second % 7 {
                0 => "cut".to_owned(),
                code => entry(&format!("E{code}"), &format!("12:00:{:02}", second / 5 * 3)),
            })
            .collect();
        let mut whole = Summary::default();
        let mut parts = Summary::default();
        for part in lines.chunks(13) {
            let mut summary = Summary::default();
            for line in part {
                whole.line(line.as_bytes(), &Filter::default());
                summary.line(line.as_bytes(), &Filter::default());
            }
            let before = parts.lines;

            parts.merge(summary, 0, before);
        }

        assert_eq!(
            format!("{:?}", parts.first_unreadable),
            format!("{:?}", whole.first_unreadable)
        );
        assert_eq!((parts.entries, parts.backwards), (whole.entries, whole.backwards));
        assert_eq!(parts.codes.most(9), whole.codes.most(9));
        assert_eq!((parts.span, parts.severities), (whole.span, whole.severities));
        assert_eq!(parts.times.spans(9), whole.times.spans(9));
    }

    fn entry(code: &str, time: &str) -> String {
        format!(
            "{{\"timestamp\":\"2026-01-15T{time}Z\",\"error_type\":\"authentication_error\",\
             \"error_code\":\"{code}\",\"endpoint\":\"GET /a\"}}"
        )
    }
}
