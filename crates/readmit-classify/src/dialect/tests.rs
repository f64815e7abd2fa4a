//! The look-ups, against small dialects and against a reference that goes through all rules.

mod mistakes;
mod model;
mod shipped;

use http::{HeaderMap, HeaderValue};
use readmit_error::{Action, Kind, Replay};

use super::*;
use crate::signal::Reading;

#[test]
fn r78_a_code_is_found_in_any_spelling() {
    let dialect = dialect("[[rule]]\ncode = ['InvalidToken', '190']\nkind = 'token_expired'\n");

    for code in [
        "InvalidToken",
        "invalid_token",
        "INVALID-TOKEN",
        "InvalidTokenException",
        "com.acme.errors#InvalidTokenException:http://internal.acme.example/",
        "https://acme.example/problems/invalid-token/",
        " 190 ",
    ] {
        assert_eq!(code_kind(&dialect, code), Some(Kind::TokenExpired), "{code}");
    }
    for code in ["InvalidTokens", "InvalidTokenExceptions", "19", "1900", "", "Exception", "-"] {
        assert_eq!(code_kind(&dialect, code), None, "{code}");
    }
}

#[test]
fn a_code_as_it_is_decides_before_the_same_without_exception() {
    let dialect = dialect(
        "[[rule]]\ncode = 'Foo'\nkind = 'gone'\n\
         [[rule]]\ncode = 'FooException'\nkind = 'timeout'\n",
    );

    assert_eq!(code_kind(&dialect, "foo_exception"), Some(Kind::Timeout));
    assert_eq!(code_kind(&dialect, "foo"), Some(Kind::Gone));
}

#[test]
fn all_that_a_rule_names_must_hold() {
    let dialect = dialect_with(
        "codes = 'error.code'\n",
        "[[rule]]\ncode = '7'\nat = 'error.code'\nstatus = [400, 403]\ntext = ['slow down', 'x y']\n\
         header = 'x-left: 0'\nkind = 'rate_limited'\n",
    );
    let (left, none) = (headers("x-left", " 0 "), HeaderMap::new());
    let more = headers("x-left", "10");
    let (place, other) = (Some(Path::of("error.code")), Some(Path::of("code")));

    for (at, status, headers, text, holds) in [
        (place, 403, &left, "Please slow down!", true),
        (place, 400, &left, "x-y", true),
        (other, 403, &left, "slow down", false),
        (None, 403, &left, "slow down", false),
        (place, 401, &left, "slow down", false),
        (place, 403, &none, "slow down", false),
        (place, 403, &more, "slow down", false),
        (place, 403, &left, "slow", false),
    ] {
        let texts = |phrase: Phrase<'_>| phrase.stands_in(text);
        let context = Context { status, headers, texts: &texts };

        let found = dialect.code("7", at, &context);

        assert_eq!(found.is_some(), holds, "{at:?} {status} {text}");
    }
}

#[test]
fn a_header_without_a_value_only_has_to_be_there() {
    let dialect = dialect("[[rule]]\ncode = '7'\nheader = 'X-Left'\nkind = 'rate_limited'\n");
    let (any, none) = (headers("x-left", "whatever"), HeaderMap::new());

    assert!(dialect.code("7", None, &Context { headers: &any, ..context(400, &none) }).is_some());
    assert!(dialect.code("7", None, &context(400, &none)).is_none());
}

#[test]
fn of_several_rules_that_hold_the_first_in_the_file_decides() {
    let dialect = dialect(
        "[[rule]]\ncode = 'A'\nstatus = 403\nkind = 'rate_limited'\n\
         [[rule]]\ncode = ['B', 'A']\nkind = 'gone'\n",
    );
    let none = HeaderMap::new();

    let kind =
        |status| dialect.code("a", None, &context(status, &none)).map(|it| it.reading().kind);

    assert_eq!(kind(403), Some(Kind::RateLimited));
    assert_eq!(kind(404), Some(Kind::Gone));
}

