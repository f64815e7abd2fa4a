use std::fmt;
use std::sync::Arc;

use http::Method;
use tokio::sync::watch;

use crate::api::Api;
use crate::scope::Scope;

/// Keeps requests waiting at the door, until it is released or dropped; made by [`Api::hold`].
///
/// A request at the door has arrived and is counted, but neither its token nor anything else of it
/// has been looked at.
///
/// # Example
///
/// Two requests are in flight with a token that is good, and is not when it is looked at:
///
/// ```
/// use http::{Request, StatusCode};
/// use readmit_testkit::Api;
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let api = Api::new();
/// let token = api.new_access_token();
/// let hold = api.hold();
/// let mut calls = Vec::new();
/// for _ in 0..2 {
///     let request = Request::get("/data_flows").header("authorization", format!("Bearer {token}"));
///     calls.push(tokio::spawn(api.service().call(request.body(String::new())?)));
/// }
///
/// hold.wait_for(2).await;
/// api.expire_access_tokens();
/// hold.release();
///
/// for call in calls {
///     assert_eq!(call.await??.status(), StatusCode::UNAUTHORIZED);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "the door opens when this is dropped"]
pub struct Hold {
    api: Api,
    gate: Arc<Gate>,
}

/// The door that one hold keeps shut.
#[derive(Debug)]
pub(crate) struct Gate {
    scope: Scope,
    is_open: watch::Sender<bool>,
    waiting: watch::Sender<usize>,
}

/// Counts a request among those that wait, until it is dropped.
struct Waiting<'a>(&'a Gate);

impl Hold {
    pub(crate) fn new(api: Api, scope: Scope) -> Hold {
        let gate = Arc::new(Gate {
            scope,
            is_open: watch::Sender::new(false),
            waiting: watch::Sender::new(0),
        });
        api.state().gates.push(Arc::clone(&gate));
        Hold { api, gate }
    }

    /// Waits until this many requests, or more, are at the door at the same time.
    pub async fn wait_for(&self, requests: usize) {
        let mut waiting = self.gate.waiting.subscribe();
        // An error would mean that the sender is gone, and it lives as long as `self`.
        let _ = waiting.wait_for(|waiting| requests <= *waiting).await;
    }

    /// Returns how many requests are at the door.
    #[must_use]
    pub fn waiting(&self) -> usize {
        *self.gate.waiting.borrow()
    }

    /// Opens the door for those who wait and those to come.
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.api.state().gates.retain(|gate| !Arc::ptr_eq(gate, &self.gate));
        self.gate.is_open.send_replace(true);
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hold").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

impl Gate {
    pub(crate) fn covers(&self, method: &Method, path: &str) -> bool {
        self.scope.covers(method, path)
    }

    /// Waits until the door is open.
    pub(crate) async fn pass(&self) {
        let mut is_open = self.is_open.subscribe();
        let _waiting = Waiting::at(self);
        // An error would mean that the sender is gone, and it lives as long as `self`.
        let _ = is_open.wait_for(|is_open| *is_open).await;
    }
}

impl Waiting<'_> {
    fn at(gate: &Gate) -> Waiting<'_> {
        gate.waiting.send_modify(|waiting| *waiting += 1);
        Waiting(gate)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.send_modify(|waiting| *waiting -= 1);
    }
}
