use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use allocation_counter::measure;
use readmit_core::{Clock, SystemClock};

/// One thing that several crates do, and how each does it.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// Whether another thread makes the same calls meanwhile.
    beside: bool,
    /// How many calls a subject makes at once, which share what it costs.
    at_once: u32,
    subjects: Vec<Subject>,
}

/// One crate's way, in batches of calls.
pub(crate) struct Subject {
    name: &'static str,
    /// Makes so many calls.
    batch: Box<dyn Fn(u32) -> Batch + Send + Sync>,
}

/// What became of a batch of calls.
#[derive(Clone, Copy, Debug)]
struct Batch {
    took: Duration,
    /// How many calls did not end as the case says.
    wrong: u32,
}

/// What a subject costs a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) case: String,
    pub(crate) subject: &'static str,
    /// The median of the rounds; not a number where no round counted.
    pub(crate) nanos: f64,
    pub(crate) allocations: f64,
}

/// How long to measure.
#[derive(Debug)]
pub(crate) struct Effort {
    rounds: usize,
    /// How long a batch takes, at least: much longer than a look at the clock, and much shorter than
    /// a busy machine leaves a thread its processor.
    batch: Duration,
    /// After which time a case begins no further round: on a busy machine two threads seldom run at
    /// once.
    at_most: Duration,
    /// How many calls the allocations are counted over.
    counted: u32,
}

impl Effort {
    pub(crate) const MEASURE: Effort = Effort {
        rounds: 301,
        batch: Duration::from_micros(100),
        at_most: Duration::from_secs(6),
        counted: 10_000,
    };

    pub(crate) const SMOKE: Effort =
        Effort { rounds: 1, batch: Duration::ZERO, at_most: Duration::ZERO, counted: 8 };
}

impl Subject {
    /// Returns a subject that does this; a call returns whether it ended as the case says.
    pub(crate) fn new(
        name: &'static str,
        call: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Subject {
        let call = Arc::new(call);
        Subject::per_thread(name, move || {
            let call = Arc::clone(&call);
            move || call()
        })
    }

    /// Returns a subject that makes so many calls by itself, such as several at once, and returns how
    /// many of them did not end as the case says.
    pub(crate) fn in_batches(
        name: &'static str,
        batch: impl Fn(u32) -> u32 + Send + Sync + 'static,
    ) -> Subject {
        let batch = move |calls| {
            let begun = SystemClock.now();
            let wrong = batch(calls);
            Batch { took: SystemClock.now().duration_since(begun), wrong }
        };
        Subject { name, batch: Box::new(batch) }
    }

    /// Returns a subject whose calls need something of their thread; `make` makes it, once for each
    /// batch and outside of what is measured.
    pub(crate) fn per_thread<C: FnMut() -> bool>(
        name: &'static str,
        make: impl Fn() -> C + Send + Sync + 'static,
    ) -> Subject {
        // One loop for all purposes: a call that is made in one place is compiled into it.
        // What ends a call must come from a black box, or the compiler leaves it out.
        let batch = move |calls| {
            let (mut call, mut wrong) = (make(), 0);
            let begun = SystemClock.now();
            for _ in 0..calls {
                wrong += u32::from(!call());
            }
            Batch { took: SystemClock.now().duration_since(begun), wrong }
        };
        Subject { name, batch: Box::new(batch) }
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Case {
    pub(crate) fn new(name: &str, subjects: Vec<Subject>) -> Case {
        Case { name: name.to_owned(), beside: false, at_once: 1, subjects }
    }

    /// Returns the case as one in which a subject makes so many calls at once; the figures are
    /// still those of one.
    pub(crate) fn at_once(self, calls: u32) -> Case {
        Case { at_once: calls, ..self }
    }

    /// Returns the case as one in which another thread makes the same calls meanwhile, upon one and
    /// the same breaker, budget or limiter.
    pub(crate) fn two_threads(mut self) -> Case {
        self.name += ", 2 threads";
        self.beside = true;
        self
    }

    /// Measures every subject in every round, so that what disturbs the machine disturbs them alike.
    ///
    /// # Errors
    ///
    /// The first subject of which a call does not end as the case says: its figures would be those
    /// of something else.
    pub(crate) fn run(&self, effort: &Effort) -> Result<Vec<Row>, String> {
        let calls = self.subjects.iter().map(|subject| self.calls(subject, effort));
        let calls: Vec<u32> = calls.collect::<Result<_, _>>()?;
        let mut seen = vec![Vec::new(); self.subjects.len()];
        let begun = SystemClock.now();
        for round in 0..effort.rounds {
            if 0 < round && effort.at_most <= SystemClock.now().duration_since(begun) {
                break;
            }
            for turn in 0..self.subjects.len() {
                // Each round starts with another one, so that nobody always follows the same.
                let index = (round + turn) % self.subjects.len();
                if let (Some(subject), Some(&calls), Some(seen)) =
                    (self.subjects.get(index), calls.get(index), seen.get_mut(index))
                {
                    seen.extend(self.time(subject, calls)?);
                }
            }
        }
        let rows = self.subjects.iter().zip(seen);
        Ok(rows.map(|(subject, seen)| self.row(subject, seen, effort)).collect())
    }

    /// Returns how many calls fill a batch; finding out is the warm-up.
    fn calls(&self, subject: &Subject, effort: &Effort) -> Result<u32, String> {
        let mut calls = CHUNK;
        loop {
            // Of a few, for one that was interrupted looks long enough.
            let mut shortest = Duration::MAX;
            for _ in 0..3 {
                shortest = shortest.min(self.timed(subject, calls)?);
            }
            if effort.batch <= shortest || MOST_CALLS <= calls {
                return Ok(calls);
            }
            calls *= 2;
        }
    }

    /// Returns the nanoseconds of a call; none where the other thread had no processor.
    fn time(&self, subject: &Subject, calls: u32) -> Result<Option<f64>, String> {
        for _ in 0..TRIES {
            let (took, others) = if self.beside {
                self.timed_beside_another(subject, calls)?
            } else {
                (self.timed(subject, calls)?, calls)
            };
            if calls / 4 <= others {
                return Ok(Some(took.as_secs_f64() * 1e9 / f64::from(calls)));
            }
        }
        Ok(None)
    }

    /// Measures while another thread makes the same calls without a pause, and returns how many the
    /// other one made meanwhile.
    fn timed_beside_another(
        &self,
        subject: &Subject,
        calls: u32,
    ) -> Result<(Duration, u32), String> {
        let (made, over) = (AtomicU32::new(0), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    (subject.batch)(CHUNK);
                    made.fetch_add(CHUNK, Ordering::Relaxed);
                }
            });
            while made.load(Ordering::Relaxed) == 0 {
                thread::yield_now();
            }
            let before = made.load(Ordering::Relaxed);
            let took = self.timed(subject, calls);
            let others = made.load(Ordering::Relaxed).wrapping_sub(before);
            over.store(true, Ordering::Relaxed);
            Ok((took?, others))
        })
    }

    fn timed(&self, subject: &Subject, calls: u32) -> Result<Duration, String> {
        let Batch { took, wrong } = (subject.batch)(calls);
        if wrong == 0 {
            return Ok(took);
        }
        let (case, subject) = (&self.name, subject.name);
        Err(format!("{case}: {wrong} of {calls} calls of {subject} went wrong"))
    }

    fn row(&self, subject: &Subject, mut seen: Vec<f64>, effort: &Effort) -> Row {
        seen.sort_by(f64::total_cmp);
        let median = seen.get(seen.len() / 2).copied().unwrap_or(f64::NAN);
        let counted = measure(|| {
            (subject.batch)(effort.counted);
        });
        let calls = f64::from(effort.counted) * f64::from(self.at_once);
        Row {
            case: self.name.clone(),
            subject: subject.name,
            nanos: median / f64::from(self.at_once),
            // What a batch sets up is not a call's.
            allocations: (counted.count_total as f64 / calls * 100.0).round() / 100.0,
        }
    }
}

