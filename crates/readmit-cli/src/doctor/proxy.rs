//! The proxy that the environment names.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::check::Finding;
use super::target::Target;

/// A proxy of HTTP.
#[derive(Clone)]
pub(super) struct Proxy {
    pub(super) host: String,
    pub(super) port: u16,
    /// The value of `Proxy-Authorization`.
    pub(super) authorization: Option<String>,
}

/// How the environment says that the target is reached.
pub(super) enum Told {
    Direct(&'static str),
    Through { variable: &'static str, proxy: Proxy },
    Unknown { variable: &'static str },
}

impl Told {
    pub(super) fn of(target: &Target, variable: impl Fn(&str) -> Option<String>) -> Told {
        let set = |name: &'static str| {
            let value = variable(name).or_else(|| variable(&name.to_ascii_lowercase()));
            value.filter(|value| !value.is_empty()).map(|value| (name, value))
        };
        // Upper-case HTTP_PROXY may come from a request to a CGI program, and is not heard.
        let plain = || variable("http_proxy").map(|value| ("http_proxy", value));
        let own = if target.is_tls() { set("HTTPS_PROXY") } else { plain() };
        let Some((variable, value)) = own.or_else(|| set("ALL_PROXY")) else {
            return Told::Direct("no proxy is set");
        };
        let but = set("NO_PROXY").map(|(_, value)| value).unwrap_or_default();
        if target.is_loopback() {
            return Told::Direct("a proxy is set, and is not asked for this machine itself");
        }
        if is_excepted(&target.host(), &but) {
            return Told::Direct("a proxy is set, and NO_PROXY names the host");
        }
        match read(&value) {
            Some(proxy) => Told::Through { variable, proxy },
            None => Told::Unknown { variable },
        }
    }

    pub(super) fn finding(&self) -> Finding {
        match self {
            Told::Direct(why) => Finding::ok(*why),
            Told::Through { variable, proxy } => {
                Finding::ok(format!("through {}:{}, by {variable}", proxy.host, proxy.port))
            }
            Told::Unknown { variable } => {
                Finding::warn(format!("{variable} names a proxy that the doctor does not speak"))
                    .fix("the doctor goes without it; a proxy of http:// would be asked")
            }
        }
    }

    pub(super) fn into_proxy(self) -> Option<Proxy> {
        match self {
            Told::Through { proxy, .. } => Some(proxy),
            Told::Direct(_) | Told::Unknown { .. } => None,
        }
    }
}

fn read(value: &str) -> Option<Proxy> {
    let with_scheme =
        if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    let url = Url::parse(&with_scheme).ok().filter(|url| url.scheme() == "http")?;
    let authorization = (!url.username().is_empty()).then(|| {
        let decode = |text: &str| {
            let pairs = format!("a={}", text.replace('+', "%2B"));
            url::form_urlencoded::parse(pairs.as_bytes()).next().map(|(_, it)| it.into_owned())
        };
        let user = decode(url.username()).unwrap_or_default();
        let password = url.password().and_then(decode).unwrap_or_default();
        format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
    });
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    Some(Proxy { host, port: url.port_or_known_default()?, authorization })
}

fn is_excepted(host: &str, list: &str) -> bool {
    list.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty()).any(|name| {
        let name = name.strip_prefix("*.").unwrap_or(name).trim_start_matches('.');
        let name = name.split(':').next().unwrap_or(name);
        let is_below = |end: &str| host.strip_suffix(end).is_some_and(|it| it.ends_with('.'));
        name == "*" || host.eq_ignore_ascii_case(name) || is_below(&name.to_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::options::Options;
    use super::*;

    #[test]
    fn the_environment_names_the_proxy() {
        for (url, variables, proxy) in [
            ("https://a.example", &[][..], None),
            ("https://a.example", &[("HTTPS_PROXY", "http://p:8080")], Some("p:8080")),
            ("https://a.example", &[("https_proxy", "p:3128")], Some("p:3128")),
            ("https://a.example", &[("ALL_PROXY", "http://p")], Some("p:80")),
            ("http://a.example", &[("HTTPS_PROXY", "http://p")], None),
            ("http://a.example", &[("HTTP_PROXY", "http://p")], None),
            ("http://a.example", &[("http_proxy", "http://p")], Some("p:80")),
            ("https://a.example", &[("ALL_PROXY", "socks5://p")], None),
            ("https://127.0.0.1", &[("ALL_PROXY", "http://p")], None),
        ] {
            let told = told(url, variables).into_proxy();

            let told = told.map(|proxy| format!("{}:{}", proxy.host, proxy.port));
            assert_eq!(told.as_deref(), proxy, "{url} {variables:?}");
        }
    }

    #[test]
    fn no_proxy_names_hosts_and_what_is_below_them() {
        for (list, is_excepted) in [
            ("a.example", true),
            ("example", true),
            (".example, b", true),
            ("*.example:443", true),
            ("*", true),
            ("ample", false),
            ("b.example", false),
            ("", false),
        ] {
            let variables = [("ALL_PROXY", "http://p"), ("NO_PROXY", list)];

            let proxy = told("https://a.example", &variables).into_proxy();

            assert_eq!(proxy.is_none(), is_excepted, "{list}");
        }
    }

    #[test]
    fn r55_the_password_of_a_proxy_is_not_shown() {
        let told = told("https://a.example", &[("HTTPS_PROXY", "http://u:s3%20cret@p:1")]);

        assert_eq!(told.finding().summary, "through p:1, by HTTPS_PROXY");
        let authorization = told.into_proxy().and_then(|proxy| proxy.authorization);
        assert_eq!(authorization.as_deref(), Some("Basic dTpzMyBjcmV0"));
    }

    fn told(url: &str, variables: &[(&str, &str)]) -> Told {
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            options: Options,
        }
        let target = Target::of(&Line::parse_from(["doctor", url]).options).unwrap();
        let variable = |name: &str| {
            let found = variables.iter().find(|(set, _)| *set == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Told::of(&target, variable)
    }
}
