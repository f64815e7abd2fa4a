//! The queue against a reference that keeps all items that ever came and counts them anew.

use proptest::prelude::*;
use readmit_core::{Clock, SystemClock};

use super::*;

#[derive(Clone, Debug)]
enum Event {
    Advance { millis: u64 },
    Close,
    Flush,
    Push { bytes: usize },
    Settle { which: usize },
    Take,
    Withdraw { which: usize },
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r73_the_queue_does_as_the_reference_does(
        limits in limits(),
        events in proptest::collection::vec(event(), 1..120),
    ) {
        let mut now = SystemClock.now();
        let mut queue = Queue::new(limits);
        let mut reference = Reference::new(limits);
        let mut places: Vec<Place> = Vec::new();
        let mut flying: Vec<(Ticket, Vec<usize>)> = Vec::new();
        let mut marks: Vec<(Place, usize)> = Vec::new();

        for event in events {
            match event {
                Event::Advance { millis } => now += Duration::from_millis(millis),
                Event::Close => marks.push((queue.close(), reference.close())),
                Event::Flush => marks.push((queue.flush(), reference.flush())),
                Event::Push { bytes } => {
                    let number = places.len();
                    let queued = queue.try_push(now, number, bytes);
                    prop_assert_eq!(queued.is_ok(), reference.push(now, bytes));
                    if let Ok(queued) = queued {
                        prop_assert_eq!(queued.due_at, Some(now + limits.delay));
                        places.push(queued.place);
                    }
                }
                Event::Settle { which } if !flying.is_empty() => {
                    let (ticket, items) = flying.remove(which % flying.len());
                    queue.settle(&ticket);
                    reference.settle(&items);
                }
                Event::Take => {
                    let taken = queue.try_take(now);
                    let items = taken.as_ref().map(|taken| taken.items.clone());
                    prop_assert_eq!(&items, &reference.take(now));
                    flying.extend(taken.map(|taken| (taken.ticket, taken.items)));
                }
                Event::Withdraw { which } if !places.is_empty() => {
                    let which = which % places.len();
                    let withdrawn = queue.withdraw(places[which]);
                    prop_assert_eq!(withdrawn, reference.withdraw(which).then_some(which));
                }
                Event::Settle { .. } | Event::Withdraw { .. } => {}
            }
            prop_assert_eq!(queue.waiting(), reference.count(Fate::Waiting));
            prop_assert_eq!(queue.in_flight(), flying.len());
            prop_assert_eq!(queue.is_closed(), reference.closed);
            for (place, mark) in &marks {
                prop_assert_eq!(queue.is_settled(*place), reference.is_settled(*mark));
            }
        }
    }
}

#[test]
fn r73_a_batch_is_due_when_it_is_full_and_not_before() {
    let now = SystemClock.now();
    let mut queue = Queue::new(limits_of(3, 100, 10, 1));

    push(&mut queue, now, &[1, 1]);
    let early = queue.try_take(now);
    push(&mut queue, now, &[1, 1]);

    assert!(early.is_none());
    assert_eq!(queue.try_take(now).unwrap().items, [1, 1, 1]);
}

#[test]
fn r73_a_batch_is_due_at_the_instant_at_which_its_first_item_has_waited() {
    let t0 = SystemClock.now();
    let due_at = t0 + Duration::from_millis(10);
    let mut queue = Queue::new(limits_of(3, 100, 10, 1));
    push(&mut queue, t0, &[1]);
    push(&mut queue, due_at - Duration::from_nanos(1), &[1]);

    let before = queue.try_take(due_at - Duration::from_nanos(1));
    let then = queue.try_take(due_at);

    assert!(before.is_none());
    assert_eq!(then.unwrap().items, [1, 1]);
}

#[test]
fn r73_a_batch_is_bounded_in_bytes_and_keeps_the_order() {
    let now = SystemClock.now();
    let mut queue = Queue::new(limits_of(10, 8, 10, 9));

    // The small one that comes after what did not fit does not overtake it.
    push(&mut queue, now, &[3, 4, 8, 1]);
    let batches: Vec<_> =
        std::iter::from_fn(|| queue.try_take(now)).map(|taken| taken.items).collect();
    let too_large = queue.try_push(now, 9, 9);

    assert_eq!(batches, [vec![3, 4], vec![8]]);
    assert_eq!(too_large.unwrap_err(), NotQueued::TooLarge);
}

