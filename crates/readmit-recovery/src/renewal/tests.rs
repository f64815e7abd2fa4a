use std::time::Duration;

use http::Uri;
use readmit_core::SystemClock;
use readmit_error::{Stage, Transport};
use secrecy::ExposeSecret;

use super::*;
use crate::{TokenAnswer, TokenRequest, Unreplaced};

mod doubt;
mod sessions;
mod shared_store;

/// A refresh that was brought to the point where the token is to be marked, or presented.
struct Bench {
    renewal: Renewal,
    effect: Effect,
    now: Now,
}

impl Bench {
    fn new(rotation: Rotation, stored: Option<Record>) -> Bench {
        let now = now();
        let held = stored.clone().unwrap_or_default();
        let (mut renewal, effect) = Renewal::with_store(rotation, held);
        assert!(matches!(effect, Effect::Lock));
        assert!(matches!(renewal.tell(now, Told::Locked), Effect::Read));
        let effect = renewal.tell(now, Told::Found(stored));
        Bench { renewal, effect, now }
    }

    fn without_store(rotation: Rotation, token: &str) -> Bench {
        let now = now();
        let held = Record::of_refresh_token(token);
        let (renewal, effect) = Renewal::without_store(rotation, held, now);
        Bench { renewal, effect, now }
    }

    fn tell(&mut self, told: Told) -> Effect {
        self.renewal.tell(self.now, told)
    }

    #[track_caller]
    fn tell_done(&mut self, told: Told) -> Result<Renewed, NotRenewed> {
        outcome(self.tell(told))
    }

    /// Writes the mark where one is to be written, and sees which token is presented.
    #[track_caller]
    fn expect_present(&mut self, token: &str) {
        if let Effect::Write { record, .. } = &self.effect {
            assert!(record.is_in_doubt());
            self.effect = self.tell(Told::Written);
        }
        let Effect::Present { refresh_token } = &self.effect else { panic!("{:?}", self.effect) };
        assert_eq!(refresh_token.expose_secret(), token);
    }

    fn answer(&mut self, body: &str) -> Effect {
        self.tell(Told::Answered(read(200, body)))
    }

    fn refuse(&mut self, code: &str, words: &str) -> Effect {
        self.tell(Told::Answered(Err(refused(400, code, words))))
    }

    fn after_refusal(mut self) -> Effect {
        self.expect_present("r1");
        let _ = self.refuse("invalid_grant", "");
        self.tell(Told::Found(Some(stored(4, "a1", "r1"))))
    }

    /// Begins anew without a store, and returns whether the token is presented.
    fn restart(&mut self, rotation: Rotation, held: &Record) -> Result<(), NotRenewed> {
        let (renewal, effect) = Renewal::without_store(rotation, held.clone(), self.now);
        self.renewal = renewal;
        if matches!(effect, Effect::Present { .. }) { Ok(()) } else { outcome(effect).map(drop) }
    }
}

#[track_caller]
fn outcome(effect: Effect) -> Result<Renewed, NotRenewed> {
    let Effect::Done(outcome) = effect else { panic!("{effect:?}") };
    outcome
}

fn stored(epoch: u64, access: &str, refresh: &str) -> Record {
    entry(epoch, access, refresh, 4_000_000_000)
}

fn expired(epoch: u64, access: &str, refresh: &str) -> Record {
    entry(epoch, access, refresh, 1)
}

fn entry(epoch: u64, access: &str, refresh: &str, expires_at: u64) -> Record {
    let json = format!(
        r#"{{"version":1,"epoch":{epoch},"access_token":"{access}","refresh_token":"{refresh}",
            "expires_at":{expires_at}}}"#
    );
    Record::read(json.as_bytes()).unwrap()
}

fn token(access: &str, refresh: &str) -> String {
    format!(r#"{{"access_token":"{access}","refresh_token":"{refresh}","expires_in":3600}}"#)
}

fn refused(status: u16, code: &str, words: &str) -> TokenError {
    let body = format!(r#"{{"error":"{code}","error_description":"{words}"}}"#);
    read(status, &body).unwrap_err()
}

fn malformed() -> TokenError {
    read(200, "<html>").unwrap_err()
}

fn lost() -> TokenError {
    TokenError::from(Transport { stage: Stage::Sent, timed_out: true })
}

fn read(status: u16, body: &str) -> Result<TokenAnswer, TokenError> {
    let url = Uri::from_static("https://auth.example.com/token");
    let request = TokenRequest::refresh_token(&url, &"never".into(), None, None).unwrap();
    TokenAnswer::read(&request, status, None, body.as_bytes())
}

fn now() -> Now {
    Now::read(&SystemClock)
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}
