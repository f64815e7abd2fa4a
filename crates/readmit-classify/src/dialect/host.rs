//! Host names, and the patterns that they fit.

/// Returns the name in a host as a URL has it: without its port and the dot at its end.
///
/// None where it is longer than any name: each of its dots begins a suffix to be looked up.
pub(super) fn name(host: &str) -> Option<&str> {
    // An address in brackets is no name, and what remains of it fits no pattern.
    let name = host.split(':').next().unwrap_or(host);
    let name = name.strip_suffix('.').unwrap_or(name);
    (name.len() <= NAME_LIMIT).then_some(name)
}

/// Returns the suffixes of a name that a pattern with a star may have, the longest first.
pub(super) fn suffixes(name: &str) -> impl Iterator<Item = &str> {
    let dots = name.char_indices().filter(|&(at, next)| next == '.' && 0 < at);
    dots.filter_map(|(at, _)| name.get(at + 1..))
}

/// Returns whether a pattern is this name.
pub(super) fn is_exact(pattern: &str, name: &str) -> bool {
    pattern.eq_ignore_ascii_case(name)
}

/// Returns whether a pattern is a star and this suffix.
pub(super) fn is_suffix(pattern: &str, suffix: &str) -> bool {
    pattern.strip_prefix("*.").is_some_and(|rest| rest.eq_ignore_ascii_case(suffix))
}

/// Returns whether a name fits a pattern.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    is_exact(pattern, name) || suffixes(name).any(|suffix| is_suffix(pattern, suffix))
}

/// Bytes of the longest name (RFC 1035 section 2.3.4), written with dots.
const NAME_LIMIT: usize = 253;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_depth_of_sub_domain_and_not_the_bare_suffix() {
        for host in ["a.ghe.com", "b.a.GHE.com", "a.ghe.com:443", "a.ghe.com.", "a.ghe.com.:443"] {
            assert!(is_at("*.ghe.com", host), "{host}");
        }
        for host in ["ghe.com", ".ghe.com", "xghe.com", "a.ghe.com.evil.example", "", "[::1]:443"] {
            assert!(!is_at("*.ghe.com", host), "{host}");
        }
    }

    #[test]
    fn a_pattern_without_a_star_is_one_host() {
        assert!(is_at("api.github.com", "API.GitHub.com:443"));
        assert!(!is_at("api.github.com", "x.api.github.com"));
        assert!(!is_at("api.github.com", "api.github.com.evil.example"));
    }

    #[test]
    fn r75_what_is_longer_than_any_name_fits_nothing() {
        let longest = format!("{}.ghe.com", "a".repeat(NAME_LIMIT - ".ghe.com".len()));

        assert!(is_at("*.ghe.com", &longest) && is_at("*.ghe.com", &format!("{longest}.:443")));
        assert!(!is_at("*.ghe.com", &format!("a{longest}")));
        assert!(!is_at("*.ghe.com", &format!("{}.ghe.com", ".".repeat(64 * 1024))));
    }

    fn is_at(pattern: &str, host: &str) -> bool {
        name(host).is_some_and(|name| fits(pattern, name))
    }
}
