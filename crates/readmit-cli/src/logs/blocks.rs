use std::io::{self, Read};
use std::mem;

/// Cuts what is read into blocks of whole lines, in constant memory whatever the lines are.
#[derive(Debug)]
pub(crate) struct Blocks<R> {
    from: R,
    /// The beginning of a line whose end was not read yet.
    rest: Vec<u8>,
    /// How the line begins that is too long and being passed over.
    passing: Option<Vec<u8>>,
    limit: usize,
}

/// What is read at once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Block {
    /// Lines with their ends; that of the last line of all may be missing.
    Lines(Vec<u8>),
    /// A line that is longer than a block, of which this is the beginning.
    TooLong(Vec<u8>),
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(from: R) -> Blocks<R> {
        Blocks::of(from, BLOCK)
    }

    /// The same with blocks of so many bytes.
    fn of(from: R, limit: usize) -> Blocks<R> {
        Blocks { from, rest: Vec::new(), passing: None, limit }
    }

    /// Returns the next block; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block>> {
        loop {
            let mut block = Vec::with_capacity(self.limit);
            block.append(&mut self.rest);
            let room = self.limit.saturating_sub(block.len()) as u64;
            let read = (&mut self.from).take(room).read_to_end(&mut block)?;
            let is_over = read == 0 && room != 0;
            if let Some(beginning) = self.passing.take() {
                match memchr::memchr(b'\n', &block) {
                    Some(end) => {
                        self.rest = block.split_off(end + 1);
                        return Ok(Some(Block::TooLong(beginning)));
                    }
                    None if is_over => return Ok(Some(Block::TooLong(beginning))),
                    None => self.passing = Some(beginning),
                }
                continue;
            }
            if is_over {
                return Ok((!block.is_empty()).then_some(Block::Lines(block)));
            }
            match memchr::memrchr(b'\n', &block) {
                Some(end) => {
                    self.rest = block.split_off(end + 1);
                    return Ok(Some(Block::Lines(block)));
                }
                None if block.len() < self.limit => self.rest = block,
                None => {
                    block.truncate(BEGINNING);
                    self.passing = Some(mem::take(&mut block));
                }
            }
        }
    }
}

/// Returns the lines of a block, without their ends.
pub(crate) fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let block = block.strip_suffix(b"\n").unwrap_or(block);
    let mut rest = Some(block);
    std::iter::from_fn(move || {
        let text = rest?;
        let (line, after) = match memchr::memchr(b'\n', text) {
            Some(end) => (text.get(..end)?, text.get(end + 1..)),
            None => (text, None),
        };
        rest = after;
        Some(line)
    })
}

/// Bytes that are read at once, and the longest line that is looked at.
const BLOCK: usize = 1 << 20;
/// Bytes that are kept of a line that is longer.
const BEGINNING: usize = 256;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_without_an_end_is_passed_over() {
        let text = [b"a\n".to_vec(), vec![b'x'; 100], b"\nb\nc".to_vec()].concat();

        let blocks = blocks(&text, 16);

        let [Block::Lines(first), Block::TooLong(long), Block::Lines(rest)] = &blocks[..] else {
            panic!("{blocks:?}")
        };
        assert_eq!((&first[..], &rest[..]), (&b"a\n"[..], &b"b\nc"[..]));
        assert!(long.iter().all(|byte| *byte == b'x') && long.len() <= BEGINNING);
    }

    #[test]
    fn a_line_that_never_ends_is_one_line() {
        assert_eq!(blocks(&[b'x'; 100], 16), [Block::TooLong(vec![b'x'; 16])]);
        assert_eq!(blocks(b"", 16), []);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_lines_stay_whole(
            lengths in prop::collection::vec(0_usize..12, 0..40), limit in 12_usize..50,
        ) {
            let text: Vec<u8> =
                lengths.iter().flat_map(|length| [&vec![b'x'; *length][..], b"\n"].concat()).collect();

            let read = blocks(&text, limit);

            let mut whole: Vec<u8> = Vec::new();
            for block in &read {
                let Block::Lines(block) = block else { panic!("no line is that long") };
                prop_assert!(block.len() <= limit && block.ends_with(b"\n"));
                whole.extend_from_slice(block);
            }
            prop_assert_eq!(&whole, &text);
            let found = lines(&whole).map(<[u8]>::len).filter(|_| !whole.is_empty());
            prop_assert_eq!(found.collect::<Vec<usize>>(), lengths);
        }
    }

    fn blocks(text: &[u8], limit: usize) -> Vec<Block> {
        let mut blocks = Blocks::of(text, limit);
        std::iter::from_fn(|| blocks.next().unwrap()).collect()
    }
}
