use std::collections::HashMap;
use std::time::Duration;

use readmit_core::{Draw, SystemClock};
use readmit_recovery::{
    Cause, Config, ConfigBuilder, Generation, Lifecycle, Lifetime, Now, Phase, RefreshFailure,
    RefreshPermit, Use,
};
use serde_json::{Map, Value, json};

use super::step::{Given, Step};

/// A credential on a virtual clock, and a driver whose leader waits for its own refresh.
#[derive(Debug)]
pub(super) struct Run {
    lifecycle: Lifecycle,
    now: Now,
    names: HashMap<String, Generation>,
}

/// What is compared, what it must be, what it is.
pub(super) type Compared = (&'static str, Value, Value);

impl Run {
    pub(super) fn new(given: &Given) -> Result<Run, String> {
        let config = config(given)?;
        // The instants of a case count from this one, so which it is does not matter.
        let now = Now::read(&SystemClock);
        let mut run = Run { lifecycle: Lifecycle::new(config), now, names: HashMap::new() };
        let phase = match given.cached_credentials.as_str() {
            "none" => return Ok(run),
            "valid" => Phase::Fresh,
            "advisory" => Phase::Advisory,
            "mandatory" => Phase::Mandatory,
            "expired" => Phase::Expired,
            other => return Err(format!("no credential is {other}")),
        };
        let adopted = run.lifecycle.adopt(now, Lifetime::For(HOUR), Draw::MAX).decision;
        let generation = adopted.map_err(|error| error.to_string())?;
        run.names.extend(given.access_key_id.clone().map(|name| (name, generation)));
        while run.lifecycle.phase(run.now) != phase {
            let next = run.lifecycle.wake_at(run.now).ok_or("the credential never gets there")?;
            run.pass(next.saturating_duration_since(run.now.mono));
        }
        Ok(run)
    }

    /// Takes a step, and returns all that is to be compared.
    pub(super) fn take(&mut self, step: &Step) -> Result<Vec<Compared>, String> {
        match step {
            Step::AdvanceTime { seconds } => self.pass(Duration::from_secs(*seconds)),
            Step::GetCredentials { response, lifetime_seconds, access_key_id, expected } => {
                let lifetime = lifetime_seconds.map_or(HOUR, Duration::from_secs);
                let got = self.get(response.as_deref(), lifetime, access_key_id.as_deref())?;
                return compare(expected, &got);
            }
            Step::Invalidate { rejected_access_key_id } => {
                let rejected = match rejected_access_key_id {
                    Some(name) => self.names.get(name).copied(),
                    None => self.lifecycle.generation(),
                };
                if let Some(rejected) = rejected {
                    let _ = self.lifecycle.invalidate(self.now, rejected);
                }
            }
        }
        Ok(Vec::new())
    }

    /// Asks for the credential, refreshes where the machine says so, and asks again.
    fn get(
        &mut self,
        response: Option<&str>,
        lifetime: Duration,
        name: Option<&str>,
    ) -> Result<Map<String, Value>, String> {
        let before = self.lifecycle.generation();
        let mut answer = self.lifecycle.try_use(self.now).decision;
        let mut contacted = false;
        if let Use::Refresh { permit } | Use::HeldWhileRefreshing { permit, .. } = answer {
            contacted = true;
            let response = response.ok_or("the source is asked, and its answer is not told")?;
            self.refresh(permit, response, lifetime)?;
            answer = self.lifecycle.try_use(self.now).decision;
        }
        let is_fresh = self.lifecycle.phase(self.now) == Phase::Fresh;
        let (result, is_held_back) = match answer {
            Use::Held { generation } if Some(generation) == before => {
                ("cachedCredentials", !is_fresh)
            }
            Use::Held { generation } => {
                self.names.extend(name.map(|name| (name.to_owned(), generation)));
                ("newCredentials", false)
            }
            Use::Refused(refused) => match refused.cause() {
                Cause::RefreshRefused => ("nonRecoverableError", false),
                Cause::RefreshFailed => ("error", true),
                Cause::FreshRejected => ("rejectedAsSoonAsIssued", true),
                Cause::LockedOut => ("lockedOut", true),
            },
            Use::Refresh { .. } | Use::HeldWhileRefreshing { .. } | Use::Wait { .. } => {
                return Err("the credential is refreshed twice in one call".to_owned());
            }
        };
        let got = json!({
            "result": result,
            "sourceContacted": contacted,
            "rateLimited": is_held_back && !contacted,
            "advisoryWindowSeconds": self.advisory_window(),
        });
        got.as_object().cloned().ok_or_else(|| "an object is none".to_owned())
    }

    fn refresh(
        &mut self,
        permit: RefreshPermit,
        response: &str,
        lifetime: Duration,
    ) -> Result<(), String> {
        let lifetime = match response {
            "freshCredentials" => Lifetime::For(lifetime),
            "staleCredentials" => Lifetime::Until(self.now.wall),
            "error" | "nonRecoverableError" => {
                let failure = if response == "error" {
                    RefreshFailure::transient()
                } else {
                    RefreshFailure::terminal()
                };
                let _ = self.lifecycle.refresh_failed(self.now, permit, failure, Draw::MAX);
                return Ok(());
            }
            other => return Err(format!("no source answers {other}")),
        };
        // Whether it is kept is for the machine to say, and shows in its next answer.
        let _ = self.lifecycle.refreshed(self.now, permit, lifetime, Draw::MAX);
        Ok(())
    }

    /// Returns how long before its expiry a fresh credential leaves its first phase.
    fn advisory_window(&self) -> Option<u64> {
        let left = self.lifecycle.expires_in(self.now)?;
        let next = self.lifecycle.wake_at(self.now)?.saturating_duration_since(self.now.mono);
        Some(left.saturating_sub(next).as_secs())
    }

    fn pass(&mut self, time: Duration) {
        self.now = Now { mono: self.now.mono + time, wall: self.now.wall + time };
    }
}

fn config(given: &Given) -> Result<Config, String> {
    let preset = if given.static_stability.unwrap_or(true) {
        Config::STATIC_STABILITY
    } else {
        Config::DEFAULT
    };
    let set = |builder: ConfigBuilder, seconds: Option<u64>, set: fn(_, _) -> ConfigBuilder| {
        match seconds {
            Some(seconds) => set(builder, Duration::from_secs(seconds)),
            None => builder,
        }
    };
    let window = given.configured_advisory_window_seconds;
    let builder = set(preset.to_builder(), window, ConfigBuilder::advisory_window);
    let backoff = |builder: ConfigBuilder, time| builder.backoff(time, time);
    let builder = set(builder, given.refresh_backoff_seconds, backoff);
    builder.build().map_err(|error| error.to_string())
}

fn compare(
    expected: &Map<String, Value>,
    got: &Map<String, Value>,
) -> Result<Vec<Compared>, String> {
    let mut compared = Vec::new();
    for (what, expected) in expected {
        let name = NAMES.into_iter().find(|name| name == what);
        let (name, got) = name
            .and_then(|name| Some((name, got.get(name)?)))
            .ok_or_else(|| format!("nothing is called {what}"))?;
        compared.push((name, expected.clone(), got.clone()));
    }
    Ok(compared)
}

const NAMES: [&str; 4] = ["result", "sourceContacted", "rateLimited", "advisoryWindowSeconds"];

const HOUR: Duration = Duration::from_secs(3_600);
