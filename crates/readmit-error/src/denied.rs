use serde::{Deserialize, Serialize};

/// What the caller was denied, as far as the server told.
///
/// # Example
///
/// ```
/// use readmit_error::Denied;
///
/// let denied = Denied { scopes: vec!["flows:write".to_owned()], ..Denied::default() };
/// assert!(!denied.is_empty());
/// ```
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
#[expect(clippy::exhaustive_structs, reason = "made with `..Denied::default()`; read by field")]
pub struct Denied {
    /// The permissions, any of which would do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<String>,
    /// The scopes that the token would need.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// The role that would do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The organization that the caller is not, or not enough, a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The resource that was to be touched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

impl Denied {
    /// Returns whether the server told nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Denied::default()
    }
}
