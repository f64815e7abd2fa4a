use std::time::SystemTime;

use readmit_error::{ErrorBody, Failure, Kind, Origin, Problem};
use serde_json::{Map, Value};

use crate::told;

/// JSON as problem details: nothing that arrived is lost, there or in the documented format.
pub fn problem(data: &[u8]) {
    let Ok(problem) = serde_json::from_slice::<Problem>(data) else { return };
    let written = Map::from(problem.clone());
    assert_eq!(kept(data), Some(written.clone()));
    assert_eq!(Problem::from(written), problem);
    assert!(!format!("{problem:?}").contains(char::is_control));
    documented(problem.into());
}

/// Bytes as the documented format: a JSON object is read, and nothing of it is lost.
pub fn error_body(data: &[u8]) {
    let body = ErrorBody::read(data).ok();
    assert_eq!(body.clone().map(ErrorBody::into_members), kept(data));
    body.into_iter().for_each(documented);
}

/// JSON as a failure that somebody wrote: it is as neutral as one that was built.
pub fn failure(data: &[u8]) {
    if let Ok(failure) = serde_json::from_slice::<Failure>(data) {
        told::check(&failure);
    }
}

/// The members of an object, without those of more than 64 levels, which no reader would take back.
fn kept(data: &[u8]) -> Option<Map<String, Value>> {
    let members = serde_json::from_slice::<Map<String, Value>>(data).ok()?;
    Some(members.into_iter().filter(|(_, value)| levels(value) <= 64).collect())
}

fn levels(value: &Value) -> usize {
    let inside = match value {
        Value::Array(items) => items.iter().map(levels).max(),
        Value::Object(members) => members.values().map(levels).max(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return 0,
    };
    1 + inside.unwrap_or(0)
}

fn documented(body: ErrorBody) {
    let details = body.details();
    let _ = (details.limit(), details.window(), details.field(), details.value());
    let _ = (details.retry_after(SystemTime::UNIX_EPOCH), details.current_time());
    let _ = details.token_expires_at();
    assert!(!format!("{body:?}").contains(char::is_control));
    let origin = Origin::Answer { status: 400 };
    told::check(&Failure::builder(Kind::Unknown, origin).body(body).build());
}
