//! Who lost a permission, and which scopes nobody needs.
//!
//! `cargo run --package readmit-monitor --example access_review`

use std::time::SystemTime;

use readmit_core::{Clock, SystemClock};
use readmit_error::event::{CallContext, Event, Record};
use readmit_monitor::{Access, Monitor};

fn main() {
    let monitor = Monitor::default();
    let call = CallContext::default().user("billing").template("/invoices/{id}");
    for scope in ["invoices:read", "invoices:write", "customers:delete"] {
        monitor.scope_granted("billing", scope);
    }

    // It worked this morning,
    monitor.allowed_at(SystemClock.now(), Access::of(&call));
    monitor.scope_used("billing", "invoices:read");
    // and somebody changed a role at noon.
    let required = vec!["invoices:read".to_owned()];
    let denied = Event::AuthzDenied { required, granted: vec![], resource: None };
    monitor.record(&Record::new(SystemTime::UNIX_EPOCH, denied).call(call));

    let review = monitor.access_review();
    print!("{review}");
    assert_eq!(review.drifts.len(), 1);
    assert_eq!(review.unused_scopes().count(), 2);
}
