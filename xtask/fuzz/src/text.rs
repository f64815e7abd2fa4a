use crate::fields::split;

/// Text, the first byte saying how much of it may be shown: it is bounded, acts on nothing, and
/// stays as it is (rule 56).
pub fn neutralise(data: &[u8]) {
    let Some((limit, text)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    for limit in [usize::from(*limit), usize::MAX] {
        let shown = readmit_error::neutralise(&text, limit);
        assert!(shown.chars().count() <= limit);
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
        assert_eq!(readmit_error::neutralise(&shown, limit), shown);
    }
}

/// A secret and, on the lines behind it, what a server wrote: nothing is left of the secret.
pub fn redact(data: &[u8]) {
    let (secret, text) = split(data, b"\n");
    let (secret, text) = (String::from_utf8_lossy(secret), String::from_utf8_lossy(text));
    let clean = readmit_error::redact(&text, &secret);
    // One with a letter of the mark in it may seem to stand where the mark does.
    if secret.is_empty() || secret.contains(['R', 'E', 'D', 'A', 'C', 'T']) {
        return;
    }
    assert!(!clean.contains(&*secret));
    assert_eq!(readmit_error::redact(&clean, &secret), clean);
    if !text.contains(&*secret) && secret.len() <= 12 && !text.ends_with('…') {
        assert_eq!(clean, text);
    }
}
