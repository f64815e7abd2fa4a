//! What was denied, as far as the answer tells.

use readmit_error::{Challenge, Denied, neutralise};

use crate::body::{self, Path, Value, Visitor};

/// Collects what the challenges and the body say would have been needed.
pub(crate) fn denied(challenges: &[Challenge], body: &str) -> Denied {
    let mut told = Told::default();
    body::walk(body, &mut told);
    let scopes: Vec<_> =
        challenges.iter().flat_map(Challenge::scopes).take(LIMIT).map(bounded).collect();
    let mut denied = told.denied;
    if !scopes.is_empty() {
        denied.scopes = scopes;
    }
    denied
}

/// What the body says; of two names for one thing the more telling counts.
#[derive(Debug, Default)]
struct Told {
    denied: Denied,
    permissions_weight: usize,
    scopes_weight: usize,
}

impl<'a> Visitor<'a> for Told {
    fn member(&mut self, path: &Path<'a>, value: Value<'a>) {
        let mut around = path.names().rev().skip(1);
        let within_details = match (around.next(), around.next()) {
            (None, _) => false,
            (Some("details"), None) => true,
            _ => return,
        };
        let Value::Text(text) = value else { return };
        let weight = |telling: usize| 2 * telling + usize::from(within_details);
        match path.name() {
            "required_permissions" | "required_permission" => self.permissions(&text, weight(2)),
            "permissions" | "permission" => self.permissions(&text, weight(1)),
            "required_scopes" | "required_scope" => self.scopes(&text, weight(2)),
            "scopes" | "scope" => self.scopes(&text, weight(1)),
            "required_role" => self.denied.role = Some(bounded(&text)),
            "role" => keep(&mut self.denied.role, &text),
            "organization" | "organization_id" | "org_id" => {
                keep(&mut self.denied.organization, &text);
            }
            "resource" | "resource_id" => keep(&mut self.denied.resource, &text),
            _ => {}
        }
    }
}

impl Told {
    fn permissions(&mut self, text: &str, weight: usize) {
        add(&mut self.denied.permissions, &mut self.permissions_weight, text, weight);
    }

    fn scopes(&mut self, text: &str, weight: usize) {
        add(&mut self.denied.scopes, &mut self.scopes_weight, text, weight);
    }
}

/// Adds a list with spaces in it, in the place of less telling ones.
fn add(list: &mut Vec<String>, told: &mut usize, text: &str, weight: usize) {
    if *told < weight {
        list.clear();
        *told = weight;
    }
    if *told == weight {
        let room = LIMIT.saturating_sub(list.len());
        list.extend(text.split_whitespace().take(room).map(bounded));
    }
}

fn keep(place: &mut Option<String>, text: &str) {
    if place.is_none() {
        *place = Some(bounded(text));
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
    use crate::places::Places;

    #[test]
    fn r30_what_would_have_been_needed_is_told() {
        let body = json!({"details": {
            "required_permission": "flows:write",
            "required_role": "admin",
            "organization_id": "org_1",
            "resource": "flow 7",
        }});
        let challenge = Challenge::new("Bearer").param("scope", "a b");

        let denied = denied(&[challenge], &body.to_string());

        assert_eq!(denied.permissions, ["flows:write"]);
        assert_eq!(denied.scopes, ["a", "b"]);
        assert_eq!(denied.role.as_deref(), Some("admin"));
        assert_eq!(denied.organization.as_deref(), Some("org_1"));
        assert_eq!(denied.resource.as_deref(), Some("flow 7"));
    }

    #[test]
    fn each_name_that_tells_something_makes_the_body_worth_this_walk() {
        for name in [
            "required_permissions",
            "required_permission",
            "permissions",
            "permission",
            "required_scopes",
            "required_scope",
            "scopes",
            "scope",
            "required_role",
            "role",
            "organization",
            "organization_id",
            "org_id",
            "resource",
            "resource_id",
        ] {
            let body = json!({"details": {name: "x"}}).to_string();
            let mut places = Places::default();

            body::walk(&body, &mut places);

            assert!(places.names_the_denied, "{name}");
            assert!(!denied(&[], &body).is_empty(), "{name}");
        }
    }

    #[test]
    fn r56_what_was_denied_is_bounded_and_neutral() {
        let body = json!({"scope": "a\u{1b} ".repeat(100), "role": "x".repeat(1_000)});

        let denied = denied(&[], &body.to_string());

        assert_eq!(denied.scopes.len(), LIMIT);
        assert_eq!(denied.scopes[0], "a\\u{1b}");
        assert_eq!(denied.role.map(|role| role.chars().count()), Some(128));
    }
}
