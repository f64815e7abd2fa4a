use std::time::{Duration, Instant};

use readmit_error::event::{Event, Record};
use readmit_error::{Kind, neutralise};

use crate::alarm::{Alarm, Bar};
use crate::codes::NAME_LIMIT;
use crate::distinct::Distinct;
use crate::minutes::Minutes;
use crate::roster::Roster;
use crate::{Alert, Now, code};

/// Sees attacks and mishaps in what was refused (rule 92).
///
/// They advise: each is an alert like any other, and nobody is locked out by one.
/// None has a say where the principals are not told, because one client that fails often looks
/// like nothing but a client that fails often.
///
/// | rule | sign |
/// |---|---|
/// | `brute_force` | one principal is refused more than 10 times in 10 minutes |
/// | `credential_stuffing` | more than 20 different principals are refused in 10 minutes |
/// | `password_spray` | more than 20 are in 6 hours, at most twice each, and never so many at once |
/// | `credential_rotated` | operations succeeded, and the client's own credential is refused twice in a row |
/// | `clock_skew` | servers complain of the clock more than twice in an hour, or refuse tokens as expired that are not a minute old |
#[derive(Debug)]
pub(crate) struct Detectors {
    origin: Instant,
    principals: Roster<String, Minutes>,
    /// The principal that was refused most often lately.
    worst: Option<String>,
    at_once: Distinct,
    over_time: Distinct,
    refused: Minutes,
    /// Rejections in a row of the client's own credential, and when the last one was.
    rejected: Option<(u32, Instant)>,
    refreshed_at: Option<Instant>,
    skewed: Minutes,
    brute_force: Alarm,
    stuffing: Alarm,
    spray: Alarm,
    rotated: Alarm,
    skew: Alarm,
}

impl Detectors {
    pub(crate) fn new(origin: Instant) -> Detectors {
        let alarm =
            |rule, medium: f64, high, window| Alarm::new(rule, Bar { medium, high, window });
        Detectors {
            origin,
            principals: Roster::new(MAX_PRINCIPALS),
            worst: None,
            at_once: Distinct::new(origin, AT_ONCE),
            over_time: Distinct::new(origin, OVER_TIME),
            refused: Minutes::new(origin, 360),
            rejected: None,
            refreshed_at: None,
            skewed: Minutes::new(origin, 60),
            brute_force: alarm("brute_force", 10.0, 20.0, AT_ONCE),
            stuffing: alarm("credential_stuffing", 20.0, 40.0, AT_ONCE),
            spray: alarm("password_spray", 20.0, 40.0, OVER_TIME),
            rotated: alarm("credential_rotated", 1.0, f64::INFINITY, HOUR),
            skew: alarm("clock_skew", 2.0, f64::INFINITY, HOUR),
        }
    }

    /// Takes a record; `has_worked` says whether the client's own credential ever did.
    pub(crate) fn record(&mut self, now: Now, record: &Record, has_worked: bool) -> Vec<Alert> {
        let kind = record.failure.as_ref().map(|failure| failure.kind());
        if kind == Some(Kind::ClockSkew) && code::of_event(record).is_some() {
            self.skewed.add(now.mono, 1);
            return self.check_counts(now);
        }
        if let Event::CredentialsRejected { consecutive, .. } = &record.event {
            let is_another = match record.call.user.as_deref() {
                Some(principal) => self.refuse(now, principal),
                None if has_worked && kind != Some(Kind::MissingCredentials) => {
                    self.rejected = Some((*consecutive, now.mono));
                    false
                }
                None => false,
            };
            // How many different ones there are takes longest to say, and seldom changes.
            return if is_another { self.check(now) } else { self.check_counts(now) };
        }
        if let Event::RefreshSucceeded { .. } = &record.event {
            self.refreshed_at = Some(now.mono);
            self.rejected = None;
        }
        if let Event::RecoverySucceeded { authentication: true, .. } = &record.event {
            self.rejected = None;
        }
        if let Event::TokenExpired { .. } = &record.event
            && self.refreshed_at.is_some_and(|at| now.mono.saturating_duration_since(at) < YOUNG)
        {
            self.skewed.add(now.mono, 1);
            return self.check_counts(now);
        }
        vec![]
    }

