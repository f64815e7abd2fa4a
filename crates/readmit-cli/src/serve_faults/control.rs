use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use readmit_testkit::{Api, Aside};
use serde_json::{Value, json};

use super::order::{Order, Wrong};
use super::tally::Tally;

/// What scripts the API from outside, by requests to paths that begin with `/__`.
#[derive(Clone, Debug)]
pub(super) struct Control {
    api: Api,
    orders: Arc<Mutex<Vec<String>>>,
}

impl Control {
    pub(super) fn new(api: Api) -> Control {
        Control { api, orders: Arc::default() }
    }

    pub(super) fn script(&self, order: Order) {
        self.with_orders(|orders| orders.push(order.text().to_owned()));
        order.give(&self.api);
    }

    /// Returns the faults scripted since they were last cleared, spent ones too.
    pub(super) fn orders(&self) -> Vec<String> {
        self.with_orders(|orders| orders.clone())
    }

    pub(super) fn aside(self) -> Aside {
        Aside::new(PREFIX, move |request| self.answer(&request))
    }

    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        match (request.method().clone(), request.uri().path()) {
            (Method::GET, "/__seen") => answer(StatusCode::OK, &json!(Tally::of(&self.api.seen()))),
            (Method::DELETE, "/__seen") => self.done(Api::forget),
            (Method::GET, "/__faults") => answer(StatusCode::OK, &self.listed()),
            (Method::DELETE, "/__faults") => {
                self.with_orders(Vec::clear);
                self.done(Api::clear_faults)
            }
            (Method::POST, "/__faults") => match orders(request.body()) {
                Ok(orders) => {
                    orders.into_iter().for_each(|order| self.script(order));
                    answer(StatusCode::CREATED, &self.listed())
                }
                Err(Wrong(why)) => answer(StatusCode::BAD_REQUEST, &json!({ "error": why })),
            },
            (Method::POST, "/__tokens/expire") => self.done(Api::expire_access_tokens),
            (Method::POST, "/__tokens/revoke") => self.done(Api::revoke_access_tokens),
            _ => {
                answer(StatusCode::NOT_FOUND, &json!({ "error": "no such control", "try": PATHS }))
            }
        }
    }

    fn done(&self, act: impl Fn(&Api)) -> Response<Bytes> {
        act(&self.api);
        let mut done = Response::new(Bytes::new());
        *done.status_mut() = StatusCode::NO_CONTENT;
        done
    }

    fn listed(&self) -> Value {
        json!({ "faults": self.orders() })
    }

    fn with_orders<T>(&self, act: impl FnOnce(&mut Vec<String>) -> T) -> T {
        // A list of texts is whole whatever happened while it was locked.
        act(&mut self.orders.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads orders: one a line, or JSON: one text, a list, or an object with `fault` or `faults`.
fn orders(body: &[u8]) -> Result<Vec<Order>, Wrong> {
    let text = std::str::from_utf8(body).map_err(|_| Wrong("the body is no text".to_owned()))?;
    let value: Option<Value> = serde_json::from_str(text).ok().filter(|it: &Value| !it.is_number());
    let lines: Vec<String> = match value {
        Some(Value::Object(mut members)) => {
            let told = members.remove("faults").or_else(|| members.remove("fault"));
            texts(told.unwrap_or_default())?
        }
        Some(value) => texts(value)?,
        None => text.lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect(),
    };
    if lines.is_empty() {
        return Err(Wrong("the body has no fault; send one a line, as in 429x3".to_owned()));
    }
    lines.iter().map(|line| line.parse()).collect()
}

fn texts(value: Value) -> Result<Vec<String>, Wrong> {
    match value {
        Value::String(text) => Ok(vec![text]),
        Value::Array(items) => {
            Ok(items.into_iter().map(texts).collect::<Result<Vec<_>, _>>()?.concat())
        }
        Value::Null => Ok(Vec::new()),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            Err(Wrong("a fault is a text, as in \"429x3\"".to_owned()))
        }
    }
}

fn answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(format!("{body}\n")));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

const PREFIX: &str = "/__";
pub(super) const PATHS: &[&str] = &[
    "GET /__seen",
    "DELETE /__seen",
    "GET /__faults",
    "POST /__faults",
    "DELETE /__faults",
    "POST /__tokens/expire",
    "POST /__tokens/revoke",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_come_as_lines_or_as_json() {
        for (body, texts) in [
            ("429x3\n\n 503%10 \n", &["429x3", "503%10"][..]),
            ("429", &["429"]),
            (r#""429x3""#, &["429x3"]),
            (r#"{"fault": "429x3"}"#, &["429x3"]),
            (r#"{"faults": ["429x3", "hang"]}"#, &["429x3", "hang"]),
            (r#"["hang"]"#, &["hang"]),
        ] {
            let read = orders(body.as_bytes()).unwrap();

            assert_eq!(read.iter().map(Order::text).collect::<Vec<_>>(), texts, "{body}");
        }
        for body in ["", "{}", "{\"fault\": 3}", "nope", "\u{0}", "[]"] {
            assert!(orders(body.as_bytes()).is_err(), "{body}");
        }
        assert!(orders(b"\xff").is_err());
    }

    #[test]
    fn one_wrong_order_and_none_is_given() {
        let control = Control::new(Api::new());
        let request = Request::post("/__faults").body(Bytes::from("429x3\nnope")).unwrap();

        let refused = control.answer(&request);

        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
        assert!(control.orders().is_empty());
    }
}
