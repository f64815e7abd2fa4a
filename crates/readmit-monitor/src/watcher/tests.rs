use std::time::SystemTime;

use readmit_core::SystemClock;
use readmit_error::event::{DelaySource, Event};
use readmit_error::{Failure, Kind, Origin};

use super::*;
use crate::{Direction, Phase, Unit};

#[test]
fn r89_the_default_thresholds_fire_above_them_and_above_twice_of_them() {
    for (code, threshold) in [("AUTH_002", 10), ("AUTH_003", 50), ("RATE_001", 20)] {
        let (now, mut watcher) = watcher();

        let told: Vec<(u32, &str, String)> = (1..=3 * threshold)
            .flat_map(|number| {
                let alerts = watcher.record_code(now, code);
                alerts.into_iter().map(move |a| (number, a.severity_str(), a.rule))
            })
            .collect();

        let expected = [
            (threshold + 1, "medium", code.to_owned()),
            (2 * threshold + 1, "high", code.to_owned()),
        ];
        assert_eq!(told, expected);
    }
}

#[test]
fn r89_an_alert_ends_by_the_time_alone() {
    let (t0, mut watcher) = watcher();
    for second in 0..11 {
        let now = t0.at(t0.mono + Duration::from_secs(second));
        drop(watcher.record_code(now, "AUTH_002"));
    }
    assert_eq!(watcher.wake_at(), t0.mono.checked_add(CHECK_EVERY));

    // Seven of them are left, which is three quarters of ten, after the fourth.
    let before = t0.at(t0.mono + Duration::from_secs(3_603) - Duration::from_nanos(1));
    assert_eq!(watcher.check(before), []);
    let over = watcher.check(t0.at(t0.mono + Duration::from_secs(3_603)));

    assert_eq!((over[0].phase, over[0].value), (Phase::Resolved, 7.0));
    assert_eq!(over[0].lasted, Duration::from_secs(3_603 - 10));
    assert_eq!((watcher.alerts(before), watcher.wake_at()), (vec![], None));
}

#[test]
fn r88_a_rate_is_per_hour_and_unknown_before_it_can_be_said() {
    let (t0, mut watcher) = watcher();
    let rate = |watcher: &Watcher, seconds, minutes| {
        let now = t0.mono + Duration::from_secs(seconds);
        watcher.rate(now, "VAL_001", NonZeroU32::new(minutes).unwrap())
    };
    for second in 0..10 {
        let now = t0.at(t0.mono + Duration::from_secs(200 + second));
        drop(watcher.record_code(now, "VAL_001"));
    }

    // The window of five minutes is not full.
    assert_eq!(rate(&watcher, 299, 5), None);
    assert_eq!(rate(&watcher, 300, 5), Some(120.0));
    assert_eq!(rate(&watcher, 3_600, 60), Some(10.0));
    assert_eq!(rate(&watcher, 200 + 3_605, 60), None);
    assert_eq!(rate(&watcher, 200 + 3_604, 60), Some(5.0));
    // No more than an hour is kept.
    assert_eq!(rate(&watcher, 3_720, 61), None);
}

#[test]
fn a_record_counts_under_its_code_and_its_stand_in() {
    let (now, mut watcher) = watcher();
    let event = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
    let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 });
    let record = Record::new(SystemTime::UNIX_EPOCH, event).failure(failure.code("bad").build());

    let fired = (0..11).map(|_| watcher.record(now, &record).len()).collect::<Vec<_>>();

    assert_eq!(fired, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let count = |code| watcher.count(now.mono, code, NonZeroU32::MIN);
    assert_eq!(["bad", "AUTH_002", "AUTH_001"].map(count), [11, 11, 0]);
}

#[test]
fn r87_a_million_hostile_events_take_the_memory_of_a_few() {
    let (now, mut watcher) = watcher();
    let denied = Event::AuthzDenied { required: vec![], granted: vec![], resource: None };
    let rejected = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
    let retried = Event::RetryScheduled {
        attempt: 1,
        max_attempts: 3,
        delay: Duration::ZERO,
        reason: Kind::Dns,
        source: DelaySource::Backoff,
    };
    let mut records =
        [denied, rejected, retried].map(|event| Record::new(SystemTime::UNIX_EPOCH, event));
    for number in 0..1_000_000_u32 {
        let record = &mut records[number as usize % 3];
        let name = number.to_string();
        let failure = Failure::builder(Kind::Dns, Origin::Local).code(&name);
        record.failure = Some(failure.build());
        record.call.server = Some(name.clone());
        record.call.user = Some(name);
        drop(watcher.record(now, record));
    }

    // Three thresholds, 64 codes that came first, and the rest together.
    assert_eq!(watcher.codes(), 3 + 64 + 1);
    assert_eq!((watcher.hosts().len(), watcher.access_review().denials.len()), (256, 512));
    assert!(watcher.history(now).to_json().len() < 40_000);
}

#[test]
fn a_history_is_loaded_into_the_codes_and_outcomes_of_the_next_process() {
    let (now, mut before) = watcher();
    drop(before.record_code(now, "AUTH_002"));
    before.operations(now, &Ended { counts: [5, 0, 0, 0, 0, 1], blameless: 0 });
    let saved = History::read(before.history(now).to_json().as_bytes()).unwrap();
    let (_, mut after) = watcher();
    drop(after.record_code(now, "AUTH_002"));

    after.load(now, &saved).unwrap();

    let sum = |code| -> u32 { after.buckets(now, code, Unit::Hour).unwrap().counts.iter().sum() };
    assert_eq!(sum("AUTH_002"), 2);
    let days = after.ended.each_ref().map(|chart| chart.of(Unit::Day).last(now.wall, 1).counts[0]);
    assert_eq!(days, [5, 0, 0, 0, 0, 1]);
    // What an earlier process saw is history, and no reason for an alert.
    assert_eq!(after.count(now.mono, "AUTH_002", NonZeroU32::MIN), 1);
}

#[test]
fn a_history_from_the_future_is_not_taken() {
    let (now, mut watcher) = watcher();
    let mut history = watcher.history(now);
    history.saved_at = now.wall + SKEW + Duration::from_secs(1);

    let error = watcher.load(now, &history).unwrap_err();

    assert_eq!(error.to_string(), "the history was saved 86401s from now");
    history.saved_at = now.wall + SKEW;
    assert_eq!(watcher.load(now, &history), Ok(()));
}

#[test]
fn a_trend_is_that_of_the_units_that_were_watched_and_are_over() {
    // At the beginning of a minute.
    let t0 = Now::read(&SystemClock);
    let t0 = Now { wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000), ..t0 };
    let mut watcher = Watcher::new(t0, Config::default());
    let later = |minutes: u64| t0.at(t0.mono + Duration::from_secs(minutes * 60));

    for minute in 0..20 {
        for _ in 0..minute {
            drop(watcher.record_code(later(minute), "E1"));
        }
    }

    let trend = |minutes| watcher.trend(later(minutes), "E1", Unit::Minute);
    assert_eq!(trend(9), None);
    let rising = trend(19).unwrap();
    assert_eq!((rising.units(), rising.slope()), (19, 1.0));
    assert_eq!(rising.direction(), Direction::Rising);
    assert_eq!(watcher.trend(later(19), "E2", Unit::Minute), None);
}

fn watcher() -> (Now, Watcher) {
    let now = Now::read(&SystemClock);
    (now, Watcher::new(now, Config::default()))
}