    /// Looks at all of them.
    pub(crate) fn check(&mut self, now: Now) -> Vec<Alert> {
        let mut alerts = self.check_counts(now);
        let at_once = self.at_once.count(now.mono);
        let (spread, refused) =
            (self.over_time.count(now.mono), self.refused.count(now.mono, OVER_TIME));
        let is_thin = refused <= 2 * spread && at_once <= 20;
        alerts.extend(self.stuffing.observe(now, at_once as f64, None));
        alerts.extend(self.spray.observe(now, if is_thin { spread as f64 } else { 0.0 }, None));
        alerts
    }

    fn check_counts(&mut self, now: Now) -> Vec<Alert> {
        let worst = self.worst.as_deref();
        let most = worst.and_then(|worst| self.principals.get(worst));
        let most = most.map_or(0, |minutes| minutes.count(now.mono, AT_ONCE));
        let in_a_row =
            self.rejected.filter(|(_, at)| now.mono.saturating_duration_since(*at) < HOUR);
        let skewed = self.skewed.count(now.mono, HOUR);
        [
            self.brute_force.observe(now, most as f64, worst),
            self.rotated.observe(now, in_a_row.map_or(0.0, |(row, _)| f64::from(row)), None),
            self.skew.observe(now, skewed as f64, None),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Looks for the principal that was refused most often once more; a minute is often enough.
    pub(crate) fn look_around(&mut self, now: Now) {
        let count = |minutes: &Minutes| minutes.count(now.mono, AT_ONCE);
        let worst = self.principals.iter().max_by_key(|(_, minutes)| count(minutes));
        self.worst = worst.map(|(principal, _)| principal.clone());
    }

    /// Returns about how many different principals were refused within the last ten minutes.
    pub(crate) fn distinct_principals(&self, now: Instant) -> u64 {
        self.at_once.count(now)
    }

    pub(crate) fn stands(&self) -> bool {
        self.alarms().into_iter().any(Alarm::stands)
    }

    pub(crate) fn standing(&self, now: Now) -> impl Iterator<Item = Alert> + '_ {
        self.alarms().into_iter().filter_map(move |alarm| alarm.standing(now))
    }

    fn alarms(&self) -> [&Alarm; 5] {
        [&self.brute_force, &self.stuffing, &self.spray, &self.rotated, &self.skew]
    }

    /// Counts a refusal, and returns whether there may be one different principal more.
    fn refuse(&mut self, now: Now, principal: &str) -> bool {
        self.refused.add(now.mono, 1);
        let at_once = self.at_once.add(now.mono, principal);
        let is_another = self.over_time.add(now.mono, principal) || at_once;
        let name = neutralise(principal, NAME_LIMIT);
        let origin = self.origin;
        let minutes = self.principals.touch(name.clone(), || Minutes::new(origin, 10));
        minutes.add(now.mono, 1);
        let count = minutes.count(now.mono, AT_ONCE);
        let worst = self.worst.as_deref().and_then(|worst| self.principals.get(worst));
        if worst.is_none_or(|worst| worst.count(now.mono, AT_ONCE) < count) {
            self.worst = Some(name);
        }
        is_another
    }
}

const AT_ONCE: Duration = Duration::from_secs(600);
const OVER_TIME: Duration = Duration::from_secs(6 * 3_600);
const HOUR: Duration = Duration::from_secs(3_600);
/// Tokens live longer than this, so one that is refused as expired met another clock.
const YOUNG: Duration = Duration::from_secs(60);
const MAX_PRINCIPALS: usize = 1_024;

#[cfg(test)]
mod tests;
