use std::borrow::Cow;

use crate::failure::Inner;
use crate::neutralise;

/// Bounds and neutralises what a server wrote, or whoever wrote the JSON that a failure is read from
/// (rule 56); what is neutral already stays as it is.
pub(crate) fn neutralise_all(inner: &mut Inner) {
    let (body, denied) = (&mut inner.body, &mut inner.denied);
    for (text, limit) in [
        (&mut body.error, NAME_LIMIT),
        (&mut body.error_description, DESCRIPTION_LIMIT),
        (&mut body.error_code, NAME_LIMIT),
        (&mut body.timestamp, NAME_LIMIT),
        (&mut body.request_id, NAME_LIMIT),
        (&mut denied.role, NAME_LIMIT),
        (&mut denied.organization, NAME_LIMIT),
        (&mut denied.resource, NAME_LIMIT),
    ] {
        if let Some(text) = text {
            *text = neutralise(text, limit);
        }
    }
    for name in denied.permissions.iter_mut().chain(&mut denied.scopes) {
        *name = neutralise(name, NAME_LIMIT);
    }
    for challenge in &mut inner.challenges {
        // Not cut: a value may be claims or a nonce, of which only the whole is of use.
        *challenge = challenge.map(|text| neutralise(text, usize::MAX));
    }
    if let Cow::Owned(because) = &mut inner.because {
        *because = neutralise(because, DESCRIPTION_LIMIT);
    }
}

/// Characters of a word, a code or an id.
const NAME_LIMIT: usize = 128;
/// Characters of a sentence.
const DESCRIPTION_LIMIT: usize = 512;

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
