//! What tokens are fetched over.

use crate::token_transport::Over;
use crate::{ClientBuilder, HttpService};

impl ClientBuilder {
    /// Sends token requests over a transport of their own: where that of the calls speaks to one
    /// server alone, as a gRPC channel does, or passes everything through something that tokens must
    /// not go through.
    ///
    /// The service must not follow redirects.
    ///
    /// Default: the transport of the calls.
    pub fn tokens_over(mut self, service: impl HttpService) -> ClientBuilder {
        self.tokens = Some(Box::new(Over(service)));
        self
    }

    #[cfg(feature = "reqwest-middleware")]
    pub(crate) fn has_token_transport(&self) -> bool {
        self.tokens.is_some()
    }
}
