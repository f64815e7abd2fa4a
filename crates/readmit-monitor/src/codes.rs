use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

use readmit_error::{Kind, neutralise};

use crate::Now;
use crate::history::Chart;
use crate::mutants::mutate;
use crate::window::Window;

/// What is counted of each code, for a bounded number of codes.
///
/// Codes of readmit itself and those with a threshold always have a place of their own.
/// Of the others there are at most so many; the rest count as `_OTHER`, and one that did not happen
/// for an hour makes room, what it counted becoming a part of `_OTHER` (rule 87).
#[derive(Debug)]
pub(crate) struct Codes {
    origin: Instant,
    entries: HashMap<Box<str>, Entry>,
    foreign: usize,
    max_foreign: usize,
    /// Before this no code can make room, so none need be looked at.
    room_at: Option<Instant>,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) window: Window,
    pub(crate) chart: Chart,
    /// Whether it may make room.
    is_foreign: bool,
}

impl Codes {
    pub(crate) fn new(origin: Instant, max_foreign: usize) -> Codes {
        Codes { origin, entries: HashMap::new(), foreign: 0, max_foreign, room_at: None }
    }

    /// Gives a code a place for good, with a ring for this threshold.
    pub(crate) fn reserve(&mut self, code: &str, threshold: u32) {
        let entry = Entry::new(self.origin, threshold, false);
        self.entries.insert(code.into(), entry);
    }

    pub(crate) fn add(&mut self, now: Now, code: &str) {
        // Most codes were seen before, and take no label of their own.
        match self.entries.get_mut(code) {
            Some(entry) => entry.add(now),
            None => self.place(now.mono, code).add(now),
        }
    }

    /// Adds what an earlier process has counted of a code.
    pub(crate) fn load(&mut self, now: Instant, code: &str, chart: &Chart) {
        self.place(now, code).chart.merge(chart);
    }

    pub(crate) fn get(&self, code: &str) -> Option<&Entry> {
        self.entries.get(code)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(code, entry)| (&**code, entry))
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the place of a code, which is that of `_OTHER` where there is no room.
    fn place(&mut self, now: Instant, code: &str) -> &mut Entry {
        let label = self.label(now, code);
        let origin = self.origin;
        self.entries.entry(label).or_insert_with_key(|label| {
            let is_foreign = &**label != OTHER && !is_of_readmit(label);
            Entry::new(origin, DEFAULT_RING, is_foreign)
        })
    }

    fn label(&mut self, now: Instant, code: &str) -> Box<str> {
        if code == OTHER || is_of_readmit(code) || self.entries.contains_key(code) {
            return code.into();
        }
        let label = neutralise(code, NAME_LIMIT).into_boxed_str();
        if self.entries.contains_key(&label) {
            return label;
        }
        let is_full = mutate!(4, self.max_foreign <= self.foreign, false);
        if is_full && !self.make_room(now) {
            return OTHER.into();
        }
        self.foreign += 1;
        label
    }

    /// Forgets the code that did not happen for the longest time, if that is an hour.
    fn make_room(&mut self, now: Instant) -> bool {
        if self.room_at.is_some_and(|at| now < at) {
            return false;
        }
        let foreign = self.entries.iter().filter(|(_, entry)| entry.is_foreign);
        let idle_since = |entry: &Entry| entry.window.last().unwrap_or(self.origin);
        let oldest = foreign.map(|(code, entry)| (idle_since(entry), code.clone())).min();
        let Some((since, code)) = oldest else { return false };
        if now.saturating_duration_since(since) < IDLE {
            self.room_at = since.checked_add(IDLE);
            return false;
        }
        if let Some(gone) = self.entries.remove(&code) {
            self.foreign -= 1;
            self.place(now, OTHER).chart.merge(&gone.chart);
        }
        true
    }
}

impl Entry {
    fn new(origin: Instant, threshold: u32, is_foreign: bool) -> Entry {
        Entry { window: Window::new(origin, threshold), chart: Chart::new(), is_foreign }
    }

    fn add(&mut self, now: Now) {
        self.window.add(now.mono);
        self.chart.add(now.wall, 1);
    }

    pub(crate) fn is_empty(&self, wall: SystemTime) -> bool {
        let days = self.chart.of(crate::Unit::Day).last(wall, crate::Unit::Day.kept());
        days.counts.iter().all(|count| *count == 0)
    }
}

/// Returns whether a code is one of the closed set that readmit itself gives.
fn is_of_readmit(code: &str) -> bool {
    crate::code::DOCUMENTED.contains(&code) || Kind::ALL.iter().any(|kind| kind.as_str() == code)
}

/// Where codes are counted that have no place of their own.
pub(crate) const OTHER: &str = "_OTHER";

/// Characters of a code, a host, a route or a name.
pub(crate) const NAME_LIMIT: usize = 128;

/// How long a code must not have happened to make room.
const IDLE: Duration = Duration::from_secs(3_600);

/// The threshold for which rings of codes without one are made: 101 instants.
const DEFAULT_RING: u32 = 50;

#[cfg(test)]
mod tests {
    use readmit_core::SystemClock;

    use super::*;
    use crate::Unit;

    #[test]
    fn r87_codes_past_the_bound_are_counted_as_other() {
        let now = Now::read(&SystemClock);
        let mut codes = Codes::new(now.mono, 2);

        for code in ["A", "B", "C", "D", "A", "AUTH_004", "server_error"] {
            codes.add(now, code);
        }

        let count = |code: &str| codes.get(code).map(|entry| entry.window.count(now.mono, HOUR));
        assert_eq!(["A", "B", OTHER].map(count), [Some(2), Some(1), Some(2)]);
        assert_eq!(["C", "AUTH_004", "server_error"].map(count), [None, Some(1), Some(1)]);
    }

    #[test]
    fn r87_a_code_that_did_not_happen_for_an_hour_makes_room_and_its_history_stays() {
        let t0 = Now::read(&SystemClock);
        let mut codes = Codes::new(t0.mono, 2);
        codes.add(t0, "old");
        codes.add(t0.at(t0.mono + HOUR / 2), "young");
        let early = t0.at(t0.mono + HOUR - Duration::from_nanos(1));
        codes.add(early, "new");
        assert!(codes.get("new").is_none());

        codes.add(t0.at(t0.mono + HOUR), "new");

        assert!(codes.get("old").is_none() && codes.get("young").is_some());
        assert!(codes.get("new").is_some());
        let other = codes.get(OTHER).unwrap().chart.of(Unit::Day).last(early.wall, 92);
        assert_eq!(other.counts.iter().sum::<u32>(), 2);
    }

    #[test]
    fn r87_a_long_code_is_cut_and_a_hostile_one_neutral() {
        let now = Now::read(&SystemClock);
        let mut codes = Codes::new(now.mono, 2);

        codes.add(now, &"x".repeat(100_000));
        codes.add(now, "a\nb");

        assert!(codes.iter().all(|(code, _)| code.chars().count() <= NAME_LIMIT));
        assert!(codes.get("a\\u{a}b").is_some());
    }

    const HOUR: Duration = Duration::from_secs(3_600);
}
