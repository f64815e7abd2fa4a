use std::io::Write;

use readmit_log::redact::Redactor;

use crate::fields::split;

/// A secret and, on the lines behind it, anything: on every surface nothing is left of the secret,
/// and what is redacted stays as it is.
pub fn redactor(data: &[u8]) {
    let (secret, text) = split(data, b"\n");
    let (secret, text) = (String::from_utf8_lossy(secret), String::from_utf8_lossy(text));
    let redactor = Redactor::new();
    redactor.register(&secret);
    let surfaces: [fn(&Redactor, &str) -> String; 7] = [
        |redactor, text| redactor.text(text).into_owned(),
        |redactor, text| redactor.json(text),
        |redactor, text| redactor.form(text),
        |redactor, text| redactor.markup(text),
        |redactor, text| redactor.url(text),
        |redactor, text| redactor.header("www-authenticate", text.as_bytes()),
        |redactor, text| redactor.field("note", text).into_owned(),
    ];
    for redact in surfaces {
        let clean = redact(&redactor, &text);
        assert_eq!(redact(&redactor, &clean), clean);
        // One with a letter of the mark in it may seem to stand where the mark does.
        let is_looked_for = 4 <= secret.len() && !secret.contains(['R', 'E', 'D', 'A', 'C', 'T']);
        assert!(!is_looked_for || !clean.contains(&*secret), "{clean:?}");
    }
    let mut writer = redactor.writer(Vec::new());
    for piece in text.as_bytes().chunks(7) {
        let _ = writer.write(piece);
    }
    let written = writer.finish().unwrap_or_default();
    assert!(str::from_utf8(&written).is_ok());
}