#[test]
fn time_that_goes_backwards_makes_nothing_due() {
    let t0 = SystemClock.now();
    let mut queue = Queue::new(limits_of(3, 100, 10, 1));

    push(&mut queue, t0 + Duration::from_secs(1), &[1]);

    assert!(queue.try_take(t0).is_none());
}

struct Reference {
    limits: Limits,
    /// All that ever came: when, how large, what became of it, and whether it must go at once.
    items: Vec<(Instant, usize, Fate, bool)>,
    batches: usize,
    closed: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    Flying,
    Over,
    Waiting,
}

impl Reference {
    fn new(limits: Limits) -> Reference {
        Reference { limits, items: Vec::new(), batches: 0, closed: false }
    }

    fn push(&mut self, now: Instant, bytes: usize) -> bool {
        let fits = !self.closed && bytes <= self.limits.bytes.get();
        if fits {
            self.items.push((now, bytes, Fate::Waiting, false));
        }
        fits
    }

    fn take(&mut self, now: Instant) -> Option<Vec<usize>> {
        let waiting: Vec<usize> =
            (0..self.items.len()).filter(|item| self.items[*item].2 == Fate::Waiting).collect();
        let (came, _, _, at_once) = self.items[*waiting.first()?];
        let total: usize = waiting.iter().map(|item| self.items[*item].1).sum();
        let due = waiting.len() >= self.limits.items.get()
            || total >= self.limits.bytes.get()
            || at_once
            || now.saturating_duration_since(came) >= self.limits.delay;
        if !due || self.batches >= self.limits.in_flight.get() {
            return None;
        }
        let mut batch: Vec<usize> = Vec::new();
        for item in waiting {
            let bytes: usize = batch.iter().map(|item| self.items[*item].1).sum();
            if batch.len() == self.limits.items.get()
                || bytes + self.items[item].1 > self.limits.bytes.get()
            {
                break;
            }
            batch.push(item);
        }
        batch.iter().for_each(|item| self.items[*item].2 = Fate::Flying);
        self.batches += 1;
        Some(batch)
    }

    fn settle(&mut self, items: &[usize]) {
        items.iter().for_each(|item| self.items[*item].2 = Fate::Over);
        self.batches -= 1;
    }

    fn withdraw(&mut self, item: usize) -> bool {
        let waits = self.items[item].2 == Fate::Waiting;
        if waits {
            self.items[item].2 = Fate::Over;
        }
        waits
    }

    fn flush(&mut self) -> usize {
        self.items.iter_mut().for_each(|item| item.3 = true);
        self.items.len()
    }

    fn close(&mut self) -> usize {
        self.closed = true;
        self.flush()
    }

    fn is_settled(&self, mark: usize) -> bool {
        self.items[..mark].iter().all(|item| item.2 == Fate::Over)
    }

    fn count(&self, fate: Fate) -> usize {
        self.items.iter().filter(|item| item.2 == fate).count()
    }
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0_u64..7).prop_map(|millis| Event::Advance { millis }),
        1 => Just(Event::Flush),
        12 => (0_usize..22).prop_map(|bytes| Event::Push { bytes }),
        5 => any::<usize>().prop_map(|which| Event::Settle { which }),
        8 => Just(Event::Take),
        3 => any::<usize>().prop_map(|which| Event::Withdraw { which }),
        // Rare, for nothing comes after it.
        1 => prop_oneof![9 => Just(Event::Take), 1 => Just(Event::Close)],
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    (1_usize..6, 1_usize..40, 0_u64..12, 1_usize..4)
        .prop_map(|(items, bytes, delay, in_flight)| limits_of(items, bytes, delay, in_flight))
}

fn limits_of(items: usize, bytes: usize, delay_ms: u64, in_flight: usize) -> Limits {
    Limits {
        items: NonZeroUsize::new(items).unwrap(),
        bytes: NonZeroUsize::new(bytes).unwrap(),
        delay: Duration::from_millis(delay_ms),
        in_flight: NonZeroUsize::new(in_flight).unwrap(),
    }
}

/// Pushes items of these bytes, each the number of its bytes.
fn push(queue: &mut Queue<usize>, now: Instant, items: &[usize]) {
    for bytes in items {
        queue.try_push(now, *bytes, *bytes).unwrap();
    }
}
