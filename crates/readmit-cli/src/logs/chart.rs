//! Charts made of characters.

/// What a chart is drawn with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Pen {
    /// What every terminal has.
    Ascii,
    /// Eighths of a block.
    Blocks,
}

impl Pen {
    /// Returns the pen that the other end can show, by its locale; a pipe and a file can show all.
    pub(crate) fn of_the_locale() -> Pen {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale =
            variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG"));
        Pen::of(locale.as_deref(), variable("TERM").as_deref())
    }

    fn of(locale: Option<&str>, terminal: Option<&str>) -> Pen {
        let locale = locale.unwrap_or_default().to_ascii_uppercase();
        let is_old = matches!(locale.as_str(), "C" | "POSIX") || terminal == Some("linux");
        let is_other = locale.contains('.') && !locale.contains("UTF");
        if is_old || is_other { Pen::Ascii } else { Pen::Blocks }
    }

    /// Draws counts beside each other, each as high as it is, in so many rows, the highest first.
    pub(crate) fn columns(self, counts: &[u64], rows: usize) -> Vec<String> {
        let most = counts.iter().copied().max().unwrap_or_default();
        let levels = self.levels(false);
        let steps = levels.len() as u64 - 1;
        let whole = rows as u64 * steps;
        let height = |count: u64| scaled(count, most, whole);
        let row = |row: usize| {
            let below = row as u64 * steps;
            let level = |count: &u64| {
                let filled = height(*count).saturating_sub(below).min(steps);
                usize::try_from(filled).ok().and_then(|at| levels.get(at)).copied().unwrap_or(' ')
            };
            counts.iter().map(level).collect::<String>()
        };
        (0..rows).rev().map(|at| row(at).trim_end().to_owned()).collect()
    }

    /// Draws counts in one row.
    pub(crate) fn sparkline(self, counts: &[u32], width: usize) -> String {
        let counts: Vec<u64> = squeezed(counts, width);
        self.columns(&counts, 1).concat()
    }

    /// Draws a count as a bar, whose whole width `most` would have.
    pub(crate) fn bar(self, count: u64, most: u64, width: usize) -> String {
        let levels = self.levels(true);
        let steps = levels.len() as u64 - 1;
        let filled = scaled(count, most, width as u64 * steps);
        let full = usize::try_from(filled / steps).unwrap_or(width).min(width);
        let last = usize::try_from(filled % steps).ok().filter(|rest| *rest != 0);
        let mut bar: String = std::iter::repeat_n(self.full(), full).collect();
        bar.extend(last.and_then(|rest| levels.get(rest)));
        bar
    }

    fn full(self) -> char {
        match self {
            Pen::Ascii => '#',
            Pen::Blocks => '█',
        }
    }

    /// From nothing to a whole cell.
    fn levels(self, is_level: bool) -> &'static [char] {
        match (self, is_level) {
            (Pen::Ascii, true) => &[' ', '#'],
            (Pen::Ascii, false) => &[' ', '.', ':', '|'],
            (Pen::Blocks, true) => &[' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
            (Pen::Blocks, false) => &[' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
        }
    }
}

/// What is there is seen, however little it is.
fn scaled(count: u64, most: u64, whole: u64) -> u64 {
    if count == 0 || most == 0 {
        return 0;
    }
    let scaled = u128::from(count) * u128::from(whole) / u128::from(most.max(count));
    u64::try_from(scaled).unwrap_or(whole).max(1)
}

/// Adds neighbours until there are no more than so many.
fn squeezed(counts: &[u32], width: usize) -> Vec<u64> {
    let each = counts.len().div_ceil(width.max(1)).max(1);
    // The last one is whole, because the present matters most.
    let odd = counts.len() % each;
    let (first, rest) = counts.split_at_checked(odd).unwrap_or((&[], counts));
    let chunks = [first].into_iter().filter(|first| !first.is_empty()).chain(rest.chunks(each));
    chunks.map(|chunk| chunk.iter().map(|count| u64::from(*count)).sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_high_as_its_count() {
        assert_eq!(Pen::Blocks.columns(&[0, 1, 8, 16, 15], 2), ["   █▇", " ▁███"]);
        assert_eq!(Pen::Ascii.columns(&[0, 1, 3, 6], 2), ["   |", " .||"]);
        assert_eq!(Pen::Blocks.columns(&[], 2), ["", ""]);
        assert_eq!(Pen::Blocks.columns(&[0, 0], 1), [""]);
    }

    #[test]
    fn a_bar_is_as_long_as_its_count() {
        assert_eq!(Pen::Blocks.bar(10, 10, 4), "████");
        assert_eq!(Pen::Blocks.bar(5, 10, 3), "█▌");
        assert_eq!(Pen::Ascii.bar(5, 10, 4), "##");
        assert_eq!(Pen::Blocks.bar(1, 1_000_000, 4), "▏");
        assert_eq!(Pen::Blocks.bar(0, 10, 4), "");
        assert_eq!(Pen::Ascii.bar(u64::MAX, 1, 4), "####");
    }

    #[test]
    fn a_sparkline_is_no_wider_than_it_may_be() {
        let counts: Vec<u32> = (0..100).collect();

        let line = Pen::Blocks.sparkline(&counts, 30);

        assert!(line.chars().count() <= 30, "{line}");
        assert!(line.ends_with('█'), "{line}");
        assert_eq!(Pen::Ascii.sparkline(&[1, 0, 3], 9), ". |");
    }

    #[test]
    fn the_pen_is_the_one_that_the_locale_has() {
        for (locale, terminal, pen) in [
            (Some("en_GB.UTF-8"), Some("xterm"), Pen::Blocks),
            (Some("C.UTF-8"), None, Pen::Blocks),
            (Some("C"), Some("xterm"), Pen::Ascii),
            (Some("de_DE.ISO-8859-1"), Some("xterm"), Pen::Ascii),
            (Some("C.utf8"), Some("linux"), Pen::Ascii),
            (None, None, Pen::Blocks),
        ] {
            assert_eq!(Pen::of(locale, terminal), pen, "{locale:?} {terminal:?}");
        }
    }
}
