use super::Finding;
use crate::workspace::{Dependency, Package};

/// Checks that every dependency points down the layers of `docs/architecture.md`.
///
/// What only tests, examples, benches and loom use is exempt, unless it is a peer: nobody who
/// depends on the crate builds it.
pub(crate) fn check(packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages {
        for fault in faults(package, packages) {
            findings.push(Finding::error(&package.manifest(), 1, fault));
        }
    }
    findings
}

/// Returns whether a crate is in the layers that know no operating system.
pub(crate) fn runs_without_io(name: &str) -> bool {
    member(name).is_some_and(|member| member.layer <= Layer::Machines)
}

/// Returns the layer of a crate, of which a higher one is the greater.
pub(crate) fn layer_of(name: &str) -> Option<Layer> {
    member(name).map(|member| member.layer)
}

/// From the bottom up.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Layer {
    Words,
    Machines,
    Watching,
    Running,
    Around,
    Programs,
    Tools,
}

#[derive(Debug)]
struct Member {
    name: &'static str,
    layer: Layer,
    /// The crates of the workspace that it may be built from; all of the lower layers if `None`.
    inside: Option<&'static [&'static str]>,
    /// The same for crates of others. A `?` behind the name: only as an optional dependency.
    outside: Option<&'static [&'static str]>,
}

const fn member_of(layer: Layer, name: &'static str) -> Member {
    Member { name, layer, inside: None, outside: None }
}

const fn bound(
    layer: Layer,
    name: &'static str,
    inside: &'static [&'static str],
    outside: &'static [&'static str],
) -> Member {
    Member { name, layer, inside: Some(inside), outside: Some(outside) }
}

/// The layers table: a new crate, or a new arrow of layers 0 to 2, is a line here and one in
/// `docs/architecture.md`.
const MEMBERS: &[Member] = &[
    bound(Layer::Words, "readmit-core", &[], &[]),
    bound(Layer::Words, "readmit-error", &[], &["serde", "serde_json", "thiserror"]),
    bound(
        Layer::Machines,
        "readmit-classify",
        &["readmit-core", "readmit-error"],
        &["arrayvec", "http", "httpdate", "sfv", "toml?"],
    ),
    bound(Layer::Machines, "readmit-breaker", &["readmit-core"], &[]),
    bound(Layer::Machines, "readmit-limit", &["readmit-core"], &["tokio?"]),
    bound(Layer::Machines, "readmit-retry", &["readmit-core"], &["tokio?"]),
    bound(
        Layer::Machines,
        "readmit-recovery",
        &["readmit-core", "readmit-error"],
        &["base64", "http", "secrecy", "serde", "serde_json", "thiserror", "zeroize"],
    ),
    bound(
        Layer::Watching,
        "readmit-log",
        &["readmit-core", "readmit-error"],
        &["hmac?", "serde", "serde_json", "sha2?", "thiserror", "tracing"],
    ),
    bound(
        Layer::Watching,
        "readmit-message",
        &["readmit-error"],
        &[
            "fluent-bundle?",
            "fluent-langneg?",
            "fluent-syntax?",
            "miette?",
            "serde",
            "serde_json",
            "thiserror",
            "unic-langid?",
            "unicode-width",
        ],
    ),
    bound(
        Layer::Watching,
        "readmit-monitor",
        &["readmit-core", "readmit-error"],
        &["metrics?", "serde", "serde_json", "tracing?"],
    ),
    member_of(Layer::Running, "readmit"),
    member_of(Layer::Around, "readmit-testkit"),
    member_of(Layer::Programs, "readmit-cli"),
    // Built before anything else and often: it must not wait for the crates it checks.
    Member {
        name: "xtask",
        layer: Layer::Tools,
        inside: Some(&[]),
        outside: Some(&["serde_json"]),
    },
    bound(Layer::Tools, "xtask-api", &[], &["public-api"]),
    member_of(Layer::Tools, "xtask-bench"),
    member_of(Layer::Tools, "xtask-book"),
    member_of(Layer::Tools, "xtask-conformance"),
    member_of(Layer::Tools, "xtask-demo"),
    bound(Layer::Tools, "xtask-dialects", &["readmit-classify"], &[]),
    member_of(Layer::Tools, "xtask-fuzz"),
    member_of(Layer::Tools, "xtask-interop"),
    member_of(Layer::Tools, "xtask-otlp"),
    member_of(Layer::Tools, YARDSTICK),
];

