//! What an operator sees of a client, and does to its circuits.

use std::sync::Arc;

use readmit_breaker::Snapshot;
use url::Url;

use super::Client;
use crate::{Circuit, Health, HttpService};

impl<S: HttpService> Client<S> {
    /// Returns how the client stands at this moment: its credential, the origins that it calls, and
    /// how its calls fared, ready to be serialised.
    ///
    /// It holds no lock for longer than a look takes, and waits for nothing; who asks every second is
    /// no burden.
    ///
    /// # Example
    ///
    /// A handler for `/healthz`:
    ///
    /// ```
    /// use readmit::{Client, HttpService, Standing};
    /// # use readmit_testkit::Api;
    ///
    /// fn healthz<S: HttpService>(client: &Client<S>) -> http::Response<String> {
    ///     let health = client.health();
    ///     let status = match health.standing {
    ///         Standing::Ok | Standing::Degraded => 200,
    ///         Standing::Down => 503,
    ///     };
    ///     let body = serde_json::to_string(&health).unwrap_or_default();
    ///     let response = http::Response::builder().status(status);
    ///     response.header("content-type", "application/json").body(body).unwrap_or_default()
    /// }
    ///
    /// # let api = Api::new();
    /// let client = Client::builder("https://api.test").build_over(api.service())?;
    /// assert_eq!(healthz(&client).status(), 200);
    ///
    /// client.circuit("https://api.test").ok_or("no circuit")?.isolate();
    ///
    /// assert_eq!(healthz(&client).status(), 503);
    /// assert_eq!(
    ///     client.health().to_string(),
    ///     "down: the circuit of https://api.test is isolated"
    /// );
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn health(&self) -> Health {
        Health::of(&self.core)
    }

    /// Returns the circuit of each origin that was called and has one, by name: `https://api.test`.
    ///
    /// It is for display: by the time that it is read a circuit may be another.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::Client;
    /// use readmit::breaker::State;
    /// # use readmit_testkit::Api;
    /// # let api = Api::new();
    ///
    /// let client = Client::builder("https://api.test").build_over(api.service())?;
    ///
    /// let circuits = client.circuits();
    /// assert_eq!(circuits[0].0, "https://api.test");
    /// assert_eq!(circuits[0].1.state(), State::Closed);
    /// # Ok::<_, readmit::BuildError>(())
    /// ```
    #[must_use]
    pub fn circuits(&self) -> Vec<(String, Snapshot)> {
        self.core.gates.circuits()
    }

    /// Returns the circuit of an origin, for an operator to act upon: to
    /// [`isolate`](Circuit::isolate) it and [`release`](Circuit::release) it,
    /// [`trip`](Circuit::trip) it, [`close`](Circuit::close) it, have it
    /// [count only](Circuit::metrics_only), or [`disable`](Circuit::disable) it.
    ///
    /// Any URL of the origin will do, such as `https://api.test`; the circuit of a token endpoint
    /// has the name that events give it, `token https://auth.test`. What an operator decides holds
    /// until an operator decides otherwise, and for all calls from then on; those that are on their
    /// way are not called back.
    ///
    /// It is `None` for an origin that was never called, or that has no circuit.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::error::Kind;
    /// use readmit::{Client, credentials};
    /// # use readmit_testkit::Api;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let api = Api::new();
    /// let token = credentials::bearer(api.new_access_token());
    /// let client = Client::builder("https://api.test").credentials(token);
    /// let client = client.build_over(api.service())?;
    /// let circuit = client.circuit("https://api.test").ok_or("no circuit")?;
    ///
    /// circuit.isolate();
    /// let refused = client.get("/data_flows").send().await.unwrap_err();
    /// assert_eq!(refused.failure().kind(), Kind::CircuitOpen);
    ///
    /// circuit.release();
    /// assert!(client.get("/data_flows").send().await.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn circuit(&self, name: impl AsRef<str>) -> Option<Arc<Circuit>> {
        let name = name.as_ref();
        match name.strip_prefix("token ") {
            Some(url) => self.core.token_gates.circuit(&Url::parse(url).ok()?),
            None => self.core.gates.circuit(&Url::parse(name).ok()?),
        }
    }
}
