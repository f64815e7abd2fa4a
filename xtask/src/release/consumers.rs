use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::Release;
use crate::job::Report;
use crate::print;
use crate::process::{cargo, succeeds};
use crate::workspace::{self, Package, Workspace};

/// Uses each package as somebody would who has nothing else: from an empty project that depends on
/// it alone, with the first lines of its README as the program.
///
/// A package without a library is built by itself.
pub(super) fn check(release: &Release) -> io::Result<Report> {
    let workspace = &release.workspace;
    // What is not committed is told by another check; here it is looked at.
    let mut package = cargo(workspace, &["package", "--no-verify", "--locked", "--allow-dirty"]);
    for published in workspace.published() {
        package.args(["--package", &published.name]);
    }
    if !succeeds(&mut package)? {
        return Ok(Report::failed("cargo makes no packages"));
    }
    let shop = Shop::open(workspace, &release.version)?;
    let metadata = workspace::metadata()?;
    let mut failed = Vec::new();
    for package in workspace.published() {
        let name = &package.name;
        print::line(io::stdout(), format_args!("--> a project with {name}"));
        let folder = if package.library {
            let known = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
            let known = known.iter().find(|known| known["name"] == **name);
            shop.project(package, known.unwrap_or(&Value::Null))?
        } else {
            shop.packages.join(format!("{name}-{}", release.version))
        };
        fs::copy(workspace.root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let mut build = cargo(workspace, &["check", "--quiet", "--target-dir"]);
        build.arg(shop.folder.join("target")).current_dir(&folder);
        for patch in shop.patches(workspace) {
            build.args(["--config", &patch]);
        }
        if !succeeds(&mut build)? {
            failed.push(format!("{name} does not build in {}", folder.display()));
        }
    }
    Ok(Report::passed("each builds in an empty project").or_failed_for(&failed))
}

/// Where the packages are unpacked, and the projects beside them.
#[derive(Debug)]
struct Shop {
    folder: PathBuf,
    packages: PathBuf,
    version: String,
}

impl Shop {
    fn open(workspace: &Workspace, version: &str) -> io::Result<Shop> {
        let folder = workspace.target.join("consumers");
        let packages = folder.join("packages");
        if packages.exists() {
            fs::remove_dir_all(&packages)?;
        }
        fs::create_dir_all(&packages)?;
        for package in workspace.published() {
            let name = format!("{}-{version}", package.name);
            let file = workspace.target.join("package").join(format!("{name}.crate"));
            let mut unpack = Command::new("tar");
            if !succeeds(unpack.arg("-xzf").arg(&file).current_dir(&packages))? {
                return Err(io::Error::other(format!("{}: tar cannot read it", file.display())));
            }
            // The folder lies within a workspace that it is no member of.
            let manifest = packages.join(name).join("Cargo.toml");
            let text = fs::read_to_string(&manifest)? + ALONE;
            fs::write(&manifest, text)?;
        }
        Ok(Shop { folder, packages, version: version.to_owned() })
    }

    /// Makes the project that uses a library, and returns its folder.
    fn project(&self, package: &Package, known: &Value) -> io::Result<PathBuf> {
        let folder = self.folder.join(format!("with-{}", package.name));
        let readme = self.packages.join(format!("{}-{}", package.name, self.version));
        let program = program(&fs::read_to_string(readme.join("README.md"))?);
        let mut manifest = format!(
            "[package]\nname = \"with-{0}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n{ALONE}\n\
             [dependencies]\n{0} = {{ version = \"{1}\", features = {2} }}\n",
            package.name,
            self.version,
            features(known),
        );
        for dependency in used(known, &program, &package.name) {
            manifest += &dependency;
        }
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), program)?;
        Ok(folder)
    }

    /// Sends cargo to the packages instead of to crates.io.
    fn patches(&self, workspace: &Workspace) -> Vec<String> {
        let published = workspace.published();
        let patch = |package: &Package| {
            let path = self.packages.join(format!("{}-{}", package.name, self.version));
            // A string of TOML between single quotes takes the separators of Windows as they are.
            format!("patch.crates-io.{}.path='{}'", package.name, path.display())
        };
        published.filter(|package| package.library).map(patch).collect()
    }
}

/// Returns the first Rust lines of a README as a program, as rustdoc makes one of them.
fn program(readme: &str) -> String {
    let lines = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```\n").next());
    let shown = |line: &str| line.strip_prefix("# ").unwrap_or(line).to_owned();
    let lines: Vec<String> = lines.unwrap_or_default().lines().map(shown).collect();
    let text = lines.join("\n");
    if text.contains("fn main()") {
        return text + "\n";
    }
    match lines.last() {
        Some(last) if last.starts_with("Ok::<") => format!(
            "fn main() {{\n    fn example() -> Result<(), impl std::fmt::Debug> {{\n{text}\n    }}\n    \
             example().unwrap();\n}}\n"
        ),
        Some(_) | None => format!("fn main() {{\n{text}\n}}\n"),
    }
}

/// All features of a crate, as an array of TOML.
fn features(known: &Value) -> String {
    let names = known["features"].as_object().map(|features| features.keys().collect::<Vec<_>>());
    format!("{:?}", names.unwrap_or_default())
}

/// The lines for what a program names besides the crate, in the version that the crate itself or
/// its tests have.
fn used(known: &Value, program: &str, of: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut seen = vec![of.to_owned()];
    let mut dependencies = known["dependencies"].as_array().cloned().unwrap_or_default();
    // Those of the tests have the features that the example wants.
    dependencies.sort_by_key(|dependency| dependency["kind"] != "dev");
    for dependency in &dependencies {
        let name = dependency["name"].as_str().unwrap_or_default();
        let is_named = program.contains(&format!("{}::", name.replace('-', "_")));
        if !is_named || seen.iter().any(|seen| seen == name) {
            continue;
        }
        seen.push(name.to_owned());
        lines.push(format!(
            "{name} = {{ version = {}, default-features = {}, features = {} }}\n",
            dependency["req"], dependency["uses_default_features"], dependency["features"]
        ));
    }
    lines
}

const ALONE: &str = "\n[workspace]\n";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_lines_of_a_readme_are_a_program() {
        let plain = program("# a\n\n```rust\nlet b = 1;\n```\n\n```rust\nc\n```\n");
        let whole = program("```rust\n# fn main() {\n#\nlet b = 1;\n# }\n```\n");
        let fallible = program("```rust\nlet b = c()?;\n# Ok::<_, &str>(())\n```\n");

        assert_eq!(plain, "fn main() {\nlet b = 1;\n}\n");
        assert_eq!(whole, "fn main() {\n#\nlet b = 1;\n}\n");
        assert!(fallible.contains("let b = c()?;\nOk::<_, &str>(())\n    }\n"), "{fallible}");
        assert_eq!(program("no lines"), "fn main() {\n\n}\n");
    }

    #[test]
    fn a_program_gets_what_it_names_as_the_tests_have_it() {
        let known = json!({ "dependencies": [
            { "name": "tokio", "req": "^1", "kind": null, "features": ["time"],
              "uses_default_features": false },
            { "name": "tokio", "req": "^1", "kind": "dev", "features": ["macros"],
              "uses_default_features": false },
            { "name": "serde-json", "req": "^1", "kind": null, "features": [],
              "uses_default_features": true },
        ] });

        let lines = used(&known, "tokio::main; a::b", "a");

        assert_eq!(
            lines,
            ["tokio = { version = \"^1\", default-features = false, features = [\"macros\"] }\n"]
        );
    }
}