/// The package that measures readmit beside its peers: the one that may be built from them.
const YARDSTICK: &str = "xtask-peers";

/// Crates that do what readmit does; they are measured against, never built upon.
///
/// `tower` itself is not among them: its traits are what a service is made of.
const PEERS: &[&str] = &[
    "backoff",
    "backon",
    "circuitbreaker-rs",
    "failsafe",
    "google-cloud-gax",
    "governor",
    "http-auth",
    "leaky-bucket",
    "recloser",
    "reqwest-retry",
    "retry-policies",
    "tokio-retry",
    "tokio-retry2",
    "tower-resilience",
];

fn faults(package: &Package, packages: &[Package]) -> Vec<String> {
    let Some(member) = member(&package.name) else {
        return vec![format!(
            "`{}` has no layer: add it to the tables in xtask/src/tidy/arrows.rs and \
             docs/architecture.md",
            package.name
        )];
    };
    let mut faults = peer_faults(package);
    for dependency in package.built_from() {
        let of_ours = packages.iter().find(|package| package.name == dependency.name);
        faults.extend(match of_ours {
            Some(of_ours) => inside_fault(member, package, of_ours),
            None => outside_fault(member, package, dependency),
        });
    }
    faults
}

/// Tests and benches are not exempt: whoever tests one of our crates need not build its peers.
fn peer_faults(package: &Package) -> Vec<String> {
    if package.name == YARDSTICK {
        return Vec::new();
    }
    let name = &package.name;
    let peers =
        package.dependencies.iter().map(|dependency| &dependency.name).filter(|on| {
            PEERS.iter().any(|peer| on == peer || on.starts_with(&format!("{peer}-")))
        });
    peers
        .map(|on| format!("`{name}` depends on `{on}`, a peer: measure it in `{YARDSTICK}`"))
        .collect()
}

fn inside_fault(member: &Member, package: &Package, dependency: &Package) -> Option<String> {
    let (name, on) = (&package.name, &dependency.name);
    if package.published && !dependency.published {
        return Some(format!("`{name}` is published and `{on}` is not: remove the dependency"));
    }
    // A crate without a layer has a finding of its own.
    let below = self::member(on)?;
    // Programs among the tools may stand on each other; a library never stands beside another.
    let down = below.layer < member.layer || member.layer == Layer::Tools;
    let listed = member.inside.is_none_or(|inside| inside.contains(&on.as_str()));
    match (down, listed) {
        (false, _) => Some(format!(
            "`{name}` ({:?}) depends on `{on}` ({:?}), which does not point down: move what both \
             need into a lower layer",
            member.layer, below.layer
        )),
        (true, false) => Some(format!(
            "`{name}` must not depend on `{on}`: pass what it needs as a value, or argue for the \
             arrow in docs/architecture.md"
        )),
        (true, true) => None,
    }
}

fn outside_fault(member: &Member, package: &Package, dependency: &Dependency) -> Option<String> {
    let (name, on) = (&package.name, &dependency.name);
    let allowed = member.outside?;
    if allowed.contains(&on.as_str()) {
        return None;
    }
    match (allowed.contains(&format!("{on}?").as_str()), dependency.optional) {
        (true, true) => None,
        (true, false) => Some(format!("`{name}` needs `{on}` always: make it an optional feature")),
        (false, _) => Some(format!(
            "`{name}` may be built from {allowed:?} and not from `{on}`: do without, or argue for \
             it in docs/architecture.md"
        )),
    }
}

