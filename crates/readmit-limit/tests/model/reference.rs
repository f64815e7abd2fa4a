/// Keeps everything that was taken and told, and recounts it from the beginning at each question.
///
/// Time is in milliseconds. Of the machine it knows nothing: a bucket is filled in parts
/// of a cell so fine that a millisecond of any quota of the test comes out even.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    entries: Vec<(u64, Entry)>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Entry {
    Grant(u64),
    Quota(Option<Rate>),
    Release,
    Told(Words),
}

/// One cell in so many milliseconds, and so many at once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Rate {
    pub(crate) interval: u64,
    pub(crate) burst: u64,
}

/// What a server says, in cells and milliseconds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Words {
    pub(crate) limit: Option<u64>,
    pub(crate) window: Option<u64>,
    pub(crate) remaining: Option<u64>,
    pub(crate) reset_after: Option<u64>,
    pub(crate) retry_after: Option<u64>,
}

/// What is found by recounting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// Whole cells in the bucket; none where there is no quota.
    pub(crate) bucket: Option<u64>,
    pub(crate) burst: Option<u64>,
    pub(crate) window: Option<u64>,
    pub(crate) limit: Option<u64>,
    pub(crate) held: bool,
}

impl Reference {
    pub(crate) fn new(quota: Option<Rate>) -> Reference {
        Reference { entries: vec![(0, Entry::Quota(quota))] }
    }

    pub(crate) fn note(&mut self, now: u64, entry: Entry) {
        self.entries.push((now, entry));
    }

    /// Whether so many cells may be taken.
    pub(crate) fn allows(&self, now: u64, cells: u64) -> bool {
        let standing = self.standing(now);
        let fits = |there: Option<u64>| there.is_none_or(|there| cells <= there);
        !standing.held && fits(standing.bucket) && fits(standing.window) && fits(standing.limit)
    }

    /// The first millisecond, of so many, at which the cells may be taken if nothing else happens.
    pub(crate) fn allowed_at(&self, now: u64, cells: u64, most: u64) -> Option<u64> {
        (now..=now + most).find(|then| self.allows(*then, cells))
    }

    pub(crate) fn standing(&self, now: u64) -> Standing {
        let (bucket, burst) = self.bucket(now);
        let (window, limit) = self.window(now);
        let held = now < self.held_until();
        Standing { bucket, burst, window, limit, held }
    }

    /// Fills and empties the bucket again, from one entry to the next.
    fn bucket(&self, now: u64) -> (Option<u64>, Option<u64>) {
        let mut rate: Option<Rate> = None;
        let mut level = 0;
        let mut filled_to = 0;
        for (at, entry) in self.entries.iter().copied().chain([(now, Entry::Release)]) {
            if let Some(rate) = rate {
                let filled = (at - filled_to) * (PART / rate.interval);
                level = (level + filled).min(rate.burst * PART);
            }
            filled_to = at;
            match (entry, rate) {
                (Entry::Grant(cells), Some(_)) => level -= cells * PART,
                (Entry::Quota(None), _) => rate = None,
                (Entry::Quota(Some(next)), None) => {
                    (rate, level) = (Some(next), next.burst * PART);
                }
                (Entry::Quota(Some(next)), Some(before)) => {
                    let used = before.burst * PART - level;
                    level = (next.burst * PART).saturating_sub(used);
                    rate = Some(next);
                }
                (Entry::Grant(_) | Entry::Release | Entry::Told(_), _) => {}
            }
        }
        (rate.map(|_| level / PART), rate.map(|rate| rate.burst))
    }

    /// What the server's window has left, and what each holds.
    fn window(&self, now: u64) -> (Option<u64>, Option<u64>) {
        let mut left: Option<(u64, u64)> = None;
        let mut renewal: Option<(u64, u64)> = None;
        for (at, entry) in self.entries.iter().copied().chain([(now, Entry::Grant(0))]) {
            // One window after the other until the one of this instant.
            while let Some((_, until)) = left.filter(|(_, until)| *until <= at) {
                left = renewal.map(|(limit, length)| (limit, until + length));
            }
            if left.is_none() {
                renewal = None;
            }
            match entry {
                Entry::Grant(cells) => left = left.map(|(left, until)| (left - cells, until)),
                Entry::Release => (left, renewal) = (None, None),
                Entry::Quota(_) => {}
                Entry::Told(words) => Self::hear(&mut left, &mut renewal, at, words),
            }
        }
        (left.map(|(left, _)| left), renewal.map(|(limit, _)| limit))
    }

    fn hear(
        left: &mut Option<(u64, u64)>,
        renewal: &mut Option<(u64, u64)>,
        at: u64,
        words: Words,
    ) {
        let whole = words.limit.zip(words.window);
        if words.remaining.is_none() && whole.is_none() {
            return;
        }
        let before = *renewal;
        *renewal = whole.or(*renewal);
        let most = words.limit.or(renewal.map(|(limit, _)| limit)).unwrap_or(u64::MAX);
        let until = words.reset_after.map(|reset| at + reset);
        match *left {
            // An answer of the window that is under way, as far as seconds can tell.
            Some((there, ends)) if until.is_none_or(|until| until <= ends + 1_000) => {
                let told = words.remaining.unwrap_or(u64::MAX).min(most);
                let sooner = until.filter(|until| until + 1_000 < ends);
                *left = Some((there.min(told), sooner.unwrap_or(ends)));
            }
            Some(_) | None => {
                let ends = until.or(renewal.map(|(_, length)| at + length));
                let holds = words.remaining.or(renewal.map(|(limit, _)| limit));
                match holds.zip(ends) {
                    Some((holds, ends)) => *left = Some((holds.min(most), ends)),
                    None => *renewal = before,
                }
            }
        }
    }

    fn held_until(&self) -> u64 {
        let mut until = 0;
        for (at, entry) in &self.entries {
            match entry {
                Entry::Release => until = 0,
                Entry::Told(words) => {
                    let reset = words.reset_after.filter(|_| words.remaining == Some(0));
                    for wait in [words.retry_after, reset].into_iter().flatten() {
                        until = until.max(at + wait);
                    }
                }
                Entry::Grant(_) | Entry::Quota(_) => {}
            }
        }
        until
    }
}

/// Of a cell, so that each interval of the tests fills a whole number in a millisecond.
pub(crate) const PART: u64 = 40;
