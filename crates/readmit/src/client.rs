#[cfg(feature = "tower")]
mod layer;
mod lending;
mod operating;
mod service;

use std::fmt;
use std::sync::Arc;

use http::Method;
use readmit_recovery::Now;

#[cfg(feature = "tower")]
pub use self::layer::ClientLayer;
pub use self::service::Calling;
use crate::keeper::NoCredential;
use crate::shared::Core;
use crate::under_way::{Passage, UnderWay};
use crate::{ClientBuilder, Error, HttpService, Monitor, RequestBuilder, SourceError};

/// A client of one API that gets itself let back in.
///
/// It is a cheap handle: clones share the credential, the retry budget and the connections.
/// Two clients that were built apart share nothing (rule 99).
///
/// # Example
///
/// ```
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let key = readmit::credentials::service_key("https://api.example.com/token", "s3cret");
/// let client = readmit::Client::builder("https://api.example.com").credentials(key).build()?;
///
/// match client.get("/data_flows").send().await {
///     Ok(response) => println!("{}", response.text().await?),
///     Err(error) => eprintln!("{error}"),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Client<S = crate::DefaultService> {
    core: Arc<Core<S>>,
}

impl Client {
    /// Begins a client of the API at this origin.
    ///
    /// A path in it, such as `/v1`, comes before the path of every request.
    pub fn builder(origin: impl AsRef<str>) -> ClientBuilder {
        ClientBuilder::new(origin.as_ref())
    }
}

impl<S: HttpService> Client<S> {
    pub(crate) fn over(core: Core<S>) -> Client<S> {
        Client { core: Arc::new(core) }
    }

    /// Begins a request of this method.
    ///
    /// The path is relative to the client's origin. An absolute URL is taken as it is, and gets the
    /// credential only where that is for its origin.
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RequestBuilder<S> {
        RequestBuilder::new(Arc::clone(&self.core), method, path.as_ref())
    }

