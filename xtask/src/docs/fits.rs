/// Returns whether an output is what a page shows of it.
///
/// `…` in a line stands for any text, and a line that is `…` alone for any lines, also for none.
pub(super) fn fits(told: &str, shown: &str) -> bool {
    let told: Vec<_> = told.trim_end().lines().map(str::trim_end).collect();
    let shown: Vec<_> = shown.trim_end().lines().map(str::trim_end).collect();
    lines_fit(&told, &shown)
}

fn lines_fit(told: &[&str], shown: &[&str]) -> bool {
    let Some((pattern, more)) = shown.split_first() else { return told.is_empty() };
    if pattern.trim_start() == GAP {
        return (0..=told.len()).any(|skipped| lines_fit(&told[skipped..], more));
    }
    match told.split_first() {
        Some((line, rest)) => line_fits(line, pattern) && lines_fit(rest, more),
        None => false,
    }
}

fn line_fits(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split(GAP);
    let Some(mut rest) = parts.next().and_then(|start| line.strip_prefix(start)) else {
        return false;
    };
    let parts: Vec<_> = parts.collect();
    let Some((end, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(end)
}

const GAP: &str = "…";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_whole_must_be_told_word_for_word() {
        assert!(fits("a\n  b\n", "a\n  b\n"));
        assert!(!fits("a\nb\n", "a\n"));
        assert!(!fits("a\n", "a\nb\n"));
        assert!(!fits("a b", "a"));
        assert!(!fits("", "a"));
        assert!(fits("", ""));
    }

    #[test]
    fn a_gap_stands_for_any_text_in_a_line() {
        assert!(fits("id 17 of req_9, done", "id … of …, done"));
        assert!(!fits("id 17 of req_9", "id … of …, done"));
        assert!(!fits("an id 17", "id …"));
    }

    #[test]
    fn a_line_that_is_a_gap_stands_for_any_lines() {
        assert!(fits("a\nb\nc\nd", "a\n…\nd"));
        assert!(fits("a\nd", "a\n…\nd"));
        assert!(fits("a\nb", "a\n…"));
        assert!(!fits("a\nb", "a\n…\nd"));
    }
}
