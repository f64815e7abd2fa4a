//! Bytes looked at eight at a time: most texts of an answer are too short for anything cleverer.

/// Returns where the first of these marks stands, all of which are ASCII.
pub(crate) fn position<const N: usize>(bytes: &[u8], marks: [u8; N]) -> Option<usize> {
    let mut rest = bytes;
    while let Some((eight, behind)) = rest.split_first_chunk() {
        let found = find(u64::from_le_bytes(*eight), marks);
        if found != 0 {
            return Some(bytes.len() - rest.len() + found.trailing_zeros() as usize / 8);
        }
        rest = behind;
    }
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().position(|byte| marks.contains(byte));
    };
    // These eight overlap with what was read, so that nothing is left over.
    let found = find(u64::from_le_bytes(*last), marks);
    (found != 0).then(|| bytes.len() - last.len() + found.trailing_zeros() as usize / 8)
}

/// Returns whether all bytes are letters and digits of ASCII.
pub(crate) fn are_alphanumeric(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().all(u8::is_ascii_alphanumeric);
    };
    let eights = bytes.as_chunks().0.iter().chain([last]);
    eights.fold(HIGHEST, |all, eight| all & alphanumeric(u64::from_le_bytes(*eight))) == HIGHEST
}

/// Sets the highest bit of each byte that is a letter or a digit, and nothing else.
const fn alphanumeric(eight: u64) -> u64 {
    let digit = within(eight & !HIGHEST, b'0', b'9');
    let letter = within((eight | repeat(0x20)) & !HIGHEST, b'a', b'z');
    (digit | letter) & !eight & HIGHEST
}

/// Sets the highest bit of each byte that is from `first` to `last`, of bytes that are all ASCII:
/// no sum reaches the next byte.
const fn within(eight: u64, first: u8, last: u8) -> u64 {
    let from_first = eight + repeat(0x80 - first);
    let past_last = eight + repeat(0x7f - last);
    from_first & !past_last
}

/// Sets the highest bit of the lowest byte that is one of the marks, and of none below it.
///
/// A byte less one has that bit where it was zero, or where it had it before and was no ASCII.
fn find<const N: usize>(eight: u64, marks: [u8; N]) -> u64 {
    let found = |mark| (eight ^ repeat(mark)).wrapping_sub(repeat(1));
    marks.into_iter().fold(0, |all, mark| all | found(mark)) & !eight & HIGHEST
}

const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

const HIGHEST: u64 = repeat(0x80);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mark_is_found_wherever_it_stands() {
        for length in 0..40 {
            let text = format!("{}\"{}", "!#a[~".repeat(8).split_at(length).0, "\\".repeat(9));

            assert_eq!(position(text.as_bytes(), [b'"', b'\\']), Some(length), "{text}");
        }
    }

    #[test]
    fn letters_and_digits_are_told_from_all_else_wherever_they_stand() {
        for (byte, at) in (0..=u8::MAX).flat_map(|byte| (0..12).map(move |at| (byte, at))) {
            let mut bytes = *b"aZ09zA9x0aZ9";
            bytes[at] = byte;

            assert_eq!(are_alphanumeric(&bytes), byte.is_ascii_alphanumeric(), "{byte} at {at}");
            assert_eq!(are_alphanumeric(&bytes[at..]), byte.is_ascii_alphanumeric());
        }
    }

    proptest! {
        #[test]
        fn eight_bytes_at_a_time_are_as_good_as_one(
            bytes in proptest::collection::vec(any::<u8>().prop_map(|byte| byte & 0x83), 0..40),
        ) {
            let one = bytes.iter().position(|byte| [1, 2].contains(byte));

            prop_assert_eq!(position(&bytes, [1, 2]), one);
        }
    }
}
