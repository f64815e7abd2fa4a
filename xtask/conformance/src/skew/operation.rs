use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use readmit_core::{Clock, SystemClock};
use readmit_error::rfc3339;
use readmit_recovery::{Dated, Now, Offset, Recoveries, ServerClock, Strategy, Suspicion};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Compared;

/// A call, with the attempts that it must make and what came back.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    /// In seconds, as all offsets are.
    #[serde(default)]
    initial_client_skew: f64,
    max_attempts: Option<usize>,
    attempts: Vec<Attempt>,
    expected_client_skew: Value,
    expected_outcome: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attempt {
    client_time_at_send: String,
    client_time_at_receive: String,
    expected_signing_time: Option<Value>,
    response: Response,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    error_code: Option<String>,
}

/// What follows from an answer.
enum After {
    Again,
    End(&'static str),
}

impl Operation {
    pub(super) fn initial_clock(&self) -> ServerClock {
        let size = Duration::try_from_secs_f64(self.initial_client_skew.abs()).unwrap_or_default();
        let local = SystemTime::UNIX_EPOCH + size;
        let is_ahead = 0.0 <= self.initial_client_skew;
        let server = if is_ahead { local + size } else { SystemTime::UNIX_EPOCH };
        ServerClock::new(Offset::between(local, server))
    }

    /// Makes the attempts, and returns all that is to be compared.
    pub(super) fn run(&self, clock: &mut ServerClock) -> Result<Vec<Compared>, String> {
        let mut compared = Vec::new();
        let mut recoveries = Recoveries::default();
        let t0 = SystemClock.now();
        let mut made = 0;
        let mut outcome = "unfinished";
        for attempt in &self.attempts {
            made += 1;
            let (sent, received) = attempt.readings(t0)?;
            let signed_with = clock.offset();
            let signing_time = rfc3339::format(clock.signing_time(sent));
            if let Some(expected) = &attempt.expected_signing_time {
                let what = format!("attempt {made}, signing time");
                compared.push((what, expected.clone(), json!(signing_time)));
            }
            if let Some(dated) = attempt.response.dated(sent, received)? {
                // What cannot be trusted leaves the offset as it was, which is what is compared.
                let _ = clock.heard(&dated);
            }
            match self.after(&attempt.response, made, signed_with, clock, &mut recoveries) {
                After::Again => {}
                After::End(end) => {
                    outcome = end;
                    break;
                }
            }
        }
        compared.push(("attempts".to_owned(), json!(self.attempts.len()), json!(made)));
        if let Some(expected) = &self.expected_outcome {
            compared.push(("outcome".to_owned(), expected.clone(), json!(outcome)));
        }
        compared.push(self.compare_offset(clock.offset()));
        Ok(compared)
    }

    fn after(
        &self,
        response: &Response,
        made: usize,
        signed_with: Offset,
        clock: &ServerClock,
        recoveries: &mut Recoveries,
    ) -> After {
        if response.status_code < 400 {
            return After::End("success");
        }
        let explained = response.suspicion().is_some_and(|suspicion| {
            clock.sign_anew(signed_with, suspicion).is_some()
                && recoveries.try_spend(Strategy::LearnClock).is_ok()
        });
        let is_retried = explained || 500 <= response.status_code;
        if is_retried && made < self.max_attempts.unwrap_or(MAX_ATTEMPTS) {
            After::Again
        } else {
            After::End("error")
        }
    }

    fn compare_offset(&self, offset: Offset) -> Compared {
        let size = offset.size().as_secs_f64();
        let got = if offset.is_ahead() || size == 0.0 { size } else { -size };
        let is_same = self.expected_client_skew.as_f64() == Some(got);
        let got = if is_same { self.expected_client_skew.clone() } else { json!(got) };
        ("offset".to_owned(), self.expected_client_skew.clone(), got)
    }
}

impl Attempt {
    /// Returns what both clocks show when the request goes out, and when the answer is there.
    fn readings(&self, t0: Instant) -> Result<(Now, Now), String> {
        let instant =
            |text: &str| rfc3339::parse(text).ok_or_else(|| format!("`{text}` is no instant"));
        let sent = instant(&self.client_time_at_send)?;
        let received = instant(&self.client_time_at_receive)?;
        let took =
            received.duration_since(sent).map_err(|_| "an answer comes before its request")?;
        Ok((Now { mono: t0, wall: sent }, Now { mono: t0 + took, wall: received }))
    }
}

impl Response {
    fn dated(&self, sent: Now, received: Now) -> Result<Option<Dated>, String> {
        let Some(date) = self.header("date") else { return Ok(None) };
        let date = httpdate::parse_http_date(date).map_err(|_| format!("`{date}` is no date"))?;
        let dated = Dated::new(sent, received, date);
        Ok(Some(if self.header("age").is_some() { dated.from_cache() } else { dated }))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let is_it = |other: &str| other.eq_ignore_ascii_case(name);
        self.headers.iter().find(|(other, _)| is_it(other)).map(|(_, value)| value.as_str())
    }

    /// Judges a refusal as the AWS SDKs do.
    fn suspicion(&self) -> Option<Suspicion> {
        match self.error_code.as_deref()? {
            "RequestExpired" | "RequestInTheFuture" | "RequestTimeTooSkewed" => {
                Some(Suspicion::Definite)
            }
            "AuthFailure" | "InvalidSignatureException" | "SignatureDoesNotMatch" => {
                Some(Suspicion::Probable)
            }
            _ => None,
        }
    }
}

/// All tries, the first included, where a case does not say how many.
const MAX_ATTEMPTS: usize = 3;
