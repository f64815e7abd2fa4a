//! Every text in every shipped language: there, apart from the others, and of the right tone.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use proptest::sample::select;
use readmit_error::{Failure, Kind, Origin, RetryAfter};
use readmit_message::{Audience, Catalogue, Terminal};

#[test]
fn r93_every_language_says_something_else_of_every_kind_to_every_audience() {
    for catalogue in catalogues() {
        let mut titles = HashSet::new();
        let mut messages = HashSet::new();
        for kind in Kind::ALL {
            let entry = catalogue.kind(kind);
            assert!(titles.insert(entry.title().to_owned()), "{kind} {}", catalogue.language());
            for audience in Audience::ALL {
                let message = entry.message(audience).to_owned();
                assert!(messages.insert(message), "{kind} {audience} {}", catalogue.language());
                assert!(!entry.actions(audience).is_empty());
            }
            assert_eq!(entry.causes().len(), entry.cures().len(), "{kind}");
        }
    }
}

#[test]
fn a_translation_is_not_the_english_text() {
    let [english, others @ ..] = catalogues();

    for other in others {
        for kind in Kind::ALL {
            let [ours, theirs] = [&english, &other].map(|catalogue| catalogue.kind(kind));
            assert_ne!(ours.title(), theirs.title(), "{kind}");
            assert_ne!(ours.prevention(), theirs.prevention(), "{kind}");
            for audience in Audience::ALL {
                assert_ne!(ours.message(audience), theirs.message(audience), "{kind}");
                assert_ne!(ours.actions(audience), theirs.actions(audience), "{kind}");
            }
        }
    }
}

#[test]
fn r95_what_could_not_be_verified_is_not_called_a_bad_credential() {
    let unverified = [
        Kind::RateLimited,
        Kind::ServerError,
        Kind::Unavailable,
        Kind::Gateway,
        Kind::Timeout,
        Kind::Dns,
        Kind::Connect,
        Kind::Tls,
        Kind::ConnectionLost,
        Kind::ClientTimeout,
        Kind::CircuitOpen,
        Kind::RetriesExhausted,
        Kind::DeadlineExceeded,
    ];
    let words: [&[&str]; 4] = [
        &["credential", "sign-in", "sign in", "password", "token"],
        &["zugangsdaten", "anmeld", "passwort", "token"],
        &["credencial", "sesión", "contraseña", "token"],
        &["認証情報", "サインイン", "パスワード", "トークン"],
    ];

    for (catalogue, words) in catalogues().iter().zip(words) {
        for kind in unverified {
            let told = told(catalogue, kind);

            assert!(words.iter().all(|word| !told.contains(word)), "{kind}: {told}");
        }
    }
}

#[test]
fn nothing_is_called_no_longer_valid_and_nobody_is_blamed() {
    let phrases: [&[&str]; 4] = [
        &["no longer valid", "invalid", "your fault", "you forgot", "you failed", "you entered"],
        &["nicht mehr gültig", "ungültig", "ihr fehler", "sie haben vergessen"],
        &["ya no es válid", "inválid", "no válid", "su culpa", "usted olvidó"],
        &["有効ではなくなり", "無効な", "あなたの間違い", "忘れ"],
    ];

    for (catalogue, phrases) in catalogues().iter().zip(phrases) {
        for kind in Kind::ALL {
            let told = told(catalogue, kind);

            assert!(phrases.iter().all(|phrase| !told.contains(phrase)), "{kind}: {told}");
        }
    }
}

#[test]
fn a_wait_has_the_plural_form_of_the_language() {
    let waits = [(1, 0), (60, 1), (300, 2), (3_600, 3), (7_200, 4), (86_400, 5), (172_800, 6)];
    for (tag, told) in [
        (
            "en",
            [
                "You can try again in 1 second.",
                "You can try again in 1 minute.",
                "You can try again in 5 minutes.",
                "You can try again in 1 hour.",
                "You can try again in 2 hours.",
                "You can try again in 1 day.",
                "You can try again in 2 days.",
            ],
        ),
        (
            "de-AT",
            [
                "Sie können es in einer Sekunde noch einmal versuchen.",
                "Sie können es in einer Minute noch einmal versuchen.",
                "Sie können es in 5 Minuten noch einmal versuchen.",
                "Sie können es in einer Stunde noch einmal versuchen.",
                "Sie können es in 2 Stunden noch einmal versuchen.",
                "Sie können es in einem Tag noch einmal versuchen.",
                "Sie können es in 2 Tagen noch einmal versuchen.",
            ],
        ),
        (
            "es-MX",
            [
                "Podrá volver a intentarlo dentro de un segundo.",
                "Podrá volver a intentarlo dentro de un minuto.",
                "Podrá volver a intentarlo dentro de 5 minutos.",
                "Podrá volver a intentarlo dentro de una hora.",
                "Podrá volver a intentarlo dentro de 2 horas.",
                "Podrá volver a intentarlo dentro de un día.",
                "Podrá volver a intentarlo dentro de 2 días.",
            ],
        ),
        (
            "ja",
            [
                "1 秒後にもう一度お試しいただけます。",
                "1 分後にもう一度お試しいただけます。",
                "5 分後にもう一度お試しいただけます。",
                "1 時間後にもう一度お試しいただけます。",
                "2 時間後にもう一度お試しいただけます。",
                "1 日後にもう一度お試しいただけます。",
                "2 日後にもう一度お試しいただけます。",
            ],
        ),
    ] {
        let catalogue = Catalogue::shipped(tag);
        for (seconds, at) in waits {
            let hint = RetryAfter::new(Duration::from_secs(seconds), SystemTime::UNIX_EPOCH);
            let failure = Failure::builder(Kind::RateLimited, Origin::Answer { status: 429 })
                .retry_after(hint)
                .build();

            assert_eq!(catalogue.message(&failure).build().when_retry(), Some(told[at]));
        }
    }
}

