//! What a server wrote, or whoever wrote the JSON that a failure is read from, made fit to be shown
//! (rule 56); what is neutral already stays as it is.

use crate::untrusted::is_plain;
use crate::{Challenge, Denied, ErrorBody, neutralise};

pub(crate) fn body(body: &mut ErrorBody) {
    for (text, limit) in [
        (&mut body.error, NAME_LIMIT),
        (&mut body.error_description, DESCRIPTION_LIMIT),
        (&mut body.error_code, NAME_LIMIT),
        (&mut body.timestamp, NAME_LIMIT),
        (&mut body.request_id, NAME_LIMIT),
    ] {
        if let Some(text) = text {
            in_place(text, limit);
        }
    }
}

pub(crate) fn denied(denied: &mut Denied) {
    let names = [&mut denied.role, &mut denied.organization, &mut denied.resource];
    let names = names.into_iter().flatten();
    for name in names.chain(&mut denied.permissions).chain(&mut denied.scopes) {
        in_place(name, NAME_LIMIT);
    }
}

/// Cuts nothing: a value may be claims or a nonce, of which only the whole is of use.
pub(crate) fn challenge(challenge: &mut Challenge) {
    for text in challenge.texts_mut() {
        in_place(text, usize::MAX);
    }
}

fn in_place(text: &mut String, limit: usize) {
    if !is_plain(text, limit) {
        *text = neutralise(text, limit);
    }
}

/// Characters of a word, a code or an id.
pub(crate) const NAME_LIMIT: usize = 128;
/// Characters of a sentence.
pub(crate) const DESCRIPTION_LIMIT: usize = 512;

#[cfg(test)]
mod tests {
    use crate::{Challenge, Denied, Failure, Kind, Origin};

    #[test]
    fn r56_what_the_server_wrote_is_bounded_and_neutral() {
        let failure = Failure::builder(Kind::Unknown, Origin::Answer { status: 500 })
            .description("x\n".repeat(1_000))
            .code("\u{1b}[31m")
            .because("code \r".repeat(1_000))
            .build();

        assert_eq!(failure.description().map(|text| text.chars().count() <= 512), Some(true));
        assert_eq!(failure.code(), Some("\\u{1b}[31m"));
        assert!(failure.because().chars().count() <= 512);
        assert!(!failure.because().contains('\r'));
    }

    #[test]
    fn r56_what_was_denied_is_neutral_too() {
        let denied = Denied {
            permissions: vec!["a\n".to_owned()],
            scopes: vec!["x".repeat(1_000)],
            resource: Some("\u{202e}".to_owned()),
            ..Denied::default()
        };

        let failure =
            Failure::builder(Kind::InsufficientPermissions, Origin::Local).denied(denied).build();

        assert_eq!(failure.denied().permissions, ["a\\u{a}"]);
        assert_eq!(failure.denied().scopes[0].chars().count(), 128);
        assert_eq!(failure.denied().resource.as_deref(), Some("\\u{202e}"));
    }

    #[test]
    fn r56_a_challenge_is_neutral_and_whole() {
        // Byte 0x9b of a header, read as Latin-1, begins an escape sequence of a terminal.
        let claims = "e".repeat(4_000);
        let challenge =
            Challenge::new("Bearer").param("error", "\u{9b}31m").param("claims", &claims);

        let failure =
            Failure::builder(Kind::InvalidCredentials, Origin::Local).challenge(challenge).build();

        assert_eq!(failure.challenges()[0].error(), Some("\\u{9b}31m"));
        assert_eq!(failure.challenges()[0].value("claims"), Some(claims.as_str()));
    }
}
