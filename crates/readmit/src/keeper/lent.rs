use std::sync::Arc;

use arc_swap::Guard;

use super::{Held, Published};

/// A credential in use, for as long as somebody has it in hand.
pub(crate) enum Lent {
    /// What was published when it was asked for, without a count that all threads would write.
    Published(Guard<Option<Arc<Published>>>),
    Held(Arc<Held>),
}

impl Lent {
    /// Returns what is lent; there is always something.
    #[inline]
    pub(crate) fn held(&self) -> Option<&Arc<Held>> {
        match self {
            Lent::Published(published) => published.as_deref().map(|published| &published.held),
            Lent::Held(held) => Some(held),
        }
    }
}
