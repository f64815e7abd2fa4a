use std::path::Path;
use std::process::Stdio;

use readmit::{BoxError, Client};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The provider, as a process of its own; it ends with this value.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) issuer: String,
    /// A client without credentials, to steer the provider with.
    plain: Client,
    /// Its standard input and output are open for as long as this lives.
    _process: (Child, Lines<BufReader<ChildStdout>>),
}

/// How many token requests the provider granted and refused so far.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(crate) granted: u64,
    pub(crate) refused: u64,
}

impl Provider {
    /// Starts it, and waits until it listens.
    pub(crate) async fn start(folder: &Path) -> Result<Provider, BoxError> {
        let mut process = Command::new("node")
            .arg("server.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = lines.next_line().await?.ok_or("it ended before it listened")?;
        let told: Value = serde_json::from_str(&line)?;
        let issuer = text(&told, "issuer")?;
        let plain = Client::builder(&issuer).build()?;
        Ok(Provider { issuer, plain, _process: (process, lines) })
    }

    /// Returns the URL of its token endpoint.
    pub(crate) fn token_url(&self) -> String {
        format!("{}/token", self.issuer)
    }

    /// Begins a session as if a person had logged in; returns its refresh token.
    pub(crate) async fn begin_session(&self, client_id: &str) -> Result<String, BoxError> {
        text(&self.steer("session", &[("client_id", client_id)]).await?, "refresh_token")
    }

    /// Takes an access token back, as an administrator would; returns whether it was good.
    pub(crate) async fn destroy(&self, token: &str) -> Result<bool, BoxError> {
        let told = self.steer("destroy", &[("token", token)]).await?;
        Ok(told["destroyed"] == true)
    }

    /// Has a person enter a code, and say yes.
    pub(crate) async fn approve(&self, user_code: &str) -> Result<(), BoxError> {
        self.steer("approve", &[("user_code", user_code)]).await.map(drop)
    }

    /// Has a person enter a code, and say no.
    pub(crate) async fn deny(&self, user_code: &str) -> Result<(), BoxError> {
        self.steer("deny", &[("user_code", user_code)]).await.map(drop)
    }

    pub(crate) async fn counts(&self) -> Result<Counts, BoxError> {
        let told = self.steer("counts", &[]).await?;
        let number = |name: &str| told[name].as_u64().ok_or_else(|| format!("no {name}"));
        Ok(Counts { granted: number("granted")?, refused: number("refused")? })
    }

    /// Presents a refresh token by hand, as a thief would; returns whether it was taken.
    pub(crate) async fn present(&self, client_id: &str, token: &str) -> Result<bool, BoxError> {
        let form =
            [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", client_id)];
        Ok(self.plain.post("/token").form(form).send().await.is_ok())
    }

    async fn steer(&self, what: &str, asked: &[(&str, &str)]) -> Result<Value, BoxError> {
        let request = self.plain.get(format!("/test/{what}")).query(asked.iter().copied());
        Ok(request.send().await?.json().await?)
    }
}

/// Returns a member that is text.
pub(crate) fn text(told: &Value, name: &str) -> Result<String, BoxError> {
    Ok(told[name].as_str().ok_or_else(|| format!("no {name} in the answer"))?.to_owned())
}

/// Fails with what is said where a thing is not as it must be.
pub(crate) fn check(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), BoxError> {
    if holds { Ok(()) } else { Err(otherwise().into()) }
}