#[test]
fn a_code_with_the_prefix_is_found_in_a_text_and_by_its_number_alone() {
    let dialect = dialect_with(
        "prefix = 'AADSTS'\n",
        "[[rule]]\ntext = 'signature validation'\nkind = 'gone'\n\
         [[rule]]\ncode = ['AADSTS50013', 'AADSTS']\nkind = 'invalid_credentials'\n",
    );

    for text in [
        "AADSTS50013: Assertion failed signature validation.",
        "signature validation (aadsts50013)",
        "[\u{201c}AADSTS50013\u{201d}]",
    ] {
        assert_eq!(text_kind(&dialect, text), Some(Kind::InvalidCredentials), "{text}");
    }
    assert_eq!(text_kind(&dialect, "AADSTS5001 signature validation"), Some(Kind::Gone));
    for text in ["AADSTS", "50013", "XAADSTS50013", "AADSTS50013x"] {
        assert_eq!(text_kind(&dialect, text), None, "{text}");
    }
    assert_eq!(code_kind(&dialect, "50013"), Some(Kind::InvalidCredentials));
    assert_eq!(code_kind(&dialect, "50013x"), None);
}

#[test]
fn of_several_phrases_the_first_in_the_file_decides() {
    let dialect = dialect(
        "[[rule]]\ntext = ['no seats left', 'secondary rate limit']\nkind = 'quota_exhausted'\n\
         [[rule]]\ntext = 'secondary'\nkind = 'gone'\n\
         [[rule]]\ncode = 'A'\ntext = 'tertiary'\nkind = 'gone'\n",
    );

    for (text, kind) in [
        ("secondary Rate-Limit", Some(Kind::QuotaExhausted)),
        ("secondary; no seats left", Some(Kind::QuotaExhausted)),
        ("a secondary rate", Some(Kind::Gone)),
        ("tertiary", None),
        ("", None),
    ] {
        assert_eq!(text_kind(&dialect, text), kind, "{text}");
    }
}

#[test]
fn a_rule_by_its_status_alone_decides_by_status() {
    let dialect = dialect(
        "[[rule]]\nstatus = 419\nheader = 'x-a'\nkind = 'gone'\n\
         [[rule]]\nstatus = [440, 419]\nkind = 'token_expired'\n\
         [[rule]]\nstatus = 420\ncode = 'A'\nkind = 'gone'\n",
    );
    let (none, a) = (HeaderMap::new(), headers("x-a", "1"));

    let kind =
        |status, headers| dialect.status(&context(status, headers)).map(|it| it.reading().kind);

    assert_eq!(kind(419, &none), Some(Kind::TokenExpired));
    assert_eq!(kind(419, &a), Some(Kind::Gone));
    assert_eq!(kind(440, &a), Some(Kind::TokenExpired));
    assert_eq!(kind(420, &none), None);
    assert_eq!(kind(999, &none), None);
}

#[test]
fn r79_what_is_found_says_by_what_and_all_that_the_rule_says() {
    let dialect = dialect(
        "[[rule]]\ncode = ['x', 'In_Progress']\nkind = 'conflict'\ngrain = 'coarse'\n\
         action = 'wait_and_retry'\nretryable = true\nreplay = 'processed'\n\
         [[rule]]\nstatus = 420\nkind = 'rate_limited'\n",
    );
    let none = HeaderMap::new();

    let found = dialect.code("inProgress", None, &context(420, &none)).unwrap();
    let plain = dialect.status(&context(420, &none)).unwrap();

    assert_eq!((found.says(), found.by(), found.order()), ("In_Progress", By::Code, 0));
    assert_eq!(found.reading(), Reading::coarse(Kind::Conflict));
    assert_eq!(found.action(), Some(Action::WaitAndRetry));
    assert_eq!((found.retryable(), found.replay()), (Some(true), Some(Replay::Processed)));
    assert_eq!((plain.says(), plain.by(), plain.order()), ("", By::Status, 1));
    assert_eq!(plain.reading(), Reading::specific(Kind::RateLimited));
    assert_eq!((plain.action(), plain.retryable(), plain.replay()), (None, None, None));
}

#[test]
fn places_are_ranked_in_the_order_of_the_file() {
    let dialect =
        dialect_with("codes = ['error.error_subcode', 'code']\ncode_headers = 'x-code'\n", "");

    assert_eq!(dialect.place(Path::of("error.errorSubcode")), Some(0));
    assert_eq!(dialect.place(Path::of("code")), Some(1));
    assert_eq!(dialect.place(Path::of("error.code")), None);
    assert_eq!(dialect.code_headers().collect::<Vec<_>>(), ["x-code"]);
    assert_eq!(dialect.reset(), None);
}

