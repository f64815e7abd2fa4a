use std::fs;
use std::path::Path;

use crate::tidy::Finding;

/// Returns the relative links of a Markdown file that lead to no file or no heading.
///
/// Links to other hosts are not followed, so that the check needs no network; links to Rust items
/// are rustdoc's to check.
pub(crate) fn check(root: &Path, file: &Path, text: &str) -> Vec<Finding> {
    let folder = root.join(file).parent().map(Path::to_path_buf).unwrap_or_default();
    targets(text)
        .into_iter()
        .filter(|(_, target)| is_relative(target))
        .filter_map(|(line, target)| {
            let what = fault(&folder, text, target)?;
            Some(Finding::error(file, line, format!("{what}: correct the link")))
        })
        .collect()
}

/// Says what is wrong with a link, if anything is.
fn fault(folder: &Path, text: &str, target: &str) -> Option<String> {
    let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
    let there = folder.join(path);
    if !path.is_empty() && !there.exists() {
        return Some(format!("`{path}` does not exist"));
    }
    if fragment.is_empty() || !(path.is_empty() || path.ends_with(".md")) {
        return None;
    }
    let linked = if path.is_empty() { text.to_owned() } else { fs::read_to_string(there).ok()? };
    let found = linked.lines().zip(prose(&linked)).any(|(line, prose)| {
        prose.starts_with('#') && slug(line).is_some_and(|slug| slug == fragment)
    });
    (!found).then(|| format!("`{target}` names no heading"))
}

/// The targets of all links outside code, each with its line.
pub(crate) fn targets(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for ((number, line), prose) in (1..).zip(text.lines()).zip(prose(text)) {
        for (at, _) in prose.match_indices("](") {
            let inside = &line[at + 2..];
            found.push((number, inside.split([')', ' ']).next().unwrap_or(inside)));
        }
        let definition = prose.starts_with('[').then(|| prose.find("]: ")).flatten();
        if let Some(at) = definition {
            let inside = line[at + 3..].trim_start();
            found.push((number, inside.split(' ').next().unwrap_or(inside)));
        }
    }
    found
}

/// The lines, of the same length, with code blanked.
fn prose(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        let mut span = false;
        let blanked = line.bytes().map(|byte| {
            span ^= byte == b'`';
            let code = fenced || fence || span;
            if code || !byte.is_ascii() { ' ' } else { char::from(byte) }
        });
        lines.push(blanked.collect());
    }
    lines
}

fn is_relative(target: &str) -> bool {
    let item = target.contains("::") || !target.contains(['/', '.', '#']) || target.contains('@');
    let elsewhere = target.contains("://") || target.starts_with("mailto:");
    !item && !elsewhere
}

/// The fragment under which a heading can be linked to.
fn slug(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?;
    let kept = title.trim().chars().filter(|&c| c.is_alphanumeric() || " -_".contains(c));
    Some(kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# The title: one\n\n[a](no/such.md), [b](https://host.example/x.md)\n\
                        [c](#the-title-one) and `[d](no/such.md)`\n[`e`](#nowhere)\n\
                        ```md\n[f](no/such.md)\n```\n[g]: no/such.md\n[`H`](crate::H)\n";

    #[test]
    fn links_in_prose_are_found_with_their_lines() {
        let targets = targets(TEXT);

        assert_eq!(
            targets,
            [
                (3, "no/such.md"),
                (3, "https://host.example/x.md"),
                (4, "#the-title-one"),
                (5, "#nowhere"),
                (9, "no/such.md"),
                (10, "crate::H"),
            ]
        );
    }

    #[test]
    fn a_link_to_no_file_or_no_heading_is_a_finding() {
        let findings = check(Path::new("/no/root"), Path::new("a.md"), TEXT);

        let lines: Vec<_> = findings.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [3, 5, 9]);
    }

    #[test]
    fn a_link_to_a_file_that_is_there_is_none() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));

        let findings = check(root, Path::new("a.md"), "[a](Cargo.toml) [b](src/links.rs)");

        assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn a_heading_is_linked_to_as_forges_do() {
        assert_eq!(slug("## What it does not do").as_deref(), Some("what-it-does-not-do"));
        assert_eq!(slug("#hash"), None);
    }
}
