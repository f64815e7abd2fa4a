//! What a file can have wrong, each with its line and the cure.

use std::collections::BTreeSet;

use super::super::*;

#[test]
fn each_mistake_is_told_with_its_line() {
    for (line, mistake) in [
        // The top.
        ("host = []", "unknown key `host`: did you mean `hosts`?"),
        ("banana = 1", "unknown key `banana`: the keys are name, title, also,"),
        ("also = 7", "`also` is a number: write it as a text, \"7\""),
        ("also = ['-']", "`-` is not a name: it has no letter and no digit"),
        ("also = ['a', 'A']", "`A` stands twice in `also`"),
        ("hosts = 'https://a.example/'", "`https://a.example/` is no host: write a name, or `*.`"),
        ("hosts = ['a.*.example']", "`a.*.example` is no host"),
        ("hosts = ['*.']", "`*.` is no host"),
        ("hosts = ['a.example:443']", "`a.example:443` is no host"),
        ("hosts = [true]", "`hosts` is true or false: write a text, or a list of texts"),
        ("prefix = 'A B'", "`A B` is no prefix: write one word"),
        ("prefix = 'A1'", "`A1` is no prefix"),
        ("codes = ['errors[0].code']", "`errors[0].code` is no place: arrays are transparent"),
        ("codes = ['a..b']", "`a..b` is no place: write the names of members"),
        ("codes = ['a.b', 'A.B']", "`A.B` is a place twice"),
        ("codes = ['a_b', 'aB']", "`aB` is a place twice"),
        ("code_headers = ['x y']", "`x y` is no name of a header"),
        ("reset = 'deltas'", "`deltas` is no `reset`: did you mean `delta`? it is one of delta,"),
        ("success = ['ok == true']", "`ok == true` is no test: write `path`, `path = value`"),
        ("success = ['ok =']", "`ok =` is no test"),
        ("success = ['= 1']", "`` is no place"),
        ("rule = 'x'", "`rule` is not a list of rules: begin each with `[[rule]]`"),
        ("rule = ['x']", "a rule is a text: begin each with `[[rule]]`"),
        // A rule.
        ("[[rule]]\nkind = 'gone'", "the rule has nothing to be found by: give it a `code`"),
        ("[[rule]]\ncode = 'a'", "the rule has no `kind`: say what happened where it fits"),
    ] {
        let found = mistakes(line);

        let [(number, what)] = &found[..] else { panic!("{line}: {found:?}") };
        assert_eq!(*number, 4, "{line}: {what}");
        assert!(what.starts_with(mistake), "{line}: {what}");
    }
}

#[test]
fn each_mistake_of_a_rule_is_told_with_its_line() {
    for (line, mistake) in [
        ("codes = 'b'", "unknown key `codes`: did you mean `code`?"),
        ("retryable = 'yes'", "`retryable` is a text: write true or false"),
        ("grain = 'fine'", "`fine` is no `grain`: it is one of specific, coarse"),
        ("action = 'wait'", "`wait` is no `action`: it is one of contact_support,"),
        ("replay = 'procesed'", "`procesed` is no `replay`: did you mean `processed`?"),
        ("at = 'x y'", "`x y` is no place"),
        ("status = 99", "99 is no status: statuses are 100 to 999"),
        ("status = [400, 1000]", "1000 is no status"),
        ("status = [400, 400]", "400 stands twice in `status`"),
        ("status = '400'", "`status` is a text: write a number, or a list of numbers"),
        ("status = []", "`status` is an empty list: leave it out"),
        ("text = []", "`text` is an empty list: leave it out"),
        ("text = ['a', '...']", "`...` is not a phrase"),
        ("header = 'a b: c'", "`a b` is no name of a header"),
        ("header = 'a:'", "`a:` has no value: leave the colon out"),
    ] {
        let found = mistakes(&format!("[[rule]]\ncode = 'a'\nkind = 'gone'\n{line}"));

        let [(number, what)] = &found[..] else { panic!("{line}: {found:?}") };
        assert_eq!(*number, 7, "{line}: {what}");
        assert!(what.starts_with(mistake), "{line}: {what}");
    }
}

