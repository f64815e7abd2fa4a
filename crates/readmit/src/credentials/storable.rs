use std::sync::Arc;

use crate::Source;
use crate::store::Store;

/// A source whose tokens can be kept in a store.
pub(crate) trait Storable: Source {
    fn stored_in(self: Box<Self>, store: Arc<dyn Store>) -> Box<dyn Source>;
}
