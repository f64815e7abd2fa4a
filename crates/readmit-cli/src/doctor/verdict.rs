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
