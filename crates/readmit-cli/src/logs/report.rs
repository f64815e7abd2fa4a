use std::num::NonZeroU32;
use std::time::Duration;

use readmit_error::event::Severity;
use readmit_error::{neutralise, rfc3339};
use readmit_log::Form;
use readmit_log::redact::Redactor;
use readmit_monitor::{Direction, Now, Unit, Watcher};
use serde::Serialize;

use super::reading::Read;
use super::recovered::Recovered;
use super::retrospect::{Episode, Retrospect};
use super::summary::Summary;
use super::times::{SEVERITIES, Spans};
use super::top::Top;
use super::verdict;
use super::verifying::{Found, Verdict};

/// What is told of a log; its texts are redacted and neutral.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    schema: &'static str,
    pub(crate) files: Vec<Lines>,
    pub(crate) lines: u64,
    pub(crate) entries: u64,
    pub(crate) passed_over: u64,
    pub(crate) foreign: u64,
    pub(crate) unreadable: u64,
    pub(crate) first_unreadable: Vec<Unread>,
    pub(crate) renderings: Vec<Named>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) span_s: Option<u64>,
    pub(crate) backwards: u64,
    pub(crate) severities: Vec<Named>,
    pub(crate) codes: Vec<Code>,
    /// What each value of a code's history is a count of: `minute`, `hour` or `day`.
    pub(crate) history_unit: &'static str,
    /// The length of one.
    #[serde(skip)]
    pub(crate) history_unit_s: u64,
    pub(crate) events: Ranking,
    pub(crate) origins: Ranking,
    pub(crate) routes: Ranking,
    pub(crate) principals: Ranking,
    pub(crate) recovery: Recovered,
    pub(crate) alerts: Vec<Raised>,
    pub(crate) more_alerts: u64,
    pub(crate) chart: Option<Chart>,
    pub(crate) chains: Vec<Chained>,
    pub(crate) verdict: String,
    #[serde(skip)]
    pub(crate) is_broken: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Lines {
    pub(crate) file: String,
    pub(crate) lines: u64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Unread {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) text: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) count: u64,
}