#[test]
fn r93_a_language_that_lacks_a_text_or_has_one_too_many_is_refused() {
    let whole = include_str!("../lang/de.ftl");
    assert_eq!(Catalogue::translated("gsw", whole).unwrap().language(), "gsw");
    let first_line = |from: &str| 1 + whole.lines().position(|line| line.contains(from)).unwrap();

    for (from, to, what) in [
        ("    .title = Nicht erlaubt\n", "", "`insufficient_permissions` has no `.title`"),
        (".title = Nicht erlaubt", ".titel = Nicht erlaubt", "has no `.titel`"),
        ("check-first =", "check-last =", "`check-last` is no text"),
        ("check-first = Wenn", "-check-first = Wenn", "`check-first` is missing"),
        ("        Wartungsarbeiten.\n", "", "has 1 lines of `.causes`, and English has 2"),
        ("in { $count } Tagen", "in vielen Tagen", "`wait-days` does not show its value"),
        ("in { $count } Tagen", "in { $days } Tagen", "Unknown variable"),
        (": { $command }", "", "`run-command` does not show its value"),
        (".title = Nicht erlaubt", ".title = Nicht\u{200b}erlaubt", "cannot be seen"),
    ] {
        assert!(whole.contains(from), "{from}");
        let bad = Catalogue::translated("de", &whole.replacen(from, to, 1)).unwrap_err();

        assert!(bad.what().contains(what), "{bad}");
        assert!(!bad.cure().is_empty());
    }
    let renamed = whole.replacen("check-first =", "check-last =", 1);
    let bad = Catalogue::translated("de", &renamed).unwrap_err();
    assert_eq!(bad.line(), first_line("check-first ="));
    assert_eq!(Catalogue::translated("no tag", whole).unwrap_err().line(), 1);
}

proptest! {
    #[test]
    fn r94_no_text_of_the_catalogue_changes_with_what_the_server_says(
        kind in select(Kind::ALL.to_vec()),
        audience in select(Audience::ALL.to_vec()),
        language in select(Catalogue::LANGUAGES.to_vec()),
        said in "[a-zA-Z0-9<>&\"' ]{8,40}",
    ) {
        let catalogue = Catalogue::shipped(language);
        let silent = Failure::builder(kind, Origin::Answer { status: 400 }).build();
        let talking = Failure::builder(kind, Origin::Answer { status: 400 })
            .json(&serde_json::json!({"error": said, "details": {"value": said}}).to_string())
            .code(&said)
            .description(&said)
            .build();

        let [silent, talking] =
            [&silent, &talking].map(|failure| catalogue.message(failure).audience(audience).build());

        prop_assert_eq!(silent.title(), talking.title());
        prop_assert_eq!(silent.message(), talking.message());
        prop_assert_eq!(silent.actions(), talking.actions());
        prop_assert_eq!(silent.help_link(), talking.help_link());
        prop_assert_eq!(silent.without_details().html(), talking.without_details().html());
    }

    #[test]
    fn a_line_fits_the_terminal_in_every_language(
        kind in select(Kind::ALL.to_vec()),
        language in select(Catalogue::LANGUAGES.to_vec()),
        columns in 20_usize..100,
    ) {
        let failure = Failure::builder(kind, Origin::Answer { status: 500 }).build();

        let message = Catalogue::shipped(language).message(&failure).build();

        let text = message.terminal(Terminal::new(columns));
        let lines = text.lines().filter(|line| !line.contains("https://"));
        for line in lines {
            prop_assert!(line.chars().count() <= columns, "{}", line);
        }
        prop_assert!(text.contains(message.help_link()));
    }
}

fn catalogues() -> [Catalogue; 4] {
    Catalogue::LANGUAGES.map(Catalogue::shipped)
}

/// Everything that is told of a kind to anybody, in lower case.
fn told(catalogue: &Catalogue, kind: Kind) -> String {
    let entry = catalogue.kind(kind);
    let mut told = entry.title().to_owned();
    for audience in Audience::ALL {
        told.push_str(&format!(
            " {} {}",
            entry.message(audience),
            entry.actions(audience).join(" ")
        ));
    }
    told.to_lowercase()
}
