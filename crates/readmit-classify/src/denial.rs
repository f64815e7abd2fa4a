//! What was denied, as far as the answer tells.

use readmit_error::{Challenge, Denied, neutralise};
use serde_json::{Map, Value};

/// Collects what the challenges and the body say would have been needed.
pub(crate) fn denied(challenges: &[Challenge], members: &Map<String, Value>) -> Denied {
    let details = members.get("details").and_then(Value::as_object);
    let find = |names: &[&str]| {
        let within = |object: &'_ Map<String, Value>| {
            names.iter().find_map(|name| object.get(*name).cloned())
        };
        details.and_then(within).or_else(|| within(members))
    };
    let one = |names: &[&str]| find(names)?.as_str().map(bounded);
    let scopes: Vec<_> =
        challenges.iter().flat_map(Challenge::scopes).take(LIMIT).map(bounded).collect();
    let told = || find(&["required_scopes", "required_scope", "scopes", "scope"]);
    Denied {
        permissions: many(find(&[
            "required_permissions",
            "required_permission",
            "permissions",
            "permission",
        ])),
        scopes: if scopes.is_empty() { many(told()) } else { scopes },
        role: one(&["required_role", "role"]),
        organization: one(&["organization", "organization_id", "org_id"]),
        resource: one(&["resource", "resource_id"]),
    }
}

/// Reads a list of texts, or a text that is a list with spaces in it.
fn many(told: Option<Value>) -> Vec<String> {
    match told {
        Some(Value::String(text)) => text.split_whitespace().take(LIMIT).map(bounded).collect(),
        Some(Value::Array(items)) => {
            items.iter().filter_map(Value::as_str).take(LIMIT).map(bounded).collect()
        }
        _ => Vec::new(),
    }
}

fn bounded(text: &str) -> String {
    neutralise(text, 128)
}

/// Permissions, and scopes, that are kept.
const LIMIT: usize = 32;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn r30_what_would_have_been_needed_is_told() {
        let body = json!({"details": {
            "required_permission": "flows:write",
            "required_role": "admin",
            "organization_id": "org_1",
            "resource": "flow 7",
        }});
        let challenge = Challenge::new("Bearer").param("scope", "a b");

        let denied = denied(&[challenge], body.as_object().unwrap());

        assert_eq!(denied.permissions, ["flows:write"]);
        assert_eq!(denied.scopes, ["a", "b"]);
        assert_eq!(denied.role.as_deref(), Some("admin"));
        assert_eq!(denied.organization.as_deref(), Some("org_1"));
        assert_eq!(denied.resource.as_deref(), Some("flow 7"));
    }

    #[test]
    fn r56_what_was_denied_is_bounded_and_neutral() {
        let body = json!({"scope": "a\u{1b} ".repeat(100), "role": "x".repeat(1_000)});

        let denied = denied(&[], body.as_object().unwrap());

        assert_eq!(denied.scopes.len(), LIMIT);
        assert_eq!(denied.scopes[0], "a\\u{1b}");
        assert_eq!(denied.role.map(|role| role.chars().count()), Some(128));
    }
}
