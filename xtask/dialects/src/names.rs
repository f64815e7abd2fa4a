use std::collections::BTreeMap;

use crate::files::{File, Finding};

/// Checks what no file can know by itself: that it is named after its dialect, and that no name and
/// no host leads to two dialects.
pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut names, mut hosts) = (BTreeMap::new(), BTreeMap::new());
    for file in files {
        let Ok(dialect) = &file.dialect else { continue };
        if file.path.file_stem().is_none_or(|stem| stem != dialect.name()) {
            let what = format!("`{}` is not the name of the file: make them one", dialect.name());
            findings.push(file.finding("name", dialect.name(), what));
        }
        let also = dialect.also().map(|name| ("also", name));
        let called = [("name", dialect.name()), ("title", dialect.title())].into_iter().chain(also);
        for (key, name) in called {
            findings.extend(taken(&mut names, folded(name), (key, name), file));
        }
        for host in dialect.hosts() {
            findings.extend(taken(&mut hosts, host.to_ascii_lowercase(), ("hosts", host), file));
        }
    }
    findings
}

/// Notes whose something is, and finds that it is somebody else's.
fn taken<'f>(
    all: &mut BTreeMap<String, &'f File>,
    folded: String,
    (key, text): (&str, &str),
    file: &'f File,
) -> Option<Finding> {
    let first = *all.entry(folded).or_insert(file);
    (first.path != file.path).then(|| {
        let other = first.path.display();
        file.finding(key, text, format!("`{text}` is in {other} too: it must lead to one dialect"))
    })
}

/// Letters and digits in lower case, which is how names are compared.
fn folded(name: &str) -> String {
    let kept = name.chars().filter(|next| next.is_ascii_alphanumeric() || !next.is_ascii());
    kept.map(|next| next.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_name_or_a_host_of_two_dialects_is_a_finding() {
        let files = [
            file("d/a.toml", "name = 'a'\ntitle = 'Acme'\nhosts = 'x.example'\n"),
            file("d/b.toml", "name = 'b'\ntitle = 'Bee'\nalso = ['A-C-M-E']\n"),
            file("d/c.toml", "name = 'c'\ntitle = 'Sea'\nhosts = ['X.example', '*.x.example']\n"),
        ];

        let findings: Vec<_> = check(&files).iter().map(ToString::to_string).collect();

        assert_eq!(
            findings,
            [
                "d/b.toml:3: `A-C-M-E` is in d/a.toml too: it must lead to one dialect",
                "d/c.toml:3: `X.example` is in d/a.toml too: it must lead to one dialect",
            ]
        );
    }

    #[test]
    fn a_file_is_named_after_its_dialect() {
        let files = [file("d/a.toml", "title = 'Acme'\nname = 'acme'\n")];

        let findings = check(&files);

        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].line, 2);
    }

    fn file(path: &str, toml: &str) -> File {
        let file = File::new(Path::new(path), format!("{toml}docs = 'https://a.example'\n"));
        assert!(file.dialect.is_ok(), "{file:?}");
        file
    }
}
