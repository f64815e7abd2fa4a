use std::fmt::Write;

use crate::tidy::{Layer, layer_of};
use crate::workspace::{Package, Workspace};

/// Draws the crates that others can depend on, layer by layer, and what each is built from.
///
/// What a crate reaches through another one has no arrow, so that the picture can be read.
pub(super) fn crates(workspace: &Workspace) -> String {
    let boxes = boxes(workspace);
    let bottom = boxes.iter().map(|one| one.row).max().unwrap_or(0);
    let height = MARGIN * 2 + bottom * ROW + BOX_HEIGHT;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<title>The crates of readmit</title>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" \
         markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\"/></marker></defs>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n"
    );
    for from in &boxes {
        let colour = COLOURS[from.row % COLOURS.len()];
        for to in boxes.iter().filter(|to| is_drawn(workspace, from.package, to.package)) {
            let (x1, y1, x2, y2) = (from.middle(), from.y() + BOX_HEIGHT, to.middle(), to.y());
            let bend = (y1 + y2) / 2;
            let _ = writeln!(
                svg,
                "<path d=\"M{x1} {y1} C{x1} {bend} {x2} {bend} {x2} {y2}\" fill=\"none\" \
                 stroke=\"{colour}\" marker-end=\"url(#tip)\"/>"
            );
        }
    }
    let mut named = None;
    for one in &boxes {
        let (x, y, width) = (one.x, one.y(), one.width());
        let (middle, base) = (one.middle(), y + BOX_HEIGHT / 2 + 5);
        if named.replace(one.row) != Some(one.row) {
            let _ = writeln!(
                svg,
                "<text x=\"{MARGIN}\" y=\"{base}\" fill=\"#667085\">{:?}</text>",
                one.layer
            );
        }
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BOX_HEIGHT}\" rx=\"4\" \
             fill=\"#eef3fb\" stroke=\"#3b5b92\"/>\n<text x=\"{middle}\" y=\"{base}\" \
             text-anchor=\"middle\">{}</text>",
            one.package.name
        );
    }
    svg + "</svg>\n"
}

/// A crate, and where it is drawn.
struct Placed<'a> {
    package: &'a Package,
    layer: Layer,
    row: usize,
    x: usize,
}

impl Placed<'_> {
    fn width(&self) -> usize {
        width(&self.package.name)
    }

    fn middle(&self) -> usize {
        self.x + self.width() / 2
    }

    fn y(&self) -> usize {
        MARGIN + self.row * ROW
    }
}

/// A row for each layer that has a crate, the highest layer first.
fn boxes(workspace: &Workspace) -> Vec<Placed<'_>> {
    let published = || workspace.packages.iter().filter(|package| package.published);
    let mut layers: Vec<_> = published().filter_map(|package| layer_of(&package.name)).collect();
    layers.sort_unstable_by(|one, other| other.cmp(one));
    layers.dedup();
    let mut boxes = Vec::new();
    for (row, layer) in layers.into_iter().enumerate() {
        let members: Vec<_> =
            published().filter(|package| layer_of(&package.name) == Some(layer)).collect();
        let taken: usize = members.iter().map(|package| width(&package.name)).sum();
        let gap = (WIDTH - GUTTER).saturating_sub(taken) / (members.len() + 1);
        // One that is alone stands aside, so that no arrow goes behind it.
        let aside = if members.len() == 1 { ASIDE[row % ASIDE.len()] } else { gap };
        let mut x = GUTTER + aside;
        for package in members {
            boxes.push(Placed { package, layer, row, x });
            x += width(&package.name) + gap;
        }
    }
    boxes
}

/// Whether one is built from the other, and not through a third.
fn is_drawn(workspace: &Workspace, from: &Package, to: &Package) -> bool {
    let direct = |from: &Package, to: &str| from.built_from().any(|on| on.name == to);
    let through = workspace
        .packages
        .iter()
        .any(|third| third.name != to.name && direct(from, &third.name) && direct(third, &to.name));
    direct(from, &to.name) && !through
}

fn width(name: &str) -> usize {
    name.len() * 8 + 16
}

const WIDTH: usize = 940;
/// Where the names of the layers stand.
const GUTTER: usize = 80;
const ASIDE: [usize; 3] = [10, 700, 370];
const COLOURS: [&str; 6] = ["#2f6f4f", "#9a5b13", "#3b5b92", "#8a4a7d", "#8a94a6", "#8a94a6"];
const ROW: usize = 96;
const BOX_HEIGHT: usize = 34;
const MARGIN: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    #[test]
    fn a_crate_is_drawn_above_what_it_is_built_from() {
        let workspace = workspace(&[("readmit", &["readmit-retry"]), ("readmit-retry", &[])]);

        let boxes = boxes(&workspace);

        let [above, below] = &boxes[..] else { panic!("two boxes") };
        assert_eq!((above.package.name.as_str(), above.row), ("readmit", 0));
        assert_eq!((below.package.name.as_str(), below.row), ("readmit-retry", 1));
        assert!(is_drawn(&workspace, above.package, below.package));
        assert!(crates(&workspace).contains(">readmit-retry</text>"));
    }

    #[test]
    fn what_is_reached_through_another_crate_has_no_arrow() {
        let workspace = workspace(&[
            ("readmit", &["readmit-retry", "readmit-core"]),
            ("readmit-core", &[]),
            ("readmit-retry", &["readmit-core"]),
        ]);
        let [readmit, core, retry] = &workspace.packages[..] else { panic!("three") };

        assert!(!is_drawn(&workspace, readmit, core));
        assert!(is_drawn(&workspace, retry, core));
    }

    fn workspace(packages: &[(&str, &[&str])]) -> Workspace {
        let package = |&(name, on): &(&str, &[&str])| Package {
            dependencies: on
                .iter()
                .map(|&name| Dependency { name: name.to_owned(), dev: false, optional: false })
                .collect(),
            ..Package::sample(name)
        };
        let packages = packages.iter().map(package).collect();
        Workspace { root: "".into(), target: "".into(), packages }
    }
}
