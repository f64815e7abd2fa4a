use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::process::cargo_path;

/// What cargo knows of the workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// The members, by name.
    pub(crate) packages: Vec<Package>,
}

#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The folder, relative to the workspace's root.
    pub(crate) folder: PathBuf,
    pub(crate) description: String,
    pub(crate) published: bool,
    pub(crate) library: bool,
    pub(crate) default_features: bool,
    /// Without the default ones as such.
    pub(crate) features: Vec<String>,
    pub(crate) examples: Vec<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Needed by tests, examples and benches alone, or by the builds of loom.
    pub(crate) dev: bool,
    pub(crate) optional: bool,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn load() -> io::Result<Workspace> {
        Workspace::parse(&metadata()?)
    }

    /// Reads the answer of `cargo metadata --no-deps --format-version 1`.
    pub(crate) fn parse(metadata: &Value) -> io::Result<Workspace> {
        let root = PathBuf::from(text(metadata, "workspace_root")?);
        let mut packages = list(metadata, "packages")
            .iter()
            .map(|package| Package::parse(package, &root))
            .collect::<io::Result<Vec<_>>>()?;
        packages.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Workspace { target: text(metadata, "target_directory")?.into(), root, packages })
    }

    /// The crates that others can depend on.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &Package> {
        self.published().filter(|package| package.library)
    }

    /// The files below a folder whose names end so, in order, relative to the workspace's root.
    pub(crate) fn files(&self, folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut folders = vec![self.root.join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if entry.file_type()?.is_dir() {
                    // Built or kept by tools: nobody wrote what is in there.
                    if name != "target" && name != ".git" {
                        folders.push(entry.path());
                    }
                } else if name.ends_with(ending) {
                    found.push(self.relative(&entry.path()));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Returns what a file of the workspace holds.
    pub(crate) fn read(&self, file: &Path) -> io::Result<String> {
        fs::read_to_string(self.root.join(file))
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))
    }

    /// The members that are for others.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.published)
    }

    fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_path_buf()
    }
}

/// What cargo tells of the members, as it tells it.
pub(crate) fn metadata() -> io::Result<Value> {
    let output = Command::new(cargo_path())
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other("`cargo metadata` failed"));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

impl Package {
    fn parse(package: &Value, root: &Path) -> io::Result<Package> {
        let manifest = PathBuf::from(text(package, "manifest_path")?);
        let folder = manifest.parent().unwrap_or(root);
        let targets = list(package, "targets");
        Ok(Package {
            name: text(package, "name")?,
            version: text(package, "version")?,
            folder: folder.strip_prefix(root).unwrap_or(folder).to_path_buf(),
            description: package["description"].as_str().unwrap_or_default().to_owned(),
            // `publish = false` is told as an empty list of registries.
            published: package["publish"].as_array().is_none_or(|allowed| !allowed.is_empty()),
            library: targets.iter().any(|target| is_kind(target, "lib")),
            default_features: !list(&package["features"], "default").is_empty(),
            features: package["features"].as_object().map_or_else(Vec::new, |features| {
                features.keys().filter(|name| *name != "default").cloned().collect()
            }),
            examples: targets
                .iter()
                .filter(|target| is_kind(target, "example"))
                .map(|target| text(target, "name"))
                .collect::<io::Result<_>>()?,
            dependencies: list(package, "dependencies")
                .iter()
                .map(Dependency::parse)
                .collect::<io::Result<_>>()?,
        })
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.folder.join("Cargo.toml")
    }

    /// The crates it is built from, without what only its tests use.
    pub(crate) fn built_from(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies.iter().filter(|dependency| !dependency.dev)
    }
}

impl Dependency {
    fn parse(dependency: &Value) -> io::Result<Dependency> {
        Ok(Dependency {
            name: text(dependency, "name")?,
            dev: dependency["kind"] == "dev" || dependency["target"] == "cfg(loom)",
            optional: dependency["optional"] == true,
        })
    }
}

fn text(value: &Value, key: &str) -> io::Result<String> {
    match value[key].as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(io::Error::other(format!("`cargo metadata` told no `{key}`"))),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn is_kind(target: &Value, kind: &str) -> bool {
    list(target, "kind").iter().any(|told| told == kind)
}

#[cfg(test)]
impl Package {
    /// A published library in `crates/` that needs nothing.
    pub(crate) fn sample(name: &str) -> Package {
        Package {
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            folder: Path::new("crates").join(name),
            description: "a crate".to_owned(),
            published: true,
            library: true,
            default_features: false,
            features: Vec::new(),
            examples: Vec::new(),
            dependencies: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_answer_of_cargo_metadata_is_read() {
        let workspace = Workspace::parse(&json!({
            "workspace_root": "/w",
            "target_directory": "/w/target",
            "packages": [{
                "name": "xtask",
                "version": "0.1.0",
                "manifest_path": "/w/xtask/Cargo.toml",
                "publish": [],
                "targets": [{ "name": "xtask", "kind": ["bin"] }],
                "dependencies": [{ "name": "serde_json", "kind": null, "optional": false }],
            }, {
                "name": "readmit-core",
                "version": "0.1.0",
                "manifest_path": "/w/crates/readmit-core/Cargo.toml",
                "description": "words",
                "publish": null,
                "targets": [
                    { "name": "readmit_core", "kind": ["lib"] },
                    { "name": "first", "kind": ["example"] },
                ],
                "features": { "default": ["std"], "std": [] },
                "dependencies": [
                    { "name": "proptest", "kind": "dev", "optional": true },
                    { "name": "loom", "kind": null, "target": "cfg(loom)", "optional": false },
                ],
            }],
        }))
        .unwrap();

        let [core, xtask] = &workspace.packages[..] else { panic!("two packages") };
        assert_eq!(core.folder, Path::new("crates/readmit-core"));
        assert_eq!(core.description, "words");
        assert!(core.published && core.library && core.default_features);
        assert_eq!(
            (&core.features[..], &core.examples[..]),
            (&["std".to_owned()][..], &["first".to_owned()][..])
        );
        let proptest = Dependency { name: "proptest".to_owned(), dev: true, optional: true };
        let loom = Dependency { name: "loom".to_owned(), dev: true, optional: false };
        assert_eq!(core.dependencies, [proptest, loom]);
        assert!(!xtask.published && !xtask.library && !xtask.default_features);
        assert_eq!(xtask.built_from().count(), 1);
    }
}
