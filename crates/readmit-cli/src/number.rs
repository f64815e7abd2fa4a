//! Numbers as people read them.

/// `1234567` as `1 234 567`, which reads the same everywhere.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count of things, which are one or many.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A rate, or `-` where it is unknown (rule 88).
pub(crate) fn rate(rate: Option<f64>) -> String {
    match rate {
        None => "-".to_owned(),
        Some(rate) if rate < 10.0 => format!("{rate:.1}"),
        Some(rate) if rate < 100_000.0 => format!("{rate:.0}"),
        Some(rate) if rate < 100_000_000.0 => format!("{:.0}k", rate / 1_000.0),
        Some(rate) => format!("{:.0}M", rate / 1_000_000.0),
    }
}

/// Seconds, in the two largest units that they have.
pub(crate) fn length(seconds: u64) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (name, size) in units {
        let count = rest / size;
        rest %= size;
        if 0 < count {
            parts.push(format!("{} {name}", grouped(count)));
        } else if !parts.is_empty() {
            break;
        }
        if parts.len() == 2 {
            break;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234), "1 234");
        assert_eq!(grouped(u64::MAX), "18 446 744 073 709 551 615");
    }

    #[test]
    fn one_thing_is_no_plural() {
        assert_eq!(counted(0, "line", "lines"), "0 lines");
        assert_eq!(counted(1, "line", "lines"), "1 line");
        assert_eq!(counted(1_000, "line", "lines"), "1 000 lines");
    }

    #[test]
    fn lengths_have_two_units_at_most() {
        for (seconds, told) in [
            (0, "0 s"),
            (59, "59 s"),
            (3_600, "1 h"),
            (3_661, "1 h 1 min"),
            (86_405, "1 d"),
            (90_000, "1 d 1 h"),
        ] {
            assert_eq!(length(seconds), told, "{seconds}");
        }
    }

    #[test]
    fn r88_an_unknown_rate_is_not_zero() {
        assert_eq!(rate(None), "-");
        assert_eq!(rate(Some(0.25)), "0.2");
        assert_eq!(rate(Some(1_234.0)), "1234");
        assert_eq!(rate(Some(1.5e12)), "1500000M");
    }
}
