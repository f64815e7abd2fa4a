//! What only readmit knows of a request: how long it may take, how often it is tried, what it needs,
//! and whose it is.

use std::time::Duration;

use readmit_error::event::CallContext;

use super::RequestBuilder;
use crate::HttpService;
use crate::outgoing::IDEMPOTENCY_KEY;

impl<S: HttpService> RequestBuilder<S> {
    /// Makes the request repeatable: the same key goes with every attempt, so that the server does
    /// once what it is asked several times (rule 40).
    pub fn idempotency_key(self, key: impl AsRef<str>) -> RequestBuilder<S> {
        self.header(IDEMPOTENCY_KEY, key.as_ref())
    }

    /// Sets how long the call may take, waits, recoveries and the body of the answer included.
    ///
    /// A wait that would end later is not begun: the call fails at once and says when to come back
    /// (rule 48).
    pub fn deadline(self, deadline: Duration) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            outgoing.deadline = Some(deadline);
            Ok(())
        })
    }

    /// Sets how long one attempt may take until the head of its answer is there, for a request that
    /// is known to take longer than others, or has less time.
    ///
    /// It is no longer than the [deadline](RequestBuilder::deadline) leaves. A probe of a circuit is
    /// replaced when its [lease](readmit_breaker::Config::probe_lease) ends, also where this is
    /// longer.
    ///
    /// Default: that of the [client](crate::ClientBuilder::attempt_timeout).
    pub fn attempt_timeout(self, timeout: Duration) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            outgoing.attempt_timeout = Some(timeout);
            Ok(())
        })
    }

    /// Tries the request once: where it fails, or the circuit is open, it is not repeated.
    ///
    /// A recovery is no retry: where the credential is rejected, it is renewed and the request sent
    /// again as ever (rule 42). It still waits for its turn where there is a limit.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::{Client, credentials};
    /// # use readmit_testkit::{Api, Fault};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let api = Api::new();
    /// # api.fault(Fault::BadGateway).on("GET", "/data_flows").always();
    /// let token = credentials::bearer(api.new_access_token());
    /// let client = Client::builder("https://api.test").credentials(token);
    /// let client = client.build_over(api.service())?;
    ///
    /// let error = client.get("/data_flows").without_retry().send().await.unwrap_err();
    ///
    /// assert!(error.attempts() == 1 && error.is_retryable());
    /// # Ok(())
    /// # }
    /// ```
    pub fn without_retry(self) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            outgoing.once = true;
            Ok(())
        })
    }

    /// Says which scopes the request needs: one, or several separated by spaces.
    ///
    /// A source that can ask for scopes is asked for a token that has them beside those that it asks
    /// for anyway; such tokens are kept apart, one for each set (rule 1). A token that is known not
    /// to have them is not sent: the call fails at once with
    /// [`Kind::InsufficientPermissions`](readmit_error::Kind::InsufficientPermissions), and names
    /// what is missing. Where nobody said what a token is good for, the server says.
    ///
    /// Scopes are compared letter by letter. One that a server grants under another name, such as
    /// `…/.default`, belongs to the credentials, and not here.
    ///
    /// A client keeps 64 sets, and drops the one that was not asked for the longest.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn run(client: readmit::Client) -> Result<(), readmit::Error> {
    /// client.delete("/data_flows/1").requires("flows:write").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn requires(self, scope: impl AsRef<str>) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            let is_unfit =
                |b: u8| !(b == b' ' || b.is_ascii_graphic()) || matches!(b, b'"' | b'\\');
            if scope.as_ref().bytes().any(is_unfit) {
                return Err("a required scope holds a character that no scope can have".into());
            }
            outgoing.scopes = outgoing.scopes.and(scope.as_ref());
            Ok(())
        })
    }

    /// Names the route for logs and metrics: the path with its variables unfilled, such as
    /// `/items/{id}`.
    ///
    /// Without it they know method and host, and never the path.
    pub fn route(self, template: impl Into<String>) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            outgoing.context.template = Some(template.into());
            Ok(())
        })
    }

    /// Says who makes the call, for logs; where it goes is filled in.
    pub fn context(self, context: CallContext) -> RequestBuilder<S> {
        self.and_then(|outgoing| {
            let template = outgoing.context.template.take();
            outgoing.context = context;
            outgoing.context.template = template.or(outgoing.context.template.take());
            Ok(())
        })
    }
}
