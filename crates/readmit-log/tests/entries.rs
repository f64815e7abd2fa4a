//! Entries and their renderings, as they are documented; and that no secret is in any.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::time::SystemTime;

use readmit_error::event::{CallContext, Event, Record, Severity, Sink};
use readmit_error::{Failure, Kind, Origin, rfc3339};
use readmit_log::{Identity, Rendering, Scribe, Severities, TracingSink};
use serde_json::{Value, json};

#[test]
fn r81_the_documented_rendering_has_the_documented_fields_and_no_others() {
    let scribe = Scribe::default().identity(Identity::Named).show_addresses();

    let entry = scribe.entry(&record());
    let written: Value = serde_json::from_str(&entry.render(Rendering::Documented)).unwrap();

    assert_eq!(entry.severity(), Severity::Error);
    assert_eq!(
        written,
        json!({
            "timestamp": "2024-01-15T10:30:00Z",
            "error_type": "authentication_error",
            "error_code": "AUTH_002",
            "error_description": "Service key is invalid",
            "http_status": 401,
            "endpoint": "GET /data_flows",
            "user_id": "user_123",
            "organization_id": "org_456",
            "request_id": "req_1234567890abcdef",
            "ip_address": "192.0.2.1",
            "user_agent": "app/1.2",
        })
    );
}

#[test]
fn r81_the_usual_rendering_names_the_kind_and_keeps_people_out() {
    let entry = Scribe::default().attribute("service.name", "orders").entry(&record());

    let written: Value = serde_json::from_str(&entry.render(Rendering::Json)).unwrap();

    assert_eq!(written["error_type"], "invalid_credentials");
    assert_eq!((&written["level"], &written["severity"]), (&json!("ERROR"), &json!("error")));
    assert_eq!(written["event"], "readmit.auth.credentials.rejected");
    assert_eq!(written["ip_address"], Value::Null);
    assert_eq!(written["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(written["span_id"], "00f067aa0ba902b7");
    assert_eq!(written["attributes"]["service.name"], "orders");
    assert_eq!(written["attributes"]["readmit.auth.consecutive_failures"], 2);
    assert_eq!(written["schema"], "readmit.log/1");
    let user = written["user_id"].as_str().unwrap();
    assert!(user.starts_with("h:") && user.len() == 14, "{user}");
    assert_eq!(written["owasp_event"], format!("authn_login_fail:{user}"));
}

#[test]
fn a_pseudonym_is_the_same_for_clones_and_another_in_the_next_run() {
    let scribe = Scribe::default();
    let clone = scribe.clone();

    let first = scribe.entry(&record()).user_id().map(str::to_owned);

    assert_eq!(clone.entry(&record()).user_id(), first.as_deref());
    assert_ne!(Scribe::default().entry(&record()).user_id(), first.as_deref());
    assert_eq!(Scribe::default().identity(Identity::Withheld).entry(&record()).user_id(), None);
}

#[test]
fn r81_other_schemas_have_their_own_names() {
    let entry = Scribe::default().entry(&record());

    let ecs: Value = serde_json::from_str(&entry.render(Rendering::Ecs)).unwrap();
    let ocsf: Value = serde_json::from_str(&entry.render(Rendering::Ocsf)).unwrap();
    let line = entry.render(Rendering::Line);

    assert_eq!(ecs["event"]["category"], json!(["authentication"]));
    assert_eq!(ecs["event"]["outcome"], "failure");
    assert_eq!(ecs["http"]["response"]["status_code"], 401);
    assert_eq!(ecs["client"], Value::Null);
    assert_eq!((&ocsf["class_uid"], &ocsf["type_uid"]), (&json!(3002), &json!(300_201)));
    assert_eq!((&ocsf["status_id"], &ocsf["severity_id"]), (&json!(2), &json!(4)));
    assert!(
        line.starts_with(
            "2024-01-15T10:30:00Z ERROR readmit.auth.credentials.rejected invalid_credentials \
             AUTH_002 401 GET /data_flows user=h:"
        ),
        "{line}"
    );
}

#[test]
fn r81_a_code_can_be_graded_otherwise() {
    let severities = Severities::default().code("AUTH_002", Severity::Critical);

    let entry = Scribe::default().severities(severities).entry(&record());

    assert_eq!(entry.severity(), Severity::Critical);
}

#[test]
fn r82_no_rendering_holds_a_secret_wherever_it_was_told() {
    let secret = "Zk8w-secret/of+all\"9";
    let scribe = Scribe::default().identity(Identity::Named).show_addresses();
    scribe.redactor().register(secret);
    let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
        .code(secret)
        .description(format!("the token {secret} is bad\r\n"))
        .request_id(secret)
        .build();
    let call = CallContext::default()
        .user(secret)
        .organization(secret)
        .agent(secret)
        .template(format!("/a?token={secret}"))
        .request_id(secret);
    let events = [
        Event::CredentialsRejected { challenge_error: Some(secret.to_owned()), consecutive: 1 },
        Event::AuthzDenied {
            required: vec![secret.to_owned()],
            granted: vec![],
            resource: Some(secret.to_owned()),
        },
        Event::MonitorDisabled { monitor: secret.to_owned() },
    ];
    for event in events {
        let record =
            Record::new(SystemTime::UNIX_EPOCH, event).call(call.clone()).failure(failure.clone());
        let entry = scribe.entry(&record);

        for rendering in ALL {
            let written = entry.render(rendering);

            assert!(!written.contains("Zk8w"), "{written}");
            assert!(!written.contains(['\r', '\n']), "{written}");
        }
        assert!(!format!("{entry:?}").contains("Zk8w"));
    }
}

#[test]
fn r83_a_hostile_name_takes_the_place_of_no_field() {
    let entry = Scribe::default().entry(&record());
    let entry = entry.attribute("level\":\"INFO\n", "x\u{1b}").attribute("timestamp", "1970");

    let written: Value = serde_json::from_str(&entry.render(Rendering::Json)).unwrap();

    assert_eq!(written["timestamp"], "2024-01-15T10:30:00Z");
    assert_eq!(written["attributes"]["timestamp"], "1970");
    assert_eq!(written["attributes"]["level\":\"INFO\\u{a}"], "x\\u{1b}");
}

#[test]
fn r84_a_sink_without_a_subscriber_does_nothing() {
    TracingSink::new(Scribe::default()).record(&record());
}

fn record() -> Record {
    let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
        .code("AUTH_002")
        .description("Service key is invalid")
        .request_id("req_1234567890abcdef")
        .build();
    let mut call = CallContext::default()
        .user("user_123")
        .organization("org_456")
        .ip([192, 0, 2, 1].into())
        .agent("app/1.2")
        .template("/data_flows")
        .traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    call.method = Some("GET".to_owned());
    let at = rfc3339::parse("2024-01-15T10:30:00Z").unwrap();
    let event = Event::CredentialsRejected { challenge_error: None, consecutive: 2 };
    Record::new(at, event).call(call).failure(failure)
}

const ALL: [Rendering; 5] =
    [Rendering::Documented, Rendering::Ecs, Rendering::Json, Rendering::Line, Rendering::Ocsf];
