//! What a log tells is read back as it was written, whoever wrote it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use readmit_error::event::{CallContext, DelaySource, Event, Record, RefreshTrigger, Severity};
use readmit_error::{Failure, Kind, Origin, rfc3339};
use readmit_log::{Form, Identity, NotTold, Rendering, Scribe, Told};

#[test]
fn r81_every_rendering_that_is_json_is_read_back() {
    let scribe = Scribe::default().identity(Identity::Named).show_addresses();
    for event in events() {
        let record = record(event);
        let entry = scribe.entry(&record);
        for (rendering, form) in JSON {
            let line = entry.render(rendering);

            let told = Told::read(line.as_bytes()).unwrap();

            assert_eq!((told.form, told.at), (form, record.at), "{line}");
            assert_eq!(told.error_code.as_deref(), Some("AUTH_002"), "{line}");
            assert_eq!(told.error_description.as_deref(), Some("no \\u{a} such \"key\""), "{line}");
            assert_eq!(told.http_status, Some(401), "{line}");
            assert_eq!(told.endpoint.as_deref(), Some("GET /items/{id}"), "{line}");
            assert_eq!(told.user_id.as_deref(), Some("user_123"), "{line}");
            assert_eq!(told.organization_id.as_deref(), Some("org_456"), "{line}");
            assert_eq!(told.request_id.as_deref(), Some("req_1"), "{line}");
            assert_eq!(told.ip_address.as_deref(), Some("192.0.2.1"), "{line}");
            assert_eq!(told.user_agent.as_deref(), Some("app/1.2"), "{line}");
            assert_eq!(told.template(), Some("/items/{id}"), "{line}");
            let is_named = form != Form::Documented;
            assert_eq!(told.event.is_some(), is_named, "{line}");
            assert_eq!(told.server.as_deref(), is_named.then_some("api.example.test"), "{line}");
            assert_eq!(told.port, is_named.then_some(443), "{line}");
            assert_eq!(told.typed_event(), is_named.then(|| record.event.clone()), "{line}");
            assert_eq!(told.severity.is_some(), is_named, "{line}");
        }
    }
}

#[test]
fn r81_a_line_for_people_is_the_same_after_reading_back() {
    let scribe = Scribe::default().identity(Identity::Named);
    for event in events() {
        let entry = scribe.entry(&record(event));
        for rendering in [Rendering::Json, Rendering::Ecs] {
            let line = entry.render(rendering);

            let again = scribe.read_back(&Told::read(line.as_bytes()).unwrap());

            assert_eq!(again.render(Rendering::Line), entry.render(Rendering::Line));
            assert_eq!(again.render(rendering), line);
        }
    }
}

#[test]
fn a_record_as_json_is_read_back() {
    let scribe = Scribe::default().identity(Identity::Named);
    for event in events() {
        let record = record(event);
        let line = serde_json::to_string(&record).unwrap();

        let told = Told::read(line.as_bytes()).unwrap();

        assert_eq!((told.form, told.at, told.level), (Form::Record, record.at, None));
        assert_eq!(told.endpoint.as_deref(), Some("GET /items/{id}"));
        assert_eq!((told.http_status, told.error_code.as_deref()), (Some(401), Some("AUTH_002")));
        assert_eq!(told.record().unwrap().event, record.event);
        let line = |entry: readmit_log::Entry| entry.render(Rendering::Line);
        assert_eq!(line(scribe.read_back(&told)), line(scribe.entry(&record)));
    }
}

#[test]
fn r81_a_record_has_what_its_entry_tells() {
    let entry = Scribe::default()
        .entry(&record(Event::CredentialsRejected { challenge_error: None, consecutive: 3 }));
    let line = entry.render(Rendering::Json);

    let record = Told::read(line.as_bytes()).unwrap().record().unwrap();

    let failure = record.failure.unwrap();
    assert_eq!((failure.kind(), failure.status()), (Kind::InvalidCredentials, Some(401)));
    assert_eq!((failure.code(), failure.request_id()), (Some("AUTH_002"), Some("req_1")));
    assert_eq!(record.call.server.as_deref(), Some("api.example.test"));
    assert_eq!(record.call.template.as_deref(), Some("/items/{id}"));
    assert!(record.call.user.unwrap().starts_with("h:"));
}

#[test]
fn the_documented_rendering_tells_its_code_and_no_event() {
    let entry = Scribe::default().entry(&record(events().remove(0)));
    let line = entry.render(Rendering::Documented);

    let told = Told::read(line.as_bytes()).unwrap();
    let again = Scribe::default().read_back(&told);

    assert_eq!((told.kind, told.record()), (None, None));
    assert_eq!((again.severity(), again.error_code()), (Severity::Error, Some("AUTH_002")));
}

#[test]
fn what_is_no_entry_says_why() {
    for (line, why) in [
        ("", NotTold::Unreadable),
        ("plain words", NotTold::Unreadable),
        ("{\"event\":\"readmit.auth.token.expired\",\"timest", NotTold::Unreadable),
        ("{\"event\":\"a\",\"timestamp\":\"1970-01-01T00:00:00Z\"} {}", NotTold::Unreadable),
        ("{}", NotTold::NoEntry),
        ("{\"timestamp\":\"1970-01-01T00:00:00Z\"}", NotTold::NoEntry),
        (
            "{\"event\":\"readmit.auth.token.expired\",\"timestamp\":\"yesterday\"}",
            NotTold::NoEntry,
        ),
        ("{\"@timestamp\":\"1970-01-01T00:00:00Z\"}", NotTold::NoEntry),
        ("{\"class_uid\":3002}", NotTold::NoEntry),
        (
            "{\"class_uid\":3002,\"time\":9223372036854775807,\"metadata\":{\"event_code\":\"e\"}}",
            NotTold::NoEntry,
        ),
    ] {
        assert_eq!(Told::read(line.as_bytes()), Err(why), "{line}");
    }
    assert_eq!(Told::read(b"{\"event\":\"\xff\"}"), Err(NotTold::Unreadable));
}

