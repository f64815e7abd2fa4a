#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod audience;
mod bad_file;
mod catalogue;
#[cfg(feature = "miette")]
mod diagnostic;
mod english;
mod entry;
mod field;
#[cfg(feature = "fluent")]
mod fluent;
mod handbook;
#[doc = include_str!("help.md")]
pub mod help {}
mod help_link;
mod html;
mod json;
mod language;
mod layout;
mod message;
mod message_builder;
mod overlay;
mod phrase;
mod technical;
mod terminal;
mod topic;
mod wrap;

pub use crate::audience::Audience;
pub use crate::bad_file::BadFile;
pub use crate::catalogue::Catalogue;
pub use crate::entry::Entry;
pub use crate::help_link::BadLink;
pub use crate::message::Message;
pub use crate::message_builder::MessageBuilder;
pub use crate::technical::Detail;
pub use crate::terminal::Terminal;
