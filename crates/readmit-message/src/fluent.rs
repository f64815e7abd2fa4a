//! Languages other than English, through Fluent.

mod file;
mod negotiation;
mod overlay;
mod shipped;
mod translation;

pub(crate) use self::translation::Translation;
