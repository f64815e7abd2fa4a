//! Property tests of the wire formats: what is written is read back, and no input panics.

use proptest::prelude::*;
use readmit_error::{ErrorBody, Failure, FailureBuilder, Kind, Origin, Problem, RetryAfter};
use serde_json::{Map, Value};

proptest! {
    #[test]
    fn an_error_body_survives_a_round_trip_with_whatever_it_holds(members in object()) {
        let bytes = Value::Object(members.clone()).to_string();

        let body = ErrorBody::read(bytes.as_bytes()).unwrap();

        prop_assert_eq!(body.into_members(), members);
    }

    #[test]
    fn a_problem_survives_a_round_trip_with_whatever_it_holds(members in object()) {
        let problem: Problem = serde_json::from_value(Value::Object(members.clone())).unwrap();

        prop_assert_eq!(serde_json::to_value(problem).unwrap(), Value::Object(members));
    }

    #[test]
    fn a_failure_survives_a_round_trip(
        members in object(),
        kind in 0..Kind::ALL.len(),
        status in 100_u16..1_000,
        seconds in 0_u64..1_000_000,
    ) {
        let since = std::time::SystemTime::UNIX_EPOCH;
        let hint = RetryAfter::new(std::time::Duration::from_secs(seconds), since);
        let failure = Failure::builder(Kind::ALL[kind], Origin::Answer { status })
            .body(ErrorBody::from_members(members))
            .retry_after(hint)
            .timestamp(since)
            .build();

        let written = serde_json::to_string(&failure).unwrap();

        prop_assert_eq!(serde_json::from_str::<Failure>(&written).unwrap(), failure);
    }

    #[test]
    fn a_failure_with_a_body_as_it_arrived_survives_a_round_trip(
        members in object(),
        [code, description, request_id] in [any::<Option<String>>(), any::<Option<String>>(), any::<Option<String>>()],
        is_problem in any::<bool>(),
    ) {
        let json = format!("{:#}", Value::Object(members));
        let builder = Failure::builder(Kind::Unknown, Origin::Local);
        let builder = if is_problem { builder.problem_json(&json) } else { builder.json(&json) };
        let builder = code.iter().fold(builder, FailureBuilder::code);
        let builder = description.iter().fold(builder, FailureBuilder::description);
        let failure = request_id.iter().fold(builder, FailureBuilder::request_id).build();

        let written = serde_json::to_string(&failure).unwrap();

        prop_assert_eq!(serde_json::from_str::<Failure>(&written).unwrap(), failure);
    }

    #[test]
    fn a_body_as_it_arrived_is_read_as_one_that_was_read_before(members in object()) {
        let build = Failure::builder(Kind::Unknown, Origin::Local);
        let read = build.clone().body(ErrorBody::from_members(members.clone())).build();

        let arrived = build.json(&Value::Object(members.clone()).to_string()).build();

        prop_assert_eq!(arrived.body(), read.body());
        prop_assert_eq!(arrived.body().extra, ErrorBody::from_members(members).extra);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = ErrorBody::read(&bytes);
        let _ = serde_json::from_slice::<Problem>(&bytes);
        let _ = serde_json::from_slice::<Failure>(&bytes);
        let _ = serde_json::from_slice::<readmit_error::event::Event>(&bytes);
    }

    #[test]
    fn an_answer_has_one_line_per_header_whatever_the_server_wrote(
        members in object(),
        kind in 0..Kind::ALL.len(),
        realm in any::<String>(),
    ) {
        let failure = Failure::builder(Kind::ALL[kind], Origin::Local)
            .body(ErrorBody::from_members(members))
            .build();

        let answer = failure.answer(&realm);

        for (_, value) in answer.headers() {
            prop_assert!(value.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{value}");
        }
        prop_assert!(ErrorBody::read(answer.body().as_bytes()).is_ok());
    }
}

/// Objects of which many members have the names that the formats know, of any type.
fn object() -> impl Strategy<Value = Map<String, Value>> {
    let name = prop_oneof![
        proptest::sample::select(vec![
            "error",
            "error_description",
            "error_code",
            "timestamp",
            "request_id",
            "details",
            "type",
            "title",
            "status",
            "detail",
            "instance",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    proptest::collection::hash_map(name, value(), 0..8)
        .prop_map(|members| members.into_iter().collect())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
