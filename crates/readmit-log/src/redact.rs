//! Redaction: nothing secret leaves the process in a log.
//!
//! A [`Redactor`] hides by what is known of the place (headers and queries by an allow-list, bodies
//! by their structure), by names, by the shapes that tokens have, and by the values themselves
//! where they were [registered](Redactor::register).
//! A [`Writer`] is the last line: whatever passes it is looked at as text.

mod allow;
mod announced;
mod builder;
mod cookie;
mod encode;
mod form;
mod grams;
mod header;
mod index;
mod json;
mod looks;
mod markup;
mod name;
mod percent;
mod prefix;
mod redactor;
mod registered;
mod rules;
mod shape;
mod sieve;
mod spans;
mod stops;
mod tag;
mod text;
mod texts;
mod url;
mod value;
mod view;
mod vocabulary;
mod word;
mod writer;

pub use self::builder::Builder;
pub use self::redactor::Redactor;
pub(crate) use self::texts::Texts;
pub use self::writer::Writer;
