use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use readmit_error::event::{Event, Record};
use readmit_error::neutralise;

use crate::Now;
use crate::codes::NAME_LIMIT;
use crate::minutes::{Minutes, minute_since};
use crate::mutants::mutate;
use crate::roster::Roster;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering};

/// Counts the requests of one route, without a lock until the minute is over.
///
/// Whoever sends many requests of one route keeps it.
#[derive(Clone, Debug)]
pub struct Route(Arc<Pulse>);

#[derive(Debug)]
struct Pulse {
    origin: Instant,
    /// The minute in the upper half, and how often in it in the lower.
    word: AtomicU64,
    /// What was counted in minutes that are over, and not yet looked at.
    before: Mutex<Minutes>,
}

impl Route {
    fn new(origin: Instant) -> Route {
        let before = Mutex::new(Minutes::new(origin, KEPT));
        Route(Arc::new(Pulse { origin, word: AtomicU64::new(0), before }))
    }

    /// Counts one request.
    #[inline]
    pub fn hit_at(&self, now: Instant) {
        let minute = minute_since(self.0.origin, now) & u64::from(u32::MAX);
        // Relaxed: the word is all there is to know, and orders nothing else.
        let seen = self.0.word.load(Ordering::Relaxed);
        if minute <= seen >> 32 {
            self.0.word.fetch_add(1, Ordering::Relaxed);
        } else {
            self.turn(now, minute);
        }
    }

    /// Puts what was counted where the minutes are, and begins another with one request.
    #[inline(never)]
    fn turn(&self, now: Instant, minute: u64) {
        let mut before = self.minutes();
        let seen = self.0.word.load(Ordering::Relaxed);
        if minute <= seen >> 32 {
            self.0.word.fetch_add(1, Ordering::Relaxed);
            return;
        }
        // A swap, because another thread may count in the old minute meanwhile.
        let seen = self.0.word.swap(minute << 32 | 1, Ordering::Relaxed);
        self.put(&mut before, seen, now);
    }

    fn put(&self, before: &mut Minutes, seen: u64, now: Instant) {
        let since = Duration::from_secs((seen >> 32).saturating_mul(60));
        let within = self.0.origin.checked_add(since).unwrap_or(now);
        let count = u32::try_from(seen & u64::from(u32::MAX)).unwrap_or(u32::MAX);
        before.add(within, count);
    }

    /// Returns how many requests there were within the last `span`.
    fn count(&self, now: Instant, span: Duration) -> u64 {
        let mut before = self.minutes();
        // The minute stays, and what is counted from here on in it is not counted twice.
        let seen = self.0.word.fetch_and(!u64::from(u32::MAX), Ordering::Relaxed);
        self.put(&mut before, seen, now);
        before.count(now, span)
    }

    fn minutes(&self) -> MutexGuard<'_, Minutes> {
        // Nothing in there panics half way through a change, so what a poisoned lock holds is whole.
        self.0.before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The routes, and what their servers said of their limits, for a bounded number of both.
#[derive(Debug)]
pub(crate) struct Routes {
    origin: Instant,
    routes: Roster<(String, String), Route>,
    limits: Roster<String, Told>,
}

/// What a server said of its limit.
#[derive(Clone, Copy, Debug)]
struct Told {
    at: Instant,
    limit: Option<u64>,
    remaining: u64,
    reset: Duration,
}

impl Routes {
    pub(crate) fn new(origin: Instant) -> Routes {
        Routes { origin, routes: Roster::new(MAX_ROUTES), limits: Roster::new(MAX_SERVERS) }
    }

    pub(crate) fn route(&mut self, server: &str, route: &str) -> Route {
        let key = (neutralise(server, NAME_LIMIT), neutralise(route, NAME_LIMIT));
        let origin = self.origin;
        self.routes.touch(key, || Route::new(origin)).clone()
    }

    pub(crate) fn told(
        &mut self,
        now: Instant,
        server: &str,
        limit: Option<u64>,
        remaining: u64,
        reset: Duration,
    ) {
        let told = Told { at: now, limit, remaining, reset };
        *self.limits.touch(neutralise(server, NAME_LIMIT), || told) = told;
    }

    pub(crate) fn record(&mut self, now: Now, record: &Record) {
        let Event::RateLimitHit { limit, remaining, reset, retry_after, .. } = &record.event else {
            return;
        };
        if let (Some(server), Some(reset)) = (&record.call.server, reset.or(*retry_after)) {
            self.told(now.mono, server, *limit, remaining.unwrap_or_default(), reset);
        }
    }

    /// Returns how busy each route is, the busiest first.
    pub(crate) fn rates(&self, now: Instant) -> Vec<RouteRate> {
        let rate = |((server, route), counted): (&(String, String), &Route)| RouteRate {
            server: server.clone(),
            route: route.clone(),
            last_hour: counted.count(now, Duration::from_secs(u64::from(KEPT) * 60)),
            per_minute: per_minute(counted.count(now, LATELY)),
        };
        let mut rates: Vec<RouteRate> = self.routes.iter().map(rate).collect();
        rates.sort_by(|one, other| other.per_minute.total_cmp(&one.per_minute));
        rates
    }

