//! What the pages have their readers depend on.

use std::collections::BTreeMap;

use crate::blocks;
use crate::page::source;

#[test]
fn what_readers_depend_on_is_what_is_published() {
    let workspace: toml::Table = toml::from_str(&source("Cargo.toml")).unwrap();
    let version = workspace["workspace"]["package"]["version"].as_str().unwrap();
    let mut seen = 0_usize;
    for block in blocks().into_iter().filter(|block| block.language == "toml") {
        let manifest: toml::Table = toml::from_str(&block.text).unwrap();
        for (name, wanted) in ours(&manifest) {
            let at = format!("{}:{}: {name}", block.page.display(), block.line);
            let told = wanted.as_str().unwrap_or_else(|| wanted["version"].as_str().unwrap());
            assert!(version.starts_with(told), "{at} is at {version}");
            let own: toml::Table =
                toml::from_str(&source(&format!("crates/{name}/Cargo.toml"))).unwrap();
            let features = wanted.get("features").and_then(toml::Value::as_array);
            for feature in features.into_iter().flatten().filter_map(toml::Value::as_str) {
                assert!(own["features"].get(feature).is_some(), "{at} has no {feature}");
            }
            seen += 1;
        }
    }
    assert!(0 < seen);
}

/// The crates of ours that a manifest names, with what it wants of each.
fn ours(manifest: &toml::Table) -> BTreeMap<&String, &toml::Value> {
    let tables = ["dependencies", "dev-dependencies"].into_iter();
    let named = tables.filter_map(|table| manifest.get(table)?.as_table()).flatten();
    named.filter(|(name, _)| name.starts_with("readmit")).collect()
}
