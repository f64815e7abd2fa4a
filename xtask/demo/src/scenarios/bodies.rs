use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use http_body::Frame;
use http_body_util::StreamBody;
use readmit::error::Kind;
use readmit::{Body, BoxError};
use readmit_testkit::{Api, Fault, Hint};
use serde_json::json;

use crate::lab::{Lab, Must};

pub(super) async fn post_during_503(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    let down = || Fault::Unavailable { retry_after: Hint::Absent };
    let post = |marker: &str| {
        client.post("/data_flows").json(&json!({ "name": "orders", "marker": marker }))
    };

    lab.api.fault(down()).on("POST", "/data_flows").once();
    lab.call(post("without"), Must::Fail(Kind::Unavailable)).await;
    lab.check_count("times that the bare POST arrived", lab.seen().sent("without"), 1);

    lab.api.fault(down()).on("POST", "/data_flows").next(2);
    lab.call(post("with").idempotency_key("order-1"), Must::Answer).await;
    let seen = lab.seen();
    lab.check_count("times that the POST with a key arrived", seen.sent("with"), 3);
    lab.check_count("keys that it came with", seen.idempotency_keys("with").len(), 1);
    lab.check_count("times that it was done", seen.created("with"), 1);

    lab.api.fault(Fault::LostAnswer).on("POST", "/data_flows").once();
    lab.call(post("lost").idempotency_key("order-2"), Must::Answer).await;
    lab.check_count(
        "times that the one with the lost answer was done",
        lab.seen().created("lost"),
        1,
    );
    lab.check_count("requests done twice", lab.seen().duplicates(), 0);
    Ok(())
}

pub(super) async fn streaming_upload(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    let upload = |marker: &str| client.post("/data_flows").body(Body::stream(pieces(marker)));

    lab.call(upload("fine"), Must::Answer).await;

    let down = Fault::Unavailable { retry_after: Hint::Absent };
    lab.api.fault(down).on("POST", "/data_flows").once();
    lab.call(upload("down"), Must::Fail(Kind::Unavailable)).await;
    lab.check_count("times that the upload arrived", lab.seen().count("POST", "/data_flows"), 2);

    lab.api.expire_access_tokens();
    lab.call(upload("expired"), Must::Fail(Kind::TokenExpired)).await;
    lab.call(upload("renewed"), Must::Answer).await;
    lab.check_count("uploads done", lab.seen().created("fine") + lab.seen().created("renewed"), 2);
    Ok(())
}

pub(super) async fn redirected(lab: &Lab<'_>) -> Result<(), BoxError> {
    let client = lab.client().build()?;
    lab.call(client.get("/data_flows"), Must::Answer).await;
    let elsewhere = Api::new();
    let other = elsewhere.serve().await?;
    let moved = |location| Fault::Redirect { status: StatusCode::FOUND, location };

    lab.api.fault(moved(format!("{}/data_flows", other.url()))).on("GET", "/moved").always();
    lab.call(client.get("/moved"), Must::Fail(Kind::MissingCredentials)).await;
    let leaked = elsewhere.seen().requests().iter().any(|request| request.has_authorization());
    lab.check(!leaked, || "the credential went to another origin".to_owned());
    lab.check_count("requests at the other origin", elsewhere.seen().requests().len(), 1);

    lab.api.fault(moved("/data_flows".to_owned())).on("GET", "/renamed").always();
    lab.call(client.get("/renamed"), Must::Answer).await;
    lab.check_count("calls of the token endpoint", lab.seen().token_calls(), 1);
    Ok(())
}

/// A flow in JSON that comes in pieces, each of which is there once.
fn pieces(marker: &str) -> StreamBody<Pieces> {
    let whole = json!({ "name": "orders", "marker": marker, "data": "x".repeat(1 << 20) });
    let whole = Bytes::from(whole.to_string());
    let pieces = (0..whole.len())
        .step_by(PIECE)
        .map(|from| whole.slice(from..(from + PIECE).min(whole.len())));
    StreamBody::new(Pieces(pieces.collect()))
}

struct Pieces(VecDeque<Bytes>);

impl futures_core::Stream for Pieces {
    type Item = Result<Frame<Bytes>, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

const PIECE: usize = 64 * 1024;