#[test]
fn r53_a_dialect_says_how_resets_are_counted() {
    for (word, reset) in [
        ("delta", Reset::Delta),
        ("delta_millis", Reset::DeltaMillis),
        ("epoch", Reset::Epoch),
        ("epoch_millis", Reset::EpochMillis),
    ] {
        assert_eq!(dialect_with(&format!("reset = '{word}'\n"), "").reset(), Some(reset));
    }
}

#[test]
fn an_error_inside_a_success_is_seen_where_the_dialect_says_so() {
    let dialect = dialect_with("success = ['ok = false', 'errors', 'a.code != 0']\n", "");

    assert!(dialect.reads_success());
    assert!(dialect.fails(Path::of("ok"), Told::Bool(false)));
    assert!(dialect.fails(Path::of("errors"), Told::Container { empty: false }));
    assert!(dialect.fails(Path::of("a.code"), Told::Number("7")));
    assert!(!dialect.fails(Path::of("a.code"), Told::Number("0")));
    assert!(!dialect.fails(Path::of("a"), Told::Bool(false)));
    assert!(!self::dialect("").reads_success());
}

#[test]
fn a_dialect_is_called_by_any_of_its_names_and_by_nothing_more() {
    let dialect = dialect_with("also = ['AWS', 'Amazon Web Services']\n", "");

    for (asked, is) in [
        ("acme", true),
        ("ACME", true),
        ("AWS", true),
        ("a-w-s", true),
        ("amazon_web_services", true),
        ("AWS Lambda", false),
        ("Amazon", false),
        ("AWSome", false),
        ("", false),
        (" - ", false),
    ] {
        assert_eq!(dialect.is_called(asked), is, "{asked}");
    }
}

#[test]
fn a_shipped_dialect_is_found_by_its_whole_name() {
    for (asked, name) in [
        ("X", Some("x")),
        ("Square", Some("square")),
        ("git-hub", Some("github")),
        ("X-Ray", None),
        ("Square Enix", None),
        ("Connect Direct", None),
        ("", None),
    ] {
        assert_eq!(Dialect::named(asked).map(Dialect::name), name, "{asked}");
    }
}

#[test]
fn of_several_patterns_that_fit_a_host_the_longest_decides() {
    let dialects = [
        dialect_with("hosts = ['*.example', 'a.c.example']\n", ""),
        dialect_with("hosts = ['*.b.example', 'b.example', 'bexample']\n", ""),
        dialect_with("hosts = ['*.c.example', '*.a.b.example']\n", ""),
    ];
    let hosts = source::hosts(&dialects);

    for (host, dialect) in [
        ("x.example", Some(0)),
        ("b.example", Some(1)),
        ("x.b.example", Some(1)),
        ("X.A.B.Example.:8443", Some(2)),
        ("a.b.example", Some(1)),
        ("a.c.example", Some(0)),
        ("x.a.c.example", Some(2)),
        ("xb.example", Some(0)),
        ("bexample", Some(1)),
        ("x.bexample", None),
        ("b-example", None),
        ("example", None),
        (".example", None),
        ("example.com", None),
        ("", None),
    ] {
        assert_eq!(at_host(host, &hosts), dialect, "{host}");
    }
    assert_eq!(at_host(&format!("{}x.example", "a.".repeat(32 * 1024)), &hosts), None);
}

#[test]
fn debug_shows_the_name_alone() {
    let dialect = dialect("[[rule]]\ncode = 's3cret'\nkind = 'gone'\n");

    assert_eq!(format!("{dialect:?}"), "Dialect { name: \"acme\", .. }");
}

fn code_kind(dialect: &Dialect, code: &str) -> Option<Kind> {
    let none = HeaderMap::new();
    dialect.code(code, None, &context(400, &none)).map(|found| found.reading().kind)
}

fn text_kind(dialect: &Dialect, text: &str) -> Option<Kind> {
    let none = HeaderMap::new();
    dialect.text(text, &context(400, &none)).map(|found| found.reading().kind)
}

fn context(status: u16, headers: &HeaderMap) -> Context<'_> {
    Context { status, headers, texts: &|_| false }
}

fn headers(name: &'static str, value: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(name, HeaderValue::from_static(value));
    headers
}

fn dialect(rules: &str) -> Dialect {
    dialect_with("", rules)
}

fn dialect_with(head: &str, rules: &str) -> Dialect {
    let start = "name = 'acme'\ntitle = 'Acme'\ndocs = 'https://acme.example/docs'\n";
    Dialect::parse(&format!("{start}{head}{rules}")).unwrap()
}
