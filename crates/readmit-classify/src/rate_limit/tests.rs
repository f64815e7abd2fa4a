use http::{HeaderName, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

#[test]
fn r53_a_limit_is_exhausted_in_whatever_family() {
    for (fields, exhausted) in [
        (&[("ratelimit", r#""a";r=0"#)][..], true),
        (&[("ratelimit", r#""a";r=0;t=x, "b""#)], false),
        (&[("ratelimit", r#""a";r=5, "b";r=0"#)], true),
        (&[("ratelimit", "limit=10, remaining=0, reset=5")], true),
        (&[("ratelimit-remaining", "0")], true),
        (&[("ratelimit-remaining", "0;w=21600")], true),
        (&[("x-ratelimit-remaining", "0.0")], true),
        (&[("x-rate-limit-remaining", "0")], true),
        (&[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-remaining-requests", "9")], true),
        (&[("anthropic-ratelimit-requests-remaining", "0")], true),
        (&[("x-hubspot-ratelimit-secondly-remaining", "0")], true),
        (&[("x-ms-ratelimit-remaining-subscription-reads", "0")], true),
        (&[("x-ratelimit-remaining", "9"), ("x-ratelimit-remaining", "0")], true),
        (&[("x-ratelimit-remaining", "9")], false),
        (&[("x-ratelimit-remaining", "-1")], false),
        (&[("x-ratelimit-remaining", "zero")], false),
        (&[("x-ratelimit-limit", "0")], false),
        (&[("x-ratelimit-used", "0")], false),
        (&[("content-length", "0")], false),
        (&[], false),
    ] {
        let headers = headers(fields);

        assert_eq!(read(&headers, at(0)).is_exhausted(), exhausted, "{fields:?}");
    }
}

#[test]
fn r45_retry_after_goes_before_everything() {
    for (fields, wait) in [
        (&[("ratelimit", r#""a";r=0;t=30"#), ("retry-after", "5")][..], Some(5_000)),
        (&[("retry-after-ms", "20"), ("retry-after", "1")], Some(1_000)),
        (&[("retry-after-ms", "20"), ("retry-after", "0.02")], Some(20)),
        (&[("retry-after-ms", "20"), ("ratelimit", r#""a";r=0;t=30"#)], Some(20)),
        (&[("retry-after", "soon"), ("x-ratelimit-reset", "30")], None),
        (&[("retry-after", "5"), ("retry-after", "5")], None),
        (&[("x-retry-in", "1.5s"), ("retry-after", "2")], Some(2_000)),
        (&[("x-retry-in", "1.5s")], Some(1_500)),
        (&[("x-retry-after", "1767225603")], Some(1_767_225_603_000)),
        (&[("x-amz-retry-after", "1500")], Some(1_500)),
        (&[("x-ms-retry-after-ms", "-5"), ("retry-after-ms", "7")], Some(7)),
    ] {
        let headers = headers(fields);

        assert_eq!(wait_of(&headers, None), wait, "{fields:?}");
    }
}

#[test]
fn r53_of_all_that_is_exhausted_the_longest_binds() {
    for (fields, wait) in [
        (&[("ratelimit", r#""a";r=0;t=10"#), ("ratelimit", r#""b";r=0;t=60"#)][..], Some(60_000)),
        (&[("ratelimit", r#""a";r=0;t=10"#), ("x-ratelimit-reset", "99")], Some(10_000)),
        (
            &[
                ("x-ratelimit-remaining-requests", "0"),
                ("x-ratelimit-reset-requests", "6m0s"),
                ("x-ratelimit-remaining-tokens", "5"),
                ("x-ratelimit-reset-tokens", "1h"),
            ],
            Some(360_000),
        ),
        (
            &[
                ("x-ratelimit-reset-tokens", "120ms"),
                ("x-ratelimit-remaining-tokens", "0"),
                ("x-ratelimit-reset-requests", "1s"),
                ("x-ratelimit-remaining-requests", "0"),
            ],
            Some(1_000),
        ),
        (
            &[
                ("anthropic-ratelimit-tokens-remaining", "0"),
                ("anthropic-ratelimit-tokens-reset", "2026-01-01T00:00:09Z"),
                ("anthropic-ratelimit-requests-remaining", "1"),
                ("anthropic-ratelimit-requests-reset", "2026-01-01T00:01:00Z"),
            ],
            Some(9_000),
        ),
        (
            &[
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "1767225664.123"),
                ("x-ratelimit-reset-after", "64.57"),
            ],
            Some(64_570),
        ),
        (
            &[
                ("ratelimit-remaining", "0"),
                ("ratelimit-reset", "1767225630"),
                ("ratelimit-resettime", "Thu, 01 Jan 2026 00:00:30 GMT"),
            ],
            Some(30_000),
        ),
        (&[("x-ratelimit-remaining", "0"), ("ratelimit-reset", "30")], Some(30_000)),
        (&[("x-ratelimit-remaining", "4980"), ("x-ratelimit-reset", "1767229200")], None),
        (&[("x-ratelimit-remaining", "0")], None),
    ] {
        let headers = headers(fields);

        assert_eq!(wait_of(&headers, None), wait, "{fields:?}");
    }
}

#[test]
fn r53_without_a_word_of_what_is_left_the_first_family_counts() {
    let families = [
        ("ratelimit-reset", "1"),
        ("x-ratelimit-reset", "3"),
        ("x-rate-limit-reset", "4"),
        ("fastly-ratelimit-reset", "5"),
    ];
    for (first, seconds) in [(0, 1), (1, 3), (2, 4), (3, 5)] {
        let mut backwards = families[first..].to_vec();
        backwards.reverse();

        assert_eq!(wait_of(&headers(&backwards), None), Some(seconds * 1_000));
    }
    let symfony = [("x-ratelimit-reset", "3"), ("x-ratelimit-retry-after", "2")];
    assert_eq!(wait_of(&headers(&symfony), None), Some(2_000));
    let empty = [("ratelimit-reset", ""), ("x-ratelimit-reset", "1767225602")];
    assert_eq!(wait_of(&headers(&empty), None), None);
    let others = [("x-ratelimit-reset-tokens", "5s"), ("x-ratelimit-reset-requests", "1m")];
    assert_eq!(wait_of(&headers(&others), None), Some(60_000));
}

#[test]
fn r53_the_answer_says_whether_the_unit_is_a_guess() {
    let basis = |fields: &[_], unit| read(&headers(fields), at(NOW)).wait(unit).unwrap().basis();

    let bare = [("x-ratelimit-reset", "30")];
    assert_eq!(basis(&bare, None), Basis::Size(Reset::Delta));
    assert_eq!(basis(&bare, Some(Reset::DeltaMillis)), Basis::Caller);
    assert_eq!(basis(&[("x-ratelimit-reset", "30s")], None), Basis::Field);
    assert_eq!(basis(&[("retry-after", "30")], Some(Reset::Epoch)), Basis::Field);
    assert_eq!(basis(&[("retry-after-ms", "30")], Some(Reset::Epoch)), Basis::Field);
    assert_eq!(basis(&[("ratelimit", r#""a";r=0;t=30"#)], Some(Reset::Epoch)), Basis::Field);
    assert!(!read(&headers(&bare), at(NOW)).wait(Some(Reset::Delta)).unwrap().is_guessed());
}

#[test]
fn the_fields_of_one_limit_are_put_together_in_whatever_order() {
    let headers = headers(&[
        ("x-ratelimit-reset-tokens", "6m0s"),
        ("x-ratelimit-limit-requests", "60"),
        ("x-ratelimit-limit-tokens", "150000, 150000;w=60"),
        ("x-ratelimit-remaining-tokens", "149984"),
    ]);
    let told = read(&headers, at(NOW));

    let tokens = told.windows().find(|it| it.name() == ("x-ratelimit-", "-tokens")).unwrap();

    assert_eq!((tokens.limit(), tokens.remaining()), (Some(150_000), Some(149_984)));
    assert_eq!(told.reset_of(tokens, None).unwrap().delay(), Duration::from_secs(360));
    assert_eq!(told.windows().count(), 2);
}

#[test]
fn r53_what_a_cache_has_kept_says_nothing_of_the_limit() {
    let field = ("ratelimit", r#""a";r=0;t=30"#);
    assert_eq!(wait_of(&headers(&[field]), None), Some(30_000));
    for age in ["0", "1", "x"] {
        let headers = headers(&[field, ("age", age)]);

        assert_eq!(wait_of(&headers, None), None, "{age}");
    }
}

#[test]
fn r55_debug_shows_no_value() {
    let headers = headers(&[
        ("authorization", "hunter2"),
        ("x-ratelimit-reset", "hunter2"),
        ("x-ratelimit-limit", "hunter2"),
        ("x-ratelimit-reset-after", "hunter2"),
    ]);
    let told = read(&headers, at(NOW));
    let limits = limits([r#""a";r=1;pk=:aHVudGVyMg==:"#]);
    let policies = policies([r#""a";q=1;pk=:aHVudGVyMg==:"#]);

    let shown = format!("{told:?} {:?} {limits:?} {policies:?}", told.windows().next());

    assert!(!shown.contains("hunter2") && !shown.contains("104, 117"), "{shown}");
    assert!(shown.contains("x-ratelimit-"), "{shown}");
}

#[test]
fn r51_a_time_is_compared_with_the_clock_of_the_server() {
    let mut fields = vec![("x-ratelimit-reset", "1377013266")];
    fields.push(("date", "Tue, 20 Aug 2013 14:50:41 GMT"));

    assert_eq!(wait_of(&headers(&fields), None), Some(3_025_000));

    for age in ["0", "60"] {
        let headers = headers(&[&fields[..], &[("age", age)]].concat());
        assert_eq!(wait_of(&headers, Some(Reset::Epoch)), Some(0), "{age}");
    }
}

#[test]
fn r53_a_reset_is_seconds_or_a_time_by_its_size() {
    let then = 1_377_010_241;

    for (name, value, received_at, wait) in [
        ("ratelimit-reset", "1", NOW, Some(1)),
        ("ratelimit-reset", "1767225603", NOW, Some(3)),
        ("x-ratelimit-reset", "1767225602", NOW, Some(2)),
        ("x-rate-limit-reset", "1767225599", NOW, Some(0)),
        ("x-ratelimit-reset", "1377013266", then, Some(3_025)),
        ("x-ratelimit-retry-after", "1767225603", NOW, Some(1_767_225_603)),
        ("retry-after", "1767225603", NOW, Some(1_767_225_603)),
        ("x-ratelimit-reset", "", NOW, None),
        ("x-ratelimit-reset", "-1", NOW, None),
    ] {
        let headers = headers(&[(name, value)]);

        let told = read(&headers, at(received_at)).wait(None);

        assert_eq!(told.map(Wait::delay), wait.map(Duration::from_secs), "{name} {value}");
    }
}

#[test]
fn r75_ten_thousand_fields_are_read() {
    let mut headers = HeaderMap::new();
    for n in 0..10_000 {
        let name = HeaderName::try_from(format!("x-ratelimit-remaining-{n}")).unwrap();
        headers.append(name, HeaderValue::from_static("1"));
        headers.append("ratelimit", HeaderValue::from_static(r#""a";r=0;t=5"#));
        headers.append("x-ratelimit-reset", HeaderValue::from_static("99"));
    }

    let told = read(&headers, at(NOW));

    assert_eq!(told.wait(None).unwrap().delay(), Duration::from_secs(5));
    assert!(told.windows().count() < 20);
    headers.append("x-ratelimit-remaining-last", HeaderValue::from_static("0"));
    headers.remove("ratelimit");
    assert!(read(&headers, at(NOW)).is_exhausted());
}

proptest! {
    #[test]
    fn r75_any_fields_have_one_answer(
        fields in vec((name(), value()), 0..12),
        seconds in 0_u64..4_000_000_000,
        unit in unit(),
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, HeaderValue::from_bytes(&value).unwrap());
        }

        let told = read(&headers, at(seconds));
        let again = read(&headers, at(seconds));

        prop_assert_eq!(told.wait(unit), again.wait(unit));
        prop_assert_eq!(told.is_exhausted(), again.is_exhausted());
        let guessed = told.wait(unit).is_some_and(Wait::is_guessed);
        prop_assert!(!guessed || unit.is_none());
        let lines: Vec<_> = headers.get_all("ratelimit").iter().collect();
        let limits = limits(&lines);
        prop_assert!(limits.is_none_or(|limits| lines.len() <= limits.len()));
        prop_assert_eq!(policies(&lines), policies(&lines));
    }
}

fn name() -> impl Strategy<Value = HeaderName> {
    proptest::sample::select(vec![
        "age",
        "date",
        "ratelimit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "retry-after",
        "retry-after-ms",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset",
        "x-ratelimit-reset-after",
        "x-ratelimit-reset-tokens",
    ])
    .prop_map(HeaderName::from_static)
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let mark = proptest::sample::select(b" ,=\"\\;:.-+0123456789ahmnrstTZ\t".to_vec());
    let byte = (0x20_u8..=0xff).prop_filter("DEL is no field byte", |byte| *byte != 0x7f);
    let telling = proptest::sample::select(vec![
        "0",
        "6m0s",
        "NaN",
        "1767225603",
        "99999999999999999999999999",
        "\"a\";r=0;t=60",
        "limit=1, remaining=0, reset=5",
        "2026-01-01T00:01Z",
        "Sun, 06 Nov 1994 08:49:37 GMT",
    ]);
    prop_oneof![
        vec(mark, 0..24),
        vec(byte, 0..24),
        telling.prop_map(|text| text.as_bytes().to_vec())
    ]
}

fn unit() -> impl Strategy<Value = Option<Reset>> {
    let units = vec![Reset::Delta, Reset::DeltaMillis, Reset::Epoch, Reset::EpochMillis];
    proptest::option::of(proptest::sample::select(units))
}

fn wait_of(headers: &HeaderMap, unit: Option<Reset>) -> Option<u128> {
    Some(read(headers, at(NOW)).wait(unit)?.delay().as_millis())
}

fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(*name, HeaderValue::from_static(value));
    }
    headers
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// 2026-01-01T00:00:00Z.
const NOW: u64 = 1_767_225_600;
