use std::fmt;

use serde::{Deserialize, Serialize};

/// Whom a message is for.
///
/// Each is told what they can do: a user signs in again, a developer corrects the request, an
/// administrator grants the permission.
///
/// # Example
///
/// ```
/// use readmit_error::Kind;
/// use readmit_message::{Audience, Catalogue};
///
/// let catalogue = Catalogue::english();
/// let entry = catalogue.kind(Kind::InsufficientPermissions);
/// let told = Audience::ALL.map(|audience| entry.message(audience));
/// assert!(told[0] != told[1] && told[1] != told[2]);
/// ```
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "every entry has words for each of the three")]
pub enum Audience {
    /// The person in front of the program.
    #[default]
    User,
    /// Whoever writes the program that calls the API.
    Developer,
    /// Whoever administers accounts, keys, networks and machines.
    Administrator,
}

impl Audience {
    /// Every audience, in the order of their declaration.
    pub const ALL: [Audience; 3] = [Audience::User, Audience::Developer, Audience::Administrator];

    /// Returns the name in snake case, as it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Audience::User => "user",
            Audience::Developer => "developer",
            Audience::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_its_name_in_json() {
        for audience in Audience::ALL {
            assert_eq!(serde_json::to_value(audience).unwrap(), audience.as_str());
        }
    }
}
