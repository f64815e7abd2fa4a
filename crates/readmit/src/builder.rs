mod admission;
mod combinations;
mod proving;
mod repeatable;
mod tokens;
mod watching;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::USER_AGENT;
use http::{HeaderMap, HeaderName, HeaderValue};
use readmit_classify::Dialect;
use readmit_core::{Clock, Draws};
use readmit_error::event::Sink;
use readmit_log::redact::Redactor;
use readmit_monitor::AlertSink;
use readmit_retry::Policy;
use url::Url;

use crate::account::{Account, Supply};
use crate::admission::{Gates, Settings};
use crate::clock::TokioClock;
use crate::dialects::{Dialects, Spoken};
use crate::origins::{Origins, has_user, is_private, shown};
use crate::response::Reader;
use crate::shared::{Common, Core};
use crate::step_up::StepUps;
use crate::token_endpoint::TokenEndpoint;
use crate::token_transport::{Over, TokenTransport};
use crate::under_way::UnderWay;
use crate::watch::Watch;
use crate::{BuildError, Client, Credentials, HttpService, monitor, recovery};

/// Sets a [`Client`] up; [`Client::builder`] begins one.
///
/// Each default is argued for in the project's `docs/defaults.md`.
#[must_use]
pub struct ClientBuilder {
    origin: String,
    also: Vec<String>,
    credentials: Option<Credentials>,
    spoken: Spoken,
    headers: Vec<Result<(HeaderName, HeaderValue), BuildError>>,
    /// [`Policy::DEFAULT`] where it was not set.
    policy: Option<Policy>,
    admission: Settings,
    recovery: Option<recovery::Config>,
    /// Over the client's own transport where there is none.
    tokens: Option<Box<dyn TokenTransport>>,
    #[cfg(feature = "dpop")]
    key: Option<Box<dyn recovery::ProofKey>>,
    step_ups: Option<Arc<StepUps>>,
    /// As long as the deadline allows, but no longer than the default.
    attempt_timeout: Option<Duration>,
    deadline: Duration,
    traced: bool,
    redactor: Redactor,
    /// `None` where there is to be no monitor.
    monitoring: Option<monitor::Config>,
    alerts: Vec<Arc<dyn AlertSink>>,
    #[cfg(feature = "metrics")]
    metrics: Option<Arc<monitor::MetricsExport>>,
    sinks: Vec<Arc<dyn Sink>>,
    clock: Arc<dyn Clock>,
    draws: Arc<Draws>,
}

impl ClientBuilder {
    pub(crate) fn new(origin: &str) -> ClientBuilder {
        ClientBuilder {
            origin: origin.to_owned(),
            also: Vec::new(),
            credentials: None,
            spoken: Spoken::ByHost,
            headers: Vec::new(),
            policy: None,
            admission: Settings::default(),
            recovery: None,
            tokens: None,
            #[cfg(feature = "dpop")]
            key: None,
            step_ups: None,
            attempt_timeout: None,
            deadline: Duration::from_secs(60),
            traced: true,
            redactor: Redactor::new(),
            monitoring: Some(monitor::Config::default()),
            alerts: Vec::new(),
            #[cfg(feature = "metrics")]
            metrics: None,
            sinks: Vec::new(),
            clock: Arc::new(TokioClock),
            draws: Arc::default(),
        }
    }

    /// Sets what to let the client in with; none by default.
    ///
    /// It goes to the origin of the client and to those added with [`also`](ClientBuilder::also),
    /// over https or within this machine, and nowhere else (rule 35).
    pub fn credentials(mut self, credentials: Credentials) -> ClientBuilder {
        self.credentials = Some(credentials);
        self
    }

    /// Adds an origin that the credential is for as well.
    ///
    /// Its answers are read in the [dialect](ClientBuilder::dialect) of its host.
    pub fn also(mut self, origin: impl Into<String>) -> ClientBuilder {
        self.also.push(origin.into());
        self
    }