#[test]
fn r83_what_somebody_wrote_into_a_log_acts_on_nobody() {
    let line = r#"{"timestamp":"2026-01-01T00:00:00Z","event":"e\u001b[31m","level":"INFO",
        "endpoint":"GET /a\u202e?token=Zk8w","user_id":"\u0007u","error_description":"a\nb",
        "attributes":{"x\u001b":["\u009b31m"],"o":{"password":"Zk8w"},"api_key":"Zk8w",
        "l":[{"password":"Zk8w\u001b"}]}}"#;
    let line = line.replace('\n', " ");

    let told = Told::read(line.as_bytes()).unwrap();
    let entry = Scribe::default().read_back(&told);

    for rendering in [Rendering::Line, Rendering::Json, Rendering::Ecs, Rendering::Ocsf] {
        let shown = entry.render(rendering);
        assert!(!shown.chars().any(readmit_error::acts), "{shown:?}");
        assert!(!shown.contains("Zk8w"), "{shown}");
    }
}

#[test]
fn members_of_another_type_are_none_and_no_error() {
    let line = br#"{"timestamp":"2026-01-01T00:00:00Z","event":"e","user_id":7,"http_status":"x",
        "endpoint":{"a":[1,{"b":null}]},"error_code":true,"seq":-1,"attributes":[1]}"#;

    let told = Told::read(line).unwrap();

    assert_eq!((told.user_id, told.http_status, told.endpoint), (None, None, None));
    assert_eq!((told.error_code, told.seq), (None, None));
    let line = br#"{"timestamp":"2026-01-01T00:00:00Z","event":"readmit.retry.scheduled",
        "attributes":{"server.address":"a.test","readmit.retry.attempt":"x"}}"#;
    let told = Told::read(line).unwrap();
    assert_eq!((told.server.as_deref(), told.record()), (Some("a.test"), None));
}

proptest! {
    #[test]
    fn any_line_is_read_without_a_panic(line in any::<Vec<u8>>()) {
        let _ = Told::read(&line);
    }

    #[test]
    fn a_line_that_is_cut_off_is_unreadable(cut in 1_usize..400) {
        let entry = Scribe::default().entry(&record(events().remove(0)));
        let line = entry.render(Rendering::Json);

        let told = Told::read(&line.as_bytes()[..line.len() - cut]);

        prop_assert_eq!(told, Err(NotTold::Unreadable));
    }
}

fn record(event: Event) -> Record {
    let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
        .code("AUTH_002")
        .description("no \n such \"key\"")
        .request_id("req_1")
        .build();
    let mut call = CallContext::default()
        .user("user_123")
        .organization("org_456")
        .ip([192, 0, 2, 1].into())
        .agent("app/1.2")
        .template("/items/{id}")
        .traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    call.method = Some("GET".to_owned());
    call.server = Some("api.example.test".to_owned());
    call.port = Some(443);
    let at = rfc3339::parse("2026-01-15T10:30:00.25Z").unwrap();
    Record::new(at, event).call(call).failure(failure)
}

fn events() -> Vec<Event> {
    let second = Duration::from_secs(1);
    vec![
        Event::CredentialsRejected {
            challenge_error: Some("invalid_token".into()),
            consecutive: 1,
        },
        Event::TokenExpired { refresh_follows: true, scheme: None, age: Some(second) },
        Event::AuthzDenied { required: vec!["a".into()], granted: vec![], resource: None },
        Event::MonitorDisabled { monitor: "m".into() },
        Event::RateLimitHit {
            limit: Some(100),
            remaining: Some(0),
            reset: Some(second),
            policy: None,
            retry_after: None,
        },
        Event::RecoverySucceeded {
            authentication: true,
            strategy: "refresh+retry".into(),
            attempts: 2,
            elapsed: second,
        },
        Event::RecoveryExhausted {
            authentication: false,
            attempts: 3,
            strategies: vec!["retry".into()],
            elapsed: second,
        },
        Event::RefreshFailed {
            oauth_error: Some("invalid_grant".into()),
            permanent: true,
            trigger: RefreshTrigger::Proactive,
        },
        Event::TokenRevoked { reused: true, hash: None },
        Event::RefreshSucceeded {
            expires_in: None,
            trigger: RefreshTrigger::Reactive,
            coalesced_waiters: 3,
        },
        Event::RetryScheduled {
            attempt: 1,
            max_attempts: 3,
            delay: second,
            reason: Kind::Timeout,
            source: DelaySource::Backoff,
        },
    ]
}

const JSON: [(Rendering, Form); 4] = [
    (Rendering::Documented, Form::Documented),
    (Rendering::Ecs, Form::Ecs),
    (Rendering::Json, Form::Json),
    (Rendering::Ocsf, Form::Ocsf),
];

#[test]
fn a_time_before_1970_is_read() {
    let at = SystemTime::UNIX_EPOCH - Duration::from_millis(1_500);
    let line = Scribe::default()
        .entry(&Record::new(at, Event::MonitorEnabled { monitor: "m".into() }))
        .render(Rendering::Json);

    assert_eq!(Told::read(line.as_bytes()).unwrap().at, at);
}