    /// Returns the limits that will be met before they are reset if nothing changes, the nearest
    /// first.
    pub(crate) fn hints(&self, now: Instant) -> Vec<LimitHint> {
        let rates = self.rates(now);
        let hint = |(server, told): (&String, &Told)| {
            let of_server = rates.iter().filter(|rate| rate.server == *server);
            let per_minute: f64 = of_server.map(|rate| rate.per_minute).sum();
            told.hint(now, server, per_minute)
        };
        let mut hints: Vec<LimitHint> = self.limits.iter().filter_map(hint).collect();
        hints.sort_by_key(|hint| hint.met_in);
        hints
    }
}

impl Told {
    fn hint(&self, now: Instant, server: &str, per_minute: f64) -> Option<LimitHint> {
        let since = now.saturating_duration_since(self.at);
        let resets_in = self.reset.checked_sub(since).filter(|left| !left.is_zero())?;
        // What was sent since it was told is taken from what remained then.
        let sent = mutate!(16, per_minute * since.as_secs_f64() / 60.0, 0.0);
        let remaining = (self.remaining as f64 - sent).max(0.0);
        let seconds = remaining / per_minute * 60.0;
        let met_in = Duration::try_from_secs_f64(seconds).ok().filter(|in_| *in_ < resets_in)?;
        let server = server.to_owned();
        Some(LimitHint { server, limit: self.limit, per_minute, met_in, resets_in })
    }
}

/// How busy a route is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RouteRate {
    /// The host.
    pub server: String,
    /// The route, with its variables unfilled.
    pub route: String,
    /// The requests of the last hour.
    pub last_hour: u64,
    /// The requests of a minute, by those of the last five.
    pub per_minute: f64,
}

/// A limit that will be met before it is reset, if requests go on as they do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LimitHint {
    /// The host.
    pub server: String,
    /// The limit, where the server told it.
    pub limit: Option<u64>,
    /// The requests of a minute to this host, by those of the last five.
    pub per_minute: f64,
    /// In what time the limit will be met; zero where it is already.
    pub met_in: Duration,
    /// In what time it is reset.
    pub resets_in: Duration,
}

fn per_minute(of_five: u64) -> f64 {
    of_five as f64 / 5.0
}

/// The time that says how busy a route is.
const LATELY: Duration = Duration::from_secs(300);

/// In minutes.
const KEPT: u16 = 60;
const MAX_ROUTES: usize = 256;
const MAX_SERVERS: usize = 64;

#[cfg(not(loom))]
#[cfg(test)]
mod tests {
    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn requests_are_counted_by_route() {
        let (t0, mut routes) = routes();
        let (busy, idle) = (routes.route("a", "/busy"), routes.route("a", "/idle"));

        for minute in 0..10 {
            for _ in 0..30 {
                busy.hit_at(later(t0, minute * 60));
            }
        }
        idle.hit_at(later(t0, 60));

        let rates = routes.rates(later(t0, 600));
        assert_eq!((rates[0].route.as_str(), rates[0].last_hour), ("/busy", 300));
        assert_eq!((rates[0].per_minute, rates[1].per_minute), (30.0, 0.0));
        // A look takes nothing away.
        assert_eq!(routes.rates(later(t0, 600)), rates);
        assert_eq!(rates[1].last_hour, 1);
    }

    #[test]
    fn a_limit_that_will_be_met_is_hinted_at_and_one_that_will_not_is_not() {
        let (t0, mut routes) = routes();
        let route = routes.route("a", "/flows");
        for second in 0..300 {
            route.hit_at(later(t0, second));
        }
        let now = later(t0, 300);
        routes.told(now, "a", Some(1_000), 120, Duration::from_secs(600));
        routes.told(now, "unknown", Some(10), 1, Duration::from_secs(600));

        let hints = routes.hints(now);

        // One request a second, and 120 left.
        let [hint] = &hints[..] else { panic!("one hint: {hints:?}") };
        assert_eq!((hint.server.as_str(), hint.per_minute), ("a", 60.0));
        assert_eq!(hint.met_in, Duration::from_secs(120));
        for second in 300..360 {
            route.hit_at(later(t0, second));
        }
        assert_eq!(routes.hints(later(t0, 360))[0].met_in, Duration::from_secs(60));
        let now = later(t0, 360);
        let of = |remaining, reset| {
            let mut routes = Routes { limits: Roster::new(1), ..Routes::new(t0) };
            routes.routes.touch(("a".to_owned(), String::new()), || route.clone());
            routes.told(now, "a", None, remaining, Duration::from_secs(reset));
            routes.hints(now).len()
        };
        assert_eq!([of(120, 121), of(120, 120), of(0, 1), of(0, 0)], [1, 0, 1, 0]);
    }

    #[test]
    fn r87_hostile_routes_and_servers_are_bounded() {
        let (t0, mut routes) = routes();

        for number in 0..10_000_u32 {
            let name = number.to_string();
            routes.route(&name, &name).hit_at(t0);
            routes.told(t0, &name, None, 0, Duration::from_secs(1));
        }

        assert_eq!((routes.routes.len(), routes.limits.len()), (256, 64));
    }

    fn routes() -> (Instant, Routes) {
        let t0 = SystemClock.now();
        (t0, Routes::new(t0))
    }

    fn later(t0: Instant, seconds: u64) -> Instant {
        t0 + Duration::from_secs(seconds)
    }
}

#[cfg(loom)]
#[cfg(test)]
mod loom_tests {
    use loom::thread;
    use readmit_core::{Clock, SystemClock};

    use super::*;

    #[test]
    fn no_request_is_lost_or_counted_twice_as_the_minute_turns() {
        let t0 = SystemClock.now();
        loom::model(move || {
            let route = Route::new(t0);
            let other = route.clone();
            let later = t0 + Duration::from_secs(60);

            let theirs = thread::spawn(move || {
                other.hit_at(t0);
                other.hit_at(later);
            });
            route.hit_at(later);
            let early = route.count(later, LATELY);
            theirs.join().unwrap();

            assert!((1..=3).contains(&early));
            assert_eq!(route.count(later, LATELY), 3);
        });
    }
}