/// The names that were counted most often.
#[derive(Debug, Serialize)]
pub(crate) struct Ranking {
    pub(crate) most: Vec<Named>,
    /// How many names there are; of very many, how many are still known.
    pub(crate) names: usize,
    /// By how much counts may be too low.
    pub(crate) error: u64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Code {
    pub(crate) code: String,
    pub(crate) count: u64,
    /// Over the whole log (rule 88); null where it is unknown.
    pub(crate) per_hour: Option<f64>,
    /// Over the last hour of the log.
    pub(crate) last_hour: Option<f64>,
    /// `rising`, `falling` or `steady`.
    pub(crate) trend: Option<&'static str>,
    pub(crate) history: Vec<u32>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Raised {
    pub(crate) rule: String,
    pub(crate) severity: &'static str,
    pub(crate) started_at: String,
    pub(crate) duration_s: u64,
    pub(crate) stands: bool,
    pub(crate) peak: f64,
    pub(crate) threshold: f64,
    pub(crate) window_s: u64,
}

/// How many entries of each severity there were over time.
#[derive(Debug, Serialize)]
pub(crate) struct Chart {
    pub(crate) begins_at: String,
    pub(crate) ends_at: String,
    pub(crate) each_s: u64,
    /// In the order of `severities`.
    pub(crate) counts: Vec<[u64; 4]>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Chained {
    pub(crate) file: String,
    pub(crate) intact: bool,
    pub(crate) finding: String,
    pub(crate) checkpoint: Option<String>,
}

impl Report {
    pub(crate) fn of(read: &Read, names: &[String], retrospect: &Retrospect, top: usize) -> Report {
        let Read { summary, lines, chains } = read;
        let cleaner = Cleaner(Redactor::new());
        let span = summary.span.and_then(|(from, to)| to.duration_since(from).ok());
        let unit = unit(span.unwrap_or_default());
        let chains: Vec<_> = chains.iter().map(Chained::of).collect();
        let alerts: Vec<_> =
            retrospect.episodes.iter().map(|episode| Raised::of(episode, &cleaner)).collect();
        let is_broken = chains.iter().any(|chain| !chain.intact);
        let files = names.iter().zip(lines);
        Report {
            schema: "readmit.logs/1",
            files: files.map(|(file, lines)| Lines { file: file.clone(), lines: *lines }).collect(),
            lines: summary.lines,
            entries: summary.entries,
            passed_over: summary.passed_over,
            foreign: summary.foreign,
            unreadable: summary.unreadable,
            first_unreadable: unread(summary, names, &cleaner),
            renderings: renderings(summary),
            from: summary.span.map(|(from, _)| rfc3339::format(from)),
            to: summary.span.map(|(_, to)| rfc3339::format(to)),
            span_s: span.map(|span| span.as_secs()),
            backwards: summary.backwards,
            severities: severities(summary),
            codes: codes(summary, retrospect, span, unit, top, &cleaner),
            history_unit: unit.as_str(),
            history_unit_s: unit.seconds(),
            events: Ranking::of(&summary.events, top, &cleaner),
            origins: Ranking::of(&summary.origins, top, &cleaner),
            routes: Ranking::of(&summary.routes, top, &cleaner),
            principals: Ranking::of(&summary.principals, top, &cleaner),
            recovery: Recovered::of(summary, retrospect, &cleaner),
            verdict: verdict::of(summary, &alerts, &chains),
            alerts,
            more_alerts: retrospect.more,
            chart: summary.times.spans(SPANS).map(|spans| Chart::of(&spans)),
            chains,
            is_broken,
        }
    }
}

/// Makes fit to be shown what anybody may have written into a log.
#[derive(Debug)]
pub(crate) struct Cleaner(Redactor);

impl Cleaner {
    pub(crate) fn clean(&self, text: &str) -> String {
        neutralise(&self.0.text(text), SHOWN)
    }
}

impl Ranking {
    fn of(top: &Top, length: usize, cleaner: &Cleaner) -> Ranking {
        let most = top.most(length).into_iter();
        Ranking {
            most: most.map(|(name, count)| Named { name: cleaner.clean(name), count }).collect(),
            names: top.names(),
            error: top.error(),
        }
    }
}

impl Raised {
    fn of(episode: &Episode, cleaner: &Cleaner) -> Raised {
        Raised {
            rule: cleaner.clean(&episode.rule),
            severity: match episode.severity {
                readmit_error::event::AlertSeverity::Medium => "medium",
                readmit_error::event::AlertSeverity::High => "high",
            },
            started_at: rfc3339::format(episode.started_at),
            duration_s: episode.lasted.as_secs(),
            stands: episode.stands,
            peak: episode.peak,
            threshold: episode.threshold,
            window_s: episode.window.as_secs(),
        }
    }
}

impl Chart {
    fn of(spans: &Spans) -> Chart {
        let length = u32::try_from(spans.counts.len()).unwrap_or(u32::MAX);
        let whole = spans.each.checked_mul(length).unwrap_or(Duration::MAX);
        let end = spans.from.checked_add(whole).unwrap_or(spans.from);
        Chart {
            begins_at: rfc3339::format(spans.from),
            ends_at: rfc3339::format(end),
            each_s: spans.each.as_secs(),
            counts: spans.counts.clone(),
        }
    }
}

impl Chained {
    fn of(verdict: &Verdict) -> Chained {
        let file = verdict.file.clone();
        let finding = verdict::of_chain(&verdict.found);
        match &verdict.found {
            Found::Intact { checkpoint, .. } => {
                Chained { file, intact: true, finding, checkpoint: Some(checkpoint.clone()) }
            }
            Found::Broken { .. } | Found::Unreadable => {
                Chained { file, intact: false, finding, checkpoint: None }
            }
        }
    }
}

fn unread(summary: &Summary, names: &[String], cleaner: &Cleaner) -> Vec<Unread> {
    let lines = summary.first_unreadable.iter().map(|unreadable| Unread {
        file: names.get(unreadable.file).cloned().unwrap_or_default(),
        line: unreadable.line,
        // What is cut off may be half a secret, so little of it is shown.
        text: neutralise(&cleaner.clean(&String::from_utf8_lossy(&unreadable.text)), BEGINNING),
    });
    lines.collect()
}

fn renderings(summary: &Summary) -> Vec<Named> {
    let name = |form: &Form| match form {
        Form::Documented => "documented",
        Form::Ecs => "ecs",
        Form::Json => "json",
        Form::Ocsf => "ocsf",
        Form::Record => "record",
        _ => "other",
    };
    let forms = summary.forms.iter();
    forms.map(|(form, count)| Named { name: name(form).to_owned(), count: *count }).collect()
}

fn severities(summary: &Summary) -> Vec<Named> {
    let pairs = SEVERITIES.iter().map(|severity: &Severity| severity.as_str());
    let pairs = pairs.zip(summary.severities);
    pairs.map(|(name, count)| Named { name: name.to_owned(), count }).collect()
}

fn codes(
    summary: &Summary,
    retrospect: &Retrospect,
    span: Option<Duration>,
    unit: Unit,
    top: usize,
    cleaner: &Cleaner,
) -> Vec<Code> {
    let minutes = span.unwrap_or_default().as_secs() / 60;
    let per_hour = |count: u64| {
        let is_known = LEAST <= count && 0 < minutes;
        is_known.then(|| count as f64 * 60.0 / minutes as f64)
    };
    let watched = retrospect.watcher();
    let most = summary.codes.most(top).into_iter();
    most.map(|(code, count)| Code {
        code: cleaner.clean(code),
        count,
        per_hour: per_hour(count),
        last_hour: watched.and_then(|(watcher, now)| watcher.rate(now.mono, code, HOUR)),
        trend: watched.and_then(|(watcher, now)| trend(watcher, now, code, unit)),
        history: watched
            .map(|(watcher, now)| history(watcher, now, code, unit))
            .unwrap_or_default(),
    })
    .collect()
}

fn trend(watcher: &Watcher, now: Now, code: &str, unit: Unit) -> Option<&'static str> {
    Some(match watcher.trend(now, code, unit)?.direction() {
        Direction::Falling => "falling",
        Direction::Rising => "rising",
        Direction::Steady => "steady",
    })
}

fn history(watcher: &Watcher, now: Now, code: &str, unit: Unit) -> Vec<u32> {
    let buckets = watcher.buckets(now, code, unit);
    let counts = buckets.map(|buckets| buckets.counts).unwrap_or_default();
    let first = counts.iter().position(|count| *count != 0).unwrap_or(counts.len());
    counts.get(first..).unwrap_or_default().to_vec()
}

/// The unit that the span has some of, and of which as many are kept.
fn unit(span: Duration) -> Unit {
    let fits = |unit: &Unit| span.as_secs() / unit.seconds() < unit.kept() as u64;
    Unit::ALL.into_iter().find(fits).unwrap_or(Unit::Day)
}

/// Fewer events say nothing of a rate (rule 88).
const LEAST: u64 = 5;
const HOUR: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);
/// Spans of a chart: one for each column of a terminal, less what stands beside them.
const SPANS: usize = 64;
/// Characters of a name.
const SHOWN: usize = 120;
/// Characters of a line that cannot be read.
const BEGINNING: usize = 48;