    /// Says by name which dialect the API at the client's origin speaks, such as `graphql`.
    ///
    /// A dialect is what one family of APIs says that nobody can know from words and shapes;
    /// [`Dialect::named`] finds it by the whole of any of its names: `AWS S3` as well as `aws`.
    ///
    /// Where the dialect [reads successes](Dialect::reads_success), a failure inside an answer
    /// below 400 is a failure like any other: recovered from, repeated where the request may be,
    /// and else an [`Error`](crate::Error). To find it, a body of JSON, XML or a form is read to
    /// 64 KiB, or for as long as the [attempt](ClientBuilder::attempt_timeout) may take, before the
    /// answer is given out; all of it is given out with the answer. A stream of JSON that trickles
    /// is held back that long too, unless the client is [`generic`](ClientBuilder::generic). A body
    /// of another type, and any body where the dialect reads no successes, is left alone.
    ///
    /// Token endpoints are read in the dialect of their own host, or as OAuth 2.0.
    ///
    /// Default: the dialect of the origin's host, if it has one.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::{BuildError, Client};
    ///
    /// let api = || Client::builder("https://api.example.com");
    /// assert!(api().dialect("graphql").build().is_ok());
    /// assert!(matches!(api().dialect("grafql").build(), Err(BuildError::UnknownDialect { .. })));
    /// ```
    pub fn dialect(mut self, name: impl Into<String>) -> ClientBuilder {
        self.spoken = Spoken::Named(name.into());
        self
    }

    /// Sets the dialect that the API at the client's origin speaks, such as one of your own.
    ///
    /// With the feature `dialect-files`, `Dialect::parse` reads one from a TOML file.
    pub fn own_dialect(mut self, dialect: Dialect) -> ClientBuilder {
        self.spoken = Spoken::Own(Box::new(dialect));
        self
    }

    /// Reads all answers as those of an API that nobody has seen before, whatever its host; token
    /// endpoints excepted.
    ///
    /// An API of your own behind `*.amazonaws.com` does not speak as AWS does, and then no success
    /// of it has to be [read ahead](ClientBuilder::dialect).
    pub fn generic(mut self) -> ClientBuilder {
        self.spoken = Spoken::Generic;
        self
    }