    /// Begins a `GET`.
    pub fn get(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::GET, path)
    }

    /// Begins a `HEAD`.
    pub fn head(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::HEAD, path)
    }

    /// Begins a `POST`: sent again only where it certainly was not processed, or where it has an
    /// [idempotency key](RequestBuilder::idempotency_key).
    pub fn post(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::POST, path)
    }

    /// Begins a `PUT`.
    pub fn put(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::PUT, path)
    }

    /// Begins a `PATCH`: repeated no more freely than a [`post`](Client::post).
    pub fn patch(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::PATCH, path)
    }

    /// Begins a `DELETE`.
    pub fn delete(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::DELETE, path)
    }

    /// Returns what was counted of the client's calls, unless it is
    /// [watched by nobody](ClientBuilder::without_monitor): error rates, alerts, how recovery fared,
    /// who was denied what.
    ///
    /// Alerts end, and those that fall silent are seen to, when somebody looks: a service calls
    /// [`check_thresholds`](crate::monitor::Monitor::check_thresholds) once a minute.
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::error::event::RecoveryOutcome;
    /// use readmit::{Client, credentials};
    /// # use readmit_testkit::Api;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let api = Api::new();
    /// # let key = credentials::service_key("https://api.test/token", api.service_key());
    /// let client = Client::builder("https://api.test").credentials(key);
    /// let client = client.build_over(api.service())?;
    /// client.get("/data_flows").send().await?;
    /// # api.revoke_access_tokens();
    ///
    /// // Somebody has revoked the token, and the call gets in with another one.
    /// client.get("/data_flows").send().await?;
    ///
    /// let recoveries = client.monitor().unwrap().recoveries();
    /// assert_eq!(recoveries.outcome(RecoveryOutcome::NotNeeded), 1);
    /// assert_eq!(recoveries.outcome(RecoveryOutcome::Recovered), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn monitor(&self) -> Option<&Monitor> {
        self.core.watch.monitor.as_deref()
    }

    /// Presents the credential again after it was locked out, or fetches one again at once after a
    /// failed refresh: a person says so.
    pub fn unlock(&self) {
        if let Some(account) = &self.core.account {
            account.unlock();
        }
    }

    /// Gets the credential that calls are sent with, unless it is there, however long that takes: a
    /// person may have a part in it.
    ///
    /// It ends a [sign-out](Client::sign_out), and the rest after a failure. A client without
    /// credentials has nothing to do.
    ///
    /// # Errors
    ///
    /// [`Error`] where there is no credential to be had, as that of a call that wanted one.
    pub async fn sign_in(&self) -> Result<(), Error> {
        let Some(account) = &self.core.account else {
            return Ok(());
        };
        let _under_way = self.begin()?;
        account.sign_in().await.map_err(|refused| self.without_credential(&refused))
    }

    /// Forgets the credential, and revokes it where that was
    /// [set up](crate::Credentials::revoked_at).
    ///
    /// Nothing is sent with it from this moment on, nor fetched: what is being fetched is dropped,
    /// and calls that want a credential fail with
    /// [`Kind::MissingCredentials`](readmit_error::Kind::MissingCredentials), until
    /// [`sign_in`](Client::sign_in). A request that is on its way stays so. The source forgets what
    /// it keeps; a refresh token that it was made with is gone for good, and a key, a password or a
    /// fixed token can be signed in with again.
    ///
    /// The refresh token is revoked first, since with it servers end the tokens that it brought, and
    /// then each access token. It goes on where the future is dropped.
    ///
    /// # Errors
    ///
    /// [`SourceError`] where the server would not hear of it, or the store could not be emptied: in
    /// memory everything is forgotten all the same, and there a token may live on until it expires.
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
    ///
    /// client.sign_out().await?;
    /// let refused = client.get("/data_flows").send().await.map(drop).unwrap_err();
    /// assert_eq!(refused.failure().kind(), Kind::MissingCredentials);
    ///
    /// client.sign_in().await?;
    /// assert!(client.get("/data_flows").send().await.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sign_out(&self) -> Result<(), SourceError> {
        let Some(account) = self.core.account.clone() else {
            return Ok(());
        };
        // The end of the client waits for it from here on, and not only once the task runs.
        let under_way = self.core.under_way.enter_beside();
        let ending = tokio::spawn(async move {
            let _under_way = under_way;
            account.sign_out().await
        });
        let unfinished = |_| Err(SourceError::transient("the sign-out was cut short"));
        ending.await.unwrap_or_else(unfinished)
    }

    /// Begins what the end of the client waits for, unless it has come.
    fn begin(&self) -> Result<Passage<&UnderWay>, Error> {
        self.core.under_way.enter().ok_or_else(|| Error::shut_down(self.core.clock.wall()))
    }

    pub(crate) fn core(&self) -> &Core<S> {
        &self.core
    }

    fn without_credential(&self, refused: &NoCredential) -> Error {
        let failure = refused.failure(Now::read(&self.core.clock));
        refused.cause_of(Error::new(failure).of_credential())
    }
}

impl<S> Clone for Client<S> {
    fn clone(&self) -> Client<S> {
        Client { core: Arc::clone(&self.core) }
    }
}

impl<S> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.core).finish()
    }
}

#[cfg(test)]
#[cfg(feature = "reqwest")]
mod tests {
    use super::*;
    use crate::{ReqwestBody, Response};

    #[test]
    fn r100_handles_are_cheap_and_go_between_threads() {
        fn goes_between_threads<T: Send + Sync>() {}
        goes_between_threads::<Client>();
        goes_between_threads::<Error>();
        fn goes_to_a_thread<T: Send>(_: &T) {}
        let client = Client::builder("https://api.test").build().unwrap();

        let call = client.get("/").send();

        goes_to_a_thread(&call);
        goes_to_a_thread(&None::<Response<ReqwestBody>>);
        assert_eq!(size_of::<Client>(), size_of::<usize>());
        assert!(Arc::ptr_eq(&client.core, &client.clone().core));
    }
}
