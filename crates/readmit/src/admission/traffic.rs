use std::collections::HashMap;
use std::sync::Arc;
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
}

impl Traffic {
    pub(crate) fn new(monitor: Arc<Monitor>, server: &str) -> Traffic {
        let unnamed = monitor.route(server, "");
        Traffic { monitor, server: server.to_owned(), unnamed, routes: ArcSwap::default() }
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

    /// Notes what the server says of its limit.
    pub(crate) fn limit_told(&self, remaining: u64, reset: Duration) {
        self.monitor.limit_told(&self.server, None, remaining, reset);
    }

    #[cold]
    fn first_hit(&self, now: Instant, name: &str) {
        let route = self.monitor.route(&self.server, name);
        route.hit_at(now);
        self.routes.rcu(|known| {
            let mut known = HashMap::clone(known);
            if known.len() < MAX_ROUTES {
                known.insert(name.to_owned(), route.clone());
            }
            known
        });
    }
}

/// Routes that are counted without a lock; an API has some dozens. More of them take one.
const MAX_ROUTES: usize = 128;
