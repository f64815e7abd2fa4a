//! What the answers say.

use std::time::Duration;

use readmit_classify::rate_limit;
use readmit_error::{Category, Failure, Kind, Transport};
use readmit_log::redact::Redactor;

use super::check::Finding;
use super::exchange::Heard;
use super::secret::{Secret, clean};
use super::target::Target;
use super::token::length;
use crate::explain::{Answer, Context, Explanation};
use crate::nature::Nature;

/// An answer, and what it means.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) heard: Heard,
    pub(super) failure: Option<Failure>,
}

impl Read {
    pub(super) fn of(heard: Heard, target: &Target, sent: Option<&Secret>) -> Read {
        let answer = Answer {
            host: Some(target.host()),
            headers: heard.headers.clone(),
            body: heard.body.clone(),
            cut: heard.cut,
            credential_sent: Some(sent.is_some()),
            ..Answer::new(heard.status, heard.received_at)
        };
        let failure = answer.failure(&Context::default());
        let failure = match sent {
            Some(secret) => failure.map(|failure| secret.redact(failure)),
            None => failure,
        };
        Read { heard, failure }
    }

    /// Returns the failure, explained.
    pub(super) fn explanation(&self, secret: Option<&Secret>) -> Option<Explanation> {
        let failure = self.failure.as_ref()?;
        Some(match secret {
            Some(secret) => Explanation::of_failure(None, failure, secret.redactor()),
            None => Explanation::of_failure(None, failure, &Redactor::new()),
        })
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        Some(self.failure.as_ref()?.kind())
    }

    fn title(&self) -> String {
        let status = self.heard.status.as_u16();
        match &self.failure {
            Some(failure) => {
                format!("HTTP {status}, {}: {}", failure.kind(), failure.kind().meaning())
            }
            None => format!("HTTP {status}"),
        }
    }
}

/// Whether anything answers at all.
pub(super) fn http(read: &Result<Read, Transport>) -> Finding {
    match read {
        Ok(read) => {
            let told = format!(
                "without a credential it answers HTTP {} in {} ms",
                read.heard.status.as_u16(),
                read.heard.took.as_millis()
            );
            let is_ill = read.kind().is_some_and(|kind| kind.category() == Category::Service);
            if is_ill { Finding::warn(told) } else { Finding::ok(told) }
        }
        Err(transport) => Finding::fail(transport.to_string())
            .fix("check that this is a port of HTTP, and what stands in between"),
    }
}

/// The answer to the request as the client would send it.
pub(super) fn response(read: &Read, had_credential: bool, secret: Option<&Secret>) -> Finding {
    let Some(failure) = &read.failure else { return unfailing(read, secret) };
    let asks = matches!(failure.kind(), Kind::MissingCredentials | Kind::InvalidCredentials);
    if asks && !had_credential {
        return Finding::ok(format!("{} As it should be without one.", read.title()));
    }
    let finding = match failure.kind().category() {
        Category::Throttling if failure.is_retryable() => Finding::warn(read.title()),
        Category::Unknown => Finding::unknown(read.title()),
        Category::Authentication
        | Category::Authorization
        | Category::Throttling
        | Category::Request
        | Category::Service
        | Category::Network
        | Category::Local => Finding::fail(read.title()),
    };
    let mut finding = finding
        .seen(format!("because: {}", clean(secret, failure.because())))
        .seen(Nature::sentence(failure.kind()))
        .fix(failure.advice());
    for (label, text) in [("code", failure.code()), ("server says", failure.description())] {
        finding = match text {
            Some(text) => finding.seen(format!("{label}: {}", clean(secret, text))),
            None => finding,
        };
    }
    match failure.retry_after() {
        Some(hint) => finding.seen(format!("wait {}", length(hint.delay()))),
        None => finding,
    }
}

fn unfailing(read: &Read, secret: Option<&Secret>) -> Finding {
    if !read.heard.status.is_redirection() {
        return Finding::ok(read.title());
    }
    let location = read.heard.headers.get("location").and_then(|value| value.to_str().ok());
    let location = location.unwrap_or("nowhere").split(['?', '#']).next().unwrap_or_default();
    let location = clean(secret, location);
    Finding::warn(format!("{}: it leads to {location}, which was not followed", read.title()))
        .fix("examine that address, if it is yours; a credential does not go to another origin")
}

