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
    /// The id that the request was sent with; the one of the answer is the failure's.
    #[serde(rename = "readmit.request.id", skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The trace that the call belongs to, as 32 hexadecimal digits.
    #[serde(rename = "trace_id", skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The span within it, as 16 hexadecimal digits.
    #[serde(rename = "span_id", skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
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

    /// Sets the id that the request is sent with.
    #[must_use]
    pub fn request_id(mut self, request_id: impl Into<String>) -> CallContext {
        self.request_id = Some(request_id.into());
        self
    }

    /// Sets the trace and the span that a `traceparent` header names (W3C Trace Context section
    /// 3.2); one that is malformed sets neither.
    #[must_use]
    pub fn traceparent(mut self, header: &str) -> CallContext {
        if let Some((trace, span)) = ids(header) {
            self.trace_id = Some(trace.to_owned());
            self.span_id = Some(span.to_owned());
        }
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

/// Reads `00-<trace>-<span>-01`; ids of zeros alone are none.
fn ids(header: &str) -> Option<(&str, &str)> {
    let mut parts = header.trim().split('-');
    let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
    let is_id = |id: &str, length| {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        id.len() == length && id.bytes().all(is_hex) && id.bytes().any(|byte| byte != b'0')
    };
    let is_version = version.len() == 2 && version != "ff" && parts.next().is_some();
    (is_version && is_id(trace, 32) && is_id(span, 16)).then_some((trace, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_names_trace_and_span() {
        let call = CallContext::default()
            .traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        assert_eq!(call.trace_id.as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        assert_eq!(call.span_id.as_deref(), Some("00f067aa0ba902b7"));
    }

    #[test]
    fn a_malformed_traceparent_names_nothing() {
        for header in [
            "",
            "00-4bf9-00f0-01",
            "4bf92f3577b34da6a3ce929d0e0e4736",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(
                CallContext::default().traceparent(header),
                CallContext::default(),
                "{header}"
            );
        }
    }

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
