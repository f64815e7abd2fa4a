use std::io::IsTerminal;
use std::time::{Duration, Instant};

use readmit_core::{Clock, SystemClock};
use readmit_error::{Transport, rfc3339};

use super::answers::{self, Read};
use super::check::{CHECKS, Check, Finding, Status};
use super::credential::Credential;
use super::options::Options;
use super::proxy::{Proxy, Told};
use super::report::Report;
use super::secret::Secret;
use super::target::Target;
use super::token::{self, Claims};
use super::{exchange, history, ladder, permissions};
use crate::trouble::Trouble;

/// One examination: what is asked, with what, and what was found so far.
pub(super) struct Examination<'o> {
    options: &'o Options,
    target: Target,
    credential: Option<Credential>,
    claims: Option<Claims>,
    /// Whether the credential has the form of one, and a safe way to go.
    is_sendable: bool,
    checks: Vec<Check>,
    began: Instant,
    /// The answer to the request as the client would send it.
    answer: Option<Read>,
}

impl<'o> Examination<'o> {
    /// # Errors
    ///
    /// The arguments make no sense, or the credential cannot be read.
    pub(super) fn prepare(options: &'o Options) -> Result<Examination<'o>, Trouble> {
        options.check_only()?;
        let credential = Credential::find(options)?;
        Ok(Examination {
            target: Target::of(options)?,
            claims: credential.as_ref().and_then(|it| Claims::read(it.secret.expose())),
            credential,
            is_sendable: false,
            options,
            checks: Vec::new(),
            began: SystemClock.now(),
            answer: None,
        })
    }

    /// Makes the checks in their order.
    pub(super) async fn run(&mut self) {
        self.add("config.url", self.target.finding());
        self.look_at_credential();
        let told = Told::of(&self.target, |name| std::env::var(name).ok());
        self.add("endpoint.proxy", told.finding());
        if self.wants_network() {
            self.announce();
            self.ask(told.into_proxy().as_ref()).await;
        }
        let secret = self.credential.as_ref().map(|credential| &credential.secret);
        let scopes = permissions::scopes(
            &self.options.scopes,
            self.claims.as_ref(),
            self.answer.as_ref(),
            secret,
        );
        let history = history::finding(self.options.log.as_deref(), secret);
        self.add("permission.scopes", scopes);
        let breaker = "a circuit breaker lives in a running client: ask its health there";
        self.add("breaker.state", Finding::skipped(breaker));
        self.add("log.history", history);
        self.skip_the_rest();
    }

    pub(super) fn report(&self) -> Report {
        let only = &self.options.only;
        let is_wanted = |check: &&Check| {
            only.is_empty()
                || only.iter().any(|name| name == check.id || name == check.section.as_str())
        };
        let order = |check: &Check| CHECKS.iter().position(|known| known.id == check.id);
        let mut checks: Vec<_> = self.checks.iter().filter(is_wanted).cloned().collect();
        checks.sort_by_key(order);
        let answer = self.answer.as_ref().and_then(|read| read.explanation(self.secret()));
        Report::new(self.target.shown(), rfc3339::format(SystemClock.wall()), checks, answer)
    }

    fn look_at_credential(&mut self) {
        let Some(credential) = &self.credential else {
            let names = self.options.token_env.join(" or ");
            let none = Finding::unknown(format!("no credential: {names} is not set"))
                .fix("export it, or name its place with --token-env or --token-file");
            self.add("credential.source", none);
            return;
        };
        let (source, shadowing, form) =
            (credential.source(), credential.shadowing(), credential.form());
        let expiry = match &self.claims {
            Some(claims) => claims.expiry(SystemClock.wall()),
            None => token::opaque(credential.secret.expose()),
        };
        let has_form = form.status == Status::Ok;
        self.is_sendable = has_form && self.target.may_carry_credential();
        self.add("credential.source", source);
        self.add("credential.shadowing", shadowing);
        self.add("credential.form", form);
        if has_form {
            self.add("credential.expiry", expiry);
        }
    }

    /// Says to whoever waits in front of a terminal what it waits for.
    fn announce(&self) {
        if std::io::stderr().is_terminal() {
            anstream::eprintln!("asking {} …", self.target.shown());
        }
    }

    /// Climbs to the endpoint, asks without the credential, and then with it.
    async fn ask(&mut self, proxy: Option<&Proxy>) {
        let limit = self.options.limit();
        let climb = ladder::climb(&self.target, proxy, limit).await;
        for (id, finding, took) in climb.rungs {
            self.add_timed(id, finding, took);
        }
        let Ok(stream) = climb.end else { return };
        let heard = exchange::get(stream, &self.target, proxy, None, limit).await;
        let anonymous = heard.map(|heard| Read::of(heard, &self.target, None));
        self.add("endpoint.http", answers::http(&anonymous));
        let Ok(anonymous) = anonymous else { return };
        self.add("credential.clock", answers::clock(&anonymous.heard));

        let with_credential = match &self.credential {
            Some(credential) if self.is_sendable => {
                Some(self.ask_with(credential, proxy, limit).await)
            }
            _ => None,
        };
        match with_credential {
            None => self.hear(anonymous, None),
            Some(Ok(read)) => self.hear(read, Some(&anonymous)),
            Some(Err(transport)) => {
                let broken = format!("no answer with the credential: {transport}");
                self.add("response.answer", Finding::fail(broken));
                let open = "could not be verified: the request with it got no answer";
                self.add("credential.accepted", Finding::unknown(open));
            }
        }
    }

    async fn ask_with(
        &self,
        credential: &Credential,
        proxy: Option<&Proxy>,
        limit: Duration,
    ) -> Result<Read, Transport> {
        let stream = ladder::climb(&self.target, proxy, limit).await.end?;
        let header = credential.header();
        let heard = exchange::get(stream, &self.target, proxy, header, limit).await?;
        Ok(Read::of(heard, &self.target, Some(&credential.secret)))
    }

    /// Notes what the answer says; without an anonymous one it is itself anonymous.
    fn hear(&mut self, read: Read, anonymous: Option<&Read>) {
        let has_credential = anonymous.is_some();
        let secret = self.secret();
        let response = answers::response(&read, has_credential, secret);
        let access = permissions::access(&read, secret);
        let headroom = answers::headroom(&read.heard);
        let id = answers::request_id(&read, secret);
        self.add("response.answer", response);
        if has_credential {
            self.add("credential.accepted", answers::accepted(&read, anonymous));
            self.add("permission.access", access);
        }
        self.add("limit.headroom", headroom);
        self.add("support.request_id", id);
        self.answer = Some(read);
    }

    fn secret(&self) -> Option<&Secret> {
        self.credential.as_ref().map(|credential| &credential.secret)
    }

    fn wants_network(&self) -> bool {
        let only = &self.options.only;
        let wants = |name: &String| {
            CHECKS.iter().any(|known| {
                known.needs_network && (name == known.id || name == known.section.as_str())
            })
        };
        !self.options.offline && (only.is_empty() || only.iter().any(wants))
    }

    /// Says of each check that was not made why it was not.
    fn skip_the_rest(&mut self) {
        for known in CHECKS {
            if self.checks.iter().any(|check| check.id == known.id) {
                continue;
            }
            let why = if known.needs_network && self.options.offline {
                "nothing is sent: --offline".to_owned()
            } else {
                let on = known.depends_on.iter().find(|on| {
                    let made = self.checks.iter().find(|check| check.id == **on);
                    made.is_some_and(|check| !matches!(check.status, Status::Ok | Status::Warn))
                });
                on.map_or_else(|| "it was not needed".to_owned(), |on| format!("{on} comes first"))
            };
            self.add_timed(known.id, Finding::skipped(why), Duration::ZERO);
        }
    }

    fn add(&mut self, id: &'static str, finding: Finding) {
        let took = SystemClock.now().saturating_duration_since(self.began);
        self.add_timed(id, finding, took);
    }

    fn add_timed(&mut self, id: &'static str, finding: Finding, took: Duration) {
        if let Some(known) = CHECKS.iter().find(|known| known.id == id) {
            self.checks.push(finding.of(known, took));
        }
        self.began = SystemClock.now();
    }
}
