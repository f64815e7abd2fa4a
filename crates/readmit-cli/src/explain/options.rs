use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::SystemTime;

use clap::{Args, ValueEnum};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use readmit_classify::{BODY_LIMIT, Dialect};
use readmit_error::neutralise;
use readmit_log::redact::Redactor;
use url::Url;

use super::answer::{Answer, Subject};
use crate::address;
use crate::trouble::Trouble;

/// Explain an answer: what happened, why, whose move it is, what to do next.
///
/// It reads what `curl -si` prints (`curl -L` and `curl -v` too), a HAR file, or log entries in
/// JSON, one a line; from a file, or from standard input. An answer can also be given by flags.
///
/// Exit status: 0 explained, whatever the answer says; 1 with --check, where the last answer is a
/// failure; 64 wrong arguments; 65 nothing in the input can be explained; 66 the file cannot be read.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// What to read [default: standard input]
    pub(super) file: Option<PathBuf>,

    /// The status of an answer given by flags
    #[arg(long, value_name = "CODE", conflicts_with = "file", value_parser = status)]
    pub(super) status: Option<StatusCode>,

    /// A header of the answer, as in 'Retry-After: 30'; may be repeated
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE", requires = "status")]
    pub(super) headers: Vec<String>,

    /// The body of the answer; @FILE reads it from a file, @- from standard input
    #[arg(long, value_name = "TEXT", requires = "status")]
    pub(super) body: Option<String>,

    /// The host that answered: some say things that no other says
    #[arg(long, value_name = "NAME", conflicts_with_all = ["url", "dialect"])]
    pub(super) host: Option<String>,

    /// The URL that was asked, for its host
    #[arg(long, conflicts_with = "dialect", value_parser = address::url)]
    pub(super) url: Option<Url>,

    /// The provider by name, such as github
    #[arg(long, value_name = "NAME")]
    pub(super) dialect: Option<String>,

    /// The method of the request; it decides whether sending it again is safe [default: GET]
    #[arg(long)]
    pub(super) method: Option<Method>,

    /// Whether the request carried a credential, where the input does not tell
    #[arg(long, value_enum)]
    pub(super) credential: Option<Credential>,

    /// Leave out what is no failure
    #[arg(long)]
    pub(super) failures: bool,

    /// Print JSON (schema readmit.explain/1)
    #[arg(long)]
    pub(super) json: bool,

    /// Exit with 1 where the last answer is a failure
    #[arg(long)]
    pub(super) check: bool,
}

/// Whether a request carried a credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Credential {
    None,
    Sent,
}

/// What was said by flags of all answers; it goes before what the input tells.
#[derive(Debug, Default)]
pub(crate) struct Context {
    pub(super) dialect: Option<&'static Dialect>,
    pub(super) method: Option<Method>,
    pub(super) credential_sent: Option<bool>,
    /// Whether what is no failure is left out.
    pub(super) failures_only: bool,
    pub(super) redactor: Redactor,
}

impl Context {
    pub(super) fn of(options: &Options) -> Result<Context, Trouble> {
        let host = match (&options.host, &options.url) {
            (Some(host), _) => Some(host.as_str()),
            (None, Some(url)) => url.host_str(),
            (None, None) => None,
        };
        let dialect = match &options.dialect {
            Some(name) => Some(Dialect::named(name).ok_or_else(|| unknown(name))?),
            None => host.and_then(Dialect::for_host),
        };
        Ok(Context {
            dialect,
            method: options.method.clone(),
            credential_sent: options.credential.map(|credential| credential == Credential::Sent),
            failures_only: options.failures,
            redactor: Redactor::new(),
        })
    }
}

impl Options {
    /// Returns the answer that the flags describe, if they do.
    pub(super) fn given(&self, now: SystemTime) -> Result<Option<Subject>, Trouble> {
        let Some(status) = self.status else { return Ok(None) };
        let mut answer = Answer::new(status, now);
        answer.headers = headers(&self.headers)?;
        if let Some(body) = &self.body {
            (answer.body, answer.cut) = match body.strip_prefix('@') {
                Some(name) => beginning_of(name)?,
                None => (body.clone().into_bytes(), false),
            };
        }
        Ok(Some(Subject::Answer(Box::new(answer))))
    }
}

fn status(text: &str) -> Result<StatusCode, String> {
    text.parse().map_err(|_| "a status has three digits: --status 401".to_owned())
}

fn headers(lines: &[String]) -> Result<HeaderMap, Trouble> {
    let mut headers = HeaderMap::new();
    for line in lines {
        let read = line.split_once(':').and_then(|(name, value)| {
            let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(value.trim()).ok()?))
        });
        let (name, value) = read.ok_or_else(|| {
            Trouble::usage(format!("not a header: {}", neutralise(line, SHOWN)))
                .cure("write it as --header 'Retry-After: 30'")
        })?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// Reads as much of a file as is looked at, and says whether there is more.
fn beginning_of(name: &str) -> Result<(Vec<u8>, bool), Trouble> {
    let mut bytes = Vec::new();
    let limit = BODY_LIMIT as u64 + 1;
    if name == "-" {
        let read = io::stdin().lock().take(limit).read_to_end(&mut bytes);
        read.map_err(|error| Trouble::unreadable("the standard input", &error))?;
    } else {
        File::open(name)
            .and_then(|file| file.take(limit).read_to_end(&mut bytes))
            .map_err(|error| Trouble::unreadable(name, &error))?;
    }
    let cut = BODY_LIMIT < bytes.len();
    bytes.truncate(BODY_LIMIT);
    Ok((bytes, cut))
}

fn unknown(name: &str) -> Trouble {
    let names: Vec<_> = Dialect::shipped().map(Dialect::name).collect();
    Trouble::usage(format!("no dialect is called {}", neutralise(name, SHOWN)))
        .cure(format!("leave it out, or choose one of {}", names.join(", ")))
}

/// Characters of a wrong argument that are repeated.
const SHOWN: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_curl_takes_them() {
        let headers = headers(&["Retry-After: 30".to_owned(), "X-A:b:c".to_owned()]).unwrap();

        assert_eq!(headers["retry-after"], "30");
        assert_eq!(headers["x-a"], "b:c");
    }

    #[test]
    fn what_is_no_header_is_refused_with_the_cure() {
        for line in ["Retry-After", "a b: c", ": c", "a: \u{1b}[31m"] {
            let trouble = headers(&[line.to_owned()]).unwrap_err().to_string();

            assert!(trouble.contains("cure: write it as"), "{trouble}");
            assert!(!trouble.contains('\u{1b}'), "{trouble:?}");
        }
    }
}
