use http::Method;

/// Which requests a fault or a hold is for.
#[derive(Clone, Debug)]
pub(crate) enum Scope {
    /// Requests of this method to this path; `*` is any, and `{…}` any one segment of a path.
    Only { method: String, path: String },
    /// Everything but the token endpoints.
    Data,
}

impl Scope {
    pub(crate) fn everything() -> Scope {
        Scope::only("*", "*")
    }

    pub(crate) fn only(method: &str, path: &str) -> Scope {
        Scope::Only { method: method.to_owned(), path: path.to_owned() }
    }

    pub(crate) fn covers(&self, method: &Method, path: &str) -> bool {
        match self {
            Scope::Only { method: wanted, path: pattern } => {
                (wanted == "*" || wanted == method.as_str()) && path_matches(pattern, path)
            }
            Scope::Data => !is_token_traffic(path),
        }
    }
}

/// Returns whether the path is one of the endpoints that deal in credentials.
pub(crate) fn is_token_traffic(path: &str) -> bool {
    issues_tokens(path) || ["/device", "/logout", "/revoke"].contains(&path)
}

/// Returns whether the path is one of the endpoints that issue tokens.
pub(crate) fn issues_tokens(path: &str) -> bool {
    path == "/token" || path == "/token/refresh"
}

fn path_matches(pattern: &str, path: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let mut segments = path.split('/');
    pattern.split('/').all(|wanted| {
        let is_any = wanted.starts_with('{') && wanted.ends_with('}');
        segments.next().is_some_and(|found| is_any || wanted == found)
    }) && segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_segment_by_segment() {
        for (pattern, path, expected) in [
            ("*", "/anything/at/all", true),
            ("/token", "/token", true),
            ("/token", "/token/refresh", false),
            ("/token/refresh", "/token", false),
            ("/organizations/{id}/members", "/organizations/7/members", true),
            ("/organizations/{id}/members", "/organizations/7/8/members", false),
        ] {
            assert_eq!(path_matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_method_is_matched_or_any() {
        assert!(Scope::only("GET", "/token").covers(&Method::GET, "/token"));
        assert!(!Scope::only("GET", "/token").covers(&Method::POST, "/token"));
        assert!(Scope::only("*", "/token").covers(&Method::POST, "/token"));
    }

    #[test]
    fn data_is_all_but_token_traffic() {
        assert!(Scope::Data.covers(&Method::GET, "/data_flows"));
        for path in ["/token", "/token/refresh", "/device", "/revoke", "/logout"] {
            assert!(!Scope::Data.covers(&Method::POST, path), "{path}");
        }
    }
}
