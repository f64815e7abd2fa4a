//! The credential, for what the client does not send itself.

use std::pin::Pin;

use readmit_error::{Failure, Kind, Origin};

use super::Client;
use crate::account::Account;
use crate::keeper::Lent;
use crate::{Credential, Error, HttpService};

impl<S: HttpService> Client<S> {
    /// Lends the credential that calls are sent with, after fetching or refreshing it if need be.
    ///
    /// It is for requests that this client does not send. As long as the credential is good, that
    /// costs no lock, no allocation, no wait and one look at a clock; otherwise everybody who asks
    /// waits for one and the same refresh, calls of the client included, for as long as that takes:
    /// [`recovery::Config::refresh_timeout`](crate::recovery::Config::refresh_timeout) bounds it.
    /// Dropping the future ends the wait, and not the refresh.
    ///
    /// Three things are left to the caller, which the client does for its own calls:
    ///
    /// - The credential goes nowhere but to the origins that it is for, over https (rule 35).
    /// - Where a server rejects it, [`recover`](Client::recover) brings another one.
    /// - Where a server accepts it, [`accepted`](Client::accepted) says so.
    ///
    /// # Errors
    ///
    /// [`Error`] where there is no credential to be had, as that of a call that wanted one; for a
    /// client without credentials it is of the kind
    /// [`MissingCredentials`](crate::error::Kind::MissingCredentials).
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::{BoxError, Client, credentials};
    /// # use readmit::{Credential, HttpService};
    /// # use readmit_testkit::Api;
    ///
    /// /// What the server of a stream said to its opening.
    /// enum Opened {
    ///     Accepted,
    ///     Unauthenticated,
    /// }
    ///
    /// async fn stream<S: HttpService>(client: &Client<S>) -> Result<(), BoxError> {
    ///     let mut credential = client.credential().await?;
    ///     if let Opened::Unauthenticated = open(&credential).await {
    ///         credential = client.recover(&credential).await?;
    ///         if let Opened::Unauthenticated = open(&credential).await {
    ///             return Err("the server takes no credential of ours".into());
    ///         }
    ///     }
    ///     client.accepted(&credential);
    ///     Ok(())
    /// }
    /// # async fn open(credential: &Credential) -> Opened {
    /// #     if credential.generation().as_u64() == 1 { Opened::Unauthenticated } else { Opened::Accepted }
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), BoxError> {
    /// # let api = Api::new();
    /// let key = credentials::service_key("https://api.test/token", api.service_key());
    /// let client = Client::builder("https://api.test").credentials(key);
    /// let client = client.build_over(api.service())?;
    /// client.get("/data_flows").send().await?;
    ///
    /// stream(&client).await?;
    ///
    /// assert_eq!(client.credential().await?.generation().as_u64(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn credential(&self) -> Result<Credential, Error> {
        if let Some(credential) = self.in_hand() {
            return Ok(credential);
        }
        self.fetched().await
    }

    /// Says that a server rejected a credential of this client, and returns another one: the newer
    /// one that is there already, or what a refresh brings, one for all who had it rejected (rule 2).
    ///
    /// Try again once, and give up where that is rejected as well (rule 27).
    ///
    /// # Errors
    ///
    /// [`Error`] where there is no other: nobody can refresh it, the refresh fails, it was fresh and
    /// nobody [accepted](Client::accepted) it (rule 28), or as many in a row were rejected as the
    /// [lock-out guard](crate::recovery::ConfigBuilder::lock_out_after) allows.
    pub async fn recover(&self, rejected: &Credential) -> Result<Credential, Error> {
        let _under_way = self.begin()?;
        let keeper = self.lender()?.own_keeper();
        if keeper.is_renewable() {
            let recovered = keeper.recover(rejected.generation(), |_, _| {}).await;
            let held = recovered.map_err(|refused| self.without_credential(&refused))?;
            return Credential::new(Lent::Held(held)).ok_or_else(|| missing(NO_OTHER));
        }
        if let Some(held) = rejected.held() {
            keeper.rejected(held);
        }
        Err(missing(NO_OTHER))
    }

    /// Says that a server accepted a credential of this client.
    ///
    /// A fresh credential that nobody accepted is not replaced when it is rejected, for another one
    /// would fare no better (rule 28); and the rejections in a row that the lock-out guard counts
    /// end with it. Only the first time for each credential does it take a lock.
    pub fn accepted(&self, accepted: &Credential) {
        if let (Some(account), Some(held)) = (&self.core.account, accepted.held()) {
            account.own_keeper().accepted(held);
        }
    }

    #[inline]
    fn in_hand(&self) -> Option<Credential> {
        Credential::new(self.core.account.as_deref()?.own_keeper().in_hand()?)
    }

    /// In a box, so that whoever has the credential in hand makes no room for it.
    #[cold]
    fn fetched(&self) -> Pin<Box<dyn Future<Output = Result<Credential, Error>> + Send + '_>> {
        Box::pin(async move {
            let _under_way = self.begin()?;
            let held = self.lender()?.own_keeper().credential().await;
            let held = held.map_err(|refused| self.without_credential(&refused))?;
            Credential::new(Lent::Held(held)).ok_or_else(|| missing(NONE))
        })
    }

    fn lender(&self) -> Result<&Account, Error> {
        self.core.account.as_deref().ok_or_else(|| missing(NONE))
    }
}

fn missing(why: &str) -> Error {
    let failure = Failure::builder(Kind::MissingCredentials, Origin::Local).because(why).build();
    Error::new(failure).of_credential()
}

const NONE: &str = "the client has no credentials to lend";

const NO_OTHER: &str = "the rejected credential is the only one that the client has";
