use proptest::prelude::*;

use super::*;
use crate::redact::prefix;
use crate::redact::vocabulary::WORDS;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn r82_what_falls_through_the_sieve_is_no_secret(
        pieces in proptest::collection::vec(piece(), 0..16),
    ) {
        let text = pieces.concat();
        let rules = Rules::default();
        let mut thorough = Scan {
            rules: &rules,
            text: text.as_bytes(),
            depth: 0,
            has_percent: text.contains('%'),
            spans: Spans::default(),
        };
        thorough.run(Which::All);

        let found = scan(&rules, text.as_bytes(), 0);

        let parts: Vec<_> = found.iter().collect();
        prop_assert_eq!(parts, thorough.spans.iter().collect::<Vec<_>>(), "{}", text);
    }
}

#[test]
fn r82_a_value_in_the_next_line_or_in_a_type_of_its_own_is_hidden() {
    for (text, clean) in [
        ("Authorization: Bearer\r\n abc\r\nHost: x", "Authorization: REDACTED\r\nHost: x"),
        (
            "Authorization:\r\n\tBasic abc\r\nHost: x",
            "Authorization:\r\n\tBasic REDACTED\r\nHost: x",
        ),
        ("password:\n  abc\nuser: x", "password:\n  REDACTED\nuser: x"),
        ("\"password\" :\n\"abc\"", "\"password\" :\n\"REDACTED\""),
        ("secret:\n  name: abc", "secret:\n  name: abc"),
        ("password=\nuser=x", "password=\nuser=x"),
        ("password: b\"abc\"", "password: b\"REDACTED\""),
        ("password = r#\"abc\"#", "password = r#\"REDACTED\"#"),
        ("Authorization(\"abc\")", "Authorization(\"REDACTED\")"),
        ("config: ApiKey(\"abc\"), page(\"2\")", "config: ApiKey(\"REDACTED\"), page(\"2\")"),
    ] {
        let found = scan(&Rules::default(), text.as_bytes(), 0).apply(text).into_owned();

        assert_eq!(found, clean);
    }
}

#[test]
fn r82_what_a_token_is_made_of_is_no_token() {
    for text in [
        "Invalid token: jwt expired",
        "invalid token: exp claim is in the past",
        "Authorization: audience is not accepted",
    ] {
        assert!(scan(&Rules::default(), text.as_bytes(), 0).is_empty(), "{text}");
    }
    for (text, clean) in [
        ("Invalid token: jwtexpired", "Invalid token: REDACTED"),
        ("token: \"jwt\"", "token: \"REDACTED\""),
        ("token=jwt", "token=REDACTED"),
    ] {
        let found = scan(&Rules::default(), text.as_bytes(), 0).apply(text).into_owned();

        assert_eq!(found, clean);
    }
}

#[test]
fn r82_a_password_with_signs_of_a_url_in_it_is_hidden_whatever_the_host() {
    for text in [
        "postgres://user:pa/abc@db/prod",
        "redis://:1234/abc@cache/0",
        "mysql://root:p#abc@db:3306/x",
        "amqp://root:p?abc@rabbit/x",
    ] {
        let found = scan(&Rules::default(), text.as_bytes(), 0).apply(text).into_owned();

        assert!(!found.contains("abc"), "{found}");
    }
    let text = "http://[::1]:8080/a@b http://db:8080/a@b";
    assert!(scan(&Rules::default(), text.as_bytes(), 0).is_empty());
}

/// Names, signs, tokens, and what they are made of.
fn piece() -> impl Strategy<Value = String> {
    let word = (0..WORDS.len()).prop_map(|at| WORDS[at].0.to_owned());
    let words = word.clone();
    let prefix = (0..prefix::PREFIXES.len()).prop_map(|at| prefix::PREFIXES[at].begin.to_owned());
    prop_oneof![
        4 => word,
        1 => words.prop_map(|word| word.to_ascii_uppercase()),
        4 => "[ =:\"'`\\]\\[_.$(-]{1,2}",
        2 => prefix,
        2 => "[a-zA-Z0-9]{20,40}",
        1 => "[A-Z][a-z]{2,5}",
        1 => "[0-9]{1,8}",
        1 => "[ -~]{1,6}",
        1 => "[\nä/<@%~|+]",
        1 => "(://|[a-z0-9]{1,2}://)",
        1 => "[a-z ]{20,60}",
        1 => "[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-fA-F]{12}",
    ]
}
