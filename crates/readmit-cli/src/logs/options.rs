use std::path::PathBuf;
use std::time::SystemTime;

use clap::Args;
use readmit_error::neutralise;
use readmit_log::audit::{Checkpoint, Key};
use readmit_monitor::Config;

use super::filter::{Filter, moment};
use super::verifying::Chains;
use crate::trouble::Trouble;

/// Summarise logs: rates, trends, top codes, recoveries, and the alerts that would have fired.
///
/// It reads the JSON lines that readmit writes: entries, ECS, OCSF, records, audit chains, of which
/// the hashes are verified; from files, which are read in the order of their first entries, or from
/// standard input. Alerts follow the times of the log. Whatever somebody wrote into the log, nothing
/// of it acts on the terminal, and what looks like a secret is hidden.
///
/// Exit status: 0 summarised, whatever the log says; 1 an audit chain is broken; 64 wrong arguments;
/// 65 there is no entry; 66 a file cannot be read.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// What to read; - is the standard input [default: standard input]
    pub(super) files: Vec<PathBuf>,

    /// Leave out what was earlier: an instant, a day, or how long ago, as in 2h or 7d
    #[arg(long, value_name = "TIME")]
    since: Option<String>,

    /// Leave out what was not earlier
    #[arg(long, value_name = "TIME")]
    until: Option<String>,

    /// A code or kind to look at, such as AUTH_002; may be repeated
    #[arg(long = "code", value_name = "CODE")]
    codes: Vec<String>,

    /// A host to look at, such as api.example.com; may be repeated
    #[arg(long = "origin", value_name = "HOST")]
    origins: Vec<String>,

    /// How many of a code an hour may have without an alert, as in AUTH_002=5; may be repeated
    #[arg(long = "threshold", value_name = "CODE=COUNT")]
    thresholds: Vec<String>,

    /// How many names each list has
    #[arg(long, value_name = "COUNT", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(super) top: u16,

    /// Demand that every file is an audit chain; those that look like one are verified anyway
    #[arg(long)]
    verify: bool,

    /// The file with the key of the chain; else the variable READMIT_AUDIT_KEY has it
    #[arg(long = "key", value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// How far the chain is known to have come, as readmit.audit/1:…
    #[arg(long, value_name = "TEXT")]
    checkpoint: Option<String>,

    /// Write a chart to a file
    #[arg(long, value_name = "FILE", conflicts_with = "follow")]
    pub(super) svg: Option<PathBuf>,

    /// Write the whole report to a file, as one page that needs nothing else
    #[arg(long, value_name = "FILE", conflicts_with = "follow")]
    pub(super) html: Option<PathBuf>,

    /// Draw with characters that every terminal has
    #[arg(long)]
    pub(super) ascii: bool,

    /// Print JSON (schema readmit.logs/1)
    #[arg(long)]
    pub(super) json: bool,

    /// Print what is written to the file from here on, and alerts as they fire; Ctrl-C ends it
    #[arg(long, short, conflicts_with_all = ["verify", "checkpoint", "key_file"])]
    pub(super) follow: bool,
}

impl Options {
    pub(super) fn filter(&self, now: SystemTime) -> Result<Filter, Trouble> {
        let read = |text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| moment(text, now).ok_or_else(|| no_moment(text))).transpose()
        };
        Ok(Filter {
            since: read(&self.since)?,
            until: read(&self.until)?,
            codes: self.codes.clone(),
            origins: self.origins.clone(),
        })
    }

    pub(super) fn config(&self) -> Result<Config, Trouble> {
        let mut config = Config::builder().max_codes(MOST_CODES);
        for text in &self.thresholds {
            let (code, count) = text
                .rsplit_once('=')
                .and_then(|(code, count)| Some((code, count.parse().ok()?)))
                .ok_or_else(|| no_threshold(text))?;
            config = config.threshold(code, count);
        }
        config.build().map_err(|error| Trouble::usage(neutralise(&error.to_string(), 200)))
    }

    pub(super) fn chains(&self) -> Result<Chains, Trouble> {
        let checkpoint: Option<Checkpoint> = match &self.checkpoint {
            None => None,
            Some(text) => Some(text.parse().map_err(|error| {
                Trouble::usage(format!("{error}")).cure("readmit logs shows it of a chain")
            })?),
        };
        let key = self.key()?;
        let demanded = self.verify || checkpoint.is_some() || self.key_file.is_some();
        Ok(Chains { key, checkpoint, demanded })
    }

    fn key(&self) -> Result<Option<Key>, Trouble> {
        let Some(path) = &self.key_file else {
            let key = std::env::var_os(KEY_VARIABLE).filter(|key| !key.is_empty());
            return Ok(key.map(|key| Key::new(key.as_encoded_bytes())));
        };
        let name = neutralise(&path.display().to_string(), 200);
        let bytes = std::fs::read(path).map_err(|error| Trouble::unreadable(&name, &error))?;
        // An editor ends a file with a line end, and nobody ends a key with one.
        let key = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let key = key.strip_suffix(b"\r").unwrap_or(key);
        if key.is_empty() {
            return Err(Trouble::usage(format!("{name} is empty, and has no key")));
        }
        Ok(Some(Key::new(key)))
    }
}

fn no_moment(text: &str) -> Trouble {
    Trouble::usage(format!("{} is no time", neutralise(text, SHOWN)))
        .cure("write it as 2026-01-15T10:30:00Z, 2026-01-15, or how long ago it was: 30m, 2h, 7d")
}

fn no_threshold(text: &str) -> Trouble {
    Trouble::usage(format!("{} is no threshold", neutralise(text, SHOWN)))
        .cure("write it as --threshold AUTH_002=5")
}

const KEY_VARIABLE: &str = "READMIT_AUDIT_KEY";
/// Codes that are told apart for rates and trends; the others are counted alone.
const MOST_CODES: usize = 256;
/// Characters of a wrong argument that are repeated.
const SHOWN: usize = 60;
