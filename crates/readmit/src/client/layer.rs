use std::sync::Arc;

use tower_layer::Layer;

use crate::shared::{Common, Core};
use crate::token_transport::Late;
use crate::{BuildError, Client, ClientBuilder, HttpService};

impl ClientBuilder {
    /// Builds a layer, to be laid around any HTTP service; the client is what it makes of one.
    ///
    /// # Errors
    ///
    /// [`BuildError`], which says what is wrong and how to mend it.
    ///
    /// # Example
    ///
    /// ```
    /// use http::Request;
    /// use readmit::{Body, Client, credentials};
    /// use tower::{ServiceBuilder, ServiceExt};
    /// # use readmit_testkit::Api;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let api = Api::new();
    /// # let key = credentials::service_key("https://api.test/token", api.service_key());
    /// let readmit = Client::builder("https://api.test").credentials(key).layer()?;
    /// let service = ServiceBuilder::new().layer(readmit).service(api.service());
    ///
    /// let flows = Request::get("/data_flows").body(Body::empty())?;
    /// assert_eq!(service.oneshot(flows).await?.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    pub fn layer(self) -> Result<ClientLayer, BuildError> {
        let mut tokens = None;
        let common = self.common(|| Box::new(tokens.insert(Late::default()).clone()))?;
        Ok(ClientLayer { common: Arc::new(common), tokens })
    }
}

/// Makes a [`Client`] of any HTTP service: [`ClientBuilder::layer`].
///
/// Whatever it is laid around has the credential, the circuits, the limits and the retry budget in
/// common, and one [end](Client::shutdown). Tokens are fetched over the first service that it is
/// laid around, unless the builder was told [what else](ClientBuilder::tokens_over) to fetch them
/// over.
///
/// A service that takes another body than readmit's is made to fit with a `map_request` in between:
/// `.layer(readmit).map_request(|request: Request<readmit::Body>| request.map(Other::new))`.
#[derive(Clone, Debug)]
pub struct ClientLayer {
    common: Arc<Common>,
    /// `None` where the tokens have a transport of their own.
    tokens: Option<Late>,
}

impl<S: HttpService> Layer<S> for ClientLayer {
    type Service = Client<S>;

    fn layer(&self, service: S) -> Client<S> {
        if let Some(tokens) = &self.tokens {
            tokens.come(&service);
        }
        Client::over(Core::new(service, Arc::clone(&self.common)))
    }
}
