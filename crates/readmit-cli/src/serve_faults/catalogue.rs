//! The faults that can be asked for by a word.

use std::time::Duration;

use http::{Response, StatusCode};
use readmit_error::Stage;
use readmit_testkit::{Fault, Hint};
use serde_json::json;

/// A fault that has a name; what stands behind the colon is its detail.
struct Named {
    name: &'static str,
    detail: &'static str,
    what: &'static str,
}

/// Returns the fault of this name, or what is wrong with it.
pub(super) fn fault(name: &str, detail: Option<&str>) -> Result<Fault, String> {
    if let Ok(status) = name.parse() {
        return of_status(status, detail);
    }
    let takes = FAULTS.iter().find(|named| named.name == name).map(|named| named.detail);
    match (takes, detail) {
        (None, _) => return Err(format!("there is no fault called {name}")),
        (Some(""), Some(_)) => return Err(format!("{name} takes no detail")),
        (Some(_), _) => {}
    }
    let text = || detail.unwrap_or_default().to_owned().into();
    Ok(match name {
        "challenge" => Fault::Challenged(text()),
        "cut" => Fault::Broken(Stage::Answering),
        "expired" => Fault::ExpiredAccessToken,
        "halved" => Fault::Halved,
        "hang" => Fault::Hang,
        "huge" => Fault::HugeError,
        "limited-403" => Fault::RateLimitedAsForbidden { retry_after: hint(detail) },
        "lost-answer" => Fault::LostAnswer,
        "oauth" => Fault::OAuth { error: text(), description: "scripted".into() },
        "oauth-200" => Fault::OAuthInSuccess { error: text(), description: "scripted".into() },
        "page" => Fault::HtmlInSuccess,
        "redirect" => Fault::Redirect { status: StatusCode::FOUND, location: text().into_owned() },
        "reset" => Fault::Broken(Stage::Sent),
        "service-key" => Fault::InvalidServiceKey,
        "slow" => Fault::Slow(length(detail.unwrap_or_default())?),
        "stalled" => Fault::Stalled,
        "truncated" => Fault::TruncatedError,
        "unauthorized" => Fault::Unauthorized,
        other => return Err(format!("there is no fault called {other}")),
    })
}

/// The part of the help that lists them.
pub(super) fn help() -> String {
    let lines = FAULTS.iter().map(|Named { name, detail, what }| {
        let colon = if detail.is_empty() { "" } else { ":" };
        format!("  {:<20} {what}", format!("{name}{colon}{detail}"))
    });
    let lines: Vec<_> = lines.collect();
    format!("Faults:\n{STATUSES}\n{}", lines.join("\n"))
}

/// The documented error of a status, or else a bare one.
fn of_status(status: u16, detail: Option<&str>) -> Result<Fault, String> {
    let waits = matches!(status, 429 | 503);
    if detail.is_some() && !waits {
        return Err(format!("{status} takes no detail"));
    }
    let retry_after = hint(detail);
    Ok(match status {
        400 => Fault::ValidationFailed,
        401 => Fault::InvalidAccessToken,
        403 => Fault::InsufficientPermissions,
        429 => Fault::RateLimited { retry_after },
        500 => Fault::InternalError,
        502 => Fault::BadGateway,
        503 => Fault::Unavailable { retry_after },
        504 => Fault::GatewayTimeout,
        other if (400..=599).contains(&other) => bare(other)?,
        _ => return Err(format!("{status} is no status of an error")),
    })
}

fn bare(status: u16) -> Result<Fault, String> {
    let status = StatusCode::from_u16(status).map_err(|error| error.to_string())?;
    let body = json!({ "error": status.canonical_reason().unwrap_or("error") }).to_string();
    let answer = Response::builder().status(status).header("content-type", "application/json");
    answer.body(body).map(Fault::respond).map_err(|error| error.to_string())
}

/// Reads when to come back: seconds, or the text of the header as it is.
fn hint(detail: Option<&str>) -> Hint {
    match detail {
        None => Hint::Absent,
        Some(text) => match text.parse() {
            Ok(seconds) => Hint::Seconds(seconds),
            Err(_) => Hint::Text(text.to_owned().into()),
        },
    }
}

/// Reads a length: `250ms`, `2s`, or seconds.
fn length(text: &str) -> Result<Duration, String> {
    let wrong = || format!("slow wants a time such as 250ms or 2s, and not {text:?}");
    let (digits, millis) = match text.strip_suffix("ms") {
        Some(digits) => (digits, 1),
        None => (text.strip_suffix('s').unwrap_or(text), 1_000),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(millis).map(Duration::from_millis).ok_or_else(wrong)
}

const STATUSES: &str = "  \
400 to 599           that status, with the documented body if it has
                       one; 429 and 503 take seconds to wait: 429:2";

/// In alphabetical order.
const FAULTS: &[Named] = &[
    of("challenge", "TEXT", "401 with this WWW-Authenticate"),
    of("cut", "", "performed, and reset in the middle of the answer"),
    of("expired", "", "401: the access token expired"),
    of("halved", "", "half of the answer, as if it were all"),
    of("hang", "", "no answer ever"),
    of("huge", "", "500 with 10 MiB of JSON"),
    of("limited-403", "SECONDS", "403 that is a rate limit"),
    of("lost-answer", "", "performed, and reset before the answer"),
    of("oauth", "ERROR", "an error of a token endpoint"),
    of("oauth-200", "ERROR", "the same under a 200"),
    of("page", "", "200 with a page of HTML"),
    of("redirect", "LOCATION", "302 to there"),
    of("reset", "", "not performed, and reset before the answer"),
    of("service-key", "", "401: the service key is invalid"),
    of("slow", "TIME", "performed, answered after 250ms or 2s"),
    of("stalled", "", "performed, half of the answer, then nothing"),
    of("truncated", "", "500 whose body ends halfway"),
    of("unauthorized", "", "401 without challenge and body"),
];

const fn of(name: &'static str, detail: &'static str, what: &'static str) -> Named {
    Named { name, detail, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_the_help_can_be_asked_for() {
        for named in FAULTS {
            let detail = (!named.detail.is_empty()).then_some("1");

            assert!(fault(named.name, detail).is_ok(), "{}", named.name);
        }
        assert!(FAULTS.is_sorted_by_key(|named| named.name));
        // A page of the manual has margins.
        assert!(help().lines().all(|line| line.len() <= 71));
    }

    #[test]
    fn every_error_status_can_be_asked_for() {
        for status in 400..=599 {
            assert!(fault(&status.to_string(), None).is_ok(), "{status}");
        }
    }

    #[test]
    fn details_are_read() {
        let limited = fault("429", Some("2")).unwrap();
        assert!(matches!(limited, Fault::RateLimited { retry_after: Hint::Seconds(2) }));
        let slow = fault("slow", Some("250ms")).unwrap();
        assert!(matches!(slow, Fault::Slow(time) if time == Duration::from_millis(250)));
        let soon = fault("503", Some("soon")).unwrap();
        assert!(
            matches!(soon, Fault::Unavailable { retry_after: Hint::Text(text) } if text == "soon")
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (name, detail) in [
            ("200", None),
            ("600", None),
            ("401", Some("2")),
            ("hang", Some("2")),
            ("slow", None),
            ("slow", Some("-1s")),
            ("slow", Some("99999999999999999999s")),
            ("nothing", None),
            ("", None),
        ] {
            assert!(fault(name, detail).is_err(), "{name} {detail:?}");
        }
    }
}
