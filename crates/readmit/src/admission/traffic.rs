use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use readmit_monitor::Route;

use crate::Monitor;

/// Counts the requests to one origin by route, for the monitor, without a lock.
pub(crate) struct Traffic {
    monitor: Arc<Monitor>,
    server: String,
    /// Those without a route.
    unnamed: Route,
    routes: ArcSwap<HashMap<String, Route>>,
    begun: Instant,
    /// The second since then in which the limit was told last.
    told: AtomicU64,
}

impl Traffic {
    pub(crate) fn new(monitor: Arc<Monitor>, server: &str, begun: Instant) -> Traffic {
        let unnamed = monitor.route(server, "");
        let (server, routes) = (server.to_owned(), ArcSwap::default());
        Traffic { monitor, server, unnamed, routes, begun, told: AtomicU64::new(NEVER) }
    }

    pub(crate) fn hit(&self, now: Instant, route: Option<&str>) {
        let Some(name) = route else {
            return self.unnamed.hit_at(now);
        };
        match self.routes.load().get(name) {
            Some(route) => route.hit_at(now),
            None => self.first_hit(now, name),
        }
    }

    /// Notes what the server says of its limit, once a second: some say it with every answer, and
    /// the monitor takes a lock.
    pub(crate) fn limit_told(&self, now: Instant, remaining: u64, reset: Duration) {
        let second = now.saturating_duration_since(self.begun).as_secs();
        // Relaxed: two that come at once are both told.
        if self.told.load(Ordering::Relaxed) != second {
            self.told.store(second, Ordering::Relaxed);
            self.monitor.limit_told(&self.server, None, remaining, reset);
        }
    }

    #[cold]
    fn first_hit(&self, now: Instant, name: &str) {
        let route = self.monitor.route(&self.server, name);
        route.hit_at(now);
        if MAX_ROUTES <= self.routes.load().len() {
            return;
        }
        self.routes.rcu(|known| {
            let mut known = HashMap::clone(known);
            known.insert(name.to_owned(), route.clone());
            known
        });
    }
}

/// Routes that are counted without a lock; an API has some dozens. More of them take one.
const MAX_ROUTES: usize = 128;

const NEVER: u64 = u64::MAX;

#[cfg(test)]
mod tests {
    use readmit_core::{Clock, SystemClock};
    use readmit_monitor::Config;

    use super::*;

    #[test]
    fn r87_routes_beyond_the_bound_are_counted_and_not_kept() {
        let (t0, traffic) = traffic();

        for number in 0..MAX_ROUTES + 10 {
            traffic.hit(t0, Some(&number.to_string()));
        }

        assert_eq!(traffic.routes.load().len(), MAX_ROUTES);
        let beyond = (MAX_ROUTES + 9).to_string();
        let routes = traffic.monitor.routes();
        assert!(routes.iter().any(|rate| rate.route == beyond && rate.last_hour == 1));
    }

    #[test]
    fn what_a_server_says_with_every_answer_is_told_once_a_second() {
        let (t0, traffic) = traffic();
        (0..300).for_each(|_| traffic.hit(t0, None));
        let remaining = |at: u64, remaining| {
            let now = t0 + Duration::from_millis(at);
            traffic.limit_told(now, remaining, Duration::from_secs(3_600));
            traffic.monitor.limit_hints().len()
        };

        // Sixty a minute meet a limit of ten within the hour, and none of a million.
        assert_eq!(
            [remaining(0, 10), remaining(999, 1_000_000), remaining(1_000, 1_000_000)],
            [1, 1, 0]
        );
    }

    fn traffic() -> (Instant, Traffic) {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (t0, monitor) = (clock.now(), Monitor::timed_by(clock, Config::default()));
        (t0, Traffic::new(Arc::new(monitor), "api.test", t0))
    }
}
