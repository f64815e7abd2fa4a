use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiFuture, GaiResolver, Name};
use tower_service::Service;

/// The system's resolver, whose errors can be told from those of a connection (rule 80).
#[derive(Clone, Debug)]
pub(super) struct Names {
    system: GaiResolver,
}

/// A name that does not resolve.
#[derive(Debug, thiserror::Error)]
#[error("the name of the host does not resolve")]
pub(super) struct Unresolved(#[source] io::Error);

/// A look-up under way.
pub(super) struct Resolving(GaiFuture);

impl Default for Names {
    fn default() -> Names {
        Names { system: GaiResolver::new() }
    }
}

impl Service<Name> for Names {
    type Response = GaiAddrs;
    type Error = Unresolved;
    type Future = Resolving;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Unresolved>> {
        self.system.poll_ready(cx).map_err(Unresolved)
    }

    fn call(&mut self, name: Name) -> Resolving {
        Resolving(self.system.call(name))
    }
}

impl Future for Resolving {
    type Output = Result<GaiAddrs, Unresolved>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map_err(Unresolved)
    }
}
