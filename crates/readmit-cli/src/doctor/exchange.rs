//! One request, and its answer.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT, CONNECTION, HOST, PROXY_AUTHORIZATION, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use readmit_classify::BODY_LIMIT;
use readmit_core::{Clock, SystemClock};
use readmit_error::{Stage, Transport};

use super::ladder::Stream;
use super::proxy::Proxy;
use super::target::Target;

/// An answer, as much of it as is looked at.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) cut: bool,
    pub(super) sent_at: SystemTime,
    pub(super) received_at: SystemTime,
    pub(super) took: Duration,
}

/// Gets the target over a connection of its own.
pub(super) async fn get(
    stream: Box<dyn Stream>,
    target: &Target,
    proxy: Option<&Proxy>,
    credential: Option<(HeaderName, HeaderValue)>,
    limit: Duration,
) -> Result<Heard, Transport> {
    let broken = |stage, timed_out| Transport { stage, timed_out };
    let request = request(target, proxy, credential).map_err(|_| broken(Stage::Unsent, false))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|_| broken(Stage::Unsent, false))?;
    // It ends with the connection, which ends with the answer.
    tokio::spawn(async move {
        let _ = connection.await;
    });

    let (began, sent_at) = (SystemClock.now(), SystemClock.wall());
    let answer = match tokio::time::timeout(limit, sender.send_request(request)).await {
        Ok(answer) => answer.map_err(|_| broken(Stage::Sent, false))?,
        Err(_) => return Err(broken(Stage::Sent, true)),
    };
    let received_at = SystemClock.wall();
    let took = SystemClock.now().saturating_duration_since(began);
    let (head, mut coming) = answer.into_parts();
    let mut body = Vec::new();
    let whole = tokio::time::timeout(limit, async {
        while let Some(frame) = coming.frame().await {
            let Ok(data) = frame.map(|frame| frame.into_data().unwrap_or_default()) else {
                return false;
            };
            let room = BODY_LIMIT - body.len();
            body.extend_from_slice(data.get(..room).unwrap_or(&data));
            if room < data.len() {
                return false;
            }
        }
        true
    });
    // What came of a body that breaks off or has no end is enough.
    let whole = whole.await.unwrap_or(false);
    let (status, headers) = (head.status, head.headers);
    Ok(Heard { status, headers, body, cut: !whole, sent_at, received_at, took })
}

fn request(
    target: &Target,
    proxy: Option<&Proxy>,
    credential: Option<(HeaderName, HeaderValue)>,
) -> Result<Request<Empty<Bytes>>, http::Error> {
    let through_proxy = proxy.filter(|_| !target.is_tls());
    let mut request = Request::get(target.request_target(through_proxy.is_some()))
        .header(HOST, target.authority())
        .header(USER_AGENT, concat!("readmit-doctor/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "application/json, */*;q=0.5")
        .header(CONNECTION, "close");
    if let Some(authorization) = through_proxy.and_then(|proxy| proxy.authorization.as_ref()) {
        request = request.header(PROXY_AUTHORIZATION, authorization);
    }
    if let Some((name, value)) = credential {
        request = request.header(name, value);
    }
    request.body(Empty::new())
}