/// Calls between two looks at whether to go on: enough that the looks cost nothing, and more than a
/// window holds.
const CHUNK: u32 = 256;

/// How often a round waits for a batch beside a thread that runs too: a busy machine takes turns.
const TRIES: u32 = 16;

/// A batch of calls that cost nothing.
const MOST_CALLS: u32 = 1 << 20;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hint::black_box;
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn allocations_are_those_of_one_call() {
        let effort = Effort { counted: 100, ..Effort::SMOKE };
        let subjects = vec![
            Subject::new("none", || true),
            Subject::new("two", || *Box::new(black_box(true)) & *Box::new(black_box(true))),
            Subject::per_thread("one for the batch", || {
                let held = Box::new(true);
                move || *held
            }),
        ];

        let rows = Case::new("allocating", subjects).run(&effort).unwrap();

        let allocations: Vec<f64> = rows.iter().map(|row| row.allocations).collect();
        assert_eq!(allocations, [0.0, 2.0, 0.01]);
    }

    #[test]
    fn calls_that_are_made_at_once_share_what_they_cost() {
        let effort = Effort { counted: 100, ..Effort::SMOKE };
        let two = Subject::new("two", || *Box::new(black_box(true)) & *Box::new(black_box(true)));

        let rows = Case::new("allocating", vec![two]).at_once(4).run(&effort).unwrap();

        assert_eq!(rows[0].allocations, 0.5);
    }

    #[test]
    fn another_thread_makes_calls_meanwhile() {
        let threads = Arc::new(Mutex::new(HashSet::new()));
        let seen = Arc::clone(&threads);
        let subject = Subject::new("seen", move || {
            seen.lock().unwrap().insert(thread::current().id());
            true
        });

        let rows = Case::new("seeing", vec![subject]).two_threads().run(&Effort::SMOKE).unwrap();

        assert_eq!(rows[0].case, "seeing, 2 threads");
        // More than two, where one had no processor and another was tried.
        assert!(2 <= threads.lock().unwrap().len());
    }

    #[test]
    fn a_subject_that_does_something_else_is_not_measured() {
        let calls = AtomicU32::new(0);
        let subject = Subject::new("failing", move || calls.fetch_add(1, Ordering::Relaxed) < 250);

        let refused = Case::new("succeeding", vec![subject]).run(&Effort::SMOKE).unwrap_err();

        assert_eq!(refused, "succeeding: 6 of 256 calls of failing went wrong");
    }
}
