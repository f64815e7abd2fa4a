//! The tables of settings, features and crates.

use std::fs;

use crate::page::{assert_made, source, table, workspace};

#[test]
fn the_settings_are_those_of_the_builder() {
    let rows = methods_of("crates/readmit/src/builder");

    assert!(20 < rows.len());
    assert_made(
        "reference/configuration.md",
        "client",
        &table(&["setting", "what it does"], &rows),
    );
}

#[test]
fn the_options_are_those_of_a_request() {
    let rows = methods_of("crates/readmit/src/request");

    assert!(5 < rows.len());
    let head = ["option", "what it does"];
    assert_made("reference/configuration.md", "request", &table(&head, &rows));
}

#[test]
fn the_crates_and_features_are_those_of_the_manifests() {
    let (mut crates, mut features) = (Vec::new(), Vec::new());
    for name in names_in("crates") {
        let manifest = source(&format!("crates/{name}/Cargo.toml"));
        let readme = source(&format!("crates/{name}/README.md"));
        let parsed: toml::Table = toml::from_str(&manifest).unwrap();
        let about = parsed["package"]["description"].as_str().unwrap().to_owned();
        crates.push(vec![format!("[`{name}`](../../crates/{name}/README.md)"), about]);
        let own = parsed.get("features").and_then(toml::Value::as_table);
        let own = own.into_iter().flat_map(toml::Table::keys).filter(|own| *own != "default");
        for feature in own {
            let about = told(&manifest, &readme, feature)
                .unwrap_or_else(|| panic!("nobody says what `{feature}` of {name} adds"));
            features.push(vec![format!("`{name}`"), format!("`{feature}`"), about]);
        }
    }

    assert_made("reference/crates.md", "crates", &table(&["crate", "what it is"], &crates));
    let head = ["crate", "feature", "what it adds"];
    assert_made("reference/crates.md", "features", &table(&head, &features));
}

/// The public methods of a module and of those below it.
fn methods_of(module: &str) -> Vec<Vec<String>> {
    let mut files = vec![format!("{module}.rs")];
    files.extend(names_in(module).iter().map(|name| format!("{module}/{name}")));
    let sources = files.iter().filter(|file| file.ends_with(".rs")).map(|file| source(file));
    sources.flat_map(|source| methods(&source)).collect()
}

/// The public methods of a builder, each with the first sentence about it.
fn methods(source: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut said: Vec<&str> = Vec::new();
    for line in source.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("///") {
            said.push(doc.trim());
        } else if let Some(name) = line.strip_prefix("pub fn ") {
            let name = name.split(['(', '<']).next().unwrap_or(name);
            let first: Vec<_> = said.iter().copied().take_while(|line| !line.is_empty()).collect();
            rows.push(vec![format!("`{name}`"), plain(&first.join(" "))]);
            said.clear();
        } else if line.is_empty() || line == "}" {
            said.clear();
        }
    }
    rows
}

/// What a feature adds: the comment above it, or what the README says of it in a table or a list.
fn told(manifest: &str, readme: &str, feature: &str) -> Option<String> {
    let features = manifest.split("[features]\n").nth(1)?;
    let lines = features.lines().zip(features.lines().skip(1));
    let above = lines.filter_map(|(above, line)| {
        line.starts_with(&format!("{feature} =")).then(|| above.strip_prefix("## ")).flatten()
    });
    let beside = readme.lines().filter_map(|line| {
        let told = line.strip_prefix(&format!("| `{feature}` | "));
        told.map(|told| told.trim_end_matches('|').trim_end())
            .or_else(|| line.strip_prefix(&format!("- `{feature}`: ")))
    });
    above.chain(beside).next().map(plain)
}

/// Without the links to items, which lead nowhere from here.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        let (name, after) = link.split_once(']').unwrap_or((link, ""));
        plain = plain + before + name;
        rest = match after.strip_prefix('(').and_then(|after| after.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
    }
    plain + rest
}

/// What a folder of the workspace has, in order.
fn names_in(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(workspace().join(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}
