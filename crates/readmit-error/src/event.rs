//! What happens on the way, for whoever logs, counts or raises the alarm.
//!
//! An [`Event`] is one situation; a [`Record`] puts it into its call; a [`Sink`] takes records.
//! Names and attributes are the `readmit.*` vocabulary, and an event serialises to exactly those.
//!
//! # Example
//!
//! ```
//! use std::time::SystemTime;
//!
//! use readmit_error::event::{CallContext, Event, Level, Record};
//!
//! let event = Event::TokenExpired { refresh_follows: true, scheme: Some("bearer".to_owned()), age: None };
//! assert_eq!(event.name(), "readmit.auth.token.expired");
//! assert_eq!(event.level(), Level::Info);
//!
//! let call = CallContext::default().user("u_1").template("/flows/{id}");
//! let record = Record::new(SystemTime::UNIX_EPOCH, event).call(call);
//! assert_eq!(record.call.user.as_deref(), Some("u_1"));
//! ```

mod attribute;
mod context;
mod grade;
mod level;
mod outcome;
mod owasp;
mod record;
mod seconds;
mod situation;

pub use self::attribute::{AlertSeverity, CircuitState, DelaySource, RefreshTrigger};
pub use self::context::CallContext;
pub use self::level::{Level, Severity};
pub use self::outcome::RecoveryOutcome;
pub use self::record::{Record, Sink, Unflushed};
pub use self::situation::Event;
