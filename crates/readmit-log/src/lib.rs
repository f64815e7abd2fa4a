#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "audit")]
pub mod audit;
mod entry;
pub mod escape;
mod output;
mod queue;
pub mod redact;
mod render;
mod rolling;
mod scribe;
mod severities;
mod spans;
mod told;
mod tracing_sink;

pub use crate::entry::Entry;
pub use crate::output::{Lines, Output};
pub use crate::queue::{NotWritten, Queue, QueueSink};
pub use crate::render::Rendering;
pub use crate::rolling::{RollingFile, Rotation};
pub use crate::scribe::{Identity, Scribe};
pub use crate::severities::Severities;
pub use crate::spans::Spans;
pub use crate::told::{Form, NotTold, Told};
pub use crate::tracing_sink::TracingSink;
