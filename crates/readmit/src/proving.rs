//! What a request is signed with at the moment at which it goes out.

use http::Request;
use readmit_error::{Failure, Kind, Origin};

use crate::Body;
use crate::keeper::Held;
use crate::prover::Proven;
use crate::shared::Core;

impl<S> Core<S> {
    /// Proves that the request comes from who holds the key of its token, where that wants a proof.
    ///
    /// A hop that is sent without the token is sent without a proof (rule 35).
    pub(crate) fn prove(
        &self,
        request: &mut Request<Body>,
        held: Option<&Held>,
    ) -> Result<Option<Proven>, Failure> {
        let Some(prover) = &self.prover else {
            return Ok(None);
        };
        let Some(held) = held.filter(|held| held.token.bound) else {
            return Ok(None);
        };
        let (method, url) = (request.method().clone(), request.uri().clone());
        let secret = Some(&held.token.secret);
        let proven = prover.prove(request.headers_mut(), &method, &url, secret);
        proven.map(Some).map_err(|error| {
            Failure::builder(Kind::MalformedRequest, Origin::Local)
                .because(format_args!("no proof could be made for it: {error}"))
                .timestamp(self.clock.wall())
                .build()
        })
    }
}
