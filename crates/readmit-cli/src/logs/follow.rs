//! `readmit logs --follow`: entries as they are written, and alerts as they fire.

use std::io;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use readmit_core::{Clock, SystemClock};
use readmit_error::event::{AlertSeverity, Level};
use readmit_error::neutralise;
use readmit_log::{Rendering, Scribe};
use readmit_monitor::{Alert, Phase};

use super::blocks::lines;
use super::filter::Filter;
use super::options::Options;
use super::retrospect::{Moment, Retrospect};
use super::summary;
use super::tail::Tail;
use crate::ending;
use crate::screen::{Look, Screen};
use crate::trouble::Trouble;

/// Tells what is written from here on, until somebody ends it.
///
/// # Errors
///
/// There is no file, or it cannot be read.
pub(super) fn run(
    options: &Options,
    retrospect: Retrospect,
    screen: &mut Screen,
) -> Result<ExitCode, Trouble> {
    let mut follower = Follower::open(options, retrospect)?;
    follower.catch_up(screen)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::system("cannot start", &error))?;
    runtime.block_on(async {
        let mut asked = std::pin::pin!(ending::asked());
        loop {
            follower.step(SystemClock.wall(), screen)?;
            tokio::select! {
                ended = &mut asked => {
                    ended.map_err(|error| Trouble::system("cannot wait for a signal", &error))?;
                    return Ok(ExitCode::SUCCESS);
                }
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    })
}

/// Reads on, and tells; the time comes from outside.
struct Follower {
    tails: Vec<(String, Tail)>,
    retrospect: Retrospect,
    filter: Filter,
    scribe: Scribe,
    json: bool,
}

impl Follower {
    fn open(options: &Options, retrospect: Retrospect) -> Result<Follower, Trouble> {
        if options.files.is_empty() || options.files.iter().any(|path| path.as_os_str() == "-") {
            return Err(
                Trouble::usage("only a file can be followed").cure("readmit logs --follow FILE")
            );
        }
        let filter = options.filter(SystemClock.wall())?;
        let mut tails = Vec::new();
        for path in &options.files {
            let name = neutralise(&path.display().to_string(), 200);
            let tail = Tail::open(path).map_err(|error| Trouble::unreadable(&name, &error))?;
            tails.push((name, tail));
        }
        let scribe = Scribe::default();
        Ok(Follower { tails, retrospect, filter, scribe, json: options.json })
    }

    /// Reads what is there already, for the alerts that stand.
    fn catch_up(&mut self, screen: &mut Screen) -> Result<(), Trouble> {
        for (name, tail) in &mut self.tails {
            loop {
                let text = tail.poll().map_err(|error| Trouble::unreadable(name, &error))?;
                if text.is_empty() {
                    break;
                }
                for line in lines(&text) {
                    if let Some(moment) = seen(line, &self.filter).and_then(|it| it.moment) {
                        self.retrospect.feed(&moment);
                    }
                }
            }
        }
        for alert in self.retrospect.standing() {
            tell(&alert, self.json, screen)?;
        }
        if !self.json {
            let names: Vec<_> = self.tails.iter().map(|(name, _)| name.as_str()).collect();
            let told = format!("following {}; press Ctrl-C to end", names.join(", "));
            screen.line(Look::Weak, &told)?;
        }
        Ok(screen.flush()?)
    }

    /// Tells what was written since the last time.
    fn step(&mut self, now: SystemTime, screen: &mut Screen) -> Result<(), Trouble> {
        let Follower { tails, retrospect, filter, scribe, json } = self;
        for (name, tail) in tails {
            loop {
                let text = tail.poll().map_err(|error| Trouble::unreadable(name, &error))?;
                if text.is_empty() {
                    break;
                }
                for line in lines(&text) {
                    let Some(seen) = seen(line, filter) else { continue };
                    show(&seen, scribe, *json, screen)?;
                    let alerts = seen.moment.map(|moment| retrospect.feed(&moment));
                    for alert in alerts.unwrap_or_default() {
                        tell(&alert, *json, screen)?;
                    }
                }
            }
        }
        for alert in retrospect.pass(now) {
            tell(&alert, *json, screen)?;
        }
        Ok(screen.flush()?)
    }
}

/// An entry that was asked for.
struct Seen<'l> {
    told: readmit_log::Told<'l>,
    moment: Option<Moment>,
}

fn seen<'l>(line: &'l [u8], filter: &Filter) -> Option<Seen<'l>> {
    let told = summary::read(line).ok()?;
    let record = told.record();
    let code = summary::counted_as(&told, record.as_ref());
    if !filter.takes(&told, code) {
        return None;
    }
    let moment = Moment::of(&told, record);
    Some(Seen { told, moment })
}

fn show(seen: &Seen<'_>, scribe: &Scribe, json: bool, screen: &mut Screen) -> io::Result<()> {
    let entry = scribe.read_back(&seen.told);
    let look = match entry.level() {
        Level::Debug => Look::Weak,
        Level::Error => Look::Bad,
        Level::Info => Look::Plain,
        Level::Warn => Look::Unsure,
    };
    let (look, rendering) =
        if json { (Look::Plain, Rendering::Json) } else { (look, Rendering::Line) };
    screen.line(look, &entry.render(rendering))
}

fn tell(alert: &Alert, json: bool, screen: &mut Screen) -> io::Result<()> {
    if json {
        return screen.line(Look::Plain, &alert.to_json().to_string());
    }
    let look = match (alert.phase, alert.severity) {
        (Phase::Resolved, _) => Look::Good,
        (Phase::Fired | Phase::Updated, AlertSeverity::High) => Look::Bad,
        (Phase::Fired | Phase::Updated, AlertSeverity::Medium) => Look::Unsure,
    };
    // The rule may be a code that a server chose, or somebody who wrote into the log.
    screen.line(look, &format!("alert: {}", neutralise(&alert.to_string(), 200)))
}

/// How long a new entry may wait.
const EVERY: Duration = Duration::from_millis(250);
