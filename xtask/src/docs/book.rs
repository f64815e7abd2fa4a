use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::page::Page;
use crate::links;
use crate::process::{is_there, succeeds};
use crate::workspace::Workspace;

/// Whether the program that makes the book is installed.
pub(super) fn is_possible() -> bool {
    is_there(Command::new("mdbook").arg("--version"))
}

/// Makes the book of the pages; what their links find outside of it is led elsewhere first.
pub(super) fn make(
    workspace: &Workspace,
    pages: &[Page],
    folder: &str,
    to: &Path,
) -> io::Result<bool> {
    let source = workspace.target.join("docs-source");
    if source.exists() {
        fs::remove_dir_all(&source)?;
    }
    copy(&workspace.root.join(folder), &source)?;
    // The listings are for reviews; in a site the documentation of the crates has this place.
    let listings = source.join(API);
    if listings.exists() {
        fs::remove_dir_all(listings)?;
    }
    let manifest = workspace.read(Path::new("Cargo.toml"))?;
    let repository = repository(&manifest);
    // The summary names the files as they are.
    for page in pages.iter().filter(|page| !page.path.ends_with("SUMMARY.md")) {
        fs::write(source.join(page.below(folder)), led(page, folder, repository))?;
    }
    let mut mdbook = Command::new("mdbook");
    succeeds(mdbook.arg("build").arg(&source).arg("--dest-dir").arg(to))
}

/// Puts the documentation of the crates into a site, beside the book.
pub(super) fn add_api(workspace: &Workspace, site: &Path) -> io::Result<()> {
    let api = site.join(API);
    copy(&workspace.target.join("doc"), &api)?;
    fs::write(api.join("index.html"), FRONT)
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (entry, to) = (entry?, to.to_path_buf());
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// The text of a page, for a place where the rest of the repository is not beside it: the README of
/// a crate is its documentation there, any other file is in the repository, if that is known.
fn led(page: &Page, folder: &str, repository: Option<&str>) -> String {
    let mut text = page.text.clone();
    let here = page.path.parent().unwrap_or(Path::new(""));
    let up = "../".repeat(page.below(folder).components().count().saturating_sub(1));
    let mut targets: Vec<_> =
        links::targets(&page.text).into_iter().map(|(_, target)| target).collect();
    targets.sort_unstable();
    targets.dedup();
    for target in targets.into_iter().filter(|target| !target.contains("://")) {
        let path = flat(&here.join(target.split('#').next().unwrap_or(target)));
        let elsewhere = match (path.starts_with(folder), crate_of(&path), repository) {
            // The book has the page of a folder under the name that servers look for.
            (true, ..) if target.contains(README) => target.replace(README, "index.md"),
            (true, ..) => continue,
            (false, Some(name), _) => format!("{up}{API}/{}/index.html", name.replace('-', "_")),
            (false, None, Some(at)) => format!("{at}/blob/main/{}", path.display()),
            (false, None, None) => format!("{up}index.html"),
        };
        text = text.replace(&format!("]({target})"), &format!("]({elsewhere})"));
    }
    text
}

/// The crate of which a path is the front page.
fn crate_of(path: &Path) -> Option<String> {
    let name = path.strip_prefix("crates").ok()?.parent()?;
    let front = path.ends_with(README) && name.components().count() == 1;
    // The program has the manual for its documentation, and no page of the API.
    front.then(|| name.display().to_string()).filter(|name| name != "readmit-cli")
}

/// The path without `..` in it.
fn flat(path: &Path) -> PathBuf {
    let mut flat = PathBuf::new();
    for part in path {
        if part == ".." {
            flat.pop();
        } else {
            flat.push(part);
        }
    }
    flat
}

/// The address that the root manifest tells.
fn repository(manifest: &str) -> Option<&str> {
    let line = manifest.lines().find(|line| line.starts_with("repository = "))?;
    line.split('"').nth(1)
}

const API: &str = "api";
const README: &str = "README.md";

/// Whoever asks for no crate gets the one that has them all.
const FRONT: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n\
                     <meta http-equiv=\"refresh\" content=\"0; url=readmit/index.html\">\n\
                     <title>readmit</title>\n<a href=\"readmit/index.html\">readmit</a>\n";

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[a](../reference/kinds.md) [b](../../crates/readmit-retry/README.md#x) \
                        [c](../../xtask/src/main.rs) [d](../README.md) [e](#f)";

    #[test]
    fn links_out_of_the_book_are_led_elsewhere() {
        let page = Page { path: "docs/how-to/a.md".into(), text: TEXT.to_owned() };

        let led = led(&page, "docs", Some("https://host.example/readmit"));

        let links: Vec<_> = led.split(' ').collect();
        let [a, b, c, d, e] = links[..] else { panic!("five: {led}") };
        assert_eq!(a, "[a](../reference/kinds.md)");
        assert_eq!(b, "[b](../api/readmit_retry/index.html)");
        assert_eq!(c, "[c](https://host.example/readmit/blob/main/xtask/src/main.rs)");
        assert_eq!((d, e), ("[d](../index.md)", "[e](#f)"));
    }

    #[test]
    fn where_the_repository_is_stands_in_the_manifest() {
        let manifest = "[workspace.package]\nrepository = \"https://host.example/a\"\n";

        assert_eq!(repository(manifest), Some("https://host.example/a"));
        assert_eq!(repository("[workspace]\n"), None);
    }
}
