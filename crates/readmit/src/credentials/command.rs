use std::ffi::OsString;
use std::fmt;
use std::process::{ExitStatus, Stdio};

use async_trait::async_trait;
use http::Uri;
use readmit_recovery::{ClientAuth, TokenAnswer, TokenError, TokenRequest};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use super::grant::{token, unasked};
use super::{Credentials, from_source};
use crate::{Exchange, Source, SourceError, Token};

/// What a program writes: the one that the person of this machine signs in with, or a vault's.
///
/// It is started with these arguments, by no shell, with nothing to read. It writes to its standard
/// output either the token and nothing else, or an object of JSON with these members, of which only
/// the first has to be there:
///
/// | member | what it is |
/// |---|---|
/// | `access_token` | the token |
/// | `token_type` | the scheme to send it under: `Bearer` by default |
/// | `expires_in` | how many seconds it lives |
/// | `expires_at` | when it expires, in seconds since 1970 |
/// | `scope` | what it is good for, separated by spaces |
///
/// A token without a lifetime is used until a server rejects it.
///
/// What it writes elsewhere is not looked at: run it by hand to see what it complains of. It may
/// write 64 KiB at most, and is killed where a refresh is out of time. A status other than 0 is an
/// error that only a person can mend; 75, which is to say *try again later* (`EX_TEMPFAIL`), one
/// that passes. It wants a runtime that drives I/O.
///
/// # Example
///
/// ```
/// let signed_in = readmit::credentials::command("gcloud", ["auth", "print-access-token"]);
/// # let _ = signed_in;
/// ```
#[must_use]
pub fn command<A: Into<OsString>>(
    program: impl Into<OsString>,
    arguments: impl IntoIterator<Item = A>,
) -> Credentials {
    let arguments = arguments.into_iter().map(Into::into).collect();
    from_source(Program::new(program.into(), arguments))
}

/// A source that is a program.
///
/// It is killed where the refresh is out of time, for then the future that owns it is dropped.
struct Program {
    program: OsString,
    arguments: Vec<OsString>,
}

impl Program {
    fn new(program: OsString, arguments: Vec<OsString>) -> Program {
        Program { program, arguments }
    }

    fn start(&self) -> Result<Child, SourceError> {
        Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // What a program complains of may name what it complains about.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                SourceError::terminal(format!("the program cannot be started: {}", error.kind()))
            })
    }
}

#[async_trait]
impl Source for Program {
    async fn fetch(&self, _: &Exchange<'_>) -> Result<Token, SourceError> {
        let mut child = self.start()?;
        let mut output = Zeroizing::new(Vec::new());
        if let Some(stdout) = child.stdout.take() {
            stdout.take(LIMIT + 1).read_to_end(&mut output).await.map_err(broken)?;
        }
        if output.len() as u64 == LIMIT + 1 {
            return Err(SourceError::terminal("the program wrote more than any token"));
        }
        let status = child.wait().await.map_err(broken)?;
        if !status.success() {
            return Err(ended_badly(status));
        }
        read(&output)
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An argument may be a secret.
        f.debug_struct("Program").field("program", &self.program).finish_non_exhaustive()
    }
}

/// Reads a token as it is, or in an object.
fn read(output: &[u8]) -> Result<Token, SourceError> {
    let text = output.trim_ascii();
    if text.starts_with(b"{") {
        return read_object(text);
    }
    let is_word = !text.is_empty() && text.iter().all(u8::is_ascii_graphic);
    match std::str::from_utf8(text) {
        Ok(text) if is_word => Ok(Token::bearer(SecretString::from(text))?),
        Ok(_) | Err(_) => Err(SourceError::terminal("the program wrote no token")),
    }
}

fn read_object(text: &[u8]) -> Result<Token, SourceError> {
    // It has the form of an answer to a request that nobody made.
    let request = TokenRequest::client_credentials(&Uri::default(), &ClientAuth::public(""), None);
    let answer = TokenAnswer::read(&request.map_err(unasked)?, 200, None, text);
    token(
        &answer.map_err(|error| match error {
            TokenError::Malformed { fault, .. } => {
                SourceError::terminal(format!("of what the program wrote, {fault}"))
            }
            error @ (TokenError::Refused { .. } | TokenError::Transport(_) | _) => {
                SourceError::terminal(error.to_string())
            }
        })?,
        None,
    )
}

fn ended_badly(status: ExitStatus) -> SourceError {
    match status.code() {
        Some(TRY_LATER) => SourceError::transient("the program says to try again later"),
        Some(code) => SourceError::terminal(format!("the program ended with status {code}")),
        None => SourceError::transient("the program was killed"),
    }
}

fn broken(error: std::io::Error) -> SourceError {
    SourceError::transient(format!("the program cannot be listened to: {}", error.kind()))
}

/// In bytes: many times the longest token that a header field can carry.
const LIMIT: u64 = 64 * 1024;

/// `EX_TEMPFAIL` of `sysexits.h`.
const TRY_LATER: i32 = 75;