#[test]
fn each_mistake_of_a_code_is_told_with_its_line() {
    for (line, mistake) in [
        ("code = 190", "`code` is a number: write it as a text, \"190\""),
        ("code = ['a', 1.5]", "`code` is a number: write a text, or a list of texts"),
        ("code = '--'", "`--` is not a code"),
        (
            "code = 'a#b'",
            "`a#b` is never met: a namespace is cut off before codes are compared, write `b`",
        ),
        ("code = ['A_B', 'ab']", "`ab` is the same code as `A_B`"),
    ] {
        let found = mistakes(&format!("[[rule]]\nkind = 'gone'\n{line}"));

        let [(number, what)] = &found[..] else { panic!("{line}: {found:?}") };
        assert_eq!(*number, 6, "{line}: {what}");
        assert!(what.starts_with(mistake), "{line}: {what}");
    }
}

#[test]
fn a_kind_is_one_that_an_answer_can_have() {
    let unknown = mistakes("[[rule]]\ncode = 'a'\nkind = 'rate_limit'\n");
    let ours = mistakes("[[rule]]\ncode = 'a'\nkind = 'circuit_open'\n");

    assert_eq!(unknown[0].0, 6);
    assert!(unknown[0].1.contains(
        "`rate_limit` is no `kind`: did you mean `rate_limited`? it is one of missing_credentials, "
    ));
    assert!(ours[0].1.starts_with("`circuit_open` is no `kind`: it is one of "), "{ours:?}");
}

#[test]
fn an_action_for_a_person_is_not_retryable() {
    let rule = "[[rule]]\ncode = 'a'\nkind = 'conflict'\nretryable = true\n";

    let found = mistakes(rule);

    assert!(
        found[0].1.starts_with(
            "the rule is retryable and its action `review_request` takes a person: add"
        )
    );
    assert!(mistakes(&format!("{rule}action = 'wait_and_retry'\n")).is_empty());
}

#[test]
fn a_place_needs_a_code() {
    let found = mistakes("[[rule]]\nstatus = 400\nkind = 'gone'\nat = 'a'\n");

    assert!(found[0].1.starts_with("`at` says where a code stands, and the rule has no `code`"));
}

#[test]
fn a_place_is_one_that_codes_are_looked_for_in() {
    let rule = "[[rule]]\ncode = 'a'\nkind = 'gone'\nat = 'error.code'\n";

    for head in ["", "codes = []\n", "codes = ['code', 'error']\n"] {
        let found = mistakes(&format!("{head}{rule}"));

        let [(line, what)] = &found[..] else { panic!("{head}: {found:?}") };
        assert_eq!(*line, 7 + head.lines().count());
        assert!(what.starts_with("`error.code` is not in `codes`"), "{what}");
        assert!(what.contains("add it to the list at the top"), "{what}");
    }
    assert!(mistakes(&format!("codes = ['code', 'Error.Code']\n{rule}")).is_empty());
}

#[test]
fn r74_a_success_has_no_rule_where_none_is_read() {
    let rule = "[[rule]]\ncode = 'a'\nkind = 'gone'\nstatus = [400, 200,\n399]\n";

    let found = mistakes(rule);

    let [(7, first), (8, second)] = &found[..] else { panic!("{found:?}") };
    assert!(first.starts_with("200 is below 400, and no such answer is read: say"), "{first}");
    assert!(second.starts_with("399 is below 400"), "{second}");
    assert!(mistakes(&format!("success = 'errors'\n{rule}")).is_empty());
}

#[test]
fn columns_are_characters_however_many_mistakes_a_line_has() {
    let items = 20_000;
    let list = "'é', 1, ".repeat(items);

    let error = Dialect::parse(&format!("also = [{list}]\nname = 7")).unwrap_err();

    let numbers = error.mistakes().iter().filter(|it| it.what().starts_with("`also` is a number"));
    let places: Vec<_> = numbers.map(|it| (it.line(), it.column())).collect();
    let expected: Vec<_> =
        (0..items).map(|at| (1, "also = ['é', ".chars().count() + 8 * at + 1)).collect();
    assert_eq!(places, expected);
    let last = error.mistakes().last().map(|it| (it.line(), it.column()));
    assert_eq!(last, Some((2, 8)));
}

#[test]
fn what_must_be_there_is_told_if_it_is_missing() {
    let error = Dialect::parse("hosts = []\n").unwrap_err();

    let text = error.to_string();

    for key in ["name", "title", "docs"] {
        assert!(text.contains(&format!("line 1: `{key}` is missing")), "{text}");
    }
    let shouted = Dialect::parse("name = 'A'\ntitle = 'A'\ndocs = 'a'\n").unwrap_err();
    assert_eq!(shouted.mistakes().len(), 2, "{shouted}");
}

