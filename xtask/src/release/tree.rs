use std::io;

use super::Release;
use crate::job::Report;
use crate::print;
use crate::process::told;

/// Checks that what would be published is what is committed, and what the tag says.
pub(super) fn check(release: &Release) -> io::Result<Report> {
    let Some(changes) = git(release, &["status", "--porcelain"])? else {
        return Ok(Report::failed("no git here to say what is committed: work in a clone"));
    };
    print::line(io::stdout(), &changes);
    let mut failed = Vec::new();
    if !changes.is_empty() {
        let count = changes.lines().count();
        failed.push(format!("{count} files are not committed: commit them, or put them away"));
    }
    let wanted = format!("v{}", release.version);
    if let Some(tag) = release.tag.as_ref().filter(|tag| **tag != wanted) {
        failed.push(format!("the tag is {tag} and the version wants {wanted}: correct one"));
    }
    // A tag that exists already is that of this commit, or of another release.
    let [tagged, head] = [format!("{wanted}^{{commit}}"), "HEAD".to_owned()]
        .map(|name| git(release, &["rev-parse", "--quiet", "--verify", &name]));
    if let (Some(tagged), Some(head)) = (tagged?, head?)
        && tagged != head
    {
        failed.push(format!("{wanted} is another commit already: raise the version in Cargo.toml"));
    }
    Ok(Report::passed("nothing that is not committed").or_failed_for(&failed))
}

/// Returns what git says, or `None` if it refuses.
pub(super) fn git(release: &Release, args: &[&str]) -> io::Result<Option<String>> {
    told(std::process::Command::new("git").args(args).current_dir(&release.workspace.root))
}
