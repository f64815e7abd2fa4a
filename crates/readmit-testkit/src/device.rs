use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use readmit_core::Draws;

use crate::grant::Grant;

/// The device authorizations under way (RFC 8628). Times are spans since the API began.
///
/// ```text
///   pending ──approved──► approved ──polled──► (gone)
///     │  └────denied────► denied
///     └──its time is over, whatever else it is──► expired
/// ```
pub(crate) struct Devices {
    draws: Draws,
    /// By device code.
    devices: HashMap<String, Device>,
}

/// What a device is told to show and to send.
#[derive(Clone)]
pub(crate) struct Codes {
    pub(crate) device: String,
    pub(crate) user: String,
}

/// Why a poll brings no token (RFC 8628 section 3.5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NotYet {
    Denied,
    Expired,
    Pending,
    SlowDown,
    Unknown,
}

struct Device {
    user_code: String,
    grant: Grant,
    expires: Duration,
    interval: Duration,
    polled: Option<Duration>,
    decision: Decision,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Decision {
    Pending,
    Approved { at: Duration },
    Denied,
}

impl Devices {
    pub(crate) fn new() -> Devices {
        Devices { draws: Draws::from_process(), devices: HashMap::new() }
    }

    pub(crate) fn begin(&mut self, grant: Grant, expires: Duration, interval: Duration) -> Codes {
        let codes = Codes { device: self.device_code(), user: self.user_code() };
        let device = Device {
            user_code: codes.user.clone(),
            grant,
            expires,
            interval,
            polled: None,
            decision: Decision::Pending,
        };
        self.devices.insert(codes.device.clone(), device);
        codes
    }

    pub(crate) fn approve(&mut self, user_code: &str, now: Duration) {
        self.decide(user_code, Decision::Approved { at: now });
    }

    pub(crate) fn deny(&mut self, user_code: &str) {
        self.decide(user_code, Decision::Denied);
    }

    /// Answers a poll; an approval is given out once.
    pub(crate) fn poll(&mut self, device_code: &str, now: Duration) -> Result<Grant, NotYet> {
        let device = self.devices.get_mut(device_code).ok_or(NotYet::Unknown)?;
        if device.expires <= now {
            return Err(NotYet::Expired);
        }
        match device.decision {
            Decision::Denied => Err(NotYet::Denied),
            Decision::Pending => Err(device.wait(now)),
            Decision::Approved { at } => {
                let grant = Grant { authenticated: at, ..device.grant.clone() };
                self.devices.remove(device_code);
                Ok(grant)
            }
        }
    }

    /// Returns the user codes that wait for a decision, in alphabetical order.
    pub(crate) fn waiting(&self, now: Duration) -> Vec<String> {
        let waiting = self.devices.values().filter(|device| device.is_pending(now));
        let mut codes: Vec<_> = waiting.map(|device| device.user_code.clone()).collect();
        codes.sort();
        codes
    }

    fn decide(&mut self, user_code: &str, decision: Decision) {
        let typed = spelled(user_code);
        let device = self.devices.values_mut().find(|device| {
            device.decision == Decision::Pending && spelled(&device.user_code) == typed
        });
        if let Some(device) = device {
            device.decision = decision;
        }
    }

    fn device_code(&self) -> String {
        let draws = [self.draws.draw(), self.draws.draw()];
        draws.map(|draw| format!("{:016x}", draw.get().to_bits())).concat()
    }

    fn user_code(&self) -> String {
        let letters = (0..8).map(|_| self.letter()).collect::<String>();
        let (first, last) = letters.split_at(4);
        format!("{first}-{last}")
    }

    fn letter(&self) -> char {
        let drawn = self.draws.draw().get();
        let place = (1_u8..20).find(|place| drawn * 20.0 < f64::from(*place)).unwrap_or(20);
        char::from(LETTERS.get(usize::from(place) - 1).copied().unwrap_or(b'B'))
    }
}

impl Device {
    /// Notes a poll that came before a decision: one that came too soon widens the interval.
    fn wait(&mut self, now: Duration) -> NotYet {
        let is_too_soon =
            self.polled.replace(now).is_some_and(|last| now < last.saturating_add(self.interval));
        if !is_too_soon {
            return NotYet::Pending;
        }
        self.interval = self.interval.saturating_add(SLOWER);
        NotYet::SlowDown
    }

    fn is_pending(&self, now: Duration) -> bool {
        self.decision == Decision::Pending && now < self.expires
    }
}

impl fmt::Debug for Devices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Devices").field("devices", &self.devices.len()).finish_non_exhaustive()
    }
}

/// Returns a user code as it counts: people leave out the dash and write small letters.
fn spelled(user_code: &str) -> String {
    let letters = user_code.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_uppercase()).collect()
}

/// By how much each `slow_down` widens the interval (RFC 8628 section 3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// Consonants alone make no words (RFC 8628 section 6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r34_a_poll_that_comes_too_soon_widens_the_interval_for_good() {
        let (mut devices, code) = begun();

        let told: Vec<_> = [0, 5, 9, 19, 28, 43]
            .map(|second| devices.poll(&code.device, at(second)).unwrap_err())
            .into_iter()
            .collect();

        let (pending, slow) = (NotYet::Pending, NotYet::SlowDown);
        assert_eq!(told, [pending, pending, slow, pending, slow, pending]);
    }

    #[test]
    fn r34_an_approval_is_given_out_once_however_soon_it_is_asked_for() {
        let (mut devices, code) = begun();
        devices.poll(&code.device, at(0)).unwrap_err();
        devices.approve(&code.user.to_lowercase().replace('-', " "), at(1));

        let grant = devices.poll(&code.device, at(1)).unwrap();

        assert_eq!(grant.authenticated, at(1));
        assert_eq!(devices.poll(&code.device, at(9)).unwrap_err(), NotYet::Unknown);
    }

    #[test]
    fn r34_a_denial_stands() {
        let (mut devices, code) = begun();
        devices.deny(&code.user);
        devices.approve(&code.user, at(1));

        assert_eq!(devices.poll(&code.device, at(1)).unwrap_err(), NotYet::Denied);
        assert_eq!(devices.poll(&code.device, at(2)).unwrap_err(), NotYet::Denied);
    }

    #[test]
    fn r34_a_code_works_until_the_instant_of_its_expiry() {
        let (mut devices, code) = begun();
        let last = at(600) - Duration::from_nanos(1);

        assert_eq!(devices.poll(&code.device, last).unwrap_err(), NotYet::Pending);
        assert_eq!(devices.poll(&code.device, at(600)).unwrap_err(), NotYet::Expired);
    }

    #[test]
    fn a_user_code_waits_until_it_is_decided_or_expires() {
        let (mut devices, code) = begun();
        assert_eq!(devices.waiting(at(0)), std::slice::from_ref(&code.user));

        assert!(devices.waiting(at(600)).is_empty());
        devices.deny(&code.user);
        assert!(devices.waiting(at(0)).is_empty());
    }

    #[test]
    fn a_user_code_is_eight_consonants() {
        let (_, code) = begun();

        let spelled = spelled(&code.user);

        assert_eq!((code.user.len(), spelled.len()), (9, 8));
        assert!(spelled.bytes().all(|letter| LETTERS.contains(&letter)), "{spelled}");
    }

    fn begun() -> (Devices, Codes) {
        let mut devices = Devices::new();
        let codes = devices.begin(Grant::default(), at(600), at(5));
        (devices, codes)
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }
}
