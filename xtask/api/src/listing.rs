use std::collections::{HashMap, HashSet};
use std::path::Path;

use public_api::{Builder, PublicItem};

/// Returns the lines of a crate's public API, in an order that follows its modules.
///
/// # Errors
///
/// If the file is not what the rustdoc writes that this program was made for.
pub(crate) fn of(file: &Path) -> Result<Vec<String>, public_api::Error> {
    // What a blanket says of every type says nothing of these.
    let api = Builder::from_rustdoc_json(file).omit_blanket_impls(true).build()?;
    let items: Vec<PublicItem> = api.into_items().collect();
    let texts: HashMap<_, _> = items.iter().map(|item| (item.id(), item.to_string())).collect();
    let mut seen = HashSet::new();
    let mut lines = Vec::new();
    for item in &items {
        let parent = item.parent_id().and_then(|id| texts.get(&id));
        let line = item.to_string();
        if !follows(&line, parent.map(String::as_str)) && seen.insert(line.clone()) {
            lines.push(line);
        }
    }
    Ok(lines)
}

/// Returns whether a line says nothing that a user depends on and the other lines do not say.
fn follows(line: &str, parent: Option<&str>) -> bool {
    if let Some(implemented) = implemented(line) {
        return AUTO.iter().any(|name| implemented.contains(name));
    }
    // What a trait asks for is said by the trait; what it leaves open is a type or a constant.
    parent.and_then(implemented).is_some() && line.contains("fn ")
}

/// Returns the part of `impl<T: Bound> Trait for Type` before the type, if it is one of a trait.
fn implemented(line: &str) -> Option<&str> {
    let (before, _) = line.strip_prefix("impl")?.split_once(" for ")?;
    Some(before)
}

/// What the compiler says of every type, and nobody writes code for.
const AUTO: &[&str] = &[
    "core::marker::Freeze",
    "core::marker::StructuralPartialEq",
    "core::marker::UnsafeUnpin",
    "core::panic::unwind_safe::RefUnwindSafe",
    "core::panic::unwind_safe::UnwindSafe",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_trait_asks_for_is_left_out_and_what_it_leaves_open_is_not() {
        let clone = Some("impl core::clone::Clone for a::B");
        let iterator = Some("impl<T> core::iter::Iterator for a::B<T>");

        assert!(follows("pub fn a::B::clone(&self) -> a::B", clone));
        assert!(!follows("pub type a::B<T>::Item = T", iterator));
    }

    #[test]
    fn what_a_type_has_of_its_own_stays() {
        let own = Some("impl<F: for<'a> Fn(&'a str)> a::B<F>");

        assert!(!follows("pub fn a::B::len(&self) -> usize", own));
        assert!(!follows("pub fn a::len() -> usize", None));
    }

    #[test]
    fn that_a_type_may_be_sent_stays_and_that_it_may_be_unwound_does_not() {
        assert!(!follows("impl core::marker::Send for a::B", None));
        assert!(!follows("impl !core::marker::Sync for a::B", None));
        assert!(follows("impl !core::panic::unwind_safe::UnwindSafe for a::B", None));
    }
}
