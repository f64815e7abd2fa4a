//! What is told at the start and at the end.

use std::io;

use readmit_testkit::Api;
use serde::Serialize;

use super::control::PATHS;
use super::tally::Tally;
use crate::number::counted;
use crate::screen::{Look, Screen};

/// What a client needs to know.
#[derive(Debug, Serialize)]
pub(super) struct Start {
    schema: &'static str,
    url: String,
    service_key: String,
    client_id: String,
    client_secret: String,
    access_token: String,
    refresh_token: String,
    routes: &'static [&'static str],
    control: &'static [&'static str],
    faults: Vec<String>,
}

impl Start {
    pub(super) fn of(url: &str, api: &Api, faults: Vec<String>) -> Start {
        Start {
            schema: "readmit.serve/1",
            url: url.to_owned(),
            service_key: api.service_key().to_owned(),
            client_id: api.client_id().to_owned(),
            client_secret: api.client_secret().to_owned(),
            access_token: api.new_access_token(),
            refresh_token: api.new_refresh_token(),
            routes: ROUTES,
            control: PATHS,
            faults,
        }
    }
}

pub(super) fn start(start: &Start, as_json: bool, screen: &mut Screen) -> io::Result<()> {
    if as_json {
        screen.line(Look::Plain, &serde_json::to_string(start)?)?;
        return screen.flush();
    }
    screen.line(Look::Strong, &format!("An API that misbehaves: {}", start.url))?;
    let client = format!("{} {}", start.client_id, start.client_secret);
    for (label, text) in [
        ("service key", &start.service_key),
        ("client", &client),
        ("token", &start.access_token),
        ("refresh token", &start.refresh_token),
    ] {
        screen.wide_field(label, Look::Plain, text)?;
    }
    list("routes", start.routes.iter().copied(), screen)?;
    list("control", start.control.iter().copied(), screen)?;
    list("faults", start.faults.iter().map(String::as_str), screen)?;
    screen.line(Look::Weak, "Press Ctrl-C to end.")?;
    screen.flush()
}

pub(super) fn end(tally: &Tally, as_json: bool, screen: &mut Screen) -> io::Result<()> {
    if as_json {
        screen.line(Look::Plain, &serde_json::to_string(tally)?)?;
        return screen.flush();
    }
    screen.blank()?;
    let requests = counted(tally.requests as u64, "request", "requests");
    screen.line(Look::Strong, &format!("{requests} came."))?;
    for (name, route) in &tally.routes {
        let statuses = route.statuses.iter();
        let statuses: Vec<_> =
            statuses.map(|(status, count)| format!("{count} x {status}")).collect();
        screen.paragraph(2, Look::Plain, &format!("{name}: {}", statuses.join(", ")))?;
    }
    let tokens = counted(tally.tokens_issued.into(), "access token was", "access tokens were");
    let tokens = format!("{tokens} issued, that of the start included.");
    screen.paragraph(2, Look::Plain, &tokens)?;
    for reproach in tally.reproaches() {
        screen.paragraph(2, Look::Unsure, &reproach)?;
    }
    screen.flush()
}

fn list<'a>(
    label: &str,
    texts: impl Iterator<Item = &'a str>,
    screen: &mut Screen,
) -> io::Result<()> {
    let mut label = label;
    for text in texts {
        screen.wide_field(label, Look::Plain, text)?;
        label = "";
    }
    Ok(())
}

const ROUTES: &[&str] = &[
    "POST /token (Authorization: Basic SERVICE_KEY, or an OAuth 2.0 form)",
    "POST /token/refresh",
    "POST /device",
    "POST /revoke",
    "POST /logout",
    "GET /data_flows",
    "POST /data_flows",
    "GET /data_flows/{id}",
    "GET /organizations/{id}/members",
];
