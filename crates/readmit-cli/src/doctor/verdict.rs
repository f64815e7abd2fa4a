//! The one sentence at the end.

use super::check::{Check, Status};

/// Says what matters most: the first thing on the way that is wrong.
pub(super) fn of(checks: &[Check]) -> String {
    let find = |id: &str| checks.iter().find(|check| check.id == id);
    let failed = |id: &str| find(id).filter(|check| check.status == Status::Fail);
    let because = |check: &Check| check.summary.trim_end_matches('.').to_owned();
    if let Some(check) = WAY.iter().find_map(|id| failed(id)) {
        return format!(
            "the API cannot be reached: {}; the credential was not verified",
            because(check)
        );
    }
    if let Some(check) = failed("credential.accepted") {
        return format!("the credential is {}", because(check));
    }
    for (id, what) in [
        ("config.url", "the address is not safe"),
        ("credential.form", "it cannot be used"),
        ("credential.expiry", "the token is no good"),
        ("permission.access", "the credential is valid and may not do this"),
        ("permission.scopes", "the credential lacks what it needs"),
        ("credential.clock", "the clocks disagree"),
        ("response.answer", "the API refuses the request"),
    ] {
        if let Some(check) = failed(id) {
            return format!("{what}: {}", because(check));
        }
    }
    if let Some(check) = checks.iter().find(|check| check.status == Status::Fail) {
        return format!("something is wrong: {}", because(check));
    }
    let first = |status| checks.iter().find(|check| check.status == status);
    if let Some(check) = first(Status::Unknown) {
        return format!("nothing is known to be wrong, but: {}", because(check));
    }
    match first(Status::Warn) {
        Some(check) => format!("it works; mind that {}", because(check)),
        None if checks.iter().all(|check| check.status == Status::Skipped) => {
            "nothing was looked at".to_owned()
        }
        None => "all is well".to_owned(),
    }
}

const WAY: &[&str] = &["endpoint.dns", "endpoint.tcp", "endpoint.tls", "endpoint.http"];

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::check::{CHECKS, Finding};
    use super::*;

    #[test]
    fn what_comes_first_on_the_way_is_what_matters() {
        for (findings, verdict) in [
            (&[][..], "nothing was looked at"),
            (&[("endpoint.http", Status::Ok)], "all is well"),
            (
                &[("endpoint.http", Status::Ok), ("limit.headroom", Status::Warn)],
                "it works; mind that x",
            ),
            (
                &[("limit.headroom", Status::Warn), ("credential.source", Status::Unknown)],
                "nothing is known to be wrong, but: x",
            ),
            (
                &[("credential.accepted", Status::Fail), ("response.answer", Status::Fail)],
                "the credential is x",
            ),
            (
                &[("credential.expiry", Status::Fail), ("endpoint.dns", Status::Fail)],
                "the API cannot be reached: x; the credential was not verified",
            ),
            (&[("response.answer", Status::Fail)], "the API refuses the request: x"),
        ] {
            let checks: Vec<_> = findings.iter().map(|(id, status)| check(id, *status)).collect();

            assert_eq!(of(&checks), verdict, "{findings:?}");
        }
    }

    #[test]
    fn whatever_fails_is_told() {
        for known in CHECKS {
            let verdict = of(&[check(known.id, Status::Fail)]);

            assert!(verdict.contains('x') && verdict != "all is well", "{}: {verdict}", known.id);
        }
    }

    fn check(id: &str, status: Status) -> Check {
        let known = CHECKS.iter().find(|known| known.id == id).unwrap();
        Finding { status, ..Finding::ok("x.") }.of(known, Duration::ZERO)
    }
}