fn member(name: &str) -> Option<&'static Member> {
    MEMBERS.iter().find(|member| member.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_down_are_fine() {
        let packages = [
            package("readmit-core", &[]),
            package("readmit-error", &["serde", "serde_json", "thiserror"]),
            package("readmit-classify", &["readmit-error", "http"]),
            package("readmit", &["readmit-core", "readmit-classify", "reqwest"]),
            package("readmit-testkit", &["readmit-error", "axum"]),
            package("readmit-cli", &["readmit-testkit", "readmit-classify", "clap"]),
        ];

        assert_eq!(whats(&packages), [""; 0]);
    }

    #[test]
    fn an_arrow_up_is_a_finding() {
        let packages = [package("readmit-error", &["readmit"]), package("readmit", &[])];

        let [what] = &whats(&packages)[..] else { panic!("one finding") };
        assert!(what.contains("`readmit-error` (Words) depends on `readmit` (Running)"), "{what}");
    }

    #[test]
    fn an_arrow_sideways_is_a_finding() {
        for (name, on) in
            [("readmit-recovery", "readmit-classify"), ("readmit-error", "readmit-core")]
        {
            let packages = [package(name, &[on]), package(on, &[])];

            assert_eq!(whats(&packages).len(), 1, "{name} on {on}");
        }
    }

    #[test]
    fn retry_knows_no_http_and_no_failure() {
        let packages =
            [package("readmit-retry", &["readmit-error", "http"]), package("readmit-error", &[])];

        assert_eq!(whats(&packages).len(), 2);
    }

    #[test]
    fn what_only_tests_use_is_exempt() {
        let mut packages = [package("readmit-retry", &["axum"])];
        packages[0].dependencies[0].dev = true;

        assert_eq!(whats(&packages), [""; 0]);
    }

    #[test]
    fn a_peer_is_for_the_package_that_measures_it_alone() {
        let mut yardstick = package(YARDSTICK, &["governor", "tower-resilience-circuitbreaker"]);
        yardstick.published = false;
        let mut tested = package("readmit-retry", &["governor"]);
        tested.dependencies[0].dev = true;

        let whats = whats(&[yardstick, tested]);

        let [what] = &whats[..] else { panic!("one finding: {whats:?}") };
        assert!(what.contains("`readmit-retry` depends on `governor`, a peer"), "{what}");
    }

    #[test]
    fn an_optional_dependency_may_be_allowed_as_such_alone() {
        let mut packages = [package("readmit-retry", &["tokio"])];
        let needed = whats(&packages);

        packages[0].dependencies[0].optional = true;

        assert_eq!(needed.len(), 1);
        assert_eq!(whats(&packages), [""; 0]);
    }

    #[test]
    fn nothing_is_built_on_a_peer_and_nothing_published_on_a_tool() {
        let mut packages = [
            package("readmit", &["tower-resilience-circuitbreaker", "xtask-demo"]),
            package("xtask-demo", &["backon"]),
        ];
        packages[1].published = false;

        assert_eq!(whats(&packages).len(), 3);
    }

    #[test]
    fn a_crate_without_a_layer_is_a_finding() {
        let whats = whats(&[package("readmit-new", &[])]);

        assert!(whats[0].contains("has no layer"), "{whats:?}");
    }

    #[test]
    fn words_and_machines_run_without_io() {
        assert!(runs_without_io("readmit-core") && runs_without_io("readmit-recovery"));
        assert!(!runs_without_io("readmit") && !runs_without_io("readmit-testkit"));
    }

    fn whats(packages: &[Package]) -> Vec<String> {
        check(packages).into_iter().map(|finding| finding.what).collect()
    }

    fn package(name: &str, dependencies: &[&str]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|&name| Dependency { name: name.to_owned(), dev: false, optional: false })
            .collect();
        Package { dependencies, ..Package::sample(name) }
    }
}
