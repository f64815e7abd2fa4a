use std::time::SystemTime;

use readmit_error::event::Record;
use readmit_error::{Category, Kind, neutralise};

use crate::codes::NAME_LIMIT;
use crate::roster::Roster;
use crate::{Now, code};

/// How often the way to a host failed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct HostErrors {
    /// The host.
    pub host: String,
    /// How often, by kind: `dns`, `connect`, `tls`, `connection_lost` and `client_timeout`.
    pub kinds: Vec<(Kind, u64)>,
    /// When it failed last.
    pub last: Option<SystemTime>,
}

impl HostErrors {
    /// Returns how often it failed in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.kinds.iter().map(|(_, count)| count).sum()
    }
}

/// Counts the failures of the network by host, for a bounded number of hosts.
#[derive(Debug)]
pub(crate) struct Hosts(Roster<String, HostErrors>);

impl Hosts {
    pub(crate) fn new() -> Hosts {
        Hosts(Roster::new(MAX_HOSTS))
    }

    pub(crate) fn record(&mut self, now: Now, record: &Record) {
        let (Some(failure), Some(host)) = (&record.failure, &record.call.server) else { return };
        let kind = failure.kind();
        if kind.category() != Category::Network || code::of_event(record).is_none() {
            return;
        }
        let host = neutralise(host, NAME_LIMIT);
        let errors = self.0.touch(host.clone(), || HostErrors { host, ..HostErrors::default() });
        errors.last = Some(now.wall);
        match errors.kinds.iter_mut().find(|(of, _)| *of == kind) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => errors.kinds.push((kind, 1)),
        }
    }

    /// Returns what is known of each host, the one that failed last first.
    pub(crate) fn list(&self) -> Vec<HostErrors> {
        self.0.iter().map(|(_, errors)| errors.clone()).collect()
    }
}

const MAX_HOSTS: usize = 256;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use readmit_core::SystemClock;
    use readmit_error::event::{CallContext, DelaySource, Event};
    use readmit_error::{Failure, Origin};

    use super::*;

    #[test]
    fn errors_of_the_network_are_counted_by_host_and_kind() {
        let now = Now::read(&SystemClock);
        let mut hosts = Hosts::new();

        for (host, kind) in [
            ("a.example", Kind::Dns),
            ("b.example", Kind::Connect),
            ("b.example", Kind::Connect),
            ("b.example", Kind::Tls),
            ("b.example", Kind::ServerError),
        ] {
            hosts.record(now, &failed(host, kind));
        }

        let list = hosts.list();
        assert_eq!(list[0].kinds, [(Kind::Connect, 2), (Kind::Tls, 1)]);
        assert_eq!((list[0].total(), list[1].host.as_str()), (3, "a.example"));
        assert_eq!(list.len(), 2);
    }

    #[test]
    fn r87_hostile_hosts_are_those_that_came_last() {
        let now = Now::read(&SystemClock);
        let mut hosts = Hosts::new();
        let mut record = failed("", Kind::Dns);

        for number in 0..20_000_u32 {
            record.call.server = Some(format!("{number}.example"));
            hosts.record(now, &record);
        }

        assert_eq!((hosts.0.len(), hosts.list()[0].host.as_str()), (256, "19999.example"));
    }

    fn failed(host: &str, kind: Kind) -> Record {
        let event = Event::RetryScheduled {
            attempt: 1,
            max_attempts: 3,
            delay: Duration::ZERO,
            reason: kind,
            source: DelaySource::Backoff,
        };
        let mut call = CallContext::default();
        call.server = Some(host.to_owned());
        let failure = Failure::builder(kind, Origin::Local).build();
        Record::new(SystemTime::UNIX_EPOCH, event).call(call).failure(failure)
    }
}
