use readmit_error::rfc3339;

use crate::Entry;
use crate::escape::logfmt;
use crate::render::json::level;

/// When, how loud, what; what failed and where; whose call it was; what the server said.
pub(super) fn write(entry: &Entry) -> String {
    let mut line =
        format!("{} {:<5} {}", rfc3339::format(entry.at), level(entry.level), entry.event);
    let kind = entry.kind.map(|kind| kind.as_str().to_owned());
    let status = entry.http_status.map(|status| status.to_string());
    // A server chose its code: blanks in it would make words, and pairs, of its own.
    let code = entry.error_code.as_deref().map(logfmt);
    let words = [&kind, &code, &status, &entry.endpoint];
    for word in words.into_iter().flatten() {
        line.push(' ');
        line += word;
    }
    let pairs = [
        ("user", &entry.user_id),
        ("organization", &entry.organization_id),
        ("request", &entry.request_id),
        ("trace", &entry.trace_id),
    ];
    for (name, value) in pairs {
        if let Some(value) = value {
            line += &format!(" {name}={}", logfmt(value));
        }
    }
    for (name, value) in &entry.attributes {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        line += &format!(" {}={}", logfmt(name), logfmt(&text));
    }
    if let Some(description) = &entry.error_description {
        line += &format!(": {description}");
    }
    line
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use readmit_error::event::{Event, Record};
    use readmit_error::{Failure, Kind, Origin};

    use crate::{Rendering, Scribe};

    #[test]
    fn r83_a_code_of_a_server_makes_no_pairs() {
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
            .code("E1 user=admin")
            .build();
        let event = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
        let record = Record::new(SystemTime::UNIX_EPOCH, event).failure(failure);

        let line = Scribe::default().entry(&record).render(Rendering::Line);

        assert!(line.contains(" invalid_credentials \"E1 user=admin\" 401 "), "{line}");
    }
}
