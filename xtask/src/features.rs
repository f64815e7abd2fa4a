use std::io;

use crate::job::Report;
use crate::process::{cargo, succeeds_unwarned};
use crate::workspace::{Package, Workspace};

/// Checks each library, with its tests and examples, without features, with the default ones and
/// with all.
pub(crate) fn job(workspace: &Workspace) -> io::Result<Report> {
    let mut failed = Vec::new();
    let mut checked = 0_usize;
    for package in workspace.libraries() {
        for flags in flag_sets(package) {
            let mut check = cargo(workspace, CHECK);
            checked += 1;
            if !succeeds_unwarned(check.args(["--package", &package.name]).args(*flags))? {
                failed.push([&[package.name.as_str()], *flags].concat().join(" "));
            }
        }
    }
    Ok(Report::passed(format!("{checked} checks")).or_failed_for(&failed))
}

/// Checks each library with each feature alone and with each two of them: what goes wrong with
/// three and not with two of them has not been seen, and all of them are checked by the other job.
pub(crate) fn pairs(workspace: &Workspace) -> io::Result<Report> {
    let mut failed = Vec::new();
    let mut checked = 0_usize;
    for package in workspace.libraries() {
        for features in one_or_two(&package.features) {
            let features = features.join(",");
            let mut check = cargo(workspace, CHECK_LIBRARY);
            check.args(["--package", &package.name, "--features", &features]);
            checked += 1;
            if !succeeds_unwarned(&mut check)? {
                failed.push(format!("{} with {features}", package.name));
            }
        }
    }
    Ok(Report::passed(format!("{checked} checks")).or_failed_for(&failed))
}

fn flag_sets(package: &Package) -> &'static [&'static [&'static str]] {
    if package.default_features {
        &[&["--no-default-features"], &[], &["--all-features"]]
    } else {
        &[&["--no-default-features"], &["--all-features"]]
    }
}

fn one_or_two(features: &[String]) -> Vec<Vec<&str>> {
    let mut sets = Vec::new();
    for (at, one) in (1..).zip(features) {
        sets.push(vec![one.as_str()]);
        sets.extend(features.iter().skip(at).map(|other| vec![one.as_str(), other.as_str()]));
    }
    sets
}

/// With tests and examples: they have to do without a feature as well.
const CHECK: &[&str] = &["check", "--locked", "--all-targets"];

const CHECK_LIBRARY: &[&str] = &["check", "--locked", "--lib", "--no-default-features"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feature_is_checked_alone_and_with_each_other_one() {
        let features = ["a", "b", "c"].map(str::to_owned);

        let sets = one_or_two(&features);

        let joined: Vec<_> = sets.iter().map(|set| set.join("+")).collect();
        assert_eq!(joined, ["a", "a+b", "a+c", "b", "b+c", "c"]);
        assert!(one_or_two(&[]).is_empty());
    }
}