/// Valid, rejected, or not verified: the three are never mixed (rule 95).
pub(super) fn accepted(read: &Read, anonymous: Option<&Read>) -> Finding {
    let as_anonymous = |kind| anonymous.is_some_and(|other| other.kind() == kind);
    let valid = |why: &str| Finding::ok(format!("valid: {why}"));
    let rejected = |why: &str| Finding::fail(format!("rejected: {why}"));
    let open = |why: &str| Finding::unknown(format!("could not be verified: {why}"));
    match read.kind() {
        None if read.heard.status.is_redirection() => open("the API redirects"),
        None if as_anonymous(None) => open("this endpoint answers without a credential")
            .fix("name one that wants it: --whoami /me"),
        None => valid("the API took it"),
        Some(Kind::MissingCredentials) => rejected("the API does not see a credential")
            .fix("check how it is sent: --scheme, or --header for an API key"),
        Some(Kind::InvalidCredentials) => rejected("the API does not accept it")
            .fix("sign in again, or check that it is for this API and this environment"),
        Some(Kind::TokenExpired) => {
            rejected("the API says that it has expired").fix("refresh the token")
        }
        Some(kind @ Kind::InsufficientPermissions) if as_anonymous(Some(kind)) => {
            open("the API says no with and without a credential")
        }
        Some(Kind::InsufficientPermissions) => valid("the API knows who is calling"),
        Some(Kind::StepUpRequired) => valid("the API knows it, and wants the user to confirm"),
        Some(Kind::ChallengeNonce) => open("the API wants a proof of possession (DPoP)"),
        Some(Kind::ClockSkew) => open("the clocks are too far apart"),
        Some(kind) => match kind.category() {
            Category::Request if as_anonymous(Some(Kind::MissingCredentials)) => {
                valid("the API looked at the request, which it does not without one")
            }
            Category::Request => open("the request itself is refused"),
            Category::Throttling => open("the API wants fewer requests"),
            Category::Service => open("the API is broken at the moment"),
            Category::Authentication
            | Category::Authorization
            | Category::Network
            | Category::Local
            | Category::Unknown => open("the answer does not tell"),
        },
    }
}

/// How far the clocks are apart, by the middle of the exchange (rule 51).
pub(super) fn clock(heard: &Heard) -> Finding {
    let date = heard.headers.get("date").and_then(|value| value.to_str().ok());
    let Some(date) = date.and_then(|text| httpdate::parse_http_date(text).ok()) else {
        return Finding::skipped("the server does not tell the time");
    };
    if heard.headers.contains_key("age") {
        return Finding::skipped("the answer comes from a cache, whose time tells nothing");
    }
    let middle =
        heard.sent_at + heard.received_at.duration_since(heard.sent_at).unwrap_or_default() / 2;
    // The field has whole seconds: on average the truth is half of one later.
    let (server, here) = (date + Duration::from_millis(500), middle);
    let (apart, side) = match server.duration_since(here) {
        Ok(apart) => (apart, "behind"),
        Err(error) => (error.duration(), "ahead of"),
    };
    if apart < CLOSE {
        return Finding::ok("the clocks of this machine and of the server agree");
    }
    let told = format!("this machine's clock is {} {side} the server's", length(apart));
    let finding = if apart < APART { Finding::warn(told) } else { Finding::fail(told) };
    finding.fix("set the clock: timedatectl set-ntp true, or the settings of the system")
}

/// How much is left of what the server allows.
pub(super) fn headroom(heard: &Heard) -> Finding {
    let limits = rate_limit::read(&heard.headers, heard.received_at);
    let wait = limits.wait(None).map(|wait| length(wait.delay()));
    if limits.is_exhausted() {
        let until = wait.map(|wait| format!("; wait {wait}")).unwrap_or_default();
        return Finding::warn(format!("nothing is left of a limit{until}"))
            .fix("send fewer requests");
    }
    let windows: Vec<_> = limits
        .windows()
        .filter_map(|window| Some((window.remaining()?, window.limit()?)))
        .collect();
    let Some((left, of)) =
        windows.iter().min_by_key(|(left, of)| left.saturating_mul(1_000) / of.max(&1))
    else {
        return Finding::skipped("the server says nothing of limits");
    };
    let told = format!("{left} of {of} requests are left");
    if left.saturating_mul(10) < *of { Finding::warn(told) } else { Finding::ok(told) }
}

/// What support asks for.
pub(super) fn request_id(read: &Read, secret: Option<&Secret>) -> Finding {
    let told = read.failure.as_ref().and_then(Failure::request_id).map(str::to_owned);
    let id = told.or_else(|| {
        let mut ids = REQUEST_IDS.iter().filter_map(|name| read.heard.headers.get(*name));
        ids.next()?.to_str().ok().map(str::to_owned)
    });
    match id {
        Some(id) => Finding::ok(format!("tell support the request {}", clean(secret, &id))),
        None => Finding::skipped("the server does not number its answers; tell support the time"),
    }
}

