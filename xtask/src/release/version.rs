use std::fmt;
use std::str::FromStr;

/// A version without a pre-release: none of these crates has one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Version {
    /// The first version that may take something away from whoever uses this one.
    pub(super) fn next_breaking(self) -> Version {
        match self.major {
            0 => Version { minor: self.minor + 1, patch: 0, ..self },
            major => Version { major: major + 1, minor: 0, patch: 0 },
        }
    }

    /// The first version that may offer more than this one.
    pub(super) fn next_adding(self) -> Version {
        match self.major {
            0 => Version { patch: self.patch + 1, ..self },
            _ => Version { minor: self.minor + 1, patch: 0, ..self },
        }
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Version, ()> {
        let mut parts = text.split('.').map(|part| part.parse().map_err(|_| ()));
        let mut part = || parts.next().unwrap_or(Err(()));
        let version = Version { major: part()?, minor: part()?, patch: part()? };
        if parts.next().is_none() { Ok(version) } else { Err(()) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_1_0_the_second_number_says_that_something_breaks() {
        let version: Version = "0.3.7".parse().unwrap();

        assert_eq!(version.next_breaking().to_string(), "0.4.0");
        assert_eq!(version.next_adding().to_string(), "0.3.8");
    }

    #[test]
    fn from_1_0_on_the_first_number_says_so() {
        let version: Version = "1.3.7".parse().unwrap();

        assert_eq!(version.next_breaking().to_string(), "2.0.0");
        assert_eq!(version.next_adding().to_string(), "1.4.0");
    }

    #[test]
    fn versions_are_compared_by_number() {
        let [nine, ten] = ["0.9.0", "0.10.0"].map(|text| text.parse::<Version>().unwrap());

        assert!(nine < ten);
        assert!("1.0".parse::<Version>().is_err() && "1.0.0.0".parse::<Version>().is_err());
        assert!("1.0.0-rc.1".parse::<Version>().is_err());
    }
}
