use std::io;
use std::path::Path;

use super::tree::git;
use super::version::Version;
use super::{Release, changelog, judged};
use crate::api::{self, Difference};
use crate::job::Report;
use crate::tidy::Finding;

/// Compares what the crates offer with what they offered in the last release.
///
/// It sees what a listing shows. That a trait asks for more, or that an enum which is complete has
/// another variant, is an added line that breaks: a reader of the difference sees to that.
pub(super) fn check(release: &Release) -> io::Result<Report> {
    let Ok(version) = release.version.parse::<Version>() else {
        return Ok(Report::failed(format!("{} is not like 1.2.3", release.version)));
    };
    let tags = git(release, &["tag", "--list", "v*"])?.unwrap_or_default();
    let Some(last) = last_before(&tags, version) else {
        let text = release.workspace.read(Path::new(changelog::FILE))?;
        let earlier = changelog::released(&text).find(|word| *word != release.version);
        return Ok(match earlier {
            None => Report::passed("nothing was released before"),
            Some(earlier) => Report::failed(format!(
                "no tag v{earlier} here to compare with, and the changelog has it: git fetch --tags"
            )),
        });
    };
    let mut findings = Vec::new();
    let offered = api::written(&release.workspace)?;
    let listed = git(release, &["ls-tree", "-r", "--name-only", &format!("v{last}"), "docs/api"])?;
    for file in listed.unwrap_or_default().lines().filter(|file| file.ends_with(".txt")) {
        let name = file.trim_start_matches("docs/api/").trim_end_matches(".txt");
        let old = git(release, &["show", &format!("v{last}:{file}")])?.unwrap_or_default();
        let new = offered.get(name).map_or("", String::as_str);
        findings.extend(faults(name, &Difference::of(&old, new), last, version));
    }
    Ok(judged(&findings, format!("{version} may come after {last}")))
}

/// The greatest version among the tags that is less than this one.
fn last_before(tags: &str, version: Version) -> Option<Version> {
    let versions = tags.lines().filter_map(|tag| tag.trim().strip_prefix('v')?.parse().ok());
    versions.filter(|earlier| *earlier < version).max()
}

fn faults(
    name: &str,
    difference: &Difference<'_>,
    last: Version,
    version: Version,
) -> Vec<Finding> {
    // That a type has lost something is a line more.
    let (lost, gained): (Vec<_>, Vec<_>) =
        difference.added.iter().partition(|line| line.starts_with("impl !"));
    let breaking = difference.removed.iter().map(|line| ('-', line));
    let breaking = breaking.chain(lost.into_iter().map(|line| ('+', line)));
    let adding = gained.into_iter().map(|line| ('+', line));
    let mut findings = Vec::new();
    for (changes, least) in [
        (breaking.collect::<Vec<_>>(), last.next_breaking()),
        (adding.collect(), last.next_adding()),
    ] {
        if version < least {
            findings.extend(changes.into_iter().map(|(sign, line)| {
                let what = format!(
                    "`{sign} {line}` since {last} wants version {least}, and this is {version}: \
                     raise it, or take the change back"
                );
                Finding::error(&api::path(name), 1, what)
            }));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_away_wants_a_version_that_may_break() {
        let difference = Difference { removed: vec!["pub fn a::b()"], added: vec![] };

        let [finding] = &found(&difference, "0.1.0", "0.1.1")[..] else { panic!("one finding") };

        assert!(finding.contains("`- pub fn a::b()` since 0.1.0 wants version 0.2.0"), "{finding}");
        assert!(found(&difference, "0.1.0", "0.2.0").is_empty());
        assert_eq!(found(&difference, "1.1.0", "1.2.0").len(), 1);
    }

    #[test]
    fn what_was_added_wants_a_version_that_may_add() {
        let difference = Difference { removed: vec![], added: vec!["pub fn a::b()"] };

        assert!(found(&difference, "0.1.0", "0.1.1").is_empty());
        assert!(found(&difference, "1.1.0", "1.2.0").is_empty());
        assert_eq!(found(&difference, "1.1.0", "1.1.1").len(), 1);
    }

    #[test]
    fn a_type_that_is_not_sent_any_more_breaks() {
        let lost = Difference { removed: vec![], added: vec!["impl !core::marker::Send for a::B"] };

        assert_eq!(found(&lost, "0.1.0", "0.1.1").len(), 1);
    }

    #[test]
    fn the_last_release_is_the_greatest_tag_below_this_version() {
        let version = "0.10.0".parse().unwrap();

        let last = last_before("v0.10.0\nv0.9.1\nv0.11.0\nvectors\nv0.2.0\n", version);

        assert_eq!(last, Some("0.9.1".parse().unwrap()));
        assert_eq!(last_before("", version), None);
    }

    fn found(difference: &Difference<'_>, last: &str, version: &str) -> Vec<String> {
        let [last, version] = [last, version].map(|text| text.parse().unwrap());
        let findings = faults("a", difference, last, version);
        findings.into_iter().map(|finding| finding.what).collect()
    }
}
