use super::Finding;
use crate::workspace::Package;

/// Checks that a member takes from the workspace what the workspace decides: lints, edition,
/// minimum Rust version and the versions of dependencies.
pub(crate) fn check(package: &Package, text: &str) -> Vec<Finding> {
    let path = package.manifest();
    let mut findings = Vec::new();
    for (section, key) in INHERITED {
        if !inherits(text, section, key) {
            let what = match *key {
                "workspace" => format!("`[{section}]` lacks `workspace = true`: add it"),
                _ => format!("`{key}` is not the workspace's: write `{key}.workspace = true`"),
            };
            findings.push(Finding::error(&path, 1, what));
        }
    }
    for (line, name) in own_versions(text) {
        let what = format!("`{name}` has a version of its own: write `workspace = true`");
        findings.push(Finding::error(&path, line, what));
    }
    if package.published {
        let faults = shown_faults(package, text);
        findings.extend(faults.into_iter().map(|what| Finding::error(&path, 1, what)));
    }
    findings
}

/// What a published crate lacks of what crates.io shows of it and packs.
fn shown_faults(package: &Package, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if package.description.trim().is_empty() {
        faults.push("no description: say in one line what it is for".to_owned());
    }
    if !inherits(text, "package", "include") {
        faults.push("packs what lies in its folder: write `include.workspace = true`".to_owned());
    }
    for (key, most) in LISTED {
        let listed = entries(text)
            .filter(|entry| entry.section == "package")
            .find_map(|entry| entry.assignment.strip_prefix(key)?.split_once('['));
        let count = listed.map_or(0, |(_, list)| list.matches('"').count() / 2);
        if !(1..=*most).contains(&count) {
            faults.push(format!("{count} {key}: crates.io takes 1 to {most}"));
        }
    }
    faults
}

/// With how many of them crates.io takes.
const LISTED: &[(&str, usize)] = &[("categories", 5), ("keywords", 5)];

const INHERITED: &[(&str, &str)] = &[
    ("lints", "workspace"),
    ("package", "edition"),
    ("package", "license"),
    ("package", "rust-version"),
    ("package", "version"),
];

fn inherits(text: &str, section: &str, key: &str) -> bool {
    entries(text).any(|entry| {
        let spelt = entry.assignment.replace(' ', "");
        entry.section == section
            && (spelt == format!("{key}=true")
                || spelt == format!("{key}.workspace=true")
                || spelt == format!("{key}={{workspace=true}}"))
    })
}

/// The dependencies, with their lines, that do not take their version from the workspace.
fn own_versions(text: &str) -> Vec<(usize, &str)> {
    entries(text)
        .filter(|entry| entry.section.ends_with("dependencies"))
        .filter(|entry| !entry.assignment.replace(' ', "").contains("workspace=true"))
        .filter_map(|entry| {
            let (name, _) = entry.assignment.split_once('=')?;
            Some((entry.line, name.trim()))
        })
        .filter(|(_, name)| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
        .collect()
}

struct Entry<'a> {
    section: &'a str,
    line: usize,
    assignment: &'a str,
}

/// The lines of a manifest that assign something, each under its section; this much of TOML is what
/// the members' manifests use.
fn entries(text: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut section = "";
    (1..).zip(text.lines()).filter_map(move |(line, content)| {
        let content = content.split(" #").next().unwrap_or(content).trim();
        if let Some(title) = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = title;
            return None;
        }
        let assigns = content.contains('=') && !content.starts_with('#');
        assigns.then_some(Entry { section, line, assignment: content })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"a\"\nversion.workspace = true\n\
                        edition = { workspace = true }\nrust-version.workspace = true\n\
                        license.workspace = true\ninclude.workspace = true\n\
                        keywords = [\"a\", \"b\"]\ncategories = [\"c\"]\n\n[dependencies]\n\
                        http = { workspace = true, features = [\n    \"std\",\n] }\n\
                        serde.workspace = true\n\n[features]\ndefault = [\"std\"]\n\n\
                        [lints]\nworkspace = true\n";

    #[test]
    fn a_member_that_takes_everything_from_the_workspace_is_fine() {
        let findings = check(&Package::sample("a"), GOOD);

        assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn what_a_member_decides_for_itself_is_a_finding() {
        let text = GOOD
            .replace("rust-version.workspace = true", "rust-version = \"1.90\"")
            .replace("[lints]\nworkspace = true\n", "");

        let findings = check(&Package::sample("a"), &text);

        assert_eq!(findings.len(), 2, "{findings:?}");
    }

    #[test]
    fn a_version_of_its_own_is_a_finding_with_its_line() {
        let text = GOOD.replace("serde.workspace = true", "serde = \"1\"");

        let findings = check(&Package::sample("a"), &text);

        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].line, 15);
    }

    #[test]
    fn a_published_crate_says_what_it_is_for() {
        let silent = Package { description: " ".to_owned(), ..Package::sample("a") };

        assert_eq!(check(&silent, GOOD).len(), 1);
    }

    #[test]
    fn a_published_crate_is_found_and_packs_what_is_listed() {
        let many = GOOD.replace("\"a\", \"b\"", "\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"");
        let unpacked = GOOD.replace("include.workspace = true\n", "");
        let unlisted = GOOD.replace("categories = [\"c\"]\n", "");

        for text in [many, unpacked, unlisted] {
            let findings = check(&Package::sample("a"), &text);
            assert_eq!(findings.len(), 1, "{findings:?}");
        }
        let tool = Package { published: false, ..Package::sample("a") };
        assert!(check(&tool, &GOOD.replace("include.workspace = true\n", "")).is_empty());
    }
}