/// What is under this much is no skew: a second is as exact as `Date` is, and answers take time.
const CLOSE: Duration = Duration::from_secs(30);
/// From here on signed requests fail.
const APART: Duration = Duration::from_secs(240);
const REQUEST_IDS: &[&str] = &[
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-amz-request-id",
    "x-correlation-id",
    "cf-ray",
];

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use http::{HeaderMap, StatusCode};
    use readmit_error::Origin;

    use super::super::check::Status;
    use super::*;

    #[test]
    fn r95_only_what_the_api_says_of_the_credential_rejects_it() {
        let unauthorized = read(401, Some(Kind::MissingCredentials));
        for kind in Kind::ALL {
            let finding = accepted(&read(400, Some(kind)), Some(&unauthorized));

            let rejects = matches!(
                kind,
                Kind::MissingCredentials | Kind::InvalidCredentials | Kind::TokenExpired
            );
            assert_eq!(finding.status == Status::Fail, rejects, "{kind}");
            assert_eq!(finding.summary.starts_with("rejected: "), rejects, "{kind}");
        }
    }

    #[test]
    fn an_answer_proves_only_what_would_not_come_without_the_credential() {
        let (well, denied) = (read(200, None), read(403, Some(Kind::InsufficientPermissions)));
        let (unauthorized, absent) =
            (read(401, Some(Kind::MissingCredentials)), read(404, Some(Kind::NotFound)));
        for (with, without, status) in [
            (&well, &unauthorized, Status::Ok),
            (&well, &well, Status::Unknown),
            (&denied, &unauthorized, Status::Ok),
            (&denied, &denied, Status::Unknown),
            (&absent, &unauthorized, Status::Ok),
            (&absent, &absent, Status::Unknown),
            (&read(302, None), &unauthorized, Status::Unknown),
        ] {
            let finding = accepted(with, Some(without));

            assert_eq!(finding.status, status, "{with:?} {without:?}");
        }
    }

    #[test]
    fn r51_clocks_are_compared_by_the_middle_of_the_exchange() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        for (date, status, words) in [
            (1_000, Status::Ok, "agree"),
            (1_029, Status::Ok, "agree"),
            (1_031, Status::Warn, "30 s behind"),
            (960, Status::Warn, "40 s ahead of"),
            (1_240, Status::Warn, "3 min 59 s behind"),
            (1_241, Status::Fail, "4 min 0 s behind"),
        ] {
            let mut heard = read(200, None).heard;
            (heard.sent_at, heard.received_at) = (at(999), at(1_003));
            let date = httpdate::fmt_http_date(at(date));
            heard.headers.insert("date", date.parse().unwrap());

            let finding = clock(&heard);

            assert_eq!(finding.status, status, "{date}: {}", finding.summary);
            assert!(finding.summary.contains(words), "{date}: {}", finding.summary);
        }
        assert_eq!(clock(&read(200, None).heard).status, Status::Skipped);
    }

    #[test]
    fn the_scarcest_limit_counts() {
        for (headers, status, words) in [
            (&[][..], Status::Skipped, "nothing of limits"),
            (
                &[("x-ratelimit-limit", "100"), ("x-ratelimit-remaining", "50")],
                Status::Ok,
                "50 of 100",
            ),
            (
                &[("x-ratelimit-limit", "100"), ("x-ratelimit-remaining", "9")],
                Status::Warn,
                "9 of 100",
            ),
            (&[("x-ratelimit-limit", "0"), ("x-ratelimit-remaining", "7")], Status::Ok, "7 of 0"),
            (
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "30")],
                Status::Warn,
                "nothing is left of a limit; wait 30 s",
            ),
        ] {
            let mut heard = read(200, None).heard;
            for (name, value) in headers {
                heard.headers.insert(*name, value.parse().unwrap());
            }

            let finding = headroom(&heard);

            assert_eq!(finding.status, status, "{}", finding.summary);
            assert!(finding.summary.contains(words), "{}", finding.summary);
        }
    }

    fn read(status: u16, kind: Option<Kind>) -> Read {
        let heard = Heard {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            cut: false,
            sent_at: SystemTime::UNIX_EPOCH,
            received_at: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
        };
        let failure = kind.map(|kind| Failure::builder(kind, Origin::Answer { status }).build());
        Read { heard, failure }
    }
}
