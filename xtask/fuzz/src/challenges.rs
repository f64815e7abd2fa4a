use readmit_classify::challenges::{Challenges, parse};
use readmit_error::Challenge;

/// The values of `WWW-Authenticate`, one to a line: what is well formed has its names once, is read
/// again as it is written, and is found behind whatever stands before it (rule 37).
pub fn challenges(data: &[u8]) {
    let values = || data.split(|byte| *byte == b'\n');
    let told = parse(values());
    assert_eq!(all(&told), all(&parse(values())), "one answer");
    for challenge in told.well_formed() {
        assert!(!challenge.scheme().is_empty());
        let names: Vec<_> = challenge.params().map(|(name, _)| name).collect();
        assert!(names.len() <= 128 && (names.is_empty() || challenge.as_token68().is_none()));
        for (at, name) in names.iter().enumerate() {
            assert!(names.iter().skip(at + 1).all(|other| !other.eq_ignore_ascii_case(name)));
        }
    }
    assert!(!told.is_valid() || told.malformed_schemes().next().is_none());

    if told.well_formed().iter().all(can_be_written) {
        let written: Vec<_> = told.well_formed().iter().map(Challenge::to_string).collect();
        let read = parse(&written);
        assert!(read.is_valid(), "{written:?}");
        assert_eq!(read.well_formed(), told.well_formed());
    }
    let behind = parse(values().chain([&b"Bearer error=\"invalid_token\""[..]]));
    assert_eq!(behind.well_formed().last().and_then(Challenge::error), Some("invalid_token"));
}

fn all(told: &Challenges) -> (Vec<Challenge>, Vec<String>, bool) {
    let malformed = told.malformed_schemes().map(str::to_owned).collect();
    (told.well_formed().to_vec(), malformed, told.is_valid())
}

/// Whether no character would become a space.
fn can_be_written(challenge: &Challenge) -> bool {
    challenge.params().all(|(_, value)| value.bytes().all(|byte| matches!(byte, b' '..=b'~')))
}
