use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use readmit_error::event::{CallContext, Event};
use readmit_error::{Kind, Origin};

use super::*;
use crate::{AlertChannel, Phase, Unit};

#[test]
fn r89_each_change_of_an_alert_reaches_the_sinks_once() {
    let hand = Hand::new();
    let (sink, alerts) = AlertChannel::new(16);
    let monitor = Monitor::timed_by(&hand, Config::default()).sink(sink);

    for _ in 0..30 {
        monitor.record_code("AUTH_002");
    }
    assert_eq!(monitor.check_thresholds().len(), 1);
    assert_eq!(monitor.check_thresholds().len(), 1);
    hand.advance(3_600);
    assert_eq!(monitor.check_thresholds(), []);

    let told: Vec<_> = alerts.try_iter().map(|a| (a.phase, a.severity_str(), a.value)).collect();
    assert_eq!(
        told,
        [
            (Phase::Fired, "medium", 11.0),
            (Phase::Updated, "high", 21.0),
            (Phase::Resolved, "high", 0.0),
        ]
    );
}

#[test]
fn what_happened_and_what_stands_is_shown_and_nobody_is_told() {
    let (sink, told) = AlertChannel::new(16);
    let monitor = Monitor::default().sink(sink);
    for _ in 0..11 {
        monitor.record_code("AUTH_002");
    }
    monitor.record_code("RATE_001");
    let before = told.try_iter().count();

    let (counts, alerts) = (monitor.counts(NonZeroU32::MIN), monitor.alerts());

    assert_eq!(counts, [("AUTH_002".to_owned(), 11), ("RATE_001".to_owned(), 1)]);
    assert_eq!(alerts.iter().map(|alert| &*alert.rule).collect::<Vec<_>>(), ["AUTH_002"]);
    assert_eq!((before, told.try_iter().count()), (1, 0));
}

#[test]
fn a_monitor_is_a_sink_of_events() {
    let monitor = Monitor::default();
    let sink: &dyn Sink = &monitor;
    let event = Event::TokenExpired { refresh_follows: true, scheme: None, age: None };

    sink.record(&Record::new(SystemTime::UNIX_EPOCH, event));

    assert_eq!(monitor.count("AUTH_003", NonZeroU32::MIN), 1);
}

#[test]
fn operations_are_looked_at_when_their_minute_is_over() {
    let hand = Hand::new();
    let (sink, alerts) = AlertChannel::new(16);
    let monitor = Monitor::timed_by(&hand, Config::default()).sink(sink);
    for _ in 0..100 {
        monitor.operation(RecoveryOutcome::Exhausted, None);
    }
    assert_eq!(alerts.try_iter().count(), 0);

    hand.advance(60);
    monitor.operation(RecoveryOutcome::NotNeeded, None);

    let rules: Vec<String> = alerts.try_iter().map(|alert| alert.rule).collect();
    assert_eq!(rules, ["burn_rate_1h", "burn_rate_6h", "burn_rate_3d"]);
    assert_eq!(monitor.recoveries().outcome(RecoveryOutcome::Exhausted), 100);
    assert_eq!(monitor.recoveries().outcome(RecoveryOutcome::NotNeeded), 1);
}

#[test]
fn a_request_that_is_itself_at_fault_burns_no_budget() {
    let monitor = Monitor::default();
    let missing = Failure::builder(Kind::NotFound, Origin::Answer { status: 404 }).build();

    for _ in 0..100 {
        monitor.operation(RecoveryOutcome::NotAttempted, Some(&missing));
    }

    // One that recovered from such a failure takes nothing from those that did fail.
    monitor.operation(RecoveryOutcome::Recovered, Some(&missing));
    assert_eq!(monitor.burn_rates()[0].rate(), Some(0.0));
    for _ in 0..101 {
        monitor.operation(RecoveryOutcome::Exhausted, None);
    }
    assert_eq!(monitor.burn_rates()[0].rate(), Some(50.0));
    assert_eq!(monitor.recoveries().outcome(RecoveryOutcome::NotAttempted), 100);
}

#[test]
fn threads_lose_no_operation() {
    let monitor = Monitor::default();

    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10_000 {
                    monitor.operation(RecoveryOutcome::NotNeeded, None);
                    monitor.record_code("AUTH_003");
                }
            });
        }
    });

    assert_eq!(monitor.recoveries().outcome(RecoveryOutcome::NotNeeded), 40_000);
    let days = monitor.buckets("AUTH_003", Unit::Day).unwrap();
    assert_eq!(days.counts.iter().sum::<u32>(), 40_000);
}

#[test]
fn r55_nothing_that_was_counted_is_shown() {
    let monitor = Monitor::default();
    monitor.record_code("planted");
    let event = Event::AuthzDenied { required: vec![], granted: vec![], resource: None };
    let call = CallContext::default().user("planted").template("planted");
    monitor.record(&Record::new(SystemTime::UNIX_EPOCH, event).call(call));

    let shown = format!("{monitor:?}{:?}", monitor.watcher());
    assert!(!shown.contains("planted"), "{shown}");
}

/// A clock that is moved by hand.
#[derive(Debug)]
struct Hand {
    start: Now,
    seconds: AtomicU64,
}

impl Hand {
    fn new() -> Hand {
        Hand { start: Now::read(&SystemClock), seconds: AtomicU64::new(0) }
    }

    fn advance(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.seconds.load(Ordering::Relaxed))
    }
}

impl Clock for Hand {
    fn now(&self) -> Instant {
        self.start.mono + self.elapsed()
    }

    fn wall(&self) -> SystemTime {
        self.start.wall + self.elapsed()
    }
}