    /// Sets a header of every request, such as the `Accept` that an API insists on.
    ///
    /// A request's own header of that name replaces it.
    /// A value that is marked sensitive goes only where the credential goes.
    pub fn default_header(
        mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> ClientBuilder {
        self.headers.push(header(name, value));
        self
    }

    /// Sets when and how often a failed attempt is repeated.
    ///
    /// Default: [`Policy::DEFAULT`], three attempts in all.
    pub fn retry(mut self, policy: Policy) -> ClientBuilder {
        self.policy = Some(policy);
        self
    }

    /// Sets how long one attempt may take until the head of its answer is there; a streaming body
    /// is sent first, and its time does not count.
    ///
    /// Where it is set, as many attempts as the [policy](ClientBuilder::retry) allows have to fit the
    /// deadline, the longest waits between them included; else the client is not built (rule 97).
    ///
    /// Default: 30 s, or the [deadline](ClientBuilder::deadline) where that is shorter.
    pub fn attempt_timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Sets how long a whole call may take, waits, recoveries and the body of the answer included.
    ///
    /// A request with a streaming body has no deadline but its own
    /// ([`RequestBuilder::deadline`](crate::RequestBuilder::deadline)).
    ///
    /// The longest waits of the [policy](ClientBuilder::retry) have to fit it, which take 300 ms by
    /// default; a shorter one wants a policy of its own (rule 97).
    ///
    /// Default: 60 s.
    pub fn deadline(mut self, deadline: Duration) -> ClientBuilder {
        self.deadline = deadline;
        self
    }

    /// Builds a client over reqwest and rustls.
    ///
    /// # Errors
    ///
    /// [`BuildError`], which says what is wrong and how to mend it.
    #[cfg(feature = "reqwest")]
    pub fn build(self) -> Result<Client, BuildError> {
        let service = crate::reqwest_service::Reqwest::new()?;
        self.build_over(service)
    }

    /// Builds a client over any service.
    ///
    /// The service must not follow redirects: the client does, so that a credential does not leak.
    ///
    /// # Errors
    ///
    /// [`BuildError`], which says what is wrong and how to mend it.
    pub fn build_over<S: HttpService>(self, service: S) -> Result<Client<S>, BuildError> {
        let common = self.common(|| Box::new(Over(service.clone())))?;
        Ok(Client::over(Core::new(service, Arc::new(common))))
    }

    /// Checks everything, and builds all of a client but its transport; that of the tokens is asked
    /// for where the builder has none.
    pub(crate) fn common(
        mut self,
        tokens: impl FnOnce() -> Box<dyn TokenTransport>,
    ) -> Result<Common, BuildError> {
        let attempt_timeout = self.times()?;
        self.combinations()?;
        let (base, known) = self.origins()?;
        let policy = self.policy.take().unwrap_or(Policy::DEFAULT);
        let recovery = self.recovery.take().unwrap_or(recovery::Config::DEFAULT);
        let (watch, prover) = (self.watch(), self.prover());
        let dialects = Arc::new(Dialects::new(self.spoken, &known)?);
        let headers = all(self.headers)?;
        let redactor = watch.secrets.redactor();
        let reader = Arc::new(Reader::new(&self.clock, &dialects, &headers, redactor));
        let gates = self.admission.checked(attempt_timeout, &watch)?;
        let token_gates = Arc::new(Gates::new(gates.of_tokens(), &[]));
        let under_way = Arc::<UnderWay>::default();
        let endpoint = TokenEndpoint {
            transport: self.tokens.unwrap_or_else(tokens),
            policy: policy.clone(),
            gates: Arc::clone(&token_gates),
            attempt_timeout,
            clock: Arc::clone(&self.clock),
            draws: Arc::clone(&self.draws),
            prover: prover.clone(),
            secrets: watch.secrets.clone(),
            clocks: Mutex::default(),
        };
        let account = |it| account(it, recovery, endpoint, under_way.clone(), watch.clone());
        let account = self.credentials.map(account).transpose()?;
        Ok(Common {
            base,
            origins: Origins::new(&known),
            dialects,
            reader,
            account,
            prover,
            step_ups: self.step_ups,
            headers,
            policy,
            gates: Gates::new(gates, &known),
            token_gates,
            under_way,
            attempt_timeout,
            deadline: self.deadline,
            watch,
            clock: self.clock,
            draws: self.draws,
        })
    }

    /// Reads the client's origin, and with it all that the credential is for.
    fn origins(&self) -> Result<(Url, Vec<Url>), BuildError> {
        let base = origin(&self.origin)?;
        let mut known = vec![base.clone()];
        for also in &self.also {
            known.push(origin(also)?);
        }
        let readable = known.iter().find(|url| !is_private(url));
        match readable.filter(|_| self.credentials.is_some()) {
            Some(url) => Err(BuildError::InsecureOrigin { url: shown(url.as_str()) }),
            None => Ok((base, known)),
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().flatten().map(|(name, _)| name).collect();
        f.debug_struct("ClientBuilder")
            .field("origin", &shown(&self.origin))
            .field("credentials", &self.credentials)
            .field("dialect", &self.spoken)
            .field("headers", &names)
            .field("policy", &self.policy)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

fn account(
    credentials: Credentials,
    recovery: recovery::Config,
    endpoint: TokenEndpoint,
    under_way: Arc<UnderWay>,
    watch: Watch,
) -> Result<Arc<Account>, BuildError> {
    let Credentials { given, revocation } = credentials;
    let (clock, draws) = (Arc::clone(&endpoint.clock), Arc::clone(&endpoint.draws));
    let supply = Supply::new(given?, Box::new(endpoint), under_way);
    let account = Account::new(supply, revocation.transpose()?, recovery, clock, draws, watch);
    Ok(Arc::new(account))
}

/// Puts the headers of every request together; of one name the last counts.
fn all(given: Vec<Result<(HeaderName, HeaderValue), BuildError>>) -> Result<HeaderMap, BuildError> {
    let mut headers = HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_static(AGENT))]);
    for header in given {
        let (name, value) = header?;
        headers.insert(name, value);
    }
    Ok(headers)
}

fn header(
    name: impl TryInto<HeaderName>,
    value: impl TryInto<HeaderValue>,
) -> Result<(HeaderName, HeaderValue), BuildError> {
    let name = name.try_into().map_err(|_| BuildError::HeaderName)?;
    match value.try_into() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(BuildError::Header { name: name.to_string() }),
    }
}

/// Reads an origin: an http or https URL with a host and no user; its path is what paths are
/// relative to.
fn origin(text: &str) -> Result<Url, BuildError> {
    let refused = || BuildError::Origin { url: shown(text) };
    let url = Url::parse(text).map_err(|_| refused())?;
    let is_origin = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && !has_user(&url)
        && url.query().is_none()
        && url.fragment().is_none();
    if !is_origin {
        return Err(refused());
    }
    Ok(url)
}

const AGENT: &str = concat!("readmit/", env!("CARGO_PKG_VERSION"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_an_http_url_with_a_host() {
        for bad in [
            "",
            "api.example.com",
            "ftp://api.example.com",
            "https://",
            "mailto:a@b",
            "https://u:p@a",
            "https://a?key=b",
            "https://a#b",
        ] {
            assert!(matches!(origin(bad), Err(BuildError::Origin { .. })), "{bad}");
        }
        assert!(origin("https://api.example.com/v1/").is_ok());
    }
}
