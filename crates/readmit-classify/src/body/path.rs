/// Where a member stands: its own name, behind those of the objects that it is in.
///
/// An array adds nothing: what stands in it stands where the array does.
/// Names that stand deeper than [`DEPTH`] are not told, and neither is what is behind them; one of
/// more than [`NAME_LIMIT`] bytes is told as an empty one.
#[derive(Clone, Debug)]
pub(crate) struct Path<'a> {
    names: [&'a str; DEPTH],
    length: usize,
}

impl<'a> Path<'a> {
    pub(crate) const fn new() -> Path<'a> {
        Path { names: [""; DEPTH], length: 0 }
    }

    pub(crate) fn of(name: &'a str) -> Path<'a> {
        let mut path = Path::new();
        path.push(name);
        path
    }

    /// Returns the name of the member; an empty one for what stands in no object.
    pub(crate) fn name(&self) -> &'a str {
        self.names().next_back().unwrap_or_default()
    }

    /// Returns the names from the outside in.
    pub(crate) fn names(&self) -> impl DoubleEndedIterator<Item = &'a str> + ExactSizeIterator {
        let told = self.names.get(..self.length).unwrap_or(&self.names);
        told.iter().copied()
    }

    /// Returns whether all of the names are known.
    pub(crate) fn is_told(&self) -> bool {
        self.length <= DEPTH
    }

    pub(super) fn push(&mut self, name: &'a str) {
        if let Some(place) = self.names.get_mut(self.length) {
            // What stands in an array is told with the array's name again and again (rule 75).
            *place = if name.len() <= NAME_LIMIT { name } else { "" };
        }
        self.length += 1;
    }

    pub(super) fn pop(&mut self) {
        self.length = self.length.saturating_sub(1);
    }
}

/// The names of a path.
pub(crate) const DEPTH: usize = 8;

/// Bytes of the longest name.
const NAME_LIMIT: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r75_a_name_without_an_end_is_told_as_none() {
        let name = "x".repeat(NAME_LIMIT + 1);

        assert_eq!(Path::of(&name).name(), "");
        assert_eq!(Path::of(&name[1..]).name(), &name[1..]);
    }
}
