use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Whose call it is and where it goes, as far as logs and metrics may know.
///
/// A client fills in where the call goes; who makes it only the caller knows.
/// A raw path is no template: it holds ids and would make a metric per id.
///
/// # Example
///
/// ```
/// use readmit_error::event::CallContext;
///
/// let call = CallContext::default().organization("org_42").template("/items/{id}");
/// assert_eq!(call.endpoint(), "/items/{id}");
/// ```
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CallContext {
    /// Who makes the call, as the application names them.
    #[serde(rename = "user.id", skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The organization on whose behalf it is made.
    #[serde(rename = "readmit.organization.id", skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The address that the application was called from.
    #[serde(rename = "client.address", skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpAddr>,
    /// The user agent that the application was called with.
    #[serde(rename = "user_agent.original", skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The path with its variables unfilled, such as `/items/{id}`.
    #[serde(rename = "url.template", skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The method.
    #[serde(rename = "http.request.method", skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The host that is called.
    #[serde(rename = "server.address", skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The port that is called.
    #[serde(rename = "server.port", skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

impl CallContext {
    /// Sets the user.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> CallContext {
        self.user = Some(user.into());
        self
    }

    /// Sets the organization.
    #[must_use]
    pub fn organization(mut self, organization: impl Into<String>) -> CallContext {
        self.organization = Some(organization.into());
        self
    }

    /// Sets the address that the application was called from.
    #[must_use]
    pub fn ip(mut self, ip: IpAddr) -> CallContext {
        self.ip = Some(ip);
        self
    }

    /// Sets the user agent that the application was called with.
    #[must_use]
    pub fn agent(mut self, agent: impl Into<String>) -> CallContext {
        self.agent = Some(agent.into());
        self
    }

    /// Sets the path with its variables unfilled.
    #[must_use]
    pub fn template(mut self, template: impl Into<String>) -> CallContext {
        self.template = Some(template.into());
        self
    }

    /// Returns what a log calls the endpoint: method and template, or method and host where there
    /// is no template.
    #[must_use]
    pub fn endpoint(&self) -> String {
        let place = self.template.as_deref().or(self.server.as_deref()).unwrap_or_default();
        match &self.method {
            Some(method) => format!("{method} {place}"),
            None => place.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_without_a_template_is_method_and_host() {
        let call = CallContext {
            method: Some("GET".to_owned()),
            server: Some("api.example.com".to_owned()),
            ..CallContext::default()
        };

        assert_eq!(call.endpoint(), "GET api.example.com");
        assert_eq!(call.template("/items/{id}").endpoint(), "GET /items/{id}");
    }
}