#[test]
fn a_rule_that_never_decides_is_told_with_the_one_that_does() {
    for (first, second, never) in [
        ("code = 'A'", "code = 'a'", true),
        ("code = ['B', 'A']", "code = 'a'\nstatus = 400", true),
        ("code = 'A'\nstatus = [400, 403]", "code = 'a'\nstatus = 403", true),
        ("code = 'A'\nstatus = 403", "code = 'a'", false),
        ("code = 'A'\nstatus = 403", "code = 'a'\nstatus = [403, 400]", false),
        ("code = 'A'\nat = 'x'", "code = 'a'\nat = 'X'", true),
        ("code = 'A'\nat = 'x'", "code = 'a'\nat = 'y'", false),
        ("code = 'A'\nat = 'x'", "code = 'a'", false),
        ("code = 'A'\nheader = 'x'", "code = 'a'\nheader = 'X: 0'", true),
        ("code = 'A'\nheader = 'x: 1'", "code = 'a'\nheader = 'X: 0'", false),
        ("code = 'A'\nheader = 'x'", "code = 'a'", false),
        ("code = 'A'\ntext = ['b', 'c']", "code = 'a'\ntext = 'x b y'", true),
        ("code = 'A'\ntext = 'b'", "code = 'a'\ntext = ['b', 'd']", false),
        ("code = 'A'\ntext = 'b'", "code = 'a'", false),
        ("text = 'rate limit'", "text = 'secondary Rate-Limit'", true),
        ("text = 'secondary rate limit'", "text = 'rate limit'", false),
        ("text = 'a'\nstatus = 400", "text = 'a'", false),
        ("text = 'a'\nheader = 'x'", "text = 'a'\nheader = 'x'", true),
        ("code = 'A'\ntext = 'a'", "text = 'a'", false),
        ("status = [419, 440]", "status = 440", true),
        ("status = 419\nheader = 'x'", "status = 419", false),
        ("status = 419", "code = 'a'\nstatus = 419", false),
    ] {
        let head = "codes = ['x', 'y']\n";
        let rules = format!("[[rule]]\nkind = 'gone'\n{first}\n[[rule]]\nkind = 'gone'\n{second}");
        let toml = format!("{head}{rules}\n");

        let found = mistakes(&toml);

        assert_eq!(!found.is_empty(), never, "{first} / {second}: {found:?}");
        let where_it_is = " never decides here: the rule in line 5 takes it first";
        assert!(
            found.iter().all(|(line, what)| 7 < *line && what.contains(where_it_is)),
            "{found:?}"
        );
    }
}

#[test]
fn every_mistake_is_told_in_the_order_of_the_file() {
    let error = Dialect::parse(
        "name = 'a'\nhost = 'x'\ntitle = 'A'\ndocs = 'https://a.example'\n\
         [[rule]]\n  code = 7\n  kind = 'gon'\n[[rule]]\n",
    )
    .unwrap_err();

    let lines: Vec<_> = error.mistakes().iter().map(|it| (it.line(), it.column())).collect();

    assert_eq!(lines, [(2, 1), (6, 10), (7, 10), (8, 1), (8, 1)], "{error}");
    assert_eq!(error.to_string().lines().count(), 5);
}

#[test]
fn what_is_no_toml_is_told_alone() {
    let error = Dialect::parse("name = 'a'\ntitle = \nhost = 'x'\nkind = = 1\n").unwrap_err();

    let lines: BTreeSet<_> = error.mistakes().iter().map(Mistake::line).collect();

    assert!(lines.into_iter().eq([2, 4]), "{error}");
}

#[test]
fn r56_a_message_repeats_nothing_that_acts_on_a_terminal() {
    let found = mistakes("reset = \"\\u001b[2J\\n\"");

    assert!(!found[0].1.chars().any(char::is_control), "{found:?}");
}

/// The mistakes of a file that begins with three lines in order.
fn mistakes(rest: &str) -> Vec<(usize, String)> {
    let start = "name = 'acme'\ntitle = 'Acme'\ndocs = 'https://acme.example/docs'\n";
    match Dialect::parse(&format!("{start}{rest}\n")) {
        Ok(_) => Vec::new(),
        Err(error) => error.mistakes().iter().map(|it| (it.line(), it.what().to_owned())).collect(),
    }
}
