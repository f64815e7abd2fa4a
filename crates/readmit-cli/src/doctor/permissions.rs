//! Whether the credential may do what it is to do.

use readmit_error::Kind;

use super::answers::Read;
use super::check::Finding;
use super::secret::{Secret, clean};
use super::token::Claims;

/// Whether the API lets the caller do it.
pub(super) fn access(read: &Read, secret: Option<&Secret>) -> Finding {
    let Some(failure) = &read.failure else {
        return if read.heard.status.is_success() {
            Finding::ok("the API allows this request")
        } else {
            Finding::skipped("the answer does not tell")
        };
    };
    if failure.kind() != Kind::InsufficientPermissions {
        return Finding::skipped("the API did not come as far as permissions");
    }
    let denied = failure.denied();
    let finding = Finding::fail("the API knows who is calling, and does not allow this")
        .fix("have an administrator grant the permission; a new token alone does not help");
    let names = denied.scopes.iter().chain(&denied.permissions);
    let places = [&denied.role, &denied.organization, &denied.resource];
    names
        .chain(places.into_iter().flatten())
        .fold(finding, |finding, name| finding.seen(format!("needed: {}", clean(secret, name))))
}

/// Whether the scopes that are needed are there, as far as anybody tells.
pub(super) fn scopes(
    wanted: &[String],
    claims: Option<&Claims>,
    read: Option<&Read>,
    secret: Option<&Secret>,
) -> Finding {
    let told = read.and_then(of_headers).map(|scopes| ("the server says", scopes));
    let told = told.or_else(|| Some(("the token says of itself", claims?.scopes()?)));
    let Some((who, granted)) = told else {
        return match wanted {
            [] => Finding::skipped("nobody says which scopes the credential has"),
            _ => Finding::unknown("could not be verified: nobody says which scopes it has"),
        };
    };
    let shown: Vec<_> = granted.iter().map(|scope| clean(secret, scope)).collect();
    let missing: Vec<_> = wanted.iter().filter(|scope| !granted.contains(scope)).cloned().collect();
    let finding = match (wanted, &missing[..]) {
        ([], _) => Finding::ok(format!("{} scopes", granted.len())),
        (_, []) => Finding::ok("all scopes that are needed are there"),
        _ => Finding::fail(format!("scopes are missing: {}", missing.join(", ")))
            .fix("ask for a token with them; a refresh keeps the scopes it had"),
    };
    finding
        .seen(format!("{who}: {}", if shown.is_empty() { "none".into() } else { shown.join(" ") }))
}

/// Some servers say in every answer what the credential may.
fn of_headers(read: &Read) -> Option<Vec<String>> {
    let value = read.heard.headers.get("x-oauth-scopes")?.to_str().ok()?;
    let scopes = value.split([',', ' ']).filter(|scope| !scope.is_empty());
    Some(scopes.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::super::check::Status;
    use super::*;

    #[test]
    fn scopes_are_compared_with_what_the_token_says() {
        // {"alg":"x"} and {"scope":"a b"}
        let claims = Claims::read("eyJhbGciOiJ4In0.eyJzY29wZSI6ImEgYiJ9.x");
        let wanted = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        for (names, claims, status) in [
            (&[][..], claims.as_ref(), Status::Ok),
            (&["a", "b"], claims.as_ref(), Status::Ok),
            (&["a", "c"], claims.as_ref(), Status::Fail),
            (&["a"], None, Status::Unknown),
            (&[], None, Status::Skipped),
        ] {
            let finding = scopes(&wanted(names), claims, None, None);

            assert_eq!(finding.status, status, "{names:?}");
        }
    }
}
