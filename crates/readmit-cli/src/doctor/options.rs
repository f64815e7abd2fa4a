use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use url::Url;

use super::check::{CHECKS, Section};
use crate::address;
use crate::trouble::Trouble;

/// Look for what keeps a client out of an API, step by step, and end with one verdict.
///
/// It looks at the answer, the credential, the permissions, the log, the way to the endpoint and
/// what support will ask for. It sends two GET requests, one without and one with the credential,
/// refreshes nothing, follows no redirect, and shows no secret. A credential is valid, rejected, or
/// could not be verified; what could not be verified is never called invalid.
///
/// Exit status: 0 all is well; 1 something is wrong; 2 nothing is known to be wrong, and something
/// could not be verified; 64 wrong arguments.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The API, or better an endpoint of it that wants a credential
    #[arg(value_parser = address::url)]
    pub(super) url: Url,

    /// The path of an endpoint that wants a credential and changes nothing, such as /me
    #[arg(long, value_name = "PATH")]
    pub(super) whoami: Option<String>,

    /// The variable that has the credential; may be repeated, the first that is set counts
    #[arg(long, value_name = "NAME", default_value = "READMIT_TOKEN")]
    pub(super) token_env: Vec<String>,

    /// The file that has the credential; - is the standard input
    #[arg(long, value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,

    /// The scheme of Authorization; Basic takes user:password too
    #[arg(long, default_value = "Bearer", conflicts_with = "header")]
    pub(super) scheme: String,

    /// The header that carries the credential as it is, such as X-Api-Key
    #[arg(long, value_name = "NAME")]
    pub(super) header: Option<http::HeaderName>,

    /// A scope that is needed; may be repeated
    #[arg(long = "scope", value_name = "NAME")]
    pub(super) scopes: Vec<String>,

    /// A log in JSON, one entry a line, for its recent failures
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,

    /// Send nothing
    #[arg(long)]
    pub(super) offline: bool,

    /// Seconds for each step on the way
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(super) timeout: u64,

    /// Sections or checks to tell, with commas: credentials,endpoint.tls
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(super) only: Vec<String>,

    /// Write what support needs to a file, without secrets; asks first
    #[arg(long, value_name = "FILE")]
    pub(super) bundle: Option<PathBuf>,

    /// Do not ask before the bundle is written
    #[arg(long, requires = "bundle")]
    pub(super) yes: bool,

    /// Print JSON (schema readmit.doctor/1)
    #[arg(long)]
    pub(super) json: bool,
}

impl Options {
    pub(super) fn limit(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// Refuses names that are no sections and no checks.
    pub(super) fn check_only(&self) -> Result<(), Trouble> {
        let is_known = |name: &str| {
            CHECKS.iter().any(|check| check.id == name || check.section.as_str() == name)
        };
        match self.only.iter().find(|name| !is_known(name)) {
            None => Ok(()),
            Some(name) => {
                let name = readmit_error::neutralise(name, 60);
                let sections: Vec<_> = Section::ALL.iter().map(|it| it.as_str()).collect();
                let checks: Vec<_> = CHECKS.iter().map(|check| check.id).collect();
                Err(Trouble::usage(format!("no section and no check is called {name}"))
                    .cure(format!("choose among {}; {}", sections.join(", "), checks.join(", "))))
            }
        }
    }
}
